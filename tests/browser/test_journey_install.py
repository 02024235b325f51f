"""Installing a widget by a person's hand, and by nothing else (contract 5.3 to 5.6; S-139)."""

import http.client
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect

from grantway.accounts.passwords import hash_password
from grantway.integrations import service as integrations
from tests.browser.conftest import PATIENCE, Served, Walker
from tests.browser.marketplace_shelf import open_shelf
from tests.browser.shop import Shop
from tests.browser.test_workspace_marketplace import PASSWORD, enter
from tests.contract.installing_cast import give_widget, manifest
from tests.contract.integration_cast import NOW
from tests.integration.api_client import Api
from tests.integration.marketplace_world import Market, said

NAMES = ("Clicked", "Typed", "Attacked")
# What scripts of a workspace's page may try, with the button and the address of a confirmation.
PRESSES = {
    "click": "b => b.click()",
    "dispatched": "b => b.dispatchEvent(new MouseEvent('click', {bubbles: true}))",
    "requestSubmit": "b => b.form.requestSubmit(b)",
    "submit": "b => b.form.submit()",
}
# What may be sent from there: *url* is the confirmation, *fields* the whole honest answer to it.
SENDS = {
    "fetch": """([url, fields]) => fetch(url, {method: 'POST', credentials: 'include',
        mode: 'no-cors', body: new URLSearchParams(fields)}).catch(() => 0)""",
    "beacon": "([url, fields]) => navigator.sendBeacon(url, new URLSearchParams(fields))",
    "form": "([url, fields]) => form(document, url, fields).submit()",
    "pressed form": "([url, fields]) => form(document, url, fields).requestSubmit()",
    "form in a frame": """([url, fields]) => {
        document.body.append(Object.assign(document.createElement('iframe'), {name: 'f'}));
        Object.assign(form(document, url, fields), {target: 'f'}).submit(); }""",
    "form in a window": """([url, fields]) =>
        Object.assign(form(document, url, fields), {target: '_blank'}).submit()""",
    "form of nobody": """([url, fields]) => {
        const frame = document.createElement('iframe');
        frame.sandbox = 'allow-scripts allow-forms allow-top-navigation';
        frame.srcdoc = `<body><script>${form}; form(document, ${JSON.stringify(url)},
          ${JSON.stringify(fields)}).submit()</` + 'script>';
        document.body.append(frame); }""",
    "form that tells nothing": """([url, fields]) => {
        document.head.insertAdjacentHTML('beforeend', '<meta name=referrer content=no-referrer>');
        form(document, url, fields).submit(); }""",
}
FORM = """() => { window.form = function form(page, url, fields) {
    const made = page.body.appendChild(page.createElement('form'));
    Object.assign(made, {method: 'post', action: url});
    for (const [name, value] of Object.entries(fields)) {
      made.append(Object.assign(page.createElement('input'), {name, value}));
    }
    return made; } }"""
READS = {
    "read": "url => fetch(url, {credentials: 'include'}).then(r => r.text()).catch(() => '')",
    "read without a look": """url => fetch(url, {credentials: 'include', mode: 'no-cors'})
        .then(r => r.text())""",
    "hidden frame": """url => new Promise(done => {
        const frame = document.createElement('iframe');
        frame.onload = () => done(String(frame.contentDocument?.body.innerText ?? ''));
        frame.src = url;
        document.body.append(frame); })""",
    "object": """url => new Promise(done => {
        const one = Object.assign(document.createElement('object'), {data: url});
        one.onload = one.onerror = () => done(String(one.contentDocument?.body.innerText ?? ''));
        document.body.append(one); setTimeout(done, 2000, ''); })""",
}
WORKING = """async () => {
    const headers = {'X-Requested-With': 'XMLHttpRequest'};
    const answer = await fetch('/ajax/v1/widgets', {headers});
    return (await answer.json()).widgets.map(one => one.oauth_client_uuid); }"""


