"""Every operation answers as the OpenAPI document tells."""

from typing import Any

import pytest

from grantway.api.v4.collection import ENTITIES
from tests.integration.api_client import Api
from tests.integration.lead_world import Dictionaries, make_dictionaries, value
from tests.integration.offered_widgets import offer_widgets
from tests.integration.openapi_document import ROWS, Tried

EXTRAS = {
    "leads": "contacts,loss_reason,is_price_modified_by_robot,catalog_elements,source_id,source",
    "contacts": "leads,catalog_elements",
    "companies": "leads,contacts,catalog_elements",
}


@pytest.fixture
async def known(api: Api) -> Dictionaries:
    return await make_dictionaries(api)


async def test_every_answer_is_as_told(api: Api, known: Dictionaries) -> None:
    call = Tried(api)
    await _try_entities(call, known)
    await _try_dictionaries(call, known)
    for entity_type in ENTITIES:
        await _try_fields_and_tags(call, entity_type)
        await _try_notes(call, entity_type)
    await _try_account(call, api)
    await _try_tasks(call)
    await _try_webhooks(call)
    await _try_events(call)
    await _try_widgets(call, api)
    await _try_removals(call)
    await _try_refusals(call, api)

    assert call.succeeded == {operation["operationId"] for _, _, operation in ROWS}


async def _try_tasks(call: Tried) -> None:
    await call("GET", "/tasks", status=204)
    await call("GET", "/tasks/999", status=404)
    new = {"text": "Call back", "complete_till": 1_800_000_000}
    added = await call("POST", "/tasks", [new])
    task_id = added["_embedded"]["tasks"][0]["id"]
    await call("GET", "/tasks?limit=1")
    await call("PATCH", "/tasks", [{"id": task_id, "is_completed": True}])
    await call("PATCH", f"/tasks/{task_id}", {"result": {"text": "Wants an offer"}})
    await call("GET", f"/tasks/{task_id}")
    await call("POST", "/tasks", [{}], status=400)


async def _try_webhooks(call: Tried) -> None:
    named = {"destination": "https://hook.example.org/in"}
    await call("GET", "/webhooks", status=204)
    await call("POST", "/webhooks", {**named, "settings": ["add_lead"]})
    await call("GET", "/webhooks")
    await call("DELETE", "/webhooks", named, status=204)
    await call("DELETE", "/webhooks", named, status=404)


async def _try_widgets(call: Tried, api: Api) -> None:
    await call("GET", "/widgets", status=204)
    (code,) = await offer_widgets(api, 1)
    await call("GET", "/widgets")
    await call("GET", f"/widgets/{code}")
    await call("POST", f"/widgets/{code}", {})
    await call.gone(f"/widgets/{code}")
    await call("DELETE", f"/widgets/{code}", status=404)
    await call("GET", "/widgets/unknown", status=404)


async def _try_events(call: Tried) -> None:
    names = "lead_name,contact_name,company_name"
    found = await call("GET", f"/events?limit=100&with={names}")
    last = found["_embedded"]["events"][-1]["id"]
    await call("GET", "/events?page=99", status=204)
    await call("GET", f"/events/{last}")
    await call("GET", f"/events/{'0' * 26}", status=404)
    await call("GET", "/events?filter[entity_id]=1", status=400)
    await call("GET", "/events/types?language_code=en")


