"""Installing a widget by a person's hand, and by nothing else (contract 5.3 to 5.6; S-139)."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from grantway.accounts.passwords import hash_password
from tests.browser.conftest import Served, Walker
from tests.browser.marketplace_shelf import open_shelf
from tests.browser.test_workspace_marketplace import PASSWORD, enter
from tests.contract.installing_cast import give_widget, manifest
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
SENDS = {
    "fetch": """url => fetch(url, {method: 'POST', credentials: 'include', mode: 'no-cors',
        headers: {'content-type': 'application/x-www-form-urlencoded'},
        body: 'decision=confirm&consent=yes'}).catch(() => 0)""",
    "read": "url => fetch(url, {credentials: 'include'}).then(r => r.text()).catch(() => 0)",
    "hidden frame": """url => new Promise(done => {
        const frame = document.createElement('iframe');
        frame.onload = done; frame.hidden = true; frame.src = url;
        document.body.append(frame); setTimeout(done, 1000); })""",
    "form in a frame": """url => new Promise(done => {
        document.body.insertAdjacentHTML('beforeend', `<iframe name="f" hidden></iframe>
          <form target="f" method="post" action="${url}"><input name="decision" value="confirm">
          <input name="consent" value="yes"></form>`);
        document.querySelector('form[target=f]').submit(); setTimeout(done, 1000); })""",
}
WORKING = """async () => {
    const headers = {'X-Requested-With': 'XMLHttpRequest'};
    const answer = await fetch('/ajax/v1/widgets', {headers});
    return (await answer.json()).widgets.map(one => one.oauth_client_uuid); }"""


class Place:
    """A Marketplace whose integrations have widgets, by their names."""

    def __init__(self) -> None:
        self.ids: dict[str, str] = {}
        self.served: Served

    async def fill(self, api: Api, market: Market) -> None:
        hashed = await hash_password(PASSWORD)
        for name in NAMES:
            text = said(name=f"{name} by Dana", short="Has a widget")
            self.ids[name] = await market.listed(text, has_widget=True)
        async with market.db.write() as tx:
            await tx.change("update users set password_hash = :hashed", hashed=hashed)
            for client_id in self.ids.values():
                await give_widget(tx, market.people.dana, client_id, manifest())

    def listing(self, name: str) -> str:
        return f"/settings/widgets/{self.ids[name]}"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    one = Place()
    with open_shelf(tmp_path_factory.mktemp("widgets"), one.fill) as (served, _):
        one.served = served
        yield one


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
    page.get_by_role("button", name="Disable Clicked by Dana").click()
    page.get_by_role("button", name="Disable", exact=True).click()
    expect(page.get_by_role("heading", name="Clicked by Dana is disabled")).to_be_visible()
    page.get_by_role("link", name="Back to Acme").click()
    page.wait_for_url("**/settings/integrations/")

    assert was_installed
    assert not is_at_work(walker, place, "Clicked")
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


@pytest.mark.parametrize("send", SENDS)
def test_no_script_of_the_workspace_confirms(chromium: Browser, place: Place, send: str) -> None:
    """Without the policy of the page, which would stop all of these before they are sent."""
    walker = enter(chromium, place.served, "alice", place.listing("Attacked"), bypass_csp=True)
    page = walker.page
    wished = page.evaluate(
        """async id => (await fetch('/ajax/v1/install-intents', {method: 'POST',
            headers: {'X-Requested-With': 'XMLHttpRequest', 'Content-Type': 'application/json'},
            body: JSON.stringify({client_uuid: id, action: 'install', running: []})})).json()""",
        place.ids["Attacked"],
    )
    page.get_by_role("heading", level=1).click()  # a genuine press, on something else
    answer = page.evaluate(SENDS[send], wished["confirm_url"])

    assert "gwinst_" not in str(answer)
    assert not is_at_work(walker, place, "Attacked")
    page.goto(wished["confirm_url"])
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
