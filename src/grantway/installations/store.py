"""The SQL of installations."""

from __future__ import annotations

import msgspec

from grantway.db import Overtaken, Reader, Transaction

BY_OPERATOR = 0
"""Stands in `ended_by` in place of a user when the platform's operator did it."""
# What moderators install to try it is in nobody's use.
_COUNTS = "not exists (select 1 from trial_accounts t where t.account_id = i.account_id)"


class Installed(msgspec.Struct, frozen=True):
    """An integration that works in an account, as everybody there may know it.

    *installed_by* is None when that person is not known any more.
    """

    client_id: str
    name: str
    kind: str
    status: str
    scopes: str
    owner_id: int
    owner_name: str
    has_revoke_hook: bool
    installed_at: int
    installed_by: str | None

    @property
    def is_verified(self) -> bool:
        """Whether it passed moderation: published ones did, no others."""
        return self.status == "published"


class Live(msgspec.Struct, frozen=True):
    """A live installation, and whether its widget is set up.

    *on_install_due*: no page has called the widget's `onInstall` yet.
    """

    id: int
    status: str
    channel: str
    on_install_due: bool


class Told(msgspec.Struct, frozen=True):
    """A live installation that a call tells of."""

    id: int
    installed_by: int
    agreed_scopes: str
    subdomain: str


class InstalledIn(msgspec.Struct, frozen=True):
    """An account in which an integration works."""

    account_id: int
    subdomain: str
    installed_at: int


class InstalledTimes(msgspec.Struct, frozen=True):
    """In how many accounts an integration works."""

    client_id: str
    accounts: int


class LiveOfDisabled(msgspec.Struct, frozen=True):
    """An installation that has to end, because its integration was stopped."""

    account_id: int
    id: int
    client_id: str


class StoppedIn(msgspec.Struct, frozen=True):
    """An integration that worked in an account until the operator stopped it everywhere."""

    client_id: str
    name: str
    kind: str
    stopped_at: int


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


async def find_live(reader: Reader, account_id: int, client_id: str) -> Live | None:
    """Return the live installation of the integration in the account."""
    return await reader.one(
        Live,
        """
        select id, status, channel, on_install_due from installations
         where account_id = :account_id and client_id = :client_id and ended_at is null
        """,
        account_id=account_id,
        client_id=client_id,
    )


async def add_installation(
    tx: Transaction,
    account_id: int,
    client_id: str,
    user_id: int,
    now: int,
    *,
    status: str = "installed",
    channel: str = "consent",
    on_install_due: bool = False,
) -> tuple[int, bool]:
    """Add an installation unless a live one is there; return the live one's id and if it is new."""
    (new_id,) = await tx.take_ids("installation")
    added = await tx.change(
        """
        insert into installations (account_id, id, client_id, installed_at, installed_by,
                                   status, channel, on_install_due)
        values (:account_id, :id, :client_id, :now, :user_id, :status, :channel, :on_install_due)
        on conflict do nothing
        """,
        account_id=account_id,
        id=new_id,
        client_id=client_id,
        now=now,
        user_id=user_id,
        status=status,
        channel=channel,
        on_install_due=on_install_due,
    )
    live = await find_live_installation(tx, account_id, client_id)
    if live is None:
        raise Overtaken("the live installation ended while another one was made")
    if added and await _is_deleted(tx, client_id):
        raise Overtaken("the integration was deleted while it was installed")
    return live, added == 1


async def _is_deleted(reader: Reader, client_id: str) -> bool:
    status = await reader.value(
        "select status from integrations where client_id = :client_id", client_id=client_id
    )
    return bool(status == "deleted")


async def set_status(tx: Transaction, account_id: int, installation_id: int, status: str) -> int:
    """Note whether the widget of a live installation is set up; return 0 when it has ended."""
    return await tx.change(
        """
        update installations set status = :status
         where account_id = :account_id and id = :id and ended_at is null
        """,
        account_id=account_id,
        id=installation_id,
        status=status,
    )


async def claim_on_install(tx: Transaction, account_id: int, client_id: str) -> int:
    """Note that `onInstall` is called; return 0 when it was not due."""
    return await tx.change(
        """
        update installations set on_install_due = false
         where account_id = :account_id and client_id = :client_id and ended_at is null
           and on_install_due
        """,
        account_id=account_id,
        client_id=client_id,
    )


