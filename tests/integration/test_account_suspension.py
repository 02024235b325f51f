"""A suspended account: its tokens, pages and sessions stop, and what was kept comes back (S-77)."""

import pytest

from grantway.accounts import suspension
from grantway.accounts.errors import AccountNotFound, StateRefused
from tests.integration.web_client import ALICE, CHARLIE, SESSION, Browser, Web

ACCOUNT = "/api/v4/account"


async def suspend(web: Web, subdomain: str = "acme") -> None:
    async with web.api.db.write() as tx:
        await suspension.suspend(tx, subdomain, web.clock())


async def resume(web: Web, subdomain: str = "acme") -> None:
    async with web.api.db.write() as tx:
        await suspension.resume(tx, subdomain, web.clock())


async def enters(browser: Browser) -> int:
    return (await browser.open("/leads/", "acme")).status_code


async def test_its_tokens_are_refused_at_once_and_work_again_when_it_is_resumed(web: Web) -> None:
    hosts = ("acme", "api", "bolt")
    before = [(await web.api.get(ACCOUNT, host=host)).status_code for host in hosts]
    await suspend(web)
    during = [(await web.api.get(ACCOUNT, host=host)).status_code for host in hosts]
    await resume(web)
    after = [(await web.api.get(ACCOUNT, host=host)).status_code for host in hosts]

    assert before == after == [200, 200, 200]
    assert during == [401, 401, 200]


async def test_a_token_that_was_revoked_meanwhile_stays_dead(web: Web) -> None:
    await suspend(web)
    await web.api.revoke(web.api.acme.grant_id)
    await resume(web)

    assert (await web.api.get(ACCOUNT)).status_code == 401


async def test_nobody_enters_its_workspace_until_it_is_resumed(web: Web, alice: Browser) -> None:
    before = await enters(alice)
    await suspend(web)
    during = await enters(alice)
    control = (await alice.get("/accounts/acme/integrations")).status_code
    home = await alice.get("/")
    named = "acme.grantway.test" in alice.text()
    await resume(web)

    assert (before, during, control, home.status_code, named) == (200, 404, 404, 200, False)
    assert await enters(alice) == 200


async def test_sessions_in_its_workspace_end_for_good_and_no_others(web: Web) -> None:
    inside = await web.entered(ALICE)
    elsewhere = await web.entered(CHARLIE, "bolt")
    old = inside.cookie(SESSION, "acme")
    await suspend(web)
    await resume(web)
    thief = web.browser()
    assert old is not None
    thief.plant(SESSION, old, "acme")

    assert (await thief.get("/leads/", "acme")).status_code == 303
    assert (await elsewhere.get("/leads/", "bolt")).status_code == 200


async def test_suspending_twice_and_resuming_twice_are_refused_and_audited_once(web: Web) -> None:
    with pytest.raises(StateRefused, match="is not suspended"):
        await resume(web)
    await suspend(web)
    with pytest.raises(StateRefused, match="is suspended already"):
        await suspend(web)
    await resume(web)
    with pytest.raises(StateRefused, match="is not suspended"):
        await resume(web)

    assert await web.events("account.suspended") == 1
    assert await web.events("account.resumed") == 1


async def test_an_account_that_is_not_there_cannot_be_suspended(web: Web) -> None:
    with pytest.raises(AccountNotFound):
        await suspend(web, "nowhere")


async def test_its_administrators_read_of_it_afterwards(web: Web, alice: Browser) -> None:
    await suspend(web)
    await resume(web)
    await alice.get("/accounts/acme/activity")

    assert "The operator suspended the account" in alice.text()
    assert "The operator resumed the account" in alice.text()