class Place:
    """A Marketplace whose integrations have widgets, by their names, and a server that hears."""

    def __init__(self, hearing: Shop, folder: Path) -> None:
        self.folder = folder
        self.ids: dict[str, str] = {}
        self.secrets: dict[str, str] = {}
        self.hearing = hearing
        self.served: Served

    async def fill(self, api: Api, market: Market) -> None:
        hashed = await hash_password(PASSWORD)
        seal, dana = api.platform.seal, market.people.dana
        for name in NAMES:
            text = said(name=f"{name} by Dana", short="Has a widget")
            self.ids[name] = await market.listed(text, has_widget=True)
        async with market.db.write() as tx:
            await tx.change("update users set password_hash = :hashed", hashed=hashed)
            for name, client_id in self.ids.items():
                await give_widget(tx, dana, client_id, manifest())
                secret = await integrations.generate_secret(tx, dana, client_id, seal, NOW)
                self.secrets[name] = secret
                await tx.change(
                    "update integrations set redirect_uri = :uri where client_id = :client_id",
                    uri=self.uri(name),
                    client_id=client_id,
                )

    def listing(self, name: str) -> str:
        return f"/settings/widgets/{self.ids[name]}"

    def uri(self, name: str) -> str:
        return f"http://127.0.0.1:{self.hearing.port}/{name}"

    def heard(self, name: str) -> list[dict[str, str]]:
        """Return what the integration was told, and when it was told before, all of it."""
        parts = [urlsplit(one) for one in self.hearing.asked]
        return [dict(parse_qsl(one.query)) for one in parts if one.path == f"/{name}"]

    def answers(self, method: str, path: str) -> list[int]:
        """Return the statuses of all answers there, which browsers do not always tell."""
        lines = (self.folder / "serve.log").read_bytes().splitlines()
        said = [msgspec.json.decode(one) for one in lines if one.startswith(b"{")]
        return [x["status"] for x in said if (x.get("method"), x.get("path")) == (method, path)]

    def told(self, name: str) -> dict[str, str]:
        """Return what the integration is told, which comes soon, and once."""
        end = time.monotonic() + PATIENCE
        while not self.heard(name) and time.monotonic() < end:
            time.sleep(0.05)
        (one,) = self.heard(name)
        return one

    def exchange(self, name: str, code: str) -> int:
        """Return how the platform answers to the integration's exchange of *code*."""
        fields = {
            "client_id": self.ids[name],
            "client_secret": self.secrets[name],
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.uri(name),
        }
        connection = http.client.HTTPConnection("127.0.0.1", self.served.port, timeout=PATIENCE)
        headers = {
            "host": f"acme.{self.served.root}",
            "content-type": "application/x-www-form-urlencoded",
        }
        connection.request("POST", "/oauth2/access_token", urlencode(fields), headers)
        status = connection.getresponse().status
        connection.close()
        return status


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    hearing = Shop(Served({"port": 0}))
    one = Place(hearing, tmp_path_factory.mktemp("widgets"))
    allowed = f"127.0.0.1:{hearing.port}"
    with open_shelf(one.folder, one.fill, allow_targets=allowed) as (served, _):
        one.served = served
        yield one
    hearing.close()


def confirm_by_mouse(page: Page) -> None:
    install = page.get_by_role("button", name="Install", exact=True)
    expect(page.get_by_role("checkbox")).not_to_be_checked()
    expect(install).to_be_disabled()
    page.get_by_role("checkbox").check()
    install.click()  # which waits until it is active


def cancel(page: Page) -> None:
    """Leave no question open: a person has so many and no more."""
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", name="Nothing was changed")).to_be_visible()


def is_at_work(walker: Walker, place: Place, name: str) -> bool:
    walker.open("acme", "/settings/integrations/")
    working: list[str] = walker.page.evaluate(WORKING)
    return place.ids[name] in working


