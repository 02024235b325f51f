"""The button by each of its attributes (authorization.md 9.1), under a strict policy."""

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Served, Walker
from tests.browser.shop import Shop

CLIENT = "0f3c9a52-6d1e-4c0b-9b7e-2a51c7d4e810"
PROPOSED = {
    "name": "Blumen & Berger",
    "description": "Takes orders",
    "redirect_uri": "https://blumen.example/agreed",
    "secrets_uri": "https://blumen.example/keys",
    "scopes": "crm, notifications",
}


@pytest.fixture
def visitor(chromium: Browser, served: Served) -> Iterator[Walker]:
    walker = Walker(chromium, served)
    # What the script opens is kept, and the windows do not distract.
    walker.context.add_init_script(
        "window.opened = []; window.open = (...all) => { opened.push(all); return { focus() {} } }"
    )
    yield walker
    walker.context.close()


def opened(page: Page) -> tuple[str, list[tuple[str, str]], str, str]:
    """Press the only button; return path and query of what it opens, the window's name and size."""
    page.get_by_role("button").click()
    ((url, name, features),) = page.evaluate("opened")
    return (
        urlsplit(url).path,
        parse_qsl(urlsplit(url).query, keep_blank_values=True),
        name,
        features,
    )


def colours(page: Page) -> tuple[str, str]:
    button = page.get_by_role("button")
    ground, ink = button.evaluate(
        "(one) => { const s = getComputedStyle(one); return [s.backgroundColor, s.color] }"
    )
    return ground, ink


@pytest.mark.parametrize("kind", ["kommo_oauth", "amocrm_oauth", "other kommo_oauth more"])
@pytest.mark.parametrize("name", ["button.js", "button.min.js"])
def test_it_stands_before_its_tag_and_opens_the_dialects_window(
    visitor: Walker, shop: Shop, kind: str, name: str
) -> None:
    shop.button(CLIENT, kind=kind, name=name, state="a&b=c")
    visitor.page.goto(f"{shop.origin}/connect?x=1#y")
    box = visitor.page.locator("script[data-client-id]").locator("xpath=preceding-sibling::div[1]")

    expect(box).to_have_class("kommo-oauth")
    expect(box).to_have_attribute("data-client_id", CLIENT)
    path, query, window, features = opened(visitor.page)
    assert path == "/oauth/"
    assert query == [
        ("state", "a&b=c"),
        ("mode", "popup"),
        ("origin", f"{shop.origin}/connect?x=1#y"),
        ("client_id", CLIENT),
    ]
    assert window == "Grant access for integration"
    assert features.startswith("width=1024,height=620,left=")


@pytest.mark.parametrize(
    ("locale", "caption", "path"),
    [
        ("en", "Continue with Grantway", "/oauth/"),
        ("es", "Continuar con Grantway", "/es/oauth/"),
        ("pt", "Continuar com Grantway", "/br/oauth/"),
        ("id", "Lanjutkan dengan Grantway", "/id/oauth/"),
        ("xx", "Continue with Grantway", "/oauth/"),
        ("constructor", "Continue with Grantway", "/oauth/"),
    ],
)
def test_its_language(visitor: Walker, shop: Shop, locale: str, caption: str, path: str) -> None:
    shop.button(CLIENT, locale=locale, mode="post_message")
    visitor.page.goto(f"{shop.origin}/connect")

    expect(visitor.page.get_by_role("button", name=caption)).to_be_visible()
    found, query, _, _ = opened(visitor.page)
    assert found == path
    assert dict(query)["mode"] == "post_message"


def test_title_class_and_compactness(visitor: Walker, shop: Shop) -> None:
    shop.button(CLIENT, title="Connect &lt;b&gt;now", class_name="mine big", compact="true")
    visitor.page.goto(f"{shop.origin}/connect")
    button = visitor.page.get_by_role("button", name="Connect <b>now")

    expect(button).to_be_visible()
    assert button.inner_text() == ""
    expect(visitor.page.locator("div.mine.big")).to_have_count(1)
    size = button.bounding_box()
    assert size is not None
    assert size["width"] < 50
    assert size["height"] >= 44


@pytest.mark.parametrize(
    ("data", "ground"),
    [
        ({}, "rgb(255, 255, 255)"),
        ({"theme": "light"}, "rgb(255, 255, 255)"),
        ({"theme": "dark"}, "rgb(12, 46, 41)"),
        ({"color": "default"}, "rgb(255, 255, 255)"),
        ({"color": "blue"}, "rgb(25, 118, 210)"),
        ({"color": "violet"}, "rgb(106, 27, 154)"),
        ({"color": "green"}, "rgb(56, 142, 60)"),
        ({"color": "orange"}, "rgb(245, 127, 23)"),
        ({"color": "red"}, "rgb(216, 67, 21)"),
    ],
)
def test_its_colours_can_be_read(
    visitor: Walker, shop: Shop, data: dict[str, str], ground: str
) -> None:
    shop.button(CLIENT, **data)
    visitor.page.goto(f"{shop.origin}/connect")
    found, ink = colours(visitor.page)

    assert found == ground
    assert contrast(found, ink) >= 4.5
    assert visitor.complaints == []


def test_each_tag_gets_one_button_whatever_loads_the_script(visitor: Walker, shop: Shop) -> None:
    for _ in range(3):
        shop.button(CLIENT)
    visitor.page.goto(f"{shop.origin}/connect")

    expect(visitor.page.get_by_role("button")).to_have_count(3)


def test_a_proposal_is_asked_with_all_that_it_says(visitor: Walker, shop: Shop) -> None:
    shop.button(None, state="s")
    # With underscores, as the dialect writes two of them.
    named = " ".join(f'data-{name}="{value}"' for name, value in PROPOSED.items())
    shop.body = shop.body.replace("<script ", f"<script {named} ")
    visitor.page.goto(f"{shop.origin}/connect")
    _, query, _, _ = opened(visitor.page)

    assert query[3:] == [
        ("name", "Blumen & Berger"),
        ("description", "Takes orders"),
        ("redirect_uri", "https://blumen.example/agreed"),
        ("secrets_uri", "https://blumen.example/keys"),
        ("logo", ""),
        ("scopes[]", "crm"),
        ("scopes[]", "notifications"),
    ]


def test_without_saying_who_asks_it_says_so_and_draws_nothing(visitor: Walker, shop: Shop) -> None:
    shop.button(None, name="button.min.js", state="s")
    visitor.page.goto(f"{shop.origin}/connect")
    visitor.page.wait_for_timeout(200)

    assert visitor.page.get_by_role("button").count() == 0
    assert any("Grantway button: set data-client-id" in one for one in visitor.complaints)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours (WCAG 2.2)."""

    def luminance(colour: str) -> float:
        parts = [int(part) / 255 for part in colour[4:-1].split(",")]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)
