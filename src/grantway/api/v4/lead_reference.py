"""What the reference says of leads: their filters, every member of an answer, an example."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from grantway.api.v4 import entity_reference as common
from grantway.api.v4.collection import any_of
from grantway.api.v4.entity_reference import MOMENT, moments
from grantway.api.v4.loss_reasons import LossReasonShown
from grantway.asgi.operations import Parameter
from grantway.asgi.schemas import EXAMPLE_ORIGIN
from grantway.asgi.schemas import Links as LinksShown
from grantway.crm.entities.document import Link, Links, TagShown
from grantway.crm.leads.document import Embedded, LeadDocument
from grantway.crm.leads.kind import LEADS

_WHOLE = {"type": "integer"}

FILTERS = (
    *common.filters("leads", "First order", LEADS.orders),
    any_of("pipeline_id", "In any of these pipelines.", _WHOLE, [1]),
    Parameter(
        "filter[statuses][0][pipeline_id]",
        "In the stage that this and the next parameter name; `[1]` and so on name more stages.",
        _WHOLE,
        1,
    ),
    Parameter("filter[statuses][0][status_id]", "The stage of that pipeline.", _WHOLE, 142),
    Parameter("filter[price][from]", "At least this price.", _WHOLE, 1000),
    Parameter("filter[price][to]", "At most this price.", _WHOLE, 5000),
    *moments(("closed_at",)),
)


class FieldValues(common.FieldValues, frozen=True, kw_only=True):
    """The values of a lead in one custom field; what a value is made of, its type says."""

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
    created_at=MOMENT,
    updated_at=MOMENT,
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
