"""A company as the API prints it."""

from __future__ import annotations

import msgspec

from grantway.crm.companies.model import Company
from grantway.crm.entities.document import Links, Surroundings, TagShown, encoded, own
from grantway.crm.fields.model import render_values
from grantway.kernel.shapes import Json


class Embedded(msgspec.Struct, frozen=True):
    """What belongs to the company."""

    tags: list[TagShown]


class CompanyDocument(msgspec.Struct, frozen=True, kw_only=True):
    """The members in the order of the contract."""

    id: int
    name: str
    responsible_user_id: int
    group_id: int
    created_by: int
    updated_by: int
    created_at: int
    updated_at: int
    closest_task_at: int | None
    is_deleted: bool
    custom_fields_values: list[dict[str, Json]] | None
    account_id: int
    _links: Links
    _embedded: Embedded


def render(company: Company, around: Surroundings) -> bytes:
    """Return the document of *company*."""
    return encoded(
        CompanyDocument(
            id=company.id,
            name=company.name,
            responsible_user_id=company.responsible_user_id,
            group_id=around.group_of(company),
            created_by=company.created_by,
            updated_by=company.updated_by,
            created_at=company.created_at,
            updated_at=company.updated_at,
            closest_task_at=company.closest_task_at,
            is_deleted=company.is_deleted,
            custom_fields_values=render_values(around.fields, company.field_values),
            account_id=around.account_id,
            _links=own("companies", company.id),
            _embedded=Embedded(around.tags_of(company)),
        )
    )
