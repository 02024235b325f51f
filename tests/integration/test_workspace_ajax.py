"""What scripts of a workspace may call: nothing that installs anything (contract 5.4; S-139)."""

from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest

from tests.contract.installing_cast import DEPOT, give_widget, manifest
from tests.integration.install_world import INTENTS, Installing, call, make_installing
from tests.integration.log_capture import captured
from tests.integration.web_client import ALICE, BOB, CHARLIE, Browser, Web

UNKNOWN = "0f3c9a52-6d1e-4c0b-9b7e-2a51c7d4e810"


@pytest.fixture
async def installing(web: Web, password_hashes: dict[str, str]) -> Installing:
    return await make_installing(web, password_hashes, {"depot": DEPOT})


async def test_a_wish_is_answered_with_where_to_confirm_it_and_installs_nothing(
    installing: Installing,
) -> None:
    alice = await installing.alice()
    wished = await installing.wish(alice)
    told = wished.json()
    state = await call(alice, "GET", f"{INTENTS}/{told['intent_id']}")
    again = await installing.wish(alice)

    assert wished.headers["cache-control"] == "no-store"
    assert told["confirm_url"] == f"https://accounts.grantway.test/install/{told['intent_id']}"
    assert state.json() == {"state": "open"}
    assert again.json() == told
    assert (await installing.live(), await installing.planned()) == (0, 0)


@pytest.mark.parametrize(
    "headers",
    [
        {"x_requested_with": None},
        {"x_requested_with": "fetch"},
        {"origin": None},
        {"origin": "null"},
        {"origin": "https://bolt.grantway.test"},
        {"origin": "https://accounts.grantway.test"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "cross-site"},
        {"content_type": "text/plain"},
        {"content_type": "application/x-www-form-urlencoded"},
    ],
)
async def test_only_scripts_of_this_workspace_are_answered(
    installing: Installing, headers: dict[str, Any]
) -> None:
    alice = await installing.alice()
    refused = await installing.wish(alice, **headers)
    untouched = await installing.web.api.count("install_intents")
    honest = await installing.wish(alice)

    assert refused.status_code in (400, 403)
    assert refused.headers["content-type"] == "application/problem+json"
    assert untouched == 0
    assert honest.status_code == 200


async def test_who_may_wish_for_what(installing: Installing) -> None:
    alice = await installing.alice()
    bob = await installing.web.entered(BOB)
    private = installing.web.api.bolt.client_id
    statuses = {
        "nobody": (await installing.wish(installing.web.browser())).status_code,
        "bob": (await installing.wish(bob)).status_code,
        "unknown": (await installing.wish(alice, client_id=UNKNOWN)).status_code,
        "private of bolt": (await installing.wish(alice, client_id=private)).status_code,
        "draft of danalabs": (
            await installing.wish(alice, client_id=installing.world.draft)
        ).status_code,
        "remove what is not there": (await installing.wish(alice, "uninstall")).status_code,
        "no action": (await installing.wish(alice, "revoke")).status_code,
        "no id": (await installing.wish(alice, client_id="parcel")).status_code,
        "alice": (await installing.wish(alice)).status_code,
    }

    assert statuses == {
        "nobody": 401,
        "bob": 403,
        "unknown": 404,
        "private of bolt": 404,
        "draft of danalabs": 404,
        "remove what is not there": 404,
        "no action": 400,
        "no id": 400,
        "alice": 200,
    }


async def test_only_who_wished_sees_what_became_of_it(installing: Installing) -> None:
    alice = await installing.alice()
    bob = await installing.web.entered(BOB)
    charlie = await installing.web.entered(CHARLIE, "bolt")
    path = await installing.path(alice)
    state = f"{INTENTS}/{path.rpartition('/')[2]}"
    others = [
        await call(bob, "GET", state),
        await call(charlie, "GET", state, label="bolt"),
        await call(alice, "GET", f"{INTENTS}/{UNKNOWN}"),
    ]
    seen = [(await call(alice, "GET", state)).json()["state"]]
    await installing.ask(alice, path)
    await installing.answer(alice, path)
    seen.append((await call(alice, "GET", state)).json()["state"])

    assert {one.status_code for one in others} == {404}
    assert seen == ["open", "done"]


