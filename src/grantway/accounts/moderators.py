"""Who decides about public integrations, for the platform and not for an account (S-151)."""

from __future__ import annotations

from grantway import audit
from grantway.accounts import store
from grantway.accounts.model import User
from grantway.accounts.service import must_not_be_made_elsewhere
from grantway.audit import Entry, Event
from grantway.db import Reader, Transaction


async def appoint(tx: Transaction, user_id: int, now: int) -> None:
    """Let the person moderate. Raises MadeElsewhere."""
    await must_not_be_made_elsewhere(tx, user_id)
    await store.set_platform_role(tx, user_id, "moderator")
    await _record(tx, user_id, "moderator of the platform", now)


async def dismiss(tx: Transaction, user_id: int, now: int) -> bool:
    """Let the person moderate no more, from the commit on; False when they did not."""
    if not await is_moderator(tx, user_id):
        return False
    await store.set_platform_role(tx, user_id, None)
    await _record(tx, user_id, "no moderator of the platform", now)
    return True


async def hold(tx: Transaction, user_id: int) -> None:
    """Let nobody appoint or dismiss the person until the transaction ends."""
    await store.lock_user(tx, user_id)


async def is_moderator(reader: Reader, user_id: int) -> bool:
    """Tell whether the person moderates. Asked anew for each thing that they do (S-115)."""
    return await store.find_platform_role(reader, user_id) is not None


async def list_all(reader: Reader) -> list[User]:
    """Return everybody who moderates."""
    return await store.list_with_platform_role(reader)


async def _record(tx: Transaction, user_id: int, subject: str, now: int) -> None:
    await audit.record(
        tx,
        Entry(at=now, event=Event.ROLE_CHANGED, actor="operator", user_id=user_id, subject=subject),
    )
