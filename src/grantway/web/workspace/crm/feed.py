"""Notes as a card shows them (api-v4.md 4.2)."""

from __future__ import annotations

from typing import Any

import msgspec

from grantway.crm.entities.model import EntityWrite
from grantway.crm.notes import reading, writing
from grantway.crm.notes.model import NEW_NOTE_OF_ENTITY, Note, NoteQuery
from grantway.db import Reader, Transaction
from grantway.kernel.errors import Violation
from grantway.web.wording import duration
from grantway.web.workspace.crm.card_form import FormRejected
from grantway.web.workspace.crm.days import Days
from grantway.web.workspace.crm.people import people
from grantway.web.workspace.crm.sorts import Sort
from grantway.web.workspace.hall import Guest

_ON_A_PAGE = 20

_HEADS = {
    "common": "",
    "call_in": "Incoming call",
    "call_out": "Outgoing call",
    "service_message": "Message of a service",
    "extended_service_message": "Message of a service",
    "message_cashier": "Message to the cashier",
    "geolocation": "Place",
    "sms_in": "SMS received",
    "sms_out": "SMS sent",
}
_ICONS = {"call_in": "phone", "call_out": "phone", "sms_in": "message", "sms_out": "message"}


async def page_of_notes(
    reader: Reader, guest: Guest, sort: Sort, entity_id: int, number: int, days: Days
) -> dict[str, Any]:
    """Return what `card_notes.html` asks for: a page of notes, the newest first."""
    query = NoteQuery(
        order="id", descending=True, offset=(number - 1) * _ON_A_PAGE, limit=_ON_A_PAGE
    )
    found = await reading.page_of_entity(reader, guest.actor, sort.kind, entity_id, query)
    team = await people(reader, guest.account.id, [one.created_by for one in found.notes])
    href = sort.href(entity_id)
    return {
        "rows": [_shown(one, team.name(one.created_by), days) for one in found.notes],
        "number": number,
        "newer_href": f"{href}?notes={number - 1}#notes" if number > 1 else "",
        "older_href": f"{href}?notes={number + 1}#notes" if found.has_next else "",
    }


async def add_note(
    tx: Transaction, guest: Guest, sort: Sort, entity_id: int, text: str, now: int
) -> None:
    """Add a common note; raise FormRejected, Forbidden, EntityOfNotesNotFound."""
    if not text.strip():
        raise FormRejected({"note": "Write what the note should say."})
    wrong: list[Violation] = []
    sent = {"note_type": "common", "params": {"text": text}}
    values = NEW_NOTE_OF_ENTITY.read(sent, "", wrong)
    if wrong:
        raise FormRejected({"note": f"Note: {wrong[0].detail}"})
    writes = [EntityWrite("0", values)]
    await writing.add(tx, guest.actor, sort.kind, writes, now, entity_id)


def _shown(note: Note, author: str, days: Days) -> dict[str, Any]:
    params: dict[str, Any] = msgspec.json.decode(note.params)
    texts = [
        f"{label}: {params[name]}"
        for name, label in (("phone", "Number"), ("source", "By"), ("address", "Address"))
        if params.get(name)
    ]
    if params.get("duration"):
        texts.append(f"Lasted {duration(params['duration'])}")
    link = params.get("link") or ""
    head = params.get("service") or _HEADS.get(note.note_type, "")
    return {
        "id": note.id,
        "head": head,
        "icon": _ICONS.get(note.note_type, "note"),
        "text": params.get("text") or "",
        "more": " · ".join(texts),
        "link": link if link.startswith(("https://", "http://")) else "",
        "author": author,
        "at": days.words(note.created_at),
        "is_changed": note.updated_at > note.created_at and note.note_type == "common",
        "is_pinned": note.is_pinned,
    }
