"""Recording, and reading one's own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec

from grantway.audit import store
from grantway.audit.model import Entry
from grantway.audit.store import EntryRow
from grantway.db import Reader, Transaction

_NEWEST = 2**62
_AT_ONCE = 200


class Page(msgspec.Struct, frozen=True):
    """Some entries, newest first; *next* and *previous* are None when nothing is there."""

    entries: list[EntryRow]
    next_before_id: int | None
    previous_after_id: int | None = None


async def record(tx: Transaction, entry: Entry) -> None:
    """Write *entry* with the change that it tells."""
    await store.add_entry(tx, entry)


async def record_all(tx: Transaction, entries: Sequence[Entry]) -> None:
    """Write many entries with the change that they tell; the event loop runs in between."""
    for first in range(0, len(entries), _AT_ONCE):
        await store.add_entries(tx, entries[first : first + _AT_ONCE])
        await asyncio.sleep(0)


async def entries(
    reader: Reader,
    account_id: int,
    *,
    before_id: int | None = None,
    after_id: int | None = None,
    limit: int = 50,
) -> Page:
    """Return a page of the account's own entries: the newest, or those next to an entry."""
    if after_id is not None:
        rising = await store.list_entries_after(reader, account_id, after_id, limit + 1)
        rows = rising[:limit][::-1]
        more = len(rising) > limit
        return Page(rows, rows[-1].id if rows else None, rows[0].id if more else None)
    rows = await store.list_entries(reader, account_id, before_id or _NEWEST, limit + 1)
    more = len(rows) > limit
    shown = rows[:limit]
    previous = shown[0].id if before_id is not None and shown else None
    return Page(shown, shown[-1].id if more else None, previous)
