"""Deactivating people, activating them again, and setting their passwords (S-78, S-82, S-116)."""

import asyncio

import pytest

from grantway.accounts import activation, sessions
from grantway.accounts import service as accounts
from grantway.accounts.errors import LastAdministrator, StateRefused, UserNotFound
from grantway.accounts.model import Account, Role, User
from grantway.accounts.passwords import hash_password
from grantway.db import Transaction
from tests.integration.web_client import ALICE, BOB, CHARLIE, SESSION, Browser, Web

ACCOUNT = "/api/v4/account"
NEW_PASSWORD = "Bob's other pass phrase"


async def found(tx: Transaction, email: str, subdomain: str = "acme") -> tuple[Account, User]:
    account = await accounts.account_by_subdomain(tx, subdomain)
    return account, await accounts.user_by_email(tx, email)


async def deactivate(web: Web, email: str, subdomain: str | None = None) -> None:
    async with web.api.db.write() as tx:
        account, user = await found(tx, email, subdomain or "acme")
        if subdomain is None:
            await activation.deactivate(tx, user, web.clock())
        else:
            await activation.deactivate_in_account(tx, account, user, web.clock())


async def activate(web: Web, email: str, subdomain: str | None = None) -> None:
    async with web.api.db.write() as tx:
        account, user = await found(tx, email, subdomain or "acme")
        if subdomain is None:
            await activation.activate(tx, user, web.clock())
        else:
            await activation.activate_in_account(tx, account, user, web.clock())


async def give_role(web: Web, email: str, role: Role, subdomain: str = "acme") -> None:
    async with web.api.db.write() as tx:
        account, user = await found(tx, email, subdomain)
        await accounts.add_user_to_account(tx, account.id, user.id, role, web.clock())


async def signs_in(web: Web, email: str, password: str | None = None) -> bool:
    return (await web.browser().sign_in(email, password)).status_code == 303


async def is_open(browser: Browser, label: str) -> bool:
    path = "/leads/" if label != "accounts" else "/"
    return (await browser.get(path, label)).status_code == 200


async def test_who_is_deactivated_everywhere_is_signed_out_and_cannot_sign_in(web: Web) -> None:
    bob = await web.entered(BOB)
    before = [await is_open(bob, "accounts"), await is_open(bob, "acme")]
    await deactivate(web, BOB)
    during = [await is_open(bob, "accounts"), await is_open(bob, "acme")]

    assert (before, during) == ([True, True], [False, False])
    assert not await signs_in(web, BOB)
    assert await signs_in(web, ALICE)


async def test_being_activated_brings_no_session_back_but_opens_new_ones(web: Web) -> None:
    bob = await web.entered(BOB)
    await deactivate(web, BOB)
    await activate(web, BOB)
    after = [await is_open(bob, "accounts"), await is_open(bob, "acme")]

    assert after == [False, False]
    assert await signs_in(web, BOB)


async def test_who_is_deactivated_in_one_account_works_in_the_others(web: Web) -> None:
    await give_role(web, BOB, Role.USER, "bolt")
    bob = await web.entered(BOB)
    assert (await bob.open("/leads/", "bolt")).status_code == 200
    await deactivate(web, BOB, "acme")
    acme = (await bob.open("/leads/", "acme")).status_code
    bolt = await is_open(bob, "bolt")
    await activate(web, BOB, "acme")

    assert (acme, bolt) == (404, True)
    assert (await bob.open("/leads/", "acme")).status_code == 200


async def test_a_workspace_session_that_ended_so_stays_ended(web: Web) -> None:
    bob = await web.entered(BOB)
    old = bob.cookie(SESSION, "acme")
    assert old is not None
    await deactivate(web, BOB, "acme")
    await activate(web, BOB, "acme")
    thief = web.browser()
    thief.plant(SESSION, old, "acme")

    assert not await is_open(thief, "acme")


@pytest.mark.parametrize("subdomain", [None, "acme"])
async def test_an_ordinary_users_grant_waits_for_them(web: Web, subdomain: str | None) -> None:
    token = await web.api.token_of("Bob")
    before = await web.leads_answer(token)
    await deactivate(web, BOB, subdomain)
    during = await web.leads_answer(token)
    await activate(web, BOB, subdomain)

    assert (before, during, await web.leads_answer(token)) == (204, 401, 204)


async def test_an_administrators_token_outlives_their_desk(web: Web) -> None:
    await give_role(web, BOB, Role.ADMINISTRATOR)
    await deactivate(web, ALICE)

    assert (await web.api.get(ACCOUNT)).status_code == 200


