"""What may be asked of events."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from grantway.accounts.actor import Actor
from grantway.crm.changes.model import row_of
from grantway.crm.entities.model import Listing
from grantway.crm.entities.naming import names
from grantway.crm.events import store
from grantway.crm.events.errors import EventNotFound
from grantway.crm.events.model import (
    ENTITY_TYPES,
    Event,
    EventPage,
    EventQuery,
    check,
    conditions,
)
from grantway.crm.events.seeing import sight
from grantway.db import Reader


async def page(
    reader: Reader, actor: Actor, query: EventQuery, named: Collection[str] = ()
) -> EventPage:
    """Return events that the actor sees, newest first, with the names of entities of types *named*.

    Raises Invalid for what the filters do not take.
    """
    check(query)
    common, choices = conditions(query)
    visible = await sight(
        reader, actor, is_named=query.rows is not None or query.entity_ids is not None
    )
    one_more = Listing(order="id", descending=True, offset=query.offset, limit=query.limit + 1)
    found = await store.list_events(
        reader, actor.account_id, common, visible.parts(choices), one_more
    )
    events = found[: query.limit]
    return EventPage(
        events, len(found) > query.limit, await _names(reader, actor.account_id, events, named)
    )


async def get(
    reader: Reader, actor: Actor, event_id: str, named: Collection[str] = ()
) -> EventPage:
    """Return a page with the one event; raise EventNotFound."""
    row = row_of(event_id)
    if row is None:
        raise EventNotFound(why="no such id")
    found = await page(reader, actor, EventQuery(rows=[row], limit=1), named)
    if not found.events:
        raise EventNotFound(why=f"event {row}")
    return found


async def _names(
    reader: Reader, account_id: int, events: Sequence[Event], named: Collection[str]
) -> Mapping[tuple[str, int], str]:
    found: dict[tuple[str, int], str] = {}
    for one in sorted(named):
        ids = {event.entity_id for event in events if event.entity_type == one}
        called = await names(reader, account_id, ENTITY_TYPES[one], ids)
        found |= {(one, entity_id): name for entity_id, name in called.items()}
    return found
