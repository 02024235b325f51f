"""A person's own pages: accounts, sessions, password; and the history of an account."""

import re

import pytest

from grantway import audit
from grantway.accounts import service as accounts
from grantway.accounts.model import Role
from grantway.accounts.passwords import MAX_LENGTH
from grantway.accounts.sessions import PROOF_LIMIT
from grantway.audit import Entry, Event
from grantway.web.control.happenings import WORDS
from tests.integration.web_client import ALICE, BOB, CHARLIE, PASSWORDS, Browser, Web

NEW = "a pass phrase nobody has"


async def test_the_start_page_lists_ones_accounts_with_ones_role(web: Web) -> None:
    async with web.api.db.write() as tx:
        await accounts.add_user_to_account(
            tx, web.api.acme.account_id, web.api.bolt.admin_id, Role.USER, web.clock()
        )
    charlie = await web.signed_in(CHARLIE)
    await charlie.get("/")
    words = charlie.text()

    assert "Acme acme.grantway.test User" in words
    assert "ask Alice" in words
    assert "Bolt bolt.grantway.test Administrator You manage 1 integration here" in words


async def test_an_account_leads_to_its_integrations(alice: Browser) -> None:
    answer = await alice.get("/accounts/acme")

    assert answer.headers["location"] == "/accounts/acme/integrations"


async def test_sessions_are_listed_and_ended_one_by_one(web: Web, alice: Browser) -> None:
    other = await web.signed_in(ALICE, "192.0.2.9")
    bob = await web.signed_in(BOB)
    await alice.get("/sessions")
    assert "Firefox on Linux This one Control pages 198.51.100.7" in alice.text()
    assert "192.0.2.9" in alice.text()
    (ending,) = re.findall(r'action="(/sessions/[0-9a-f-]{36}/end)"', alice.page)

    assert (await bob.get("/sessions")).status_code == 200
    assert (await bob.submit(ending)).status_code == 404
    assert (await other.get("/")).status_code == 200

    await alice.get("/sessions")
    answer = await alice.submit(ending)
    assert answer.headers["location"] == "/sessions?done=ended"
    assert (await other.get("/")).status_code == 303
    assert (await alice.get("/sessions?done=ended")).status_code == 200
    assert "The session has ended" in alice.text()
    assert (await alice.submit(ending)).status_code == 404


async def test_all_other_sessions_end_together(web: Web) -> None:
    here = await web.entered(ALICE)
    there = await web.entered(ALICE)
    await here.get("/sessions")
    assert (await here.submit("/sessions/end-others")).status_code == 303

    assert (await there.get("/")).status_code == 303
    assert (await there.get("/leads/", "acme")).status_code == 303
    assert (await here.get("/")).status_code == 200
    assert (await here.get("/leads/", "acme")).status_code == 200


async def change(browser: Browser, **changes: str) -> int:
    await browser.get("/password")
    honest = {"current": PASSWORDS[ALICE], "new": NEW, "again": NEW}
    return (await browser.submit("/password", *(honest | changes).items())).status_code


async def test_a_new_password_ends_the_other_sessions(web: Web, alice: Browser) -> None:
    other = await web.signed_in(ALICE)
    assert await change(alice) == 303
    await alice.get("/password?done")

    assert "The password is changed" in alice.text()
    assert (await other.get("/")).status_code == 303
    assert (await web.browser().sign_in(ALICE)).status_code == 422
    assert (await web.browser().sign_in(ALICE, NEW)).status_code == 303
    assert await web.leads_answer(web.api.acme.token) == 204


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"current": "wrong"}, "current", "This is not your present password."),
        ({"current": ""}, "current", "This is not your present password."),
        ({"new": "short", "again": "short"}, "new", "Use at least 8 characters."),
        ({"new": "password123", "again": "password123"}, "new", "tried first"),
        ({"new": ALICE, "again": ALICE}, "new", "tried first"),
        ({"new": "x" * (MAX_LENGTH + 1), "again": "x" * (MAX_LENGTH + 1)}, "new", "Use at most"),
        ({"again": "something else"}, "again", "The two new passwords differ."),
    ],
)
async def test_a_refused_password_changes_nothing(
    web: Web, alice: Browser, changes: dict[str, str], field: str, words: str
) -> None:
    assert await change(alice, **changes) == 422
    assert words in alice.text()
    assert f'id="f-{field}-error"' in alice.page
    assert all(
        value not in alice.page for value in changes.values() if len(value) > 8 and "@" not in value
    )
    assert (await web.browser().sign_in(ALICE)).status_code == 303


async def test_guessing_the_present_password_is_slowed_down(web: Web, alice: Browser) -> None:
    for _ in range(PROOF_LIMIT):
        assert await change(alice, current="guess") == 422

    assert await change(alice) == 429
    assert "Too many attempts. Try again in 15 minutes." in alice.text()
    assert await change(await web.signed_in(ALICE)) == 303


async def test_the_activity_tells_who_did_what(web: Web, alice: Browser) -> None:
    await alice.get(f"{web.window}/authorization")
    await alice.submit(f"{web.window}/authorization/{web.api.acme.grant_id}/revoke")
    await alice.get("/accounts/acme/activity")
    words = alice.text()

    assert "Alice revoked a long-lived token Integration name" in words
    assert "198.51.100.7" in words
    assert "Alice generated a long-lived token Integration name, until 15 Jan 2028" in words
    assert "Alice created an integration Integration name" in words
    assert "The operator opened the account" in words


async def test_the_activity_of_others_is_not_told(web: Web, alice: Browser) -> None:
    charlie = await web.signed_in(CHARLIE)
    await charlie.get("/accounts/bolt/integrations")
    await charlie.submit("/accounts/bolt/integrations")
    await alice.get("/accounts/acme/activity")

    assert "Charlie" not in alice.text()


async def test_a_long_activity_is_read_page_by_page_in_both_directions(
    web: Web, alice: Browser
) -> None:
    async with web.api.db.write() as tx:
        for n in range(120):
            await audit.record(
                tx,
                Entry(
                    at=web.clock(),
                    event=Event.PIPELINE_CHANGED,
                    account_id=web.api.acme.account_id,
                    actor="user",
                    user_id=web.api.acme.admin_id,
                    subject=f"pipeline {n}.",
                ),
            )
    pages = []
    path = "/accounts/acme/activity"
    while path:
        await alice.get(path)
        pages.append(alice.text())
        path = _link(alice, "next")
    assert [len(re.findall(r"Pipeline \d+\.", page)) for page in pages] == [50, 50, 20]
    assert "51\u2013100" in pages[1]
    assert "Pipeline 119." in pages[0]

    await alice.get(_link(alice, "prev"))
    assert alice.text() == pages[1]
    await alice.get(_link(alice, "prev"))
    assert alice.text() == pages[0]
    assert _link(alice, "prev") == ""


def _link(browser: Browser, rel: str) -> str:
    found = re.search(rf'href="([^"]+)" rel="{rel}"', browser.page)
    return found[1].replace("&amp;", "&") if found else ""


def test_every_event_has_words() -> None:
    assert set(WORDS) == set(Event)
