"""The desk's pages about technical accounts: who decides, about what they saw, and who may not."""

import pytest

from grantway.accounts import moderators
from grantway.accounts.sessions import PROOF_LIFETIME
from grantway.accounts.technical import months_later
from grantway.moderation import technical_accounts
from grantway.moderation.technical_accounts import Operator, Standing
from tests.integration.moderation_world import Desk, Opened
from tests.integration.web_client import ALICE, BOB, CHARLIE, PASSWORDS, Browser, Web

LIST = "/moderation/accounts"
ABOUT = "Shows where each <b>parcel</b> is."
SITE = "https://parcel.example/"
WHY = "Tell us what you build."
ACTS = {
    "approve": {"months": "3", "request": "1"},
    "refuse": {"reason": WHY, "request": "1"},
    "extend": {"months": "3"},
    "end": {"reason": WHY},
}


@pytest.fixture
def page(web: Web) -> str:
    return f"{LIST}/{web.api.acme.account_id}"


async def standing(web: Web) -> Standing:
    async with web.api.db.read() as reader:
        return await technical_accounts.standing(reader, web.api.acme.actor, web.clock())


async def state(web: Web) -> str:
    found = await standing(web)
    if found.account.is_technical:
        return "technical"
    return "ordinary" if found.request is None else found.request.state


async def ask(web: Web) -> None:
    async with web.api.db.write() as tx:
        actor, now = web.api.acme.actor, web.clock()
        await technical_accounts.request(tx, actor, about=ABOUT, site=SITE, now=now)


async def bring_to_state_for(web: Web, what: str) -> str:
    """Bring acme to where *what* may be done; return what its form holds, as its page has it."""
    await ask(web)
    if what in {"approve", "refuse"}:
        return ""
    async with web.api.db.write() as tx:
        until = await technical_accounts.approve(
            tx, Operator(), web.api.acme.account_id, web.clock()
        )
    return str(until)


async def act(browser: Browser, page: str, what: str, until: str = "", **changes: str) -> int:
    fields = ACTS[what] | ({"until": until} if what == "extend" else {}) | changes
    return (await browser.submit(f"{page}/{what}", *fields.items())).status_code


AFTER = {"approve": "technical", "refuse": "refused", "extend": "technical", "end": "ended"}


@pytest.mark.parametrize("what", ACTS)
async def test_a_moderator_decides(web: Web, mo: Browser, page: str, what: str) -> None:
    until = await bring_to_state_for(web, what)
    before = (await standing(web)).account.technical_until
    await mo.get(LIST)
    assert f'href="{page}"' in mo.page
    await mo.get(page)
    assert f'action="{page}/{what}"' in mo.page
    assert await act(mo, page, what, until) == 303
    await mo.get(f"{page}?done={what}")

    assert await state(web) == AFTER[what]
    if what == "extend":
        assert before is not None
        assert (await standing(web)).account.technical_until == months_later(before, 3)
    assert ABOUT in mo.text() or "&lt;b&gt;parcel" in mo.page
    assert "<b>parcel</b>" not in mo.page


@pytest.mark.parametrize("what", ACTS)
@pytest.mark.parametrize("email", [ALICE, BOB, CHARLIE])
async def test_to_others_there_is_no_such_page(
    web: Web, world: Desk, page: str, email: str, what: str
) -> None:
    until = await bring_to_state_for(web, what)
    before = await state(web)
    somebody = await web.signed_in(email)
    for path in (LIST, page):
        assert (await somebody.get(path)).status_code == 404
    await somebody.get("/sessions")

    assert await act(somebody, page, what, until) == 404
    assert await state(web) == before


