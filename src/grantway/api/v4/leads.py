"""`/api/v4/leads` (contract: api-v4.md 3.2)."""

from __future__ import annotations

from grantway.api.v4 import lead_reference as reference
from grantway.api.v4.entity_query import asked
from grantway.api.v4.entity_reference import more
from grantway.api.v4.entity_rows import EntityRows
from grantway.asgi.operations import Call, Operation
from grantway.asgi.query import Node
from grantway.crm.entities.model import Range
from grantway.crm.leads.kind import LEADS
from grantway.crm.leads.model import CHANGED_LEAD, NEW_LEAD, ONE_LEAD, LeadQuery
from grantway.db import Database

_MOST = 10**15  # no price is beyond it, and a hundred times as much still fits a column


def operations(db: Database) -> list[Operation]:
    """Return the rows of the table."""
    return EntityRows(
        db=db,
        kind=LEADS,
        one="lead",
        many="leads",
        tag="Leads",
        new_shape=NEW_LEAD,
        one_shape=ONE_LEAD,
        changed_shape=CHANGED_LEAD,
        added={"name": "First order", "price": 1000, "tags_to_add": [{"name": "hot"}]},
        changed={"price": 1500},
        defaults="a lead without any begins in the first stage of the main pipeline and belongs "
        "to the token's user.",
        filters=reference.FILTERS,
        more=more(LEADS.extras, "loss_reason"),
        query=lead_query,
        shown=reference.LeadShown,
        example=reference.EXAMPLE,
    ).operations()


def lead_query(call: Call) -> LeadQuery:
    """Return what the query string asks for; what is unknown in it restricts nothing."""
    query = call.query
    found = asked(call, LEADS.orders, lists={"pipeline_ids": "pipeline_id"}, moments=("closed_at",))
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
    return LeadQuery(**found)


def _price(node: Node) -> Range | None:
    ends = node.whole_range()
    if ends is None:
        wholes = node.wholes()
        ends = (wholes[0], wholes[0]) if wholes else None
    if ends is None:
        return None
    least, most = (end if end is None else max(-_MOST, min(end, _MOST)) for end in ends)
    return Range(None if least is None else least * 100, None if most is None else most * 100 + 99)
