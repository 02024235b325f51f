"""Which types of notes there are, and what each holds in `params` (contract: api-v4.md 4.2).

`NOTE_TYPES` is the one table: requests are read by it, answers show its members,
and the reference describes them from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from grantway.kernel.errors import Violation, field_missing, invalid_type, not_supported_choice
from grantway.kernel.shapes import (
    MAX_WHOLE,
    NAME_LIMIT,
    Field,
    Json,
    Line,
    Nested,
    Shape,
    Text,
    Whole,
    text_fault,
)

_LONGEST_LINK = 2_000


class _NumberOrText(Field):
    """What some clients send as a number and others as a text; kept as it came."""

    expected = "string"

    def _read(self, raw: Json, path: str, violations: list[Violation]) -> Any:
        if isinstance(raw, str):
            fault = text_fault(raw, path, NAME_LIMIT)
            if fault is not None:
                violations.append(fault)
            return raw
        if not isinstance(raw, int | float) or isinstance(raw, bool):
            violations.append(invalid_type(path, self.expected))
        elif not -MAX_WHOLE <= raw <= MAX_WHOLE:
            violations.append(not_supported_choice(path))
        return raw

    def _schema(self) -> dict[str, Any]:
        return {
            "type": ["number", "string", "null"],
            "maxLength": NAME_LIMIT,
            "minimum": -MAX_WHOLE,
            "maximum": MAX_WHOLE,
        }


def _line(about: str = "", longest: int = NAME_LIMIT) -> Text:
    return Text(about, nullable=True, longest=longest)


_TEXT = Text("What the note says.", required=True)
_CALL = Shape(
    {
        "uniq": _line("The call's id in the telephone system."),
        "duration": Whole("Seconds.", nullable=True),
        "source": _line("The telephone system."),
        "link": _line("Where the recording is.", _LONGEST_LINK),
        "phone": _line(),
        "call_responsible": _NumberOrText("A user's id, or a name.", nullable=True),
    }
)
_SERVICE = Shape({"service": _line("Who writes."), "text": _TEXT})
_SMS = Shape({"text": _TEXT, "phone": _line()})

NOTE_TYPES: Mapping[str, Shape] = {
    "common": Shape({"text": _TEXT}),
    "call_in": _CALL,
    "call_out": _CALL,
    "service_message": _SERVICE,
    "extended_service_message": _SERVICE,
    "message_cashier": Shape(
        {
            "status": Line(nullable=True, choices=("created", "shown", "canceled")),
            "text": _TEXT,
        }
    ),
    "geolocation": Shape(
        {
            "text": _TEXT,
            "address": _line(),
            "longitude": _NumberOrText(nullable=True),
            "latitude": _NumberOrText(nullable=True),
        }
    ),
    "sms_in": _SMS,
    "sms_out": _SMS,
}
_NEEDS_FILES = "attachment"
_NO_FILES = "Files are not kept here, so no note can have one attached."


class TypeOfNote(Line):
    """A type of the table. One that needs what does not exist here is refused with the reason."""

    def __init__(self, about: str = "", *, required: bool = False, nullable: bool = False) -> None:
        super().__init__(about, required=required, nullable=nullable, choices=tuple(NOTE_TYPES))

    def _read(self, raw: Json, path: str, violations: list[Violation]) -> Any:
        if raw == _NEEDS_FILES:
            violations.append(Violation("NotSupportedChoice", path, _NO_FILES))
            return None
        return super()._read(raw, path, violations)


def read_params(note_type: str, raw: Json, violations: list[Violation]) -> str:
    """Return what a note of this type keeps of *raw*, all members by name, as JSON.

    Nothing at all lacks what is required: the dialect names that, not `params`
    (api-v4.md 4.2).

    >>> read_params("sms_in", {"text": "Yes", "colour": "red"}, [])
    '{"text":"Yes","phone":null}'
    """
    shape = NOTE_TYPES[note_type]
    before = len(violations)
    read = Nested(shape).read({} if raw is None else raw, "params", violations)
    if len(violations) > before:
        return ""
    if raw is None:
        violations.append(field_missing("params"))
        return ""
    return _encode({name: read.get(name) for name in shape.fields}).decode()


_encode = msgspec.json.Encoder().encode


def params_schema() -> dict[str, Any]:
    """Return the JSON Schema of `params`: one for each that the table holds."""
    named: dict[int, list[str]] = {}
    for note_type, shape in NOTE_TYPES.items():
        named.setdefault(id(shape), []).append(note_type)
    return {
        "anyOf": [
            NOTE_TYPES[types[0]].schema() | {"title": ", ".join(types)} for types in named.values()
        ]
    }
