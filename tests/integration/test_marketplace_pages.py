"""The public Marketplace: catalogues, search, categories, listings, and what nobody may meet."""

import functools
import re

import httpx
import pytest

from grantway.integrations import states
from grantway.integrations.model import LANGUAGES
from grantway.marketplace import publishing, ratings
from grantway.marketplace.categories import CATEGORIES
from tests.contract.integration_cast import NOW
from tests.contract.version_cast import make_draft
from tests.integration.api_client import Api
from tests.integration.marketplace_world import Market, open_market, said
from tests.integration.web_client import Browser

UNKNOWN = "0f3c9a52-6d1e-4c0b-9b7e-2a51c7d4e810"


@pytest.fixture
async def market(api: Api) -> Market:
    return await open_market(api)


@pytest.fixture
def visitor(api: Api) -> Browser:
    return Browser(api.platform)


async def get(visitor: Browser, path: str, accept: str = "") -> httpx.Response:
    headers = {"accept-language": accept} if accept else {}
    return await visitor.get(path, "www", **headers)


def tiles(visitor: Browser) -> list[str]:
    """Return the names that the open page lists, in their order."""
    return re.findall(r'<h2><a href="/marketplace/[^"]+">([^<]+)</a></h2>', visitor.page)


async def test_an_empty_marketplace_says_so(market: Market, visitor: Browser) -> None:
    answer = await get(visitor, "/marketplace")

    assert answer.status_code == 200
    assert "Nothing is here yet" in visitor.text()
    assert visitor.cookies == {"www.grantway.test": {}}
    assert "<script" in visitor.page
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_each_language_has_a_catalogue_of_its_own(market: Market, visitor: Browser) -> None:
    await market.listed(said(), said("es", "Seguimiento de envíos", "Envíos junto a sus leads"))
    await market.listed(said("pt", "Rastreador", "Encomendas ao lado dos leads"))

    for path, accept, name in (
        ("/marketplace", "", "Parcel tracker"),
        ("/marketplace", "fr-FR, es-MX;q=0.9, en;q=0.5", "Seguimiento de envíos"),
        ("/marketplace", "fr, pl", "Parcel tracker"),
        ("/marketplace?lang=pt", "es", "Rastreador"),
        ("/marketplace?lang=xx", "es", "Seguimiento de envíos"),
    ):
        answer = await get(visitor, path, accept)
        assert (path, accept, tiles(visitor)) == (path, accept, [name])
        assert answer.headers["vary"] == "accept-language"
    await get(visitor, "/marketplace?lang=pt")
    assert '<html lang="pt">' in visitor.page
    assert "Todas as integrações" in visitor.text()


async def test_categories_are_counted_and_shown(market: Market, visitor: Browser) -> None:
    await market.listed(said(), category="storage")
    await market.listed(said(name="Invoice maker", short="Bills"), category="payments")

    await get(visitor, "/marketplace?lang=en")
    assert "integrations found" not in visitor.text()
    assert "All integrations 2" in visitor.text()
    assert "Payments and invoices 1" in visitor.text()
    assert "Telephony" not in visitor.text()
    await get(visitor, "/marketplace/categories/payments?lang=es")
    assert tiles(visitor) == []
    assert "Pagos y facturas" in visitor.text()
    await get(visitor, "/marketplace/categories/payments?lang=en")
    assert tiles(visitor) == ["Invoice maker"]


@pytest.mark.parametrize("code", ["nothing", "Payments", "payments%20", "%2e%2e", ""])
async def test_another_category_is_not_there(market: Market, visitor: Browser, code: str) -> None:
    assert (await get(visitor, f"/marketplace/categories/{code}")).status_code == 404
    assert (await get(visitor, "/marketplace/categories/payments")).status_code == 200


