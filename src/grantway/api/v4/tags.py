"""`/api/v4/{leads,contacts,companies}/tags` (contract: api-v4.md 3.9)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grantway.api.v4.collection import ENTITIES, PAGING, any_of
from grantway.api.v4.resources import Asked, Page, Resource, Sent
from grantway.asgi.operations import Call, Operation, Parameter
from grantway.crm.entities.document import TagShown
from grantway.crm.tags import service
from grantway.crm.tags.model import NEW_LEAD_TAG, NEW_TAG, NewTag, Tag, new_tag
from grantway.db import Database, Reader, Transaction

_PARAMETERS = (
    *PAGING,
    Parameter("query", "A part of the name, in any case of letters.", {"type": "string"}, "ho"),
    Parameter("filter[name]", "Exactly this name.", {"type": "string"}, "hot"),
    any_of("id", "Any of these tags.", {"type": "integer"}, [1, 2]),
)
_COLOURED = "leads"


class AddedTag(msgspec.Struct, frozen=True):
    """A tag that was added, or that was there under this name."""

    id: int
    name: str
    color: str | None
    request_id: str


def shown(tag: Tag, asked: Asked) -> TagShown | AddedTag:
    """Return the tag as the API prints it."""
    if isinstance(asked.request_id, str):
        return AddedTag(tag.id, tag.name, tag.color, asked.request_id)
    return TagShown(tag.id, tag.name, tag.color)


def operations(db: Database) -> list[Operation]:
    """Return the rows of the table."""
    return [row for entity_type in ENTITIES for row in _operations(db, entity_type)]


def _operations(db: Database, entity_type: str) -> list[Operation]:
    one = ENTITIES[entity_type]
    is_coloured = entity_type == _COLOURED
    color = "FF8F92" if is_coloured else None
    new = Sent(
        NEW_LEAD_TAG if is_coloured else NEW_TAG,
        new_tag,
        {"name": "hot", "color": color} if is_coloured else {"name": "hot"},
    )
    tags = Resource(
        db=db,
        path=f"/api/v4/{entity_type}/tags",
        one=f"{one}_tag",
        many=f"{one}_tags",
        embedded="tags",
        tag="Tags",
        scope="crm",
        for_administrators=(),
        shown=shown,
        example=Tag(1, "hot", color),
        ids=(),
    )

    async def page(reader: Reader, call: Call) -> Page[Tag]:
        return await _page(reader, call, entity_type)

    async def add(tx: Transaction, call: Call, wanted: list[NewTag]) -> Sequence[Tag]:
        return await service.add(tx, call.actor, entity_type, wanted)

    return [
        tags.list_pages(
            page,
            summary=f"List the tags of {entity_type}",
            about=f"A page of the tags that {entity_type} can carry.",
            parameters=_PARAMETERS,
        ),
        tags.add(
            new,
            add,
            summary=f"Add tags for {entity_type}",
            about="Adds tags. A name that exists is answered with the tag that has it. "
            f"To put tags on a {one}, add or change the {one}.",
        ),
    ]


async def _page(reader: Reader, call: Call, entity_type: str) -> Page[Tag]:
    query = call.query
    names, ids = query.filter("name"), query.filter("id")
    found = await service.page(
        reader,
        call.actor,
        entity_type,
        page=query.page,
        limit=query.limit,
        query=query.text("query").strip() or None,
        names=names.texts() if names else (),
        ids=ids.wholes() if ids else (),
    )
    return Page(found.tags, found.has_next)
