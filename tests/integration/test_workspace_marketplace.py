"""The Marketplace inside a workspace: catalogues, what the account has, what was made in it."""

import re

import pytest

from grantway.marketplace import ratings
from tests.contract.listing_cast import install
from tests.integration.market_inside import FRONT, dana_enters, open_market_with_dana, speaks, tiles
from tests.integration.marketplace_world import Market, said
from tests.integration.web_client import ALICE, BOB, CHARLIE, Browser, Web

UNKNOWN = "0f3c9a52-6d1e-4c0b-9b7e-2a51c7d4e810"
CONTROL = "https://accounts.grantway.test/accounts"


@pytest.fixture
async def market(web: Web, password_hashes: dict[str, str]) -> Market:
    return await open_market_with_dana(web, password_hashes)


def tabs(browser: Browser) -> list[str]:
    found = re.search(
        r'<nav class="tabs" aria-label="Integrations">(.*?)</nav>', browser.page, re.DOTALL
    )
    assert found
    return re.findall(r">([^<]+)</a>", found[1])


async def test_the_catalogue_is_that_of_the_profile(web: Web, market: Market) -> None:
    await market.listed(said(), said("es", "Seguimiento de envíos", "Envíos junto a sus leads"))
    await market.listed(said("pt", "Rastreador", "Encomendas ao lado dos leads"))
    alice = await web.entered(ALICE, path=FRONT)

    assert tiles(alice) == ["Parcel tracker"]
    assert '<html lang="en">' in alice.page
    assert "Marketplace · Acme" in alice.page
    await speaks(web, ALICE, "es")
    # What the browser likes is of no account here, unlike for strangers.
    await alice.request("GET", FRONT, label="acme", headers={"accept-language": "pt"})
    assert tiles(alice) == ["Seguimiento de envíos"]
    assert '<html lang="en">' in alice.page
    assert '<div lang="es">' in alice.page
    assert "lang=" not in re.findall(r'href="/settings/widgets/([^"]*)"', alice.page)[0]


async def test_another_catalogue_is_looked_at_once(web: Web, market: Market) -> None:
    await market.listed(said(), said("es", "Seguimiento de envíos", "Envíos"))
    alice = await web.entered(ALICE, path=FRONT)
    assert '<a href="/settings/widgets/?lang=es" hreflang="es" lang="es">Español</a>' in alice.page

    await alice.get(f"{FRONT}?lang=es", "acme")
    assert tiles(alice) == ["Seguimiento de envíos"]
    assert "Este es el catálogo en Español. El idioma de su perfil es English." in alice.text()
    assert all("lang=es" in one for one in re.findall(r'<h2><a href="([^"]+)"', alice.page))
    await alice.get(f"{FRONT}?lang=es&q=seguimeinto", "acme")
    assert tiles(alice) == ["Seguimiento de envíos"]
    assert '<input type="hidden" name="lang" value="es">' in alice.page
    await alice.get(FRONT, "acme")
    assert tiles(alice) == ["Parcel tracker"]


@pytest.mark.parametrize("language", ["pt", "fr"])
async def test_without_a_catalogue_nothing_of_another_language_is_shown(
    web: Web, market: Market, language: str
) -> None:
    await market.listed(said(), said("es", "Seguimiento de envíos", "Envíos"))
    await speaks(web, ALICE, language)
    alice = await web.entered(ALICE, path=FRONT)

    assert tiles(alice) == []
    for code, name in (("en", "English"), ("es", "Español")):
        assert f'href="/settings/widgets/?lang={code}"' in alice.page
        assert name in alice.text()
    for path in (f"{FRONT}?q=parcel", "/settings/widgets/categories/other"):
        await alice.get(path, "acme")
        assert tiles(alice) == []
    await alice.get(f"{FRONT}?lang=en", "acme")
    assert tiles(alice) == ["Parcel tracker"]


async def test_an_empty_marketplace_says_so(web: Web, market: Market) -> None:
    alice = await web.entered(ALICE, path=FRONT)

    assert "There is no catalogue in English yet" in alice.text()
    assert "Nobody has listed an integration in any language so far." in alice.text()
    assert "?lang=" not in alice.page


async def test_a_search_and_categories_stay_in_the_workspace(web: Web, market: Market) -> None:
    await market.listed(said(), category="storage")
    await market.listed(said(name="Invoice maker", short="Bills"), category="payments")
    alice = await web.entered(ALICE, path=f"{FRONT}?q=parcle")

    assert tiles(alice) == ["Parcel tracker"]
    assert '<form class="market-search" role="search" action="/settings/widgets"' in alice.page
    await alice.get("/settings/widgets/categories/payments", "acme")
    assert tiles(alice) == ["Invoice maker"]
    assert "Payments and invoices · Marketplace · Acme" in alice.page
    for href in re.findall(r'href="(/settings/widgets[^"]*)"', alice.page):
        assert (await alice.get(href.replace("&amp;", "&"), "acme")).status_code == 200
    assert 'href="/marketplace' not in alice.page
    assert (await alice.get("/settings/widgets/categories/nothing", "acme")).status_code == 404


