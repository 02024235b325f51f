"""The SQL of an account's being technical."""

from __future__ import annotations

from grantway.db import Transaction


async def lock(tx: Transaction, account_id: int) -> None:
    """Let nobody else decide about this account until the end; data may still be added to it."""
    await tx.lock_values("select 1 from accounts where id = :account_id", account_id=account_id)


async def begin(tx: Transaction, account_id: int, until: int, now: int) -> bool:
    """Make the account technical; False when it is already."""
    changed = await tx.change(
        """
        update accounts
           set is_technical = true, technical_until = :until, technical_reminders = 0,
               updated_at = :now
         where id = :account_id and not is_technical
        """,
        account_id=account_id,
        until=until,
        now=now,
    )
    return changed == 1


async def prolong(tx: Transaction, account_id: int, *, before: int, until: int, now: int) -> bool:
    """Put the end off; False when it is not *before*."""
    changed = await tx.change(
        """
        update accounts set technical_until = :until, technical_reminders = 0, updated_at = :now
         where id = :account_id and is_technical and technical_until = :before
        """,
        account_id=account_id,
        before=before,
        until=until,
        now=now,
    )
    return changed == 1


async def end(tx: Transaction, account_id: int, now: int) -> bool:
    """Make the account an ordinary one; False when it is already."""
    changed = await tx.change(
        """
        update accounts
           set is_technical = false, technical_until = null, technical_reminders = 0,
               updated_at = :now
         where id = :account_id and is_technical
        """,
        account_id=account_id,
        now=now,
    )
    return changed == 1


async def mark_reminded(tx: Transaction, account_id: int, reminders: int) -> bool:
    """Note how many reminders of this end were sent; False when as many were sent before."""
    changed = await tx.change(
        """
        update accounts set technical_reminders = :reminders
         where id = :account_id and is_technical and technical_reminders < :reminders
        """,
        account_id=account_id,
        reminders=reminders,
    )
    return changed == 1
