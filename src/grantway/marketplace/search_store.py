"""The SQL of searching."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grantway.db import Reader, Value
from grantway.marketplace.listing_store import COLUMNS
from grantway.marketplace.model import Place, Tile
from grantway.marketplace.words import Nearness

NAME_BEGINS = 10_000  # points, above all that words can add up to
NAME_IS = 2 * NAME_BEGINS


class Meant(msgspec.Struct, frozen=True):
    """A word that somebody typed, and words of listings that it may stand for."""

    typed: str
    begins: Sequence[str]
    near: Sequence[str]


class Found(Tile, frozen=True):
    """A listing that a search found, with what it is worth, and whether it may be seen."""

    points: int
    is_published: bool

    @property
    def place(self) -> Place:
        return Place(self.points, self.is_featured, self.score, self.installs, self.client_id)


async def list_words(
    reader: Reader, language: str, grams: Sequence[str], least: int, limit: int
) -> list[str]:
    """Return words that share at least so many parts, those first that share most."""
    return await reader.column(
        """
        select word from word_grams where language = :language and gram in (:grams)
         group by word having count(*) >= :least
         order by count(*) desc, length(word), word limit :limit
        """,
        language=language,
        grams=grams,
        least=least,
        limit=limit,
    )


async def list_found(
    reader: Reader,
    language: str,
    folded: str,
    meant: Sequence[Meant],
    needed: int,
    after: Place,
    limit: int,
) -> list[Found]:
    """Return listings that say at least *needed* of the words, the best first, behind *after*.

    A word counts twice in a name. What begins with *folded* comes first.
    """
    values: dict[str, Value] = {}
    parts = []
    for n, one in enumerate(meant):
        values |= {
            f"same_{n}": one.typed,
            f"begins_{n}": one.begins,
            f"near_{n}": one.near,
        }
        parts.append(
            f"""
            select client_id,
                   max(case when word = :same_{n} then {Nearness.SAME:d}
                            when word in (:begins_{n}) then {Nearness.BEGINS:d}
                            else {Nearness.NEAR:d} end
                       * case when is_in_name then 2 else 1 end) as points
              from listing_words
             where language = :language and word in (:same_{n}, :begins_{n}, :near_{n})
             group by client_id
            """
        )
    # Whether an integration may be met is asked for the page alone, and not for all that is found.
    return await reader.all(
        Found,
        f"""
        select {COLUMNS}, l.points, n.status = 'published'
          from (select * from (
                select l.*, h.points
                       + case when l.folded_name = :folded then {NAME_IS}
                              when substr(l.folded_name, 1, :length) = :folded then {NAME_BEGINS}
                              else 0 end as points
                  from (select client_id, sum(points) as points from ({" union all ".join(parts)}) w
                         group by client_id having count(*) >= :needed) h
                  join listings l on l.client_id = h.client_id and l.language = :language
                 where l.is_shown) f
                 where (points, is_featured, score, installs, client_id)
                       < (:points, :is_featured, :score, :installs, :client_id)
                 order by points desc, is_featured desc, score desc, installs desc, client_id desc
                 limit :limit) l
          join integrations n on n.client_id = l.client_id
         order by l.points desc, l.is_featured desc, l.score desc, l.installs desc,
                  l.client_id desc
        """,
        language=language,
        folded=folded,
        length=len(folded),
        needed=needed,
        limit=limit,
        **msgspec.structs.asdict(after),
        **values,
    )