async def _try_entities(call: Tried, known: Dictionaries) -> None:
    fields = known.fields
    lead = {
        "name": "First order",
        "price": 10.5,
        "status_id": 143,
        "loss_reason_id": known.reasons[0],
        "tags_to_add": [{"name": "hot"}],
        "custom_fields_values": [
            value(fields["text"], "x"),
            value(fields["number"], 5),
            value(fields["checkbox"], "true"),
            value(fields["date"], 1_700_000_000),
            value(fields["select"], "red"),
            value(fields["multiselect"], "north", "south"),
        ],
    }
    phone = {"field_code": "PHONE", "values": [{"value": "+1", "enum_code": "WORK"}]}
    other = {"name": "Ann", "tags_to_add": [{"name": "hot"}], "custom_fields_values": [phone]}
    ids = {name: await _try_kind(call, name, lead if name == "leads" else other) for name in EXTRAS}
    for entity_type, to_type in (
        ("leads", "contacts"),
        ("contacts", "companies"),
        ("companies", "leads"),
    ):
        await _try_links(call, entity_type, ids[entity_type], to_type, ids[to_type])
    both = {"contacts": [other], "companies": [other]}
    await call("POST", "/leads/complex", [{"_embedded": both}, {}])


async def _try_kind(call: Tried, entity_type: str, full: dict[str, Any]) -> int:
    path, extras = f"/{entity_type}", EXTRAS[entity_type]
    await call("GET", path, status=204)
    await call("GET", f"{path}/999", status=204)
    added = await call("POST", path, [full, {}])
    entity_id: int = added["_embedded"][entity_type][0]["id"]
    for query in ("", "?limit=1", "?limit=1&page=2", f"?with={extras}"):
        await call("GET", path + query)
    await call("GET", f"{path}/{entity_id}")
    await call("GET", f"{path}/{entity_id}?with={extras}")
    await call("PATCH", path, [{"id": entity_id, "name": "B"}])
    await call("PATCH", f"{path}/{entity_id}", {"name": "C"})
    return entity_id


async def _try_links(
    call: Tried, entity_type: str, entity_id: int, to_type: str, to_id: int
) -> None:
    many, one = f"/{entity_type}", f"/{entity_type}/{entity_id}"
    item = {"to_entity_id": to_id, "to_entity_type": to_type}
    full = {"entity_id": entity_id, **item}
    await call("GET", f"{one}/links", status=204)
    await call("POST", f"{one}/link", [item])
    await call("POST", f"{many}/link", [full])
    await call("GET", f"{one}/links")
    await call("GET", f"{many}/links?filter[entity_id][]={entity_id}")
    await call("GET", f"{one}?with={EXTRAS[entity_type]}")
    await call("GET", f"{many}/999/links", status=404)
    await call("POST", f"{one}/unlink", [item], status=204)
    await call("POST", f"{many}/unlink", [full], status=204)


async def _try_dictionaries(call: Tried, known: Dictionaries) -> None:
    stages = f"/leads/pipelines/{known.renewals}/statuses"
    for method, path, body, status in (
        ("GET", "/leads/pipelines", ..., 200),
        ("GET", f"/leads/pipelines/{known.main}", ..., 200),
        ("PATCH", f"/leads/pipelines/{known.main}", {"sort": 3}, 200),
        ("GET", stages, ..., 200),
        ("GET", f"{stages}?with=descriptions", ..., 200),
        ("GET", f"{stages}/142", ..., 200),
        ("PATCH", f"{stages}/142", {"name": "Paid"}, 200),
        ("GET", "/leads/loss_reasons", ..., 200),
        ("GET", f"/leads/loss_reasons/{known.reasons[0]}", ..., 200),
        ("GET", "/leads/tags", ..., 200),
        ("GET", "/leads/tags?page=9", ..., 204),
        ("GET", "/leads/custom_fields", ..., 200),
        ("GET", "/leads/custom_fields?limit=2&page=2", ..., 200),
        ("GET", f"/leads/custom_fields/{known.fields['select']}", ..., 200),
        ("GET", "/leads/custom_fields?page=9", ..., 204),
        ("PATCH", f"/leads/custom_fields/{known.fields['text']}", {"sort": 1}, 200),
        ("PATCH", "/leads/custom_fields", [{"id": known.fields["text"], "sort": 2}], 200),
        ("POST", "/leads/tags", [{"name": "warm", "color": "FF8F92"}], 200),
    ):
        await call(method, path, body, status=status)
    texts = [{"level": "newbie", "description": "Call."}]
    stage = {"name": "Talk", "sort": 9, "descriptions": texts}
    await call("POST", f"{stages}?with=descriptions", [stage])
    birthday = {"type": "birthday", "name": "Born", "remind": "week"}
    chain = {
        "type": "chained_list",
        "name": "Chain",
        "chained_lists": [{"catalog_id": 1}],
        "required_statuses": [{"status_id": 142, "pipeline_id": known.main}],
    }
    money = {"type": "monetary", "name": "Budget", "currency": "EUR"}
    await call("POST", "/leads/custom_fields", [birthday, chain], status=201)
    await call("POST", "/leads/custom_fields", money, status=201)
    await call("GET", "/leads/custom_fields")


