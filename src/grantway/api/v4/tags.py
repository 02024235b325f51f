"""`/api/v4/leads/tags` (contract: api-v4.md 3.9)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grantway.api.v4.collection import PAGING, any_of
from grantway.api.v4.resources import Asked, Page, Resource, Sent
from grantway.asgi.operations import Call, Operation, Parameter
from grantway.crm.leads.document import TagShown
from grantway.crm.leads.model import ENTITY_TYPE
from grantway.crm.tags import service
from grantway.crm.tags.model import NEW_LEAD_TAG, NewTag, Tag, new_tag
from grantway.db import Database, Reader, Transaction

PATH = "/api/v4/leads/tags"
_PARAMETERS = (
    *PAGING,
    Parameter("query", "A part of the name, in any case of letters.", {"type": "string"}, "ho"),
    Parameter("filter[name]", "Exactly this name.", {"type": "string"}, "hot"),
    any_of("id", "Any of these tags.", {"type": "integer"}, [1, 2]),
)
_NEW = Sent(NEW_LEAD_TAG, new_tag, {"name": "hot", "color": "FF8F92"})


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
    tags = Resource(
        db=db,
        path=PATH,
        one="tag",
        many="tags",
        embedded="tags",
        tag="Tags",
        scope="crm",
        for_administrators=(),
        shown=shown,
        example=Tag(1, "hot", "FF8F92"),
        ids=(),
    )
    return [
        tags.list_pages(
            _page,
            summary="List the tags of leads",
            about="A page of the tags that leads can carry.",
            parameters=_PARAMETERS,
        ),
        tags.add(
            _NEW,
            _add,
            summary="Add tags",
            about="Adds tags. A name that exists is answered with the tag that has it. "
            "To put tags on a lead, add or change the lead.",
        ),
    ]


async def _page(reader: Reader, call: Call) -> Page[Tag]:
    query = call.query
    names, ids = query.filter("name"), query.filter("id")
    found = await service.page(
        reader,
        call.actor,
        ENTITY_TYPE,
        page=query.page,
        limit=query.limit,
        query=query.text("query").strip() or None,
        names=names.texts() if names else (),
        ids=ids.wholes() if ids else (),
    )
    return Page(found.tags, found.has_next)


async def _add(tx: Transaction, call: Call, wanted: list[NewTag]) -> Sequence[Tag]:
    return await service.add(tx, call.actor, ENTITY_TYPE, wanted)
