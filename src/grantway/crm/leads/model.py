"""What a lead is made of, and what clients may send (contract: api-v4.md 3.2)."""

from __future__ import annotations

from typing import Any

import msgspec

from grantway.crm.fields.model import NO_VALUES
from grantway.kernel.shapes import Anything, Items, Moment, Money, Nested, Shape, Text, Whole

ENTITY_TYPE = "leads"

_TAG = Shape({"id": Whole("An existing tag."), "name": Text("A name; a new one makes a tag.")})
_TAGS = {"type": ["array", "null"], "items": _TAG.schema()}
_VALUES = {
    "type": ["array", "null"],
    "items": {
        "type": "object",
        "properties": {
            "field_id": {"type": ["integer", "null"]},
            "field_code": {"type": ["string", "null"]},
            "values": {"type": ["array", "null"], "items": {"type": "object"}},
        },
    },
    "examples": [[{"field_id": 501, "values": [{"value": "Text"}]}]],
}
_REFERENCE = Shape({"id": Whole(required=True)})

_WRITABLE = {
    "name": Text("Default: “Lead #” and the id.", nullable=True, longest=255),
    "price": Money("In the account's currency; decimals are kept.", nullable=True),
    "status_id": Whole("A stage of the pipeline, or 142 (won), 143 (lost).", nullable=True),
    "pipeline_id": Whole("Default: the main pipeline.", nullable=True),
    "loss_reason_id": Whole("Only for a lost lead.", nullable=True),
    "responsible_user_id": Whole("Default: the token's user.", nullable=True),
    "created_by": Whole("A user, or 0 for the robot.", nullable=True),
    "updated_by": Whole("A user, or 0 for the robot.", nullable=True),
    "created_at": Moment(nullable=True),
    "updated_at": Moment(nullable=True),
    "closed_at": Moment(nullable=True),
    "visitor_uid": Text(nullable=True, longest=255),
    "custom_fields_values": Anything("Only the fields named here change.", described=_VALUES),
    "tags_to_add": Anything("Tags put on the lead.", described=_TAGS),
}
_EMBEDDED = Shape(
    {
        "tags": Anything("All tags of the lead: replaces those it has.", described=_TAGS),
        "contacts": Items(Nested(_REFERENCE), "Only when adding.", nullable=True),
        "companies": Items(Nested(_REFERENCE), "Only when adding.", nullable=True, most=1),
    }
)

NEW_LEAD = Shape({**_WRITABLE, "_embedded": Nested(_EMBEDDED, nullable=True)})
ONE_LEAD = Shape(
    {
        **_WRITABLE,
        "id": Whole("The lead."),
        "tags_to_delete": Anything("Tags taken off the lead.", described=_TAGS),
        "_embedded": Nested(_EMBEDDED, nullable=True),
    }
)
CHANGED_LEAD = Shape({**ONE_LEAD.fields, "id": Whole("The lead.", required=True)})


class Lead(msgspec.Struct, frozen=True, kw_only=True):
    """A lead as it is kept, without what is rendered of it."""

    id: int
    name: str
    price_minor: int = 0
    responsible_user_id: int
    pipeline_id: int
    status_id: int
    loss_reason_id: int | None = None
    source_id: int | None = None
    created_by: int
    updated_by: int
    created_at: int
    updated_at: int
    closed_at: int | None = None
    closest_task_at: int | None = None
    is_deleted: bool = False
    visitor_uid: str | None = None
    tag_ids: tuple[int, ...] = ()
    field_values: str = NO_VALUES


class LeadWrite(msgspec.Struct, frozen=True):
    """One entity of a writing request: the fields that were sent, checked for their types."""

    request_id: str
    values: dict[str, Any]


class Written(msgspec.Struct, frozen=True):
    """What became of one entity of a writing request, in the request's order."""

    id: int
    request_id: str
    updated_at: int


class Range(msgspec.Struct, frozen=True):
    """Both ends count; None is open."""

    least: int | None
    most: int | None


class LeadQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which leads, in which order. What is None or empty does not restrict."""

    ids: list[int] | None = None
    names: list[str] | None = None
    price: Range | None = None
    stages: list[tuple[int, int]] | None = None
    pipeline_ids: list[int] | None = None
    created_by: list[int] | None = None
    updated_by: list[int] | None = None
    responsible_user_ids: list[int] | None = None
    created_at: Range | None = None
    updated_at: Range | None = None
    closed_at: Range | None = None
    closest_task_at: Range | None = None
    fields: dict[int, Any] = {}
    search: str = ""
    is_deleted: bool = False
    order: str = "updated_at"
    descending: bool = False
    offset: int = 0
    limit: int = 50


ORDERS = ("created_at", "updated_at", "id")
EXTRAS = (
    "contacts",
    "only_deleted",
    "loss_reason",
    "is_price_modified_by_robot",
    "catalog_elements",
    "source_id",
    "source",
)
"""What `with` may ask for."""
