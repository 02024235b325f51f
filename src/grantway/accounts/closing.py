"""Closing an account for good: nobody finds it, enters it, or gets its name.

What works there ends before, by whoever closes it. Its data stays stored.
"""

from __future__ import annotations

from grantway import audit
from grantway.accounts import session_store, store
from grantway.accounts.model import Status
from grantway.audit import Entry, Event
from grantway.db import Transaction


async def close(tx: Transaction, account_id: int, now: int) -> bool:
    """Close the account; from the commit on its tokens are refused. False when it is closed."""
    for before in (Status.ACTIVE, Status.SUSPENDED):
        if await store.change_status(tx, account_id, before=before, after=Status.DELETED, now=now):
            break
    else:
        return False
    await session_store.end_sessions_of_account(tx, account_id, now)
    await audit.record(
        tx, Entry(at=now, event=Event.ACCOUNT_CLOSED, account_id=account_id, actor="platform")
    )
    return True
