"""The SQL of installations."""

from __future__ import annotations

import msgspec

from grantway.db import Reader, Transaction


class Installed(msgspec.Struct, frozen=True):
    """An integration that works in an account, as everybody there may know it."""

    client_id: str
    name: str
    kind: str
    scopes: str
    installed_at: int


class InstalledIn(msgspec.Struct, frozen=True):
    """An account in which an integration works."""

    account_id: int
    subdomain: str
    installed_at: int


async def find_live_installation(reader: Reader, account_id: int, client_id: str) -> int | None:
    """Return the id of the live installation of the integration in the account."""
    found: int | None = await reader.value(
        """
        select id from installations
         where account_id = :account_id and client_id = :client_id and ended_at is null
        """,
        account_id=account_id,
        client_id=client_id,
    )
    return found


async def add_installation(
    tx: Transaction, account_id: int, client_id: str, user_id: int, now: int
) -> int:
    """Add an installation unless a live one is there; return the id of the live one."""
    (new_id,) = await tx.take_ids("installation")
    await tx.change(
        """
        insert into installations (account_id, id, client_id, installed_at, installed_by)
        values (:account_id, :id, :client_id, :now, :user_id)
        on conflict do nothing
        """,
        account_id=account_id,
        id=new_id,
        client_id=client_id,
        now=now,
        user_id=user_id,
    )
    live = await find_live_installation(tx, account_id, client_id)
    if live is None:
        raise RuntimeError("an installation was neither there nor added")
    return live


async def end_installation(
    tx: Transaction, account_id: int, client_id: str, user_id: int, now: int
) -> int:
    """End the live installation; return 0 when there is none."""
    return await tx.change(
        """
        update installations set ended_at = :now, ended_by = :user_id
         where account_id = :account_id and client_id = :client_id and ended_at is null
        """,
        account_id=account_id,
        client_id=client_id,
        user_id=user_id,
        now=now,
    )


async def list_installed(reader: Reader, account_id: int) -> list[str]:
    """Return the client ids of what is installed in the account."""
    return await reader.column(
        """
        select client_id from installations
         where account_id = :account_id and ended_at is null order by installed_at, id
        """,
        account_id=account_id,
    )


async def list_live(reader: Reader, account_id: int) -> list[Installed]:
    """Return what is installed in the account, the oldest first."""
    return await reader.all(
        Installed,
        """
        select n.client_id, n.name, n.kind, n.scopes, i.installed_at
          from installations i join integrations n on n.client_id = i.client_id
         where i.account_id = :account_id and i.ended_at is null
           and n.status not in ('disabled', 'deleted')
         order by i.installed_at, i.id
        """,
        account_id=account_id,
    )


async def list_accounts_with(reader: Reader, client_id: str) -> list[InstalledIn]:
    """Return the accounts in which the integration is installed, the first one first."""
    return await reader.all(
        InstalledIn,
        """
        select a.id, a.subdomain, i.installed_at
          from installations i join accounts a on a.id = i.account_id
         where i.client_id = :client_id and i.ended_at is null and a.status <> 'deleted'
         order by i.installed_at, a.id
        """,
        client_id=client_id,
    )
