"""Giving a rating to what is installed, and answering it, on the control origin."""

import re

import pytest

from grantway.accounts.model import Role
from tests.contract.integration_cast import NOW
from tests.contract.listing_cast import install, join, uninstall
from tests.contract.version_cast import make_draft
from tests.integration.ratings_world import DANA, MO, Shop, open_shop, send
from tests.integration.web_client import ALICE, BOB, CHARLIE, Browser, Web

UNKNOWN = "0f3c9a52-6d1e-4c0b-9b7e-2a51c7d4e810"
GIVEN = (("stars", "4"), ("text", "Finds all.\r\nSlowly."))
THANKS = ("answer", "Thank you.")


@pytest.fixture
async def shop(web: Web, password_hashes: dict[str, str]) -> Shop:
    return await open_shop(web, password_hashes)


@pytest.fixture
async def dana(shop: Shop) -> Browser:
    return await shop.browser(DANA)


# Caller x action. Every caller meets the same rating of Alice and sends honest forms.

MAY = {
    ALICE: {"read": 200, "rate": 303, "delete": 303, "tab": 404, "answer": 404, "unsay": 404},
    BOB: {"read": 403, "rate": 403, "delete": 403, "tab": 404, "answer": 404, "unsay": 404},
    CHARLIE: {"read": 404, "rate": 404, "delete": 404, "tab": 404, "answer": 404, "unsay": 404},
    DANA: {"read": 404, "rate": 404, "delete": 404, "tab": 200, "answer": 303, "unsay": 303},
    MO: {"read": 404, "rate": 404, "delete": 404, "tab": 404, "answer": 404, "unsay": 404},
    "nobody": {"read": 303, "rate": 303, "delete": 303, "tab": 303, "answer": 303, "unsay": 303},
}


@pytest.mark.parametrize("email", MAY)
async def test_who_may_do_what(shop: Shop, email: str) -> None:
    rating = await shop.rated()
    browser = shop.web.browser() if email == "nobody" else await shop.browser(email)
    answer = f"{shop.tab}/{rating.id}/answer"
    sent = {
        "read": await browser.get(shop.rating),
        "tab": await browser.get(shop.tab),
        "rate": await send(browser, shop.rating, ("stars", "1"), ("text", "")),
        "answer": await send(browser, answer, THANKS),
    }
    (after,) = await shop.seen()
    sent |= {
        "delete": await send(browser, f"{shop.rating}/delete"),
        "unsay": await send(browser, f"{answer}/delete"),
    }

    assert {what: one.status_code for what, one in sent.items()} == MAY[email]
    assert after.stars == (1 if email == ALICE else 4)
    assert after.answer == ("Thank you." if email == DANA else None)
    assert len(await shop.seen()) == (0 if email == ALICE else 1)


async def test_a_form_without_its_token_changes_nothing(
    shop: Shop, alice: Browser, dana: Browser
) -> None:
    rating = await shop.rated()
    await alice.get(shop.rating)
    await dana.get(shop.tab)
    answer = f"{shop.tab}/{rating.id}/answer"
    for browser, path, fields in (
        (alice, shop.rating, GIVEN),
        (alice, f"{shop.rating}/delete", ()),
        (dana, answer, (THANKS,)),
        (dana, f"{answer}/delete", ()),
    ):
        token = ("form_token", browser.form_token())
        bare = await browser.post(path, fields)
        foreign = await browser.post(
            path, [token, *fields], headers={"sec-fetch-site": "cross-site"}
        )
        await browser.open("/sessions")
        assert (bare.status_code, foreign.status_code) == (403, 403)

    assert await shop.seen() == [rating]


