"""Somebody looks around in the Marketplace: with and without scripts, on desk and phone."""

from collections.abc import Iterator
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Served, Walker
from tests.browser.marketplace_shelf import open_shelf

Shelf = tuple[Served, str]
DESK: Any = {"width": 1280, "height": 860}
PHONE: Any = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    with open_shelf(tmp_path_factory.mktemp("shelf")) as one:
        yield one


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_every_page_is_whole(
    chromium: Browser, shelf: Shelf, viewport: Any, scheme: Literal["light", "dark"]
) -> None:
    served, client_id = shelf
    walker = Walker(chromium, served, viewport=viewport, color_scheme=scheme)
    for path in (
        "/marketplace?lang=en",
        "/marketplace?lang=es",
        "/marketplace?lang=pt",
        "/marketplace?lang=en&q=tracker",
        "/marketplace?lang=en&q=qqqqqqq",
        "/marketplace/categories/telephony?lang=es",
        f"/marketplace/{client_id}?lang=en",
        f"/marketplace/{client_id}?lang=es",
        *(
            path.format(client_id=client_id, lang=lang)
            for lang in ("id", "tr", "ru")
            for path in (
                "/marketplace?lang={lang}",
                "/marketplace?lang={lang}&q=dana",
                "/marketplace?lang={lang}&q=qqqqqqq",
                "/marketplace/categories/telephony?lang={lang}",
                "/marketplace/{client_id}?lang={lang}",
            )
        ),
    ):
        walker.open("www", path)
        expect(walker.page.get_by_role("heading", level=1)).to_have_count(1)
        width = walker.page.evaluate("document.documentElement.scrollWidth")
        assert (width, path) == (viewport["width"], path)
        broken = "[...document.images].filter(i => i.complete && !i.naturalWidth).length"
        assert walker.page.evaluate(broken) == 0
    walker.context.close()

    assert walker.complaints == []


def test_a_stranger_without_scripts_finds_where_to_go(chromium: Browser, shelf: Shelf) -> None:
    walker = Walker(chromium, shelf[0], java_script_enabled=False, locale="en-GB")
    walker.open("www")
    page = walker.page
    page.get_by_role("link", name="Marketplace", exact=True).click()
    expect(page.get_by_role("listitem").filter(has=page.get_by_role("heading"))).to_have_count(24)
    page.get_by_role("searchbox").fill("parcle trakcer")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Parcel tracker by Dana").click()
    go = page.get_by_role("link", name="Go to parcel.example")

    expect(go).to_have_attribute("href", "https://parcel.example/connect")
    expect(go).to_have_attribute("referrerpolicy", "no-referrer")
    expect(page.get_by_text("We see at once which parcel is late.")).to_be_visible()
    page.get_by_role("link", name="Español").click()
    expect(page.get_by_role("heading", name="Qué hace")).to_be_visible()
    walker.context.close()
