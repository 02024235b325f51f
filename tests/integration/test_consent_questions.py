"""Questions that are open: how many, how long, and what is kept of them (S-19, S-20, S-23)."""

import asyncio

import pytest

from grantway.oauth.consent import MAX_OPEN
from tests.integration.consent_world import World, credential, make_world
from tests.integration.web_client import ALICE, CHARLIE, Browser, Web


@pytest.fixture
async def world(web: Web, password_hashes: dict[str, str]) -> World:
    return await make_world(web, password_hashes)


async def test_a_question_ends_with_its_session(world: World, alice: Browser) -> None:
    await world.ask(alice)
    token, started = alice.form_token(), credential(alice)
    await alice.post("/sign-out", [("form_token", token)])
    await alice.sign_in(ALICE)
    await world.ask(alice)
    stale = await world.answer(alice, fields={"request": started})

    assert stale.status_code == 403
    assert await world.nothing_happened()


async def test_a_page_opened_twice_does_not_spoil_the_first(world: World, alice: Browser) -> None:
    await world.ask(alice)
    first = alice.page
    await world.ask(alice)
    alice.page = first

    assert (await world.answer(alice)).status_code == 303


async def test_a_session_has_a_bounded_number_of_open_questions(
    world: World, alice: Browser
) -> None:
    """Several tabs go on working; of too many the oldest is over, and says so."""
    charlie = await world.web.signed_in(CHARLIE)
    await world.ask(charlie)
    pages = []
    for _ in range(MAX_OPEN):
        await world.ask(alice)
        pages.append(alice.page)
    full = await world.web.api.count("authorization_requests")
    await world.ask(alice)
    kept = await world.web.api.count("authorization_requests")
    alice.page = pages[0]
    oldest = await world.answer(alice)
    words = alice.text()
    alice.page = pages[1]
    next_one = await world.answer(alice, "deny")
    alice.page = pages[-1]
    newest = await world.answer(alice)

    assert (full, kept) == (MAX_OPEN + 1, MAX_OPEN + 1)  # Charlie's is his own
    assert (oldest.status_code, "location" in oldest.headers) == (403, False)
    assert "This question is over" in words
    assert "made room for newer questions" in words
    assert (next_one.status_code, newest.status_code) == (303, 303)
    assert (await world.answer(charlie, account="bolt")).status_code == 303


async def test_pages_opened_at_the_same_moment_keep_the_bound(world: World, alice: Browser) -> None:
    await asyncio.gather(*(world.ask(alice) for _ in range(MAX_OPEN + 12)))

    assert await world.web.api.count("authorization_requests") == MAX_OPEN
    await world.ask(alice)
    assert (await world.answer(alice)).status_code == 303


async def test_an_answered_question_is_kept_no_longer(world: World, alice: Browser) -> None:
    for decision in ("deny", "allow"):
        await world.ask(alice)
        assert (await world.answer(alice, decision)).status_code == 303

    assert await world.web.api.count("authorization_requests") == 0


async def test_old_questions_are_swept(world: World, alice: Browser) -> None:
    await world.ask(alice)
    await world.web.platform._sweeper.sweep()  # noqa: SLF001 - the worker has no other door
    kept = await world.web.api.count("authorization_requests")
    world.clock.advance(2 * 24 * 3600)
    await world.web.platform._sweeper.sweep()  # noqa: SLF001 - as above

    assert (kept, await world.web.api.count("authorization_requests")) == (1, 0)


async def test_the_database_holds_no_credential(world: World, alice: Browser) -> None:
    await world.ask(alice)
    async with world.web.api.db.read() as reader:
        kept = await reader.value("select request_hash from authorization_requests")

    assert credential(alice) != kept
    assert len(kept) == 64
