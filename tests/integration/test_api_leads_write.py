"""POST and PATCH /api/v4/leads (api-v4.md 2.4, 2.10, 3.2)."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.integration.api_client import NOW, Api
from tests.integration.conftest import OpenApi
from tests.integration.lead_world import Dictionaries, make_dictionaries, value

LEADS = "/api/v4/leads"
CHOICE = {
    "code": "NotSupportedChoice",
    "detail": "The value you selected is not a valid choice.",
}


@pytest.fixture
async def known(api: Api) -> Dictionaries:
    return await make_dictionaries(api)


def violations(answer: httpx.Response) -> list[tuple[str, str, str]]:
    """Return (request id, code, path) of every violation of a 400."""
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["detail"] == "Request validation failed", body
    return [
        (entity["request_id"], fault["code"], fault["path"])
        for entity in body["validation-errors"]
        for fault in entity["errors"]
    ]


async def add(api: Api, *leads: Any, **options: Any) -> httpx.Response:
    return await api.call("POST", LEADS, json=list(leads), **options)


async def patch(api: Api, lead_id: int, **changes: Any) -> httpx.Response:
    return await api.call("PATCH", f"{LEADS}/{lead_id}", json=changes)


async def changed(api: Api, lead_id: int, **changes: Any) -> dict[str, Any]:
    """Change one lead, which must succeed, and return it as it is then."""
    answer = await patch(api, lead_id, **changes)
    assert answer.status_code == 200, answer.text
    return await api.lead(lead_id)


async def test_an_empty_object_makes_a_lead_with_every_default(
    api: Api, known: Dictionaries
) -> None:
    answer = await add(api, {})

    assert answer.status_code == 200
    (written,) = answer.json()["_embedded"]["leads"]
    lead = await api.lead(written["id"])
    shown = {name: lead[name] for name in lead if name not in {"_links", "_embedded", "id"}}
    assert shown == {
        "name": f"Lead #{written['id']}",
        "price": 0,
        "price_with_minor_units": 0.0,
        "responsible_user_id": api.acme.admin_id,
        "group_id": 0,
        "status_id": known.first,
        "pipeline_id": known.main,
        "loss_reason_id": None,
        "source_id": None,
        "created_by": api.acme.admin_id,
        "updated_by": api.acme.admin_id,
        "created_at": NOW,
        "updated_at": NOW,
        "closed_at": None,
        "closest_task_at": None,
        "is_deleted": False,
        "custom_fields_values": None,
        "score": None,
        "account_id": api.acme.account_id,
        "labor_cost": None,
        "is_price_computed": False,
    }


async def test_answers_are_short_and_echo_request_ids_in_the_requests_order(api: Api) -> None:
    answer = await add(
        api, {"name": "A", "request_id": "first"}, {"name": "B"}, {"name": "C", "request_id": "ü"}
    )

    body = answer.json()
    leads = body["_embedded"]["leads"]
    assert body["_links"] == {"self": {"href": f"https://acme.grantway.test{LEADS}"}}
    assert [list(one) for one in leads] == [["id", "request_id", "_links"]] * 3
    assert [one["request_id"] for one in leads] == ["first", "1", "ü"]
    assert [(await api.lead(one["id"]))["name"] for one in leads] == ["A", "B", "C"]
    assert leads[0]["_links"]["self"]["href"].endswith(f"{LEADS}/{leads[0]['id']}")


async def test_one_object_stands_for_an_array_unless_the_server_is_strict(
    api: Api, open_api: OpenApi
) -> None:
    strict = await open_api(is_strict=True)
    one = await api.call("POST", LEADS, json={"name": "Alone", "price": 1000})
    refused = await strict.call("POST", LEADS, json={"name": "Alone"})
    accepted = await strict.call("POST", LEADS, json=[{"name": "Alone"}])

    assert one.status_code == 200
    assert len(one.json()["_embedded"]["leads"]) == 1
    assert violations(refused) == [("0", "InvalidType", "")]
    assert accepted.status_code == 200


async def test_strictness_is_also_a_matter_of_the_integration(api: Api) -> None:
    async with api.db.write() as tx:
        await tx.change(
            "update integrations set fidelity = 'strict' where client_id = :client_id",
            client_id=api.acme.client_id,
        )

    assert (await api.call("POST", LEADS, json={"name": "Alone"})).status_code == 400
    assert (await api.call("POST", LEADS, json={"name": "Alone"}, host="bolt")).status_code == 200


async def test_shapes_that_are_no_batch_are_refused_and_add_nothing(api: Api) -> None:
    refused: dict[str, list[tuple[str, str, str]]] = {
        "[]": [("0", "InvalidType", "")],
        "1": [("0", "InvalidType", "")],
        "null": [("0", "InvalidType", "")],
        '"text"': [("0", "InvalidType", "")],
        "true": [("0", "InvalidType", "")],
        '[{"name":"ok"}, 7, [], null]': [(str(n), "InvalidType", "") for n in (1, 2, 3)],
    }
    for content, expected in refused.items():
        answer = await api.call("POST", LEADS, content=content)
        assert violations(answer) == expected, content

    assert await api.count("leads") == 0


async def test_a_batch_has_250_leads_and_no_more(api: Api) -> None:
    most = await add(api, *({"name": f"Lead {n}"} for n in range(250)))
    too_many = await add(api, *({} for _ in range(251)))

    assert most.status_code == 200
    assert len(most.json()["_embedded"]["leads"]) == 250
    assert too_many.status_code == 400
    assert "validation-errors" not in too_many.json()
    assert "250" in too_many.json()["detail"]
    assert await api.count("leads") == 250


async def test_a_batch_with_one_bad_lead_changes_nothing_and_names_every_fault(
    api: Api, known: Dictionaries
) -> None:
    (lead_id,) = await api.add_leads({"name": "Kept", "price": 5})
    before = await api.lead(lead_id)
    wrong = {"status_id": 999, "responsible_user_id": 999, "request_id": "bad"}
    tagged = {"tags_to_add": [{"name": "never"}]}

    added = await add(api, {"name": "Fine"} | tagged, wrong, {"pipeline_id": 999})
    patched = await api.call(
        "PATCH", LEADS, json=[{"id": lead_id, "price": 9} | tagged, {"id": lead_id} | wrong]
    )

    assert violations(added) == [
        ("bad", "NotSupportedChoice", "responsible_user_id"),
        ("bad", "NotSupportedChoice", "status_id"),
        ("2", "NotSupportedChoice", "pipeline_id"),
    ]
    assert {fault[2] for fault in violations(patched)} == {"responsible_user_id", "status_id"}
    assert await api.lead(lead_id) == before
    assert (await api.count("leads"), await api.count("tags")) == (1, 0)


async def test_prices_keep_their_decimals(api: Api) -> None:
    table: list[tuple[Any, int, float]] = [
        (1000, 1000, 1000.0),
        (1000.0, 1000, 1000.0),
        (1000.5, 1001, 1000.5),
        (1000.49, 1000, 1000.49),
        (0.1, 0, 0.1),
        (-7.25, -7, -7.25),
        (None, 0, 0.0),
        (10**13, 10**13, 10.0**13),
    ]
    ids = await api.add_leads(*({"price": price} for price, _, _ in table))

    for lead_id, (price, whole, exact) in zip(ids, table, strict=True):
        lead = await api.lead(lead_id)
        assert (lead["price"], lead["price_with_minor_units"]) == (whole, exact), price
        assert isinstance(lead["price"], int)


async def test_a_price_of_another_type_is_refused_in_the_contracts_words(api: Api) -> None:
    answer = await add(api, {"price": "1000"})

    assert answer.json() == {
        "validation-errors": [
            {
                "request_id": "0",
                "errors": [
                    {
                        "code": "InvalidType",
                        "path": "price",
                        "detail": "This value should be of type int.",
                    }
                ],
            }
        ],
        "title": "Bad Request",
        "type": "https://httpstatus.es/400",
        "status": 400,
        "detail": "Request validation failed",
    }


async def test_pipelines_and_stages(api: Api, known: Dictionaries) -> None:
    table: list[tuple[dict[str, int], tuple[int, int]]] = [
        ({}, (known.main, known.first)),
        ({"pipeline_id": known.renewals}, (known.renewals, known.due)),
        ({"status_id": known.second}, (known.main, known.second)),
        ({"status_id": known.offered}, (known.renewals, known.offered)),
        ({"pipeline_id": known.renewals, "status_id": 142}, (known.renewals, 142)),
        ({"status_id": 143}, (known.main, 143)),
    ]
    ids = await api.add_leads(*(sent for sent, _ in table))
    for lead_id, (sent, place) in zip(ids, table, strict=True):
        lead = await api.lead(lead_id)
        assert (lead["pipeline_id"], lead["status_id"]) == place, sent

    wrong = [
        {"status_id": known.unsorted},
        {"pipeline_id": known.main, "status_id": known.offered},
        {"pipeline_id": 999},
        {"pipeline_id": 999, "status_id": known.first},
        {"status_id": 0},
    ]
    for sent in wrong:
        ((_, code, path),) = violations(await add(api, sent))
        expected = "pipeline_id" if sent.get("pipeline_id") == 999 else "status_id"
        assert (code, path) == ("NotSupportedChoice", expected), sent


async def test_moving_a_lead(api: Api, known: Dictionaries) -> None:
    (lead_id,) = await api.add_leads({})

    moved = await changed(api, lead_id, pipeline_id=known.renewals)
    assert (moved["pipeline_id"], moved["status_id"]) == (known.renewals, known.due)
    moved = await changed(api, lead_id, status_id=known.offered)
    assert (moved["pipeline_id"], moved["status_id"]) == (known.renewals, known.offered)
    refused = await patch(api, lead_id, status_id=known.first)
    assert violations(refused) == [("0", "NotSupportedChoice", "status_id")]
    moved = await changed(api, lead_id, pipeline_id=known.main, status_id=known.second)
    assert (moved["pipeline_id"], moved["status_id"]) == (known.main, known.second)


async def test_any_update_takes_a_lead_out_of_the_incoming_stage(
    api: Api, known: Dictionaries
) -> None:
    (lead_id,) = await api.add_leads({})
    async with api.db.write() as tx:
        await tx.change(
            "update leads set status_id = :unsorted, document_epoch = -1", unsorted=known.unsorted
        )
    assert (await api.lead(lead_id))["status_id"] == known.unsorted

    assert (await changed(api, lead_id, price=3))["status_id"] == known.first


async def test_closing_sets_the_moment_and_leaving_clears_it(api: Api, known: Dictionaries) -> None:
    (lead_id,) = await api.add_leads({})
    api.clock.advance(100)
    assert (await changed(api, lead_id, status_id=142))["closed_at"] == NOW + 100
    api.clock.advance(100)
    assert (await changed(api, lead_id, price=1))["closed_at"] == NOW + 100
    assert (await changed(api, lead_id, closed_at=777))["closed_at"] == 777
    assert (await changed(api, lead_id, closed_at=None))["closed_at"] == 777
    assert (await changed(api, lead_id, status_id=143))["closed_at"] == 777
    assert (await changed(api, lead_id, status_id=known.first))["closed_at"] is None
    assert (await changed(api, lead_id, closed_at=777))["closed_at"] is None
    (given,) = await api.add_leads({"status_id": 142, "closed_at": 555})
    assert (await api.lead(given))["closed_at"] == 555


async def test_loss_reasons_belong_to_lost_leads(api: Api, known: Dictionaries) -> None:
    price, silence = known.reasons
    lost, won = await api.add_leads({"status_id": 143, "loss_reason_id": price}, {"status_id": 142})
    assert (await api.lead(lost))["loss_reason_id"] == price

    refused = await patch(api, won, loss_reason_id=price)
    assert (refused.status_code, refused.json()["detail"]) == (400, "Invalid request body")
    assert refused.json()["errors"] == {str(won): "Loss reason can be specified only for lost lead"}
    unknown = await patch(api, lost, loss_reason_id=999)
    assert violations(unknown) == [("0", "NotSupportedChoice", "loss_reason_id")]
    assert (await changed(api, lost, loss_reason_id=silence))["loss_reason_id"] == silence
    assert (await changed(api, lost, price=1))["loss_reason_id"] == silence
    assert (await changed(api, lost, loss_reason_id=None))["loss_reason_id"] is None
    assert (await changed(api, lost, loss_reason_id=price))["loss_reason_id"] == price
    reopened = await changed(api, lost, status_id=known.first)
    assert reopened["loss_reason_id"] is None
    added = await add(api, {"loss_reason_id": price, "request_id": "r"})
    assert added.json()["errors"] == {"r": "Loss reason can be specified only for lost lead"}


async def test_people_are_active_users_of_the_account_and_zero_is_the_robot(api: Api) -> None:
    alice, bob = api.acme.users["Alice"], api.acme.users["Bob"]
    charlie = api.bolt.users["Charlie"]
    (lead_id,) = await api.add_leads({"responsible_user_id": bob, "created_by": 0, "updated_by": 0})
    lead = await api.lead(lead_id)
    assert (lead["responsible_user_id"], lead["created_by"], lead["updated_by"]) == (bob, 0, 0)
    lead = await changed(api, lead_id, price=1)
    assert (lead["responsible_user_id"], lead["created_by"], lead["updated_by"]) == (bob, 0, alice)

    for name in ("responsible_user_id", "created_by", "updated_by"):
        for user_id in (charlie, 999):
            refused = await add(api, {name: user_id})
            assert violations(refused) == [("0", "NotSupportedChoice", name)]
    assert violations(await add(api, {"responsible_user_id": 0})) == [
        ("0", "NotSupportedChoice", "responsible_user_id")
    ]
    async with api.db.write() as tx:
        await tx.change("update account_users set is_active = false where user_id = :bob", bob=bob)
    assert violations(await patch(api, lead_id, responsible_user_id=bob)) == [
        ("0", "NotSupportedChoice", "responsible_user_id")
    ]


async def test_moments_are_stored_as_sent(api: Api) -> None:
    (lead_id,) = await api.add_leads({"created_at": 1000, "updated_at": 2000.0})
    lead = await api.lead(lead_id)
    assert (lead["created_at"], lead["updated_at"]) == (1000, 2000)

    api.clock.advance(50)
    lead = await changed(api, lead_id, price=1)
    assert (lead["created_at"], lead["updated_at"]) == (1000, NOW + 50)
    lead = await changed(api, lead_id, created_at=None, updated_at=3000)
    assert (lead["created_at"], lead["updated_at"]) == (1000, 3000)


async def test_what_is_not_sent_stays_and_null_clears(api: Api, known: Dictionaries) -> None:
    f = known.fields
    values = [value(f["text"], "apple"), value(f["number"], "5")]
    (lead_id,) = await api.add_leads({"name": "Kept", "price": 5, "custom_fields_values": values})

    lead = await changed(api, lead_id, name=None)
    assert (lead["name"], lead["price"]) == ("Kept", 5)
    lead = await changed(api, lead_id, price=None)
    assert (lead["name"], lead["price"]) == ("Kept", 0)
    one = [value(f["number"], "7")]
    lead = await changed(api, lead_id, custom_fields_values=one)
    shown = {v["field_name"]: v["values"][0]["value"] for v in lead["custom_fields_values"]}
    assert shown == {"text": "apple", "number": "7"}
    clears: list[tuple[str, list[Any] | None]] = [("text", None), ("number", [])]
    for name, nothing in clears:
        cleared = {"field_id": f[name], "values": nothing}
        lead = await changed(api, lead_id, custom_fields_values=[cleared])
    assert lead["custom_fields_values"] is None
    assert await api.lead_ids(f"filter[custom_fields_values][{f['number']}]=7") == []


async def test_read_only_members_are_ignored(api: Api) -> None:
    (lead_id,) = await api.add_leads(
        {
            "id": 4711,
            "account_id": api.bolt.account_id,
            "group_id": 7,
            "is_deleted": True,
            "score": 3,
            "labor_cost": 9,
            "closest_task_at": 5,
            "source_id": 3,
            "is_price_computed": True,
            "_links": {"self": {}},
            "_embedded": {},
            "nonsense": {"deep": [1]},
        }
    )
    lead = await api.lead(lead_id)

    assert lead_id != 4711
    assert lead["account_id"] == api.acme.account_id
    assert (lead["group_id"], lead["is_deleted"], lead["score"]) == (0, False, None)
    assert (lead["closest_task_at"], lead["source_id"], lead["labor_cost"]) == (None, None, None)


async def test_contacts_and_companies_that_do_not_exist_are_refused(api: Api) -> None:
    contacts = {"contacts": [{"id": 1, "is_main": True}], "companies": [{"id": 2}]}
    refused = await add(api, {"_embedded": contacts})
    (lead_id,) = await api.add_leads({"_embedded": {"contacts": [], "companies": None}})

    assert [fault[2] for fault in violations(refused)] == [
        "_embedded.contacts.0.id",
        "_embedded.companies.0.id",
    ]
    assert (await patch(api, lead_id, _embedded=contacts)).status_code == 200


async def tag_names(api: Api, lead_id: int) -> list[str]:
    return [tag["name"] for tag in (await api.lead(lead_id))["_embedded"]["tags"]]


async def test_tags_are_added_replaced_and_taken_away(api: Api) -> None:
    (lead_id,) = await api.add_leads(
        {"_embedded": {"tags": [{"name": "a"}, {"name": "b"}]}, "tags_to_add": [{"name": "c"}]}
    )
    assert await tag_names(api, lead_id) == ["a", "b", "c"]
    tags = {t["name"]: t["id"] for t in (await api.lead(lead_id))["_embedded"]["tags"]}

    steps: list[tuple[dict[str, Any], list[str]]] = [
        ({"price": 1}, ["a", "b", "c"]),
        ({"tags_to_add": [{"name": "a"}, {"id": tags["b"]}]}, ["a", "b", "c"]),
        ({"tags_to_delete": [{"id": tags["a"]}, {"name": "c"}]}, ["b"]),
        ({"tags_to_delete": [{"name": "unheard of"}, {"id": 999}]}, ["b"]),
        ({"_embedded": {"tags": [{"id": tags["c"]}]}}, ["c"]),
        ({"_embedded": {"tags": [{"name": "a"}]}, "tags_to_add": [{"name": "b"}]}, ["a", "b"]),
        ({"tags_to_add": None, "tags_to_delete": None, "_embedded": {}}, ["a", "b"]),
        ({"tags_to_add": [{"name": "d"}], "tags_to_delete": [{"name": "d"}]}, ["a", "b"]),
        ({"_embedded": {"tags": None}}, []),
        ({"tags_to_add": [{"name": "a"}]}, ["a"]),
        ({"_embedded": {"tags": []}}, []),
    ]
    for change, expected in steps:
        answer = await patch(api, lead_id, **change)
        assert answer.status_code == 200, (change, answer.text)
        assert await tag_names(api, lead_id) == expected, change

    async with api.db.read() as reader:
        names = await reader.column("select name from tags order by name")
    assert names == ["a", "b", "c", "d"], "what is only taken away is not added"


async def test_wrong_tags_are_named(api: Api) -> None:
    await api.add_leads({"tags_to_add": [{"name": "theirs"}]}, host="bolt")
    async with api.db.read() as reader:
        theirs = await reader.value("select id from tags")
    table: list[tuple[dict[str, Any], str, str]] = [
        ({"tags_to_add": [{"id": 999}]}, "NotSupportedChoice", "tags_to_add.0.id"),
        ({"tags_to_add": [{"id": theirs}]}, "NotSupportedChoice", "tags_to_add.0.id"),
        ({"_embedded": {"tags": [{"id": 999}]}}, "NotSupportedChoice", "_embedded.tags.0.id"),
        ({"tags_to_add": {"name": "x"}}, "InvalidType", "tags_to_add"),
        ({"tags_to_add": ["x"]}, "InvalidType", "tags_to_add.0"),
        ({"tags_to_add": [{"name": 7}]}, "InvalidType", "tags_to_add.0.name"),
        ({"tags_to_add": [{}]}, "FieldMissing", "tags_to_add.0.name"),
        ({"_embedded": {"tags": 7}}, "InvalidType", "_embedded.tags"),
    ]
    for sent, code, path in table:
        assert violations(await add(api, sent)) == [("0", code, path)], sent
    assert await api.count("leads") == 1


async def test_many_leads_of_one_batch_share_a_new_tag(api: Api) -> None:
    ids = await api.add_leads(*({"tags_to_add": [{"name": "shared"}]} for _ in range(20)))

    assert [await tag_names(api, one) for one in ids] == [["shared"]] * 20
    assert await api.count("tags") == 1


async def test_a_batch_of_changes_answers_in_its_order(api: Api) -> None:
    first, second = await api.add_leads({"name": "A"}, {"name": "B"})
    api.clock.advance(9)
    answer = await api.call(
        "PATCH",
        LEADS,
        json=[{"id": second, "price": 2, "request_id": "x"}, {"id": first, "price": 1.0}],
    )

    leads = answer.json()["_embedded"]["leads"]
    assert [(one["id"], one["request_id"]) for one in leads] == [(second, "x"), (first, "1")]
    assert [list(one) for one in leads] == [["id", "updated_at", "request_id", "_links"]] * 2
    assert {one["updated_at"] for one in leads} == {NOW + 9}
    assert [(await api.lead(one))["price"] for one in (first, second)] == [1, 2]


async def test_a_single_change_answers_the_root_object(api: Api) -> None:
    (lead_id,) = await api.add_leads({"name": "A"})
    expected = {
        "id": lead_id,
        "updated_at": NOW,
        "request_id": "0",
        "_links": {"self": {"href": f"https://acme.grantway.test{LEADS}/{lead_id}"}},
    }
    one = {"id": lead_id, "name": "B", "request_id": "0"}

    assert (await patch(api, lead_id, name="B")).json() == expected
    assert (await patch(api, lead_id, **one)).json() == expected
    array = await api.call("PATCH", f"{LEADS}/{lead_id}", json=[one])
    assert array.json() == expected


async def test_the_id_that_is_named_is_the_id_that_is_changed(api: Api, open_api: OpenApi) -> None:
    mine, other = await api.add_leads({"name": "Mine"}, {"name": "Other"})

    differing = await patch(api, mine, id=other, name="Changed")
    several = await api.call("PATCH", f"{LEADS}/{mine}", json=[{"name": "x"}, {"name": "y"}])
    strict = await open_api(is_strict=True)
    array = await strict.call("PATCH", f"{LEADS}/{mine}", json=[{"name": "x"}])

    assert violations(differing) == [("0", "NotSupportedChoice", "id")]
    assert violations(several) == [("0", "InvalidType", "")]
    assert violations(array) == [("0", "InvalidType", "")]
    assert [(await api.lead(one))["name"] for one in (mine, other)] == ["Mine", "Other"]


async def test_leads_that_are_missing_foreign_or_binned_cannot_be_changed(api: Api) -> None:
    (theirs,) = await api.add_leads({"name": "Theirs"}, host="bolt")
    mine, binned = await api.add_leads({"name": "Mine"}, {"name": "Binned"})
    async with api.db.write() as tx:
        await tx.change("update leads set is_deleted = true where id = :binned", binned=binned)

    for lead_id in (theirs, binned, 999, 10**15):
        refused = await patch(api, lead_id, name="Changed")
        assert violations(refused) == [("0", "NotSupportedChoice", "id")]
        batch = [{"id": mine, "name": "Changed"}, {"id": lead_id, "name": "Changed"}]
        refused = await api.call("PATCH", LEADS, json=batch)
        assert violations(refused) == [("1", "NotSupportedChoice", "id")]
    missing = await api.call("PATCH", LEADS, json=[{"name": "x"}])
    assert violations(missing) == [("0", "FieldMissing", "id")]
    assert (await api.lead(mine))["name"] == "Mine"
    assert (await api.lead(theirs, host="bolt"))["name"] == "Theirs"


async def test_a_lead_named_twice_in_a_batch_gets_both_changes(api: Api) -> None:
    (lead_id,) = await api.add_leads({"name": "A", "price": 1})
    answer = await api.call(
        "PATCH",
        LEADS,
        json=[
            {"id": lead_id, "name": "B", "tags_to_add": [{"name": "x"}]},
            {"id": lead_id, "price": 2, "tags_to_add": [{"name": "y"}]},
        ],
    )

    lead = await api.lead(lead_id)
    assert [one["request_id"] for one in answer.json()["_embedded"]["leads"]] == ["0", "1"]
    assert (lead["name"], lead["price"]) == ("B", 2)
    assert await tag_names(api, lead_id) == ["x", "y"]


async def test_changes_at_the_same_moment_do_not_undo_each_other(
    api: Api, known: Dictionaries
) -> None:
    (lead_id,) = await api.add_leads({"name": "A"})
    for round_ in range(4):
        changes: list[dict[str, Any]] = [
            {"name": f"B{round_}"},
            {"price": round_ + 1},
            {"status_id": (known.second, known.first)[round_ % 2]},
            {"tags_to_add": [{"name": f"t{round_}"}]},
            {"custom_fields_values": [value(known.fields["text"], f"v{round_}")]},
        ]
        answers = await asyncio.gather(*(patch(api, lead_id, **one) for one in changes))
        assert [one.status_code for one in answers] == [200] * 5

        lead = await api.lead(lead_id)
        assert (lead["name"], lead["price"]) == (f"B{round_}", round_ + 1)
        assert lead["status_id"] == (known.second, known.first)[round_ % 2]
        assert lead["custom_fields_values"][0]["values"] == [{"value": f"v{round_}"}]
        assert await tag_names(api, lead_id) == [f"t{n}" for n in range(round_ + 1)]


async def test_names_are_kept_exactly_and_bounded(api: Api) -> None:
    names = ["", " padded ", "Ünï©ødé ✓ 𝄞", "\u202eright to left", "a\tb\nc", "n" * 255, "𝄞" * 255]
    ids = await api.add_leads(*({"name": name} for name in names))
    assert [(await api.lead(one))["name"] for one in ids] == names

    assert violations(await add(api, {"name": "n" * 256})) == [("0", "TooLong", "name")]
    assert violations(await add(api, {"name": "nul\0"})) == [("0", "InvalidCharacters", "name")]


async def test_a_write_leaves_the_other_account_alone(api: Api) -> None:
    (theirs,) = await api.add_leads({"name": "Theirs"}, host="bolt")
    before = await api.lead(theirs, host="bolt")

    await api.add_leads(*({"name": f"Ours {n}"} for n in range(5)))

    assert await api.lead_ids(host="bolt") == [theirs]
    assert await api.lead(theirs, host="bolt") == before
