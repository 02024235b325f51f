"""The SQL that counts installations: for lists now and then, for integrators by day."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grantway.db import Reader, Transaction

_DAY = 86_400
# What moderators install to try it says nothing about how many have it.
_COUNTS = "not exists (select 1 from trial_accounts t where t.account_id = i.account_id)"


class OnDay(msgspec.Struct, frozen=True):
    """How many installations began, or ended, on a day since 1970."""

    day: int
    language: str
    count: int


async def count_live(reader: Reader, client_id: str) -> int:
    """Return in how many accounts the integration works."""
    count: int = await reader.value(
        f"""
        select count(*) from installations i
         where i.client_id = :client_id and i.ended_at is null and {_COUNTS}
        """,
        client_id=client_id,
    )
    return count


async def list_listed_after(reader: Reader, client_id: str, limit: int) -> list[str]:
    """Return integrations that have listings, in the order of their ids, from behind one."""
    return await reader.column(
        """
        select distinct client_id from listings where client_id > :client_id
         order by client_id limit :limit
        """,
        client_id=client_id,
        limit=limit,
    )


async def count_again(tx: Transaction, client_ids: Sequence[str]) -> int:
    """Count the installations of some integrations; return how many listings say otherwise now."""
    count = f"""(select count(*) from installations i
                 where i.client_id = listings.client_id and i.ended_at is null and {_COUNTS})"""
    return await tx.change(
        f"""
        update listings set installs = {count}
         where client_id in (:client_ids) and installs <> {count}
        """,
        client_ids=client_ids,
    )


async def list_starts(reader: Reader, client_id: str, begin: int, end: int) -> list[OnDay]:
    """Return how many installations began on each day, by the language of who installed it."""
    return await _list_days(reader, "installed_at", client_id, begin, end)


async def list_ends(reader: Reader, client_id: str, begin: int, end: int) -> list[OnDay]:
    """Return how many installations ended on each day, by the language of who had installed it."""
    return await _list_days(reader, "ended_at", client_id, begin, end)


async def _list_days(
    reader: Reader, moment: str, client_id: str, begin: int, end: int
) -> list[OnDay]:
    return await reader.all(
        OnDay,
        f"""
        select i.{moment} / {_DAY}, coalesce(u.language, a.language), count(*)
          from installations i
          join accounts a on a.id = i.account_id
          left join users u on u.id = i.installed_by
         where i.client_id = :client_id and i.{moment} >= :begin and i.{moment} < :end
           and {_COUNTS}
         group by 1, 2 order by 1, 2
        """,
        client_id=client_id,
        begin=begin,
        end=end,
    )
