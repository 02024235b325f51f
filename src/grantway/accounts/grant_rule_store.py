"""The SQL of the rule by which unused access ends."""

from __future__ import annotations

from grantway.db import Reader, Transaction


async def find_days(reader: Reader, account_id: int) -> int | None:
    """Return the account's number of days, None for no rule."""
    days: int | None = await reader.value(
        "select unused_grant_days from accounts where id = :account_id", account_id=account_id
    )
    return days


async def change_days(
    tx: Transaction, account_id: int, days: int | None, user_id: int, now: int
) -> bool:
    """Keep another number of days; False when it is that already."""
    changed = await tx.change(
        """
        update accounts
           set unused_grant_days = :days, updated_at = :now, updated_by = :user_id
         where id = :account_id and coalesce(unused_grant_days, 0) <> :compared
        """,
        account_id=account_id,
        days=days,
        compared=days or 0,
        user_id=user_id,
        now=now,
    )
    return changed == 1


async def list_accounts_with_rule(reader: Reader) -> list[int]:
    """Return the active accounts that have a rule. A suspended one's people cannot use anything."""
    return await reader.column(
        """
        select id from accounts
         where unused_grant_days is not null and status = 'active' order by id
        """
    )
