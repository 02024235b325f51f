"""Whether an account is technical, and until when: the account of an integrator.

Who asks for it and who grants it stands in `moderation`.
"""

from __future__ import annotations

import calendar
import datetime as dt

from grantway.accounts import technical_store
from grantway.db import Transaction


async def hold(tx: Transaction, account_id: int) -> None:
    """Let nobody else change whether the account is technical until the transaction ends."""
    await technical_store.lock(tx, account_id)


async def begin(tx: Transaction, account_id: int, until: int, now: int) -> bool:
    """Make the account technical until that moment; False when it is already."""
    return await technical_store.begin(tx, account_id, until, now)


async def prolong(tx: Transaction, account_id: int, *, before: int, until: int, now: int) -> bool:
    """Put the end off from *before*; False when that is not the end any more."""
    return await technical_store.prolong(tx, account_id, before=before, until=until, now=now)


async def end(tx: Transaction, account_id: int, now: int) -> bool:
    """Make the account an ordinary one from the commit on; False when it is already."""
    return await technical_store.end(tx, account_id, now)


async def mark_reminded(tx: Transaction, account_id: int, reminders: int) -> bool:
    """Note that so many reminders of this end were sent; False when somebody noted it before."""
    return await technical_store.mark_reminded(tx, account_id, reminders)


def months_later(at: int, months: int) -> int:
    """Return the same time of day so many calendar months later, on the last day if need be.

    >>> begun = int(dt.datetime(2026, 11, 30, 8, tzinfo=dt.UTC).timestamp())
    >>> str(dt.datetime.fromtimestamp(months_later(begun, 3), dt.UTC))
    '2027-02-28 08:00:00+00:00'
    """
    moment = dt.datetime.fromtimestamp(at, dt.UTC)
    years, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + years, month + 1
    day = min(moment.day, calendar.monthrange(year, month)[1])
    return int(moment.replace(year=year, month=month, day=day).timestamp())
