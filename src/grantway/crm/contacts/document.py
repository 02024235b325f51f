"""A contact as the API prints it."""

from __future__ import annotations

import msgspec

from grantway.crm.contacts.model import Contact
from grantway.crm.entities.document import Links, Reference, Surroundings, TagShown, encoded, own
from grantway.crm.fields.model import render_values
from grantway.kernel.shapes import Json


class Embedded(msgspec.Struct, frozen=True):
    """What belongs to the contact."""

    tags: list[TagShown]
    companies: list[Reference]


class ContactDocument(msgspec.Struct, frozen=True, kw_only=True):
    """The members in the order of the contract."""

    id: int
    name: str
    first_name: str
    last_name: str
    responsible_user_id: int
    group_id: int
    created_by: int
    updated_by: int
    created_at: int
    updated_at: int
    closest_task_at: int | None
    is_deleted: bool
    is_unsorted: bool
    custom_fields_values: list[dict[str, Json]] | None
    account_id: int
    _links: Links
    _embedded: Embedded


def render(contact: Contact, around: Surroundings) -> bytes:
    """Return the document of *contact*."""
    return encoded(
        ContactDocument(
            id=contact.id,
            name=contact.name,
            first_name=contact.first_name,
            last_name=contact.last_name,
            responsible_user_id=contact.responsible_user_id,
            group_id=around.group_of(contact),
            created_by=contact.created_by,
            updated_by=contact.updated_by,
            created_at=contact.created_at,
            updated_at=contact.updated_at,
            closest_task_at=contact.closest_task_at,
            is_deleted=contact.is_deleted,
            is_unsorted=False,
            custom_fields_values=render_values(around.fields, contact.field_values),
            account_id=around.account_id,
            _links=own("contacts", contact.id),
            _embedded=Embedded(around.tags_of(contact), around.companies_of(contact)),
        )
    )
