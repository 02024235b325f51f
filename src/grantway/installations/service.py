"""Installing and uninstalling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from grantway import audit
from grantway.accounts.actor import Actor
from grantway.audit import Event
from grantway.crm.webhooks import service as webhooks
from grantway.db import Reader, Transaction
from grantway.hooks.service import plan_revoke_hook
from grantway.installations import store
from grantway.installations.errors import InstallationNotFound
from grantway.installations.store import BY_OPERATOR, Installed, InstalledIn, Live, Told

__all__ = [
    "Installed",
    "InstalledIn",
    "Live",
    "Made",
    "Told",
    "accounts_with",
    "begin",
    "count_accounts_with",
    "count_of_made",
    "find_live",
    "get_live",
    "install",
    "installed",
    "live",
    "live_installation",
    "note_hook",
    "set_status",
    "told_by",
    "uninstall",
]


class Made(msgspec.Struct, frozen=True):
    """The live installation, and whether this very call made it."""

    id: int
    is_new: bool


async def install(tx: Transaction, actor: Actor, client_id: str, now: int) -> int:
    """Return the id of the integration's live installation, made now if there was none.

    For administrators (S-28); the caller has checked that the integration may
    work in this account.
    """
    return (await begin(tx, actor, client_id, now)).id


async def begin(
    tx: Transaction,
    actor: Actor,
    client_id: str,
    now: int,
    *,
    status: str = "installed",
    channel: str = "consent",
    on_install_due: bool = False,
    details: Mapping[str, Any] | None = None,
) -> Made:
    """Install, and tell whether it was not installed before; else as `install`.

    *on_install_due*: a page shall call the widget's `onInstall`. *details* of
    how it came about go into the audit.
    """
    actor.must_administer()
    live = await store.find_live_installation(tx, actor.account_id, client_id)
    if live is not None:
        return Made(live, is_new=False)
    live, is_new = await store.add_installation(
        tx,
        actor.account_id,
        client_id,
        actor.user_id,
        now,
        status=status,
        channel=channel,
        on_install_due=on_install_due,
    )
    if is_new:
        entry = actor.did(Event.INSTALLED, at=now, subject=client_id)
        await audit.record(tx, entry.telling(details))
    return Made(live, is_new)


async def uninstall(
    tx: Transaction,
    actor: Actor,
    client_id: str,
    now: int,
    *,
    details: Mapping[str, Any] | None = None,
) -> bool:
    """End the integration's installation; False when it was not installed. For administrators.

    Codes, access, refresh and long-lived tokens that hang on it are dead from
    this moment, and the webhooks that it subscribed are gone (S-76). The
    integration is told once, however many grants there were (authorization.md 21
    row 18).
    """
    actor.must_administer()
    who = BY_OPERATOR if actor.is_operator else actor.user_id
    if not await store.end_installation(tx, actor.account_id, client_id, who, now):
        return False
    entry = actor.did(Event.UNINSTALLED, at=now, subject=client_id)
    await audit.record(tx, entry.telling(details))
    await webhooks.remove_with(tx, entry, client_id)
    await plan_revoke_hook(tx, actor.account_id, client_id, now)
    return True


async def installed(reader: Reader, account_id: int) -> list[str]:
    """Return the client ids of what is installed in the account."""
    return await store.list_installed(reader, account_id)


async def live_installation(reader: Reader, account_id: int, client_id: str) -> int | None:
    """Return the id of the integration's live installation in the account."""
    return await store.find_live_installation(reader, account_id, client_id)


async def find_live(reader: Reader, account_id: int, client_id: str) -> Live | None:
    """Return the integration's live installation in the account."""
    return await store.find_live(reader, account_id, client_id)


async def set_status(tx: Transaction, account_id: int, installation_id: int, status: str) -> None:
    """Note whether the widget is set up. Raises InstallationNotFound when it has ended."""
    if not await store.set_status(tx, account_id, installation_id, status):
        raise InstallationNotFound


async def claim_on_install(tx: Transaction, account_id: int, client_id: str) -> bool:
    """Tell whether `onInstall` is due, and to be called by whoever asks this: once."""
    return await store.claim_on_install(tx, account_id, client_id) > 0


async def note_hook(
    tx: Transaction, account_id: int, installation_id: int, *, hook_id: int, agreed_scopes: str
) -> None:
    """Keep which call tells the integration of it, and the scopes that were agreed to."""
    await store.note_hook(tx, account_id, installation_id, hook_id, agreed_scopes)


async def told_by(reader: Reader, account_id: int, hook_id: int) -> Told | None:
    """Return the installation that a call tells of; None when it has ended."""
    return await store.find_told_by(reader, account_id, hook_id)


async def live(reader: Reader, actor: Actor) -> list[Installed]:
    """Return what works in the actor's account; all its users may know."""
    return await store.list_live(reader, actor.account_id)


async def get_live(reader: Reader, actor: Actor, client_id: str) -> Installed:
    """Return one of them; raise InstallationNotFound."""
    for one in await live(reader, actor):
        if one.client_id == client_id:
            return one
    raise InstallationNotFound


async def accounts_with(reader: Reader, client_id: str) -> list[InstalledIn]:
    """Return the accounts in which the integration works, for the operator."""
    return await store.list_accounts_with(reader, client_id)


async def count_accounts_with(reader: Reader, client_id: str) -> int:
    """Return in how many accounts the integration works; the caller owns it."""
    return await store.count_accounts_with(reader, client_id)


async def count_of_made(reader: Reader, actor: Actor) -> dict[str, int]:
    """Return in how many accounts each integration works that was made in the actor's.

    For administrators. What works nowhere is left out.
    """
    actor.must_administer()
    found = await store.count_of_made(reader, actor.account_id)
    return {one.client_id: one.accounts for one in found}