async def test_settings_are_saved_by_a_script_once_it_is_installed(installing: Installing) -> None:
    alice = await installing.alice()
    path = f"/ajax/v1/widgets/{installing.code}/settings"
    before = await call(alice, "PUT", path, {"fields": {"depot": "North"}})
    nothing = await call(alice, "GET", "/ajax/v1/widgets")
    await installing.install(alice)
    (unset,) = (await call(alice, "GET", "/ajax/v1/widgets")).json()["widgets"]
    empty = await call(alice, "PUT", path, {"fields": {"depot": ""}})
    bodies: list[Any] = [[], {}, {"fields": []}]
    odd = [await call(alice, "PUT", path, one) for one in bodies]
    bob = await installing.web.entered(BOB)
    by_bob = await call(bob, "PUT", path, {"fields": {"depot": "North"}})
    saved = await call(alice, "PUT", path, {"fields": {"depot": "North"}})
    (seen,) = (await call(alice, "GET", "/ajax/v1/widgets")).json()["widgets"]
    (by_others,) = (await call(bob, "GET", "/ajax/v1/widgets")).json()["widgets"]

    assert before.status_code == 404
    assert nothing.json() == {"widgets": []}
    assert (unset["status"], unset["active"], unset["params"]) == ("not_configured", "S", {})
    assert empty.status_code == 400
    assert empty.json()["validation-errors"] == [
        {"code": "FieldMissing", "path": "depot", "detail": "This field is missing."}
    ]
    assert {one.status_code for one in odd} == {400}
    assert by_bob.status_code == 403
    assert saved.json() == seen
    assert seen["listing"].pop("manage_href").startswith("https://accounts.grantway.test/")
    assert seen.pop("on_install_due")
    assert by_others == seen
    assert (seen["status"], seen["active"], seen["widget_active"]) == ("installed", "Y", "Y")
    assert seen["params"] == {"depot": "North"}
    assert seen["path"] == f"/upl/{installing.code}/1/widget"
    assert seen["manifest"]["settings"] == [
        {"code": "depot", "name": "Depot", "type": "text", "is_required": True}
    ]
    assert seen["oauth_client_uuid"] == installing.client_id
    assert seen["langs"]["widget"]["name"] == "Parcel tracker"


async def test_one_page_of_an_administrator_is_to_call_on_install(installing: Installing) -> None:
    alice, bob = await installing.alice(), await installing.web.entered(BOB)
    path = f"/ajax/v1/widgets/{installing.code}/on-install"

    async def is_due(browser: Browser) -> bool:
        (shown,) = (await call(browser, "GET", "/ajax/v1/widgets")).json()["widgets"]
        return shown.get("on_install_due", False) is True

    before = await call(alice, "POST", path, {})
    await installing.install(alice)
    due = [await is_due(alice), await is_due(bob)]
    by_bob = await call(bob, "POST", path, {})
    claims = [(await call(alice, "POST", path, {})).json() for _ in range(2)]
    after = await is_due(alice)

    assert before.json() == {"is_due": False}
    assert due == [True, False]
    assert by_bob.status_code == 403
    assert claims == [{"is_due": True}, {"is_due": False}]
    assert not after


async def test_a_press_that_nobody_made_is_kept_in_the_log(installing: Installing) -> None:
    alice = await installing.alice()
    press = {
        "code": installing.code,
        "action": "install",
        "reason": "not trusted",
        "running": ["w1", "w2"],
    }
    with captured(installing.web.clock) as written:
        told = await call(alice, "POST", "/ajax/v1/refused-presses", press)
        wrong = await call(alice, "POST", "/ajax/v1/refused-presses", {"running": "w1"})
    logged = [msgspec.json.decode(line) for line in written.getvalue().splitlines()]
    lines = [one for one in logged if one["event"] == "widgets.press_refused"]

    assert (told.status_code, wrong.status_code) == (204, 400)
    assert [(one["widget"], one["reason"], one["running"]) for one in lines] == [
        (installing.code, "not trusted", ["w1", "w2"])
    ]


async def test_presses_that_nobody_made_do_not_fill_the_log(installing: Installing) -> None:
    alice, bob = await installing.alice(), await installing.web.entered(BOB)
    path = "/ajax/v1/refused-presses"
    press = {"code": installing.code, "action": "install", "reason": "not trusted"}
    with captured(installing.web.clock) as written:
        many = [(await call(alice, "POST", path, press)).status_code for _ in range(23)]
        by_bob = (await call(bob, "POST", path, press)).status_code
        lines = written.getvalue().count(b"widgets.press_refused")
    installing.web.clock.advance(10)
    later = (await call(alice, "POST", path, press)).status_code

    assert many == [204] * 20 + [429] * 3
    assert (by_bob, later, lines) == (204, 204, 21)


