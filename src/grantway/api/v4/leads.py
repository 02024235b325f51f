"""`/api/v4/leads` (contract: api-v4.md 3.2)."""

from __future__ import annotations

from typing import Any

import msgspec

from grantway.asgi.answers import NO_CONTENT, Answer, hal
from grantway.asgi.bodies import Body
from grantway.asgi.operations import Call, Operation, Parameter
from grantway.asgi.query import Node, page_links
from grantway.asgi.schemas import listed, written
from grantway.crm.leads import reading, writing
from grantway.crm.leads.document import LeadDocument, addressed
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
from grantway.kernel.errors import Invalid, Violations, not_supported_choice

PATH = "/api/v4/leads"
_LISTS = {
    "ids": "id",
    "pipeline_ids": "pipeline_id",
    "created_by": "created_by",
    "updated_by": "updated_by",
    "responsible_user_ids": "responsible_user_id",
}
_MOST = 10**15  # no price is beyond it, and a hundred times as much still fits a column
_MOMENTS = ("created_at", "updated_at", "closed_at", "closest_task_at")
_EXAMPLE = {"name": "First order", "price": 1000, "tags_to_add": [{"name": "hot"}]}

_WITH = Parameter("with", f"More to show: {', '.join(EXTRAS)}.", {"type": "string"})
_PARAMETERS = (
    _WITH,
    Parameter("page", "Which page, from 1.", {"type": "integer", "minimum": 1, "default": 1}),
    Parameter("limit", "How many on a page.", {"type": "integer", "maximum": 250, "default": 50}),
    Parameter("query", "A part of the name or of a filled-in text field.", {"type": "string"}),
    *(
        Parameter(f"filter[{name}][]", f"Any of these values of {name}.", {"type": "array", "items": {"type": kind}})
        for name, kind in (("id", "integer"), ("name", "string"), ("pipeline_id", "integer"),
                           ("responsible_user_id", "integer"), ("created_by", "integer"),
                           ("updated_by", "integer"))
    ),
    Parameter("filter[statuses][0][pipeline_id]", "With the next one: in this stage.", {"type": "integer"}),
    Parameter("filter[statuses][0][status_id]", "With the one before: in this stage.", {"type": "integer"}),
    Parameter("filter[price][from]", "At least this price; also `[to]`.", {"type": "integer"}),
    *(
        Parameter(f"filter[{name}][from]", "Not before, in Unix seconds; also `[to]`.", {"type": "integer"})
        for name in _MOMENTS
    ),
    Parameter("filter[custom_fields_values][{id}][]", "Any of these values of a custom field.", {"type": "array", "items": {"type": "string"}}),
    *(
        Parameter(f"order[{name}]", f"Sort by {name}.", {"type": "string", "enum": ["asc", "desc"]})
        for name in ORDERS
    ),
)


class Leads:
    """The operations on leads."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def operations(self) -> list[Operation]:
        """Return the rows of the table."""
        many = listed("leads", LeadDocument)
        answered = written("leads", WrittenLead)
        return [
            Operation(method="GET", path=PATH, call=self.list_leads, scope="crm", tag="Leads",
                      summary="List leads", parameters=_PARAMETERS, returns={200: many, 204: None}),
            Operation(method="GET", path=PATH + "/{id}", call=self.get_lead, scope="crm", tag="Leads",
                      summary="Get one lead", parameters=(_WITH,),
                      returns={200: LeadDocument, 204: None}),
            Operation(method="POST", path=PATH, call=self.add_leads, scope="crm", tag="Leads",
                      summary="Add leads", returns={200: answered},
                      body=Body(shape=NEW_LEAD, many=True, example=[_EXAMPLE])),
            Operation(method="PATCH", path=PATH, call=self.change_leads, scope="crm", tag="Leads",
                      summary="Change leads", returns={200: answered},
                      body=Body(shape=CHANGED_LEAD, many=True, example=[{"id": 1, "price": 1500}])),
            Operation(method="PATCH", path=PATH + "/{id}", call=self.change_lead, scope="crm",
                      tag="Leads", summary="Change one lead", returns={200: WrittenLead},
                      body=Body(shape=ONE_LEAD, many=False, example={"price": 1500})),
        ]

    async def list_leads(self, call: Call) -> Answer:
        """Answer a page of leads, or 204 when there are none on it."""
        async with self._db.read() as reader:
            found = await reading.page(reader, call.actor, lead_query(call))
            if not found.documents:
                return NO_CONTENT
            extras = call.query.with_ & _EXTRAS
            if extras:
                shown = await reading.extended(
                    reader, call.actor, found.documents, extras, call.origin
                )
        links = page_links(call.origin + PATH, call.query, more=found.has_next)
        if extras:
            return hal(
                {"_page": call.query.page, "_links": links, "_embedded": {"leads": shown}}
            )
        return Answer(
            200,
            b'{"_page":%d,"_links":%b,"_embedded":{"leads":[%b]}}'
            % (
                call.query.page,
                _encode(links),
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
        write = LeadWrite(item.request_id, one_id(item.values, call.ids["id"]))
        async with self._db.write() as tx:
            (changed,) = await writing.change(
                tx, call.actor, [write], call.now, is_strict=call.bearer.is_strict
            )
        return hal(_shown(call, changed, with_moment=True))


_EXTRAS = frozenset(EXTRAS)
_encode = msgspec.json.Encoder().encode


def lead_query(call: Call) -> LeadQuery:
    """Return what the query string asks for; what is unknown in it restricts nothing."""
    query = call.query
    found: dict[str, Any] = {
        field: node.wholes()
        for field, name in _LISTS.items()
        if (node := query.filter(name)) is not None
    }
    if node := query.filter("name"):
        found["names"] = node.texts()
    found |= {
        name: Range(*ends)
        for name in _MOMENTS
        if (node := query.filter(name)) and (ends := node.whole_range() or _bare(node))
    }
    if node := query.filter("price"):
        found["price"] = _price(node)
    if node := query.filter("statuses"):
        found["stages"] = [
            (p.wholes()[0], s.wholes()[0])
            for one in node.children.values()
            if (p := one.below("pipeline_id")) and (s := one.below("status_id"))
            and p.wholes() and s.wholes()
        ]
    if node := query.filter("custom_fields_values"):
        found["fields"] = {
            int(name): _spec(one) for name, one in node.children.items() if name.isdecimal()
        }
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


def _bare(node: Node) -> tuple[int | None, int | None] | None:
    """A bare moment means: from then on (api-v4.md 2.7)."""
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


def one_id(values: dict[str, Any], path_id: int) -> dict[str, Any]:
    """Return *values* with the id of the path; raise Invalid when the body names another one."""
    if values.get("id") not in (None, path_id):
        raise Invalid(violations=[Violations("0", [not_supported_choice("id")])])
    return values | {"id": path_id}


def _writes(call: Call) -> list[LeadWrite]:
    return [LeadWrite(item.request_id, item.values) for item in call.items]


class WrittenLead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What a write answers for each lead."""

    id: int
    updated_at: int | None = None
    request_id: str
    _links: dict[str, dict[str, str]]


def _shown(call: Call, one: Written, *, with_moment: bool) -> WrittenLead:
    return WrittenLead(
        id=one.id,
        updated_at=one.updated_at if with_moment else None,
        request_id=one.request_id,
        _links={"self": {"href": f"{call.origin}{PATH}/{one.id}"}},
    )


def _collection(call: Call, leads: list[WrittenLead]) -> Answer:
    return hal(
        {
            "_links": {"self": {"href": call.origin + PATH}},
            "_embedded": {"leads": leads},
        }
    )
