"""A lead as the API prints it."""

from __future__ import annotations

import msgspec

from grantway.crm.entities.document import Links, Reference, Surroundings, TagShown, encoded, own
from grantway.crm.fields.model import render_values
from grantway.crm.leads.model import Lead
from grantway.kernel.shapes import Json


class Embedded(msgspec.Struct, frozen=True):
    """What belongs to the lead."""

    tags: list[TagShown]
    companies: list[Reference]


class LeadDocument(msgspec.Struct, frozen=True, kw_only=True):
    """The members in the order of the contract."""

    id: int
    name: str
    price: int
    price_with_minor_units: float
    responsible_user_id: int
    group_id: int
    status_id: int
    pipeline_id: int
    loss_reason_id: int | None
    source_id: int | None
    created_by: int
    updated_by: int
    created_at: int
    updated_at: int
    closed_at: int | None
    closest_task_at: int | None
    is_deleted: bool
    custom_fields_values: list[dict[str, Json]] | None
    score: int | None
    account_id: int
    labor_cost: int | None
    is_price_computed: bool
    _links: Links
    _embedded: Embedded


def render(lead: Lead, around: Surroundings) -> bytes:
    """Return the document of *lead*."""
    document = LeadDocument(
        id=lead.id,
        name=lead.name,
        price=rounded(lead.price_minor),
        price_with_minor_units=lead.price_minor / 100,
        responsible_user_id=lead.responsible_user_id,
        group_id=around.group_of(lead),
        status_id=lead.status_id,
        pipeline_id=lead.pipeline_id,
        loss_reason_id=lead.loss_reason_id,
        source_id=None,
        created_by=lead.created_by,
        updated_by=lead.updated_by,
        created_at=lead.created_at,
        updated_at=lead.updated_at,
        closed_at=lead.closed_at,
        closest_task_at=lead.closest_task_at,
        is_deleted=lead.is_deleted,
        custom_fields_values=render_values(around.fields, lead.field_values),
        score=None,
        account_id=around.account_id,
        labor_cost=None,
        is_price_computed=False,
        _links=own("leads", lead.id),
        _embedded=Embedded(around.tags_of(lead), around.companies_of(lead)),
    )
    return encoded(document)


def rounded(minor: int) -> int:
    """Return hundredths as a whole number of units, halves away from zero.

    >>> rounded(100050), rounded(-100050), rounded(100049)
    (1001, -1001, 1000)
    """
    units, rest = divmod(abs(minor), 100)
    units += rest >= 50
    return units if minor >= 0 else -units
