"""Pages of a workspace as hosts of widgets: which, what they tell and allow (decision 0020)."""

import json
import re
from typing import Any

import httpx
import msgspec
import pytest

from grantway.accounts.rights import EntityRights, Right, Rights
from grantway.hooks.addresses import read_target
from grantway.installing import frames
from grantway.installing import service as installing
from grantway.installing.model import Channel
from grantway.kernel.errors import Forbidden
from tests.contract.installing_cast import DEPOT, give_widget, manifest
from tests.integration.conftest import OpenApi
from tests.integration.consent_world import World, make_world
from tests.integration.web_client import ALICE, BOB, Browser, Web, give_passwords

_BOOT = re.compile(r'<script type="application/json" id="grantway-boot">(.*?)</script>', re.DOTALL)
EVIL = "</script><script>alert(1)</script><!--"


@pytest.fixture
async def world(open_api: OpenApi, password_hashes: dict[str, str]) -> World:
    api = await open_api()
    await give_passwords(api, password_hashes)
    return await make_world(Web(api), password_hashes)


async def install(world: World, locations: list[str], **more: Any) -> str:
    """Install Dana's widget in acme, set up; return its code."""
    web = world.web
    left_menu = more.pop("left_menu", None)
    raw = manifest({"depot": DEPOT}, version="1.4.0", **more) | {"locations": locations}
    if left_menu:
        raw["left_menu"] = left_menu
    async with web.api.db.write() as tx:
        code = await give_widget(tx, world.dana, world.published, raw)
        await installing.install(
            tx,
            web.api.acme.actor,
            world.published,
            channel=Channel.UI,
            now=web.clock(),
            settings={"depot": "North"},
        )
    return code


def boot_in(browser: Browser) -> dict[str, Any]:
    found = _BOOT.search(browser.page)
    if found is None:
        assert "websdk/host.js" not in browser.page
        return {}
    assert "websdk/host.js" in browser.page
    told: dict[str, Any] = json.loads(found[1])
    return told


async def open_page(browser: Browser, path: str) -> tuple[httpx.Response, dict[str, Any]]:
    answer = await browser.get(path, "acme")
    assert answer.status_code == 200, (path, answer.status_code)
    return answer, boot_in(browser)


async def hosting(browser: Browser, paths: list[str]) -> list[str]:
    """Return those of *paths* whose pages host widgets, by the document and by the policy."""
    found = []
    for path in paths:
        answer, boot = await open_page(browser, path)
        policy = answer.headers["content-security-policy"]
        assert ("unsafe-eval" in policy) == bool(boot), path
        if boot:
            found.append(path)
    return found


async def pages(world: World) -> list[str]:
    api = world.web.api
    (lead,) = await api.add_leads({"name": "Chairs"})
    added = await api.call("POST", "/api/v4/contacts", json=[{"name": "Ann"}])
    contact = added.json()["_embedded"]["contacts"][0]["id"]
    return [
        *("/leads/", f"/leads/detail/{lead}", "/leads/add/", "/leads/trash/"),
        *("/contacts/list/", f"/contacts/detail/{contact}", "/contacts/list/companies/"),
        *("/todo/", "/settings/widgets/"),
        "/settings/integrations/",
    ]


async def test_only_pages_with_widgets_host_them(world: World) -> None:
    paths = await pages(world)
    alice = await world.web.entered(ALICE)
    none = await hosting(alice, paths)
    await install(world, ["lcard-1", "clist-1"])
    some = await hosting(alice, paths)
    await install(world, ["everywhere"])
    everywhere = await hosting(alice, paths)
    await install(world, ["settings"], init_once=True)
    once = await hosting(alice, paths)
    charlie = await world.web.entered("charlie@bolt.example", "bolt")
    answer = await charlie.get("/leads/", "bolt")

    assert none == ["/settings/integrations/"]
    assert some == [paths[1], paths[2], paths[4], paths[6], paths[9]]
    assert everywhere == once == paths
    assert "grantway-boot" not in answer.text


