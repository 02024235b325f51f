"""What search engines, previews and caches are told of the Marketplace."""

import json
import re
from xml.etree import ElementTree as ET

import httpx
import pytest

from grantway.db import Database
from grantway.marketplace import catalogue
from grantway.web.public import sitemap
from tests.integration.api_client import Api
from tests.integration.marketplace_world import Market, open_market, said
from tests.integration.web_client import Browser

ROOT = "https://www.grantway.test"
MAPS = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
PICTURES = {"slide": "a" * 64, "icon": "b" * 64, "logo": "c" * 64}


@pytest.fixture
async def market(api: Api) -> Market:
    return await open_market(api)


@pytest.fixture
def visitor(api: Api) -> Browser:
    return Browser(api.platform)


def document(visitor: Browser) -> dict[str, object]:
    """Return the listing as search engines read it."""
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', visitor.page)
    assert found
    read: dict[str, object] = json.loads(found[1])
    return read


async def show_pictures(db: Database, client_id: str, *kinds: str) -> None:
    """Let a listing show pictures, whether or not there are such files."""
    shown = {kind: PICTURES[kind] if kind in kinds else "" for kind in PICTURES}
    gallery = json.dumps([shown["slide"]]) if shown["slide"] else "[]"
    async with db.write() as tx:
        await tx.change(
            """
            update listings set icon = :icon, logo = :logo,
                   page = replace(page, '"gallery":[]', :gallery) where client_id = :client_id
            """,
            icon=shown["icon"],
            logo=shown["logo"],
            gallery=f'"gallery":{gallery}',
            client_id=client_id,
        )


async def test_a_listing_is_a_software_application(market: Market, visitor: Browser) -> None:
    client_id = await market.listed(said())
    await visitor.get(f"/marketplace/{client_id}?lang=en", "www")
    unrated = document(visitor)
    await market.rate(client_id, 4, "Works well.")
    await visitor.get(f"/marketplace/{client_id}?lang=en", "www")

    assert unrated == {
        "@context": "https://schema.org",
        "@type": "SoftwareApplication",
        "name": "Parcel tracker",
        "description": "Parcels beside your leads",
        "url": f"{ROOT}/marketplace/{client_id}?lang=en",
        "inLanguage": "en",
        "applicationCategory": "BusinessApplication",
        "operatingSystem": "Web",
        "datePublished": unrated["datePublished"],
        "dateModified": unrated["dateModified"],
        "author": {"@type": "Organization", "name": "Dana Labs"},
        "offers": {"@type": "Offer", "price": "0", "priceCurrency": "USD"},
    }
    rating = {"@type": "AggregateRating", "ratingValue": 4.0, "ratingCount": 1}
    assert document(visitor)["aggregateRating"] == rating | {"bestRating": 5, "worstRating": 1}


async def test_a_paid_one_offers_nothing_for_nothing(market: Market, visitor: Browser) -> None:
    client_id = await market.listed(said(), price="external")
    await visitor.get(f"/marketplace/{client_id}?lang=en", "www")

    assert "offers" not in document(visitor)


async def test_what_an_integrator_wrote_cannot_end_the_data(
    market: Market, visitor: Browser
) -> None:
    name = "</script><!-- & \u2028"
    client_id = await market.listed(said())
    async with market.db.write() as tx:
        await tx.change(
            "update listings set name = :name where client_id = :client_id",
            name=name,
            client_id=client_id,
        )
    await visitor.get(f"/marketplace/{client_id}?lang=en", "www")

    assert document(visitor)["name"] == name
    assert visitor.page.count("</script>") == 2


@pytest.mark.parametrize(
    ("kinds", "shown", "size", "card"),
    [
        (("slide", "icon", "logo"), "slide", (1188, 616), "summary_large_image"),
        (("icon", "logo"), "icon", (400, 272), "summary_large_image"),
        (("logo",), "logo", (108, 108), "summary"),
    ],
)
async def test_a_preview_shows_the_largest_picture_with_its_size(
    market: Market,
    visitor: Browser,
    kinds: tuple[str, ...],
    shown: str,
    size: tuple[int, int],
    card: str,
) -> None:
    client_id = await market.listed(said())
    await show_pictures(market.db, client_id, *kinds)
    await visitor.get(f"/marketplace/{client_id}?lang=en", "www")
    href = f"{ROOT}/pictures/{PICTURES[shown]}.png"

    for line in (
        f'<meta property="og:image" content="{href}">',
        f'<meta property="og:image:width" content="{size[0]}">',
        f'<meta property="og:image:height" content="{size[1]}">',
        '<meta property="og:image:alt" content="Picture 1 of Parcel tracker">',
        f'<meta name="twitter:card" content="{card}">',
    ):
        assert line in visitor.page
    assert document(visitor)["image"] == href


async def test_without_a_picture_a_preview_shows_none(market: Market, visitor: Browser) -> None:
    client_id = await market.listed(said())
    await visitor.get(f"/marketplace/{client_id}?lang=en", "www")

    assert "og:image" not in visitor.page
    assert '<meta name="twitter:card" content="summary">' in visitor.page


async def test_what_did_not_change_is_not_sent_twice(market: Market, visitor: Browser) -> None:
    client_id = await market.listed(said())
    for path in ("/marketplace?lang=en", f"/marketplace/{client_id}", "/marketplace?q=parcel"):
        first = await visitor.get(path, "www")
        etag = first.headers["etag"]
        assert first.headers["cache-control"] == "public, no-cache"
        for known in (etag, f'"x", {etag}', f"W/{etag}", "*"):
            again = await visitor.get(path, "www", **{"if-none-match": known})
            assert (again.status_code, again.content) == (304, b"")
            for name in ("etag", "cache-control", "vary", "content-language"):
                assert again.headers[name] == first.headers[name]
        assert (await visitor.get(path, "www", **{"if-none-match": '"x"'})).status_code == 200


