"""The one seam through which every write of the CRM tells what it did."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from grantway.accounts.actor import Actor
from grantway.crm.changes import store
from grantway.crm.changes.model import KEPT, NewEvent, row_id, values_text
from grantway.crm.webhooks import service as webhooks
from grantway.crm.webhooks.model import Occurrence
from grantway.db import Database, Transaction

_AT_ONCE = 1_000  # events that one transaction removes: on SQLite everybody else who writes waits


async def tell(
    tx: Transaction,
    actor: Actor,
    events: Sequence[NewEvent],
    occur: Callable[[frozenset[str]], Awaitable[Sequence[Occurrence]]],
    now: int,
) -> None:
    """Keep what happened, in this order, and plan that receivers are told.

    *occur* is asked when somebody wants to be told anything, with what is wanted:
    of nothing else a payload is put together.
    """
    await _record(tx, actor, events, now)
    wanted = await webhooks.subscribed(tx, actor.account_id)
    if wanted:
        await webhooks.plan(tx, actor.account_id, await occur(wanted), now)


async def _record(tx: Transaction, actor: Actor, events: Sequence[NewEvent], now: int) -> None:
    if not events:
        return
    numbers = await tx.take_ids("event", len(events))
    await store.add_events(
        tx,
        [
            {
                "account_id": actor.account_id,
                "id": row_id(now, number),
                "type": one.type,
                "entity_type": one.entity_type,
                "entity_id": one.entity_id,
                "created_by": actor.user_id,
                "field_id": one.field_id,
                "value_before": values_text(one.before),
                "value_after": values_text(one.after),
            }
            for number, one in zip(numbers, events, strict=True)
        ],
    )


async def sweep(db: Database, now: int) -> int:
    """Remove the events that are kept no longer, some at a time; return how many.

    In transactions of its own, so that others write in between.
    """
    before = row_id(now - KEPT, 0)
    async with db.read() as reader:
        accounts = await store.list_accounts_with_older(reader, before)
    count = 0
    for account_id in accounts:
        while True:
            async with db.write() as tx:
                removed = await store.remove_older(tx, account_id, before, _AT_ONCE)
            count += removed
            if removed < _AT_ONCE:
                break
    return count
