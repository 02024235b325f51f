"""The stars of a rating are radio buttons: by keyboard and by mouse, without scripts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.preview import served

LIT = """
    () => [...document.querySelectorAll(".star-sign")]
        .filter(star => getComputedStyle(star).fill === "rgb(217, 154, 43)").length
"""


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(java_script_enabled=False, color_scheme="light")
    with served(0) as address:
        page = context.new_page()
        page.goto(f"{address}/rating")
        yield page
    context.close()


def lit(page: Page) -> int:
    found: int = page.evaluate(LIT)
    return found


def chosen(page: Page) -> list[str]:
    return [
        one.get_attribute("value") or ""
        for one in page.get_by_role("radio").all()
        if one.is_checked()
    ]


def test_arrow_keys_choose_stars(page: Page) -> None:
    assert (lit(page), chosen(page)) == (0, [])
    page.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    assert (lit(page), chosen(page)) == (1, ["1"])
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert (lit(page), chosen(page)) == (4, ["4"])
    page.keyboard.press("ArrowLeft")
    assert (lit(page), chosen(page)) == (3, ["3"])
    page.keyboard.press("Tab")
    assert page.locator("textarea:focus").count() == 1


def test_a_press_on_a_star_chooses_it_and_says_what_it_means(page: Page) -> None:
    star = page.locator(".star-choice").nth(4)
    star.click()
    assert (lit(page), chosen(page)) == (5, ["5"])
    word = page.locator(".star-word").nth(4)
    assert word.evaluate("one => getComputedStyle(one).opacity") == "1"
    assert page.get_by_role("radio", name="5 stars, Excellent").is_checked()
    assert page.get_by_role("group", name="How good is it?").get_by_role("radio").count() == 5
