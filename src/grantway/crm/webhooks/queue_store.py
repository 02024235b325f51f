"""The SQL of sending: deliveries from the plan to what came of each attempt."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grantway.crm.webhooks.model import Answer, Waiting
from grantway.db import Reader, Transaction, Value


class NewDelivery(msgspec.Struct, frozen=True):
    """A delivery that is planned."""

    id: int
    webhook_id: int
    receiver: str
    event: str
    body: str


class Claimed(msgspec.Struct, frozen=True):
    """A delivery as it is right after its claim. *number* is the attempt's."""

    webhook_id: int
    event: str
    body: str
    created_at: int
    number: int
    bad: int
    wanted_by: int | None


class Route(msgspec.Struct, frozen=True):
    """Where a claimed delivery goes, and what it is signed with."""

    destination: str
    is_disabled: bool
    secret_sealed: str
    former_secret_sealed: str | None
    subdomain: str


async def add_deliveries(
    tx: Transaction, account_id: int, deliveries: Sequence[NewDelivery], now: int
) -> None:
    """Add deliveries that wait."""
    same: dict[str, Value] = {"account_id": account_id, "state": "waiting", "attempts": 0, "bad": 0}
    same |= {"created_at": now, "due_at": now}
    await tx.add_many(
        """
        insert into webhook_deliveries (account_id, id, webhook_id, receiver, event, body, state,
                                        created_at, due_at, attempts, bad)
        values (:account_id, :id, :webhook_id, :receiver, :event, :body, :state,
                :created_at, :due_at, :attempts, :bad)
        """,
        [same | msgspec.structs.asdict(one) for one in deliveries],
    )


async def has_due(reader: Reader, now: int) -> bool:
    """Tell whether `let_due_wait` has something to do."""
    found = await reader.value(
        """
        select 1 from webhook_deliveries
         where state in ('under_way', 'put_off') and due_at <= :now limit 1
        """,
        now=now,
    )
    return found is not None


async def let_due_wait(tx: Transaction, now: int, limit: int) -> int:
    """Let wait what is due again, and what a process claimed and did not live to finish."""
    return await tx.change(
        """
        update webhook_deliveries set state = 'waiting'
         where (account_id, id) in (
               select d.account_id, d.id from webhook_deliveries d
                where d.state in ('under_way', 'put_off') and d.due_at <= :now
                order by d.due_at limit :limit)
           and state in ('under_way', 'put_off') and due_at <= :now
        """,
        now=now,
        limit=limit,
    )


async def list_receivers(reader: Reader, after: str, limit: int) -> list[str]:
    """Return receivers that deliveries wait for, in their order, beginning after *after*.

    It steps from one to the next in the index, however many wait for one.
    """
    return await reader.column(
        """
        with recursive waiting (receiver, n) as (
            select (select d.receiver from webhook_deliveries d
                     where d.state = 'waiting' and d.receiver > :after
                     order by d.receiver limit 1), 1
            union all
            select (select d.receiver from webhook_deliveries d
                     where d.state = 'waiting' and d.receiver > w.receiver
                     order by d.receiver limit 1), w.n + 1
              from waiting w
             where w.receiver is not null and w.n < :limit
        )
        select receiver from waiting where receiver is not null order by n
        """,
        after=after,
        limit=limit,
    )


async def list_waiting(
    reader: Reader, receiver: str, after_account: int, limit: int
) -> list[Waiting]:
    """Return the oldest waiting delivery of each account for one receiver, by account."""
    return await reader.all(
        Waiting,
        """
        with recursive waiting (account_id, n) as (
            select (select d.account_id from webhook_deliveries d
                     where d.state = 'waiting' and d.receiver = :receiver
                       and d.account_id > :after_account
                     order by d.account_id limit 1), 1
            union all
            select (select d.account_id from webhook_deliveries d
                     where d.state = 'waiting' and d.receiver = :receiver
                       and d.account_id > w.account_id
                     order by d.account_id limit 1), w.n + 1
              from waiting w
             where w.account_id is not null and w.n < :limit
        )
        select w.account_id,
               (select d.id from webhook_deliveries d
                 where d.state = 'waiting' and d.receiver = :receiver
                   and d.account_id = w.account_id
                 order by d.id limit 1)
          from waiting w where w.account_id is not null order by w.n
        """,
        receiver=receiver,
        after_account=after_account,
        limit=limit,
    )


