"""Widgets of Mallory's in the pages of a workspace press nothing for anybody (5.3, 5.6; S-139)."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Frame, Page, Request, expect

from tests.browser import hostile_scripts as scripts
from tests.browser.conftest import Walker
from tests.browser.hostile_world import MARKUP, Hostile, open_modal
from tests.browser.marketplace_shelf import open_shelf
from tests.browser.test_workspace_marketplace import enter

INTEGRATIONS = "/settings/integrations/"
# Each variant of 5.3, with how many clicks on the button it makes: as many are told.
PRESSES = {
    "click": 1,
    "dispatched": 1,
    "pointer": 1,
    "trigger": 1,
    "handler": 0,
    "keyboard": 0,
    "label": 1,
    "requestSubmit": 0,
    "submit": 0,
    "caught": 0,
    "prototype": 1,
    "replayed": 1,
    "popup": 1,
}
BUTTONS = {
    "install": ("Target", ".js-widget-install"),
    "uninstall": ("Victim", ".js-widget-uninstall"),
}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hostile]:
    one = Hostile(tmp_path_factory.mktemp("hostile"))
    with open_shelf(one.folder, one.fill) as (served, _):
        one.served = served
        yield one


@pytest.fixture
def alice(chromium: Browser, hostile: Hostile) -> Iterator[Walker]:
    """Return Alice where Mallory's widget runs."""
    walker = enter(chromium, hostile.served, "alice", INTEGRATIONS)
    walker.page.wait_for_function("window.mallory")
    yield walker
    walker.context.close()


def cancel(question: Page) -> None:
    question.get_by_role("button", name="Cancel").click()
    expect(question.get_by_role("heading", name="Nothing was changed")).to_be_visible()


@pytest.mark.parametrize("action", BUTTONS)
def test_whatever_a_script_does_to_the_button_asks_nobody(
    alice: Walker, hostile: Hostile, action: str
) -> None:
    page, before = alice.page, hostile.facts()
    name, selector = BUTTONS[action]
    modal = open_modal(page, hostile.codes[name])
    if action == "install":
        modal.frame_locator("iframe").get_by_label("Depot").fill("North")
    modal.get_by_role("heading").first.click()  # a genuine press, on something else
    button = modal.locator(selector)
    told = {}
    for press, count in PRESSES.items():
        refused = hostile.refused()
        button.evaluate("(button, press) => mallory[press](button)", press)
        told[press] = hostile.refused_after(page, refused, count)
    page.wait_for_timeout(300)  # for the window to be gone
    after, windows = hostile.facts(), len(alice.context.pages)
    # What Mallory has patched does not keep a person from it.
    with page.expect_popup() as opened:
        button.click()
    opened.value.wait_for_url(f"**/{action}/*")

    assert told == PRESSES
    assert (after, windows) == (before, 1)
    assert hostile.facts()["open questions"] == before["open questions"] + 1
    cancel(opened.value)
    assert hostile.facts() == before


LABEL = """button => {
  const label = document.body.appendChild(document.createElement('label'));
  label.htmlFor = button.id;
  label.style = 'position: fixed; inset: 0; z-index: 2147483647';
}"""
FOCUS = """button => {
  const own = document.querySelector('.modal').appendChild(document.createElement('button'));
  own.addEventListener('keydown', () => button.focus());
  own.focus();
}"""


def test_a_persons_press_on_something_else_is_none_on_the_button(
    alice: Walker, hostile: Hostile
) -> None:
    page, before = alice.page, hostile.facts()
    refused = hostile.refused()
    button = open_modal(page, hostile.codes["Victim"]).locator(".js-widget-uninstall")
    button.evaluate(FOCUS)
    page.keyboard.press("Enter")
    by_key = hostile.refused_after(page, refused, 1)
    button.evaluate(LABEL)
    page.mouse.click(20, 400)
    by_label = hostile.refused_after(page, refused, 2)

    assert (by_key, by_label) == (1, 2)
    assert (hostile.facts(), len(alice.context.pages)) == (before, 1)


def test_a_button_that_is_put_under_a_persons_pointer_only_asks(
    alice: Walker, hostile: Hostile
) -> None:
    page, before = alice.page, hostile.facts()
    button = open_modal(page, hostile.codes["Victim"]).locator(".js-widget-uninstall")
    button.evaluate(
        """button => { document.body.append(button);
            button.style = 'position: fixed; inset: 0; opacity: 0; z-index: 2147483647'; }"""
    )
    with page.expect_popup() as opened:
        page.mouse.dblclick(300, 300)
    question = opened.value
    expect(question.get_by_role("heading", level=1)).to_contain_text("Disable Victim")

    assert hostile.facts()["installed"] == before["installed"]
    assert page.evaluate("window.opener") is None
    cancel(question)


