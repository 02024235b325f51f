"""When the time of a technical account is over: reminders before, then renewal or the end.

One rule decides: an account with something published is renewed and hears no
reminder; any other one is reminded twice, and ends.
"""

from __future__ import annotations

from grantway import audit
from grantway.accounts import technical
from grantway.accounts.technical import months_later
from grantway.audit import Entry, Event
from grantway.db import Transaction
from grantway.moderation import technical_store as store
from grantway.moderation.technical_accounts import MONTHS, date, tell
from grantway.moderation.technical_model import Due
from grantway.notices.model import Kind

_DAY = 24 * 3600
FIRST_REMINDER = 14 * _DAY
LAST_REMINDER = 3 * _DAY
_AT_ONCE = 200


async def sweep(tx: Transaction, now: int) -> int:
    """Remind, renew, and end what is due; return how many ended.

    An account with something published is renewed at its end and hears no
    reminder. Any other is reminded twice, and ends. What is done is marked in
    the same transaction, so that several processes do it once.
    """
    ended = 0
    first, last = now + FIRST_REMINDER, now + LAST_REMINDER
    for account_id in await store.list_due(tx, now, first, last, _AT_ONCE):
        # Read anew behind the lock: somebody may just have published, or extended.
        await technical.hold(tx, account_id)
        due = await store.find_due(tx, account_id)
        if due is None:
            continue
        if due.until > now:
            await _remind(tx, due, now)
        elif due.is_published:
            await _renew(tx, due, now)
        else:
            ended += await _expire(tx, due, now)
    return ended


async def _remind(tx: Transaction, due: Due, now: int) -> None:
    if due.is_published or due.until > now + FIRST_REMINDER:
        return
    reminders = 2 if due.until <= now + LAST_REMINDER else 1
    if await technical.mark_reminded(tx, due.account_id, reminders):
        await _record_platform(tx, due, Event.TECHNICAL_REMINDED, now, f"until {date(due.until)}")
        facts = {"account": due.account_name, "ends": date(due.until)}
        await tell(tx, due.account_id, Kind.TECHNICAL_ENDS_SOON, now, **facts)


async def _renew(tx: Transaction, due: Due, now: int) -> None:
    until = months_later(now, MONTHS)
    if await technical.prolong(tx, due.account_id, before=due.until, until=until, now=now):
        await _record_platform(tx, due, Event.TECHNICAL_EXTENDED, now, f"until {date(until)}")


async def _expire(tx: Transaction, due: Due, now: int) -> bool:
    if not await technical.end(tx, due.account_id, now):
        return False
    await store.mark_ended(tx, due.account_id, "", now)
    await _record_platform(tx, due, Event.TECHNICAL_ENDED, now)
    facts = {"account": due.account_name, "quote": ""}
    await tell(tx, due.account_id, Kind.TECHNICAL_ENDED, now, **facts)
    return True


async def _record_platform(
    tx: Transaction, due: Due, event: Event, now: int, subject: str = ""
) -> None:
    entry = Entry(at=now, event=event, account_id=due.account_id, actor="platform", subject=subject)
    await audit.record(tx, entry)