async def note_hook(
    tx: Transaction, account_id: int, installation_id: int, hook_id: int, agreed_scopes: str
) -> None:
    """Keep which call tells of the installation, and what the administrator agreed to."""
    await tx.change(
        """
        update installations set hook_id = :hook_id, agreed_scopes = :agreed_scopes
         where account_id = :account_id and id = :id
        """,
        account_id=account_id,
        id=installation_id,
        hook_id=hook_id,
        agreed_scopes=agreed_scopes,
    )


async def find_told_by(reader: Reader, account_id: int, hook_id: int) -> Told | None:
    """Return the installation of which a call tells, while it lives in a working account."""
    return await reader.one(
        Told,
        """
        select i.id, i.installed_by, i.agreed_scopes, a.subdomain
          from installations i join accounts a on a.id = i.account_id
         where i.account_id = :account_id and i.hook_id = :hook_id and i.ended_at is null
           and a.status = 'active'
        """,
        account_id=account_id,
        hook_id=hook_id,
    )


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
        select n.client_id, n.name, n.kind, n.status, n.scopes, n.account_id,
               case when n.owner_name = '' then a.name else n.owner_name end,
               n.revoke_hook_uri is not null, i.installed_at, u.name
          from installations i
          join integrations n on n.client_id = i.client_id
          join accounts a on a.id = n.account_id
          left join users u on u.id = i.installed_by
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


async def count_accounts_with(reader: Reader, client_id: str) -> int:
    """Return in how many accounts the integration is installed, to use it and not to try it."""
    count: int = await reader.value(
        f"""
        select count(*) from installations i
         where i.client_id = :client_id and i.ended_at is null and {_COUNTS}
        """,
        client_id=client_id,
    )
    return count


async def count_of_made(reader: Reader, account_id: int) -> list[InstalledTimes]:
    """Return in how many accounts each integration is installed that this account made."""
    return await reader.all(
        InstalledTimes,
        f"""
        select n.client_id, count(*)
          from integrations n join installations i on i.client_id = n.client_id
         where n.account_id = :account_id and i.ended_at is null and {_COUNTS}
         group by n.client_id
        """,
        account_id=account_id,
    )


async def list_live_of_disabled(
    reader: Reader, client_id: str | None, most: int
) -> list[LiveOfDisabled]:
    """Return some live installations of disabled integrations, or of one of them."""
    return await reader.all(
        LiveOfDisabled,
        """
        select i.account_id, i.id, i.client_id
          from integrations n join installations i on i.client_id = n.client_id
         where n.status = 'disabled' and i.ended_at is null
           and n.client_id = coalesce(:client_id, n.client_id)
         order by i.account_id, i.id limit :most
        """,
        client_id=client_id,
        most=most,
    )


async def end_by_operator(tx: Transaction, account_id: int, installation_id: int, now: int) -> int:
    """End one installation of an account in the operator's name; 0 when it has ended."""
    return await tx.change(
        """
        update installations set ended_at = :now, ended_by = :by_operator
         where account_id = :account_id and id = :installation_id and ended_at is null
        """,
        by_operator=BY_OPERATOR,
        account_id=account_id,
        installation_id=installation_id,
        now=now,
    )


async def list_stopped_in(reader: Reader, account_id: int) -> list[StoppedIn]:
    """Return the disabled integrations that worked in the account until then, the last first.

    Also those whose installation the operator has marked and not yet ended.
    """
    return await reader.all(
        StoppedIn,
        """
        select n.client_id, n.name, n.kind, max(coalesce(i.ended_at, n.disabled_at))
          from installations i join integrations n on n.client_id = i.client_id
         where i.account_id = :account_id and n.status = 'disabled'
           and (i.ended_at is null or (i.ended_by = :by_operator and i.ended_at >= n.disabled_at))
         group by n.client_id, n.name, n.kind
         order by max(coalesce(i.ended_at, n.disabled_at)) desc, n.client_id
        """,
        account_id=account_id,
        by_operator=BY_OPERATOR,
    )
