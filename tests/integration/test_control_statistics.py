"""Tab Statistics: what came and went, by day and language; its table to take away."""

import csv
import io
import re

import httpx
import pytest

from grantway.accounts.actor import Actor
from tests.contract.listing_cast import install, uninstall
from tests.contract.version_cast import make_draft
from tests.integration.ratings_world import DANA, MO, Shop, open_shop
from tests.integration.web_client import ALICE, BOB, CHARLIE, Browser, Web

DAY = 86_400
TODAY, YESTERDAY = "15 Jan 2027", "14 Jan 2027"  # of the tests' clock


@pytest.fixture
async def shop(web: Web, password_hashes: dict[str, str]) -> Shop:
    """Return a listing that Alice installed just now."""
    return await open_shop(web, password_hashes)


@pytest.fixture
async def dana(shop: Shop) -> Browser:
    return await shop.browser(DANA)


async def came(shop: Shop, actor: Actor, days_ago: int, *, stayed: int | None = None) -> None:
    """Let somebody install it some days ago, and uninstall it when it *stayed* so many days."""
    at = shop.web.clock() - days_ago * DAY
    await install(shop.market.people, actor, shop.client_id, at)
    if stayed is not None:
        await uninstall(shop.market.people, actor, shop.client_id, at + stayed * DAY)


async def speaks(shop: Shop, actor: Actor, language: str) -> None:
    async with shop.market.db.write() as tx:
        await tx.change(
            "update users set language = :language where id = :id",
            language=language,
            id=actor.user_id,
        )


def rows(browser: Browser) -> list[tuple[str, ...]]:
    """Return the table of days, the newest first."""
    _, _, table = browser.page.partition('class="numbers-room"')
    found = re.findall(
        r'<th scope="row">([^<]+)</th><td>([\d,]+)</td><td>([\d,]+)</td>',
        table.partition("</table>")[0],
    )
    return [tuple(one) for one in found]


def table(answer: httpx.Response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.text, newline="")))


async def test_days_without_anything_count_zero_and_today_is_the_clocks(
    shop: Shop, dana: Browser
) -> None:
    charlie = shop.market.people.charlie
    await came(shop, charlie, 40, stayed=2)
    await came(shop, charlie, 9, stayed=8)
    await dana.get(f"{shop.statistics}?days=30")
    month = rows(dana)

    assert "Works now in 1 account Installed 2 times in 30 days Uninstalled 1 time" in dana.text()
    assert len(month) == 30
    assert month[:3] == [(TODAY, "1", "0"), (YESTERDAY, "0", "1"), ("13 Jan 2027", "0", "0")]
    assert month[9] == ("6 Jan 2027", "1", "0")
    assert month[-1][0] == "17 Dec 2026"
    await dana.get(shop.statistics)
    assert (len(rows(dana)), rows(dana)[40]) == (90, ("6 Dec 2026", "1", "0"))
    shop.web.clock.advance(DAY // 2)
    dana = await shop.browser(DANA)
    await dana.get(shop.statistics)
    assert rows(dana)[:2] == [(TODAY, "1", "0"), (YESTERDAY, "0", "1")]


async def test_the_next_day_begins_at_midnight(shop: Shop, dana: Browser) -> None:
    before_midnight = DAY - shop.web.clock() % DAY - 1
    shop.web.clock.advance(before_midnight)
    dana = await shop.browser(DANA)
    await dana.get(shop.statistics)
    assert rows(dana)[0] == (TODAY, "1", "0")
    shop.web.clock.advance(1)
    await dana.get(shop.statistics)
    assert rows(dana)[:2] == [("16 Jan 2027", "0", "0"), (TODAY, "1", "0")]


async def test_a_year_is_told_by_weeks_that_add_up(shop: Shop, dana: Browser) -> None:
    charlie = shop.market.people.charlie
    await came(shop, charlie, 364, stayed=1)
    await came(shop, charlie, 100, stayed=90)
    await dana.get(f"{shop.statistics}?days=365")
    weeks = rows(dana)

    assert "By week" in dana.text()
    assert weeks[0] == ("11 to 15 Jan 2027", "1", "0")
    assert weeks[2][0] == "28 Dec 2026 to 3 Jan 2027"
    assert weeks[-1] == ("16 to 18 Jan 2026", "1", "1")
    assert [sum(int(one[n]) for one in weeks) for n in (1, 2)] == [3, 2]


async def test_languages_are_counted_and_seen_alone(shop: Shop, dana: Browser) -> None:
    people = shop.market.people
    await speaks(shop, people.charlie, "es")
    await came(shop, people.charlie, 3, stayed=1)
    await came(shop, people.charlie, 1)
    await dana.get(shop.statistics)
    words = dana.text()
    await dana.get(f"{shop.statistics}?days=30&language=es")

    assert "All languages 3 1 Español 2 1 English 1 0" in words
    assert "By day, Español only" in dana.text()
    assert rows(dana)[:4] == [
        (TODAY, "0", "0"),
        (YESTERDAY, "1", "0"),
        ("13 Jan 2027", "0", "1"),
        ("12 Jan 2027", "1", "0"),
    ]


async def test_the_chart_is_drawn_without_styles_and_says_what_it_shows(
    shop: Shop, dana: Browser
) -> None:
    answer = await dana.get(shop.statistics)

    assert dana.page.count('class="chart-up"') == 1
    assert dana.page.count('class="chart-down"') == 0
    assert f"<title>{TODAY}: 1 install, 0 uninstalls</title>" in dana.page
    assert re.search(r'role="img" aria-label="[^"]*18 Oct 2026 until 15 Jan 2027', dana.page)
    assert "style=" not in dana.page
    assert "style-src 'self';" in answer.headers["content-security-policy"]


async def test_what_never_came_is_told_in_words(shop: Shop, dana: Browser) -> None:
    shop.web.clock.advance(40 * DAY)
    dana = await shop.browser(DANA)
    await dana.get(f"{shop.statistics}?days=30")

    assert "Works now in 1 account Installed 0 times" in dana.text()
    assert "Nobody installed or uninstalled it in these 30 days" in dana.text()
    assert "chart-plot" not in dana.page
    assert len(rows(dana)) == 30


async def test_the_table_is_taken_away_as_rfc_4180_wants_it(shop: Shop, dana: Browser) -> None:
    await speaks(shop, shop.market.people.charlie, "es")
    await came(shop, shop.market.people.charlie, 1, stayed=1)
    answer = await dana.get(f"{shop.statistics}.csv?days=30")
    found = table(answer)

    assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"] == (
        f'attachment; filename="statistics-{shop.client_id}.csv"'
    )
    assert answer.content.endswith(b"\r\n")
    assert answer.content.count(b"\n") == answer.content.count(b"\r\n") == 61
    assert found[0] == ["day", "language", "installs", "uninstalls"]
    assert found[1:3] == [["2026-12-17", "en", "0", "0"], ["2026-12-17", "es", "0", "0"]]
    assert found[-4:] == [
        ["2027-01-14", "en", "0", "0"],
        ["2027-01-14", "es", "1", "0"],
        ["2027-01-15", "en", "1", "0"],
        ["2027-01-15", "es", "0", "1"],
    ]


