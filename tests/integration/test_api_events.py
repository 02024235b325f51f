"""/api/v4/events (api-v4.md 2.6, 2.7, 4.3), and what account webhooks are told of writes."""

from typing import Any

from grantway.accounts.rights import EntityRights, Right, Rights
from grantway.crm.webhooks.encoding import fields_of
from grantway.kernel.clock import ManualClock
from tests.integration.api_client import NOW, Api

_PATH = "/api/v4/events"


async def listed(api: Api, query: str = "", **options: Any) -> list[dict[str, Any]]:
    """Return a page of events; none for 204."""
    answer = await api.get(f"{_PATH}?{query}", **options)
    if answer.status_code == 204:
        assert answer.content == b""
        return []
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["_embedded"]["events"]
    return found


async def test_an_event_is_printed_as_told(api: Api) -> None:
    (lead_id,) = await api.add_leads({"name": "First order", "price": 5})
    change = {"name": "Second order"}
    await api.call("PATCH", f"/api/v4/leads/{lead_id}", json=change)
    renamed, added = await listed(api, "with=lead_name")

    origin = f"https://acme.{api.root}/api/v4"
    assert renamed == {
        "id": renamed["id"],
        "type": "name_field_changed",
        "entity_id": lead_id,
        "entity_type": "lead",
        "created_by": api.acme.admin_id,
        "created_at": NOW,
        "value_after": [{"name_field_value": {"name": "Second order"}}],
        "value_before": [{"name_field_value": {"name": "First order"}}],
        "account_id": api.acme.account_id,
        "_links": {"self": {"href": f"{origin}/events/{renamed['id']}"}},
        "_embedded": {
            "entity": {
                "id": lead_id,
                "name": "Second order",
                "_links": {"self": {"href": f"{origin}/leads/{lead_id}"}},
            }
        },
    }
    assert len(renamed["id"]) == 26
    assert (added["type"], added["value_after"], added["value_before"]) == ("lead_added", [], [])
    one = await api.get(f"{_PATH}/{added['id']}")
    del added["_embedded"]["entity"]["name"]
    assert one.json() == added


async def test_pages_hold_a_hundred_at_most_and_end_with_nothing(
    api: Api, clock: ManualClock
) -> None:
    first = await api.add_leads(*({} for _ in range(150)))
    clock.advance(5)
    second = await api.add_leads({})

    answer = (await api.get(f"{_PATH}?limit=250&page=1")).json()
    rest = await listed(api, "limit=250&page=2")
    assert len(answer["_embedded"]["events"]) == 100
    assert answer["_links"]["next"]["href"].endswith("page=2&limit=100")
    ids = [one["entity_id"] for one in (*answer["_embedded"]["events"], *rest)]
    assert ids == [*second, *reversed(first)]
    assert await listed(api, "limit=250&page=3") == []
    assert await listed(api, host="bolt") == []


