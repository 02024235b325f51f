"""What everybody may look at: the front page, categories, and a listing's own page.

Listings are ordered by whether they are featured, then by their ratings, then
by how many have them installed. What is not published is not met in any of
these ways (S-154).
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grantway.db import Reader
from grantway.marketplace import listing_store, rating_store
from grantway.marketplace.categories import CATEGORIES
from grantway.marketplace.errors import CategoryUnknown, ListingNotFound
from grantway.marketplace.model import PAGE, STARS, Details, Listed, Listing, Page, Place, Tile


async def front(reader: Reader, language: str, *, after: str = "", limit: int = PAGE) -> Page:
    """Return listings of all categories in one language."""
    place = Place.read(after)
    return _page(await listing_store.list_shown(reader, language, place, limit + 1), limit)


async def in_category(
    reader: Reader, language: str, category: str, *, after: str = "", limit: int = PAGE
) -> Page:
    """Return listings of one category in one language. Raises CategoryUnknown."""
    if category not in CATEGORIES:
        raise CategoryUnknown(CATEGORIES)
    place = Place.read(after)
    found = await listing_store.list_of_category(reader, language, category, place, limit + 1)
    return _page(found, limit)


async def counts(reader: Reader, language: str) -> dict[str, int]:
    """Return how many listings each category has in one language, in the order of CATEGORIES."""
    found = await listing_store.count_by_category(reader, language)
    by_category = {one.category: one.listings for one in found}
    return {code: by_category.get(code, 0) for code in CATEGORIES}


async def spoken(reader: Reader) -> list[str]:
    """Return the languages of the catalogues in which anything is listed."""
    return await listing_store.list_languages(reader)


async def listing(reader: Reader, language: str, client_id: str) -> Listing:
    """Return a listing as its own page shows it, in no other language than this.

    Raises ListingNotFound.
    """
    tile = await listing_store.find_shown(reader, language, client_id)
    page = await listing_store.find_page(reader, language, client_id)
    if tile is None or page is None:
        raise ListingNotFound
    given = await rating_store.count_by_stars(reader, client_id)
    return Listing(
        tile=tile,
        details=msgspec.json.decode(page.details, type=Details),
        updated_at=page.updated_at,
        languages=tuple(await listing_store.list_shown_languages(reader, client_id)),
        by_stars=dict.fromkeys(reversed(STARS), 0) | {one.stars: one.ratings for one in given},
    )


async def logo(reader: Reader, language: str, client_id: str) -> str:
    """Return which picture is the logo of a listing; empty when it must not be met."""
    tile = await listing_store.find_shown(reader, language, client_id)
    return "" if tile is None else tile.logo


async def languages(reader: Reader, client_id: str) -> list[str]:
    """Return in which languages an integration is listed; none when it must not be met."""
    return await listing_store.list_shown_languages(reader, client_id)


async def how_many(reader: Reader) -> int:
    """Return how many listings there are, in all languages together."""
    return await listing_store.count_listed(reader)


async def list_all(reader: Reader, begin: str, *, after: str, limit: int) -> list[Listed]:
    """Return what is listed whose id begins with *begin*, by id, from behind the id *after*.

    Of each integration all languages come together: so at least as many as
    there are languages must be asked for.
    """
    # Behind the last digit of ids come other letters.
    found = await listing_store.list_listed(reader, begin, f"{begin}g", after, limit)
    if len(found) < limit:
        return found
    return [one for one in found if one.client_id != found[-1].client_id]


def _page(found: Sequence[Tile], limit: int) -> Page:
    shown = list(found[:limit])
    return Page(shown, str(shown[-1].place) if len(found) > limit else "")
