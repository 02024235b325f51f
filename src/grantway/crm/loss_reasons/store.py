"""The SQL of loss reasons."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import asdict

from grantway.crm.loss_reasons.model import LossReason
from grantway.db import Reader, Transaction


async def list_reasons(reader: Reader, account_id: int) -> list[LossReason]:
    """Return every reason in its order."""
    return await reader.all(
        LossReason,
        """
        select id, name, sort, created_at, updated_at from loss_reasons
         where account_id = :account_id order by sort, id
        """,
        account_id=account_id,
    )


async def find_reason(reader: Reader, account_id: int, reason_id: int) -> LossReason | None:
    """Return one reason, or None."""
    return await reader.one(
        LossReason,
        """
        select id, name, sort, created_at, updated_at from loss_reasons
         where account_id = :account_id and id = :id
        """,
        account_id=account_id,
        id=reason_id,
    )


async def add_reasons(tx: Transaction, account_id: int, reasons: Sequence[LossReason]) -> None:
    """Add *reasons*."""
    await tx.change_many(
        """
        insert into loss_reasons (account_id, id, name, sort, created_at, updated_at)
        values (:account_id, :id, :name, :sort, :created_at, :updated_at)
        """,
        [{"account_id": account_id, **asdict(one)} for one in reasons],
    )


async def remove_reason(tx: Transaction, account_id: int, reason_id: int) -> bool:
    """Remove the reason; False when there is none."""
    changed = await tx.change(
        "delete from loss_reasons where account_id = :account_id and id = :id",
        account_id=account_id,
        id=reason_id,
    )
    return changed == 1
