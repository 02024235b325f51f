"""`/api/v4/events` (contract: api-v4.md 4.3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET, UnsetType

from grantway.api.v4.collection import links, more_to_show, named_in_address, paging
from grantway.api.v4.event_filters import PARAMETERS, event_query
from grantway.api.v4.resources import Asked, Page, Resource
from grantway.asgi.operations import Call, Operation, Parameter
from grantway.asgi.schemas import Links
from grantway.crm.changes.model import row_id, values_text
from grantway.crm.events import service
from grantway.crm.events.event_types import EVENT_TYPES, EventType
from grantway.crm.events.model import (
    ENTITY_TYPES,
    MOST_ON_A_PAGE,
    Event,
    EventPage,
    elements,
)
from grantway.db import Database, Reader

PATH = "/api/v4/events"
_NAMED = {f"{one}_name": one for one in ENTITY_TYPES if one != "task"}
_MORE = more_to_show(_NAMED, "lead_name")
_NOT_FOUND = {404: "There is no such event that the token's user may see."}


class EntityOfEvent(msgspec.Struct, frozen=True, kw_only=True):
    """To whom it happened, with the name if `with` asks for it."""

    id: int
    name: str | UnsetType = UNSET
    _links: Links


class InsideEvent(msgspec.Struct, frozen=True):
    """What belongs to the event."""

    entity: EntityOfEvent


class EventShown(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened. What the values are made of, its type says."""

    id: str
    type: str
    entity_id: int
    entity_type: str
    created_by: int
    created_at: int
    value_after: list[dict[str, Any]]
    value_before: list[dict[str, Any]]
    account_id: int
    _links: Links
    _embedded: InsideEvent


class EventTypeShown(msgspec.Struct, frozen=True):
    """A type of events, its number, and what people call it."""

    key: str
    type: int
    lang: str


class Told(NamedTuple):
    """An event, and the name of its entity, if it was asked for and there is one."""

    event: Event
    name: str | None = None


_STAGES = (
    values_text([{"lead_status": {"id": status_id, "pipeline_id": 1}}]) for status_id in (1001, 142)
)
_EXAMPLE = Told(
    Event(row_id(1_700_000_000, 3), "lead_status_changed", "lead", 1, 1, None, *_STAGES)
)


def shown(told: Told, asked: Asked) -> EventShown:
    """Return the event as the API prints it."""
    event = told.event
    entities = f"{asked.origin}/api/v4/{ENTITY_TYPES[event.entity_type]}"
    return EventShown(
        id=event.id,
        type=event.type,
        entity_id=event.entity_id,
        entity_type=event.entity_type,
        created_by=event.created_by,
        created_at=event.created_at,
        value_after=elements(event.value_after),
        value_before=elements(event.value_before),
        account_id=asked.account_id,
        _links=links(f"{asked.origin}{PATH}/{event.id}"),
        _embedded=InsideEvent(
            EntityOfEvent(
                id=event.entity_id,
                name=UNSET if told.name is None else told.name,
                _links=links(f"{entities}/{event.entity_id}"),
            )
        ),
    )


def _type_shown(one: EventType, asked: Asked) -> EventTypeShown:  # noqa: ARG001 - as resources print
    return EventTypeShown(one.key, one.number, one.words)


def operations(db: Database) -> list[Operation]:
    """Return the rows of the table."""
    events = Resource(
        db=db,
        path=PATH,
        one="event",
        many="events",
        embedded="events",
        tag="Events",
        scope="crm",
        for_administrators=(),
        shown=shown,
        example=_EXAMPLE,
        ids=[named_in_address("The event.", _EXAMPLE.event.id)],
        max_limit=MOST_ON_A_PAGE,
    )
    types = Resource(
        db=db,
        path=f"{PATH}/types",
        one="event_type",
        many="event_types",
        embedded="events_types",
        tag="Events",
        scope="crm",
        for_administrators=(),
        shown=_type_shown,
        example=EVENT_TYPES["lead_added"],
        ids=(),
    )
    return [
        events.list_pages(
            _list,
            summary="List events",
            about="What happened to leads, contacts, companies and tasks, newest first: of what "
            "the token's user may view, within the last year.",
            parameters=(*paging(MOST_ON_A_PAGE), _MORE, *PARAMETERS),
        ),
        types.list_whole(
            _list_types,
            may_be_empty=False,
            summary="List types of events",
            about="Every type of events that this platform tells.",
            parameters=(
                Parameter(
                    "language_code",
                    "Taken and without effect: the names are English.",
                    {"type": "string"},
                    "en",
                ),
            ),
        ),
        events.get(
            _get,
            summary="Get one event",
            about="One event, without an envelope.",
            parameters=(_MORE,),
            refuses=_NOT_FOUND,
        ),
    ]


def _named(call: Call) -> set[str]:
    return {entity_type for word, entity_type in _NAMED.items() if word in call.query.with_}


def _told(page: EventPage) -> list[Told]:
    return [Told(one, page.names.get((one.entity_type, one.entity_id))) for one in page.events]


async def _list(reader: Reader, call: Call) -> Page[Told]:
    found = await service.page(reader, call.actor, event_query(call), _named(call))
    return Page(_told(found), found.has_next)


async def _get(reader: Reader, call: Call) -> Told:
    (one,) = _told(await service.get(reader, call.actor, call.names["id"], _named(call)))
    return one


async def _list_types(reader: Reader, call: Call) -> Sequence[EventType]:  # noqa: ARG001 - the same for all
    return list(EVENT_TYPES.values())
