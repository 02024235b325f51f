"""`/api/v4/leads` (contract: api-v4.md 3.2)."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from grantway.api.v4 import lead_reference as reference
from grantway.api.v4.collection import links, values_of_one
from grantway.api.v4.lead_reference import BinnedLead, LeadShown, WrittenLead
from grantway.asgi.answers import NO_CONTENT, Answer, hal
from grantway.asgi.bodies import Body
from grantway.asgi.operations import Call, Operation
from grantway.asgi.query import Node, Query, page_links
from grantway.asgi.schemas import Single, listed, written
from grantway.crm.leads import reading, writing
from grantway.crm.leads.document import addressed
from grantway.crm.leads.model import (
    CHANGED_LEAD,
    EXTRAS,
    NEW_LEAD,
    ONE_LEAD,
    ORDERS,
    LeadQuery,
    LeadWrite,
    Range,
    Written,
)
from grantway.db import Database

PATH = "/api/v4/leads"
_TAG = "Leads"
_LISTS = {
    "ids": "id",
    "pipeline_ids": "pipeline_id",
    "created_by": "created_by",
    "updated_by": "updated_by",
    "responsible_user_ids": "responsible_user_id",
}
_MOST = 10**15  # no price is beyond it, and a hundred times as much still fits a column
_NEW = {"name": "First order", "price": 1000, "tags_to_add": [{"name": "hot"}]}


class Leads:
    """The operations on leads."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def operations(self) -> list[Operation]:
        """Return the rows of the table."""
        return [
            Operation(
                method="GET",
                path=PATH,
                call=self.list_leads,
                scope="crm",
                tag=_TAG,
                summary="List leads",
                about="A page of the leads that the token's user may see, by `updated_at`. "
                "Filters that are not known here restrict nothing.",
                parameters=reference.LIST,
                returns={
                    200: listed("leads", (LeadShown, BinnedLead), reference.EXAMPLE),
                    204: None,
                },
            ),
            Operation(
                method="GET",
                path=PATH + "/{id}",
                call=self.get_lead,
                scope="crm",
                tag=_TAG,
                summary="Get one lead",
                about="One lead, without an envelope; 204 when there is none that the token's "
                "user may see.",
                parameters=reference.ONE,
                returns={200: Single(LeadShown, reference.EXAMPLE), 204: None},
            ),
            Operation(
                method="POST",
                path=PATH,
                call=self.add_leads,
                scope="crm",
                tag=_TAG,
                summary="Add leads",
                about="Adds leads. No member is required: a lead without any begins in the first "
                "stage of the main pipeline and belongs to the token's user.",
                body=Body(shape=NEW_LEAD, many=True, example=[_NEW]),
                returns={200: written("leads", WrittenLead, reference.ADDED)},
            ),
            Operation(
                method="PATCH",
                path=PATH,
                call=self.change_leads,
                scope="crm",
                tag=_TAG,
                summary="Change leads",
                about="Changes what is sent and leaves the rest. Of `custom_fields_values`, only "
                "the fields named change.",
                body=Body(shape=CHANGED_LEAD, many=True, example=[{"id": 1, "price": 1500}]),
                returns={200: written("leads", WrittenLead, reference.CHANGED)},
            ),
            Operation(
                method="PATCH",
                path=PATH + "/{id}",
                call=self.change_lead,
                scope="crm",
                tag=_TAG,
                summary="Change one lead",
                about="Does the same for the one lead of the address.",
                parameters=reference.ONE[1:],
                body=Body(shape=ONE_LEAD, many=False, example={"price": 1500}),
                returns={200: Single(WrittenLead, reference.CHANGED)},
            ),
        ]

    async def list_leads(self, call: Call) -> Answer:
        """Answer a page of leads, or 204 when there are none on it."""
        async with self._db.read() as reader:
            found = await reading.page(reader, call.actor, lead_query(call))
            if not found.documents:
                return NO_CONTENT
            extras = call.query.with_ & _EXTRAS
            shown: list[dict[str, Any]] = []
            if extras:
                shown = await reading.extended(
                    reader, call.actor, found.documents, extras, call.origin
                )
        pages = page_links(call.origin + PATH, call.query, more=found.has_next)
        if extras:
            return hal({"_page": call.query.page, "_links": pages, "_embedded": {"leads": shown}})
        return Answer(
            200,
            b'{"_page":%d,"_links":%b,"_embedded":{"leads":[%b]}}'
            % (
                call.query.page,
                _encode(pages),
                addressed(found.documents, call.origin),
            ),
        )

    async def get_lead(self, call: Call) -> Answer:
        """Answer the bare lead, or 204 when there is none."""
        async with self._db.read() as reader:
            document = await reading.find(reader, call.actor, call.ids["id"])
            if document is None:
                return NO_CONTENT
            extras = call.query.with_ & _EXTRAS - {"only_deleted"}
            if extras:
                (lead,) = await reading.extended(
                    reader, call.actor, [document], extras, call.origin
                )
                return hal(lead)
        return Answer(200, addressed([document], call.origin))

    async def add_leads(self, call: Call) -> Answer:
        """Add one lead or many, all or none."""
        async with self._db.write() as tx:
            added = await writing.add(
                tx, call.actor, _writes(call), call.now, is_strict=call.bearer.is_strict
            )
        return _collection(call, [_shown(call, one, with_moment=False) for one in added])

    async def change_leads(self, call: Call) -> Answer:
        """Change many leads, all or none."""
        async with self._db.write() as tx:
            changed = await writing.change(
                tx, call.actor, _writes(call), call.now, is_strict=call.bearer.is_strict
            )
        return _collection(call, [_shown(call, one, with_moment=True) for one in changed])

    async def change_lead(self, call: Call) -> Answer:
        """Change the lead that the path names; an `id` in the body must be the same (S-94)."""
        (item,) = call.items
        write = LeadWrite(item.request_id, values_of_one(item, call.ids["id"]))
        async with self._db.write() as tx:
            (changed,) = await writing.change(
                tx, call.actor, [write], call.now, is_strict=call.bearer.is_strict
            )
        return hal(_shown(call, changed, with_moment=True))


