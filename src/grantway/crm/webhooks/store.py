"""The SQL of subscriptions."""

from __future__ import annotations

import msgspec

from grantway.crm.webhooks.model import Webhook
from grantway.db import Reader, Transaction

_COLUMNS = """
select account_id, id, destination, receiver, settings, sort, is_disabled, enabled_at,
       former_until, created_at, created_by, client_id, updated_at
  from webhooks
"""


class Subscription(msgspec.Struct, frozen=True):
    """What planning needs of a subscription."""

    id: int
    receiver: str
    settings: str


class SealedSecrets(msgspec.Struct, frozen=True):
    """The present signing secret and the former one, sealed."""

    present: str
    former: str | None


async def list_enabled(reader: Reader, account_id: int) -> list[Subscription]:
    """Return what is subscribed to."""
    return await reader.all(
        Subscription,
        """
        select id, receiver, settings from webhooks
         where account_id = :account_id and not is_disabled order by id
        """,
        account_id=account_id,
    )


async def list_webhooks(reader: Reader, account_id: int) -> list[Webhook]:
    """Return every subscription in its order."""
    return await reader.all(
        Webhook,
        f"{_COLUMNS} where account_id = :account_id order by sort, id",
        account_id=account_id,
    )


async def find_webhook(reader: Reader, account_id: int, webhook_id: int) -> Webhook | None:
    """Return one subscription, or None."""
    return await reader.one(
        Webhook,
        f"{_COLUMNS} where account_id = :account_id and id = :id",
        account_id=account_id,
        id=webhook_id,
    )


async def find_by_destination(reader: Reader, account_id: int, destination: str) -> Webhook | None:
    """Return the subscription of exactly this address, or None."""
    return await reader.one(
        Webhook,
        f"{_COLUMNS} where account_id = :account_id and destination = :destination",
        account_id=account_id,
        destination=destination,
    )


async def lock_webhooks(tx: Transaction, account_id: int) -> None:
    """Let nobody else subscribe in the account until the end of the transaction."""
    await tx.lock_values("select 1 from accounts where id = :account_id", account_id=account_id)


async def lock_webhook(tx: Transaction, account_id: int, webhook_id: int) -> None:
    """Let nobody else change the subscription until the end of the transaction."""
    await tx.lock_values(
        "select 1 from webhooks where account_id = :account_id and id = :id",
        account_id=account_id,
        id=webhook_id,
    )


async def count_webhooks(reader: Reader, account_id: int) -> int:
    """Return how many subscriptions the account has."""
    count: int = await reader.value(
        "select count(*) from webhooks where account_id = :account_id", account_id=account_id
    )
    return count


async def add_webhook(tx: Transaction, webhook: Webhook, secret_sealed: str) -> None:
    """Add a subscription."""
    await tx.change(
        """
        insert into webhooks (account_id, id, destination, receiver, settings, sort, is_disabled,
                              enabled_at, secret_sealed, created_at, created_by, client_id,
                              updated_at)
        values (:account_id, :id, :destination, :receiver, :settings, :sort, false,
                :created_at, :secret_sealed, :created_at, :created_by, :client_id,
                :created_at)
        """,
        account_id=webhook.account_id,
        id=webhook.id,
        destination=webhook.destination,
        receiver=webhook.receiver,
        settings=webhook.events,
        sort=webhook.sort,
        secret_sealed=secret_sealed,
        created_at=webhook.created_at,
        created_by=webhook.created_by,
        client_id=webhook.client_id,
    )


async def change_webhook(
    tx: Transaction,
    account_id: int,
    webhook_id: int,
    *,
    settings: str,
    sort: int,
    client_id: str | None,
    now: int,
) -> None:
    """Let a subscription want other events, for this integration or a person; it is on."""
    await tx.change(
        """
        update webhooks
           set settings = :settings, sort = :sort, client_id = :client_id, updated_at = :now,
               is_disabled = false,
               enabled_at = case when is_disabled then :now else enabled_at end
         where account_id = :account_id and id = :id
        """,
        account_id=account_id,
        id=webhook_id,
        settings=settings,
        sort=sort,
        client_id=client_id,
        now=now,
    )


async def enable_webhook(tx: Transaction, account_id: int, webhook_id: int, now: int) -> bool:
    """Switch a subscription on again; False when it is on."""
    changed = await tx.change(
        """
        update webhooks set is_disabled = false, enabled_at = :now, updated_at = :now
         where account_id = :account_id and id = :id and is_disabled
        """,
        account_id=account_id,
        id=webhook_id,
        now=now,
    )
    return changed == 1


async def disable_webhook(tx: Transaction, account_id: int, webhook_id: int, now: int) -> bool:
    """Switch a subscription off; False when it is off."""
    changed = await tx.change(
        """
        update webhooks set is_disabled = true, updated_at = :now
         where account_id = :account_id and id = :id and not is_disabled
        """,
        account_id=account_id,
        id=webhook_id,
        now=now,
    )
    return changed == 1


async def remove_webhook(tx: Transaction, account_id: int, webhook_id: int) -> bool:
    """Remove a subscription; False when there is none."""
    changed = await tx.change(
        "delete from webhooks where account_id = :account_id and id = :id",
        account_id=account_id,
        id=webhook_id,
    )
    return changed == 1


async def find_sealed_secrets(
    reader: Reader, account_id: int, webhook_id: int
) -> SealedSecrets | None:
    """Return the signing secrets, sealed, or None."""
    return await reader.one(
        SealedSecrets,
        """
        select secret_sealed, former_secret_sealed from webhooks
         where account_id = :account_id and id = :id
        """,
        account_id=account_id,
        id=webhook_id,
    )


async def renew_secret(
    tx: Transaction, account_id: int, webhook_id: int, sealed: str, former_until: int, now: int
) -> None:
    """Keep another signing secret; the present one signs as well until *former_until*."""
    await tx.change(
        """
        update webhooks
           set former_secret_sealed = secret_sealed, former_until = :former_until,
               secret_sealed = :sealed, updated_at = :now
         where account_id = :account_id and id = :id
        """,
        account_id=account_id,
        id=webhook_id,
        sealed=sealed,
        former_until=former_until,
        now=now,
    )
