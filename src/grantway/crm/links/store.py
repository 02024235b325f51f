"""The SQL of links."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from grantway.crm.links.model import COMPANIES, Link, Neighbour
from grantway.db import Reader, Transaction


class _CompanyOf(NamedTuple):
    entity_id: int
    company_id: int


class _Count(NamedTuple):
    to_id: int
    from_type: str
    links: int


_AT_ONCE = 1_000  # values of one statement; both databases stop at some 32,000


async def list_companies(
    reader: Reader, account_id: int, entity_type: str, ids: Sequence[int]
) -> list[_CompanyOf]:
    """Return (entity, company) of those of *ids* that have a company."""
    found: list[_CompanyOf] = []
    for start in range(0, len(ids), _AT_ONCE):
        found += await reader.all(
            _CompanyOf,
            f"""
            select from_id, to_id from links
             where account_id = :account_id and from_type = :entity_type and from_id in (:ids)
               and to_type = '{COMPANIES}'
            """,
            account_id=account_id,
            entity_type=entity_type,
            ids=ids[start : start + _AT_ONCE],
        )
    return found


async def list_links(
    reader: Reader, account_id: int, from_type: str, from_ids: Sequence[int]
) -> list[Link]:
    """Return the links that go out from these entities: an entity's main one first, then by age."""
    found: list[Link] = []
    for start in range(0, len(from_ids), _AT_ONCE):
        found += await reader.all(
            _link,  # type: ignore[arg-type] # makes a Link of a row
            """
            select from_type, from_id, to_type, to_id, is_main from links
             where account_id = :account_id and from_type = :from_type and from_id in (:from_ids)
             order by from_id, is_main desc, linked_at, to_type, to_id
            """,
            account_id=account_id,
            from_type=from_type,
            from_ids=from_ids[start : start + _AT_ONCE],
        )
    return found


def _link(from_type: str, from_id: int, to_type: str, to_id: int, is_main: object) -> Link:
    return Link(from_type, from_id, to_type, to_id, bool(is_main))


async def list_neighbours(
    reader: Reader, account_id: int, entity_type: str, ids: Sequence[int]
) -> list[Neighbour]:
    """Return what is linked with these entities, from whichever side it is kept."""
    found: list[Neighbour] = []
    for start in range(0, len(ids), _AT_ONCE):
        found += await reader.all(
            _neighbour,  # type: ignore[arg-type] # makes a Neighbour of a row
            """
            select from_id, to_type, to_id, is_main, linked_at from links
             where account_id = :account_id and from_type = :entity_type and from_id in (:ids)
            union all
            select to_id, from_type, from_id, is_main, linked_at from links
             where account_id = :account_id and to_type = :entity_type and to_id in (:ids)
             order by 1, 4 desc, 5, 2, 3
            """,
            account_id=account_id,
            entity_type=entity_type,
            ids=ids[start : start + _AT_ONCE],
        )
    return found


def _neighbour(
    entity_id: int, other_type: str, other_id: int, is_main: object, _linked_at: int
) -> Neighbour:
    return Neighbour(entity_id, other_type, other_id, bool(is_main))


async def count_links_to(
    reader: Reader, account_id: int, to_type: str, to_ids: Sequence[int]
) -> list[_Count]:
    """Return (entity, type, count): how many of each type are linked with these entities."""
    found: list[_Count] = []
    for start in range(0, len(to_ids), _AT_ONCE):
        found += await reader.all(
            _Count,
            """
            select to_id, from_type, count(*) from links
             where account_id = :account_id and to_type = :to_type and to_id in (:to_ids)
             group by to_id, from_type
            """,
            account_id=account_id,
            to_type=to_type,
            to_ids=to_ids[start : start + _AT_ONCE],
        )
    return found


async def put_links(tx: Transaction, account_id: int, links: Sequence[Link], now: int) -> None:
    """Add the links; those that are there keep their age and take over whether they are main."""
    await tx.change_many(
        """
        insert into links (account_id, from_type, from_id, to_type, to_id, is_main, linked_at)
        values (:account_id, :from_type, :from_id, :to_type, :to_id, :is_main, :now)
        on conflict (account_id, from_type, from_id, to_type, to_id)
        do update set is_main = excluded.is_main
        """,
        [
            {
                "account_id": account_id,
                "from_type": one.from_type,
                "from_id": one.from_id,
                "to_type": one.to_type,
                "to_id": one.to_id,
                "is_main": one.is_main,
                "now": now,
            }
            # What stops being main goes first: two may not be it at any moment.
            for one in sorted(links, key=lambda one: one.is_main)
        ],
    )


async def remove_links(tx: Transaction, account_id: int, links: Sequence[Link]) -> None:
    """Remove the links."""
    await tx.change_many(
        """
        delete from links
         where account_id = :account_id and from_type = :from_type and from_id = :from_id
           and to_type = :to_type and to_id = :to_id
        """,
        [
            {
                "account_id": account_id,
                "from_type": one.from_type,
                "from_id": one.from_id,
                "to_type": one.to_type,
                "to_id": one.to_id,
            }
            for one in links
        ],
    )
