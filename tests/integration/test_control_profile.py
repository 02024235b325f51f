"""The page Profile: who one is, and the language that one reads, everywhere it counts."""

import re

import pytest

from grantway.accounts.model import LANGUAGES
from grantway.notices import service as notices
from grantway.notices.model import Kind
from tests.integration.market_inside import FRONT, open_market_with_dana, speaks, tiles
from tests.integration.marketplace_world import Market, said
from tests.integration.web_client import ALICE, BOB, Browser, Web


@pytest.fixture
async def market(web: Web, password_hashes: dict[str, str]) -> Market:
    return await open_market_with_dana(web, password_hashes)


async def choose(browser: Browser, language: str) -> int:
    await browser.get("/profile")
    return (await browser.submit("/profile", ("language", language))).status_code


def chosen(browser: Browser) -> list[str]:
    return re.findall(r'<option value="([^"]*)"[^>]* selected>', browser.page)


async def test_the_profile_is_in_the_menu_and_shows_who_one_is(web: Web, alice: Browser) -> None:
    await alice.get("/")
    assert '<a href="/profile">' in alice.page
    await alice.get("/profile")

    assert "Name Alice E-mail alice@acme.example" in alice.text()
    assert "The Marketplace, notices and e-mail. Settings pages are in English." in alice.text()
    assert "written in English, Español and Português;" in alice.text()
    assert '<a href="/notices#by-mail">' in alice.page
    offered = re.findall(r'<option value="(\w+)" lang="(\w+)"(?: selected)?>([^<]+)<', alice.page)
    assert offered == [(code, code, label) for code, label in LANGUAGES.items()]
    assert chosen(alice) == ["en"]


async def test_a_language_is_chosen_for_oneself_alone(web: Web, alice: Browser) -> None:
    bob = await web.signed_in(BOB)
    assert await choose(alice, "es") == 303
    await alice.get("/profile?done")
    await bob.get("/profile")

    assert "From now on you read Español" in alice.text()
    assert (chosen(alice), chosen(bob)) == (["es"], ["en"])
    assert await web.events("user.language_changed") == 1


@pytest.mark.parametrize("language", ["fr", "", "<b>"])
async def test_an_impossible_language_changes_nothing(
    web: Web, alice: Browser, language: str
) -> None:
    assert await choose(alice, "tr") == 303
    assert await choose(alice, language) == 422

    assert "Expected one of en, es, pt, id, tr, ru, and" in alice.text()
    assert 'id="f-language-error"' in alice.page
    assert "<title>Error: Profile" in alice.page
    assert chosen(alice) == ["tr"]
    assert await web.events("user.language_changed") == 1


async def test_a_language_of_before_is_not_shown_as_another_one(web: Web, alice: Browser) -> None:
    await speaks(web, ALICE, "fr")
    await alice.get("/profile")

    assert chosen(alice) == [""]
    assert "Choose one" in alice.text()
    assert await choose(alice, "ru") == 303


async def test_strangers_have_no_profile(web: Web) -> None:
    answer = await web.browser().get("/profile")

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


async def test_the_marketplace_of_the_workspace_follows_at_the_next_request(
    web: Web, market: Market
) -> None:
    await market.listed(said(), said("es", "Seguimiento de envíos", "Envíos junto a sus leads"))
    alice = await web.entered(ALICE, path=FRONT)
    assert tiles(alice) == ["Parcel tracker"]
    assert await choose(alice, "es") == 303
    await alice.get(FRONT, "acme")

    assert tiles(alice) == ["Seguimiento de envíos"]


async def test_the_public_marketplace_stays_by_the_browsers_wish(web: Web, market: Market) -> None:
    await market.listed(said(), said("es", "Seguimiento de envíos", "Envíos junto a sus leads"))
    alice = await web.entered(ALICE)
    assert await choose(alice, "es") == 303
    english = await alice.get("/marketplace", "www", **{"accept-language": "en"})
    spanish = await alice.get("/marketplace", "www", **{"accept-language": "es"})

    assert "Parcel tracker" in english.text
    assert "Seguimiento" not in english.text
    assert "Seguimiento de envíos" in spanish.text


async def test_notices_and_the_api_follow(web: Web, alice: Browser) -> None:
    async with web.api.db.write() as tx:
        await notices.tell_person(
            tx,
            web.api.acme.admin_id,
            Kind.RATING_ANSWERED,
            web.clock(),
            facts={"integration": "Parcel tracker", "quote": "Thank you."},
            path="/grants",
        )
    before = await api_language(web)
    await alice.get("/notices")
    assert '<article lang="en"' in alice.page
    assert await choose(alice, "es") == 303
    await alice.get("/notices")

    assert '<article lang="es"' in alice.page
    assert (before, await api_language(web)) == ("en", "es")


async def api_language(web: Web) -> object:
    answer = await web.api.call("GET", f"/api/v4/users/{web.api.acme.admin_id}")
    return answer.json()["lang"]
