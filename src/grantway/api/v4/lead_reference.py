"""What the reference says of leads: parameters, every member of an answer, and examples."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from grantway.api.v4.collection import PAGING, links
from grantway.api.v4.loss_reasons import LossReasonShown
from grantway.asgi.operations import Parameter
from grantway.asgi.schemas import EXAMPLE_ORIGIN
from grantway.asgi.schemas import Links as LinksShown
from grantway.crm.leads.document import Embedded, LeadDocument, Link, Links, TagShown
from grantway.crm.leads.model import EXTRAS, ORDERS

_WHOLE = {"type": "integer"}
_MOMENT = 1_700_000_000
_PEOPLE = ("responsible_user_id", "created_by", "updated_by")
MOMENTS = ("created_at", "updated_at", "closed_at", "closest_task_at")

WITH = Parameter(
    "with",
    f"More to show, separated by commas: {', '.join(f'`{one}`' for one in EXTRAS)}. "
    "`only_deleted` lists the recycle bin, whose leads have few members.",
    {"type": "string"},
    "loss_reason",
)
ONE = (WITH, Parameter("id", "The lead.", {"type": "integer", "minimum": 1}, 1))


def _any_of(name: str, about: str, kind: str, example: Any) -> Parameter:
    schema = {"type": "array", "items": {"type": kind}}
    return Parameter(f"filter[{name}][]", about, schema, example)


LIST = (
    WITH,
    *PAGING,
    Parameter("query", "A part of the name or of a text field.", {"type": "string"}, "order"),
    _any_of("id", "Any of these leads.", "integer", [1, 2]),
    _any_of("name", "Exactly any of these names.", "string", ["First order"]),
    _any_of("pipeline_id", "In any of these pipelines.", "integer", [1]),
    *(_any_of(name, f"Any of these users as `{name}`.", "integer", [1]) for name in _PEOPLE),
    Parameter(
        "filter[statuses][0][pipeline_id]",
        "In the stage that this and the next parameter name; `[1]` and so on name more stages.",
        _WHOLE,
        1,
    ),
    Parameter("filter[statuses][0][status_id]", "The stage of that pipeline.", _WHOLE, 142),
    Parameter("filter[price][from]", "At least this price.", _WHOLE, 1000),
    Parameter("filter[price][to]", "At most this price.", _WHOLE, 5000),
    *(
        Parameter(f"filter[{name}][{end}]", f"`{name}` {about} this moment.", _WHOLE, _MOMENT)
        for name in MOMENTS
        for end, about in (("from", "not before"), ("to", "not after"))
    ),
    Parameter(
        "filter[custom_fields_values][{id}][]",
        "Any of these values of the custom field whose id stands in place of `{id}`; of fields "
        "with choices, the ids of choices. Numbers and moments take `[from]` and `[to]`.",
        {"type": "array", "items": {"type": "string"}},
        ["Website"],
    ),
    *(
        Parameter(
            f"order[{name}]", f"Sort by `{name}`.", {"type": "string", "enum": ["asc", "desc"]}
        )
        for name in ORDERS
    ),
)


class FieldValues(msgspec.Struct, frozen=True, kw_only=True):
    """The values of a lead in one custom field; what a value is made of, its type says."""

    field_id: int
    field_name: str
    field_code: str | None
    field_type: str
    values: list[dict[str, Any]]
    is_computed: bool


class ContactReference(msgspec.Struct, frozen=True, kw_only=True):
    """A contact of the lead."""

    id: int
    is_main: bool
    _links: LinksShown


class Source(msgspec.Struct, frozen=True):
    """Where the lead came from."""

    id: int
    name: str


class EmbeddedShown(Embedded, frozen=True, kw_only=True):
    """What belongs to the lead; all but the first two on request."""

    contacts: list[ContactReference] | UnsetType = UNSET
    catalog_elements: list[dict[str, Any]] | UnsetType = UNSET
    loss_reason: list[LossReasonShown] | UnsetType = UNSET
    source: Source | UnsetType | None = UNSET


class LeadShown(LeadDocument, frozen=True, kw_only=True):
    """A lead. `price` is rounded, `price_with_minor_units` is exact; 0 as a user is the robot."""

    custom_fields_values: list[FieldValues] | None  # type: ignore[assignment] # told more closely
    is_price_modified_by_robot: bool | UnsetType = UNSET
    _embedded: EmbeddedShown


class BinnedLead(msgspec.Struct, frozen=True, kw_only=True):
    """A lead in the recycle bin."""

    id: int
    updated_at: int
    updated_by: int
    is_deleted: bool
    account_id: int
    _links: LinksShown


class WrittenLead(msgspec.Struct, kw_only=True):
    """What a write answers for each lead; `updated_at` when it was there before."""

    id: int
    updated_at: int | UnsetType = UNSET
    request_id: str
    _links: LinksShown


EXAMPLE = LeadShown(
    id=1,
    name="First order",
    price=1000,
    price_with_minor_units=1000.0,
    responsible_user_id=1,
    group_id=0,
    status_id=1002,
    pipeline_id=1,
    loss_reason_id=None,
    source_id=None,
    created_by=1,
    updated_by=1,
    created_at=_MOMENT,
    updated_at=_MOMENT,
    closed_at=None,
    closest_task_at=None,
    is_deleted=False,
    custom_fields_values=[
        FieldValues(
            field_id=1,
            field_name="Source",
            field_code="SOURCE",
            field_type="select",
            values=[{"value": "Website", "enum_id": 1, "enum_code": None}],
            is_computed=False,
        )
    ],
    score=None,
    account_id=1,
    labor_cost=None,
    is_price_computed=False,
    _links=Links(Link(f"{EXAMPLE_ORIGIN}/api/v4/leads/1")),
    _embedded=EmbeddedShown(tags=[TagShown(1, "hot", "FF8F92")], companies=[]),
)
_LINKS = links(f"{EXAMPLE_ORIGIN}/api/v4/leads/1")
ADDED = WrittenLead(id=1, request_id="0", _links=_LINKS)
CHANGED = WrittenLead(id=1, updated_at=_MOMENT, request_id="0", _links=_LINKS)