async def _try_fields_and_tags(call: Tried, entity_type: str) -> None:
    tags, fields = f"/{entity_type}/tags", f"/{entity_type}/custom_fields"
    await call("POST", tags, [{"name": "hot"}])
    await call("GET", tags)
    text = {"type": "text", "name": "A"}
    field_id = (await call("POST", fields, text, status=201))["id"]
    await call("POST", fields, [text | {"type": "legal_entity"}], status=201)
    await call("GET", fields)
    await call("GET", f"{fields}/{field_id}")
    await call("PATCH", fields, [{"id": field_id, "sort": 2}])
    await call("PATCH", f"{fields}/{field_id}", {"sort": 3})
    groups = f"{fields}/groups"
    added = await call("POST", groups, [{"name": "A", "sort": 9}], status=201)
    group = f"{groups}/{added['_embedded']['custom_field_groups'][0]['id']}"
    await call("GET", groups)
    await call("GET", group)
    await call("GET", f"{groups}/statistic")
    await call("PATCH", group, {"name": "B", "fields": [field_id]})
    await call("GET", f"{groups}/nonsense", status=404)
    await call("DELETE", f"{groups}/default", status=422)
    await call.gone(group)
    await call.gone(f"{fields}/{field_id}")


async def _try_notes(call: Tried, entity_type: str) -> None:
    added = await call("POST", f"/{entity_type}", [{}])
    entity_id = added["_embedded"][entity_type][0]["id"]
    of_all, of_one = f"/{entity_type}/notes", f"/{entity_type}/{entity_id}/notes"
    await call("GET", of_all, status=204)
    await call("GET", of_one, status=204)
    new = {"note_type": "sms_in", "params": {"text": "Yes", "phone": "+15550100"}}
    added = await call("POST", of_all, [{"entity_id": entity_id, **new}])
    note_id = added["_embedded"]["notes"][0]["id"]
    await call("POST", of_one, [new])
    for path in (of_all, of_one, f"{of_all}/{note_id}", f"{of_one}/{note_id}"):
        await call("GET", path)
        await call("GET", f"{path}?with=is_pinned")
    changed = {"params": {"text": "No"}}
    for path in (of_all, of_one):
        await call("PATCH", path, [{"id": note_id, **changed}])
    await call("PATCH", f"{of_one}/{note_id}", changed)
    for action in ("pin", "unpin"):
        await call("POST", f"{of_all}/{note_id}/{action}", status=204)
        await call("POST", f"{of_all}/999/{action}", status=404)
    for method, path, body in (
        ("GET", f"/{entity_type}/999/notes", ...),
        ("GET", f"{of_one}/999", ...),
        ("GET", f"{of_all}/999", ...),
        ("POST", f"/{entity_type}/999/notes", [new]),
        ("PATCH", f"/{entity_type}/999/notes", [{"id": note_id}]),
        ("PATCH", f"{of_one}/999", changed),
    ):
        await call(method, path, body, status=404)
    await call("POST", of_one, [{}], status=400)