def test_a_person_installs_and_disables_by_the_mouse(chromium: Browser, place: Place) -> None:
    walker = enter(chromium, place.served, "alice", place.listing("Clicked"))
    page = walker.page
    page.get_by_role("button", name="Install").click()
    page.wait_for_url(re.compile(r"//accounts\.[^/]+/install/"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Install Clicked by Dana in Acme?")
    confirm_by_mouse(page)
    expect(page.get_by_role("heading", name="Clicked by Dana is installed")).to_be_visible()
    was_installed = is_at_work(walker, place, "Clicked")
    told = place.told("Clicked")
    code = told.pop("code")
    assert [place.exchange("Clicked", code) for _ in range(2)] == [200, 400]
    assert told == {
        "referer": f"acme.{place.served.root}",
        "from_widget": "1",
        "client_id": place.ids["Clicked"],
    }
    page.get_by_role("button", name="Disable Clicked by Dana").click()
    page.get_by_role("button", name="Disable", exact=True).click()
    expect(page.get_by_role("heading", name="Clicked by Dana is disabled")).to_be_visible()
    page.get_by_role("link", name="Back to Acme").click()
    page.wait_for_url("**/settings/integrations/")

    assert was_installed
    assert not is_at_work(walker, place, "Clicked")
    assert len(place.heard("Clicked")) == 1
    assert walker.complaints == []
    walker.context.close()


def test_a_person_installs_by_the_keyboard(chromium: Browser, place: Place) -> None:
    walker = enter(chromium, place.served, "alice", place.listing("Typed"))
    page = walker.page
    page.get_by_role("button", name="Install").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/install/"))
    page.get_by_role("checkbox").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    expect(page.get_by_role("checkbox")).to_be_checked()
    expect(page.get_by_role("button", name="Install", exact=True)).to_be_enabled()
    for _ in range(3):  # the policy's link, Cancel, Install
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Typed by Dana is installed")).to_be_visible()

    assert is_at_work(walker, place, "Typed")
    assert place.exchange("Typed", place.told("Typed")["code"]) == 200
    walker.context.close()


@pytest.mark.parametrize("press", PRESSES)
def test_a_scripts_press_only_asks(chromium: Browser, place: Place, press: str) -> None:
    walker = enter(chromium, place.served, "alice", place.listing("Attacked"))
    page = walker.page
    page.get_by_role("button", name="Install").evaluate(PRESSES[press])
    page.wait_for_url(re.compile(r"/install/"))
    expect(page.get_by_role("button", name="Install", exact=True)).to_be_disabled()
    cancel(page)

    assert not is_at_work(walker, place, "Attacked")
    walker.context.close()


def ask_by_script(page: Page, client_id: str) -> str:
    """Open an intent as any script may, and return where it is confirmed."""
    wished: dict[str, str] = page.evaluate(
        """async id => (await fetch('/ajax/v1/install-intents', {method: 'POST',
            headers: {'X-Requested-With': 'XMLHttpRequest', 'Content-Type': 'application/json'},
            body: JSON.stringify({client_uuid: id, action: 'install', running: []})})).json()""",
        client_id,
    )
    return wished["confirm_url"]


def test_not_even_with_all_that_the_page_knows_a_script_confirms(
    chromium: Browser, place: Place
) -> None:
    """Without the policy of the workspace, which would stop most of these before they are sent.

    The nonce and the token of the form are given away, by the very page that is open beside.
    """
    walker = enter(chromium, place.served, "alice", place.listing("Attacked"), bypass_csp=True)
    url = ask_by_script(walker.page, place.ids["Attacked"])
    question = walker.context.new_page()
    question.goto(url)
    question.get_by_role("checkbox").check()
    fields: dict[str, Any] = question.evaluate(
        """() => ({...Object.fromEntries(new FormData(document.querySelector('[data-consent]'))),
            decision: 'confirm'})"""
    )
    path = urlsplit(url).path
    answered = {}
    for name, send in SENDS.items():
        before = place.answers("POST", path)
        page = walker.context.new_page()
        page.goto(place.served.url("acme", place.listing("Attacked")))
        page.get_by_role("heading", level=1).click()  # a genuine press, on something else
        page.evaluate(FORM)
        page.evaluate(send, [url, fields])
        end = time.monotonic() + PATIENCE
        while place.answers("POST", path) == before and time.monotonic() < end:
            question.wait_for_timeout(50)
        answered[name] = place.answers("POST", path)[len(before) :]
        page.close()

    assert sorted(fields) == ["consent", "decision", "form_token", "nonce"]
    assert answered == {name: [403] for name in SENDS}
    assert place.heard("Attacked") == []
    question.bring_to_front()
    cancel(question)  # which the nonce is still good for
    walker.context.close()


def test_no_script_of_the_workspace_reads_the_question(chromium: Browser, place: Place) -> None:
    walker = enter(chromium, place.served, "alice", place.listing("Attacked"), bypass_csp=True)
    page = walker.page
    url = ask_by_script(page, place.ids["Attacked"])
    seen = {name: page.evaluate(read, url) for name, read in READS.items()}

    assert seen == dict.fromkeys(READS, "")
    assert place.answers("GET", urlsplit(url).path) == [403] * len(READS)
    page.goto(url)
    cancel(page)
    walker.context.close()


def test_a_second_half_of_a_double_click_confirms_nothing(chromium: Browser, place: Place) -> None:
    walker = enter(chromium, place.served, "alice", place.listing("Attacked"))
    page = walker.page
    page.clock.install(time=NOW)
    page.clock.pause_at(NOW + 1)
    page.get_by_role("button", name="Install").dblclick()
    page.wait_for_url(re.compile(r"/install/"))
    install = page.get_by_role("button", name="Install", exact=True)
    page.get_by_role("checkbox").check()
    page.clock.run_for(799)
    before = install.is_disabled()
    page.clock.run_for(1)

    assert before
    expect(install).to_be_enabled()
    cancel(page)
    walker.context.close()


def test_the_window_of_the_confirmation_belongs_to_nobody_else(
    chromium: Browser, place: Place
) -> None:
    walker = enter(chromium, place.served, "alice", place.listing("Attacked"), bypass_csp=True)
    page = walker.page
    page.get_by_role("button", name="Install").evaluate("b => { b.form.target = 'install' }")
    with page.expect_popup() as opening:
        page.evaluate("window.shown = window.open('about:blank', 'install')")
    page.get_by_role("button", name="Install").click()
    window = opening.value
    expect(window.get_by_role("heading", level=1)).to_contain_text("Install Attacked by Dana")
    read = page.evaluate(
        "() => { try { return shown.document.body.innerText } catch { return 'closed' } }"
    )

    assert page.evaluate("shown.closed")
    assert read == "closed" or "Install" not in read
    assert window.evaluate("window.opener") is None
    walker.context.close()
