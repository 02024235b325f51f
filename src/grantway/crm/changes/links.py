"""What linking and unlinking tells: events of the entity from which a link is kept."""

from __future__ import annotations

from collections.abc import Sequence

from grantway.accounts.actor import Actor
from grantway.crm.changes.model import SINGULAR, NewEvent
from grantway.crm.changes.service import tell
from grantway.crm.links.model import Link
from grantway.crm.webhooks.model import Occurrence
from grantway.db import Transaction


async def tell_links(
    tx: Transaction, actor: Actor, linked: Sequence[Link], unlinked: Sequence[Link], now: int
) -> None:
    """Tell of links that were not there before, and of those that are gone."""
    events = [
        NewEvent(
            "entity_unlinked",
            SINGULAR[one.from_type],
            one.from_id,
            after=[{"unlink": {"entity": {"type": SINGULAR[one.to_type], "id": one.to_id}}}],
        )
        for one in unlinked
    ]
    events += [
        NewEvent(
            "entity_linked",
            SINGULAR[one.from_type],
            one.from_id,
            after=[{"link": {"entity": {"type": SINGULAR[one.to_type], "id": one.to_id}}}],
        )
        for one in linked
    ]
    if events:
        await tell(tx, actor, events, _nothing, now)


async def _nothing(wanted: frozenset[str]) -> Sequence[Occurrence]:  # noqa: ARG001 - no webhook is about links
    return []