async def test_what_the_account_has_stands_on_its_tile(web: Web, market: Market) -> None:
    installed = await market.listed(said())
    await market.listed(said(name="Invoice maker", short="Bills"))
    await install(market.people, market.people.alice, installed)
    alice = await web.entered(ALICE, path=FRONT)
    assert "by Dana Labs Installed" in alice.text()
    assert alice.page.count("Installed</span>") == 1

    charlie = await web.entered(CHARLIE, "bolt", FRONT)
    assert "Installed</span>" not in charlie.page
    assert len(tiles(charlie)) == 2


async def test_a_listing_tells_administrators_what_they_can_do(web: Web, market: Market) -> None:
    client_id = await market.listed(said(), has_widget=False)
    path = f"{FRONT}{client_id}"
    alice = await web.entered(ALICE, path=path)
    managed = f'href="{CONTROL}/acme/installed"'
    rated = f'href="{CONTROL}/acme/installed/{client_id}/rating"'

    assert "In Acme Not installed here." in alice.text()
    assert "Go to parcel.example" in alice.text()
    assert managed not in alice.page
    assert rated not in alice.page
    assert "Parcel tracker · Marketplace · Acme" in alice.page
    await install(market.people, market.people.alice, client_id)
    await alice.get(path, "acme")
    assert "Installed here since 15 Jan 2027, by Alice" in alice.text()
    assert managed in alice.page
    assert rated in alice.page
    assert "Only administrators" not in alice.text()


async def test_a_listing_tells_others_whom_to_ask(web: Web, market: Market) -> None:
    client_id = await market.listed(said())
    path = f"{FRONT}{client_id}"
    bob = await web.entered(BOB, path=path)
    assert "Not installed here. Only administrators install integrations. Ask Alice." in bob.text()

    await install(market.people, market.people.alice, client_id)
    await bob.get(path, "acme")
    assert "Installed here since 15 Jan 2027, by Alice" in bob.text()
    assert "/accounts/acme/" not in bob.page


async def test_with_a_widget_nobody_is_promised_a_button(web: Web, market: Market) -> None:
    client_id = await market.listed(said(), has_widget=True)
    alice = await web.entered(ALICE, path=f"{FRONT}{client_id}")

    assert "It brings a widget, which administrators install" in alice.text()
    assert re.findall(r"<(?:form|button)[^>]*>", alice.page) == [
        '<form method="post" action="/sign-out">',
        '<button type="submit">',
    ]


async def test_ratings_are_read_inside_the_workspace(web: Web, market: Market) -> None:
    client_id = await market.listed(said())
    await market.answer(await market.rate(client_id, 4, "Works well."), "Thank you!")
    alice = await web.entered(ALICE, path=f"{FRONT}{client_id}")

    for words in ("Works well.", "Dana Labs answers", "Thank you!", "4.0 of 5 stars, 1 review"):
        assert words in alice.text()
    # Who rates for the integrator does not judge it.
    assert "Rate it" in alice.text()
    dana = await dana_enters(web, f"{FRONT}{client_id}")
    assert "Rate it" not in dana.text()


async def test_a_listing_in_other_languages_says_so(web: Web, market: Market) -> None:
    client_id = await market.listed(said("es", "Seguimiento", "Envíos"), said("pt", "Rastreador"))
    alice = await web.entered(ALICE, path=f"{FRONT}{client_id}")

    assert "Not listed in English" in alice.text()
    assert "Seguimiento" not in alice.text()
    for code in ("es", "pt"):
        assert f'href="/settings/widgets/{client_id}?lang={code}"' in alice.page
    await alice.get(f"{FRONT}{client_id}?lang=es", "acme")
    assert "Seguimiento" in alice.text()


async def test_pictures_come_from_the_public_host(web: Web, market: Market) -> None:
    alice = await web.entered(ALICE, path=FRONT)
    policy = (await alice.get(FRONT, "acme")).headers["content-security-policy"]

    assert "img-src 'self' data: https://www.grantway.test;" in policy


