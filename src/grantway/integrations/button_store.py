"""The SQL of integrations that wait for somebody to take their keys."""

from __future__ import annotations

import msgspec

from grantway.db import Reader, Transaction


class Waiting(msgspec.Struct, frozen=True):
    """An integration whose keys nobody has taken yet."""

    client_id: str
    account_id: int


async def await_keys(tx: Transaction, account_id: int, client_id: str, due_at: int) -> int:
    """Note by when the keys must have arrived; another secret key takes the note away."""
    return await tx.change(
        """
        update integrations set keys_due_at = :due_at
         where account_id = :account_id and client_id = :client_id
        """,
        account_id=account_id,
        client_id=client_id,
        due_at=due_at,
    )


async def note_arrival(tx: Transaction, account_id: int, client_id: str) -> int:
    """Note that the keys arrived; return 0 when they are not waited for any more."""
    return await tx.change(
        """
        update integrations set keys_due_at = null
         where account_id = :account_id and client_id = :client_id and status = 'private'
           and keys_due_at is not null
        """,
        account_id=account_id,
        client_id=client_id,
    )


async def end_without_keys(tx: Transaction, account_id: int, client_id: str, now: int) -> int:
    """Mark the integration as deleted unless its keys arrived; return 0 when they did."""
    return await tx.change(
        """
        update integrations
           set status = 'deleted', secret_hash = null, secret_sealed = null, updated_at = :now
         where account_id = :account_id and client_id = :client_id and status = 'private'
           and keys_due_at is not null
        """,
        account_id=account_id,
        client_id=client_id,
        now=now,
    )


async def list_overdue(reader: Reader, now: int, most: int) -> list[Waiting]:
    """Return some whose keys should have arrived by now.

    One that works somewhere was installed by hand, so somebody knows of it.
    """
    return await reader.all(
        Waiting,
        """
        select client_id, account_id from integrations n
         where keys_due_at <= :now and status = 'private' and not exists (
               select 1 from installations i
                where i.client_id = n.client_id and i.ended_at is null)
         order by keys_due_at limit :most
        """,
        now=now,
        most=most,
    )


async def forget_refused(tx: Transaction) -> int:
    """Remove those that ended without keys, once nothing tells of them any more.

    Without an installation there was never a code nor a grant.
    """
    return await tx.sweep(
        """
        delete from integrations
         where keys_due_at is not null and status = 'deleted'
           and not exists (
               select 1 from installations i where i.client_id = integrations.client_id)
           and not exists (
               select 1 from deliveries d where d.client_id = integrations.client_id)
           and not exists (
               select 1 from authorization_requests r where r.client_id = integrations.client_id)
        """
    )
