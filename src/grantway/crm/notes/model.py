"""What a note is made of, what clients may send, and what they may ask for (api-v4.md 4.2)."""

from __future__ import annotations

from typing import Any

import msgspec

from grantway.crm.entities.model import Listing, Range
from grantway.crm.notes.note_types import TypeOfNote, params_schema, read_params
from grantway.kernel.errors import Violation
from grantway.kernel.shapes import Anything, Flag, Json, Moment, Shape, Whole

_PARAMS = Anything("What the note holds; its type says which members.", described=params_schema())
_ENTITY = "Whose note it is."


class _NewNote(Shape):
    """A new note, whose `params` are read by its type."""

    def read(self, raw: dict[str, Json], path: str, violations: list[Violation]) -> dict[str, Any]:
        values = super().read(raw, path, violations)
        note_type = values.get("note_type")
        if note_type is not None:
            values["params"] = read_params(note_type, values.get("params"), violations)
        return values


_WRITABLE = {
    "note_type": TypeOfNote("It cannot be changed later.", required=True),
    "params": _PARAMS,
    "responsible_user_id": Whole("Default: the token's user.", nullable=True),
    "created_by": Whole("A user, or 0 for the robot.", nullable=True),
    "created_at": Moment(nullable=True),
    "is_need_to_trigger_digital_pipeline": Flag(
        "Taken and without effect: there are no triggers here.", nullable=True
    ),
}
NEW_NOTE = _NewNote({"entity_id": Whole(_ENTITY, required=True), **_WRITABLE})
NEW_NOTE_OF_ENTITY = _NewNote({"entity_id": Whole(_ENTITY, nullable=True), **_WRITABLE})
_CHANGEABLE = {
    "entity_id": Whole(_ENTITY, nullable=True),
    "note_type": TypeOfNote("The type that the note has.", nullable=True),
    "params": _PARAMS,
}
ONE_NOTE = Shape({"id": Whole("The note."), **_CHANGEABLE})
CHANGED_NOTE = Shape({"id": Whole("The note.", required=True), **_CHANGEABLE})


class Note(msgspec.Struct, frozen=True):
    """A note as it is kept. Members are columns, in this order; *params* are JSON."""

    id: int
    entity_id: int
    note_type: str
    params: str
    responsible_user_id: int
    created_by: int
    updated_by: int
    created_at: int
    updated_at: int
    is_pinned: bool = False


class NoteQuery(Listing, frozen=True, kw_only=True):
    """Which notes, in which order. What is None does not restrict."""

    ids: list[int] | None = None
    entity_ids: list[int] | None = None
    note_types: list[str] | None = None
    updated_at: Range | None = None

    @property
    def names_them(self) -> bool:
        """Whether the few that are wanted are named, themselves or by their entities."""
        return self.ids is not None or self.entity_ids is not None


ORDERS = ("updated_at", "id")


class NotePage(msgspec.Struct, frozen=True):
    """Notes in order, whether more follow, and the group of each user."""

    notes: list[Note]
    groups: dict[int, int]
    has_next: bool = False
