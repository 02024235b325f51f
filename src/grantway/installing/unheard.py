"""Installations of which the integration may never have heard (S-204)."""

from __future__ import annotations

from collections.abc import Sequence

from grantway.accounts.actor import Actor
from grantway.db import Reader, Transaction
from grantway.installing import store
from grantway.installing.store import Unheard
from grantway.integrations import service as integrations
from grantway.integrations.errors import IntegrationNotFound
from grantway.notices import service as notices
from grantway.notices.model import Kind

MOST_UNHEARD = 100


async def unheard(reader: Reader, actor: Actor, client_id: str) -> Sequence[Unheard]:
    """Return where the integration works and has not heard of it, the newest first.

    For administrators of the account that made it. Raises IntegrationNotFound.
    """
    await integrations.get_own(reader, actor, client_id)
    return await store.list_unheard(reader, actor.account_id, client_id, MOST_UNHEARD)


async def tell_unheard(tx: Transaction, client_id: str, now: int) -> None:
    """Tell the integrator's administrators that an install hook was lost, once a day.

    In the transaction that notes it, so that whoever dies in between tells
    neither twice nor not at all.
    """
    try:
        integration = await integrations.of_any_account(tx, client_id)
    except IntegrationNotFound:
        return  # all its installations ended with it
    owner, path = integration.account_id, f"integrations/{client_id}/calls"
    # First, because of thousands that a broken server does not hear all but one end here.
    if not await notices.anybody_hears(tx, owner, Kind.INSTALLS_UNHEARD, now, path=path):
        return
    found = await store.list_unheard(tx, owner, client_id, MOST_UNHEARD)
    if found:
        count = str(len(found)) if len(found) < MOST_UNHEARD else f"{MOST_UNHEARD}+"
        facts = {"integration": integration.name, "accounts": count}
        await notices.tell_administrators(
            tx, owner, Kind.INSTALLS_UNHEARD, now, facts=facts, path=path
        )