_EXTRAS = frozenset(EXTRAS)
_ID = re.compile(r"\d{1,15}", re.ASCII)
_encode = msgspec.json.Encoder().encode


def lead_query(call: Call) -> LeadQuery:
    """Return what the query string asks for; what is unknown in it restricts nothing."""
    query = call.query
    found = _filters(query) if query.has_filters else {}
    for name, descending in query.order():
        if name in ORDERS:
            found |= {"order": name, "descending": descending}
            break
    return LeadQuery(
        search=query.text("query").strip(),
        is_deleted="only_deleted" in query.with_,
        offset=query.offset,
        limit=query.limit,
        **found,
    )


def _filters(query: Query) -> dict[str, Any]:
    found: dict[str, Any] = {
        field: node.wholes()
        for field, name in _LISTS.items()
        if (node := query.filter(name)) is not None
    }
    if node := query.filter("name"):
        found["names"] = node.texts()
    found |= {
        name: Range(*ends)
        for name in reference.MOMENTS
        if (node := query.filter(name)) and (ends := node.whole_range() or _bare(node))
    }
    if node := query.filter("price"):
        found["price"] = _price(node)
    if node := query.filter("statuses"):
        found["stages"] = [
            (p.wholes()[0], s.wholes()[0])
            for one in node.children.values()
            if (p := one.below("pipeline_id"))
            and (s := one.below("status_id"))
            and p.wholes()
            and s.wholes()
        ]
    if node := query.filter("custom_fields_values"):
        found["fields"] = {
            int(name): _spec(one) for name, one in node.children.items() if _ID.fullmatch(name)
        }
    return found


def _bare(node: Node) -> tuple[int | None, int | None] | None:
    """Return the range of a bare moment, which means: from then on (api-v4.md 2.7)."""
    wholes = node.wholes()
    return (wholes[0], None) if wholes else None


def _price(node: Node) -> Range | None:
    ends = node.whole_range()
    if ends is None:
        wholes = node.wholes()
        ends = (wholes[0], wholes[0]) if wholes else None
    if ends is None:
        return None
    least, most = (end if end is None else max(-_MOST, min(end, _MOST)) for end in ends)
    return Range(None if least is None else least * 100, None if most is None else most * 100 + 99)


def _spec(node: Node) -> Any:
    ends = {
        name: child.values[-1]
        for name in ("from", "to")
        if (child := node.below(name)) and child.values
    }
    return ends or node.texts()


def _writes(call: Call) -> list[LeadWrite]:
    return [LeadWrite(item.request_id, item.values) for item in call.items]


def _shown(call: Call, one: Written, *, with_moment: bool) -> WrittenLead:
    return WrittenLead(
        id=one.id,
        updated_at=one.updated_at if with_moment else msgspec.UNSET,
        request_id=one.request_id,
        _links=links(f"{call.origin}{PATH}/{one.id}"),
    )


def _collection(call: Call, leads: list[WrittenLead]) -> Answer:
    return hal(
        {
            "_links": links(call.origin + PATH),
            "_embedded": {"leads": leads},
        }
    )
