"""/api/v4/{leads,contacts,companies}/custom_fields (api-v4.md 3.10)."""

import asyncio
from typing import Any

import pytest

from tests.integration.api_client import Api

FIELDS = "/api/v4/leads/custom_fields"
MEMBERS = [
    *("id", "name", "type", "account_id", "code", "sort", "is_api_only", "enums", "group_id"),
    *("required_statuses", "is_deletable", "is_predefined", "entity_type", "remind"),
    *("tracking_callback", "currency", "hidden_statuses", "chained_lists", "triggers"),
    *("is_computed", "_links"),
]
NOTE = {"type": "text", "name": "Note"}
COLOUR = {
    "type": "select",
    "name": "Colour",
    "code": "COLOUR",
    "enums": [{"value": "Red", "sort": 1}, {"value": "Green", "sort": 2, "code": "G"}],
}


async def added(api: Api, path: str = FIELDS, /, **field: Any) -> dict[str, Any]:
    answer = await api.call("POST", path, json=field)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def values(api: Api, lead_id: int) -> Any:
    """Return the values of a lead, which reads alone and in the list in the same way."""
    alone = (await api.lead(lead_id))["custom_fields_values"]
    page = (await api.get("/api/v4/leads?limit=250")).json()["_embedded"]["leads"]
    (listed,) = [one["custom_fields_values"] for one in page if one["id"] == lead_id]
    assert alone == listed
    return alone


async def test_one_object_is_answered_with_the_bare_field(api: Api) -> None:
    answer = await api.call("POST", FIELDS, json=NOTE | {"request_id": "n"})

    assert answer.status_code == 201
    note = answer.json()
    assert list(note) == [*MEMBERS[:-1], "request_id", "_links"]
    assert note == {
        "id": note["id"],
        "name": "Note",
        "type": "text",
        "account_id": api.acme.account_id,
        "code": None,
        "sort": 500,
        "is_api_only": False,
        "enums": None,
        "group_id": None,
        "required_statuses": None,
        "is_deletable": True,
        "is_predefined": False,
        "entity_type": "leads",
        "remind": None,
        "tracking_callback": None,
        "currency": None,
        "hidden_statuses": [],
        "chained_lists": None,
        "triggers": [],
        "is_computed": False,
        "request_id": "n",
        "_links": {"self": {"href": f"https://acme.grantway.test{FIELDS}/{note['id']}"}},
    }


@pytest.mark.parametrize(
    ("entity_type", "codes", "available", "refused"),
    [
        ("leads", [], "tracking_data", "multitext"),
        ("contacts", ["POSITION", "PHONE", "EMAIL"], "multitext", "tracking_data"),
        ("companies", ["PHONE", "EMAIL", "WEB", "ADDRESS"], "legal_entity", "chained_list"),
    ],
)
async def test_each_type_of_entity_has_fields_of_its_own(
    api: Api, entity_type: str, codes: list[str], available: str, refused: str
) -> None:
    path = f"/api/v4/{entity_type}/custom_fields"
    members = [one for one in MEMBERS if one != "is_computed" or entity_type == "leads"]
    field = await added(api, path, type=available, name="One", sort=900, code="ONE")
    listed = (await api.get(path)).json()["_embedded"]["custom_fields"]

    assert [one["code"] for one in listed] == [*codes, "ONE"]
    for one, code in zip(listed, [*codes, None], strict=True):
        assert list(one) == members
        assert one["entity_type"] == entity_type
        assert (one["is_predefined"], one["is_deletable"]) == (
            (True, False) if code else (False, True)
        )
        assert one["_links"]["self"]["href"] == f"https://acme.grantway.test{path}/{one['id']}"
    answer = await api.call("POST", path, json={"type": refused, "name": "Two"})
    assert answer.status_code == 400
    (wrong,) = answer.json()["validation-errors"][0]["errors"]
    assert (wrong["code"], wrong["path"]) == ("NotSupportedChoice", "type")
    if codes:
        own = f"{path}/{listed[0]['id']}"
        assert (await api.call("DELETE", own)).status_code == 422
        assert (await api.call("PATCH", own, json={"code": "X"})).status_code == 400
    one = f"{path}/{field['id']}"
    assert (await api.call("PATCH", one, json={"name": "Uno"})).json()["name"] == "Uno"
    assert (await api.call("PATCH", path, json=[{"id": field["id"], "sort": 1}])).status_code == 200
    assert (await api.call("DELETE", one)).status_code == 204
    assert (await api.get(one)).status_code == 404


