"""The SQL of integrations."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grantway.db import Reader, Transaction
from grantway.integrations.errors import IntegrationNotFound
from grantway.integrations.model import Client, Integration, Presented


class IntegrationName(msgspec.Struct, frozen=True):
    """How to call an integration."""

    client_id: str
    name: str


_INTEGRATION = """
select client_id, account_id, kind, status, name, description, redirect_uri, revoke_hook_uri,
       scopes, fidelity, secret_issued_at, created_at, created_by, updated_at, language,
       short_description, instructions, owner_name, owner_uri, privacy_uri, has_widget, secrets_uri,
       published_at, disabled_at, disabled_reason, price, archive_number
  from integrations
"""
_SETTINGS = (
    *("name", "description", "redirect_uri", "revoke_hook_uri", "scopes", "fidelity", "language"),
    *("short_description", "instructions", "owner_name", "owner_uri", "privacy_uri", "has_widget"),
    "price",
)


async def add_integration(tx: Transaction, integration: Integration) -> None:
    """Add *integration*, without a secret."""
    columns = ("client_id", "kind", "status", "secrets_uri", *_SETTINGS)
    await tx.change(
        f"""
        insert into integrations (account_id, {", ".join(columns)},
                                  created_at, created_by, updated_at, updated_by)
        values (:account_id, {", ".join(f":{column}" for column in columns)},
                :created_at, :created_by, :created_at, :created_by)
        """,
        account_id=integration.account_id,
        **{column: getattr(integration, column) for column in columns},
        created_at=integration.created_at,
        created_by=integration.created_by,
    )


async def find_integration(reader: Reader, account_id: int, client_id: str) -> Integration | None:
    """Return the account's own integration unless it is deleted."""
    return await reader.one(
        Integration,
        f"""{_INTEGRATION}
         where account_id = :account_id and client_id = :client_id and status <> 'deleted'""",
        account_id=account_id,
        client_id=client_id,
    )


async def find_of_any_account(reader: Reader, client_id: str) -> Integration | None:
    """Return the integration unless it is deleted, whosever it is."""
    return await reader.one(
        Integration,
        f"{_INTEGRATION} where client_id = :client_id and status <> 'deleted'",
        client_id=client_id,
    )


async def get_of_any_account(reader: Reader, client_id: str) -> Integration:
    """Return an integration that is known to be there."""
    found = await find_of_any_account(reader, client_id)
    if found is None:
        raise IntegrationNotFound
    return found


async def lock_of_any_account(tx: Transaction, client_id: str) -> None:
    """Let nobody else change the integration, or install it, until the end."""
    await tx.lock(
        "select 1 from integrations where client_id = :client_id",
        client_id=client_id,
    )


async def lock_integration(tx: Transaction, account_id: int, client_id: str) -> None:
    """Let nobody else change the integration until the end; codes of it are redeemed meanwhile."""
    await tx.lock_values(
        "select 1 from integrations where account_id = :account_id and client_id = :client_id",
        account_id=account_id,
        client_id=client_id,
    )


async def lock_to_end(tx: Transaction, account_id: int, client_id: str) -> None:
    """Let nobody change the integration, nor begin anything with it, until the end."""
    await tx.lock(
        "select 1 from integrations where account_id = :account_id and client_id = :client_id",
        account_id=account_id,
        client_id=client_id,
    )


async def list_integrations(reader: Reader, account_id: int) -> list[Integration]:
    """Return the account's own integrations, the newest first."""
    return await reader.all(
        Integration,
        f"""{_INTEGRATION}
         where account_id = :account_id and status <> 'deleted'
         order by created_at desc, client_id""",
        account_id=account_id,
    )


async def change_settings(
    tx: Transaction, account_id: int, changed: Integration, user_id: int, now: int
) -> int:
    """Store the settings of *changed*; return 0 when it is gone."""
    return await tx.change(
        f"""
        update integrations
           set {", ".join(f"{column} = :{column}" for column in _SETTINGS)},
               updated_at = :now, updated_by = :user_id
         where account_id = :account_id and client_id = :client_id and status <> 'deleted'
        """,
        **{column: getattr(changed, column) for column in _SETTINGS},
        account_id=account_id,
        client_id=changed.client_id,
        user_id=user_id,
        now=now,
    )