async def test_a_card_tells_its_entity_in_the_names_of_the_form(world: World) -> None:
    code = await install(world, ["lcard-1"])
    api = world.web.api
    contacts = await api.call(
        "POST",
        "/api/v4/contacts",
        json=[
            {
                "first_name": "Ann",
                "last_name": "Lee",
                "custom_fields_values": [
                    {"field_code": "PHONE", "values": [{"value": "+1 202 555"}, {"value": "+2"}]},
                    {"field_code": "EMAIL", "values": [{"value": "ann@lee.example"}]},
                ],
            }
        ],
    )
    contact = contacts.json()["_embedded"]["contacts"][0]["id"]
    field = await api.call(
        "POST", "/api/v4/leads/custom_fields", json=[{"name": "Colour", "type": "text"}]
    )
    field_id = field.json()["_embedded"]["custom_fields"][0]["id"]
    (lead,) = await api.add_leads(
        {
            "name": EVIL,
            "price": 1200,
            "custom_fields_values": [{"field_id": field_id, "values": [{"value": "red"}]}],
            "_embedded": {"contacts": [{"id": contact}]},
        }
    )
    alice = await world.web.entered(ALICE)
    _, boot = await open_page(alice, f"/leads/detail/{lead}")
    _, blank = await open_page(alice, "/leads/add/")
    person = await alice.get(f"/contacts/detail/{contact}", "acme")
    entity = boot["entity"]
    (widget,) = boot["widgets"]

    assert re.search(
        r'card-cf-table-main-entity.*phone_wrapper"><input[^>]+\+1 202', person.text, re.DOTALL
    )
    assert (boot["system"]["area"], boot["system"]["page"]) == ("lcard", "leads_card")
    assert boot["system"]["server"] == "acme.grantway.test"
    assert (entity["id"], entity["kind"], entity["name"]) == (lead, "leads", EVIL)
    assert entity["values"]["lead[NAME]"] == EVIL
    assert entity["values"]["lead[PRICE]"] == "1200"
    assert entity["values"][f"CFV[{field_id}]"] == "red"
    assert entity["contacts"] == [
        {
            "id": contact,
            "name": "Ann Lee",
            "first_name": "Ann",
            "last_name": "Lee",
            "phones": ["+1 202 555", "+2"],
            "emails": ["ann@lee.example"],
        }
    ]
    assert boot["account"]["cf"][str(field_id)]["NAME"] == "Colour"
    assert (widget["code"], widget["params"]) == (code, {"depot": "North"})
    assert widget["listing"]["owner"] == "Dana Labs"
    assert boot["managers"][str(boot["user"]["id"])]["title"] == "Alice"
    assert blank["entity"]["id"] == 0
    assert "<script>alert(1)" not in alice.page


async def test_lists_tell_their_rows_and_have_tick_boxes(world: World) -> None:
    await install(world, ["llist-1", "clist-1", "tlist-1"])
    api = world.web.api
    (lead,) = await api.add_leads({"name": "Chairs"})
    await api.call("POST", "/api/v4/contacts", json=[{"name": "Ann"}])
    alice = await world.web.entered(ALICE)
    _, boot = await open_page(alice, "/leads/")
    ticks = re.findall(r'data-row-id="(\d+)"', alice.page)
    _, todo = await open_page(alice, "/todo/")
    _, people = await open_page(alice, "/contacts/list/")

    assert boot["list"]["kind"] == "leads"
    assert boot["list"]["rows"][0]["values"].keys() >= {"lead[STATUS]", "lead[PIPELINE_ID]"}
    assert people["list"]["rows"][0]["values"]["contact[NAME]"] == "Ann"
    assert [(one["id"], one["name"]) for one in boot["list"]["rows"]] == [(lead, "Chairs")]
    assert ticks == [str(lead)]
    assert (todo["system"]["area"], todo["list"]["kind"]) == ("tlist", "tasks")


async def test_nobody_is_told_what_their_rights_hide(world: World) -> None:
    await install(world, ["everywhere"])
    nothing = EntityRights(
        view=Right.DENIED,
        edit=Right.DENIED,
        add=Right.DENIED,
        delete=Right.DENIED,
        export=Right.DENIED,
    )
    api = world.web.api
    added = await api.call("POST", "/api/v4/contacts", json=[{"name": "Hidden Ann"}])
    contact = added.json()["_embedded"]["contacts"][0]["id"]
    (lead,) = await api.add_leads({"name": "Chairs", "_embedded": {"contacts": [{"id": contact}]}})
    await api.token_of("Bob", Rights(contacts=nothing))
    bob, alice = await world.web.entered(BOB), await world.web.entered(ALICE)
    _, told = await open_page(bob, f"/leads/detail/{lead}")
    hidden = bob.page
    _, listed = await open_page(bob, "/leads/")
    _, whole = await open_page(alice, f"/leads/detail/{lead}")

    assert listed
    assert told["entity"]["contacts"] == []
    assert "Hidden Ann" not in hidden + bob.page
    assert (told["user"]["is_admin"], whole["user"]["is_admin"]) == (False, True)
    assert whole["entity"]["contacts"][0]["name"] == "Hidden Ann"


async def test_pages_that_host_allow_what_widgets_need_and_no_code_of_the_page(
    world: World,
) -> None:
    await install(world, ["llist-1"])
    alice = await world.web.entered(ALICE)
    answer, _ = await open_page(alice, "/leads/")
    plain, _ = await open_page(alice, "/todo/")
    policy = dict(
        one.split(" ", 1) for one in answer.headers["content-security-policy"].split("; ")
    )

    assert policy["script-src"] == "'self' 'unsafe-eval' https:"
    assert policy["script-src-attr"] == "'none'"
    assert policy["connect-src"] == "'self' https: wss:"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == "'none'"
    assert "script-src 'self';" in plain.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("target", "named"),
    [
        ("127.0.0.1:8002", " http://localhost:8002 http://127.0.0.1:8002"),
        ("192.168.1.7:8002", ""),  # of another machine, where anybody between would read along
    ],
)
async def test_widgets_may_ask_in_plain_what_the_operator_opened_on_this_machine(
    open_api: OpenApi, password_hashes: dict[str, str], target: str, named: str
) -> None:
    api = await open_api(allow_targets=(read_target(target),))
    await give_passwords(api, password_hashes)
    alice = await Web(api).entered(ALICE)
    answer, boot = await open_page(alice, "/settings/integrations/")

    assert boot
    assert f"connect-src 'self' https:{named} wss:;" in answer.headers["content-security-policy"]