async def test_filters_are_read_as_clients_write_them(api: Api, clock: ManualClock) -> None:
    (lead_id,) = await api.add_leads({"name": "First"})
    pipeline_id = (await api.lead(lead_id))["pipeline_id"]
    admin = api.acme.admin_id
    clock.advance(10)
    moved = {"status_id": 142, "name": "Won", "responsible_user_id": api.acme.users["Bob"]}
    await api.call("PATCH", f"/api/v4/leads/{lead_id}", json=moved)
    stage, name, user, added = "lead_status_changed", "name_field_changed", "responsible", "added"
    ids = {one["type"]: one["id"] for one in await listed(api)}
    place = "filter[value_after][leads_statuses][0]"
    for query, expected in (
        ("filter[type]=lead_added,lead_status_changed", [stage, added]),
        ("filter[type][]=lead_added&filter[type][]=name_field_changed", [name, added]),
        (f"filter[created_at]={NOW + 1}", [stage, user, name]),
        (f"filter[created_at][to]={NOW}", [added]),
        (f"filter[created_by]={admin}&filter[type]=lead_added", [added]),
        (f"filter[created_by][]={admin + 100}", []),
        (f"filter[entity]=lead&filter[entity_id]={lead_id}", [stage, user, name, added]),
        (f"filter[entity][]=contact&filter[entity_id][]={lead_id}", []),
        (f"filter[id]={ids['lead_added']},{ids[name]}", [name, added]),
        ("filter[id]=nonsense", []),
        ("filter[unknown]=1", [stage, user, name, added]),
        (f"{place}[status_id]=142", [stage]),
        (f"{place}[status_id]=142&{place}[pipeline_id]={pipeline_id}", [stage]),
        (f"{place}[status_id]=143&{place}[pipeline_id]={pipeline_id}", []),
        (f"filter[value_after][responsible_user_id]={api.acme.users['Bob']},9", [user]),
        (f"filter[value_before][responsible_user_id]={admin}", [user]),
        (f"filter[value_after][responsible_user_id]={admin}", []),
        ("filter[value_before][value]=First", [name]),
    ):
        found = [one["type"] for one in await listed(api, query)]
        shown = {"lead_added": added, "entity_responsible_changed": user}
        assert [shown.get(one, one) for one in found] == expected, query

    refused = await api.get(f"{_PATH}?filter[entity_id]={lead_id}")
    assert refused.status_code == 400
    assert refused.json()["validation-errors"][0]["errors"][0]["path"] == "filter.entity"


async def test_types_have_names_and_numbers(api: Api) -> None:
    answer = (await api.get(f"{_PATH}/types?language_code=en")).json()
    types = answer["_embedded"]["events_types"]

    assert answer["_total_items"] == len(types) == len({one["type"] for one in types})
    assert types[0] == {"key": "lead_added", "type": 1, "lang": "Lead added"}


async def test_what_a_right_hides_is_in_no_event(api: Api) -> None:
    (hidden,) = await api.add_leads({"name": "Hers"})
    (shown,) = await api.add_leads({"name": "His", "responsible_user_id": api.acme.users["Bob"]})
    bob = await api.token_of("Bob", Rights(leads=EntityRights(view=Right.OWN)))

    (event,) = await listed(api, "with=lead_name", token=bob)
    assert event["entity_id"] == shown
    (other,) = await listed(api, f"filter[entity]=lead&filter[entity_id]={hidden}")
    for query in (f"filter[id]={other['id']}", f"filter[entity]=lead&filter[entity_id]={hidden}"):
        assert await listed(api, query, token=bob) == []
    unseen = await api.get(f"{_PATH}/{other['id']}", token=bob)
    foreign = await api.get(f"{_PATH}/{event['id']}", host="bolt")
    missing = await api.get(f"{_PATH}/{'0' * 26}")
    assert [one.status_code for one in (unseen, foreign, missing)] == [404, 404, 404]
    assert unseen.json()["detail"] == missing.json()["detail"]
    seen = await api.get(f"{_PATH}/{event['id']}", token=bob)
    assert seen.status_code == 200


async def test_an_added_lead_is_planned_to_be_told_in_the_dialects_words(api: Api) -> None:
    wanted = {"destination": "https://hook.example.org/in", "settings": ["add_lead"]}
    assert (await api.call("POST", "/api/v4/webhooks", json=wanted)).status_code == 200
    (lead_id,) = await api.add_leads({"name": "First order", "price": 1000})
    await api.call("PATCH", f"/api/v4/leads/{lead_id}", json={"price": 5})

    async with api.db.read() as reader:
        (body,) = await reader.column("select body from webhook_deliveries order by id")
    lead = await api.lead(lead_id)
    user = str(api.acme.admin_id)
    assert dict(fields_of(body)) == {
        f"leads[add][0][{name}]": str(value)
        for name, value in {
            "id": lead_id,
            "name": "First order",
            "status_id": lead["status_id"],
            "price": 1000,
            "responsible_user_id": user,
            "last_modified": NOW,
            "modified_user_id": user,
            "created_user_id": user,
            "date_create": NOW,
            "pipeline_id": lead["pipeline_id"],
            "account_id": api.acme.account_id,
            "created_at": NOW,
            "updated_at": NOW,
        }.items()
    }
