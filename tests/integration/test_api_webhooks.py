"""/api/v4/webhooks (api-v4.md 3.12, 5 rows 7, 24, 25)."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from grantway.crm.webhooks.events import EVENTS
from grantway.crm.webhooks.model import MAX_DESTINATION, MAX_WEBHOOKS, Wanted
from grantway.crm.webhooks.service import list_webhooks, subscribe
from grantway.installations import closing, everywhere
from grantway.installations import service as installations
from tests.contract.crm_cast import audited
from tests.integration.api_client import NOW, Api

WEBHOOKS = "/api/v4/webhooks"
HOOK = "https://hook.example.org/in?key=1"
MEMBERS = [
    *("id", "destination", "created_at", "updated_at", "account_id", "created_by", "sort"),
    *("disabled", "settings"),
]


async def post(api: Api, *settings: str, host: str = "acme", **changes: Any) -> Any:
    body = {"destination": HOOK, "settings": list(settings or ("add_lead",))} | changes
    return await api.call("POST", WEBHOOKS, json=body, host=host)


async def delete(api: Api, destination: str = HOOK, host: str = "acme") -> int:
    answer = await api.call("DELETE", WEBHOOKS, json={"destination": destination}, host=host)
    return answer.status_code


async def test_subscribing_answers_the_bare_model(api: Api) -> None:
    answer = await post(api, "add_lead", "status_lead")
    model = answer.json()

    assert (answer.status_code, list(model)) == (200, MEMBERS)
    assert model | {"id": 0} == {
        "id": 0,
        "destination": HOOK,
        "created_at": NOW,
        "updated_at": NOW,
        "account_id": api.acme.account_id,
        "created_by": api.acme.admin_id,
        "sort": 10,
        "disabled": False,
        "settings": ["add_lead", "status_lead"],
    }


async def test_they_are_listed_and_found_by_their_address(api: Api) -> None:
    assert (await api.get(WEBHOOKS)).status_code == 204
    first = (await post(api)).json()
    other = (await post(api, destination="https://a.example/", sort=1)).json()
    foreign = (await post(api, host="bolt")).json()
    body = (await api.get(WEBHOOKS)).json()
    found = await api.get(f"{WEBHOOKS}?{urlencode({'filter[destination]': HOOK})}")
    none = await api.get(f"{WEBHOOKS}?filter[destination]=https://hook.example.org/in")

    assert list(body) == ["_total_items", "_links", "_embedded"]
    assert body["_total_items"] == 2
    assert body["_embedded"]["webhooks"] == [other, first]
    assert found.json()["_embedded"]["webhooks"] == [first]
    assert none.status_code == 204
    assert (foreign["account_id"], foreign["destination"]) == (api.bolt.account_id, HOOK)


async def test_the_same_address_again_replaces(api: Api) -> None:
    first = (await post(api)).json()
    api.clock.advance(60)
    again = (await post(api, "delete_lead", sort=4)).json()

    assert again == first | {"settings": ["delete_lead"], "sort": 4, "updated_at": NOW + 60}
    assert (await api.get(WEBHOOKS)).json()["_total_items"] == 1


async def test_every_event_can_be_wanted(api: Api) -> None:
    answer = await post(api, *EVENTS)

    assert (answer.status_code, answer.json()["settings"]) == (200, list(EVENTS))


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"settings": ["add_lead", "eat_lead"]}, "NotSupportedChoice", "settings.1"),
        ({"settings": []}, "FieldMissing", "settings"),
        ({"settings": None}, "FieldMissing", "settings"),
        ({"settings": "add_lead"}, "InvalidType", "settings"),
        ({"settings": ["add_lead"] * 200}, "TooMany", "settings"),
        ({"destination": None}, "FieldMissing", "destination"),
        ({"destination": 5}, "InvalidType", "destination"),
        ({"destination": "hook.example.org"}, "NotSupportedChoice", "destination"),
        ({"destination": "http://hook.example.org/"}, "NotSupportedChoice", "destination"),
        ({"destination": "https://127.0.0.1/"}, "NotSupportedChoice", "destination"),
        ({"destination": "https://hook.example.org:22/"}, "NotSupportedChoice", "destination"),
        ({"destination": "https://acme.grantway.test/"}, "NotSupportedChoice", "destination"),
        ({"destination": "https://a:b@hook.example.org/"}, "NotSupportedChoice", "destination"),
        ({"destination": f"https://a.example/{'x' * MAX_DESTINATION}"}, "TooLong", "destination"),
        ({"sort": -1}, "NotSupportedChoice", "sort"),
    ],
)
async def test_a_bad_wish_is_named_and_changes_nothing(
    api: Api, changes: dict[str, Any], code: str, path: str
) -> None:
    refused = await post(api, **changes)

    assert refused.status_code == 400
    (one,) = refused.json()["validation-errors"]
    assert [(e["code"], e["path"]) for e in one["errors"]] == [(code, path)]
    assert (await api.get(WEBHOOKS)).status_code == 204
    assert (await post(api)).status_code == 200


async def test_one_more_than_an_account_may_have_is_refused(api: Api) -> None:
    async with api.db.write() as tx:
        for n in range(MAX_WEBHOOKS):
            wanted = Wanted(f"https://hook.example.org/{n}", ["add_lead"])
            seal = api.platform.seal
            await subscribe(tx, api.acme.actor, wanted, "hook.example.org:443", seal, NOW)

    assert (await post(api)).status_code == 422
    assert await delete(api, "https://hook.example.org/7") == 204
    assert (await post(api)).status_code == 200


async def test_unsubscribing(api: Api) -> None:
    await post(api)
    assert await delete(api, HOOK, "bolt") == 404
    assert await delete(api, "https://hook.example.org/other") == 404
    assert await delete(api) == 204
    assert await delete(api) == 404
    assert (await api.get(WEBHOOKS)).status_code == 204


@pytest.mark.parametrize("content", [b"", b"destination=https", b"[]", b'{"destination": ""}'])
async def test_unsubscribing_without_an_address_is_told_so(api: Api, content: bytes) -> None:
    await post(api)
    answer = await api.call("DELETE", WEBHOOKS, content=content)

    assert answer.status_code == 400
    assert "detail" in answer.json()
    assert (await api.get(WEBHOOKS)).json()["_total_items"] == 1


async def test_who_is_no_administrator_does_nothing_with_them(api: Api) -> None:
    await post(api)
    bob = {"x-context-user-id": str(api.acme.users["Bob"])}
    for method, body in (
        ("GET", None),
        ("POST", {"destination": HOOK, "settings": ["add_task"]}),
        ("DELETE", {"destination": HOOK}),
    ):
        refused = await api.call(method, WEBHOOKS, json=body, headers=bob)
        assert refused.status_code == 403

    (left,) = (await api.get(WEBHOOKS)).json()["_embedded"]["webhooks"]
    assert left["settings"] == ["add_lead"]


async def _uninstall(api: Api) -> None:
    async with api.db.write() as tx:
        await installations.uninstall(tx, api.acme.actor, api.acme.client_id, NOW)


async def _stop_everywhere(api: Api) -> None:
    await everywhere.stop(api.db, api.acme.client_id, "It sells what it reads", NOW)


async def _close(api: Api) -> None:
    async with api.db.write() as tx:
        await closing.end_all_in(tx, api.acme.account_id, NOW)


@pytest.mark.parametrize("end", [_uninstall, _stop_everywhere, _close])
async def test_what_an_integration_subscribed_ends_with_it(
    api: Api, end: Callable[[Api], Awaitable[None]]
) -> None:
    """Its hooks end at once, and another installation revives none (S-76)."""
    persons, taken, bolts = (f"https://hook.example.org/{one}" for one in ("me", "both", "bolt"))
    await post(api, destination=HOOK)
    await post(api, destination=taken)
    await post(api, host="bolt", destination=bolts)
    seal = api.platform.seal
    async with api.db.write() as tx:
        for one in (persons, taken):  # whoever asked last has it
            wanted = Wanted(one, ["add_lead"])
            await subscribe(tx, api.acme.actor, wanted, "hook.example.org:443", seal, NOW)
    await end(api)

    async with api.db.read() as reader:
        left = await list_webhooks(reader, api.acme.actor)
        of_bolt = await list_webhooks(reader, api.bolt.actor)
    assert {one.destination for one in left} == {persons, taken}
    assert [one.destination for one in of_bolt] == [bolts]
    told = [event for event, _ in await audited(api.db, api.acme.account_id)]
    assert told[-2:] == ["installation.ended", "webhook.removed"]
