"""The sample widget's walk: found in the Marketplace, installed, set up, at work, and disabled."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Served, Walker
from tests.demos import running_demo

NAME = "Parcel times via Dana Labs"
NUMBER = re.compile(r"^DL-\d{7}$")


@pytest.fixture(scope="module")
def own_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Run a demo for this walk: what is installed there is seen by everybody."""
    with running_demo(tmp_path_factory.mktemp("parcels"), "--no-limits") as demo:
        yield Served(demo.ready)


@pytest.fixture
def alice(chromium: Browser, own_demo: Served) -> Iterator[Walker]:
    walker = Walker(chromium, own_demo)
    walker.open("www")
    walker.page.get_by_role("link", name="Sign in").first.click()
    walker.sign_in("Alice")
    expect(walker.page.get_by_role("heading", name="Your accounts")).to_be_visible()
    yield walker
    walker.context.close()


def install(walker: Walker) -> None:
    """Press Install on the listing, and confirm it on the control origin."""
    page = walker.page
    client_id = walker.served.ready["integrations"]["widget"]["client_id"]
    walker.open("acme", f"/settings/widgets/{client_id}")
    page.get_by_role("button", name="Install").click()
    page.wait_for_url(re.compile(r"//accounts\.[^/]+/install/"))
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Install", exact=True).click()
    expect(page.get_by_role("heading", name=f"{NAME} is installed")).to_be_visible()


def settings_of(walker: Walker) -> Locator:
    walker.open("acme", "/settings/integrations/")
    code = walker.served.ready["integrations"]["widget"]["widget_code"]
    tile = walker.page.locator(f"[data-widget-tile='{code}']")
    tile.get_by_role("link", name="Settings").click()
    return walker.page.locator(".widget-settings__modal")


def set_up(walker: Walker) -> None:
    """Save settings, after some that the widget refuses."""
    page, modal = walker.page, settings_of(walker)
    expect(modal.get_by_label("Depot")).to_have_attribute("maxlength", "40")
    modal.get_by_label("Depot").fill("7")
    modal.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert").filter(has_text="at least two letters")).to_be_visible()
    modal.get_by_label("Depot").fill(" Antwerp ")
    modal.get_by_label("Days on the way").fill("5")
    modal.get_by_label("Van of each user, Alice").fill("4")
    modal.get_by_role("button", name="Save").click()
    expect(modal).to_have_count(0)


def numbers(page: Page) -> list[str]:
    return page.locator(".parcel-times dd").filter(has_text=NUMBER).all_inner_texts()


def test_it_is_installed_set_up_and_tells_parcels_on_cards_and_in_the_list(alice: Walker) -> None:
    page = alice.page
    install(alice)
    set_up(alice)

    alice.open("acme", "/leads/detail/2")
    panel = page.locator(".card-widgets .parcel-times")
    expect(panel).to_contain_text("From Antwerp · Your van 4")
    expect(panel.locator("dd").filter(has_text=NUMBER)).to_have_count(1)
    of_the_card = numbers(page)
    panel.get_by_role("button", name="Show as a table").click()
    table = page.get_by_role("dialog").get_by_role("table")
    expect(table.get_by_role("row")).to_have_count(2)
    expect(table.get_by_role("cell", name=of_the_card[0])).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog")).to_have_count(0)

    alice.open("acme", "/leads/")
    for row in range(3):
        page.locator("input[data-row-id]").nth(row).check()
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name=NAME).click()
    expect(table.get_by_role("row")).to_have_count(4)

    alice.open("acme", "/contacts/detail/1")
    expect(panel.get_by_role("link").first).to_have_attribute("href", re.compile("/leads/detail/"))

    alice.open("acme", "/leads/add/")
    expect(panel).to_contain_text("Save the card first")
    assert alice.complaints == []