async def test_other_families_have_no_fields(api: Api) -> None:
    for family in ("customers", "customers/segments", "catalogs/1", "tasks"):
        for path in (f"/api/v4/{family}/custom_fields", f"/api/v4/{family}/custom_fields/1"):
            assert (await api.get(path)).status_code == 404


async def test_an_array_is_answered_with_a_collection(open_api: Any) -> None:
    api = await open_api()
    strict = await open_api(is_strict=True)
    answer = await api.call("POST", FIELDS, json=[COLOUR, NOTE | {"request_id": "n"}])

    assert answer.status_code == 201
    assert list(answer.json()) == ["_total_items", "_embedded"]
    colour, note = answer.json()["_embedded"]["custom_fields"]
    assert (colour["request_id"], note["request_id"]) == ("0", "n")
    assert colour["enums"] == [
        {"id": colour["enums"][0]["id"], "value": "Red", "sort": 1, "code": None},
        {"id": colour["enums"][1]["id"], "value": "Green", "sort": 2, "code": "G"},
    ]
    # The dialect's own documentation has both forms, so even strictness takes them.
    assert (await strict.call("POST", FIELDS, json=NOTE)).json()["name"] == "Note"


async def test_one_field_is_read_without_an_envelope(api: Api) -> None:
    colour = await added(api, **COLOUR)
    answer = await api.get(f"{FIELDS}/{colour['id']}")

    assert (answer.status_code, list(answer.json())) == (200, MEMBERS)
    assert answer.json() == {name: colour[name] for name in MEMBERS}


async def test_an_unknown_or_foreign_field_is_not_found(api: Api) -> None:
    note = await added(api, **NOTE)

    for path, host in ((f"{FIELDS}/999", "acme"), (f"{FIELDS}/{note['id']}", "bolt")):
        for method, body in (("GET", ...), ("PATCH", {"name": "A"}), ("DELETE", ...)):
            answer = await api.call(method, path, json=body, host=host)
            assert (answer.status_code, answer.json()["detail"]) == (404, "Custom field not found")
    assert (await api.get(f"{FIELDS}/{note['id']}")).json()["name"] == "Note"


async def test_the_list_is_paged_with_totals_and_ends_with_204(api: Api) -> None:
    assert (await api.get(FIELDS)).status_code == 204
    for sort, name in ((3, "c"), (1, "a"), (2, "b")):
        await added(api, type="text", name=name, sort=sort)
    await added(api, **COLOUR)

    first = (await api.get(FIELDS + "?limit=3&order[sort]=asc")).json()
    assert list(first) == ["_total_items", "_page", "_page_count", "_links", "_embedded"]
    assert (first["_total_items"], first["_page"], first["_page_count"]) == (4, 1, 2)
    assert sorted(first["_links"]) == ["last", "next", "self"]
    assert "order" in first["_links"]["next"]["href"]
    assert [one["name"] for one in first["_embedded"]["custom_fields"]] == ["a", "b", "c"]
    second = (await api.get(FIELDS + "?limit=3&page=2")).json()
    assert [one["name"] for one in second["_embedded"]["custom_fields"]] == ["Colour"]
    assert sorted(second["_links"]) == ["first", "last", "prev", "self"]
    assert (await api.get(FIELDS + "?limit=3&page=3")).status_code == 204


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["a", "Colour", "b"]),
        ("order[sort]=desc", ["b", "Colour", "a"]),
        ("order[id]=asc", ["b", "a", "Colour"]),
        ("order[id]=desc", ["Colour", "a", "b"]),
        ("order[name]=desc", ["a", "Colour", "b"]),
        ("order[id]=sideways", ["a", "Colour", "b"]),
        ("filter[type][]=select", ["Colour"]),
        ("filter[type]=text", ["a", "b"]),
        ("filter[type][0]=text&filter[type][1]=select", ["a", "Colour", "b"]),
        ("filter[type][]=poem", []),
        ("filter[code]=COLOUR", ["a", "Colour", "b"]),
    ],
)
async def test_the_list_is_filtered_by_type_and_ordered(
    api: Api, query: str, names: list[str]
) -> None:
    await added(api, type="text", name="b", sort=600)
    await added(api, type="text", name="a", sort=1)
    await added(api, **COLOUR)

    answer = await api.get(f"{FIELDS}?{query}")
    listed = answer.json()["_embedded"]["custom_fields"] if answer.content else []
    assert [one["name"] for one in listed] == names


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"type": None}, "FieldMissing", "type"),
        ({"name": ""}, "FieldMissing", "name"),
        ({"type": "poem"}, "NotSupportedChoice", "type"),
        ({"type": "multitext"}, "NotSupportedChoice", "type"),
        ({"code": "COLOUR"}, "NotSupportedChoice", "code"),
        ({"type": "monetary"}, "FieldMissing", "currency"),
        ({"type": "select"}, "FieldMissing", "enums"),
        ({"enums": [{"value": "A"}]}, "FieldNotExpected", "enums"),
        (
            {"required_statuses": [{"status_id": 5, "pipeline_id": 5}]},
            "NotSupportedChoice",
            "required_statuses.0.status_id",
        ),
    ],
)
async def test_a_wrong_field_is_refused_and_nothing_is_added(
    api: Api, change: dict[str, Any], code: str, path: str
) -> None:
    await added(api, **COLOUR)
    answer = await api.call("POST", FIELDS, json=[NOTE, NOTE | change])

    assert answer.status_code == 400
    (wrong,) = answer.json()["validation-errors"]
    assert wrong["request_id"] == "1"
    assert [(one["code"], one["path"]) for one in wrong["errors"]] == [(code, path)]
    assert (await api.get(FIELDS)).json()["_total_items"] == 1