def test_calls_of_the_page_neither_install_nor_remove(alice: Walker, hostile: Hostile) -> None:
    """Right after a genuine press, with all cookies; to read is the honest twin."""
    page, before = alice.page, hostile.facts()
    page.get_by_role("heading", level=1).click()
    answers = page.evaluate(
        """async ([target, victim]) => {
            const ask = async (method, path, body) => (await fetch(path, {method, body,
              headers: {'content-type': 'application/json', 'X-Requested-With': 'XMLHttpRequest'}
            })).status;
            return [await ask('POST', `/api/v4/widgets/${target}`, '{"depot": "North"}'),
              await ask('DELETE', `/api/v4/widgets/${victim}`),
              await ask('PUT', `/ajax/v1/widgets/${target}/settings`, '{"fields": {"depot": "N"}}'),
              await ask('GET', `/api/v4/widgets/${victim}`)]; }""",
        [hostile.codes["Target"], hostile.codes["Victim"]],
    )

    assert answers == [403, 403, 404, 200]
    assert hostile.facts() == before


def test_widgets_that_fail_in_every_way_leave_the_page_and_the_others_alone(
    chromium: Browser, hostile: Hostile
) -> None:
    card = f"/contacts/detail/{hostile.contacts['acme']}"
    walker = enter(chromium, hostile.served, "alice", card)
    page = walker.page
    expect(page.locator(".card-widgets .fine")).to_have_text("Fine")
    expect(page.locator(".card-widgets__widget")).to_have_count(1)
    page.evaluate("$(document).on('page:changed', () => { window.entered = true; })")
    page.wait_for_function("window.entered || APP.getWidgetsArea() === 'contacts_card'")
    page.get_by_role("link", name="Tasks").first.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Tasks")
    walker.context.close()


# Frames: before installing, and in accounts that want nothing else (S-141 to S-143, S-146).


def frame_of(page: Page) -> Frame:
    """Return the frame in which code of Mallory's has run."""
    for _ in range(100):
        for one in page.frames[1:]:
            if one.evaluate("window.mallory_ran !== undefined"):
                return one
        page.wait_for_timeout(100)
    raise AssertionError("no widget runs in a frame")


def reach(frame: Frame, base: str, *, may_call: bool) -> dict[str, str]:
    """Let the frame try everything; return what it got."""
    seen: list[Request] = []
    page = frame.page

    def note(request: Request) -> None:
        seen.append(request)

    page.on("request", note)
    address = page.url
    got = frame.evaluate(scripts.TRIES, base)
    page.wait_for_timeout(300)
    page.remove_listener("request", note)
    assert (page.url, len(page.context.pages)) == (address, 1)
    cookies = {one.url: "cookie" in one.all_headers() for one in seen if one.frame == frame}
    # Before installing it calls nobody, and later whom it likes, as nobody.
    assert (f"{base}/ajax/v1/widgets" in cookies) is may_call
    assert True not in cookies.values()
    return {name: one for name, one in got.items() if one}


def test_before_installing_code_runs_where_it_reaches_nothing(
    alice: Walker, hostile: Hostile
) -> None:
    page, before, code = alice.page, hostile.facts(), hostile.codes["Target"]
    modal = open_modal(page, code)
    frame = frame_of(page)
    expect(modal.frame_locator("iframe").locator(".told").first).to_have_text("Name a depot.")
    ran = frame.evaluate("window.mallory_ran")
    got = reach(frame, hostile.served.url("acme", ""), may_call=False)
    asked: list[tuple[str, dict[str, Any]]] = [
        ("action", {"type": "phone"}),
        ("source", {"type": "sms", "text": "x"}),
        ("token", {}),
        ("save", {"fields": {"depot": "North"}}),
        ("post", {"url": "https://parcel.example/", "data": {}, "type": "text"}),
        ("navigate", {"address": "/leads/"}),
        ("notify", {"kind": "error", "content": {"text": "x"}}),
        ("toast", {"kind": "error", "header": "x", "text": "x"}),
        ("status", {"status": "installed"}),
        ("close", {}),
        ("read", {"address": "/api/v4/account"}),
        ("read", {"address": f"/upl/{hostile.codes['Victim']}/1/widget/script.js"}),
        ("read", {"address": f"/upl/{code}/1/widget/script.js"}),
    ]
    told = frame.evaluate(scripts.ASKS, [list(one) for one in asked])
    modal.get_by_role("button", name="Install", exact=True).click()
    expect(modal.get_by_role("alert")).to_have_text("First fill in: Depot.")

    assert ran[:2] == ["script", "settings"]
    assert page.evaluate("window.mallory_ran === undefined")
    assert frame.evaluate("window.mallory_ran.at(-1)") == "install pressed"
    assert got == {}
    assert told == ["no"] * 12 + ["yes"]
    assert (hostile.facts(), len(alice.context.pages)) == (before, 1)


