"""What a lead is made of, and what clients may send (contract: api-v4.md 3.2)."""

from __future__ import annotations

from grantway.crm.entities.model import (
    ALL_TAGS,
    CONTENTS,
    PEOPLE,
    REFERENCE,
    TAGS_TO_DELETE,
    TIMES,
    Entity,
    EntityQuery,
    Range,
)
from grantway.kernel.shapes import Flag, Items, Moment, Money, Nested, Shape, Text, Whole

ENTITY_TYPE = "leads"
MOST_CONTACTS = 40

_WRITABLE = {
    "name": Text("Default: “Lead #” and the id.", nullable=True, longest=255),
    "price": Money("In the account's currency; decimals are kept.", nullable=True),
    "status_id": Whole("A stage of the pipeline, or 142 (won), 143 (lost).", nullable=True),
    "pipeline_id": Whole("Default: the main pipeline.", nullable=True),
    "loss_reason_id": Whole("Only for a lost lead.", nullable=True),
    **PEOPLE,
    **TIMES,
    "closed_at": Moment(nullable=True),
    "visitor_uid": Text(nullable=True, longest=255),
    **CONTENTS,
}
_CONTACT = Shape(
    {
        "id": Whole(required=True),
        "is_main": Flag("The main one of the lead; default: the first.", nullable=True),
    }
)
_EMBEDDED = Shape(
    {
        "tags": ALL_TAGS,
        "contacts": Items(Nested(_CONTACT), "Only when adding.", nullable=True, most=MOST_CONTACTS),
        "companies": Items(Nested(REFERENCE), "Only when adding.", nullable=True, most=1),
    }
)

NEW_LEAD = Shape({**_WRITABLE, "_embedded": Nested(_EMBEDDED, nullable=True)})
ONE_LEAD = Shape(
    {
        **_WRITABLE,
        "id": Whole("The lead."),
        "tags_to_delete": TAGS_TO_DELETE,
        "_embedded": Nested(_EMBEDDED, nullable=True),
    }
)
CHANGED_LEAD = Shape({**ONE_LEAD.fields, "id": Whole("The lead.", required=True)})


class Lead(Entity, frozen=True, kw_only=True):
    """A lead as it is kept."""

    price_minor: int = 0
    pipeline_id: int
    status_id: int
    loss_reason_id: int | None = None
    source_id: int | None = None
    closed_at: int | None = None
    visitor_uid: str | None = None


class LeadQuery(EntityQuery, frozen=True, kw_only=True):
    """Which leads, in which order. What is None or empty does not restrict."""

    price: Range | None = None
    stages: list[tuple[int, int]] | None = None
    pipeline_ids: list[int] | None = None
    closed_at: Range | None = None
