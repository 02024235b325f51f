"""Where public integrations stand: My submissions, and the list on the control origin."""

import pytest

from grantway.integrations import states
from grantway.moderation import desk, drafts, submissions
from grantway.moderation.model import Reason, Version
from grantway.moderation.states import State
from tests.contract.integration_cast import NOW
from tests.contract.listing_cast import install
from tests.contract.version_cast import RULES, bring_to, make_draft, submit
from tests.integration.market_inside import dana_enters, dana_signs_in, open_market_with_dana
from tests.integration.marketplace_world import Market, said
from tests.integration.web_client import ALICE, Web

PAGE = "/settings/submissions/"
LIST = "/accounts/danalabs/integrations"
WORDS = {
    State.DRAFT: "Draft",
    State.IN_REVIEW: "In review, due 19 Jan",
    State.REJECTED: "Rejected: 1 reason",
    State.WITHDRAWN: "Withdrawn",
    State.APPROVED: "Approved: publish it",
}


@pytest.fixture
async def market(web: Web, password_hashes: dict[str, str]) -> Market:
    return await open_market_with_dana(web, password_hashes)


async def test_without_submissions_the_page_says_where_one_begins(web: Web, market: Market) -> None:
    dana = await dana_enters(web, PAGE)

    assert "Nothing is submitted" in dana.text()
    assert f'href="https://accounts.grantway.test{LIST}"' in dana.page


@pytest.mark.parametrize("state", WORDS)
async def test_each_state_has_its_words_in_both_places(
    web: Web, market: Market, state: State
) -> None:
    version = await bring_to(market.people, market.mo, state)
    review = f"{LIST}/{version.client_id}/review"
    dana = await dana_enters(web, PAGE)

    assert f"Version 1 {WORDS[state]}" in dana.text()
    assert f'href="https://accounts.grantway.test{review}"' in dana.page
    assert f'href="/settings/widgets/{version.client_id}"' in dana.page
    assert "Not yet" in dana.text() if state is State.DRAFT else "15 Jan 2027" in dana.text()
    assert ("Due 19 Jan 2027" in dana.text()) == (state is State.IN_REVIEW)
    await dana.get(LIST)
    assert f"Public · Review of Parcel tracker {WORDS[state]} Nobody" in dana.text()
    assert f'href="{review}"' in dana.page
    await dana.get(review)
    assert dana.url.endswith(review)


async def test_all_reasons_of_a_rejection_are_counted(web: Web, market: Market) -> None:
    seen = await submit(market.people, await make_draft(market.people))
    rules = (RULES[0], RULES[0].__class__(id="N2", severity=RULES[0].severity, text="Two."))
    reasons = (Reason("N1", "It has 44."), Reason("N2", "It has 21."))
    async with market.db.write() as tx:
        await desk.reject(tx, market.mo, seen.client_id, 1, seen.content_hash, reasons, rules, NOW)
    dana = await dana_enters(web, PAGE)

    assert "Rejected: 2 reasons" in dana.text()


async def test_what_is_published_is_told_beside_the_next_version(web: Web, market: Market) -> None:
    client_id = await market.listed(said())
    dana = await dana_enters(web, PAGE)
    assert (
        "Version 1 Published 15 Jan 2027 Version 1 15 Jan 2027 Nowhere Nothing to answer"
        in dana.text()
    )
    await dana.get(LIST)
    assert "Parcel tracker Published Nobody" in dana.text()

    async with market.db.write() as tx:
        await drafts.add_version(tx, market.people.dana, client_id, NOW)
    seen = await submit(market.people, await newest_draft(market, client_id))
    await dana.get(PAGE, "danalabs")
    assert "Version 2 In review, due 19 Jan 15 Jan 2027 Due 19 Jan 2027" in dana.text()
    assert "Version 1 15 Jan 2027" in dana.text()
    await dana.get(LIST)
    assert "In review, due 19 Jan Version 1 is published" in dana.text()
    async with market.db.write() as tx:
        await submissions.withdraw(tx, market.people.dana, seen.client_id, NOW)
    await market.hide(client_id)
    await dana.get(PAGE, "danalabs")
    assert "Version 2 Withdrawn 15 Jan 2027 No Nowhere" in dana.text()


async def newest_draft(market: Market, client_id: str) -> Version:
    async with market.db.read() as reader:
        return await drafts.newest(reader, market.people.dana, client_id)


async def test_use_and_ratings_without_an_answer_are_counted(web: Web, market: Market) -> None:
    client_id = await market.listed(said())
    other = await market.listed(said(name="Invoice maker"))
    rating = await market.rate(client_id, 4, "Works well.")
    await market.rate(client_id, 2, "Slow.", by=market.people.charlie)
    await install(market.people, market.people.alice, other)
    await market.answer(rating, "Thank you!")
    dana = await dana_enters(web, PAGE)

    assert "2 accounts 1 to answer" in dana.text()
    assert "1 account Nothing to answer" in dana.text()
    await dana.get(LIST)
    assert "Published 2 accounts" in dana.text()


async def test_what_the_operator_stopped_is_called_that(web: Web, market: Market) -> None:
    client_id = await market.listed(said())
    async with market.db.write() as tx:
        await states.disable(tx, client_id, "It sends spam.", NOW)
    dana = await dana_enters(web, PAGE)

    assert "Version 1 Stopped by the operator" in dana.text()
    await dana.get(LIST)
    assert "Stopped by the operator Nobody" in dana.text()


async def test_private_ones_are_no_submissions(web: Web, market: Market) -> None:
    dana = await dana_signs_in(web)
    await dana.get(LIST)
    private = "/accounts/danalabs/integrations"
    await dana.submit(private)
    await dana.open(PAGE, "danalabs")

    assert "Nothing is submitted" in dana.text()
    await dana.get(LIST)
    assert "Private Not in use yet Nobody" in dana.text()


async def test_nobody_sees_submissions_of_another_account(web: Web, market: Market) -> None:
    version = await bring_to(market.people, market.mo, State.IN_REVIEW)
    async with market.db.write() as tx:
        await tx.change("update accounts set is_technical = true where subdomain = 'acme'")
    alice = await web.entered(ALICE, path=PAGE)

    assert "Nothing is submitted" in alice.text()
    assert version.client_id not in alice.page
    await alice.get("/accounts/acme/integrations")
    assert version.client_id not in alice.page


async def test_what_is_under_way_comes_first(web: Web, market: Market) -> None:
    await bring_to(market.people, market.mo, State.DRAFT)
    await market.listed(said(name="Invoice maker"))
    async with market.db.write() as tx:
        # Made later, and so before the draft in any list of integrations.
        await tx.change(
            "update integrations set created_at = created_at + 1 where name <> 'Parcel tracker'"
        )
    dana = await dana_enters(web, PAGE)
    words = dana.text()

    assert words.index("Parcel tracker") < words.index("Invoice maker")
