"""Recording, and reading one's own."""

from __future__ import annotations

import msgspec

from grantway.audit import store
from grantway.audit.model import Entry
from grantway.audit.store import EntryRow
from grantway.db import Reader, Transaction

_NEWEST = 2**62


class Page(msgspec.Struct, frozen=True):
    """Some entries, newest first, and where the next page begins."""

    entries: list[EntryRow]
    next_before_id: int | None


async def record(tx: Transaction, entry: Entry) -> None:
    """Write *entry* with the change that it tells."""
    await store.add_entry(tx, entry)


async def entries(
    reader: Reader, account_id: int, *, before_id: int | None = None, limit: int = 50
) -> Page:
    """Return a page of the account's own entries."""
    rows = await store.list_entries(reader, account_id, before_id or _NEWEST, limit + 1)
    more = len(rows) > limit
    return Page(rows[:limit], rows[limit - 1].id if more else None)