@pytest.mark.parametrize("subdomain", [None, "acme"])
async def test_the_last_administrator_stays_until_there_is_another_one(
    web: Web, alice: Browser, subdomain: str | None
) -> None:
    with pytest.raises(LastAdministrator, match="the last administrator of acme"):
        await deactivate(web, ALICE, subdomain)
    still = await is_open(alice, "accounts")
    events = await web.events("user.deactivated")
    await give_role(web, BOB, Role.ADMINISTRATOR)
    await deactivate(web, ALICE, subdomain)

    assert (still, events) == (True, 0)
    with pytest.raises(LastAdministrator):
        await deactivate(web, BOB)


async def test_an_administrator_who_is_deactivated_does_not_count(web: Web) -> None:
    await give_role(web, BOB, Role.ADMINISTRATOR)
    await deactivate(web, BOB)

    with pytest.raises(LastAdministrator):
        await deactivate(web, ALICE, "acme")
    await activate(web, BOB)
    await deactivate(web, ALICE, "acme")


async def test_the_last_administrator_keeps_the_role_too(web: Web) -> None:
    with pytest.raises(LastAdministrator):
        await give_role(web, ALICE, Role.USER)
    await give_role(web, BOB, Role.ADMINISTRATOR)
    await give_role(web, ALICE, Role.USER)
    with pytest.raises(LastAdministrator):
        await give_role(web, BOB, Role.USER)


@pytest.mark.parametrize("subdomain", [None, "acme"])
async def test_of_two_administrators_who_go_at_once_one_stays(
    web: Web, subdomain: str | None
) -> None:
    await give_role(web, BOB, Role.ADMINISTRATOR)
    async with web.api.db.write() as tx:
        account, user = await found(tx, ALICE)
        if subdomain is None:
            await activation.deactivate(tx, user, web.clock())
        else:
            await activation.deactivate_in_account(tx, account, user, web.clock())
        going = asyncio.create_task(deactivate(web, BOB, subdomain))
        await asyncio.wait([going], timeout=0.5)

    with pytest.raises(LastAdministrator):
        await going


async def test_states_that_are_there_already_are_refused(web: Web) -> None:
    for subdomain in (None, "acme"):
        with pytest.raises(StateRefused, match="not deactivated"):
            await activate(web, BOB, subdomain)
        await deactivate(web, BOB, subdomain)
        with pytest.raises(StateRefused, match="already"):
            await deactivate(web, BOB, subdomain)
        await activate(web, BOB, subdomain)


async def test_who_is_not_in_the_account_cannot_be_deactivated_in_it(web: Web) -> None:
    for change in (deactivate, activate):
        with pytest.raises(UserNotFound):
            await change(web, CHARLIE, "acme")
    assert await signs_in(web, CHARLIE)


async def test_each_account_of_the_person_reads_of_it(web: Web, alice: Browser) -> None:
    await deactivate(web, BOB)
    await activate(web, BOB)
    await deactivate(web, BOB, "acme")
    await alice.get("/accounts/acme/activity")

    assert "Bob was deactivated Everywhere" in alice.text()
    assert "Bob was activated again Everywhere" in alice.text()
    assert "Bob was deactivated In this account" in alice.text()
    assert await web.events("user.deactivated") == 3  # one of them the platform's own


async def set_password(web: Web, email: str, password_hash: str) -> int:
    async with web.api.db.write() as tx:
        _, user = await found(tx, email)
        return await sessions.set_password(tx, user.id, password_hash, web.clock())


async def test_a_password_that_the_operator_sets_ends_every_session(web: Web) -> None:
    bob, alice = await web.entered(BOB), await web.signed_in(ALICE)
    ended = await set_password(web, BOB, await hash_password(NEW_PASSWORD))

    assert ended == 2
    assert [await is_open(bob, label) for label in ("accounts", "acme")] == [False, False]
    assert await is_open(alice, "accounts")
    assert not await signs_in(web, BOB)
    assert await signs_in(web, BOB, NEW_PASSWORD)
    assert await web.events("user.password_set") == 1


async def test_a_password_does_not_activate(web: Web) -> None:
    await deactivate(web, BOB)
    await set_password(web, BOB, await hash_password(NEW_PASSWORD))
    refused = await signs_in(web, BOB, NEW_PASSWORD)
    await activate(web, BOB)

    assert not refused
    assert await signs_in(web, BOB, NEW_PASSWORD)


async def test_no_session_slips_through_beside_a_new_password(web: Web) -> None:
    """Who signs in with the old one before the new one is committed does not stay."""
    other = await hash_password(NEW_PASSWORD)
    browser = web.browser()
    async with web.api.db.write() as tx:
        _, user = await found(tx, BOB)
        await sessions.set_password(tx, user.id, other, web.clock())
        signing_in = asyncio.create_task(browser.sign_in(BOB))
        await asyncio.wait([signing_in], timeout=0.5)
    await signing_in

    assert not await is_open(browser, "accounts")
    assert await signs_in(web, BOB, NEW_PASSWORD)