async def test_tabs_lead_to_what_there_is_for_the_viewer(web: Web, market: Market) -> None:
    alice = await web.entered(ALICE, path=FRONT)
    assert tabs(alice) == ["Marketplace", "Installed"]
    await alice.get("/settings/integrations/", "acme")
    assert tabs(alice) == ["Marketplace", "Installed"]
    assert (await alice.get("/settings/submissions/", "acme")).status_code == 404

    dana = await dana_enters(web, FRONT)
    assert tabs(dana) == ["Marketplace", "Installed", "My submissions"]
    async with web.api.db.write() as tx:
        await tx.change(
            "update account_users set role = 'user' where user_id = :user_id",
            user_id=market.people.dana.user_id,
        )
    await dana.get(FRONT, "danalabs")
    assert tabs(dana) == ["Marketplace", "Installed"]
    assert (await dana.get("/settings/submissions/", "danalabs")).status_code == 404


async def test_what_is_installed_leads_to_its_listing_while_it_has_one(
    web: Web, market: Market
) -> None:
    client_id = await market.listed(said())
    await install(market.people, market.people.alice, client_id)
    alice = await web.entered(ALICE, path="/settings/integrations/")
    assert re.findall(r'<h2><a href="([^"]+)"', alice.page) == [f"{FRONT}{client_id}"]

    await market.hide(client_id)
    await alice.get("/settings/integrations/", "acme")
    assert "Parcel tracker" in alice.text()
    assert f'href="{FRONT}{client_id}"' not in alice.page


@pytest.mark.parametrize("client_id", ["x", UNKNOWN.upper(), f"{UNKNOWN}0", "%00", "%2e%2e"])
async def test_an_odd_id_is_not_found(web: Web, market: Market, client_id: str) -> None:
    alice = await web.entered(ALICE, path=FRONT)

    assert (await alice.get(f"{FRONT}{client_id}", "acme")).status_code == 404


@pytest.mark.parametrize(
    "query",
    ["after=%00", "after=1.1.1.1.x", "q=%00%ff", "before=0", "lang=%00", "before=" + "9" * 30],
)
async def test_whatever_a_query_says_is_no_fault_of_ours(
    web: Web, market: Market, query: str
) -> None:
    client_id = await market.listed(said())
    alice = await web.entered(ALICE, path=FRONT)
    for path in (FRONT, "/settings/widgets/categories/other", f"{FRONT}{client_id}"):
        assert (await alice.get(f"{path}?{query}", "acme")).status_code == 200


@pytest.mark.parametrize("lang", ["en", "es", "pt", "id", "tr", "ru"])
async def test_every_catalogue_has_its_words(web: Web, market: Market, lang: str) -> None:
    client_id = await market.listed(said(lang))
    await install(market.people, market.people.alice, client_id)
    await speaks(web, ALICE, lang)
    alice = await web.entered(ALICE, path=FRONT)
    for path in (FRONT, f"{FRONT}?q=tracker", f"{FRONT}?q=zzzzzz", f"{FRONT}{client_id}"):
        answer = await alice.get(path, "acme")
        assert (path, answer.status_code) == (path, 200)
        assert f'<div lang="{lang}">' in alice.page
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", alice.page)


async def test_nobody_looks_without_being_inside(web: Web, market: Market) -> None:
    client_id = await market.listed(said())
    charlie = await web.signed_in(CHARLIE)
    for path in (FRONT, f"{FRONT}{client_id}", f"{FRONT}{UNKNOWN}", "/settings/submissions/"):
        answer = await charlie.get(path, "acme")
        assert answer.headers["location"].startswith("https://accounts.grantway.test/enter/acme")


async def test_nothing_is_changed_from_here(web: Web, market: Market) -> None:
    client_id = await market.listed(said())
    alice = await web.entered(ALICE, path=f"{FRONT}{client_id}")
    token = ("form_token", alice.form_token())
    for path in (FRONT, f"{FRONT}{client_id}", "/settings/submissions/"):
        assert (await alice.post(path, [token], label="acme")).status_code == 405
    assert await market_installed(web, client_id) == 0


async def market_installed(web: Web, client_id: str) -> int:
    async with web.api.db.read() as reader:
        found: int = await reader.value(
            "select count(*) from installations where client_id = :client_id", client_id=client_id
        )
    return found


async def test_reviews_go_on_in_the_workspace(
    web: Web, market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    client_id = await market.listed(said())
    await market.rate(client_id, 5, "The first one")
    await market.rate(client_id, 2, "The second one", by=market.people.charlie)
    whole = ratings.of_listing
    monkeypatch.setattr(ratings, "of_listing", lambda *a, **k: whole(*a, **{**k, "limit": 1}))
    alice = await web.entered(ALICE, path=f"{FRONT}{client_id}")
    older = re.search(r'href="([^"]+)" rel="next"', alice.page)

    assert older
    assert older[1].startswith(f"/settings/widgets/{client_id}?before=")
    await alice.get(older[1].replace("&amp;", "&").removesuffix("#reviews"), "acme")
    assert "The first one" in alice.text()
    assert "The second one" not in alice.text()
