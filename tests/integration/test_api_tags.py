"""/api/v4/{leads,contacts,companies}/tags (api-v4.md 3.9)."""

import asyncio
from typing import Any

import pytest

from tests.integration.api_client import Api

TAGS = "/api/v4/leads/tags"


async def added(api: Api, *names: str, **options: Any) -> list[int]:
    answer = await api.call("POST", TAGS, json=[{"name": name} for name in names], **options)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["_embedded"]["tags"]]


async def found(api: Api, query: str) -> list[str]:
    answer = await api.get(f"{TAGS}?{query}")
    if answer.status_code == 204:
        return []
    return [one["name"] for one in answer.json()["_embedded"]["tags"]]


async def test_without_tags_there_is_nothing_to_show(api: Api) -> None:
    await added(api, "other", host="bolt")
    answer = await api.get(TAGS)

    assert (answer.status_code, answer.content) == (204, b"")


async def test_each_type_of_entity_has_tags_of_its_own_and_only_leads_have_colours(
    api: Api,
) -> None:
    ids = {}
    for entity_type, color in (("leads", "FF8F92"), ("contacts", None), ("companies", None)):
        path = f"/api/v4/{entity_type}/tags"
        answer = await api.call("POST", path, json=[{"name": "hot", "color": "#ff8f92"}])
        (tag,) = answer.json()["_embedded"]["tags"]
        ids[entity_type] = tag["id"]

        assert answer.status_code == 200
        assert tag == {"id": tag["id"], "name": "hot", "color": color, "request_id": "0"}
        listed = (await api.get(f"{path}?filter[name]=hot")).json()
        assert listed["_embedded"]["tags"] == [{"id": tag["id"], "name": "hot", "color": color}]
        assert listed["_links"]["self"]["href"].startswith(f"https://acme.grantway.test{path}?")
    assert len(set(ids.values())) == 3
    assert (await api.get(f"{TAGS}?filter[id]={ids['contacts']}")).status_code == 204
    for family in ("customers", "tasks", "catalogs/1"):
        assert (await api.get(f"/api/v4/{family}/tags")).status_code == 404


async def test_a_page_of_tags_has_no_totals_and_leads_to_the_next(api: Api) -> None:
    ids = await added(api, "a", "b", "c")
    first = (await api.get(TAGS + "?limit=2&query=")).json()

    assert list(first) == ["_page", "_links", "_embedded"]
    assert first["_page"] == 1
    assert sorted(first["_links"]) == ["next", "self"]
    assert first["_embedded"]["tags"] == [
        {"id": ids[0], "name": "a", "color": None},
        {"id": ids[1], "name": "b", "color": None},
    ]
    path = first["_links"]["next"]["href"].removeprefix("https://acme.grantway.test")
    second = (await api.get(path)).json()
    assert sorted(second["_links"]) == ["first", "prev", "self"]
    assert [one["id"] for one in second["_embedded"]["tags"]] == ids[2:]
    assert (await api.get(TAGS + "?limit=2&page=3")).status_code == 204


async def test_tags_are_found_by_name_by_id_and_by_a_part_of_the_name(api: Api) -> None:
    hot, warm, _ = await added(api, "Hot lead", "warm", "50%_Off")

    assert await found(api, "query=LEAD") == ["Hot lead"]
    assert await found(api, "query=%25_") == ["50%_Off"]
    assert await found(api, "filter[name]=warm") == ["warm"]
    assert await found(api, "filter%5Bname%5D=Warm") == []
    assert await found(api, f"filter[id][]={hot}&filter[id][]={warm}") == ["Hot lead", "warm"]
    assert await found(api, f"filter[id]={warm}") == ["warm"]
    assert await found(api, "filter[id]=999") == []
    assert len(await found(api, "filter[color]=red")) == 3


async def test_tags_are_added_with_colours_and_found_by_request_id(api: Api) -> None:
    wanted = [{"name": "hot", "color": "#ff8f92", "request_id": "h"}, {"name": " warm "}]
    answer = await api.call("POST", TAGS, json=wanted)

    assert answer.status_code == 200
    body = answer.json()
    hot, warm = body["_embedded"]["tags"]
    assert list(body) == ["_total_items", "_embedded"]
    assert body["_total_items"] == 2
    assert hot == {"id": hot["id"], "name": "hot", "color": "FF8F92", "request_id": "h"}
    assert warm == {"id": warm["id"], "name": "warm", "color": None, "request_id": "1"}


async def test_a_name_that_exists_is_answered_with_its_tag(api: Api) -> None:
    first = await api.call("POST", TAGS, json=[{"name": "hot", "color": "FF8F92"}])
    again = await api.call("POST", TAGS, json=[{"name": "hot", "color": "EBEBEB"}, {"name": "hot"}])

    (tag,) = first.json()["_embedded"]["tags"]
    assert again.json()["_embedded"]["tags"] == [tag, tag | {"request_id": "1"}]
    assert await api.count("tags") == 1


async def test_a_tag_of_the_dictionary_is_the_one_that_leads_carry(api: Api) -> None:
    (hot,) = await added(api, "hot")
    (lead_id,) = await api.add_leads({"tags_to_add": [{"name": "hot"}, {"name": "new"}]})

    carried = (await api.lead(lead_id))["_embedded"]["tags"]
    assert [one["name"] for one in carried] == ["hot", "new"]
    assert carried[0]["id"] == hot
    assert await found(api, "filter[name]=new") == ["new"]


@pytest.mark.parametrize(
    ("sent", "code", "path"),
    [
        ({}, "FieldMissing", "name"),
        ({"name": "\t"}, "FieldMissing", "name"),
        ({"name": 5}, "InvalidType", "name"),
        ({"name": "a" * 256}, "TooLong", "name"),
        ({"name": "hot", "color": "red"}, "NotSupportedChoice", "color"),
        ({"name": "hot", "color": 5}, "InvalidType", "color"),
    ],
)
async def test_a_wrong_tag_is_refused_and_nothing_is_added(
    api: Api, sent: dict[str, Any], code: str, path: str
) -> None:
    answer = await api.call("POST", TAGS, json=[{"name": "honest"}, sent])

    assert answer.status_code == 400
    (wrong,) = answer.json()["validation-errors"]
    assert [(one["code"], one["path"]) for one in wrong["errors"]] == [(code, path)]
    assert wrong["request_id"] == "1"
    assert await api.count("tags") == 0


async def test_at_most_250_fit_into_one_request(api: Api) -> None:
    tags = [{"name": f"tag {n}"} for n in range(251)]
    refused = await api.call("POST", TAGS, json=tags)
    assert refused.status_code == 400
    assert "validation-errors" not in refused.json()
    assert await api.count("tags") == 0

    assert (await api.call("POST", TAGS, json=tags[:250])).status_code == 200
    assert len(await found(api, "limit=500")) == 250


async def test_the_same_name_at_the_same_moment_makes_one_tag(api: Api) -> None:
    answers = await asyncio.gather(*(added(api, "hot", "warm") for _ in range(5)))

    assert len({tuple(one) for one in answers}) == 1
    assert await api.count("tags") == 2


async def test_everybody_works_with_tags_and_nobody_changes_or_removes_them(api: Api) -> None:
    bob = await api.token_of("Bob")

    assert len(await added(api, "hot", token=bob)) == 1
    assert (await api.get(TAGS, token=bob)).status_code == 200
    for method in ("PATCH", "DELETE", "PUT"):
        answer = await api.call(method, TAGS, json=[{"name": "x"}])
        assert (answer.status_code, answer.content) == (405, b"")