async def keep_archive(
    tx: Transaction, account_id: int, client_id: str, number: int | None, now: int
) -> int:
    """Let an archive of the integration's widget be in force, or none; 0 when it is gone."""
    return await tx.change(
        """
        update integrations set archive_number = :number, updated_at = :now
         where account_id = :account_id and client_id = :client_id and status <> 'deleted'
        """,
        account_id=account_id,
        client_id=client_id,
        number=number,
        now=now,
    )


async def keep_secret(
    tx: Transaction,
    account_id: int,
    client_id: str,
    *,
    secret_hash: str,
    secret_sealed: str,
    user_id: int,
    now: int,
) -> int:
    """Put another secret in place of the present one; return 0 when the integration is gone.

    Whoever gets it has the keys, so no others are waited for.
    """
    return await tx.change(
        """
        update integrations
           set secret_hash = :secret_hash, secret_sealed = :secret_sealed, keys_due_at = null,
               secret_issued_at = :now, updated_at = :now, updated_by = :user_id
         where account_id = :account_id and client_id = :client_id and status <> 'deleted'
        """,
        account_id=account_id,
        client_id=client_id,
        secret_hash=secret_hash,
        secret_sealed=secret_sealed,
        user_id=user_id,
        now=now,
    )


async def end_integration(
    tx: Transaction, account_id: int, client_id: str, user_id: int, now: int
) -> int:
    """Mark the integration as deleted; its id is never given out again (S-153).

    Its secret key is wiped by `signing_store`, once no revoke hook waits for it.
    """
    return await tx.change(
        """
        update integrations
           set status = 'deleted', updated_at = :now, updated_by = :user_id
         where account_id = :account_id and client_id = :client_id and status <> 'deleted'
        """,
        account_id=account_id,
        client_id=client_id,
        user_id=user_id,
        now=now,
    )


async def list_names(
    reader: Reader, account_id: int, client_ids: Sequence[str]
) -> list[IntegrationName]:
    """Return the names of what the account owns or ever installed, deleted ones as well."""
    if not client_ids:
        return []
    return await reader.all(
        IntegrationName,
        """
        select client_id, name from integrations n
         where client_id in (:client_ids)
           and (account_id = :account_id or exists (
                select 1 from installations i
                 where i.client_id = n.client_id and i.account_id = :account_id))
        """,
        account_id=account_id,
        client_ids=client_ids,
    )


async def count_integrations(reader: Reader, account_id: int) -> int:
    """Return how many integrations the account owns."""
    count: int = await reader.value(
        """
        select count(*) from integrations
         where account_id = :account_id and status <> 'deleted'
        """,
        account_id=account_id,
    )
    return count


async def find_client(reader: Reader, client_id: str) -> Client | None:
    """Return the integration, whosever it is and whatever became of it."""
    return await reader.one(
        Client,
        """
        select client_id, account_id, kind, status, name, redirect_uri, revoke_hook_uri, scopes,
               fidelity, has_widget, secrets_uri, secret_hash
          from integrations where client_id = :client_id
        """,
        client_id=client_id,
    )


async def find_presented(reader: Reader, client_id: str, language: str) -> Presented | None:
    """Return what is shown of a working integration: its texts in *language*, if it has them."""
    return await reader.one(
        Presented,
        """
        select n.client_id, n.account_id, coalesce(t.name, n.name),
               coalesce(t.short_description, n.short_description), coalesce(t.language, n.language),
               case when n.owner_name = '' then a.name else n.owner_name end,
               n.owner_uri, n.privacy_uri, n.redirect_uri, n.secrets_uri, n.scopes, n.kind,
               n.status, n.has_widget
          from integrations n
          join accounts a on a.id = n.account_id
          left join integration_texts t on t.client_id = n.client_id and t.language = :language
         where n.client_id = :client_id and n.status not in ('disabled', 'deleted')
        """,
        client_id=client_id,
        language=language,
    )


async def lock_making(tx: Transaction, account_id: int) -> None:
    """Let the account's integrations be counted and made by one transaction at a time."""
    await tx.lock("select 1 from accounts where id = :account_id", account_id=account_id)


async def count_by_button(reader: Reader, account_id: int) -> int:
    """Return how many of the account's integrations were made by buttons on sites."""
    count: int = await reader.value(
        """
        select count(*) from integrations
         where account_id = :account_id and secrets_uri is not null and status <> 'deleted'
        """,
        account_id=account_id,
    )
    return count
