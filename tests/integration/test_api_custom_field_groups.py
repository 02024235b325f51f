"""Groups of custom fields of every type of entity (api-v4.md 3.10)."""

from typing import Any

import pytest

from tests.integration.api_client import Api

ENTITIES = ["leads", "contacts", "companies"]
MEMBERS = ["id", "name", "is_predefined", "type", "entity_type", "sort", "_links"]


def groups_of(entity_type: str) -> str:
    return f"/api/v4/{entity_type}/custom_fields/groups"


async def added(api: Api, entity_type: str = "leads", name: str = "Delivery") -> dict[str, Any]:
    sent = [{"name": name, "sort": 5, "request_id": "g"}]
    answer = await api.call("POST", groups_of(entity_type), json=sent)
    assert answer.status_code == 201, answer.text
    assert list(answer.json()) == ["_total_items", "_embedded"]
    (group,) = answer.json()["_embedded"]["custom_field_groups"]
    assert isinstance(group, dict)
    return group


async def test_groups_are_listed_whole_and_read_alone(api: Api) -> None:
    for entity_type in ENTITIES:
        path = groups_of(entity_type)
        group = await added(api, entity_type)
        listed = (await api.get(path)).json()
        alone = await api.get(f"{path}/{group['id']}")

        assert list(listed) == ["_total_items", "_links", "_embedded"]
        found = listed["_embedded"]["custom_field_groups"]
        assert [one["id"] for one in found] == ["default", "statistic", group["id"]]
        assert [one["is_predefined"] for one in found] == [True, True, False]
        assert listed["_total_items"] == 3
        assert (alone.status_code, list(alone.json())) == (200, MEMBERS)
        assert group.pop("request_id") == "g"
        assert alone.json() == found[2] == group
        assert group == {
            "id": group["id"],
            "name": "Delivery",
            "is_predefined": False,
            "type": "custom_field_group",
            "entity_type": entity_type,
            "sort": 5,
            "_links": {"self": {"href": f"https://acme.grantway.test{path}/{group['id']}"}},
        }
    assert (await api.get(groups_of("leads"), host="bolt")).json()["_total_items"] == 2


async def test_a_change_moves_fields_and_names_all_that_are_inside(api: Api) -> None:
    fields = "/api/v4/contacts/custom_fields"
    group = await added(api, "contacts")
    note = {"type": "text", "name": "Note", "group_id": group["id"]}
    first = (await api.call("POST", fields, json=note)).json()
    second = (await api.call("POST", fields, json=note | {"group_id": None})).json()
    assert (first["group_id"], second["group_id"]) == (group["id"], None)
    path = f"{groups_of('contacts')}/{group['id']}"
    sent = {"id": group["id"], "name": "Dispatch", "fields": [second["id"]]}
    changed = await api.call("PATCH", path, json=sent)

    assert changed.status_code == 200
    assert changed.json() == group | {
        "name": "Dispatch",
        "fields": [first["id"], second["id"]],
        "request_id": "0",
    }
    assert (await api.get(f"{fields}/{second['id']}")).json()["group_id"] == group["id"]
    assert (await api.call("DELETE", path)).status_code == 204
    assert (await api.get(f"{fields}/{second['id']}")).json()["group_id"] is None


async def test_a_group_that_is_not_there_is_not_found(api: Api) -> None:
    group = await added(api)
    path = f"{groups_of('leads')}/{group['id']}"
    others = (
        (f"{groups_of('leads')}/leads_999", "acme"),
        (f"{groups_of('contacts')}/{group['id']}", "acme"),
        (path, "bolt"),
    )
    for other, host in others:
        for method, body in (("GET", ...), ("PATCH", {"name": "A"}), ("DELETE", ...)):
            answer = await api.call(method, other, json=body, host=host)
            assert answer.status_code == 404
            assert answer.json()["detail"] == "Custom field group not found"
    assert (await api.get(path)).json()["name"] == "Delivery"


@pytest.mark.parametrize("odd", ["%27", "a.b", "a%00", "%D1%84", "a" * 65, "a/b", "a%0A", "%20"])
async def test_what_can_be_no_name_leads_nowhere(api: Api, odd: str) -> None:
    answer = await api.get(f"{groups_of('leads')}/{odd}")

    assert answer.status_code == 404
    assert answer.json()["detail"].startswith("Cannot GET ")
    assert (await api.get(f"{groups_of('leads')}/{'a' * 64}")).json()["detail"] == (
        "Custom field group not found"
    )
    assert (await api.get(f"/{groups_of('leads')}//default/")).json()["id"] == "default"


@pytest.mark.parametrize(
    ("method", "path", "sent", "code", "at"),
    [
        ("POST", "", {"sort": 1}, "FieldMissing", "name"),
        ("POST", "", {"name": "A"}, "FieldMissing", "sort"),
        ("POST", "", {"name": "A", "sort": "1"}, "InvalidType", "sort"),
        ("PATCH", "/default", {"name": "A"}, "NotSupportedChoice", "name"),
        ("PATCH", "/default", {"sort": 9}, "NotSupportedChoice", "sort"),
        ("PATCH", "/default", {"id": "statistic"}, "NotSupportedChoice", "id"),
        ("PATCH", "/default", {"fields": [999]}, "NotSupportedChoice", "fields.0"),
        ("PATCH", "/default", {"fields": ["1"]}, "InvalidType", "fields.0"),
        ("PATCH", "/default", {"fields": [{"id": 1}]}, "InvalidType", "fields.0"),
    ],
)
async def test_a_wrong_group_is_refused(
    api: Api, method: str, path: str, sent: dict[str, Any], code: str, at: str
) -> None:
    answer = await api.call(method, groups_of("leads") + path, json=sent)

    assert answer.status_code == 400
    errors = answer.json()["validation-errors"][0]["errors"]
    assert [(one["code"], one["path"]) for one in errors] == [(code, at)]


async def test_only_administrators_write_and_what_belongs_to_the_system_stays(api: Api) -> None:
    group = await added(api)
    bob = await api.token_of("Bob")
    path, one = groups_of("leads"), f"{groups_of('leads')}/{group['id']}"
    for method, target, body in (
        ("POST", path, [{"name": "A", "sort": 1}]),
        ("PATCH", one, {"name": "A"}),
        ("DELETE", one, ...),
    ):
        assert (await api.call(method, target, json=body, token=bob)).status_code == 403
    assert (await api.call("DELETE", f"{path}/default")).status_code == 422
    for method in ("PATCH", "DELETE"):
        assert (await api.call(method, path, json=[{}])).status_code == 405

    assert (await api.get(path, token=bob)).json()["_total_items"] == 3
    assert (await api.get(one, token=bob)).json()["name"] == "Delivery"
    for family in ("customers", "customers/segments", "catalogs/1", "tasks"):
        assert (await api.get(groups_of(family))).status_code == 404
