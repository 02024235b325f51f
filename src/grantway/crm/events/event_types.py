"""The types of events as a table: their names on the wire, their numbers, and words for people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from grantway.crm.changes.model import FIELD_CHANGED


class EventType(NamedTuple):
    """What happened. Numbers do not change: clients may keep them."""

    key: str
    number: int
    words: str


EVENT_TYPES: Mapping[str, EventType] = {
    key: EventType(key, number, words)
    for key, number, words in (
        ("lead_added", 1, "Lead added"),
        ("contact_added", 2, "Contact added"),
        ("company_added", 3, "Company added"),
        ("lead_deleted", 5, "Lead deleted"),
        ("contact_deleted", 6, "Contact deleted"),
        ("company_deleted", 7, "Company deleted"),
        ("lead_restored", 9, "Lead restored"),
        ("contact_restored", 10, "Contact restored"),
        ("company_restored", 11, "Company restored"),
        ("lead_status_changed", 14, "Stage changed"),
        ("entity_linked", 15, "Linked"),
        ("entity_unlinked", 16, "Unlinked"),
        ("task_added", 17, "Task added"),
        ("task_deleted", 18, "Task deleted"),
        ("task_completed", 19, "Task completed"),
        ("task_type_changed", 20, "Type of task changed"),
        ("task_text_changed", 21, "Text of task changed"),
        ("task_deadline_changed", 22, "Deadline of task changed"),
        ("task_result_added", 23, "Result of task added"),
        (FIELD_CHANGED, 24, "Field changed"),
        ("entity_responsible_changed", 25, "Responsible user changed"),
        ("common_note_added", 27, "Note added"),
        ("incoming_call", 30, "Incoming call"),
        ("outgoing_call", 31, "Outgoing call"),
        ("incoming_sms", 32, "Incoming SMS"),
        ("outgoing_sms", 33, "Outgoing SMS"),
        ("service_note_added", 34, "Service message"),
        ("geo_note_added", 35, "Place noted"),
        ("message_to_cashier_note_added", 36, "Message to the cashier"),
        ("entity_tag_added", 63, "Tags added"),
        ("entity_tag_deleted", 64, "Tags taken off"),
        ("sale_field_changed", 69, "Price changed"),
        ("name_field_changed", 70, "Name changed"),
    )
}
_OF_FIELD = re.compile(r"custom_field_(\d{1,15})_value_changed", re.ASCII)


def type_of(kept: str, field_id: int | None) -> str:
    """Return what answers call an event: that of a custom field names the field.

    >>> type_of("custom_field_value_changed", 7), type_of("lead_added", None)
    ('custom_field_7_value_changed', 'lead_added')
    """
    return kept if field_id is None else f"custom_field_{field_id}_value_changed"


def field_of(name: str) -> int | None:
    """Return the field that a type names, or None.

    >>> field_of("custom_field_7_value_changed"), field_of("lead_added")
    (7, None)
    """
    found = _OF_FIELD.fullmatch(name)
    return int(found[1]) if found else None
