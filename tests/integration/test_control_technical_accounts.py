"""An account asks to become technical, in its pages; who sees them, and what they say."""

import pytest

from grantway.accounts.technical import months_later
from grantway.moderation import technical_accounts
from grantway.moderation.technical_accounts import Operator, Standing
from tests.integration.web_client import ALICE, BOB, CHARLIE, PASSWORDS, Browser, Web

PAGE = "/accounts/acme/technical"
LIST = "/accounts/acme/integrations"
HONEST = {"about": "Shows where each parcel is.", "site": "https://parcel.example/"}
WHY = "Tell us <b>what</b> you are going to build."
OPERATOR = Operator()


async def standing(web: Web) -> Standing:
    async with web.api.db.read() as reader:
        return await technical_accounts.standing(reader, web.api.acme.actor, web.clock())


async def ask(browser: Browser, **changes: str) -> int:
    await browser.get(PAGE)
    fields = (HONEST | changes).items()
    return (await browser.submit(PAGE, *fields)).status_code


async def approve(web: Web) -> None:
    async with web.api.db.write() as tx:
        await technical_accounts.approve(tx, OPERATOR, web.api.acme.account_id, web.clock())


async def test_the_list_of_integrations_leads_there(alice: Browser) -> None:
    await alice.get(LIST)
    assert f'href="{PAGE}"' in alice.page
    assert (await alice.get(PAGE)).status_code == 200
    assert "Ask for a technical account" in alice.text()


async def test_a_request_is_sent_and_waits(web: Web, alice: Browser) -> None:
    assert await ask(alice, about="Shows where each parcel is.\r\nAnd when it comes.") == 303
    await alice.get(f"{PAGE}?done=asked")
    assert "Your request is sent" in alice.text()
    await alice.get(PAGE)

    assert "Your request waits for an answer" in alice.text()
    assert 'name="about"' not in alice.page
    asked = (await standing(web)).request
    assert asked is not None
    assert (asked.about, asked.site) == (
        "Shows where each parcel is.\nAnd when it comes.",
        "https://parcel.example/",
    )


async def test_a_second_request_leads_to_the_one_that_waits(web: Web, alice: Browser) -> None:
    await alice.get(PAGE)
    opened = alice.form_token()
    assert await ask(alice) == 303
    again = await alice.post(PAGE, [("form_token", opened), *HONEST.items()])

    assert (again.status_code, again.headers["location"]) == (303, PAGE)
    asked = (await standing(web)).request
    assert asked is not None
    assert asked.number == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("about", " "), ("about", "x" * 2001), ("site", "http://parcel.example/"), ("site", "parcel")],
)
async def test_what_is_wrong_is_told_and_what_was_typed_stays(
    web: Web, alice: Browser, field: str, value: str
) -> None:
    assert await ask(alice, **{field: value}) == 422
    assert f'id="f-{field}-error"' in alice.page
    assert all(one in alice.page for one in (HONEST | {field: value}).values())
    assert (await standing(web)).request is None
    assert await ask(alice) == 303


async def test_a_refusal_is_read_and_asked_again(web: Web, alice: Browser) -> None:
    await ask(alice)
    async with web.api.db.write() as tx:
        await technical_accounts.refuse(tx, OPERATOR, web.api.acme.account_id, WHY, web.clock())
    await alice.get(PAGE)

    assert f"Your request was refused {WHY.replace('<b>', '')[:8]}" in alice.text()
    assert "<b>what</b>" not in alice.page
    assert await ask(alice) == 303


async def test_a_technical_account_tells_until_when(web: Web, alice: Browser) -> None:
    await ask(alice)
    await approve(web)
    await alice.get(PAGE)
    assert months_later(web.clock(), 3) == (await standing(web)).account.technical_until
    assert "is renewed by itself for 3 months" in alice.text()
    assert 'name="about"' not in alice.page
    await alice.get(LIST)
    assert "acme is a technical account until" in alice.text().lower()
    async with web.api.db.write() as tx:
        await tx.change("update accounts set technical_until = null where subdomain = 'acme'")
    await alice.get(PAGE)
    assert "Without end." in alice.text()
    await alice.get(LIST)
    assert "acme is a technical account ." in alice.text().lower()


