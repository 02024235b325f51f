"""/api/v4/leads/pipelines (api-v4.md 3.4)."""

import asyncio
from typing import Any

import pytest

from tests.integration.api_client import Api

PIPELINES = "/api/v4/leads/pipelines"
NEW = {"name": "Second", "sort": 5, "is_main": False, "is_unsorted_on": True}
MEMBERS = [
    *("id", "name", "sort", "is_main", "is_unsorted_on", "is_archive", "account_id"),
    *("_links", "_embedded"),
]
STAGE_MEMBERS = [
    *("id", "name", "sort", "is_editable", "pipeline_id", "color", "type", "account_id"),
    "_links",
]


async def main_id(api: Api) -> int:
    listed = (await api.get(PIPELINES)).json()["_embedded"]["pipelines"]
    found: int = next(one["id"] for one in listed if one["is_main"])
    return found


async def added(api: Api, **changes: Any) -> dict[str, Any]:
    answer = await api.call("POST", PIPELINES, json=[NEW | changes])
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["_embedded"]["pipelines"][0]
    return found


async def test_the_list_is_not_paged_and_shows_stages_in_their_order(api: Api) -> None:
    second = await added(api)
    answer = await api.get(PIPELINES + "?limit=1&page=3")

    body = answer.json()
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/hal+json"
    assert list(body) == ["_total_items", "_links", "_embedded"]
    assert body["_total_items"] == 2
    assert body["_links"] == {"self": {"href": f"https://acme.grantway.test{PIPELINES}"}}
    assert [one["sort"] for one in body["_embedded"]["pipelines"]] == [1, 5]
    listed = body["_embedded"]["pipelines"][1]
    assert list(listed) == MEMBERS
    assert listed["_links"]["self"]["href"].endswith(f"{PIPELINES}/{second['id']}")
    stages = listed["_embedded"]["statuses"]
    assert [list(one) for one in stages] == [STAGE_MEMBERS] * len(stages)
    assert [(one["id"], one["sort"]) for one in stages[-2:]] == [(142, 10_000), (143, 11_000)]
    assert [one["type"] for one in stages] == [1] + [0] * (len(stages) - 1)
    assert stages[1]["_links"]["self"]["href"] == (
        f"https://acme.grantway.test{PIPELINES}/{second['id']}/statuses/{stages[1]['id']}"
    )


async def test_one_pipeline_is_answered_without_an_envelope(api: Api) -> None:
    second = await added(api)
    answer = await api.get(f"{PIPELINES}/{second['id']}")

    assert answer.status_code == 200
    assert list(answer.json()) == MEMBERS
    assert answer.json() == {name: second[name] for name in MEMBERS}


async def test_an_unknown_or_foreign_pipeline_is_not_found(api: Api) -> None:
    second = await added(api)

    for path, host in ((f"{PIPELINES}/999", "acme"), (f"{PIPELINES}/{second['id']}", "bolt")):
        answer = await api.get(path, host=host)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json() == {
            "title": "Not Found",
            "type": "https://httpstatus.es/404",
            "status": 404,
            "detail": "Pipeline not found",
        }


async def test_pipelines_are_added_with_stages_and_found_by_request_id(api: Api) -> None:
    stages = [
        {"id": 142, "name": "Paid"},
        {"name": "First", "sort": 2, "color": "#DEFF81"},
        {"name": "Before", "sort": 1},
    ]
    wanted = [
        NEW | {"request_id": "mine", "_embedded": {"statuses": stages}},
        NEW | {"name": "Third", "_embedded": []},
    ]
    answer = await api.call("POST", PIPELINES, json=wanted)

    assert answer.status_code == 200
    assert list(answer.json()) == ["_total_items", "_embedded"]
    first, second = answer.json()["_embedded"]["pipelines"]
    assert (first["request_id"], second["request_id"]) == ("mine", "1")
    assert (first["name"], second["name"]) == ("Second", "Third")
    shown = [(one["name"], one["sort"]) for one in first["_embedded"]["statuses"]]
    assert shown == [
        ("Incoming leads", 10),
        ("Before", 20),
        ("First", 30),
        ("Paid", 10_000),
        ("Closed - lost", 11_000),
    ]
    assert first["_embedded"]["statuses"][2]["color"] == "#deff81"
    assert len(second["_embedded"]["statuses"]) > 3