async def test_many_are_changed_all_or_none(api: Api) -> None:
    note, colour = await added(api, **NOTE), await added(api, **COLOUR)
    wanted = [
        {"id": colour["id"], "name": "Paint"},
        {"id": note["id"], "sort": 3, "request_id": "n"},
    ]
    answer = await api.call("PATCH", FIELDS, json=wanted)

    assert answer.status_code == 200
    assert list(answer.json()) == ["_total_items", "_embedded"]
    assert answer.json()["_embedded"]["custom_fields"] == [
        colour | {"name": "Paint", "request_id": "0"},
        note | {"sort": 3, "request_id": "n"},
    ]
    refused = await api.call(
        "PATCH", FIELDS, json=[{"id": note["id"], "name": "B"}, {"id": 999}, {"name": "C"}]
    )
    assert refused.status_code == 400
    assert [
        (one["request_id"], [(e["code"], e["path"]) for e in one["errors"]])
        for one in refused.json()["validation-errors"]
    ] == [("2", [("FieldMissing", "id")])]
    refused = await api.call("PATCH", FIELDS, json=[{"id": note["id"], "name": "B"}, {"id": 999}])
    (wrong,) = refused.json()["validation-errors"]
    assert (wrong["request_id"], wrong["errors"][0]["path"]) == ("1", "id")
    assert (await api.get(f"{FIELDS}/{note['id']}")).json()["name"] == "Note"


@pytest.mark.parametrize(
    ("sent", "code", "path"),
    [
        ({"id": 12345, "name": "A"}, "NotSupportedChoice", "id"),
        ({"type": "text"}, "NotSupportedChoice", "type"),
        ({"enums": [{"id": 999, "value": "A"}]}, "NotSupportedChoice", "enums.0.id"),
        ({"enums": []}, "FieldMissing", "enums"),
        ({"code": "OTHER"}, "NotSupportedChoice", "code"),
        ({"name": " "}, "FieldMissing", "name"),
    ],
)
async def test_a_wrong_change_is_refused_and_changes_nothing(
    api: Api, sent: dict[str, Any], code: str, path: str
) -> None:
    colour = await added(api, **COLOUR)
    await added(api, **NOTE, code="OTHER")
    answer = await api.call("PATCH", f"{FIELDS}/{colour['id']}", json=sent)

    assert answer.status_code == 400
    errors = answer.json()["validation-errors"][0]["errors"]
    assert [(one["code"], one["path"]) for one in errors] == [(code, path)]
    now = (await api.get(f"{FIELDS}/{colour['id']}")).json()
    assert now == {name: colour[name] for name in MEMBERS}