async def test_more_time_is_asked_for_before_the_end(web: Web, alice: Browser) -> None:
    await ask(alice)
    await approve(web)
    await alice.get(PAGE)
    assert "You can ask for more time here from" in alice.text()
    early = await alice.post(PAGE, [("form_token", alice.form_token()), *HONEST.items()])
    assert early.headers["location"] == PAGE
    assert (first := (await standing(web)).request) is not None
    assert first.number == 1
    until = (await standing(web)).account.technical_until
    assert until is not None
    web.clock.advance(until - web.clock() - 29 * 24 * 3600)
    await alice.sign_in(ALICE, PASSWORDS[ALICE])
    await alice.get(PAGE)
    assert "Ask for more time" in alice.text()
    assert await ask(alice, about="The tests of a carrier.") == 303
    await alice.get(f"{PAGE}?done=asked")
    assert "Your request is sent" in alice.text()
    assert "The tests of a carrier." in alice.text()
    assert 'name="about"' not in alice.page
    async with web.api.db.write() as tx:
        await technical_accounts.refuse(tx, OPERATOR, web.api.acme.account_id, WHY, web.clock())
    await alice.get(PAGE)

    assert "Your request for more time was refused" in alice.text()
    assert await ask(alice) == 303


async def test_an_account_that_is_technical_no_more_reads_why(web: Web, alice: Browser) -> None:
    await ask(alice)
    await approve(web)
    async with web.api.db.write() as tx:
        await technical_accounts.end(tx, OPERATOR, web.api.acme.account_id, WHY, web.clock())
    await alice.get(PAGE)

    assert "is a technical account no more" in alice.text()
    assert "Tell us" in alice.text()
    assert await ask(alice) == 303


async def test_an_integration_says_what_waits_for_the_technical_account(
    web: Web, alice: Browser
) -> None:
    await ask(alice)
    await approve(web)
    new = f"{LIST}/new"
    await alice.get(new)
    made = await alice.submit(new, ("name", "Parcels"), ("language", "en"))
    review = f"{made.headers['location']}/review"
    await alice.get(review)
    assert "Before a review" in alice.text()
    assert f'href="{PAGE}"' not in alice.page
    async with web.api.db.write() as tx:
        await technical_accounts.end(tx, OPERATOR, web.api.acme.account_id, WHY, web.clock())
    await alice.get(review)

    assert "Before a review" not in alice.text()
    assert f'href="{PAGE}"' in alice.page
    assert (await alice.get(new)).status_code == 404


async def test_who_may_see_and_ask(web: Web) -> None:
    bob = await web.signed_in(BOB)
    charlie = await web.signed_in(CHARLIE)
    for browser, status in ((bob, 403), (charlie, 404)):
        assert (await browser.get(PAGE)).status_code == status
        await browser.get("/sessions")
        answer = await browser.submit(PAGE, *HONEST.items())
        assert answer.status_code == status
    assert (await standing(web)).request is None
    assert await ask(await web.signed_in(ALICE)) == 303
    stranger = await web.browser().get(PAGE)
    assert stranger.headers["location"].startswith("/sign-in")


async def test_a_form_of_another_page_asks_nothing(web: Web, alice: Browser) -> None:
    await alice.get(PAGE)
    forged = await alice.submit(
        PAGE,
        *HONEST.items(),
        headers={"origin": "https://mallory.example", "sec-fetch-site": "cross-site"},
    )

    assert forged.status_code == 403
    assert (await standing(web)).request is None


async def test_activity_says_what_happened(web: Web, alice: Browser) -> None:
    await ask(alice)
    await approve(web)
    await alice.get("/accounts/acme/activity")

    assert "asked for a technical account" in alice.text()
    assert "made this a technical account" in alice.text()
