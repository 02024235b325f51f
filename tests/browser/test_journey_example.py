"""The README's walk: the example's button, consent, leads, and every way in which access ends."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Served, Walker
from tests.demos import GRANTWAY, clean_environment, running_demo

DENY = re.compile("^Don.t allow$")
ENDED = "Acme has ended the access"


@pytest.fixture
def visitor(chromium: Browser, served: Served) -> Iterator[Walker]:
    walker = Walker(chromium, served)
    yield walker
    walker.context.close()


def example(walker: Walker) -> str:
    url: str = walker.served.ready["example"]["url"]
    return url


def press(walker: Walker, *, mode: str = "popup") -> Page:
    """Open the example and press its button; return the window of the platform."""
    walker.page.goto(f"{example(walker)}/?mode={mode}")
    with walker.page.expect_popup() as opening:
        walker.page.get_by_role("button", name="Continue with Grantway").click()
    return opening.value


def sign_in(walker: Walker, window: Page, name: str) -> None:
    person = walker.served.person(name)
    window.get_by_label("E-mail").fill(person.email)
    window.get_by_label("Password", exact=True).fill(person.password)
    window.get_by_role("button", name="Sign in").click()


def allow(window: Page) -> None:
    window.get_by_role("button", name="Allow", exact=True).click()


def connect(walker: Walker, name: str = "Alice", *, mode: str = "popup") -> None:
    """Let the example work in acme, from a browser that nobody is signed in with."""
    window = press(walker, mode=mode)
    sign_in(walker, window, name)
    allow(window)
    expect(walker.page.get_by_role("heading", name="Acme")).to_be_visible()
    expect(walker.page.get_by_role("table")).to_be_visible()


def at_the_account(walker: Walker) -> Page:
    """Open what is installed in acme, in a tab of its own."""
    page = walker.context.new_page()
    page.set_default_timeout(15_000)
    page.goto(walker.served.url("accounts", "/accounts/acme/installed"))
    return page


@pytest.mark.parametrize("mode", ["popup", "post_message"])
def test_a_user_presses_the_button_and_sees_the_leads(visitor: Walker, mode: str) -> None:
    window = press(visitor, mode=mode)
    sign_in(visitor, window, "Alice")
    expect(
        window.get_by_role("heading", name="Let Lead table by Dana Labs work in Acme?")
    ).to_be_visible()
    expect(window.get_by_text("by Dana Labs", exact=True)).to_be_visible()
    expect(window.get_by_text("Verified", exact=True)).to_be_visible()
    allow(window)
    expect(visitor.page.get_by_role("heading", name="Acme")).to_be_visible()
    if not window.is_closed():
        window.wait_for_event("close")

    expect(visitor.page.get_by_role("row")).to_have_count(11)  # with the head
    assert "code=" not in visitor.page.url
    visitor.page.get_by_role("link", name="Refresh").click()
    expect(visitor.page.get_by_role("row")).to_have_count(11)
    assert visitor.complaints == []


@pytest.mark.parametrize("mode", ["popup", "post_message"])
def test_who_declines_is_told_on_the_page(visitor: Walker, mode: str) -> None:
    window = press(visitor, mode=mode)
    sign_in(visitor, window, "Alice")
    window.get_by_role("button", name=DENY).click()

    notice = visitor.page.get_by_role("status").filter(has_text="You declined.")
    expect(notice).to_be_visible()
    expect(visitor.page.get_by_role("heading", name="Connected accounts")).to_have_count(0)
    # The button is still there, and asks anew.
    with visitor.page.expect_popup() as opening:
        visitor.page.get_by_role("button", name="Continue with Grantway").click()
    expect(
        opening.value.get_by_role("heading", name="Let Lead table by Dana Labs work")
    ).to_be_visible()
    assert visitor.complaints == []


def test_without_the_button_declining_leads_back_to_the_site(visitor: Walker) -> None:
    window = press(visitor)
    sign_in(visitor, window, "Alice")
    # The same question as a plain link, which has no window behind it.
    query = window.url.partition("?")[2]
    visitor.page.goto(visitor.served.url("www", f"/oauth?{query}"))
    visitor.page.get_by_role("button", name=DENY).click()

    expect(visitor.page.get_by_role("heading", name="You declined")).to_be_visible()
    assert visitor.page.url.startswith(f"{example(visitor)}/callback?error=access_denied")


def test_a_user_joins_where_an_administrator_installed_it(
    visitor: Walker, chromium: Browser, served: Served
) -> None:
    connect(visitor)
    bob = Walker(chromium, served)
    connect(bob, "Bob")
    assert bob.complaints == []
    bob.context.close()


def test_what_the_account_revokes_the_example_notices(visitor: Walker) -> None:
    connect(visitor)
    account = at_the_account(visitor)
    account.get_by_role("link", name="Authorization of Lead table").click()
    row = account.get_by_role("row").filter(has_text="Alice").filter(has_text="Live").first
    row.get_by_role("button", name="Revoke access").click()
    account.get_by_role("dialog").get_by_role("button", name="Revoke access").click()
    expect(account.locator("#announcer")).to_contain_text("Access revoked")

    # By the hook: the first page asks the platform nothing.
    page = visitor.page
    page.goto(example(visitor))
    for _ in range(20):
        if page.get_by_text("Access ended").count():
            break
        page.wait_for_timeout(250)
        page.reload()
    expect(page.get_by_text("Access ended")).to_be_visible()
    page.get_by_role("link", name="Acme").click()
    expect(page.get_by_role("alert")).to_contain_text(ENDED)
    page.get_by_role("button", name="Forget this account").click()
    expect(page.get_by_role("heading", name="Connected accounts")).to_have_count(0)
    assert visitor.complaints == []


def test_disconnecting_ends_the_access_in_the_account_as_well(visitor: Walker) -> None:
    connect(visitor)
    account = at_the_account(visitor)
    account.get_by_role("link", name="Authorization of Lead table").click()
    live = account.get_by_role("row").filter(has_text="Live")
    before = live.count()
    visitor.page.get_by_role("button", name="Disconnect").click()
    expect(visitor.page.get_by_role("heading", name="Your newest leads")).to_be_visible()
    account.reload()

    expect(live).to_have_count(before - 1)
    assert visitor.complaints == []


def test_uninstalling_ends_it_for_everybody_and_it_can_come_back(
    visitor: Walker, chromium: Browser, served: Served
) -> None:
    connect(visitor)
    bob = Walker(chromium, served)
    connect(bob, "Bob")
    account = at_the_account(visitor)
    row = account.get_by_role("row").filter(has_text="Lead table")
    row.get_by_role("button", name="Uninstall").click()
    account.get_by_role("dialog").get_by_role("button", name="Uninstall").click()
    expect(account.get_by_role("row").filter(has_text="Lead table")).to_have_count(0)

    for walker in (visitor, bob):
        walker.page.reload()
        expect(walker.page.get_by_role("alert")).to_contain_text(ENDED)
    window = press(bob)
    expect(window.get_by_role("heading", name="None of your accounts can use it")).to_be_visible()
    again = press(visitor)
    allow(again)
    expect(visitor.page.get_by_role("table")).to_be_visible()
    bob.context.close()


def test_a_draft_works_in_the_account_that_made_it_and_in_no_other(
    chromium: Browser, tmp_path: Path
) -> None:
    data = ("--data", str(tmp_path / "data"))
    with running_demo(tmp_path, *data, "--no-limits") as demo:
        served = Served(demo.ready)
        client_id = demo.ready["integrations"]["public"]["client_id"]
        command = [*GRANTWAY, "integration", "unpublish", client_id, *data]
        subprocess.run(command, env=clean_environment(), check=True, stdout=subprocess.DEVNULL)
        dana, alice = Walker(chromium, served), Walker(chromium, served)

        window = press(alice)
        sign_in(alice, window, "Alice")
        not_here = window.get_by_role("heading", name="This integration is not available here")
        expect(not_here).to_be_visible()
        expect(window.get_by_text("Lead table")).to_have_count(0)

        window = press(dana)
        sign_in(dana, window, "Dana")
        expect(window.get_by_role("heading", name="work in Dana Labs?")).to_be_visible()
        expect(window.get_by_text("This is a draft")).to_be_visible()
        allow(window)
        expect(dana.page.get_by_role("heading", name="Dana Labs")).to_be_visible()
        expect(dana.page.get_by_text("There are no leads yet")).to_be_visible()
        assert dana.complaints == []
        for walker in (dana, alice):
            walker.context.close()


def test_the_example_follows_an_account_to_its_new_name(chromium: Browser, tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "data"))
    with running_demo(tmp_path, *data, "--no-limits") as demo:
        alice = Walker(chromium, Served(demo.ready))
        connect(alice)
        command = [*GRANTWAY, "account", "rename", "acme", "acme-europe", *data]
        subprocess.run(command, env=clean_environment(), check=True, stdout=subprocess.DEVNULL)
        alice.page.reload()
        expect(alice.page.get_by_role("row")).to_have_count(11)
        alice.page.get_by_role("button", name="Disconnect").click()
        expect(alice.page.get_by_role("heading", name="Acme")).to_have_count(0)
        assert alice.complaints == []
        alice.context.close()


def test_its_pages_fit_a_phone(chromium: Browser, served: Served) -> None:
    walker = Walker(chromium, served, viewport={"width": 320, "height": 640})
    connect(walker)
    for path in ("", "/accounts/1"):
        walker.page.goto(f"{example(walker)}{path}")
        width = walker.page.evaluate("document.documentElement.scrollWidth")
        assert width <= 320
    walker.context.close()
