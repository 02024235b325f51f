"""`/api/v4/widgets` (widgets-and-marketplace.md 4.4, 5.4 row 9)."""

from typing import Any

import msgspec
import pytest

from grantway.accounts.actor import Actor
from grantway.accounts.rights import Rights
from grantway.installing import service
from tests.contract.installing_cast import DEPOT, give_widget, manifest
from tests.integration.api_client import Api
from tests.integration.granted import Parcel, make_parcel

PATH = "/api/v4/widgets"


class Widgets:
    """Parcel tracker, published, with a widget that has a required field; acme's own widget."""

    def __init__(self, api: Api, parcel: Parcel, code: str, own: str) -> None:
        self.api = api
        self.parcel = parcel
        self.code = code
        self.own = own

    async def allow(self, actor: Actor, *, allowed: bool = True) -> None:
        async with self.api.db.write() as tx:
            await service.let_install_others(tx, actor, self.api.clock(), allowed=allowed)

    async def live(self) -> list[tuple[str, str]]:
        class Row(msgspec.Struct):
            status: str
            channel: str

        async with self.api.db.read() as reader:
            rows = await reader.all(
                Row,
                "select status, channel from installations"
                " where client_id = :client_id and ended_at is null",
                client_id=self.parcel.client_id,
            )
        return [(one.status, one.channel) for one in rows]


@pytest.fixture
async def widgets(api: Api) -> Widgets:
    parcel = await make_parcel(api)
    acme = api.acme
    async with api.db.write() as tx:
        raw = manifest({"depot": DEPOT}, version="1.4.0")
        code = await give_widget(tx, parcel.dana, parcel.client_id, raw)
        own = await give_widget(tx, acme.actor, acme.client_id, manifest())
    return Widgets(api, parcel, code, own)


async def test_a_widget_is_told_as_the_contract_has_it(widgets: Widgets) -> None:
    api = widgets.api
    listed = await api.get(PATH)
    one = await api.get(f"{PATH}/{widgets.code}")
    shown = one.json()

    many = await api.get(f"{PATH}?limit=250")

    assert "limit=250" in many.json()["_links"]["self"]["href"]
    assert [two["code"] for two in listed.json()["_embedded"]["widgets"]] == [
        widgets.code,
        widgets.own,
    ]
    assert shown == listed.json()["_embedded"]["widgets"][0]
    assert shown == {
        "id": shown["id"],
        "code": widgets.code,
        "version": "1.4.0",
        "rating": "0",
        "settings_template": [
            {"key": "depot", "name": "Depot", "type": "text", "is_required": True}
        ],
        "is_lead_source": False,
        "is_work_with_dp": False,
        "is_crm_template": False,
        "client_uuid": widgets.parcel.client_id,
        "is_active_in_account": False,
        "pipeline_id": None,
        "_links": {"self": {"href": f"https://acme.grantway.test{PATH}/{widgets.code}"}},
    }


async def test_pages_and_who_knows_of_what(widgets: Widgets) -> None:
    api = widgets.api
    first = await api.get(f"{PATH}?limit=1")
    second = await api.get(f"{PATH}?limit=1&page=2")
    third = await api.get(f"{PATH}?limit=1&page=3")
    bolt = await api.get(PATH, host="bolt")
    stranger = await api.get(f"{PATH}/{widgets.own}", host="bolt")
    unknown = await api.get(f"{PATH}/nosuchwidget0000")

    assert "next" in first.json()["_links"]
    assert "next" not in second.json()["_links"]
    assert third.status_code == 204
    assert [one["code"] for one in bolt.json()["_embedded"]["widgets"]] == [widgets.code]
    assert (stranger.status_code, unknown.status_code) == (404, 404)
    assert stranger.json()["detail"] == unknown.json()["detail"]


async def test_an_integration_installs_and_sets_up_its_own_widget(widgets: Widgets) -> None:
    api = widgets.api
    pair = (await widgets.parcel.exchange(await widgets.parcel.consent())).json()
    token = pair["access_token"]
    path = f"{PATH}/{widgets.code}"
    missing = await api.call("POST", path, json={"depot": ""}, token=token)
    saved = await api.call("POST", path, json={"depot": "North"}, token=token)
    own = await api.get(path, token=token)
    others = await api.get(path)
    removed = await api.call("DELETE", path, token=token)
    dead = await api.get(path, token=token)

    assert missing.status_code == 400
    assert missing.json()["validation-errors"][0]["errors"][0]["path"] == "depot"
    assert saved.status_code == 200
    assert saved.json()["is_active_in_account"] is True
    assert own.json()["settings"] == {"depot": "North"}
    assert "settings" not in others.json()
    assert (removed.status_code, dead.status_code) == (204, 401)
    assert await widgets.live() == []


async def test_another_integrations_token_needs_the_account_to_allow_it(widgets: Widgets) -> None:
    api = widgets.api
    path = f"{PATH}/{widgets.code}"

    async def tries() -> list[int]:
        body: dict[str, Any] = {"depot": "North"}
        return [
            (await api.call("POST", path, json=body)).status_code,
            (await api.call("DELETE", path)).status_code,
        ]

    before, untouched = await tries(), await widgets.live()
    await widgets.allow(api.acme.actor)
    made = await api.call("POST", path, json={"depot": "North"})
    live = await widgets.live()
    calls = await api.count("deliveries")
    again = await api.call("POST", path, json={})
    removed = await api.call("DELETE", path)
    gone = await api.call("DELETE", path)
    await widgets.allow(api.acme.actor, allowed=False)

    assert (before, untouched) == ([403, 403], [])
    assert (made.status_code, live, calls) == (200, [("installed", "api")], 1)
    assert (again.status_code, removed.status_code, gone.status_code) == (200, 204, 404)
    assert await tries() == [403, 403]


async def test_only_administrators_install_and_anybody_may_look(widgets: Widgets) -> None:
    api = widgets.api
    await widgets.allow(api.acme.actor)
    token = await api.token_of("Bob", Rights())
    path = f"{PATH}/{widgets.code}"
    statuses = [
        (await api.get(PATH, token=token)).status_code,
        (await api.get(path, token=token)).status_code,
        (await api.call("POST", path, json={"depot": "x"}, token=token)).status_code,
        (await api.call("DELETE", path, token=token)).status_code,
        (await api.call("POST", path, json={"depot": "x"}, token=None)).status_code,
    ]

    assert statuses == [200, 200, 403, 403, 401]
    assert await widgets.live() == []


async def test_what_cannot_be_installed_says_so(widgets: Widgets) -> None:
    api = widgets.api
    await widgets.allow(api.acme.actor)
    async with api.db.write() as tx:
        raw = manifest({"depot": DEPOT}, installation=False)
        dana = widgets.parcel.dana
        await give_widget(tx, dana, widgets.parcel.client_id, raw)
    refused = await api.call("POST", f"{PATH}/{widgets.code}", json={"depot": "North"})

    assert refused.status_code == 422
    assert "set up elsewhere" in refused.json()["detail"]
