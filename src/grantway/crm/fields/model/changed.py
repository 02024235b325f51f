"""Which fields of an entity changed, and what they show before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from grantway.crm.fields.model.definitions import FieldDefinition, Fields
from grantway.crm.fields.model.rendering import shown_values
from grantway.crm.fields.model.stored import read_stored

Shown = Sequence[Mapping[str, Any]]


class ChangedField(msgspec.Struct, frozen=True):
    """A field, and its values as the API shows them."""

    field: FieldDefinition
    before: Shown
    after: Shown


def changed_fields(fields: Fields, before: str, after: str) -> Iterator[ChangedField]:
    """Return the fields whose values differ; fields that were deleted since are left out."""
    if before == after:
        return
    old, new = read_stored(before), read_stored(after)
    differing = (one for one in old | new if old.get(one) != new.get(one))
    for field in fields.known(differing):
        yield ChangedField(
            field,
            shown_values(field, old.get(field.id, [])),
            shown_values(field, new.get(field.id, [])),
        )


def text_of(value: Mapping[str, Any]) -> str:
    """Return one shown value as a text.

    >>> text_of({"value": True}), text_of({"value": {"name": "Acme"}}), text_of({"value": "x"})
    ('1', 'Acme', 'x')
    """
    shown = value.get("value", value)
    if isinstance(shown, str):
        return shown
    if isinstance(shown, bool):
        return "1" if shown else "0"
    if isinstance(shown, Mapping) and isinstance(shown.get("name"), str):
        return str(shown["name"])
    return msgspec.json.encode(shown).decode()