async def claim_delivery(
    tx: Transaction, account_id: int, delivery_id: int, until: int
) -> Claimed | None:
    """Mark a waiting delivery as being sent until then; None if somebody was faster."""
    return await tx.one(
        Claimed,
        """
        update webhook_deliveries
           set state = 'under_way', attempts = attempts + 1, due_at = :until
         where account_id = :account_id and id = :id and state = 'waiting'
        returning webhook_id, event, body, created_at, attempts, bad, wanted_by
        """,
        account_id=account_id,
        id=delivery_id,
        until=until,
    )


async def find_route(reader: Reader, account_id: int, webhook_id: int, now: int) -> Route | None:
    """Return where deliveries of a subscription go.

    None when it was removed, or when the account does not work (S-77).
    """
    return await reader.one(
        Route,
        """
        select w.destination, w.is_disabled, w.secret_sealed,
               case when w.former_until > :now then w.former_secret_sealed end, a.subdomain
          from webhooks w join accounts a on a.id = w.account_id
         where w.account_id = :account_id and w.id = :id and a.status = 'active'
        """,
        account_id=account_id,
        id=webhook_id,
        now=now,
    )


async def add_attempt(
    tx: Transaction, account_id: int, delivery_id: int, claimed: Claimed, now: int
) -> None:
    """Note that an attempt begins."""
    await tx.change(
        """
        insert into webhook_attempts (account_id, delivery_id, number, webhook_id, wanted_by,
                                      started_at)
        values (:account_id, :delivery_id, :number, :webhook_id, :wanted_by, :now)
        """,
        account_id=account_id,
        delivery_id=delivery_id,
        number=claimed.number,
        webhook_id=claimed.webhook_id,
        wanted_by=claimed.wanted_by,
        now=now,
    )


async def finish_attempt(
    tx: Transaction,
    account_id: int,
    delivery_id: int,
    number: int,
    answer: Answer,
    now: int,
    *,
    is_bad: bool,
) -> int:
    """Note what came of an attempt; return 0 if that is known already."""
    return await tx.change(
        """
        update webhook_attempts
           set finished_at = :now, is_bad = :is_bad, status = :status, why = :why,
               milliseconds = :milliseconds, answer = :answer
         where account_id = :account_id and delivery_id = :delivery_id and number = :number
           and finished_at is null
        """,
        account_id=account_id,
        delivery_id=delivery_id,
        number=number,
        now=now,
        is_bad=is_bad,
        status=answer.status or None,
        why=answer.why,
        milliseconds=answer.milliseconds,
        answer=answer.text,
    )


async def settle_delivery(
    tx: Transaction,
    account_id: int,
    delivery_id: int,
    number: int,
    state: str,
    *,
    bad: int,
    due_at: int,
) -> int:
    """Note how a delivery stands after the attempt; return 0 if somebody else has it by now."""
    return await tx.change(
        """
        update webhook_deliveries
           set state = :state, bad = :bad, due_at = :due_at, wanted_by = null
         where account_id = :account_id and id = :id and attempts = :number
           and state = 'under_way'
        """,
        account_id=account_id,
        id=delivery_id,
        number=number,
        state=state,
        bad=bad,
        due_at=due_at,
    )


async def give_up(tx: Transaction, account_id: int, delivery_id: int, state: str, now: int) -> None:
    """End a delivery that was just claimed and is not sent: no attempt has begun after all."""
    await tx.change(
        """
        update webhook_deliveries
           set state = :state, attempts = attempts - 1, due_at = :now, wanted_by = null
         where account_id = :account_id and id = :id
        """,
        account_id=account_id,
        id=delivery_id,
        state=state,
        now=now,
    )


async def count_bad(
    reader: Reader, account_id: int, webhook_id: int, after: int, limit: int
) -> int:
    """Count bad answers of a subscription after a moment, up to *limit*."""
    count: int = await reader.value(
        """
        select count(*) from (
               select 1 from webhook_attempts
                where account_id = :account_id and webhook_id = :webhook_id and is_bad
                  and finished_at > :after
                limit :limit) bad
        """,
        account_id=account_id,
        webhook_id=webhook_id,
        after=after,
        limit=limit,
    )
    return count
