"""`/api/v4/contacts` (contract: api-v4.md 3.6)."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, UnsetType

from grantway.api.v4.entity_query import entity_query
from grantway.api.v4.entity_reference import MOMENT, FieldValues, Linked, filters, more
from grantway.api.v4.entity_rows import EntityRows
from grantway.asgi.operations import Operation
from grantway.asgi.schemas import EXAMPLE_ORIGIN
from grantway.crm.contacts.document import ContactDocument, Embedded
from grantway.crm.contacts.kind import CONTACTS
from grantway.crm.contacts.model import CHANGED_CONTACT, NEW_CONTACT, ONE_CONTACT
from grantway.crm.entities.document import Link, Links, Reference
from grantway.db import Database

_NAME = "Ann Lee"
_PHONE = {"field_code": "PHONE", "values": [{"value": "+15550100", "enum_code": "WORK"}]}


class EmbeddedShown(Embedded, frozen=True, kw_only=True):
    """What belongs to the contact; all but the first two on request."""

    leads: list[Linked] | UnsetType = UNSET
    catalog_elements: list[dict[str, Any]] | UnsetType = UNSET


class ContactShown(ContactDocument, frozen=True, kw_only=True):
    """A contact. Telephone numbers and e-mail addresses are the custom fields PHONE and EMAIL."""

    custom_fields_values: list[FieldValues] | None  # type: ignore[assignment] # told more closely
    _embedded: EmbeddedShown


_EXAMPLE = ContactShown(
    id=1,
    name=_NAME,
    first_name="Ann",
    last_name="Lee",
    responsible_user_id=1,
    group_id=0,
    created_by=1,
    updated_by=1,
    created_at=MOMENT,
    updated_at=MOMENT,
    closest_task_at=None,
    is_deleted=False,
    is_unsorted=False,
    custom_fields_values=[
        FieldValues(
            field_id=2,
            field_name="Phone",
            field_code="PHONE",
            field_type="multitext",
            values=[{"value": "+15550100", "enum_id": 3, "enum_code": "WORK"}],
        )
    ],
    account_id=1,
    _links=Links(Link(f"{EXAMPLE_ORIGIN}/api/v4/contacts/1")),
    _embedded=EmbeddedShown(
        tags=[], companies=[Reference(1, Links(Link(f"{EXAMPLE_ORIGIN}/api/v4/companies/1")))]
    ),
)


def operations(db: Database) -> list[Operation]:
    """Return the rows of the table."""
    return EntityRows(
        db=db,
        kind=CONTACTS,
        one="contact",
        many="contacts",
        tag="Contacts",
        new_shape=NEW_CONTACT,
        one_shape=ONE_CONTACT,
        changed_shape=CHANGED_CONTACT,
        added={"first_name": "Ann", "last_name": "Lee", "custom_fields_values": [_PHONE]},
        changed={"last_name": "Lee-Smith"},
        defaults="a contact without any belongs to the token's user. The full name is made of "
        "`first_name` and `last_name` when it is not sent.",
        filters=filters("contacts", _NAME, CONTACTS.orders),
        more=more(CONTACTS.extras, "leads"),
        query=entity_query(CONTACTS.orders),
        shown=ContactShown,
        example=_EXAMPLE,
    ).operations()