@pytest.mark.parametrize("what", ACTS)
async def test_nobody_decides_about_their_own_account(
    web: Web, insider: Browser, page: str, what: str
) -> None:
    until = await bring_to_state_for(web, what)
    before = await state(web)
    await insider.get(LIST)
    assert "Yours: another moderator decides" in insider.text()
    assert f'href="{page}"' not in insider.page
    assert (await insider.get(page)).status_code == 403
    assert "Another moderator decides" in insider.text()
    await insider.get("/sessions")

    assert await act(insider, page, what, until) == 403
    assert "Another moderator decides" in insider.text()
    assert await state(web) == before


async def test_dismissal_works_between_page_and_form(
    web: Web, mo: Browser, world: Desk, page: str
) -> None:
    await ask(web)
    await mo.get(page)
    async with web.api.db.write() as tx:
        await moderators.dismiss(tx, world.mo.user_id, web.clock())

    assert await act(mo, page, "approve") == 404
    assert await state(web) == "waiting"


@pytest.mark.parametrize("what", ACTS)
async def test_a_decision_needs_the_password_and_loses_nothing_typed(
    web: Web, mo: Browser, page: str, what: str
) -> None:
    until = await bring_to_state_for(web, what)
    before = await state(web)
    await mo.get(page)
    web.clock.advance(PROOF_LIFETIME + 1)
    assert await act(mo, page, what, until) == 422
    assert "Confirm that it is you" in mo.text()
    assert ACTS[what].get("reason", "") in mo.page
    assert await state(web) == before
    await mo.get(page)
    assert f'action="{page}/{what}"' not in mo.page
    assert "/confirm-password?for=moderate" in mo.page
    confirmed = f"/confirm-password?for=moderate&return_to={page}"
    await mo.get(confirmed)
    await mo.submit("/confirm-password", ("password", PASSWORDS[ALICE]), ("return_to", page))
    await mo.get(page)

    assert await act(mo, page, what, until) == 303


async def test_what_was_decided_meanwhile_is_not_decided_again(
    web: Web, mo: Browser, world: Desk, page: str
) -> None:
    await ask(web)
    await mo.get(page)
    async with web.api.db.write() as tx:
        account_id, now = web.api.acme.account_id, web.clock()
        await technical_accounts.refuse(tx, world.mo, account_id, WHY, now)
    await ask(web)

    assert await act(mo, page, "approve") == 409  # the first request, which they had read
    assert "Nothing was decided" in mo.text()
    assert await state(web) == "waiting"
    assert await act(mo, page, "approve", request="2") == 303


async def test_an_end_that_was_moved_meanwhile_is_not_moved_again(
    web: Web, mo: Browser, page: str
) -> None:
    until = await bring_to_state_for(web, "extend")
    await mo.get(page)
    assert await act(mo, page, "extend", until) == 303
    assert await act(mo, page, "extend", until) == 409
    assert "was changed since you looked" in mo.text()


@pytest.mark.parametrize(
    ("what", "changes", "field"),
    [
        ("approve", {"months": "0"}, "months"),
        ("approve", {"months": "13"}, "months"),
        ("approve", {"months": "many"}, "months"),
        ("refuse", {"reason": " "}, "reason"),
        ("end", {"reason": ""}, "reason"),
        ("extend", {"months": "-1"}, "months"),
    ],
)
async def test_what_is_no_decision(
    web: Web, mo: Browser, page: str, what: str, changes: dict[str, str], field: str
) -> None:
    until = await bring_to_state_for(web, what)
    before = await state(web)
    await mo.get(page)

    assert await act(mo, page, what, until, **changes) == 422
    assert f'id="f-{field}-error"' in mo.page
    assert await state(web) == before
    assert await act(mo, page, what, until) == 303


async def test_addresses_that_lead_nowhere(web: Web, mo: Browser) -> None:
    for path in (f"{LIST}/999", f"{LIST}/x", f"{LIST}?asked=x", f"{LIST}?until=1"):
        assert (await mo.get(path)).status_code == 404
    # An account that never asked is no affair of the desk.
    async with web.api.db.read() as reader:
        bolt = await reader.value("select id from accounts where subdomain = 'bolt'")
    assert (await mo.get(f"{LIST}/{bolt}")).status_code == 404
    await mo.get("/sessions")
    assert (await mo.submit(f"{LIST}/999/approve", ("months", "3"))).status_code == 404


