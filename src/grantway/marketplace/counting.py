"""How many have an integration: told in lists, and to its integrator by day and language.

Lists are ordered by a number that stands in them, counted anew now and then:
whoever installs then changes no listing that everybody reads, and nobody waits
for anybody.
"""

from __future__ import annotations

import datetime as dt

from grantway.accounts.actor import Actor
from grantway.db import Database, Reader
from grantway.integrations import service as integrations
from grantway.marketplace import count_store, listing_store
from grantway.marketplace.model import Day

MAX_DAYS = 366
_DAY = 86_400
_AT_ONCE = 100


async def sweep(db: Database) -> int:
    """Count all anew, in transactions of its own; return how many listings changed."""
    changed = 0
    last = ""
    while True:
        async with db.write() as tx:
            some = await count_store.list_listed_after(tx, last, _AT_ONCE)
            if counted := await count_store.count_again(tx, some):
                await listing_store.rank(tx, some)
                changed += counted
        if len(some) < _AT_ONCE:
            return changed
        last = some[-1]


async def by_day(
    reader: Reader, actor: Actor, client_id: str, now: int, *, days: int = 90
) -> list[Day]:
    """Return installations that began and ended lately, by day of UTC and language.

    The language is that of whoever installed it. Days on which nothing happened
    are left out. For administrators of the account that made it. Raises
    Forbidden, IntegrationNotFound.
    """
    await integrations.get_own(reader, actor, client_id)
    today = now // _DAY
    begin, end = (today - min(days, MAX_DAYS) + 1) * _DAY, (today + 1) * _DAY
    counted: dict[tuple[int, str], list[int]] = {}
    for n, found in enumerate(
        [
            await count_store.list_starts(reader, client_id, begin, end),
            await count_store.list_ends(reader, client_id, begin, end),
        ]
    ):
        for one in found:
            counted.setdefault((one.day, one.language), [0, 0])[n] = one.count
    return [
        Day(dt.date.fromordinal(_EPOCH + day).isoformat(), language, *both)
        for (day, language), both in sorted(counted.items())
    ]


async def live(reader: Reader, actor: Actor, client_id: str) -> int:
    """Return in how many accounts an own integration works now. For administrators.

    Raises Forbidden, IntegrationNotFound.
    """
    await integrations.get_own(reader, actor, client_id)
    return await count_store.count_live(reader, client_id)


_EPOCH = dt.date(1970, 1, 1).toordinal()
