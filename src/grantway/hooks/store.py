"""The SQL of calls to the outside."""

from __future__ import annotations

import msgspec

from grantway.db import Reader, Transaction
from grantway.hooks.model import Attempt, Delivery, Planned, Waiting, Why


class Lost(msgspec.Struct, frozen=True):
    """Calls of one kind to an integration."""

    client_id: str
    kind: str


async def add_delivery(
    tx: Transaction,
    account_id: int,
    planned: Planned,
    destination: str,
    now: int,
    *,
    is_claimed: bool = False,
) -> int:
    """Add a call that waits, or with *is_claimed* one that its planner sends; return its id."""
    (delivery_id,) = await tx.take_ids("delivery")
    await tx.change(
        """
        insert into deliveries (account_id, id, client_id, kind, method, uri, destination,
                                created_at, claimed_at)
        values (:account_id, :id, :client_id, :kind, :method, :uri, :destination,
                :now, :claimed_at)
        """,
        account_id=account_id,
        id=delivery_id,
        client_id=planned.client_id,
        kind=str(planned.kind),
        method=planned.method,
        uri=planned.uri,
        destination=destination,
        now=now,
        claimed_at=now if is_claimed else None,
    )
    return delivery_id


async def claim_delivery(
    tx: Transaction, account_id: int, delivery_id: int, now: int
) -> Delivery | None:
    """Mark a waiting call as being sent; None if somebody was faster.

    One statement both decides and marks. Whoever gets the call may send it,
    once, after this is on stable storage.
    """
    return await tx.one(
        Delivery,
        """
        update deliveries set claimed_at = :now
         where account_id = :account_id and id = :id and claimed_at is null
        returning account_id, id, client_id, kind, method, uri
        """,
        account_id=account_id,
        id=delivery_id,
        now=now,
    )


async def note_uri(tx: Transaction, account_id: int, delivery_id: int, uri: str) -> None:
    """Keep where a call goes, as it may be shown."""
    await tx.change(
        "update deliveries set uri = :uri where account_id = :account_id and id = :id",
        account_id=account_id,
        id=delivery_id,
        uri=uri,
    )


async def finish_delivery(
    tx: Transaction,
    account_id: int,
    delivery_id: int,
    now: int,
    *,
    milliseconds: int,
    status: int | None = None,
    why: Why | None = None,
) -> int:
    """Note what came of a claimed call; return 0 if that is known already.

    *unknown* is overwritten: who sent it was late to tell, and knows better.
    """
    return await tx.change(
        """
        update deliveries
           set finished_at = :now, result = :result, status = :status, why = :why,
               milliseconds = :milliseconds
         where account_id = :account_id and id = :id and claimed_at is not null
           and (result is null or result = 'unknown')
        """,
        account_id=account_id,
        id=delivery_id,
        now=now,
        result="answered" if status is not None else "failed",
        status=status,
        why=None if why is None else str(why),
        milliseconds=milliseconds,
    )


async def list_lost(reader: Reader, claimed_before: int) -> list[Lost]:
    """Return of whom calls were claimed long ago and never finished, and of which kind."""
    return await reader.all(
        Lost,
        """
        select distinct client_id, kind from deliveries
         where finished_at is null and claimed_at is not null and claimed_at < :claimed_before
         order by client_id, kind
        """,
        claimed_before=claimed_before,
    )


async def mark_unknown(tx: Transaction, claimed_before: int, now: int) -> int:
    """Give up on calls that were claimed long ago and never finished; return how many."""
    return await tx.sweep(
        """
        update deliveries set finished_at = :now, result = 'unknown'
         where finished_at is null and claimed_at is not null and claimed_at < :claimed_before
        """,
        claimed_before=claimed_before,
        now=now,
    )


async def list_destinations(reader: Reader, after: str, limit: int) -> list[str]:
    """Return destinations that calls wait for, in their order, beginning after *after*.

    It steps from one to the next in the index, so a receiver for which a
    hundred thousand calls wait costs as much as any other.
    """
    return await reader.column(
        """
        with recursive waiting (destination, n) as (
            select (select d.destination from deliveries d
                     where d.claimed_at is null and d.destination > :after
                     order by d.destination limit 1), 1
            union all
            select (select d.destination from deliveries d
                     where d.claimed_at is null and d.destination > w.destination
                     order by d.destination limit 1), w.n + 1
              from waiting w
             where w.destination is not null and w.n < :limit
        )
        select destination from waiting where destination is not null order by n
        """,
        after=after,
        limit=limit,
    )


async def list_waiting(
    reader: Reader, destination: str, after_account: int, limit: int
) -> list[Waiting]:
    """Return the oldest waiting call of each account for one destination, by account."""
    return await reader.all(
        Waiting,
        """
        with recursive waiting (account_id, n) as (
            select (select d.account_id from deliveries d
                     where d.claimed_at is null and d.destination = :destination
                       and d.account_id > :after_account
                     order by d.account_id limit 1), 1
            union all
            select (select d.account_id from deliveries d
                     where d.claimed_at is null and d.destination = :destination
                       and d.account_id > w.account_id
                     order by d.account_id limit 1), w.n + 1
              from waiting w
             where w.account_id is not null and w.n < :limit
        )
        select w.account_id,
               (select d.id from deliveries d
                 where d.claimed_at is null and d.destination = :destination
                   and d.account_id = w.account_id
                 order by d.id limit 1)
          from waiting w where w.account_id is not null order by w.n
        """,
        destination=destination,
        after_account=after_account,
        limit=limit,
    )


async def list_attempts(
    reader: Reader, account_id: int, client_id: str, before_id: int, limit: int, state: str
) -> list[Attempt]:
    """Return calls of an integration that *account_id* owns, newest first, in any account.

    With a *state* only those in it; see `Attempt.state`.
    """
    return await reader.all(
        Attempt,
        """
        select d.id, d.account_id, a.subdomain, d.kind, d.method, d.uri, d.created_at,
               d.claimed_at, d.finished_at, d.result, d.status, d.why, d.milliseconds
          from deliveries d
          join integrations n on n.client_id = d.client_id
          join accounts a on a.id = d.account_id
         where d.client_id = :client_id and n.account_id = :account_id and d.id < :before_id
           and (:state = '' or :state = coalesce(d.result,
                case when d.claimed_at is null then 'waiting' else 'under_way' end))
         order by d.id desc limit :limit
        """,
        account_id=account_id,
        client_id=client_id,
        before_id=before_id,
        limit=limit,
        state=state,
    )


async def list_attempts_after(
    reader: Reader, account_id: int, client_id: str, after_id: int, limit: int, state: str
) -> list[Attempt]:
    """Return the calls next after *after_id*, oldest first; else as `list_attempts`."""
    return await reader.all(
        Attempt,
        """
        select d.id, d.account_id, a.subdomain, d.kind, d.method, d.uri, d.created_at,
               d.claimed_at, d.finished_at, d.result, d.status, d.why, d.milliseconds
          from deliveries d
          join integrations n on n.client_id = d.client_id
          join accounts a on a.id = d.account_id
         where d.client_id = :client_id and n.account_id = :account_id and d.id > :after_id
           and (:state = '' or :state = coalesce(d.result,
                case when d.claimed_at is null then 'waiting' else 'under_way' end))
         order by d.id limit :limit
        """,
        account_id=account_id,
        client_id=client_id,
        after_id=after_id,
        limit=limit,
        state=state,
    )


async def sweep_deliveries(tx: Transaction, before: int) -> int:
    """Remove calls that were planned before *before*."""
    return await tx.sweep("delete from deliveries where created_at < :before", before=before)
