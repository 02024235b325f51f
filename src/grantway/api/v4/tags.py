"""`/api/v4/leads/tags` (contract: api-v4.md 3.9)."""

from __future__ import annotations

import msgspec

from grantway.api.v4.collection import PAGING
from grantway.asgi.answers import NO_CONTENT, Answer, hal
from grantway.asgi.bodies import Body
from grantway.asgi.operations import Call, Operation, Parameter
from grantway.asgi.query import page_links
from grantway.asgi.schemas import listed, told
from grantway.crm.leads.document import TagShown
from grantway.crm.leads.model import ENTITY_TYPE
from grantway.crm.tags import service
from grantway.crm.tags.model import NEW_LEAD_TAG, new_tag
from grantway.db import Database

PATH = "/api/v4/leads/tags"
_TAG = "Tags"
_PARAMETERS = (
    *PAGING,
    Parameter("query", "A part of the name, in any case of letters.", {"type": "string"}, "ho"),
    Parameter("filter[name]", "Exactly this name.", {"type": "string"}, "hot"),
    Parameter(
        "filter[id][]",
        "Any of these tags.",
        {"type": "array", "items": {"type": "integer"}},
        [1, 2],
    ),
)


class AddedTag(msgspec.Struct, frozen=True):
    """A tag that was added, or that was there under this name."""

    id: int
    name: str
    color: str | None
    request_id: str


class Tags:
    """The operations on the tags of leads."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def operations(self) -> list[Operation]:
        """Return the rows of the table."""
        return [
            Operation(
                method="GET",
                path=PATH,
                call=self.list_tags,
                scope="crm",
                tag=_TAG,
                summary="List the tags of leads",
                about="A page of the tags that leads can carry.",
                parameters=_PARAMETERS,
                returns={200: listed("tags", TagShown, TagShown(1, "hot", "FF8F92")), 204: None},
            ),
            Operation(
                method="POST",
                path=PATH,
                call=self.add_tags,
                scope="crm",
                tag=_TAG,
                summary="Add tags",
                about="Adds tags. A name that exists is answered with the tag that has it. "
                "To put tags on a lead, add or change the lead.",
                body=Body(
                    shape=NEW_LEAD_TAG, many=True, example=[{"name": "hot", "color": "FF8F92"}]
                ),
                returns={200: told("tags", AddedTag, AddedTag(1, "hot", "FF8F92", "0"))},
            ),
        ]

    async def list_tags(self, call: Call) -> Answer:
        """Answer a page of tags, or 204 when there are none on it."""
        query = call.query
        names, ids = query.filter("name"), query.filter("id")
        async with self._db.read() as reader:
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
        if not found.tags:
            return NO_CONTENT
        return hal(
            {
                "_page": query.page,
                "_links": page_links(call.origin + PATH, query, more=found.has_next),
                "_embedded": {"tags": [TagShown(t.id, t.name, t.color) for t in found.tags]},
            }
        )

    async def add_tags(self, call: Call) -> Answer:
        """Add one tag or many, all or none."""
        wanted = [new_tag(item.values, item.request_id) for item in call.items]
        async with self._db.write() as tx:
            added = await service.add(tx, call.actor, ENTITY_TYPE, wanted)
        answered = [
            AddedTag(tag.id, tag.name, tag.color, one.request_id)
            for tag, one in zip(added, wanted, strict=True)
        ]
        return hal({"_total_items": len(answered), "_embedded": {"tags": answered}})
