"""The SQL that writes events; `events` reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grantway.db import Reader, Transaction, Value


async def add_events(tx: Transaction, rows: Sequence[Mapping[str, Value]]) -> None:
    """Add the events."""
    await tx.change_many(
        """
        insert into events (account_id, id, type, entity_type, entity_id, created_by, field_id,
                            value_before, value_after)
        values (:account_id, :id, :type, :entity_type, :entity_id, :created_by, :field_id,
                :value_before, :value_after)
        """,
        rows,
    )


async def list_accounts_with_older(reader: Reader, before: int) -> list[int]:
    """Return the accounts that have events with ids below *before*."""
    return await reader.column(
        """
        select id from accounts
         where exists (
            select 1 from events where events.account_id = accounts.id and events.id < :before
         )
        """,
        before=before,
    )


async def remove_older(tx: Transaction, account_id: int, before: int, most: int) -> int:
    """Remove some of the account's events with ids below *before*; return how many."""
    return await tx.sweep(
        """
        delete from events
         where account_id = :account_id and id in (
            select id from events
             where account_id = :account_id and id < :before order by id limit :most
         )
        """,
        account_id=account_id,
        before=before,
        most=most,
    )
