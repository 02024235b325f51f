"""/api/v4/leads/loss_reasons (api-v4.md 3.3)."""

from typing import Any

import pytest

from tests.integration.api_client import NOW, Api

REASONS = "/api/v4/leads/loss_reasons"
MEMBERS = ["id", "name", "sort", "created_at", "updated_at", "_links"]


async def added(api: Api, *names: str) -> list[dict[str, Any]]:
    answer = await api.call("POST", REASONS, json=[{"name": name} for name in names])
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["_embedded"]["loss_reasons"]
    return found


async def test_without_reasons_there_is_nothing_to_show(api: Api) -> None:
    answer = await api.get(REASONS)

    assert (answer.status_code, answer.content) == (204, b"")


async def test_the_list_is_not_paged_and_stands_in_its_order(api: Api) -> None:
    await added(api, "Price", "Silence")
    await api.call("POST", REASONS, json={"name": "First", "sort": 1})
    await api.call("POST", REASONS, json={"name": "Other"}, host="bolt")

    body = (await api.get(REASONS + "?limit=1&page=2")).json()

    assert list(body) == ["_total_items", "_links", "_embedded"]
    assert body["_total_items"] == 3
    reasons = body["_embedded"]["loss_reasons"]
    assert [(one["name"], one["sort"]) for one in reasons] == [
        ("First", 1),
        ("Price", 10),
        ("Silence", 20),
    ]
    assert [list(one) for one in reasons] == [MEMBERS] * 3
    assert reasons[0]["created_at"] == NOW
    assert reasons[0]["_links"]["self"]["href"] == (
        f"https://acme.grantway.test{REASONS}/{reasons[0]['id']}"
    )


async def test_one_reason_is_answered_without_an_envelope(api: Api) -> None:
    price, _ = await added(api, "Price", "Silence")
    answer = await api.get(f"{REASONS}/{price['id']}")

    assert (answer.status_code, list(answer.json())) == (200, MEMBERS)
    assert answer.json() == {name: price[name] for name in MEMBERS}


async def test_an_unknown_or_foreign_reason_is_not_found(api: Api) -> None:
    (price,) = await added(api, "Price")

    for path, host in ((f"{REASONS}/999", "acme"), (f"{REASONS}/{price['id']}", "bolt")):
        for method in ("GET", "DELETE"):
            answer = await api.call(method, path, host=host)
            assert (answer.status_code, answer.json()["detail"]) == (404, "Loss reason not found")
    assert await api.count("loss_reasons") == 1


async def test_what_is_added_is_found_by_request_id(api: Api) -> None:
    wanted = [{"name": " Price ", "request_id": "p", "sort": 7}, {"name": "Silence"}]
    answer = await api.call("POST", REASONS, json=wanted)

    assert list(answer.json()) == ["_total_items", "_embedded"]
    price, silence = answer.json()["_embedded"]["loss_reasons"]
    assert (price["request_id"], price["name"], price["sort"]) == ("p", "Price", 7)
    assert (silence["request_id"], silence["name"]) == ("1", "Silence")


@pytest.mark.parametrize(
    ("sent", "code", "path"),
    [
        ({}, "FieldMissing", "name"),
        ({"name": ""}, "FieldMissing", "name"),
        ({"name": ["A"]}, "InvalidType", "name"),
        ({"name": "A", "sort": True}, "InvalidType", "sort"),
    ],
)
async def test_a_wrong_reason_is_refused_and_nothing_is_added(
    api: Api, sent: dict[str, Any], code: str, path: str
) -> None:
    answer = await api.call("POST", REASONS, json=[{"name": "Honest"}, sent])

    assert answer.status_code == 400
    assert answer.json()["validation-errors"] == [
        {
            "request_id": "1",
            "errors": [{"code": code, "path": path, "detail": _detail(answer.json())}],
        }
    ]
    assert await api.count("loss_reasons") == 0


def _detail(body: dict[str, Any]) -> str:
    found: str = body["validation-errors"][0]["errors"][0]["detail"]
    assert found
    return found


async def test_a_reason_that_a_lead_names_stays(api: Api) -> None:
    price, silence = await added(api, "Price", "Silence")
    await api.add_leads({"status_id": 143, "loss_reason_id": price["id"]})

    kept = await api.call("DELETE", f"{REASONS}/{price['id']}")
    removed = await api.call("DELETE", f"{REASONS}/{silence['id']}")

    assert (kept.status_code, kept.json()["detail"]) == (
        422,
        "Only loss reasons without leads can be deleted",
    )
    assert (removed.status_code, removed.content) == (204, b"")
    assert (await api.get(f"{REASONS}/{silence['id']}")).status_code == 404


async def test_only_administrators_write_and_everybody_reads(api: Api) -> None:
    (price,) = await added(api, "Price")
    bob = await api.token_of("Bob")

    assert (await api.call("POST", REASONS, json={"name": "A"}, token=bob)).status_code == 403
    one = f"{REASONS}/{price['id']}"
    assert (await api.call("DELETE", one, token=bob)).status_code == 403
    assert (await api.get(one, token=bob)).status_code == 200
    assert (await api.get(REASONS, token=bob)).status_code == 200
    assert (await api.call("PATCH", one, json={"name": "A"})).status_code == 405