async def _try_account(call: Tried, api: Api) -> None:
    await call("GET", "/account")
    extras = "amojo_id,amojo_rights,users_groups,task_types,version,entity_names"
    await call("GET", f"/account?with={extras}")
    await call(
        "GET",
        "/account?with=datetime_settings,drive_url,is_api_filter_enabled,invoices_settings,uuid",
    )
    await call("GET", "/users")
    await call("GET", "/users?with=role,group,uuid,amojo_id,user_rank,phone_number")
    await call("GET", "/users?page=9", status=204)
    await call("GET", f"/users/{api.acme.admin_id}")
    await call("GET", "/users/999", status=404)
    await call("GET", "/roles", status=204)
    full = dict.fromkeys(("view", "edit", "add", "delete", "export"), "A")
    rights = dict.fromkeys(("leads", "contacts", "companies"), full)
    new = [{"name": "Sales", "rights": rights, "request_id": "x"}]
    (role,) = (await call("POST", "/roles", new, status=201))["_embedded"]["roles"]
    person = {"name": "Erin", "email": "erin@acme.example", "password": "a pass phrase of Erin"}
    people = [person | {"rights": {"role_id": role["id"]}}]
    (erin,) = (await call("POST", "/users", people, status=201))["_embedded"]["users"]
    await call("GET", "/users?with=role,group")
    await call("GET", "/roles?with=users")
    await call("GET", f"/roles/{role['id']}?with=users")
    await call("GET", "/roles/999", status=404)
    await call("PATCH", f"/roles/{role['id']}", {"name": "Sellers"}, status=202)
    await call("POST", "/users/deactivate", [{"id": erin["id"]}], status=204)
    await call("POST", "/users/activate", [{"id": erin["id"]}], status=204)
    await call.gone(f"/roles/{role['id']}")


async def _try_removals(call: Tried) -> None:
    new = {"name": "Third", "sort": 5, "is_main": False, "is_unsorted_on": False}
    added = await call("POST", "/leads/pipelines", [new])
    (pipeline,) = added["_embedded"]["pipelines"]
    path = f"/leads/pipelines/{pipeline['id']}"
    await call.gone(f"{path}/statuses/{pipeline['_embedded']['statuses'][0]['id']}")
    await call.gone(path)
    added = await call("POST", "/leads/loss_reasons", [{"name": "Bad weather"}])
    await call.gone(f"/leads/loss_reasons/{added['_embedded']['loss_reasons'][0]['id']}")
    field = await call("POST", "/leads/custom_fields", {"type": "text", "name": "A"}, status=201)
    await call.gone(f"/leads/custom_fields/{field['id']}")


async def _try_refusals(call: Tried, api: Api) -> None:
    for path in (
        "/leads/pipelines/999",
        "/leads/pipelines/999/statuses",
        "/leads/pipelines/999/statuses/142",
        "/leads/loss_reasons/999",
        "/leads/custom_fields/999",
    ):
        await call("GET", path, status=404)
    await call("DELETE", "/leads/pipelines/999", status=400)
    await call("POST", "/leads", [{"price": "1"}], status=400)
    await call("POST", "/leads", [{"loss_reason_id": 1}], status=400)
    await call("POST", "/leads/tags", {}, status=400)
    await call("POST", "/leads/pipelines", [{"name": "A"}], status=400)
    await call("GET", "/leads", status=401, token=None)
    await call("GET", "/users", status=403, token=await api.token_of("Bob"))
    (lead_id,) = await api.add_leads({})
    pipeline_id = (await api.lead(lead_id))["pipeline_id"]
    await call("DELETE", f"/leads/pipelines/{pipeline_id}", status=422)


async def test_the_binned_leads_are_as_told(api: Api) -> None:
    (lead_id,) = await api.add_leads({})
    async with api.db.write() as tx:
        await tx.change("update leads set is_deleted = true where id = :id", id=lead_id)

    await Tried(api)("GET", "/leads?with=only_deleted")
