"""The SQL of what people read of deliveries, and of removing what is over."""

from __future__ import annotations

from collections.abc import Sequence

from grantway.crm.webhooks.model import Attempt, Delivery
from grantway.db import Reader, Transaction


async def send_again(
    tx: Transaction,
    account_id: int,
    delivery_id: int,
    *,
    wanted_by: int,
    most_attempts: int,
    exhausted: int,
    now: int,
) -> bool:
    """Let a delivery wait for another attempt; False when it waits or is under way.

    One that is over gets this attempt alone: its schedule is *exhausted*.
    """
    changed = await tx.change(
        """
        update webhook_deliveries
           set bad = case when state = 'put_off' then bad else :exhausted end,
               state = 'waiting', due_at = :now, wanted_by = :wanted_by
         where account_id = :account_id and id = :id and attempts < :most_attempts
           and state in ('put_off', 'delivered', 'failed', 'dropped')
        """,
        account_id=account_id,
        id=delivery_id,
        wanted_by=wanted_by,
        most_attempts=most_attempts,
        exhausted=exhausted,
        now=now,
    )
    return changed == 1


async def list_attempts(reader: Reader, account_id: int, delivery_id: int) -> list[Attempt]:
    """Return the attempts of a delivery, the first one first."""
    return await reader.all(
        Attempt,
        """
        select number, wanted_by, started_at, finished_at, status, why, milliseconds, answer
          from webhook_attempts
         where account_id = :account_id and delivery_id = :delivery_id order by number
        """,
        account_id=account_id,
        delivery_id=delivery_id,
    )


_DELIVERIES = """
select d.account_id, d.id, d.webhook_id, d.event, d.body, d.state, d.created_at, d.due_at,
       d.attempts, a.started_at, a.status, a.why, a.milliseconds
  from webhook_deliveries d
  left join webhook_attempts a
    on a.account_id = d.account_id and a.delivery_id = d.id and a.number = d.attempts
"""


async def find_delivery(
    reader: Reader, account_id: int, webhook_id: int, delivery_id: int
) -> Delivery | None:
    """Return one delivery of a subscription, or None."""
    return await reader.one(
        Delivery,
        f"""{_DELIVERIES}
         where d.account_id = :account_id and d.id = :id and d.webhook_id = :webhook_id
        """,
        account_id=account_id,
        webhook_id=webhook_id,
        id=delivery_id,
    )


async def list_deliveries(
    reader: Reader,
    account_id: int,
    webhook_id: int,
    states: Sequence[str],
    before_id: int,
    limit: int,
) -> list[Delivery]:
    """Return deliveries of a subscription in one of *states*, newest first."""
    return await reader.all(
        Delivery,
        f"""{_DELIVERIES}
         where d.account_id = :account_id and d.webhook_id = :webhook_id and d.id < :before_id
           and d.state in (:states)
         order by d.id desc limit :limit
        """,
        account_id=account_id,
        webhook_id=webhook_id,
        before_id=before_id,
        states=states,
        limit=limit,
    )


async def list_deliveries_after(
    reader: Reader,
    account_id: int,
    webhook_id: int,
    states: Sequence[str],
    after_id: int,
    limit: int,
) -> list[Delivery]:
    """Return the deliveries next after *after_id*, oldest first; else as `list_deliveries`."""
    return await reader.all(
        Delivery,
        f"""{_DELIVERIES}
         where d.account_id = :account_id and d.webhook_id = :webhook_id and d.id > :after_id
           and d.state in (:states)
         order by d.id limit :limit
        """,
        account_id=account_id,
        webhook_id=webhook_id,
        after_id=after_id,
        states=states,
        limit=limit,
    )


async def sweep_old(tx: Transaction, before: int, limit: int) -> int:
    """Remove some deliveries that were planned before *before*."""
    return await tx.sweep(
        """
        delete from webhook_deliveries
         where (account_id, id) in (
               select account_id, id from webhook_deliveries
                where created_at < :before order by created_at limit :limit)
        """,
        before=before,
        limit=limit,
    )


async def list_accounts_with(reader: Reader) -> list[int]:
    """Return the accounts that have deliveries, stepping from one to the next."""
    return await reader.column(
        """
        with recursive found (account_id) as (
            select (select min(account_id) from webhook_deliveries)
            union all
            select (select min(d.account_id) from webhook_deliveries d
                     where d.account_id > f.account_id)
              from found f where f.account_id is not null
        )
        select account_id from found where account_id is not null
        """
    )


async def find_kept_from(reader: Reader, account_id: int, most: int) -> int | None:
    """Return the oldest delivery among the newest *most*, or None when there are fewer."""
    found: int | None = await reader.value(
        """
        select id from webhook_deliveries where account_id = :account_id
         order by id desc limit 1 offset :offset
        """,
        account_id=account_id,
        offset=most - 1,
    )
    return found


async def sweep_over(tx: Transaction, account_id: int, before_id: int, limit: int) -> int:
    """Remove some of the account's deliveries before this one that are over."""
    return await tx.sweep(
        """
        delete from webhook_deliveries
         where account_id = :account_id and id in (
               select id from webhook_deliveries
                where account_id = :account_id and id < :before_id
                  and state in ('delivered', 'failed', 'dropped')
                order by id limit :limit)
        """,
        account_id=account_id,
        before_id=before_id,
        limit=limit,
    )