async def test_a_rating_is_given_changed_and_deleted(shop: Shop, alice: Browser) -> None:
    await alice.get("/accounts/acme/installed")
    assert f'href="{shop.rating}"' in alice.page
    assert "Rate it" in alice.text()
    await alice.get(shop.rating)
    given = await alice.submit(shop.rating, *GIVEN)
    await alice.open(given.headers["location"])
    (first,) = await shop.seen()

    assert "Your rating is in the Marketplace" in alice.text()
    assert re.search(r'name="stars" value="4"[^>]* checked', alice.page)
    assert (first.stars, first.text) == (4, "Finds all.\nSlowly.")
    await alice.get("/accounts/acme/installed")
    assert "Your rating: 4 of 5 stars" in alice.text()
    await alice.get(f"/accounts/acme/installed/{shop.client_id}")
    assert "Your rating: 4 of 5 stars" in alice.text()

    await alice.get(shop.rating)
    await alice.submit(shop.rating, ("stars", "2"), ("text", "Lost one."))
    (changed,) = await shop.seen()
    assert (changed.id, changed.stars, changed.text) == (first.id, 2, "Lost one.")

    await alice.get(shop.rating)
    deleted = await alice.submit(f"{shop.rating}/delete")
    await alice.open(deleted.headers["location"])
    again = await alice.submit(f"{shop.rating}/delete")
    assert "Your rating is deleted" in alice.text()
    assert again.headers["location"] == "/accounts/acme/installed"
    assert await shop.seen() == []


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"stars": ""}, "Give 1 to 5 stars"),
        ({"stars": "6"}, "Give 1 to 5 stars"),
        ({"stars": "٣"}, "Give 1 to 5 stars"),
        ({"stars": "-1"}, "Give 1 to 5 stars"),
        ({"text": "a" * 2001}, "2000 characters"),
        ({"text": "a\u202eb"}, ""),
    ],
)
async def test_a_form_that_cannot_be_stored_comes_back_with_what_was_typed(
    shop: Shop, alice: Browser, fields: dict[str, str], told: str
) -> None:
    await alice.get(shop.rating)
    sent = {"stars": "5", "text": "Good <b>work</b>."} | fields
    refused = await alice.submit(shop.rating, *sent.items())

    assert refused.status_code == 422
    assert told in alice.text()
    assert 'aria-invalid="true"' in alice.page
    if "text" not in fields:
        assert "Good &lt;b&gt;work&lt;/b&gt;." in alice.page
    else:
        assert re.search(r'name="stars" value="5"[^>]* checked', alice.page)
    assert await shop.seen() == []
    honest = await alice.submit(shop.rating, *GIVEN)
    assert honest.status_code == 303


async def test_stars_are_one_question_for_a_keyboard_and_a_screen_reader(
    shop: Shop, alice: Browser
) -> None:
    await alice.get(shop.rating)

    assert re.search(r"<fieldset[^>]*>\s*<legend>How good is it\?</legend>", alice.page)
    assert re.findall(r'type="radio" name="stars" value="(\d)"', alice.page) == list("12345")
    words = alice.text()
    assert "1 star, Bad" in words
    assert "5 stars, Excellent" in words
    assert "style=" not in alice.page


async def test_what_is_not_listed_is_as_what_never_was(
    shop: Shop, alice: Browser, web: Web
) -> None:
    draft = await make_draft(shop.market.people)
    own = web.api.acme.client_id
    pages = []
    for client_id in (UNKNOWN, draft.client_id, own, "x" * 300, "%00"):
        page = f"/accounts/acme/installed/{client_id}/rating"
        answers = [await alice.get(page)]
        answers.append(await send(alice, page, *GIVEN))
        assert [one.status_code for one in answers] == [404, 404]
        pages.append(re.sub(r"[0-9A-Za-z]{16,}", "", answers[0].text))

    assert len(set(pages)) == 1
    assert (await alice.get(shop.rating)).status_code == 200
    await alice.get("/accounts/acme/installed")
    assert f"/installed/{own}/rating" not in alice.page


async def test_a_listing_that_is_hidden_is_rated_no_more(shop: Shop, alice: Browser) -> None:
    await shop.rated()
    await alice.get(shop.rating)
    await shop.market.hide(shop.client_id)
    refused = await alice.submit(shop.rating, *GIVEN)
    await alice.get("/accounts/acme/installed")

    assert refused.status_code == 404
    assert len(await shop.seen()) == 1
    assert "Rate it" not in alice.text()