async def test_one_object_stands_for_an_array_of_one_unless_the_platform_is_strict(
    open_api: Any,
) -> None:
    api = await open_api()
    strict = await open_api(is_strict=True)

    answer = await api.call("POST", PIPELINES, json=NEW)
    refused = await strict.call("POST", PIPELINES, json=NEW)

    assert answer.status_code == 200
    assert answer.json()["_embedded"]["pipelines"][0]["request_id"] == "0"
    assert refused.status_code == 400
    assert refused.json()["validation-errors"][0]["errors"][0]["code"] == "InvalidType"


async def test_a_new_main_pipeline_takes_the_place_of_the_old_one(api: Api) -> None:
    old = await main_id(api)
    new = await added(api, is_main=True)

    assert await main_id(api) == new["id"]
    assert (await api.get(f"{PIPELINES}/{old}")).json()["is_main"] is False


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"name": None}, "FieldMissing", "name"),
        ({"name": " "}, "FieldMissing", "name"),
        ({"name": 5}, "InvalidType", "name"),
        ({"name": "a" * 256}, "TooLong", "name"),
        ({"name": "a\0"}, "InvalidCharacters", "name"),
        ({"sort": "5"}, "InvalidType", "sort"),
        ({"sort": -1}, "NotSupportedChoice", "sort"),
        ({"sort": 1e300}, "NotSupportedChoice", "sort"),
        ({"is_main": 1}, "InvalidType", "is_main"),
        ({"_embedded": "x"}, "InvalidType", "_embedded"),
        (
            {"_embedded": {"statuses": [{"name": "A", "color": "#123456"}]}},
            "NotSupportedChoice",
            "_embedded.statuses.0.color",
        ),
        (
            {"_embedded": {"statuses": [{"name": "A"}] * 101}},
            "TooMany",
            "_embedded.statuses",
        ),
    ],
)
async def test_a_wrong_pipeline_is_refused_by_its_path_and_nothing_is_added(
    api: Api, change: dict[str, Any], code: str, path: str
) -> None:
    answer = await api.call("POST", PIPELINES, json=[NEW, NEW | change | {"request_id": "b"}])

    assert answer.status_code == 400
    (wrong,) = answer.json()["validation-errors"]
    assert wrong["request_id"] == "b"
    assert [(one["code"], one["path"]) for one in wrong["errors"]] == [(code, path)]
    assert await api.count("pipelines") == 2  # one in acme and one in bolt


async def test_there_are_at_most_50_pipelines(api: Api) -> None:
    honest = await api.call("POST", PIPELINES, json=[NEW] * 49)
    refused = await api.call("POST", PIPELINES, json=[NEW])

    assert (honest.status_code, refused.status_code) == (200, 422)
    assert refused.json()["detail"] == "An account can have at most 50 pipelines"


async def test_a_change_touches_what_it_names(api: Api) -> None:
    second = await added(api)
    path = f"{PIPELINES}/{second['id']}"
    change = {"id": second["id"], "name": "Renewals", "request_id": "r"}
    answer = await api.call("PATCH", path, json=change)

    assert answer.status_code == 200
    assert answer.json() == second | {"name": "Renewals", "request_id": "r"}
    again = await api.call("PATCH", path, json=[{"sort": 7.0}])
    assert (again.json()["name"], again.json()["sort"]) == ("Renewals", 7)


async def test_without_incoming_leads_their_stage_is_hidden_everywhere(api: Api) -> None:
    second = await added(api)
    path = f"{PIPELINES}/{second['id']}"
    waiting = second["_embedded"]["statuses"][0]["id"]

    answer = await api.call("PATCH", path, json={"is_unsorted_on": False})
    assert all(one["type"] == 0 for one in answer.json()["_embedded"]["statuses"])
    listed = (await api.get(f"{path}/statuses")).json()["_embedded"]["statuses"]
    assert waiting not in [one["id"] for one in listed]
    assert (await api.get(f"{path}/statuses/{waiting}")).status_code == 404

    answer = await api.call("PATCH", path, json={"is_unsorted_on": True})
    assert answer.json()["_embedded"]["statuses"][0]["id"] == waiting


