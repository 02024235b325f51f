"""What a new note tells: an event of its entity, and the webhooks of notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from grantway.accounts.actor import Actor
from grantway.crm.changes.dates import date_text, timezone
from grantway.crm.changes.model import LEGACY_TYPES, SINGULAR, NewEvent
from grantway.crm.changes.service import tell
from grantway.crm.webhooks.model import Occurrence
from grantway.db import Transaction


class Note(Protocol):
    """What is told of a note; *params* is JSON."""

    @property
    def id(self) -> int: ...
    @property
    def entity_id(self) -> int: ...
    @property
    def note_type(self) -> str: ...
    @property
    def params(self) -> str: ...
    @property
    def responsible_user_id(self) -> int: ...
    @property
    def created_by(self) -> int: ...
    @property
    def updated_by(self) -> int: ...
    @property
    def created_at(self) -> int: ...
    @property
    def updated_at(self) -> int: ...


EVENTS: Mapping[str, str] = {
    "common": "common_note_added",
    "call_in": "incoming_call",
    "call_out": "outgoing_call",
    "service_message": "service_note_added",
    "extended_service_message": "service_note_added",
    "message_cashier": "message_to_cashier_note_added",
    "geolocation": "geo_note_added",
    "sms_in": "incoming_sms",
    "sms_out": "outgoing_sms",
}
"""What the addition of a note of each type is called."""

_NUMBERS: Mapping[str, int] = {
    "common": 4,
    "call_in": 10,
    "call_out": 11,
    "message_cashier": 17,
    "geolocation": 22,
    "service_message": 25,
    "extended_service_message": 26,
    "sms_in": 102,
    "sms_out": 103,
}
"""By which numbers deliveries name the types; the contract tells the first alone."""


async def tell_notes(
    tx: Transaction, actor: Actor, entity_type: str, notes: Sequence[Note], now: int
) -> None:
    """Tell of new notes of these entities (`leads`, `contacts` or `companies`)."""
    one = SINGULAR[entity_type]
    events = [
        NewEvent(EVENTS[note.note_type], one, note.entity_id, after=[{"note": {"id": note.id}}])
        for note in notes
    ]

    async def occur(wanted: frozenset[str]) -> Sequence[Occurrence]:
        event = f"note_{one}"
        if event not in wanted:
            return []
        zone = await timezone(tx, actor.account_id)
        return [
            Occurrence(
                event,
                {
                    _among(entity_type): {
                        "note": [
                            {
                                "note": {
                                    "id": note.id,
                                    "note_type": _NUMBERS[note.note_type],
                                    "text": _text(note.params),
                                    "element_type": LEGACY_TYPES[entity_type],
                                    "element_id": note.entity_id,
                                    "date_create": date_text(note.created_at, zone),
                                    "last_update": date_text(note.updated_at, zone),
                                    "created_by": note.created_by,
                                    "modified_by": note.updated_by,
                                    "main_user_id": note.responsible_user_id,
                                    "account_id": actor.account_id,
                                }
                            }
                        ]
                    }
                },
            )
            for note in notes
        ]

    await tell(tx, actor, events, occur, now)


def _among(entity_type: str) -> str:
    return "leads" if entity_type == "leads" else "contacts"


def _text(params: str) -> str:
    """Return what a note says; one of another kind tells all that it holds."""
    text = msgspec.json.decode(params, type=dict[str, object]).get("text")
    return text if isinstance(text, str) else params
