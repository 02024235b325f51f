"""The fields that every account has from its beginning (api-v4.md 3.6, 3.7, 3.10)."""

from __future__ import annotations

from typing import NamedTuple

from grantway.crm.fields.model.field_types import EMAIL_KINDS, PHONE_KINDS, FieldType


class PredefinedField(NamedTuple):
    """One of them; *kinds* are what a multitext tells its texts apart by."""

    entity_type: str
    type: FieldType
    code: str
    name: str
    sort: int
    kinds: tuple[str, ...] = ()


# Migration 0018 gives the same to the accounts that were there before it.
PREDEFINED = (
    PredefinedField("contacts", FieldType.TEXT, "POSITION", "Position", 2),
    PredefinedField("contacts", FieldType.MULTITEXT, "PHONE", "Phone", 4, PHONE_KINDS),
    PredefinedField("contacts", FieldType.MULTITEXT, "EMAIL", "Email", 6, EMAIL_KINDS),
    PredefinedField("companies", FieldType.MULTITEXT, "PHONE", "Phone", 2, PHONE_KINDS),
    PredefinedField("companies", FieldType.MULTITEXT, "EMAIL", "Email", 4, EMAIL_KINDS),
    PredefinedField("companies", FieldType.URL, "WEB", "Web", 6),
    PredefinedField("companies", FieldType.TEXTAREA, "ADDRESS", "Address", 8),
)
