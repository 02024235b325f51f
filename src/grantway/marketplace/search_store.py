"""The SQL of searching."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grantway.db import Reader, Value
from grantway.marketplace.listing_store import COLUMNS
from grantway.marketplace.model import Place, Tile
from grantway.marketplace.words import Nearness

NAME_BEGINS = 10_000
"""Points for a name that begins with what was typed: above all that words can add up to."""

_ASKED = 4
"""For each word that is taken, so many are asked whether anybody says them: asking all is slow."""


class Meant(msgspec.Struct, frozen=True):
    """A word that somebody typed, and words of listings that it may stand for.

    *is_noise*: so many say it that it tells nothing.
    """

    typed: str
    begins: Sequence[str]
    near: Sequence[str]
    is_noise: bool = False

    @property
    def words(self) -> list[str]:
        return [self.typed, *self.begins, *self.near]


class Found(Tile, frozen=True):
    """A listing that a search found, with what it is worth, and whether it may be seen."""

    points: int
    is_seen: bool

    @property
    def place(self) -> Place:
        return Place(self.points, self.rank, self.number)


async def list_words(
    reader: Reader, language: str, grams: Sequence[str], least: int, limit: int
) -> list[str]:
    """Return words that share at least so many parts, those first that share most.

    Words that no listing says any more are left out before so many are taken:
    else those of somebody who was taken down would stand in the way of others.
    """
    return await reader.column(
        """
        select word
          from (select word, count(*) as shared from word_grams
                 where language = :language and gram in (:grams)
                 group by word having count(*) >= :least
                 order by shared desc, length(word), word limit :asked) g
         where exists (select 1 from listing_words w
                        where w.language = :language and w.word = g.word)
         order by shared desc, length(word), word limit :limit
        """,
        language=language,
        grams=grams,
        least=least,
        asked=_ASKED * limit,
        limit=limit,
    )


async def count_saying(reader: Reader, language: str, words: Sequence[str], most: int) -> int:
    """Return how often listings say one of the words; *most* when they do so more often."""
    count: int = await reader.value(
        """
        select count(*) from (select 1 from listing_words
                               where language = :language and word in (:words) limit :most) w
        """,
        language=language,
        words=words,
        most=most,
    )
    return count


async def list_found(
    reader: Reader,
    language: str,
    heads: Sequence[str],
    meant: Sequence[Meant],
    needed: int,
    rare: Sequence[str],
    after: Place,
    limit: int,
) -> list[Found]:
    """Return listings that say at least *needed* of the words, the best first, behind *after*.

    A word counts twice in a name. Names that begin with one of *heads* come
    first. If there are *rare* words, only listings that say one of them are
    looked at, by what each says and not by who says each.
    """
    values: dict[str, Value] = {}
    said = "language = :language and word in"
    if rare:
        values["rare"] = rare
        # Joined with nothing, so that no database looks for all who say a common word.
        said = """number in (select number from listing_words
                              where language = :language and word in (:rare))
               and word || '' in"""
    parts = [
        f"""
        select number, rank, {NAME_BEGINS} * count(*) as points, 0 as said from listing_words
         where language = :language and word in (:heads) group by number, rank
        """
    ]
    for n, one in enumerate(meant):
        values |= {f"same_{n}": one.typed, f"begins_{n}": one.begins, f"near_{n}": one.near}
        parts.append(
            f"""
            select number, rank,
                   max(case when word = :same_{n} then {Nearness.SAME:d}
                            when word in (:begins_{n}) then {Nearness.BEGINS:d}
                            else {Nearness.NEAR:d} end
                       * case when is_in_name then 2 else 1 end) as points,
                   1 as said
              from listing_words
             where {said} (:same_{n}, :begins_{n}, :near_{n})
             group by number, rank
            """
        )
    # Whether a listing may be seen is asked for those of the page, and not for all that is found.
    return await reader.all(
        Found,
        f"""
        select {COLUMNS}, h.points, l.is_shown and n.status = 'published'
          from (select * from (
                    select number, rank, cast(sum(points) as bigint) as points
                      from ({" union all ".join(parts)}) w
                     group by number, rank having sum(said) >= :needed) f
                 where (points, rank, number) < (:points, :rank, :number)
                 order by points desc, rank desc, number desc limit :limit) h
          join listings l on l.number = h.number
          join integrations n on n.client_id = l.client_id
         order by h.points desc, h.rank desc, h.number desc
        """,
        language=language,
        heads=heads,
        needed=needed,
        limit=limit,
        **msgspec.structs.asdict(after),
        **values,
    )
