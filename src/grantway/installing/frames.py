"""Whether the widgets of an account run in its pages or each in a frame of its own (5.4 row 11)."""

from __future__ import annotations

from grantway import audit
from grantway.accounts.actor import Actor
from grantway.audit import Event
from grantway.db import Reader, Transaction
from grantway.installing import kept_store as store


async def runs_in_frames(reader: Reader, account_id: int) -> bool:
    """Tell whether the account wants every widget in a sandboxed frame."""
    return await store.runs_in_frames(reader, account_id)


async def let_run_in_frames(tx: Transaction, actor: Actor, now: int, *, in_frames: bool) -> bool:
    """Keep the account's choice; False when it was that already. For administrators."""
    actor.must_administer()
    if await store.runs_in_frames(tx, actor.account_id) == in_frames:
        return False
    await store.put_rule(tx, actor.account_id, in_frames=in_frames, now=now)
    subject = "in frames" if in_frames else "in pages"
    await audit.record(tx, actor.did(Event.WIDGETS_FRAMED, at=now, subject=subject))
    return True
