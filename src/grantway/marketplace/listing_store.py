"""The SQL of listings: lists in their order, pages, and what changes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from grantway.db import Reader, Transaction
from grantway.marketplace.model import Listed, Place, Tile

COLUMNS = """
l.number, l.client_id, l.language, l.category, l.name, l.short_description, l.icon, l.logo,
l.owner_name, l.has_widget, l.price, l.is_featured, l.published_at, l.installs, l.rating_sum,
l.rating_count, l.rank
"""
"""What a tile is made of, of listings called l."""


class PageRow(msgspec.Struct, frozen=True):
    """What a listing's own page shows beside its tile."""

    details: str
    updated_at: int


class InCategory(msgspec.Struct, frozen=True):
    """How many listings a category has."""

    category: str
    listings: int


# Whether it is shown stands in the listing, for the indexes. The integration is asked as well:
# what somebody else stops or takes back is not met from that moment on (S-154).
_SHOWN = f"""
select {COLUMNS}
  from listings l join integrations n on n.client_id = l.client_id
 where l.is_shown and n.status = 'published' and l.language = :language
"""
_BEHIND = """
   and (l.rank, l.number) < (:rank, :number)
 order by l.rank desc, l.number desc
 limit :limit
"""
# Featured, then score, then installs: each as many times the next as that can ever be.
_RANK = """(case when is_featured then 1000000000000000 else 0 end + score * 10000000000
            + installs)"""


async def list_shown(reader: Reader, language: str, after: Place, limit: int) -> list[Tile]:
    """Return listings of a language in their order, from behind *after*."""
    return await reader.all(
        Tile,
        _SHOWN + _BEHIND,
        language=language,
        rank=after.rank,
        number=after.number,
        limit=limit,
    )


async def list_of_category(
    reader: Reader, language: str, category: str, after: Place, limit: int
) -> list[Tile]:
    """Return listings of a category in their order, from behind *after*."""
    return await reader.all(
        Tile,
        f"{_SHOWN} and l.category = :category {_BEHIND}",
        language=language,
        category=category,
        rank=after.rank,
        number=after.number,
        limit=limit,
    )


async def find_shown(reader: Reader, language: str, client_id: str) -> Tile | None:
    """Return one listing."""
    return await reader.one(
        Tile, f"{_SHOWN} and l.client_id = :client_id", language=language, client_id=client_id
    )


async def list_listed(reader: Reader, begin: str, end: str, after: str, limit: int) -> list[Listed]:
    """Return what is listed in any language, of ids between two texts, from behind *after*."""
    return await reader.all(
        Listed,
        """
        select l.client_id, l.language, l.updated_at
          from listings l join integrations n on n.client_id = l.client_id
         where l.client_id >= :begin and l.client_id < :end and l.client_id > :after
           and l.is_shown and n.status = 'published'
         order by l.client_id, l.language limit :limit
        """,
        begin=begin,
        end=end,
        after=after,
        limit=limit,
    )


async def count_listed(reader: Reader) -> int:
    """Return how many listings there are in all languages together."""
    count: int = await reader.value("select count(*) from listings where is_shown")
    return count


async def list_shown_languages(reader: Reader, client_id: str) -> list[str]:
    """Return in which languages the integration is listed."""
    return await reader.column(
        """
        select l.language from listings l join integrations n on n.client_id = l.client_id
         where l.client_id = :client_id and l.is_shown and n.status = 'published'
         order by l.language
        """,
        client_id=client_id,
    )


async def find_page(reader: Reader, language: str, client_id: str) -> PageRow | None:
    """Return what only the page of a listing shows."""
    return await reader.one(
        PageRow,
        "select page, updated_at from listings"
        " where client_id = :client_id and language = :language",
        language=language,
        client_id=client_id,
    )


async def count_by_category(reader: Reader, language: str) -> list[InCategory]:
    """Return how many listings of a language each category has."""
    return await reader.all(
        InCategory,
        """
        select category, count(*) from listings where language = :language and is_shown
         group by category
        """,
        language=language,
    )


async def list_languages(reader: Reader) -> list[str]:
    """Return the languages of catalogues with listings: one read of the index for each of them."""
    return await reader.column(
        """
        with recursive spoken as (
            select min(language) as language from listings where is_shown
            union all
            select (select min(l.language) from listings l
                     where l.is_shown and l.language > spoken.language)
              from spoken where spoken.language is not null)
        select language from spoken where language is not null
        """
    )


