"""Subscribing, and planning what is told.

A delivery is planned in the transaction of the change that it tells, so that
neither is there without the other (S-215); the worker sends it after the commit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec

from grantway import audit
from grantway.accounts.actor import Actor
from grantway.audit import Entry, Event
from grantway.crm.webhooks import queue_store, store
from grantway.crm.webhooks.encoding import form_encode
from grantway.crm.webhooks.errors import TooManyWebhooks, WebhookNotFound
from grantway.crm.webhooks.model import (
    DEFAULT_SORT,
    MAX_WEBHOOKS,
    OVERLAP,
    Occurrence,
    Wanted,
    Webhook,
)
from grantway.crm.webhooks.queue_store import NewDelivery
from grantway.crm.webhooks.signing import new_secret
from grantway.db import Reader, Transaction
from grantway.kernel.sealing import Seal

_AT_ONCE = 250


async def subscribed(reader: Reader, account_id: int) -> frozenset[str]:
    """Return the names of the events that somebody wants to be told in the account.

    One read of an index; who plans nothing of these need not put payloads together.
    """
    found = await store.list_enabled(reader, account_id)
    return frozenset(event for one in found for event in one.settings.split())


async def plan(
    tx: Transaction, account_id: int, occurrences: Sequence[Occurrence], now: int
) -> int:
    """Plan to tell each occurrence to every subscription that wants it; return how many.

    An occurrence is one event with one entity, as receivers expect it
    (api-v4.md 3.13). The fields that name the account are added when it is sent.
    """
    if not occurrences:
        return 0
    enabled = await store.list_enabled(tx, account_id)
    wanting = [(one, frozenset(one.settings.split())) for one in enabled]
    planned: list[tuple[int, str, str, str]] = []
    for occurrence in occurrences:
        wants = [one for one, events in wanting if occurrence.event in events]
        body = form_encode(occurrence.payload) if wants else ""
        planned += [(one.id, one.receiver, occurrence.event, body) for one in wants]
    for first in range(0, len(planned), _AT_ONCE):
        some = planned[first : first + _AT_ONCE]
        ids = await tx.take_ids("webhook_delivery", len(some))
        deliveries = [NewDelivery(new_id, *one) for new_id, one in zip(ids, some, strict=True)]
        await queue_store.add_deliveries(tx, account_id, deliveries, now)
        await asyncio.sleep(0)
    return len(planned)


async def list_webhooks(
    reader: Reader, actor: Actor, destination: str | None = None
) -> list[Webhook]:
    """Return the account's subscriptions in their order, or the one to *destination*.

    For administrators, as everything here that takes an actor.
    """
    actor.must_administer()
    if destination is None:
        return await store.list_webhooks(reader, actor.account_id)
    found = await store.find_by_destination(reader, actor.account_id, destination)
    return [] if found is None else [found]


async def get(reader: Reader, actor: Actor, webhook_id: int) -> Webhook:
    """Return one subscription; raise WebhookNotFound."""
    actor.must_administer()
    found = await store.find_webhook(reader, actor.account_id, webhook_id)
    if found is None:
        raise WebhookNotFound(why=f"webhook {webhook_id}")
    return found


async def subscribe(
    tx: Transaction, actor: Actor, wanted: Wanted, receiver: str, seal: Seal, now: int
) -> Webhook:
    """Subscribe, or change what the subscription to the same address wants, and switch it on.

    The door has judged the address: *receiver* is its host and port. Raises
    TooManyWebhooks.
    """
    actor.must_administer()
    account_id = actor.account_id
    await store.lock_webhooks(tx, account_id)
    present = await store.find_by_destination(tx, account_id, wanted.destination)
    if present is None:
        webhook_id = await _add(tx, actor, wanted, receiver, seal, now)
    else:
        webhook_id = present.id
        sort = present.sort if wanted.sort is None else wanted.sort
        await store.change_webhook(
            tx,
            account_id,
            webhook_id,
            settings=" ".join(wanted.settings),
            sort=sort,
            client_id=actor.client_id,
            now=now,
        )
    webhook = await get(tx, actor, webhook_id)
    await audit.record(tx, actor.did(Event.WEBHOOK_SUBSCRIBED, at=now, subject=webhook.named))
    return webhook


async def _add(
    tx: Transaction, actor: Actor, wanted: Wanted, receiver: str, seal: Seal, now: int
) -> int:
    account_id = actor.account_id
    if await store.count_webhooks(tx, account_id) >= MAX_WEBHOOKS:
        raise TooManyWebhooks(f"An account may have {MAX_WEBHOOKS} webhooks at most")
    (webhook_id,) = await tx.take_ids("webhook")
    webhook = Webhook(
        account_id=account_id,
        id=webhook_id,
        destination=wanted.destination,
        receiver=receiver,
        events=" ".join(wanted.settings),
        sort=DEFAULT_SORT if wanted.sort is None else wanted.sort,
        is_disabled=False,
        enabled_at=now,
        former_until=None,
        created_at=now,
        created_by=actor.user_id,
        client_id=actor.client_id,
        updated_at=now,
    )
    await store.add_webhook(tx, webhook, _sealed(seal, webhook, new_secret()))
    return webhook_id


async def unsubscribe(tx: Transaction, actor: Actor, destination: str, now: int) -> None:
    """End the subscription to *destination*; raise WebhookNotFound."""
    actor.must_administer()
    found = await store.find_by_destination(tx, actor.account_id, destination)
    if found is None:
        raise WebhookNotFound(why="no webhook with this destination")
    await remove(tx, actor, found.id, now)


async def remove(tx: Transaction, actor: Actor, webhook_id: int, now: int) -> None:
    """End a subscription: what still waits for it is not sent. Raises WebhookNotFound."""
    webhook = await get(tx, actor, webhook_id)
    if not await store.remove_webhook(tx, actor.account_id, webhook_id):
        raise WebhookNotFound(why=f"webhook {webhook_id}")
    await audit.record(tx, actor.did(Event.WEBHOOK_REMOVED, at=now, subject=webhook.named))


async def remove_with(tx: Transaction, uninstalled: Entry, client_id: str) -> None:
    """End what an integration has subscribed, and nobody since, when it is uninstalled (S-76).

    *uninstalled* is the audit's entry of that, and says in which account.
    """
    account_id = uninstalled.account_id
    for webhook in await store.list_webhooks(tx, account_id):
        if webhook.client_id == client_id and await store.remove_webhook(
            tx, account_id, webhook.id
        ):
            entry = msgspec.structs.replace(
                uninstalled, event=Event.WEBHOOK_REMOVED, subject=webhook.named
            )
            await audit.record(tx, entry)


async def enable(tx: Transaction, actor: Actor, webhook_id: int, now: int) -> None:
    """Switch on again what bad answers have switched off; nothing when it is on."""
    webhook = await get(tx, actor, webhook_id)
    if await store.enable_webhook(tx, actor.account_id, webhook_id, now):
        await audit.record(tx, actor.did(Event.WEBHOOK_ENABLED, at=now, subject=webhook.named))


async def show_secret(tx: Transaction, actor: Actor, webhook_id: int, seal: Seal, now: int) -> str:
    """Return the signing secret; that somebody saw it stays in the audit. Raises UnsealError."""
    webhook = await get(tx, actor, webhook_id)
    sealed = await store.find_sealed_secrets(tx, actor.account_id, webhook_id)
    if sealed is None:
        raise WebhookNotFound(why=f"webhook {webhook_id}")
    await audit.record(tx, actor.did(Event.WEBHOOK_SECRET_SHOWN, at=now, subject=webhook.named))
    return seal.unseal(sealed.present, purpose(actor.account_id, webhook_id))


async def renew_secret(tx: Transaction, actor: Actor, webhook_id: int, seal: Seal, now: int) -> str:
    """Make another signing secret and return it; the present one signs as well for a day (S-165).

    Raises WebhookNotFound.
    """
    webhook = await get(tx, actor, webhook_id)
    secret = new_secret()
    await store.renew_secret(
        tx, actor.account_id, webhook_id, _sealed(seal, webhook, secret), now + OVERLAP, now
    )
    await audit.record(tx, actor.did(Event.WEBHOOK_SECRET_RENEWED, at=now, subject=webhook.named))
    return secret


def purpose(account_id: int, webhook_id: int) -> str:
    """Return for what a signing secret is sealed: for no other subscription."""
    return f"signing secret of webhook {account_id}/{webhook_id}"


def _sealed(seal: Seal, webhook: Webhook, secret: str) -> str:
    return seal.seal(secret, purpose(webhook.account_id, webhook.id))