async def test_both_lists_are_empty_at_first(mo: Browser) -> None:
    await mo.get(LIST)

    assert "Nobody asks" in mo.text()
    assert "There is none" in mo.text()
    assert 'aria-current="page">Technical accounts' in mo.page


async def test_lists_go_on_behind_fifty(web: Web, mo: Browser) -> None:
    async with web.api.db.write() as tx:
        await tx.change("update accounts set is_technical = true where subdomain = 'bolt'")
        for n in range(1, 52):
            await tx.change(
                """
                insert into accounts (id, uuid, subdomain, name, status, is_technical, country,
                                      currency, language, timezone, created_at, created_by,
                                      updated_at, updated_by, technical_until)
                values (:id, :uuid, :uuid, :uuid, 'active', :is_technical, 'US', 'USD', 'en',
                        'UTC', 1, 0, 1, 0, :until)
                """,
                id=7000 + n,
                uuid=f"maker{n}",
                is_technical=True,
                until=10_000 + n,
            )
    await mo.get(LIST)
    shown = mo.page.count('data-label="Technical until"')
    following = mo.page.partition('" rel="next"')[0].rpartition('href="')[2].replace("&amp;", "&")
    await mo.get(following)

    assert (shown, mo.page.count('data-label="Technical until"')) == (50, 2)
    assert 'rel="next"' not in mo.page
    assert "From the beginning" in mo.text()


async def test_an_account_of_the_operators_making_has_no_end_to_extend(
    web: Web, mo: Browser, page: str
) -> None:
    async with web.api.db.write() as tx:
        await tx.change("update accounts set is_technical = true where subdomain = 'acme'")
    await mo.get(page)
    assert "It never asked" in mo.text()
    assert f'action="{page}/extend"' not in mo.page
    assert await act(mo, page, "extend", "") == 409
    assert await act(mo, page, "end") == 303
    assert await state(web) == "ordinary"


async def test_who_left_an_account_does_not_decide_about_it_either(
    web: Web, open_moderator: Opened, world: Desk, page: str
) -> None:
    await ask(web)
    async with web.api.db.write() as tx:
        await tx.change(
            """
            insert into account_users (account_id, user_id, role, group_id, rights, is_active,
                                       is_free, created_at)
            values (:account_id, :user_id, 'user', 0, '{}', false, false, 1)
            """,
            account_id=web.api.acme.account_id,
            user_id=world.mo.user_id,
        )
    browser = await open_moderator(world.mo)

    assert (await browser.get(page)).status_code == 403


@pytest.mark.parametrize("what", ["extend", "refuse"])
async def test_more_time_is_decided_about_as_it_was_asked(
    web: Web, mo: Browser, page: str, what: str
) -> None:
    until = int(await bring_to_state_for(web, "extend"))
    async with web.api.db.write() as tx:
        # As if the time had passed; the moderator's session would be over as well.
        until -= 80 * 24 * 3600
        await tx.change(
            "update accounts set technical_until = :until where subdomain = 'acme'", until=until
        )
    await ask(web)
    await mo.get(LIST)
    assert "Asks for more time" in mo.text()
    await mo.get(page)
    assert f'action="{page}/approve"' not in mo.page
    assert f'action="{page}/{what}"' in mo.page
    assert await act(mo, page, what, str(until), request="1") == 409
    assert await act(mo, page, what, str(until), request="2") == 303
    found = await standing(web)

    assert found.request is not None
    assert (found.request.number, found.request.state) == (
        2,
        "approved" if what == "extend" else "refused",
    )
    after = found.account.technical_until
    assert after == (months_later(until, 3) if what == "extend" else until)
