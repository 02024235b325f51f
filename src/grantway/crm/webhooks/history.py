"""What was told and what came of it, for the account's administrators, and sending it again."""

from __future__ import annotations

import msgspec

from grantway import audit
from grantway.accounts.actor import Actor
from grantway.audit import Event
from grantway.crm.webhooks import log_store, service
from grantway.crm.webhooks.errors import CannotSendAgain, DeliveryNotFound
from grantway.crm.webhooks.model import (
    MAX_ATTEMPTS,
    RETRIES,
    STATES,
    WAITING,
    Attempt,
    Delivery,
)
from grantway.db import Reader, Transaction

_NEWEST = 2**62
_ALL = [one for stored in STATES.values() for one in stored]


class Page(msgspec.Struct, frozen=True):
    """Some deliveries, newest first; *next* and *previous* are None when nothing is there."""

    deliveries: list[Delivery]
    next_before_id: int | None
    previous_after_id: int | None = None


async def deliveries(
    reader: Reader,
    actor: Actor,
    webhook_id: int,
    *,
    before_id: int | None = None,
    after_id: int | None = None,
    limit: int = 50,
    state: str = "",
) -> Page:
    """Return deliveries of a subscription: the newest, or those next to one.

    With one of `STATES` only those in it. For administrators, as everything
    here. Raises WebhookNotFound.
    """
    await service.get(reader, actor, webhook_id)
    account_id, states = actor.account_id, list(STATES[state]) if state else _ALL
    if after_id is not None:
        rising = await log_store.list_deliveries_after(
            reader, account_id, webhook_id, states, after_id, limit + 1
        )
        rows = rising[:limit][::-1]
        is_more = len(rising) > limit
        return Page(rows, rows[-1].id if rows else None, rows[0].id if is_more else None)
    rows = await log_store.list_deliveries(
        reader, account_id, webhook_id, states, before_id or _NEWEST, limit + 1
    )
    shown = rows[:limit]
    previous = shown[0].id if before_id is not None and shown else None
    return Page(shown, shown[-1].id if len(rows) > limit else None, previous)


async def delivery(
    reader: Reader, actor: Actor, webhook_id: int, delivery_id: int
) -> tuple[Delivery, list[Attempt]]:
    """Return a delivery and its attempts; raise WebhookNotFound, DeliveryNotFound."""
    await service.get(reader, actor, webhook_id)
    account_id = actor.account_id
    found = await log_store.find_delivery(reader, account_id, webhook_id, delivery_id)
    if found is None:
        raise DeliveryNotFound(why=f"delivery {delivery_id}")
    return found, await log_store.list_attempts(reader, account_id, delivery_id)


async def send_again(
    tx: Transaction, actor: Actor, webhook_id: int, delivery_id: int, now: int
) -> None:
    """Let a delivery be sent once more, now, whether or not its subscription is on.

    Raises WebhookNotFound, DeliveryNotFound, CannotSendAgain.
    """
    webhook = await service.get(tx, actor, webhook_id)
    found, _ = await delivery(tx, actor, webhook_id, delivery_id)
    if not await log_store.send_again(
        tx,
        actor.account_id,
        delivery_id,
        wanted_by=actor.user_id,
        # A few are left for those whose process dies.
        most_attempts=MAX_ATTEMPTS - 10,
        exhausted=len(RETRIES),
        now=now,
    ):
        is_waiting = found.state in WAITING and found.state != "put_off"
        raise CannotSendAgain(
            "It is being sent already"
            if is_waiting
            else "It was sent as often as one delivery may be"
        )
    subject = f"{delivery_id} of webhook {webhook.named}"
    await audit.record(tx, actor.did(Event.WEBHOOK_SENT_AGAIN, at=now, subject=subject))
