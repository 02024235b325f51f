"""The Marketplace inside a workspace: whole on desk and phone, usable by keyboard alone."""

from collections.abc import Iterator
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, expect

from grantway.accounts.passwords import hash_password
from grantway.moderation import desk, drafts
from grantway.moderation.model import Presentation, Reason
from tests.browser.conftest import Served, Walker
from tests.browser.marketplace_shelf import add, open_shelf
from tests.contract.integration_cast import NOW
from tests.contract.version_cast import RULES, make_draft, submit
from tests.integration.api_client import Api
from tests.integration.marketplace_world import Market, said

Shelf = tuple[Served, str]
DESK: Any = {"width": 1280, "height": 860}
PHONE: Any = {"width": 390, "height": 844}
PASSWORD = "a pass phrase for everybody"
PEOPLE = {
    "alice": ("acme", "alice@acme.example"),
    "bob": ("acme", "bob@acme.example"),
    "charlie": ("bolt", "charlie@bolt.example"),
    "dana": ("danalabs", "dana@danalabs.example"),
}


async def more(api: Api, market: Market) -> None:
    """Let everybody sign in, and danalabs have versions on their way."""
    icon = await add(market, "icon", 4)
    hashed = await hash_password(PASSWORD)
    async with market.db.write() as tx:
        await tx.change("update users set password_hash = :hashed", hashed=hashed)
        await tx.change("update users set language = 'tr' where email = 'charlie@bolt.example'")
        await tx.change("update accounts set name = 'Dana Labs' where subdomain = 'danalabs'")
    await draft(market, said(name="Route planner by Dana", short="Who drives where", icon=icon))
    rejected = await submit(market.people, await make_draft(market.people, name="Scale by Dana"))
    await submit(market.people, await make_draft(market.people, name="Labels by Dana"))
    await market.approved(said(name="Warehouse by Dana", short="What is left, and where"))
    async with market.db.write() as tx:
        seen, why = rejected.content_hash, (Reason("N1", "It has 44."),)
        await desk.reject(tx, market.mo, rejected.client_id, 1, seen, why, RULES, NOW)


async def draft(market: Market, text: Presentation) -> None:
    made = await make_draft(market.people)
    content = made.content.with_presentation(text)
    async with market.db.write() as tx:
        await drafts.save(
            tx, market.people.dana, made.client_id, content, NOW, seen_hash=made.content_hash
        )


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    with open_shelf(tmp_path_factory.mktemp("shelf"), more) as one:
        yield one


def enter(chromium: Browser, served: Served, name: str, path: str, **options: Any) -> Walker:
    """Return somebody who has signed in on the way into their workspace."""
    label, email = PEOPLE[name]
    walker = Walker(chromium, served, **options)
    walker.open(label, path)
    walker.page.get_by_label("E-mail").fill(email)
    walker.page.get_by_label("Password", exact=True).fill(PASSWORD)
    walker.page.get_by_role("button", name="Sign in").click()
    walker.page.wait_for_url(f"**{path}")
    return walker


def pages(client_id: str) -> list[tuple[str, str, str]]:
    """Return who looks at which page, and what it is called."""
    front = "/settings/widgets/"
    return [
        ("alice", front, "catalogue"),
        ("alice", f"{front}?lang=es", "catalogue-es"),
        ("alice", f"{front}?q=parcle+trakcer", "search"),
        ("alice", f"{front}?q=qqqqqqq", "search-none"),
        ("alice", f"{front}categories/telephony", "category"),
        ("alice", f"{front}{client_id}", "listing-installed"),
        ("alice", f"{front}{client_id}?lang=pt", "listing-unlisted"),
        ("alice", "/settings/integrations/", "installed"),
        ("bob", f"{front}{client_id}", "listing-bob"),
        ("charlie", front, "empty"),
        ("charlie", f"{front}?lang=en", "catalogue-other"),
        ("dana", front, "own-group"),
        ("dana", f"{front}{client_id}", "listing-not-installed"),
        ("dana", "/settings/submissions/", "submissions"),
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_every_page_is_whole(
    chromium: Browser, shelf: Shelf, viewport: Any, scheme: Literal["light", "dark"]
) -> None:
    served, client_id = shelf
    walkers: dict[str, Walker] = {}
    for name, path, _ in pages(client_id):
        if name not in walkers:
            look: Any = {"viewport": viewport, "color_scheme": scheme}
            walkers[name] = enter(chromium, served, name, "/settings/integrations/", **look)
        walker = walkers[name]
        walker.open(PEOPLE[name][0], path)
        expect(walker.page.get_by_role("heading", level=1)).to_have_count(1)
        width = walker.page.evaluate("document.documentElement.scrollWidth")
        assert (width, path) == (viewport["width"], path)
        broken = "[...document.images].filter(i => i.complete && !i.naturalWidth).length"
        assert walker.page.evaluate(broken) == 0
    complaints = [one for walker in walkers.values() for one in walker.complaints]
    for walker in walkers.values():
        walker.context.close()

    assert complaints == []


def test_a_user_without_scripts_finds_whom_to_ask(chromium: Browser, shelf: Shelf) -> None:
    walker = enter(chromium, shelf[0], "bob", "/settings/integrations/", java_script_enabled=False)
    page = walker.page
    page.get_by_role("link", name="Marketplace", exact=True).click()
    page.get_by_role("searchbox").fill("invioce")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Invoice maker by Dana").click()

    expect(page.get_by_text("Only administrators install integrations. Ask Alice.")).to_be_visible()
    assert page.url.startswith(shelf[0].url("acme", "/settings/widgets/"))
    walker.context.close()


def test_tabs_and_tiles_are_reached_by_keyboard(chromium: Browser, shelf: Shelf) -> None:
    walker = enter(chromium, shelf[0], "dana", "/settings/widgets/")
    page = walker.page
    page.get_by_role("link", name="My submissions").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="My submissions")).to_be_visible()
    page.get_by_role("link", name="Route planner by Dana", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Only this account sees this").first).to_be_visible()
    expect(page.get_by_role("link", name="Marketplace", exact=True)).to_have_attribute(
        "aria-current", "page"
    )
    walker.context.close()
