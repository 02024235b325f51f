"""The SQL of states: what the operator does to any account's integration."""

from __future__ import annotations

from collections.abc import Sequence

from grantway.db import Transaction


async def change_status(
    tx: Transaction, client_id: str, *, before: str, after: str, now: int
) -> int:
    """Move the integration on; return 0 when it is not where it was thought to be."""
    return await tx.change(
        """
        update integrations
           set status = :after, updated_at = :now,
               published_at = case when :after = 'published' then coalesce(published_at, :now)
                                   else published_at end
         where client_id = :client_id and status = :before
        """,
        client_id=client_id,
        before=before,
        after=after,
        now=now,
    )


async def disable(
    tx: Transaction, client_id: str, before: Sequence[str], reason: str, now: int
) -> int:
    """Stop the integration and remember what it was; return 0 when it was not working."""
    return await tx.change(
        """
        update integrations
           set status_before = status, status = 'disabled', disabled_at = :now,
               disabled_reason = :reason, updated_at = :now
         where client_id = :client_id and status in (:before)
        """,
        client_id=client_id,
        before=before,
        reason=reason,
        now=now,
    )


async def enable(tx: Transaction, client_id: str, now: int) -> int:
    """Give the integration back the status that it had; return 0 when it was not stopped."""
    return await tx.change(
        """
        update integrations
           set status = status_before, status_before = null, disabled_at = null,
               disabled_reason = null, updated_at = :now
         where client_id = :client_id and status = 'disabled'
        """,
        client_id=client_id,
        now=now,
    )