async def put(tx: Transaction, tile: Tile, details: str, now: int) -> None:
    """Store a listing, in place of the one that was there; `rate` follows, and ranks it."""
    (number,) = await tx.take_ids("listing")
    values = msgspec.structs.asdict(tile) | {"number": number}
    await tx.change(
        """
        insert into listings (number, client_id, language, is_shown, is_featured, category, name,
                              short_description, icon, logo, owner_name, has_widget, price,
                              published_at, updated_at, installs, rating_sum, rating_count, score,
                              rank, page)
        values (:number, :client_id, :language, true, :is_featured, :category, :name,
                :short_description, :icon, :logo, :owner_name, :has_widget, :price, :published_at,
                :now, :installs, :rating_sum, :rating_count, 0, :rank, :details)
        on conflict (client_id, language) do update
           set is_shown = true, is_featured = excluded.is_featured, category = excluded.category,
               name = excluded.name, short_description = excluded.short_description,
               icon = excluded.icon, logo = excluded.logo, owner_name = excluded.owner_name,
               has_widget = excluded.has_widget, price = excluded.price,
               updated_at = excluded.updated_at, installs = excluded.installs, page = excluded.page
        """,
        **values,
        details=details,
        now=now,
    )


async def list_of_integration(reader: Reader, client_id: str) -> list[Tile]:
    """Return the listings of an integration, those included that were taken down."""
    return await reader.all(
        Tile,
        f"select {COLUMNS} from listings l where l.client_id = :client_id order by l.language",
        client_id=client_id,
    )


async def remove_others(tx: Transaction, client_id: str, kept: Sequence[str]) -> int:
    """Remove the listings in languages that the integration does not speak any more."""
    return await tx.change(
        "delete from listings where client_id = :client_id and language not in (:kept)",
        client_id=client_id,
        kept=kept,
    )


async def show(tx: Transaction, client_id: str, *, is_shown: bool) -> int:
    """Show all listings of an integration, or none; return how many changed."""
    return await tx.change(
        """
        update listings set is_shown = :is_shown
         where client_id = :client_id and is_shown <> :is_shown
        """,
        client_id=client_id,
        is_shown=is_shown,
    )


async def is_any_featured(reader: Reader, client_id: str) -> bool:
    """Tell whether the integration stands before others."""
    found: int | None = await reader.value(
        "select 1 from listings where client_id = :client_id and is_featured", client_id=client_id
    )
    return found is not None


async def feature(tx: Transaction, client_id: str, *, is_featured: bool) -> int:
    """Put an integration before the others or back among them; return how many listings changed."""
    return await tx.change(
        """
        update listings set is_featured = :is_featured
         where client_id = :client_id and is_featured <> :is_featured
        """,
        client_id=client_id,
        is_featured=is_featured,
    )


async def rate(
    tx: Transaction, client_id: str, *, rating_sum: int, rating_count: int, score: int
) -> None:
    """Store what the ratings of an integration add up to."""
    await tx.change(
        """
        update listings set rating_sum = :rating_sum, rating_count = :rating_count, score = :score
         where client_id = :client_id
        """,
        client_id=client_id,
        rating_sum=rating_sum,
        rating_count=rating_count,
        score=score,
    )


async def rank(tx: Transaction, client_ids: Sequence[str]) -> None:
    """Let listings and their words stand where their stars, installs and moderators put them."""
    await tx.change(
        f"update listings set rank = {_RANK} where client_id in (:client_ids) and rank <> {_RANK}",
        client_ids=client_ids,
    )
    own = "(select l.rank from listings l where l.number = listing_words.number)"
    await tx.change(
        f"""
        update listing_words set rank = {own}
         where number in (select l.number from listings l where l.client_id in (:client_ids))
           and rank <> {own}
        """,
        client_ids=client_ids,
    )


async def put_words(tx: Transaction, tile: Tile, found: Mapping[str, bool]) -> None:
    """Store the words that find a listing, in place of those that did."""
    await tx.change("delete from listing_words where number = :number", number=tile.number)
    await tx.change_many(
        """
        insert into listing_words (language, word, number, is_in_name, rank)
        values (:language, :word, :number, :is_in_name, :rank)
        """,
        [
            {
                "language": tile.language,
                "word": word,
                "number": tile.number,
                "is_in_name": is_in_name,
                "rank": tile.rank,
            }
            for word, is_in_name in found.items()
        ],
    )


async def remove_words(tx: Transaction, client_id: str) -> None:
    """Let no search find the listings of an integration."""
    await tx.change(
        """
        delete from listing_words
         where number in (select number from listings where client_id = :client_id)
        """,
        client_id=client_id,
    )


async def add_grams(tx: Transaction, language: str, pairs: Sequence[tuple[str, str]]) -> None:
    """Store parts with the words that have them; those that are there already stay."""
    await tx.change_many(
        """
        insert into word_grams (language, gram, word) values (:language, :gram, :word)
        on conflict do nothing
        """,
        [{"language": language, "gram": gram, "word": word} for gram, word in pairs],
    )
