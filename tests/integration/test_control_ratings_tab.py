"""Tab Ratings: what users think of an integration, and the one answer to each."""

import re

import pytest

from tests.contract.version_cast import make_draft
from tests.integration.ratings_world import DANA, Shop, open_shop, send
from tests.integration.web_client import Browser, Web

THANKS = ("answer", "Thank you.")


@pytest.fixture
async def shop(web: Web, password_hashes: dict[str, str]) -> Shop:
    return await open_shop(web, password_hashes)


@pytest.fixture
async def dana(shop: Shop) -> Browser:
    return await shop.browser(DANA)


async def test_a_rating_has_one_answer_which_is_changed_and_taken_back(
    shop: Shop, dana: Browser
) -> None:
    rating = await shop.rated(stars=2, text="Lost <b>one</b>.")
    answer = f"{shop.tab}/{rating.id}/answer"
    await dana.get(shop.tab)
    assert "Lost &lt;b&gt;one&lt;/b&gt;." in dana.page
    assert "Ratings 1 unanswered" in dana.text()
    sent = await dana.submit(answer, ("answer", "We look\r\nfor it."))
    await dana.open(sent.headers["location"])
    (first,) = await shop.seen()

    assert "Your answer is in the Marketplace" in dana.text()
    assert first.answer == "We look\nfor it."
    assert "1 unanswered" not in dana.text()
    await dana.submit(answer, ("answer", "We found it."))
    (second,) = await shop.seen()
    assert second.answer == "We found it."
    await dana.get(shop.tab)
    assert "We found it.</textarea>" in dana.page
    gone = await dana.submit(f"{answer}/delete")
    await dana.open(gone.headers["location"])
    assert "Your answer is gone" in dana.text()
    assert [one.answer for one in await shop.seen()] == [None]


@pytest.mark.parametrize("text", ["", "  ", "a" * 2001, "a\u202eb"])
async def test_an_answer_that_cannot_be_stored_comes_back(
    shop: Shop, dana: Browser, text: str
) -> None:
    rating = await shop.rated()
    await dana.get(shop.tab)
    refused = await dana.submit(f"{shop.tab}/{rating.id}/answer", ("answer", text))

    assert refused.status_code == 422
    assert f'href="#f-answer-{rating.id}"' in dana.page
    assert '<details class="answer-form" open>' in dana.page
    assert [one.answer for one in await shop.seen()] == [None]
    honest = await dana.submit(f"{shop.tab}/{rating.id}/answer", THANKS)
    assert honest.status_code == 303


async def test_only_what_is_seen_and_about_this_integration_is_answered(
    shop: Shop, dana: Browser
) -> None:
    removed, stays = await shop.many_rate(2)
    await shop.remove(removed)
    other = await make_draft(shop.market.people)
    await dana.get(shop.tab)
    assert "Erin 0" not in dana.text()
    for path in (
        f"{shop.tab}/{removed.id}/answer",
        f"{shop.tab}/{stays.id + 100}/answer",
        f"{shop.tab}/9999999999999999999/answer",
        f"/accounts/danalabs/integrations/{other.client_id}/ratings/{stays.id}/answer",
    ):
        assert (await send(dana, path, THANKS)).status_code == 404

    assert (await send(dana, f"{shop.tab}/{stays.id}/answer", THANKS)).status_code == 303


async def test_the_mean_and_each_number_of_stars_are_counted(shop: Shop, dana: Browser) -> None:
    await dana.get(shop.tab)
    assert "Nobody has rated it yet" in dana.text()
    *_, last = await shop.many_rate(6)
    await dana.get(shop.tab)

    assert "2.7 of 5 stars, 6 ratings" in dana.text()
    assert "1 star: 2 ratings" in dana.text()
    assert "5 stars: 1 rating" in dana.text()
    await shop.remove(last)
    await dana.get(shop.tab)
    assert "3.0 of 5 stars, 5 ratings" in dana.text()


def names(browser: Browser) -> list[str]:
    return re.findall(r'<strong id="by-\d+">([^<]+)</strong>', browser.page)


async def test_pages_go_from_the_newest_to_the_oldest(shop: Shop, dana: Browser) -> None:
    made = await shop.many_rate(23)
    await dana.get(shop.tab)
    first, (older,) = names(dana), re.findall(r'href="([^"]*before=[^"]*)"', dana.page)
    await dana.get(older)
    second = names(dana)

    assert first + second == [one.author for one in reversed(made)]
    assert (len(first), len(second)) == (20, 3)
    assert "Newest" in dana.text()
    rating = made[0]
    sent = await dana.submit(f"{shop.tab}/{rating.id}/answer?before={made[3].id}", THANKS)
    assert sent.headers["location"] == f"{shop.tab}?before={made[3].id}&done=answered"
    for before in ("x", "-1", "9" * 30):
        assert (await dana.get(f"{shop.tab}?before={before}")).status_code == 404


async def test_the_unanswered_ones_are_found(shop: Shop, dana: Browser) -> None:
    made = await shop.many_rate(3)
    await shop.market.answer(made[1], "Thank you.")
    await dana.get(f"{shop.tab}?show=unanswered")
    found = names(dana)
    (path,) = re.findall(rf'action="({shop.tab}/{made[0].id}/answer[^"/]*)"', dana.page)
    await dana.open((await dana.submit(path, THANKS)).headers["location"])

    assert found == ["Erin 2", "Erin 0"]
    assert names(dana) == ["Erin 2"]
    await shop.market.answer(made[2], "Thank you.")
    await dana.get(f"{shop.tab}?show=unanswered")
    assert "Every rating has its answer" in dana.text()


async def test_the_tab_is_there_for_what_was_ever_published(
    shop: Shop, dana: Browser, alice: Browser, web: Web
) -> None:
    draft = await make_draft(shop.market.people)
    base = f"/accounts/danalabs/integrations/{draft.client_id}"
    assert (await dana.get(f"{base}/ratings")).status_code == 404
    await dana.get(base)
    assert f"{base}/ratings" not in dana.page
    assert (await alice.get(f"{web.window}/ratings")).status_code == 404
    await alice.get(web.window)
    assert f"{web.window}/ratings" not in alice.page

    await shop.rated()
    await shop.market.hide(shop.client_id)
    assert (await dana.get(shop.tab)).status_code == 200
    assert names(dana) == ["Alice"]
