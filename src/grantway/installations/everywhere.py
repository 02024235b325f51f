"""Ending an integration in every account at once: the operator's kill switch (S-79).

Tokens and the secret key are refused from the moment that the integration is
marked, whatever is still installed. Installations end after that, some at a
time, so that nobody waits behind them; whoever is interrupted begins again, and
finds what is left. Nothing that ended here comes back when the integration does.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from grantway import audit
from grantway.accounts.actor import Actor
from grantway.audit import Entry, Event
from grantway.crm.webhooks import service as webhooks
from grantway.db import Database, Reader, Transaction
from grantway.hooks.service import plan_revoke_hook
from grantway.installations import store
from grantway.installations.store import StoppedIn
from grantway.integrations import service as integrations
from grantway.integrations import states
from grantway.integrations.model import Integration
from grantway.notices import service as notices
from grantway.notices.model import Kind

_AT_ONCE = 100
"""Installations that one transaction ends: on SQLite everybody else who writes waits for it."""


Also = Callable[[Transaction, str], Awaitable[object]]
"""What others, who lie above, do to the integration in the same transaction."""


async def stop(
    db: Database, client_id: str, reason: str, now: int, *, also: Also | None = None
) -> tuple[bool, int]:
    """Disable the integration and end it everywhere, in transactions of its own.

    Return whether it was working until now, and how many installations ended.
    Doing it again ends what an interruption left. *also* is done together with
    disabling. Raises IntegrationNotFound, WrongState.
    """
    async with db.write() as tx:
        is_stopped_now = await states.disable(tx, client_id, reason, now)
        if is_stopped_now:
            stopped = await integrations.of_any_account(tx, client_id)
            await _tell(tx, stopped, Kind.INTEGRATION_DISABLED, now, quote=reason)
        if also is not None:
            await also(tx, client_id)
    return is_stopped_now, await _end_all(db, client_id, now)


async def let_work(
    db: Database, client_id: str, now: int, *, also: Also | None = None
) -> Integration:
    """Enable a disabled integration, once nothing of it stands installed any more.

    *also* is done together with that. Raises IntegrationNotFound, WrongState.
    """
    await _end_all(db, client_id, now)
    async with db.write() as tx:
        # Whoever was installing it while it was stopped has finished then, and is seen.
        await states.hold(tx, client_id)
        while (await end_some(tx, now, client_id)).found:
            pass
        enabled = await states.enable(tx, client_id, now)
        await _tell(tx, enabled, Kind.INTEGRATION_ENABLED, now)
        if also is not None:
            await also(tx, client_id)
        return enabled


class Ended(msgspec.Struct, frozen=True):
    """How many installations stood, and the accounts of those that this transaction ended.

    Another process may have ended some in between: only *found* says whether
    anything was left.
    """

    found: int
    accounts: list[int]


async def end_some(tx: Transaction, now: int, client_id: str | None = None) -> Ended:
    """End some installations of disabled integrations, or of one.

    Each account is told in its own audit, and the integration by its revoke
    hook, once for each account.
    """
    ended = []
    live = await store.list_live_of_disabled(tx, client_id, _AT_ONCE)
    for one in live:
        if not await store.end_by_operator(tx, one.account_id, one.id, now):
            continue
        ended.append(one.account_id)
        entry = Entry(
            at=now,
            event=Event.UNINSTALLED,
            account_id=one.account_id,
            actor="operator",
            subject=one.client_id,
            outcome="stopped everywhere",
        )
        await audit.record(tx, entry)
        await webhooks.remove_with(tx, entry, one.client_id)
        await plan_revoke_hook(tx, one.account_id, one.client_id, now)
    return Ended(len(live), ended)


async def sweep(tx: Transaction, now: int) -> int:
    """End some of what an interrupted `stop` left; return how many."""
    return len((await end_some(tx, now)).accounts)


async def stopped_in(reader: Reader, actor: Actor) -> list[StoppedIn]:
    """Return what the operator ended in the actor's account; all its users may know."""
    return await store.list_stopped_in(reader, actor.account_id)


async def _tell(
    tx: Transaction, integration: Integration, kind: Kind, now: int, **more: str
) -> None:
    await notices.tell_administrators(
        tx,
        integration.account_id,
        kind,
        now,
        facts={"integration": integration.name, **more},
        path=f"integrations/{integration.client_id}",
    )


async def _end_all(db: Database, client_id: str, now: int) -> int:
    count = 0
    while True:
        async with db.write() as tx:
            ended = await end_some(tx, now, client_id)
        count += len(ended.accounts)
        if not ended.found:
            return count
