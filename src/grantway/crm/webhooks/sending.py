"""Which deliveries are due, who sends them, and what comes of them: at least once (S-215).

A delivery is claimed before it is sent and settled after it, each on stable
storage. Whoever dies in between leaves a claim that ends by itself; the
delivery is then sent again under the same id, which is better than never.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grantway import audit
from grantway.audit import Entry, Event
from grantway.crm.webhooks import log_store, queue_store, store
from grantway.crm.webhooks.model import (
    BAD_ANSWERS,
    BAD_SECONDS,
    CLAIM_LIFETIME,
    KEPT,
    MAX_ATTEMPTS,
    MOST_KEPT,
    RETRIES,
    Answer,
    Claim,
    Waiting,
    Webhook,
    is_good,
    seconds_until_next,
)
from grantway.db import Database, Reader, Transaction

_AT_ONCE = 500


class Settled(msgspec.Struct, frozen=True):
    """How a delivery stands after an attempt; *switched_off* when that ended the subscription."""

    state: str
    switched_off: Webhook | None = None


async def receivers(reader: Reader, after: str, limit: int) -> Sequence[str]:
    """Return receivers for which deliveries wait, those behind *after*, in their order."""
    return await queue_store.list_receivers(reader, after, limit)


async def waiting_for(
    reader: Reader, receiver: str, after_account: int, limit: int
) -> Sequence[Waiting]:
    """Return the oldest delivery that waits of each account behind *after_account*."""
    return await queue_store.list_waiting(reader, receiver, after_account, limit)


async def let_due_wait(db: Database, now: int) -> int:
    """Let wait what is due again, some at a time; return how many."""
    async with db.read() as reader:
        if not await queue_store.has_due(reader, now):
            return 0
    async with db.write() as tx:
        return await queue_store.let_due_wait(tx, now, _AT_ONCE)


async def claim(tx: Transaction, waiting: Waiting, now: int) -> Claim | None:
    """Take a delivery for a minute; None when somebody else has it or it is not to be sent.

    It is not when its subscription was removed, its account suspended (S-77), or
    the subscription is switched off; in that case an attempt that a person wants
    is made all the same.
    """
    account_id, delivery_id = waiting.account_id, waiting.id
    claimed = await queue_store.claim_delivery(tx, account_id, delivery_id, now + CLAIM_LIFETIME)
    if claimed is None:
        return None
    route = await queue_store.find_route(tx, account_id, claimed.webhook_id, now)
    is_off = route is None or (route.is_disabled and claimed.wanted_by is None)
    if route is None or is_off or claimed.number > MAX_ATTEMPTS:
        state = "dropped" if is_off else "failed"
        await queue_store.give_up(tx, account_id, delivery_id, state, now)
        return None
    await queue_store.add_attempt(tx, account_id, delivery_id, claimed, now)
    return Claim(
        account_id=account_id,
        id=delivery_id,
        webhook_id=claimed.webhook_id,
        event=claimed.event,
        body=claimed.body,
        created_at=claimed.created_at,
        number=claimed.number,
        bad=claimed.bad,
        destination=route.destination,
        subdomain=route.subdomain,
        secret_sealed=route.secret_sealed,
        former_secret_sealed=route.former_secret_sealed,
    )


async def settle(tx: Transaction, claim: Claim, answer: Answer, now: int) -> Settled:
    """Note what came of an attempt, and when the next one is due.

    More than 100 bad answers within two hours, this one among them, switch the
    subscription off (api-v4.md 3.13). What could not be sent is no answer.
    """
    is_bad = answer.was_sent and not is_good(answer.status)
    if is_bad:
        # Or two processes that note the last two bad answers at once see one too few each.
        await store.lock_webhook(tx, claim.account_id, claim.webhook_id)
    noted = await queue_store.finish_attempt(
        tx, claim.account_id, claim.id, claim.number, answer, now, is_bad=is_bad
    )
    state, bad, due_at = "delivered", claim.bad, now
    if not answer.was_sent:
        # Takes nothing from the schedule; `MAX_ATTEMPTS` ends it.
        state, due_at = "put_off", now + RETRIES[0].after
    elif is_bad:
        bad += 1
        seconds = seconds_until_next(bad, answer.status)
        state = "failed" if seconds is None else "put_off"
        due_at = now + (seconds or 0)
    await queue_store.settle_delivery(
        tx, claim.account_id, claim.id, claim.number, state, bad=bad, due_at=due_at
    )
    if not is_bad or not noted:
        return Settled(state)
    return Settled(state, await _switch_off(tx, claim, now))


async def _switch_off(tx: Transaction, claim: Claim, now: int) -> Webhook | None:
    """Switch the subscription off if it has had too many bad answers; return it then."""
    webhook = await store.find_webhook(tx, claim.account_id, claim.webhook_id)
    if webhook is None or webhook.is_disabled:
        return None
    after = max(now - BAD_SECONDS, webhook.enabled_at - 1)
    count = await queue_store.count_bad(
        tx, claim.account_id, claim.webhook_id, after, BAD_ANSWERS + 1
    )
    if count <= BAD_ANSWERS:
        return None
    await store.disable_webhook(tx, claim.account_id, claim.webhook_id, now)
    await audit.record(
        tx,
        Entry(
            at=now,
            event=Event.WEBHOOK_DISABLED,
            account_id=claim.account_id,
            actor="platform",
            subject=webhook.named,
        ),
    )
    return webhook


async def sweep(db: Database, now: int) -> int:
    """Remove what is older than we tell of, and more of an account than we keep; return how many.

    Some at a time, in transactions of their own, so that others write in between.
    """
    removed = 0
    while True:
        async with db.write() as tx:
            some = await log_store.sweep_old(tx, now - KEPT, _AT_ONCE)
        removed += some
        if some < _AT_ONCE:
            break
    async with db.read() as reader:
        accounts = await log_store.list_accounts_with(reader)
    for account_id in accounts:
        removed += await _sweep_account(db, account_id)
    return removed


async def _sweep_account(db: Database, account_id: int) -> int:
    async with db.read() as reader:
        kept_from = await log_store.find_kept_from(reader, account_id, MOST_KEPT)
    removed = 0
    while kept_from is not None:
        async with db.write() as tx:
            some = await log_store.sweep_over(tx, account_id, kept_from, _AT_ONCE)
        removed += some
        if some < _AT_ONCE:
            break
    return removed
