"""Installing and uninstalling."""

from __future__ import annotations

from grantway import audit
from grantway.accounts.actor import Actor
from grantway.audit import Event
from grantway.crm.webhooks import service as webhooks
from grantway.db import Reader, Transaction
from grantway.hooks.service import plan_revoke_hook
from grantway.installations import store
from grantway.installations.errors import InstallationNotFound
from grantway.installations.store import BY_OPERATOR, Installed, InstalledIn

__all__ = [
    "Installed",
    "InstalledIn",
    "accounts_with",
    "count_accounts_with",
    "count_of_made",
    "get_live",
    "install",
    "installed",
    "live",
    "live_installation",
    "uninstall",
]


async def install(tx: Transaction, actor: Actor, client_id: str, now: int) -> int:
    """Return the id of the integration's live installation, made now if there was none.

    For administrators (S-28); the caller has checked that the integration may
    work in this account.
    """
    actor.must_administer()
    live = await store.find_live_installation(tx, actor.account_id, client_id)
    if live is not None:
        return live
    live = await store.add_installation(tx, actor.account_id, client_id, actor.user_id, now)
    await audit.record(tx, actor.did(Event.INSTALLED, at=now, subject=client_id))
    return live


async def uninstall(tx: Transaction, actor: Actor, client_id: str, now: int) -> bool:
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
    await audit.record(tx, entry)
    await webhooks.remove_with(tx, entry, client_id)
    await plan_revoke_hook(tx, actor.account_id, client_id, now)
    return True


async def installed(reader: Reader, account_id: int) -> list[str]:
    """Return the client ids of what is installed in the account."""
    return await store.list_installed(reader, account_id)


async def live_installation(reader: Reader, account_id: int, client_id: str) -> int | None:
    """Return the id of the integration's live installation in the account."""
    return await store.find_live_installation(reader, account_id, client_id)


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