@pytest.mark.parametrize("language", ["=1+1", "+cmd", "-1", "@x", "xx", '"'])
async def test_no_text_of_somebody_else_comes_into_the_table(
    shop: Shop, dana: Browser, language: str
) -> None:
    await speaks(shop, shop.market.people.alice, language)
    answer = await dana.get(f"{shop.statistics}.csv?days=30")
    await dana.get(shop.statistics)

    assert {one[1] for one in table(answer)[1:]} == {"en", "other"}
    assert table(answer)[-1] == ["2027-01-15", "other", "1", "0"]
    assert "All languages 1 0 Other 1 0" in dana.text()
    assert rows(dana)[0] == (TODAY, "1", "0")


@pytest.mark.parametrize(
    "query", ["days=31", "days=", "days=x", "days=-30", "days=9999", "language=xx", "language=%00"]
)
async def test_a_period_or_language_that_is_not_offered_is_not_there(
    shop: Shop, dana: Browser, query: str
) -> None:
    for path in (shop.statistics, f"{shop.statistics}.csv"):
        assert (await dana.get(f"{path}?{query}")).status_code == 404
        assert (await dana.get(f"{path}?days=30&language=es")).status_code == 200


@pytest.mark.parametrize(
    ("email", "status"), [(ALICE, 404), (BOB, 404), (CHARLIE, 404), (MO, 404), (DANA, 200)]
)
async def test_only_administrators_of_who_made_it_see_them(
    shop: Shop, email: str, status: int
) -> None:
    browser = await shop.browser(email)
    for path in (shop.statistics, f"{shop.statistics}.csv"):
        assert (await browser.get(path)).status_code == status
        assert (await shop.web.browser().get(path)).status_code == 303


async def test_a_user_of_the_account_is_sent_to_its_administrators(
    shop: Shop, dana: Browser
) -> None:
    async with shop.market.db.write() as tx:
        await tx.change(
            "update account_users set role = 'user' where user_id = :id",
            id=shop.market.people.dana.user_id,
        )
    for path in (shop.statistics, f"{shop.statistics}.csv", shop.tab):
        assert (await dana.get(path)).status_code == 403


async def test_private_ones_and_drafts_have_no_such_tab(
    shop: Shop, dana: Browser, alice: Browser, web: Web
) -> None:
    draft = await make_draft(shop.market.people)
    base = f"/accounts/danalabs/integrations/{draft.client_id}"
    for browser, window in ((dana, base), (alice, web.window)):
        await browser.get(window)
        assert "/statistics" not in browser.page
        assert (await browser.get(f"{window}/statistics")).status_code == 404
        assert (await browser.get(f"{window}/statistics.csv")).status_code == 404

    await dana.get(shop.tab)
    assert f'href="{shop.statistics}"' in dana.page
    await shop.market.hide(shop.client_id)
    assert (await dana.get(shop.statistics)).status_code == 200
