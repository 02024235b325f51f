"""Ending everything that is installed in an account that closes."""

from __future__ import annotations

from grantway import audit
from grantway.audit import Entry, Event
from grantway.crm.webhooks import service as webhooks
from grantway.db import Transaction
from grantway.hooks.service import plan_revoke_hook
from grantway.installations import store


async def end_all_in(tx: Transaction, account_id: int, now: int) -> int:
    """End all installations of the account, in the platform's name; return how many.

    Each integration is told by its revoke hook, as when it is uninstalled.
    """
    ended = 0
    for client_id in await store.list_installed(tx, account_id):
        if not await store.end_installation(tx, account_id, client_id, store.BY_OPERATOR, now):
            continue
        ended += 1
        entry = Entry(
            at=now,
            event=Event.UNINSTALLED,
            account_id=account_id,
            actor="platform",
            subject=client_id,
            outcome="account closed",
        )
        await audit.record(tx, entry)
        await webhooks.remove_with(tx, entry, client_id)
        await plan_revoke_hook(tx, account_id, client_id, now)
    return ended
