"""A card's entity as widgets read it: values by the names of the dialect's form (contract 3.7)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from grantway.crm.contacts.kind import CONTACTS
from grantway.crm.entities import reading
from grantway.crm.entities.document import opened
from grantway.crm.entities.model import EntityQuery
from grantway.crm.fields.model.changed import text_of
from grantway.crm.links import service as links
from grantway.db import Reader
from grantway.web.workspace.hall import Guest

MOST_CONTACTS = 50
_FORM = {"leads": "lead", "contacts": "contact", "companies": "company"}
_CHOICE, _CHOICES, _TEXTS = {"select", "radiobutton", "category"}, {"multiselect"}, {"multitext"}


def values_of(kind: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of the form's inputs."""
    values = _own_values(kind, document)
    for field in document["custom_fields_values"] or ():
        values[f"CFV[{field['field_id']}]"] = _value(field["field_type"], field["values"])
    return values


def _own_values(kind: str, document: Mapping[str, Any]) -> dict[str, Any]:
    form = _FORM[kind]
    values: dict[str, Any] = {
        f"{form}[NAME]": document["name"],
        f"{form}[MAIN_USER]": str(document["responsible_user_id"]),
        f"{form}[DATE_CREATE]": document["created_at"],
    }
    if kind == "leads":
        values |= {
            "lead[PRICE]": str(document["price"]),
            "lead[STATUS]": str(document["status_id"]),
            "lead[PIPELINE_ID]": str(document["pipeline_id"]),
        }
    return values


def _value(kind: str, held: Sequence[Mapping[str, Any]]) -> Any:
    if kind in _CHOICE:
        return str(held[0].get("enum_id", ""))
    if kind in _CHOICES:
        return [str(one.get("enum_id", "")) for one in held]
    if kind in _TEXTS:
        texts = [text_of(one) for one in held]
        return texts[0] if len(texts) == 1 else texts
    if kind == "checkbox":
        return "Y" if held[0]["value"] else ""
    return text_of(held[0])


def row_of(kind: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of a list: what `list_selected()` tells, and what its changes are told by."""
    return _reached(document) | {"values": _own_values(kind, document)}


def _reached(document: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": document["id"],
        "name": document["name"],
        "phones": reached_by(document, "PHONE"),
        "emails": reached_by(document, "EMAIL"),
    }


def reached_by(document: Mapping[str, Any], code: str) -> list[str]:
    """Return all telephone numbers or addresses of a document."""
    return [
        text_of(value)
        for field in document["custom_fields_values"] or ()
        if field["field_code"] == code
        for value in field["values"]
    ]


async def rows_of_leads(
    reader: Reader, guest: Guest, documents: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return rows of leads: who is reached about one is its main contact."""
    found = await links.neighbours(reader, guest.account.id, "leads", [d["id"] for d in documents])
    main = {
        lead_id: next((one.other_id for one in linked if one.other_type == "contacts"), 0)
        for lead_id, linked in found.items()
    }
    people = {one["id"]: one for one in await _contacts(reader, guest, set(main.values()) - {0})}
    nobody: dict[str, Any] = {"phones": [], "emails": []}
    rows = []
    for one in documents:
        reached = people.get(main.get(one["id"], 0), nobody)
        ways = {"phones": reached["phones"], "emails": reached["emails"]}
        rows.append(row_of("leads", one) | ways)
    return rows


async def contacts_of(
    reader: Reader, guest: Guest, kind: str, document: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return the contacts of a card that the viewer sees; a contact's card is about one itself."""
    if not document:
        return []
    if kind == "contacts":
        return [_contact(document)]
    found = await links.neighbours(reader, guest.account.id, kind, [document["id"]])
    linked = [one.other_id for one in found.get(document["id"], []) if one.other_type == "contacts"]
    order = {one: at for at, one in enumerate(linked)}
    people = await _contacts(reader, guest, linked[:MOST_CONTACTS])
    return sorted(people, key=lambda one: order[one["id"]])


async def _contacts(reader: Reader, guest: Guest, ids: Collection[int]) -> list[dict[str, Any]]:
    if not ids:
        return []
    query = EntityQuery(ids=sorted(ids), limit=len(ids))
    page = await reading.page(reader, guest.actor, CONTACTS, query)
    return [_contact(opened(one, "")) for one in page.documents]


def _contact(document: Mapping[str, Any]) -> dict[str, Any]:
    return _reached(document) | {
        "first_name": document["first_name"],
        "last_name": document["last_name"],
    }