async def test_leads_show_a_new_name_and_code_at_once(api: Api) -> None:
    note = await added(api, **NOTE)
    sent = {"field_id": note["id"], "values": [{"value": "x"}]}
    (lead_id,) = await api.add_leads({"custom_fields_values": [sent]})
    (before,) = await values(api, lead_id)
    assert (before["field_name"], before["field_code"]) == ("Note", None)

    change = {"name": "Remark", "code": "REMARK"}
    await api.call("PATCH", f"{FIELDS}/{note['id']}", json=change)

    (after,) = await values(api, lead_id)
    assert after == before | {"field_name": "Remark", "field_code": "REMARK"}


async def test_leads_show_a_renamed_choice_and_lose_a_removed_one(api: Api) -> None:
    colour = await added(api, **COLOUR)
    red, green = colour["enums"]
    path = f"{FIELDS}/{colour['id']}"

    def chosen(enum: dict[str, Any]) -> dict[str, Any]:
        return {"field_id": colour["id"], "values": [{"enum_id": enum["id"]}]}

    in_red, in_green = await api.add_leads(
        {"custom_fields_values": [chosen(red)]}, {"custom_fields_values": [chosen(green)]}
    )
    by_green = f"filter[custom_fields_values][{colour['id']}][]={green['id']}"
    assert await api.lead_ids(by_green) == [in_green]

    enums = [{"id": red["id"], "value": "Crimson"}, {"value": "Blue"}]
    changed = await api.call("PATCH", path, json={"enums": enums})

    assert changed.status_code == 200, changed.text
    assert [one["value"] for one in changed.json()["enums"]] == ["Crimson", "Blue"]
    assert changed.json()["enums"][0]["id"] == red["id"]
    (shown,) = await values(api, in_red)
    assert shown["values"] == [{"value": "Crimson", "enum_id": red["id"], "enum_code": None}]
    assert await values(api, in_green) is None
    assert await api.lead_ids(by_green) == []
    gone = await api.call(
        "PATCH", f"/api/v4/leads/{in_red}", json={"custom_fields_values": [chosen(green)]}
    )
    assert gone.status_code == 400


async def test_leads_lose_the_values_of_a_removed_field(api: Api) -> None:
    note, colour = await added(api, **NOTE), await added(api, **COLOUR)
    sent = [
        {"field_id": note["id"], "values": [{"value": "x"}]},
        {"field_id": colour["id"], "values": [{"value": "Red"}]},
    ]
    (lead_id,) = await api.add_leads({"custom_fields_values": sent})
    path = f"{FIELDS}/{note['id']}"

    removed = await api.call("DELETE", path)

    assert (removed.status_code, removed.content) == (204, b"")
    assert [one["field_id"] for one in await values(api, lead_id)] == [colour["id"]]
    assert (await api.get(path)).status_code == 404
    assert (await api.call("DELETE", path)).status_code == 404
    refused = await api.call(
        "PATCH", f"/api/v4/leads/{lead_id}", json={"custom_fields_values": sent[:1]}
    )
    assert refused.status_code == 400
    changed = await api.call("PATCH", f"/api/v4/leads/{lead_id}", json={"name": "Still fine"})
    assert changed.status_code == 200
    assert len(await values(api, lead_id)) == 1


async def test_one_code_is_given_to_one_field_even_at_the_same_moment(api: Api) -> None:
    answers = await asyncio.gather(
        *(api.call("POST", FIELDS, json=NOTE | {"code": "SAME"}) for _ in range(4))
    )

    assert sorted(one.status_code for one in answers) == [201, 400, 400, 400]
    assert (await api.get(FIELDS)).json()["_total_items"] == 1


async def test_only_administrators_write_and_everybody_reads(api: Api) -> None:
    note = await added(api, **NOTE)
    bob = await api.token_of("Bob")
    one = f"{FIELDS}/{note['id']}"

    for method, path, body in (
        ("POST", FIELDS, NOTE),
        ("PATCH", FIELDS, [{"id": note["id"], "name": "A"}]),
        ("PATCH", one, {"name": "A"}),
        ("DELETE", one, ...),
    ):
        assert (await api.call(method, path, json=body, token=bob)).status_code == 403
    assert (await api.get(FIELDS, token=bob)).status_code == 200
    assert (await api.get(one, token=bob)).json()["name"] == "Note"
    assert (await api.call("DELETE", FIELDS)).status_code == 405
