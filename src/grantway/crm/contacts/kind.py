"""Contacts as the machinery of entities knows them."""

from __future__ import annotations

from typing import Any

import msgspec

from grantway.crm.contacts import store
from grantway.crm.contacts.document import render
from grantway.crm.contacts.model import Contact, full_name
from grantway.crm.entities.document import Surroundings
from grantway.crm.entities.drafts import Draft
from grantway.crm.entities.kind import Kind, Rules


class _Rules(Rules[Contact]):
    def blank(self, entity_id: int) -> Contact:
        return Contact(id=entity_id, name=f"Contact #{entity_id}", **self.context.beginnings())

    def changes(self, draft: Draft[Contact], before: Contact) -> dict[str, object]:
        """Keep the full name and its parts together: nobody knows how to split one (3.6)."""
        values = draft.values
        parts: dict[str, object] = {
            part: values[part] or "" for part in ("first_name", "last_name") if part in values
        }
        if not parts:
            # A new full name makes the parts of the old one wrong.
            named = values.get("name")
            is_new = named is not None and named != before.name
            return {"first_name": "", "last_name": ""} if is_new else {}
        if values.get("name") is None:
            both = msgspec.structs.replace(before, **parts)
            parts["name"] = full_name(both.first_name, both.last_name) or before.name
        return parts


class _Contacts(Kind[Contact]):
    entity_type = "contacts"
    series = "contact"
    entity = Contact
    rules = _Rules
    add_sql = store.ADD
    change_sql = store.CHANGE
    orders = ("updated_at", "id", "name")
    extras = ("leads", "catalog_elements", "only_deleted")
    told_among = "contacts"  # contacts and companies alike

    def told(self, entity: Contact) -> dict[str, Any]:  # noqa: ARG002 - it is the same for all
        return {"type": "contact"}

    def render(self, entity: Contact, around: Surroundings) -> bytes:
        return render(entity, around)


CONTACTS = _Contacts()
