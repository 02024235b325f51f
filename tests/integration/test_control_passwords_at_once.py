"""A password that is changed while another request is looking at it (S-116).

Passwords are looked at on threads, outside of any transaction. Here the threads
are kept busy, so that a request waits at that point for as long as a test wants.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest

from grantway.accounts import passwords
from grantway.accounts.store import change_password_hash
from tests.integration.web_client import ALICE, BOB, PASSWORDS, SESSION, Browser, Web

NEW = "a pass phrase nobody has"
Change = Callable[[Web, dict[str, str]], Awaitable[None]]


@asynccontextmanager
async def busy_threads() -> AsyncIterator[None]:
    """Let nobody look at a password until the block is left."""
    go = threading.Event()
    pool = passwords._threads  # noqa: SLF001 - it is kept busy
    held = [pool.submit(go.wait) for _ in range(pool._max_workers)]  # noqa: SLF001
    try:
        yield
    finally:
        go.set()
        await asyncio.gather(*map(asyncio.wrap_future, held))


async def until_counted(web: Web, tries: int) -> None:
    """Wait until so many tries are counted: then their passwords are about to be looked at."""
    async with asyncio.timeout(10):
        # The row appears in a transaction of the application, which tells nobody.
        while await web.api.count("sign_in_failures") < tries:  # noqa: ASYNC110 - told above
            await asyncio.sleep(0.01)


async def give(web: Web, email: str, password_hash: str) -> None:
    async with web.api.db.write() as tx:
        user_id = web.api.acme.users[email.partition("@")[0].title()]
        await change_password_hash(tx, user_id, password_hash, web.clock())


async def nothing(web: Web, hashes: dict[str, str]) -> None:
    """Change nothing."""


async def of_somebody_else(web: Web, hashes: dict[str, str]) -> None:
    await give(web, BOB, hashes[ALICE])


async def to_another(web: Web, hashes: dict[str, str]) -> None:
    await give(web, ALICE, hashes[BOB])


async def disabled(web: Web, hashes: dict[str, str]) -> None:
    async with web.api.db.write() as tx:
        await tx.change("update users set is_active = false where email = :email", email=ALICE)


async def sign_in_while(web: Web, hashes: dict[str, str], change: Change) -> httpx.Response:
    """Sign Alice in with the password that she had at first; *change* happens in between."""
    browser = web.browser()
    async with busy_threads():
        signing_in = asyncio.create_task(browser.sign_in(ALICE))
        await until_counted(web, 3)
        assert not signing_in.done()
        await change(web, hashes)
    answer = await signing_in
    if answer.status_code != 303:
        assert browser.cookie(SESSION) is None
        assert "The e-mail address or the password is not right" in browser.text()
    return answer


@pytest.mark.parametrize("change", [to_another, disabled])
async def test_who_signs_in_with_a_password_that_just_ended_is_refused(
    web: Web, password_hashes: dict[str, str], change: Change
) -> None:
    answer = await sign_in_while(web, password_hashes, change)

    assert answer.status_code == 422
    assert await web.api.count("sessions") == 0
    assert await web.events("user.signed_in") == 0
    assert await web.events("user.sign_in_refused") == 1
    # As a wrong password does, it counts as a try.
    assert await web.api.count("sign_in_failures") == 3


@pytest.mark.parametrize("change", [nothing, of_somebody_else])
async def test_who_signs_in_with_a_password_that_still_holds_passes(
    web: Web, password_hashes: dict[str, str], change: Change
) -> None:
    answer = await sign_in_while(web, password_hashes, change)

    assert answer.status_code == 303
    assert await web.api.count("sessions") == 1
    assert await web.events("user.signed_in") == 1
    assert await web.events("user.sign_in_refused") == 0


async def test_afterwards_the_new_password_opens_and_the_old_one_does_not(
    web: Web, password_hashes: dict[str, str]
) -> None:
    await sign_in_while(web, password_hashes, to_another)

    assert (await web.browser().sign_in(ALICE)).status_code == 422
    assert (await web.browser().sign_in(ALICE, PASSWORDS[BOB])).status_code == 303


async def test_no_session_opens_beside_a_change_that_is_not_stored_yet(
    web: Web, alice: Browser, password_hashes: dict[str, str]
) -> None:
    late = web.browser()
    async with busy_threads():
        signing_in = asyncio.create_task(late.sign_in(ALICE))
        await until_counted(web, 3)
        change = web.api.db.write()
        tx = await change.__aenter__()
        await change_password_hash(tx, web.api.acme.admin_id, password_hashes[BOB], web.clock())
        await tx.change("update sessions set ended_at = :now", now=web.clock())
    # The password is looked at again while the old one is still what others can read.
    await asyncio.wait([signing_in], timeout=0.3)
    await change.__aexit__(None, None, None)

    assert (await signing_in).status_code == 422
    assert (await late.get("/")).status_code == 303
    assert (await alice.get("/")).status_code == 303
    assert (await web.browser().sign_in(ALICE, PASSWORDS[BOB])).status_code == 303


async def change_while(
    web: Web, hashes: dict[str, str], change: Change
) -> tuple[Browser, httpx.Response]:
    """Give Alice a new password, which *change* comes before in the last moment."""
    browser = await web.signed_in(ALICE)
    await browser.get("/password")
    tries = await web.api.count("sign_in_failures")
    async with busy_threads():
        form = (("current", PASSWORDS[ALICE]), ("new", NEW), ("again", NEW))
        changing = asyncio.create_task(browser.submit("/password", *form))
        await until_counted(web, tries + 1)
        await change(web, hashes)
    return browser, await changing


async def test_a_password_that_just_ended_does_not_change_the_one_after_it(
    web: Web, password_hashes: dict[str, str]
) -> None:
    mallory, answer = await change_while(web, password_hashes, to_another)

    assert answer.status_code == 422
    assert "This is not your present password." in mallory.text()
    assert await web.events("user.password_changed") == 0
    assert (await web.browser().sign_in(ALICE, NEW)).status_code == 422
    assert (await web.browser().sign_in(ALICE, PASSWORDS[BOB])).status_code == 303


@pytest.mark.parametrize("change", [nothing, of_somebody_else])
async def test_a_password_that_still_holds_is_changed(
    web: Web, password_hashes: dict[str, str], change: Change
) -> None:
    _, answer = await change_while(web, password_hashes, change)

    assert answer.status_code == 303
    assert await web.events("user.password_changed") == 1
    assert (await web.browser().sign_in(ALICE, NEW)).status_code == 303


async def prove_while(web: Web, hashes: dict[str, str], change: Change) -> Browser:
    """Confirm Alice's password in her session; *change* happens in between."""
    browser = await web.signed_in(ALICE)
    await browser.get("/confirm-password?for=delete&return_to=/")
    tries = await web.api.count("sign_in_failures")
    form = (("password", PASSWORDS[ALICE]), ("for", "delete"), ("return_to", "/"))
    async with busy_threads():
        proving = asyncio.create_task(browser.submit("/confirm-password", *form))
        await until_counted(web, tries + 1)
        await change(web, hashes)
    await proving
    return browser


async def ended(web: Web, hashes: dict[str, str]) -> None:
    async with web.api.db.write() as tx:
        await tx.change("update sessions set ended_at = :now", now=web.clock())


async def outcomes(web: Web) -> list[str]:
    async with web.api.db.read() as reader:
        return await reader.column(
            "select outcome from audit_entries where event = 'user.password_proved'"
        )


async def test_a_session_that_just_ended_is_not_proved(
    web: Web, password_hashes: dict[str, str]
) -> None:
    mallory = await prove_while(web, password_hashes, ended)

    assert (await mallory.get("/")).status_code == 303
    assert await outcomes(web) == ["refused"]


@pytest.mark.parametrize("change", [nothing, of_somebody_else])
async def test_a_session_that_goes_on_is_proved(
    web: Web, password_hashes: dict[str, str], change: Change
) -> None:
    browser = await prove_while(web, password_hashes, change)

    assert (await browser.get("/")).status_code == 200
    assert await outcomes(web) == ["done"]