async def test_the_buttons_of_the_pages_work_without_a_script(installing: Installing) -> None:
    alice = await installing.alice()
    listing = f"/settings/widgets/{installing.client_id}"
    await alice.get("/settings/integrations/", "acme")
    page = alice.page
    forged = await alice.post(f"{listing}/install", [("form_token", "0" * 64)], label="acme")
    alice.page = page
    pressed = await alice.submit(f"{listing}/install", label="acme")
    path = urlsplit(pressed.headers["location"]).path
    await installing.ask(alice, path)
    await installing.answer(alice, path)
    await alice.get("/settings/integrations/", "acme")
    offered = alice.text()
    disabling = await alice.submit(f"{listing}/uninstall", label="acme")

    assert forged.status_code == 403
    assert (pressed.status_code, disabling.status_code) == (303, 303)
    assert pressed.headers["location"].startswith("https://accounts.grantway.test/install/")
    assert disabling.headers["location"].startswith("https://accounts.grantway.test/uninstall/")
    assert "Not set up yet" in offered
    assert "Disable Parcel tracker" in offered
    assert await installing.live() == 1


async def test_no_other_path_of_the_workspace_installs_or_confirms(installing: Installing) -> None:
    """Each with the workspace's cookie, by a script and by a form (S-139)."""
    alice = await installing.alice()
    path = await installing.path(alice)
    page = await installing.ask(alice, path)
    answers = [
        await call(alice, "POST", path, {"decision": "confirm"}),
        await call(alice, "POST", f"/api/v4/widgets/{installing.code}", {"depot": "x"}),
        await call(alice, "DELETE", f"/api/v4/widgets/{installing.code}"),
    ]
    alice.page = page.text
    answers.append(await installing.answer(alice, path, label="acme"))

    assert {one.status_code for one in answers} <= {401, 403, 404, 405}
    assert await installing.live() == 0


async def test_messages_wait_for_their_reader_and_are_delivered_once(
    installing: Installing,
) -> None:
    path = "/ajax/v1/notifications"
    alice, bob = await installing.alice(), await installing.web.entered(BOB)
    nothing = await call(alice, "GET", path)
    sent = {
        "kind": "error",
        "widget": installing.code,
        "content": {"header": "No", "text": "</ \\u0000"},
    }
    left = [await call(alice, "POST", path, sent) for _ in range(22)]
    wrong = [
        (await call(alice, "POST", path, one)).status_code
        for one in (
            {"kind": "shout", "content": {}},
            {"kind": "call"},
            {"kind": "call", "content": {"text": "a" * 5_000}},
            {"kind": "call", "content": {"text": "\0"}},
        )
    ]
    by_bob = await call(bob, "GET", path)
    found = (await call(alice, "GET", path)).json()["notifications"]
    again = await call(alice, "GET", path)

    assert {one.status_code for one in left} == {204}
    assert wrong == [400] * 4
    assert found == [sent] * 20
    assert nothing.json() == by_bob.json() == again.json() == {"notifications": []}


async def test_values_of_other_forms_are_kept_for_installed_widgets(web: Web) -> None:
    raw = manifest({"depot": DEPOT}) | {
        "locations": ["settings", "digital_pipeline", "salesbot_designer"],
        "dp": {"settings": {"text": {"name": "widget.name", "type": "text"}}},
        "salesbot_designer": {"logo": "x.png", "send": {"name": "widget.name", "settings": {}}},
    }
    api = web.api
    async with api.db.write() as tx:
        code = await give_widget(tx, api.acme.actor, api.acme.client_id, raw)
    alice, bob = await web.entered(ALICE), await web.entered(BOB)
    base = f"/ajax/v1/widgets/{code}/forms"
    values = {"values": {"text": "Parcel is on its way"}}
    statuses = {
        "saved": (await call(alice, "PUT", f"{base}/digital_pipeline", values)).status_code,
        "a step": (await call(alice, "PUT", f"{base}/salesbot_designer.send", values)).status_code,
        "no step": (await call(alice, "PUT", f"{base}/salesbot_designer.logo", values)).status_code,
        "no form": (await call(alice, "PUT", f"{base}/lead_sources", values)).status_code,
        "bob": (await call(bob, "PUT", f"{base}/digital_pipeline", values)).status_code,
        "no object": (await call(alice, "PUT", f"{base}/digital_pipeline", {})).status_code,
    }
    (shown,) = (await call(alice, "GET", "/ajax/v1/widgets")).json()["widgets"]

    assert statuses == {
        "saved": 204,
        "a step": 204,
        "no step": 404,
        "no form": 404,
        "bob": 403,
        "no object": 400,
    }
    assert shown["forms"] == {
        "digital_pipeline": values["values"],
        "salesbot_designer.send": values["values"],
    }
