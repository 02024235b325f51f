"""`/api/v4/companies` (contract: api-v4.md 3.7)."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, UnsetType

from grantway.api.v4.entity_query import entity_query
from grantway.api.v4.entity_reference import MOMENT, FieldValues, Linked, filters, more
from grantway.api.v4.entity_rows import EntityRows
from grantway.asgi.operations import Operation
from grantway.asgi.schemas import EXAMPLE_ORIGIN
from grantway.crm.companies.document import CompanyDocument, Embedded
from grantway.crm.companies.kind import COMPANIES
from grantway.crm.companies.model import CHANGED_COMPANY, NEW_COMPANY, ONE_COMPANY
from grantway.crm.entities.document import Link, Links
from grantway.db import Database

_NAME = "Example Inc"


class EmbeddedShown(Embedded, frozen=True, kw_only=True):
    """What belongs to the company; all but the tags on request."""

    leads: list[Linked] | UnsetType = UNSET
    contacts: list[Linked] | UnsetType = UNSET
    catalog_elements: list[dict[str, Any]] | UnsetType = UNSET


class CompanyShown(CompanyDocument, frozen=True, kw_only=True):
    """A company."""

    custom_fields_values: list[FieldValues] | None  # type: ignore[assignment] # told more closely
    _embedded: EmbeddedShown


_EXAMPLE = CompanyShown(
    id=1,
    name=_NAME,
    responsible_user_id=1,
    group_id=0,
    created_by=1,
    updated_by=1,
    created_at=MOMENT,
    updated_at=MOMENT,
    closest_task_at=None,
    is_deleted=False,
    custom_fields_values=None,
    account_id=1,
    _links=Links(Link(f"{EXAMPLE_ORIGIN}/api/v4/companies/1")),
    _embedded=EmbeddedShown(tags=[]),
)


def operations(db: Database) -> list[Operation]:
    """Return the rows of the table."""
    return EntityRows(
        db=db,
        kind=COMPANIES,
        one="company",
        many="companies",
        tag="Companies",
        new_shape=NEW_COMPANY,
        one_shape=ONE_COMPANY,
        changed_shape=CHANGED_COMPANY,
        added={"name": _NAME, "tags_to_add": [{"name": "partner"}]},
        changed={"name": "Example Ltd"},
        defaults="a company without any belongs to the token's user.",
        filters=filters("companies", _NAME, COMPANIES.orders),
        more=more(COMPANIES.extras, "leads,contacts"),
        query=entity_query(COMPANIES.orders),
        shown=CompanyShown,
        example=_EXAMPLE,
    ).operations()