def test_what_fields_are_called_is_text_in_the_page_and_in_the_frame(
    alice: Walker, hostile: Hostile
) -> None:
    modal = open_modal(alice.page, hostile.codes["Marked"])
    field = modal.frame_locator("iframe").get_by_text(MARKUP).first

    expect(field).to_be_visible()
    expect(alice.page.locator("img.marked")).to_have_count(0)
    expect(modal.frame_locator("iframe").locator("img.marked")).to_have_count(0)


@pytest.fixture
def charlie(chromium: Browser, hostile: Hostile) -> Iterator[Walker]:
    """Return Charlie, whose account has its widgets in frames."""
    walker = enter(chromium, hostile.served, "charlie", f"/leads/detail/{hostile.leads['bolt']}")
    yield walker
    walker.context.close()


def test_in_a_strict_account_an_installed_widget_reaches_nothing_either(
    charlie: Walker, hostile: Hostile
) -> None:
    page, code = charlie.page, hostile.codes["Framed"]
    frame = frame_of(page)
    for one in (code, hostile.codes["Beside"]):
        block = page.frame_locator(f"[data-widget-code='{one}'] iframe")
        expect(block.locator(".fine")).to_have_text("Fine")
    base = hostile.served.url("bolt", "")
    got = reach(frame, base, may_call=True)
    asked: list[list[Any]] = [
        ["intend", {"client_uuid": code, "action": "install", "running": []}],
        ["read", {"address": "/api/v4/account"}],
        ["navigate", {"address": "https://parcel.example/"}],
        ["toast", {"kind": "plain", "header": "", "text": f"<img src='{base}/leads/?by=toast'>"}],
        ["read", {"address": f"/upl/{code}/2/widget/page.html"}],
        ["api", {"method": "GET", "address": "/api/v4/leads", "body": ""}],
    ]
    with_cookies: list[str] = []
    page.on("request", lambda one: with_cookies.append(one.url))
    told = frame.evaluate(scripts.ASKS, asked)
    page.wait_for_timeout(300)

    assert got == {}
    assert told == ["no", "no", "no", "yes", "yes", "no"]
    assert [one for one in with_cookies if "toast" in one] == []
    assert page.evaluate("window.mallory_ran === undefined")


@pytest.mark.parametrize("where", ["/.//{other}/leads/", "/upl/{code}/2/widget/page.html"])
def test_a_widget_in_a_frame_leads_the_page_to_no_place_of_its_own(
    charlie: Walker, hostile: Hostile, where: str
) -> None:
    page = charlie.page
    frame = frame_of(page)
    here = page.evaluate("location.host")
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    other = hostile.served.url("acme", "").removeprefix("http://").rstrip("/")
    address = where.format(code=hostile.codes["Framed"], other=other)
    with page.expect_request(f"**{address.removeprefix('/.')}"):
        frame.evaluate(
            """([address]) => { const {channel} = document.querySelector('[data-channel]').dataset;
              parent.postMessage({kind: 'ask', id: 1, name: 'navigate', given: {address}, channel},
                '*'); }""",
            [address],
        )
    page.wait_for_timeout(1000)

    assert page.evaluate("[location.host, window.taken]") == [here, None]
    assert [one for one in asked if "taken.js" in one or f"//{other}/leads" == one[5:]] == []


def test_in_a_strict_account_a_widget_that_never_ends_goes_and_the_others_stay(
    charlie: Walker, hostile: Hostile
) -> None:
    page = charlie.page
    page.goto(hostile.served.url("bolt", f"/contacts/detail/{hostile.contacts['bolt']}"))
    beside, looper = (
        page.locator(f"[data-widget-code='{hostile.codes[name]}']") for name in ("Beside", "Looper")
    )
    expect(looper).to_have_count(1)
    expect(looper).to_have_count(0, timeout=60_000)

    expect(beside.frame_locator("iframe").locator(".fine")).to_have_text("Fine", timeout=30_000)
    page.get_by_role("link", name="Tasks").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tasks")
