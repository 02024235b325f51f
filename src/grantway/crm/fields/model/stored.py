"""How an entity keeps its values: compact JSON by field id, with the ids of choices alone.

    {"501": ["Text"], "502": [12, 13], "503": [["+15550100", 3011]]}

| shape | stored |
|---|---|
| text, number | the text |
| checkbox | true or false |
| moments | Unix seconds |
| choices | the choice's id |
| multitext, smart address | the text and the id of its kind |
| chained list | the ids of catalog and element |
| the others | the object |

Names and texts of definitions are added when an entity is rendered, so a
renamed choice has its new name everywhere.
"""

from __future__ import annotations

from typing import Any

import msgspec

StoredValues = dict[int, list[Any]]
ChangedValues = dict[int, list[Any]]
"""By field id, the new values in the stored form; an empty list clears the field."""

NO_VALUES = "{}"
"""The stored form of an entity without values."""

_decode = msgspec.json.Decoder(StoredValues).decode
_encode = msgspec.json.Encoder().encode


def read_stored(stored: str) -> StoredValues:
    """Return the values in *stored*; an empty text holds none."""
    return _decode(stored) if len(stored) > len(NO_VALUES) else {}


def write_stored(values: StoredValues) -> str:
    """Return the text that keeps *values*."""
    return _encode(values).decode()


def merge(stored: str, changed: ChangedValues) -> str:
    """Return *stored* with the fields of *changed* replaced or cleared, the others as they were.

    >>> merge('{"501":["old"],"502":[12]}', {501: ["new"], 502: []})
    '{"501":["new"]}'
    """
    if not changed:
        return stored or NO_VALUES
    values = read_stored(stored)
    for field_id, new in changed.items():
        if new:
            values[field_id] = new
        else:
            values.pop(field_id, None)
    return write_stored(values)
