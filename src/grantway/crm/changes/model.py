"""What is told of a change, and how an event is named (contract: api-v4.md 4.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

KEPT = 365 * 24 * 3600
"""Seconds for which events can be read; then they are swept."""
MOST_CHARACTERS = 500
"""So much of a long text is kept in an event; the entity has all of it."""
MOST_VALUES = 50
"""So many values of a list are kept in an event."""

FIELD_CHANGED = "custom_field_value_changed"

SINGULAR: Mapping[str, str] = {"leads": "lead", "contacts": "contact", "companies": "company"}
"""What events and webhooks call one of each type of entity."""
LEGACY_TYPES: Mapping[str, int] = {"contacts": 1, "leads": 2, "companies": 3}
"""The numbers by which deliveries name types of entities (api-v4.md 3.13)."""

_NUMBER_BITS = 29
_NUMBERS = (1 << _NUMBER_BITS) - 1
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 26
_RANDOM_BITS = 80
_MOST_MOMENT = (1 << 48) // 1000

Element = Mapping[str, Any]


class NewEvent(NamedTuple):
    """Something that happened to one entity, and what was before and after."""

    type: str
    entity_type: str
    entity_id: int
    before: Sequence[Element] = ()
    after: Sequence[Element] = ()
    field_id: int | None = None


def row_id(now: int, number: int) -> int:
    """Return the id under which an event is kept: the later it happened, the greater it is.

    The number of the series tells apart and puts in order what happens within a
    second; it may begin again, for nobody makes half a milliard in one.

    >>> moment_of(row_id(1_700_000_000, 3)), row_id(1, 2**29) < row_id(1, 2**29 + 1)
    (1700000000, True)
    """
    return (now << _NUMBER_BITS) | (number & _NUMBERS)


def moment_of(event: int) -> int:
    """Return when the event with this id in the table happened."""
    return event >> _NUMBER_BITS


def event_id(event: int) -> str:
    """Return what the API calls the event: 26 characters that sort as their moments do (ULID).

    >>> event_id(row_id(1_700_000_000, 3))
    '01HF7YAT000000000000000003'
    """
    whole = (moment_of(event) * 1000 << _RANDOM_BITS) | (event & _NUMBERS)
    return "".join(_DIGITS[(whole >> 5 * n) & 31] for n in reversed(range(_LENGTH)))


def row_of(text: str) -> int | None:
    """Return the id in the table of the event that the API calls *text*; None: there is no such.

    >>> row_of(event_id(row_id(1_700_000_000, 3))) == row_id(1_700_000_000, 3)
    True
    >>> row_of("01HF7YAT00ZZZZZZZZZZZZZZZZ") is None
    True
    """
    if len(text) != _LENGTH or any(one not in _DIGITS for one in text):
        return None
    whole = 0
    for one in text:
        whole = whole << 5 | _DIGITS.index(one)
    moment = (whole >> _RANDOM_BITS) // 1000
    if moment >= _MOST_MOMENT:
        return None
    found = row_id(moment, whole & _NUMBERS)
    return found if event_id(found) == text else None


def values_text(elements: Sequence[Element]) -> str | None:
    """Return how values are kept: as they are answered, or None for none."""
    return _encode(elements[:MOST_VALUES]).decode() if elements else None


def units(minor: int) -> int | float:
    """Return hundredths as events write them.

    >>> units(150000), units(1050)
    (1500, 10.5)
    """
    return minor / 100 if minor % 100 else minor // 100


def shortened(text: str) -> str:
    """Return so much of *text* as an event keeps.

    >>> len(shortened("long " * 1000))
    500
    """
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + "…"


_encode = msgspec.json.Encoder().encode