async def test_a_search_forgives_typing_errors(market: Market, visitor: Browser) -> None:
    await market.listed(said())
    await market.listed(said(name="Invoice maker", short="Bills"))

    await get(visitor, "/marketplace?q=parcle+tracker")
    assert tiles(visitor) == ["Parcel tracker"]
    assert "1 integration found" in visitor.text()
    assert "<title>Results for “parcle tracker” · Marketplace</title>" in visitor.page
    assert 'content="noindex, follow"' in visitor.page
    answer = await get(visitor, "/marketplace?q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert answer.status_code == 200
    assert "Nothing found for “<script>alert(1)</script>”" in visitor.text()
    assert "<script>alert" not in visitor.page
    assert "<title>Nothing found for “&lt;script&gt;" in visitor.page
    assert "integrations found" not in visitor.text()
    await get(visitor, "/marketplace?q=%20%20")
    assert len(tiles(visitor)) == 2


async def test_a_list_goes_on_where_its_page_ends(
    market: Market, visitor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(26):
        await market.listed(said(name=f"Tracker {n}"))
    for path in ("/marketplace?lang=en", "/marketplace?lang=en&q=tracker"):
        await get(visitor, path)
        first = tiles(visitor)
        assert ("26 integrations found" in visitor.text()) == ("&q=" in path)
        found = re.search(r'href="([^"]+)" rel="next"', visitor.page)
        assert found, path
        await get(visitor, found[1].replace("&amp;", "&"))
        assert len(first) == 24
        assert sorted(first + tiles(visitor)) == sorted(f"Tracker {n}" for n in range(26))
        assert 'rel="next"' not in visitor.page
        assert "Back to the beginning" in visitor.text()
        assert 'content="noindex, follow"' in visitor.page


async def test_a_listing_tells_everything_about_itself(market: Market, visitor: Browser) -> None:
    text = "Shows <b>parcels</b>.\nConnect it on https://parcel.example/connect?a=1&b=2."
    client_id = await market.listed(
        said(description=text, instructions="Press the button there."),
        said("es", "Seguimiento", "Envíos"),
        category="storage",
    )
    rating = await market.rate(client_id, 4, "Works well.\n<i>Fast</i>")
    await market.answer(rating, "Thank you!")
    answer = await get(visitor, f"/marketplace/{client_id}?lang=en")
    page = visitor.text()

    assert answer.status_code == 200
    assert "Shows parcels" in page
    assert "<b>parcels</b>.<br>" in visitor.page
    outward = 'target="_blank" rel="noopener noreferrer" referrerpolicy="no-referrer"'
    connect = "https://parcel.example/connect?a=1&amp;b=2"
    assert f'<a class="button button-wide" href="{connect}" {outward}>' in visitor.page
    assert "Go to parcel.example" in page
    assert "Press the button there." in page
    assert "Work with account data" in page
    assert "Show notifications" in page
    assert "English, Español" in page
    assert "4.0 (1) 4.0 of 5 stars, 1 review" in page
    assert "Works well.\n&lt;i&gt;Fast&lt;/i&gt;" in visitor.page
    assert "Dana Labs answers" in page
    assert "Thank you!" in page
    for href in (
        "https://parcel.example/privacy",
        "https://parcel.example/help",
        "mailto:help@parcel.example",
    ):
        assert f'href="{href}"' in visitor.page
    assert "Install " not in page


async def test_a_listing_tells_search_engines_and_previews(
    market: Market, visitor: Browser
) -> None:
    client_id = await market.listed(
        said(name="Parcels & <more>"), said("es", "Seguimiento", "Envíos")
    )
    await get(visitor, f"/marketplace/{client_id}?lang=es")
    here = f"https://www.grantway.test/marketplace/{client_id}"

    for line in (
        "<title>Seguimiento · Marketplace</title>",
        '<meta name="description" content="Envíos">',
        f'<link rel="canonical" href="{here}?lang=es">',
        f'<link rel="alternate" hreflang="x-default" href="{here}">',
        f'<link rel="alternate" hreflang="en" href="{here}?lang=en">',
        f'<link rel="alternate" hreflang="es" href="{here}?lang=es">',
        '<meta property="og:title" content="Seguimiento · Marketplace">',
        '<meta property="og:locale" content="es_ES">',
        f'<meta property="og:url" content="{here}?lang=es">',
    ):
        assert line in visitor.page
    assert 'hreflang="pt"' not in visitor.page
    await get(visitor, f"/marketplace/{client_id}?lang=en")
    assert "<title>Parcels &amp; &lt;more&gt; · Marketplace</title>" in visitor.page


async def test_a_link_without_a_language_finds_one(market: Market, visitor: Browser) -> None:
    client_id = await market.listed(said("es", "Seguimiento", "Envíos"))

    for accept in ("", "pt", "es-AR"):
        assert (await get(visitor, f"/marketplace/{client_id}", accept)).status_code == 200
        assert "Seguimiento" in visitor.text()
    assert (await get(visitor, f"/marketplace/{client_id}?lang=en")).status_code == 404


async def test_reviews_are_read_in_parts(
    market: Market, visitor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    client_id = await market.listed(said())
    await market.rate(client_id, 5, "The first one")
    await market.rate(client_id, 2, "The second one", by=market.people.charlie)
    one_at_once = functools.partial(ratings.of_listing, limit=1)
    monkeypatch.setattr(ratings, "of_listing", one_at_once)
    await get(visitor, f"/marketplace/{client_id}?lang=en")
    newest = visitor.text()
    older = re.search(r'href="([^"]+)" rel="next"', visitor.page)
    assert older
    await get(visitor, older[1].replace("&amp;", "&").removesuffix("#reviews"))

    assert "The second one" in newest
    assert "The first one" not in newest
    assert "Newest reviews" not in newest
    assert "The first one" in visitor.text()
    assert "The second one" not in visitor.text()
    assert "3.5 of 5 stars, 2 reviews" in visitor.text()
    assert "Newest reviews" in visitor.text()


async def test_a_listing_leads_to_https_alone(market: Market, visitor: Browser) -> None:
    text = 'Connect it <a href="javascript:alert(1)">here</a>. <img src="https://evil.example/x">'
    client_id = await market.listed(said(description=text))
    honest = await market.listed(said())
    # None of these can be written in a form; a page holds to the rule all the same.
    async with market.db.write() as tx:
        for written, bad in (
            ("https://parcel.example/privacy", "javascript:alert(2)"),
            ("https://parcel.example/help", "http://parcel.example/help"),
            ("help@parcel.example", "help@parcel.example?cc=everybody"),
        ):
            await tx.change(
                "update listings set page = replace(page, :written, :bad)"
                " where client_id = :client_id",
                written=written,
                bad=bad,
                client_id=client_id,
            )
    await get(visitor, f"/marketplace/{client_id}?lang=en")

    assert "Connect it here" in visitor.text()
    for part in ("javascript:", "http://parcel", "mailto:", "evil.example"):
        assert part not in visitor.page
    # Its description leads nowhere, so the site of its owner does.
    assert 'class="button button-wide" href="https://parcel.example/"' in visitor.page
    await get(visitor, f"/marketplace/{honest}?lang=en")
    assert 'href="https://parcel.example/privacy"' in visitor.page
    assert "mailto:help@parcel.example" in visitor.page


async def test_whether_it_is_paid_for_stands_on_its_tile_and_its_page(
    market: Market, visitor: Browser
) -> None:
    free = await market.listed(said())
    paid = await market.listed(said(name="Invoice maker"), price="external")
    await get(visitor, "/marketplace?lang=en")
    assert visitor.text().count("Paid") == 1
    assert re.search(r"Invoice maker .* Paid", visitor.text())
    await get(visitor, f"/marketplace/{paid}?lang=en")
    assert "Price Paid, outside of this Marketplace" in visitor.text()
    await get(visitor, f"/marketplace/{free}?lang=en")
    assert "Price Free" in visitor.text()


async def test_only_what_moderators_approved_is_called_so(market: Market, visitor: Browser) -> None:
    approved = await market.listed(said())
    draft = await make_draft(market.people)
    async with market.db.write() as tx:
        await publishing.publish_unreviewed(tx, draft.client_id, NOW)

    await get(visitor, f"/marketplace/{draft.client_id}?lang={draft.content.language}")
    assert "Looked at by moderators" not in visitor.text()
    assert f"by {draft.content.owner_name}" in visitor.text()
    await get(visitor, f"/marketplace/{approved}?lang=en")
    assert "Looked at by moderators" in visitor.text()


async def test_with_a_widget_nobody_is_sent_away(market: Market, visitor: Browser) -> None:
    client_id = await market.listed(said(), has_widget=True)
    await get(visitor, f"/marketplace/{client_id}?lang=en")

    assert "It brings a widget, which administrators install" in visitor.text()
    assert "Go to parcel.example" not in visitor.text()
    assert "Press the button" not in visitor.text()


async def test_what_is_not_published_is_answered_as_what_never_was(
    market: Market, visitor: Browser, api: Api
) -> None:
    approved = await market.approved(said())
    hidden = await market.listed(said(name="Hidden tracker"))
    await market.hide(hidden)
    stopped = await market.listed(said(name="Stopped tracker"))
    async with api.db.write() as tx:
        await states.disable(tx, stopped, "It sends spam.", NOW)
    private = api.acme.client_id

    def without_id(answer: httpx.Response) -> tuple[int, str, dict[str, str]]:
        own = answer.headers["x-request-id"]
        headers = {n: v for n, v in answer.headers.items() if n not in {"x-request-id", "date"}}
        return answer.status_code, answer.text.replace(own, ""), headers

    unknown = without_id(await get(visitor, f"/marketplace/{UNKNOWN}"))
    assert unknown[0] == 404
    for client_id in (approved, hidden, stopped, private, "x", UNKNOWN.upper(), f"{UNKNOWN}0"):
        for query in ("", "?lang=en", "?lang=es", "?before=1"):
            answer = await get(visitor, f"/marketplace/{client_id}{query}")
            assert (client_id, without_id(answer)) == (client_id, unknown)
    for path in (
        "/marketplace?lang=en",
        "/marketplace?lang=en&q=tracker",
        "/marketplace/categories/other?lang=en",
    ):
        assert (await get(visitor, path)).status_code == 200
        assert tiles(visitor) == []


@pytest.mark.parametrize("lang", list(LANGUAGES))
async def test_every_page_is_in_its_language(market: Market, visitor: Browser, lang: str) -> None:
    client_id = await market.listed(*(said(code) for code in sorted(LANGUAGES)))
    await market.rate(client_id, 5, "")
    for path in (
        "/marketplace",
        "/marketplace?q=tracker",
        "/marketplace?q=zzzzzz",
        *(f"/marketplace/categories/{code}" for code in CATEGORIES),
        f"/marketplace/{client_id}",
    ):
        answer = await get(visitor, path, lang)
        assert (path, answer.status_code) == (path, 200)
        assert f'<html lang="{lang}">' in visitor.page
        assert answer.headers["content-language"] == lang
        # Data for search engines is no script.
        page = visitor.page.replace(' type="application/ld+json"', " src=")
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", page)


@pytest.mark.parametrize(
    "query",
    ["after=%00", "after=1.1.1.1.x", "q=%00%ff", "before=0", "lang=%00", "before=" + "9" * 30],
)
async def test_whatever_a_query_says_is_no_fault_of_ours(
    market: Market, visitor: Browser, query: str
) -> None:
    client_id = await market.listed(said())
    for path in ("/marketplace", "/marketplace/categories/other", f"/marketplace/{client_id}"):
        assert (await get(visitor, f"{path}?{query}")).status_code == 200