MENU = {
    "stock": {
        "title": "widget.name",
        "icon": "/images/stock.svg",
        "sort": {"after": "leads"},
        "submenu": {"items": {"title": "settings.depot", "sort": 1}},
    },
    "moves": {
        "title": "widget.name",
        "icon": {"light": "images/a.svg", "dark": "/images/b, c.svg"},
    },
    "tasks": {"is_hidden": True},
    "settings": {"is_hidden": True},
}


async def test_a_public_widget_has_items_in_the_menu_and_a_page(world: World) -> None:
    code = await install(world, ["widget_page", "advanced_settings"], left_menu=MENU)
    alice = await world.web.entered(ALICE)
    _, nothing = await open_page(alice, "/leads/")
    menu = alice.page
    _, page = await open_page(alice, f"/widget_page/{code}/stock/items")
    _, first = await open_page(alice, f"/widget_page/{code}")
    _, advanced = await open_page(alice, f"/settings/widgets/{code}/advanced")
    missing = [
        (await alice.get(path, "acme")).status_code
        for path in (
            f"/widget_page/{code}/nothing",
            f"/widget_page/{code}/stock/nothing",
            "/widget_page/unknown",
            "/settings/widgets/unknown/advanced",
        )
    ]

    assert nothing == {}
    assert f'href="/widget_page/{code}/stock"' in menu
    files = f"/upl/{code}/1/widget/images"
    icons = re.findall(r'(?:<source srcset="([^"]*)" media="([^"]*)">)?<img src="([^"]*)"', menu)
    assert icons == [
        ("", "", f"{files}/stock.svg"),
        (f"{files}/b%2C%20c.svg", "(prefers-color-scheme: dark)", f"{files}/a.svg"),
    ]
    assert ('href="/todo/"' in menu, 'href="/settings/integrations/"' in menu) == (False, True)
    assert page["system"]["page"] == f"widget-page:{code}"
    assert page["system"]["work_area"] == {
        "code": code,
        "location": "widget_page",
        "item_code": "stock",
        "subitem_code": "items",
    }
    assert first["system"]["work_area"]["item_code"] == "stock"
    assert advanced["system"]["area"] == "advanced-settings"
    assert missing == [404] * 4


async def test_settings_show_tiles_with_what_becomes_of_each_widget(world: World) -> None:
    alice = await world.web.entered(ALICE)
    code = await install(world, ["settings", "advanced_settings"])
    api = world.web.api
    async with api.db.write() as tx:
        raw = manifest(description="settings.about")
        own = await give_widget(tx, api.acme.actor, api.acme.client_id, raw)
    _, boot = await open_page(alice, "/settings/integrations/")
    page = alice.page
    bob = await world.web.entered(BOB)
    _, seen = await open_page(bob, "/settings/integrations/")

    states = {one["code"]: one["status"] for one in boot["widgets"]}
    assert states == {code: "installed", own: "installed"}
    assert f'data-widget-tile="{code}"' in page
    assert "widget-state_status_installed" in page
    assert f'href="/settings/widgets/{code}/advanced"' in page
    (shown,) = [one for one in boot["widgets"] if one["code"] == own]
    assert shown["listing"]["manage_href"].startswith("https://accounts.grantway.test/")
    assert [one["listing"].get("manage_href") for one in seen["widgets"]] == [None, None]
    # A private widget speaks for itself, cleaned and with its short tags filled in.
    acme = api.acme
    assert shown["listing"]["description_html"] == (
        f"<b>acme</b> of acme.grantway.test: {acme.account_id}, {acme.users['Alice']}, "
        "alice@acme.example, test, , #OTHER#"
    )
    assert "rating" not in shown["listing"]


async def test_an_account_may_want_its_widgets_in_frames(world: World) -> None:
    await install(world, ["llist-1"])
    alice, api = await world.web.entered(ALICE), world.web.api
    bob = msgspec.structs.replace(api.acme.actor, is_administrator=False)
    _, before = await open_page(alice, "/leads/")
    async with api.db.write() as tx:
        with pytest.raises(Forbidden):
            await frames.let_run_in_frames(tx, bob, api.clock(), in_frames=True)
        asked = [
            await frames.let_run_in_frames(tx, api.acme.actor, api.clock(), in_frames=True)
            for _ in range(2)
        ]
        elsewhere = await frames.runs_in_frames(tx, api.bolt.account_id)
    _, after = await open_page(alice, "/leads/")

    assert before["running"] == {"strict": False, "preinstall_script": "sandbox"}
    assert after["running"] == {"strict": True, "preinstall_script": "sandbox"}
    assert (asked, elsewhere) == ([True, False], False)
    assert await world.web.events("account.widgets_framed") == 1