@pytest.mark.parametrize(
    ("sent", "status", "path"),
    [
        ({}, 400, "name"),
        ({"name": None}, 400, "name"),
        ({"id": 12345, "name": "A"}, 400, "id"),
        ({"is_main": False}, 400, "is_main"),
        ({"sort": []}, 400, "sort"),
        ([{"name": "A"}, {"name": "B"}], 400, ""),
        ([], 400, ""),
        (5, 400, ""),
    ],
)
async def test_a_wrong_change_is_refused(api: Api, sent: Any, status: int, path: str) -> None:
    answer = await api.call("PATCH", f"{PIPELINES}/{await main_id(api)}", json=sent)

    assert answer.status_code == status
    assert answer.json()["validation-errors"][0]["errors"][0]["path"] == path


async def test_changing_an_unknown_pipeline_is_not_found(api: Api) -> None:
    answer = await api.call("PATCH", f"{PIPELINES}/999", json={"name": "A"})

    assert (answer.status_code, answer.json()["detail"]) == (404, "Pipeline not found")


async def test_removing_answers_204_and_an_unknown_id_always_the_same_400(api: Api) -> None:
    second = await added(api)
    path = f"{PIPELINES}/{second['id']}"

    removed = await api.call("DELETE", path)
    gone = await api.call("DELETE", path)
    never = await api.call("DELETE", f"{PIPELINES}/987654")

    assert (removed.status_code, removed.content) == (204, b"")
    assert gone.status_code == 400
    assert gone.content == never.content
    assert gone.json()["validation-errors"][0]["errors"] == [
        {
            "code": "NotSupportedChoice",
            "path": "id",
            "detail": "The value you selected is not a valid choice.",
        }
    ]
    assert (await api.get(path)).status_code == 404


async def test_a_pipeline_that_holds_leads_stays(api: Api) -> None:
    second = await added(api)
    (lead_id,) = await api.add_leads({"pipeline_id": second["id"]})
    path = f"{PIPELINES}/{second['id']}"

    refused = await api.call("DELETE", path)
    assert refused.status_code == 422
    assert refused.json()["detail"] == "Only pipelines without leads can be deleted"

    await api.call("PATCH", f"/api/v4/leads/{lead_id}", json={"pipeline_id": await main_id(api)})
    assert (await api.call("DELETE", path)).status_code == 204


async def test_the_last_pipeline_stays_and_of_two_the_other_becomes_main(api: Api) -> None:
    main = await main_id(api)
    last = await api.call("DELETE", f"{PIPELINES}/{main}")
    second = await added(api)

    assert (last.status_code, last.json()["detail"]) == (
        422,
        "The last pipeline cannot be deleted",
    )
    assert (await api.call("DELETE", f"{PIPELINES}/{main}")).status_code == 204
    assert await main_id(api) == second["id"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", PIPELINES, [NEW]),
        ("PATCH", f"{PIPELINES}/1", {"name": "A"}),
        ("DELETE", f"{PIPELINES}/1", ...),
        ("POST", f"{PIPELINES}/1/statuses", [{"name": "A", "sort": 1}]),
        ("PATCH", f"{PIPELINES}/1/statuses/142", {"name": "A"}),
        ("DELETE", f"{PIPELINES}/1/statuses/142", ...),
    ],
)
async def test_only_administrators_write_and_everybody_reads(
    api: Api, method: str, path: str, body: Any
) -> None:
    bob = await api.token_of("Bob")
    answer = await api.call(method, path, json=body, token=bob)

    assert answer.status_code == 403
    assert answer.json()["detail"] == "Insufficient rights to call this method"
    for readable in (PIPELINES, f"{PIPELINES}/{await main_id(api)}"):
        assert (await api.get(readable, token=bob)).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [("PATCH", PIPELINES), ("DELETE", PIPELINES), ("PUT", f"{PIPELINES}/1")],
)
async def test_other_methods_are_not_allowed_and_say_nothing(
    api: Api, method: str, path: str
) -> None:
    answer = await api.call(method, path, json={})

    assert (answer.status_code, answer.content) == (405, b"")


async def test_of_a_new_lead_and_the_removal_of_its_pipeline_one_comes_first(api: Api) -> None:
    for _ in range(5):
        second = await added(api)
        lead, removal = await asyncio.gather(
            api.call("POST", "/api/v4/leads", json=[{"pipeline_id": second["id"]}]),
            api.call("DELETE", f"{PIPELINES}/{second['id']}"),
        )

        assert (lead.status_code, removal.status_code) in {(200, 422), (400, 204)}
        if lead.status_code == 400:
            assert lead.json()["validation-errors"][0]["errors"][0]["path"] == "pipeline_id"