async def test_what_is_hidden_is_gone_at_once_whatever_a_browser_kept(
    market: Market, visitor: Browser
) -> None:
    client_id = await market.listed(said())
    kept = {
        path: (await visitor.get(path, "www")).headers["etag"]
        for path in ("/marketplace?lang=en", f"/marketplace/{client_id}?lang=en")
    }
    await market.hide(client_id)
    front, page = [
        await visitor.get(path, "www", **{"if-none-match": etag}) for path, etag in kept.items()
    ]

    assert (front.status_code, page.status_code) == (200, 404)
    assert "Parcel tracker" not in front.text
    assert "etag" not in page.headers
    assert page.headers["cache-control"] == "no-store"
    assert client_id not in (await addresses(visitor, "listings"))


@pytest.mark.parametrize("path", ["/marketplace", "/sitemap.xml", "/sitemaps/listings.xml"])
async def test_head_tells_what_get_would(market: Market, visitor: Browser, path: str) -> None:
    await market.listed(said())
    get, head = [await visitor.request(method, path, label="www") for method in ("GET", "HEAD")]

    assert (head.status_code, get.status_code) == (200, 200)
    for name in ("content-type", "cache-control", "content-security-policy"):
        assert head.headers[name] == get.headers[name]
    assert head.headers.get("etag") == get.headers.get("etag")


# The sitemap.


def read(answer: httpx.Response) -> ET.Element:
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/xml"
    return ET.fromstring(answer.content)


async def addresses(visitor: Browser, part: str) -> str:
    """Return what a part of the sitemap names, one a line."""
    tree = read(await visitor.get(f"/sitemaps/{part}.xml", "www"))
    return "\n".join(one.text or "" for one in tree.iterfind("s:url/s:loc", MAPS))


async def index(visitor: Browser) -> list[str]:
    tree = read(await visitor.get("/sitemap.xml", "www"))
    return [one.text or "" for one in tree.iterfind("s:sitemap/s:loc", MAPS)]


async def test_the_sitemap_names_pages_and_listings_in_each_language(
    market: Market, visitor: Browser
) -> None:
    both = await market.listed(said(), said("ru", "Посылки", "Рядом"), category="storage")
    await market.approved(said(name="Not yet"))
    hidden = await market.listed(said(name="Hidden"))
    await market.hide(hidden)
    here = f"{ROOT}/marketplace"

    assert await index(visitor) == [f"{ROOT}/sitemaps/{one}.xml" for one in ("pages", "listings")]
    assert (await addresses(visitor, "pages")).split() == [
        *(f"{here}?lang=en", f"{here}?lang=ru"),
        *(f"{here}/categories/storage?lang=en", f"{here}/categories/storage?lang=ru"),
    ]
    tree = read(await visitor.get("/sitemaps/listings.xml", "www"))
    found = {one.findtext("s:loc", "", MAPS): one for one in tree.iterfind("s:url", MAPS)}
    assert list(found) == [f"{here}/{both}?lang=en", f"{here}/{both}?lang=ru"]
    for url in found.values():
        alternates = {one.get("hreflang"): one.get("href") for one in url.iterfind("x:link", MAPS)}
        assert alternates == {
            "x-default": f"{here}/{both}",
            "en": f"{here}/{both}?lang=en",
            "ru": f"{here}/{both}?lang=ru",
        }
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", url.findtext("s:lastmod", "", MAPS))
    for address in found:
        assert (await visitor.get(address, "www")).status_code == 200


async def test_an_empty_marketplace_has_an_empty_map(market: Market, visitor: Browser) -> None:
    assert await index(visitor) == [f"{ROOT}/sitemaps/pages.xml"]
    assert await addresses(visitor, "pages") == ""
    assert await addresses(visitor, "listings") == ""


async def test_many_listings_are_told_in_parts_of_which_none_overlap(
    market: Market, visitor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [await market.listed(said(), said("es"), said("tr")) for _ in range(12)]
    monkeypatch.setattr(sitemap, "_PIECE", 7)
    whole = await addresses(visitor, "listings")
    monkeypatch.setattr(sitemap, "MOST_ADDRESSES", 30)
    parts = await index(visitor)
    named = [
        line
        for part in parts[1:]
        for line in (await addresses(visitor, part.rpartition("/")[2][:-4])).split()
    ]

    assert len(parts) == 17
    assert sorted(named) == sorted(whole.split())
    assert len(set(named)) == 36
    assert {line.partition("?")[0].rpartition("/")[2] for line in named} == set(ids)


async def test_a_part_never_names_more_than_it_may(
    market: Market, visitor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(6):
        await market.listed(said(), said("es"), said("tr"))
    monkeypatch.setattr(sitemap, "_PIECE", 7)
    monkeypatch.setattr(sitemap, "MOST_ADDRESSES", 12)

    assert 1 <= len((await addresses(visitor, "listings")).split()) <= 12
    async with market.db.read() as reader:
        assert await catalogue.how_many(reader) == 18


@pytest.mark.parametrize("part", ["g", "000", "x", "Listings", "..%2fx", "pages.xml"])
async def test_other_parts_are_not_there(market: Market, visitor: Browser, part: str) -> None:
    assert (await visitor.get(f"/sitemaps/{part}.xml", "www")).status_code == 404
    assert (await visitor.get("/sitemaps/0f.xml", "www")).status_code == 200
