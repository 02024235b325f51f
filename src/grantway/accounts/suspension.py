"""Suspending an account, and letting it work again (S-77).

While it is suspended its tokens are refused, its pages are not found, and
nobody enters its workspace: each request asks for the account's status anew.
Sessions in its workspace end for good. What suspension did not end comes back
with resuming: tokens, roles, integrations and data.
"""

from __future__ import annotations

import msgspec

from grantway import audit
from grantway.accounts import session_store, store
from grantway.accounts.errors import StateRefused
from grantway.accounts.model import Account, Status
from grantway.accounts.service import account_by_subdomain
from grantway.audit import Entry, Event
from grantway.db import Transaction


async def suspend(tx: Transaction, subdomain: str, now: int) -> Account:
    """Suspend the account; from the commit on its tokens are refused everywhere.

    Raises AccountNotFound, StateRefused when it is suspended already.
    """
    account = await account_by_subdomain(tx, subdomain)
    if not await store.change_status(
        tx, account.id, before=Status.ACTIVE, after=Status.SUSPENDED, now=now
    ):
        raise StateRefused("This account is suspended already")
    await session_store.end_sessions_of_account(tx, account.id, now)
    await _record(tx, account.id, Event.ACCOUNT_SUSPENDED, now)
    return msgspec.structs.replace(account, status=Status.SUSPENDED.value, updated_at=now)


async def resume(tx: Transaction, subdomain: str, now: int) -> Account:
    """Let a suspended account work again.

    Raises AccountNotFound, StateRefused when it is not suspended.
    """
    account = await account_by_subdomain(tx, subdomain)
    if not await store.change_status(
        tx, account.id, before=Status.SUSPENDED, after=Status.ACTIVE, now=now
    ):
        raise StateRefused("This account is not suspended")
    await _record(tx, account.id, Event.ACCOUNT_RESUMED, now)
    return msgspec.structs.replace(account, status=Status.ACTIVE.value, updated_at=now)


async def _record(tx: Transaction, account_id: int, event: Event, now: int) -> None:
    await audit.record(tx, Entry(at=now, event=event, account_id=account_id, actor="operator"))
