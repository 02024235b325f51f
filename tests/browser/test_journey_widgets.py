"""A widget of one's own: uploaded, installed, set up, at work in a card and in a list."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Served, Walker
from tests.browser.hosted_widgets import DRAWING, THROWING, archive, install, tile, upload


@pytest.fixture
def alice(chromium: Browser, served: Served) -> Iterator[Walker]:
    walker = Walker(chromium, served)
    walker.open("www")
    walker.page.get_by_role("link", name="Sign in").first.click()
    walker.sign_in("Alice")
    expect(walker.page.get_by_role("heading", name="Your accounts")).to_be_visible()
    yield walker
    walker.context.close()


def test_a_widget_is_installed_set_up_and_at_work_beside_one_that_throws(alice: Walker) -> None:
    page = alice.page
    upload(alice, archive(THROWING, "Thrower", settings={}))
    install(alice, "Thrower")
    upload(alice, archive(DRAWING, "Parcel tracker"))
    install(alice, "Parcel tracker", " North ")

    expect(page.locator(".widget-settings__modal").get_by_label("Depot")).to_have_value(" North ")
    # As published widgets do it: Save may be pressed by a script, Install may not.
    page.evaluate("document.querySelector('.widget-settings__modal .js-widget-save').click()")
    expect(tile(page, "not_configured")).to_have_count(0)
    page.reload()
    expect(tile(page, "installed")).to_have_count(2)
    tile(page, "installed").last.get_by_role("link", name="Settings").click()
    expect(page.locator(".widget-settings__modal").get_by_label("Depot")).to_have_value("North")

    alice.open("acme", "/leads/detail/2")
    lead = page.locator("h1").inner_text()
    expect(page.locator(".card-widgets .parcel-depot")).to_have_text(f"Depot North, {lead}")
    expect(page.locator(".card-widgets__widget")).to_have_count(1)

    alice.open("acme", "/leads/")
    page.locator("input[data-row-id]").first.check()
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Parcel tracker").click()
    expect(page.locator(".parcel-chosen")).to_have_text("1 chosen")

    page.locator("input[data-row-id]").first.uncheck()
    page.evaluate(
        """() => { window.heard = []; Object.values(APP.widgets.list)[0].listenSocketChannel(
           'leads:events', [], (message) => heard.push(message.event)); }"""
    )
    page.evaluate(
        """fetch('/api/v4/leads', {method: 'POST', body: '[{"name": "By a widget"}]',
           headers: {'content-type': 'application/json'}})"""
    )
    # Nobody loads the list anew.
    expect(page.get_by_role("link", name="By a widget")).to_be_visible(timeout=30_000)
    listed = page.evaluate("APP.data.current_list.models.map((one) => one.get('name'))")
    assert "By a widget" in listed
    assert "appeared" in page.evaluate("heard")
    assert [one for one in alice.complaints if "of the widget itself" not in one] == []