async def test_the_author_of_a_rating_deletes_it_though_it_is_listed_no_more(
    shop: Shop, alice: Browser, web: Web
) -> None:
    await shop.rated(text="Finds all.")
    people = shop.market.people
    await join(people, people.alice, people.charlie, Role.ADMINISTRATOR)
    charlie = await shop.browser(CHARLIE)
    assert (await charlie.get(shop.rating)).status_code == 200
    await shop.market.hide(shop.client_id)
    await alice.get("/accounts/acme/installed")
    assert f'href="{shop.rating}"' in alice.page
    seen = await alice.get(shop.rating)
    words = alice.text()
    unrated = await charlie.get(shop.rating)
    unknown = await charlie.get(f"/accounts/acme/installed/{UNKNOWN}/rating")

    assert seen.status_code == 200
    assert "is not in the Marketplace any more" in words
    assert "Finds all." in words
    assert "Parcel tracker" not in alice.page
    assert "Dana" not in alice.page
    assert 'name="stars"' not in alice.page
    assert (unrated.status_code, unknown.status_code) == (404, 404)
    deleted = await alice.submit(f"{shop.rating}/delete")
    assert deleted.headers["location"] == "/accounts/acme/installed?done=unrated"
    assert await shop.seen() == []
    assert (await alice.get(shop.rating)).status_code == 404
    await alice.get("/accounts/acme/installed")
    assert f'href="{shop.rating}"' not in alice.page


async def test_who_has_it_not_installed_is_told_so(shop: Shop) -> None:
    charlie, page = await shop.browser(CHARLIE), shop.rating_in("bolt")
    seen = await charlie.get(page)
    words = charlie.text()
    refused = await send(charlie, page, *GIVEN)

    assert (seen.status_code, refused.status_code) == (403, 403)
    assert "Parcel tracker is not installed in Bolt" in words
    assert "Parcel tracker is not installed in Bolt" in charlie.text()
    assert 'name="stars"' not in charlie.page
    await install(shop.market.people, shop.market.people.charlie, shop.client_id)
    assert (await charlie.get(page)).status_code == 200
    assert (await charlie.submit(page, *GIVEN)).status_code == 303


async def test_after_uninstalling_a_rating_may_be_deleted_and_not_changed(
    shop: Shop, alice: Browser
) -> None:
    await shop.rated()
    await uninstall(shop.market.people, shop.market.people.alice, shop.client_id)
    seen = await alice.get(shop.rating)
    refused = await alice.submit(shop.rating, *GIVEN)

    assert (seen.status_code, refused.status_code) == (200, 403)
    assert "Yours stays as it is, until you delete it" in alice.text()
    assert 'name="stars"' not in alice.page
    assert (await alice.submit(f"{shop.rating}/delete")).status_code == 303
    assert await shop.seen() == []


async def test_nobody_rates_what_their_own_account_made(shop: Shop) -> None:
    people = shop.market.people
    await install(people, people.dana, shop.client_id)
    await join(people, people.dana, people.alice, Role.USER)
    dana, alice = await shop.browser(DANA), await shop.browser(ALICE)
    for browser, page in ((dana, shop.rating_in("danalabs")), (alice, shop.rating)):
        assert (await browser.get(page)).status_code == 403
        assert "You belong to the account that made Parcel tracker" in browser.text()
        assert (await send(browser, page, *GIVEN)).status_code == 403
    await dana.get("/accounts/danalabs/installed")

    assert "Rate it" not in dana.text()
    assert await shop.seen() == []


async def test_what_a_moderator_removed_stays_removed_and_says_why(
    shop: Shop, alice: Browser
) -> None:
    await alice.get(shop.rating)
    await shop.remove(await shop.rated(stars=1, text="Rude words."))
    refused = await alice.submit(shop.rating, *GIVEN)
    told = alice.text()
    seen = await alice.get(shop.rating)
    words = alice.text()

    assert (seen.status_code, refused.status_code) == (200, 422)
    assert "A moderator removed your rating" in told
    assert "A moderator removed your rating" in words
    assert "It insults people." in words
    assert "Rude words." in words
    assert 'name="stars"' not in alice.page
    await alice.get("/accounts/acme/installed")
    assert "Your rating was removed" in alice.text()
    await alice.submit(f"{shop.rating}/delete")
    await alice.get(shop.rating)
    assert "It insults people." in alice.text()
    assert await shop.seen() == []


async def test_the_author_sees_the_answer(shop: Shop, alice: Browser) -> None:
    await shop.market.answer(await shop.rated(), "We are looking.\nThank you.")
    await alice.get(shop.rating)

    assert "Answer by Dana Labs" in alice.text()
    assert "We are looking. Thank you." in alice.text()


async def test_times_are_those_of_the_platform(shop: Shop, alice: Browser, web: Web) -> None:
    web.clock.advance(600)
    await alice.get(shop.rating)
    await alice.submit(shop.rating, *GIVEN)

    assert [one.rated_at for one in await shop.seen()] == [NOW + 600]
