"""PATCH /api/v4/leads and its tags (api-v4.md 2.10, 3.2)."""

import asyncio
from typing import Any

import pytest

from tests.integration.api_client import NOW, Api
from tests.integration.conftest import OpenApi
from tests.integration.lead_calls import add, patch, tag_names, violations
from tests.integration.lead_world import Dictionaries, make_dictionaries, value

LEADS = "/api/v4/leads"


@pytest.fixture
async def known(api: Api) -> Dictionaries:
    return await make_dictionaries(api)


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
