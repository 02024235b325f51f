"""What is moved in and out: kinds of rows, what is wrong with one, how far an import has come."""

from __future__ import annotations

from typing import Any

import msgspec

from grantway.crm.transfer.errors import WrongMap
from grantway.crm.transfer.json_stream import Place
from grantway.kernel.errors import Violation

KINDS = ("companies", "contacts", "leads", "tasks", "notes")
"""Each kind behind those that it refers to: so an export is written."""

_LONGEST_SHOWN = 80


class Cursor(msgspec.Struct, frozen=True):
    """How far the file was read: to this value, and so many rows into it."""

    place: Place = Place()
    item: int = 0


class Row(msgspec.Struct, frozen=True):
    """One entity of the file. *path* is where it stands in its value, *after* what comes next.

    *kind* is None when nothing says it. *about* is the type of the entity of a note.
    """

    line: int
    path: str
    kind: str | None
    about: str | None
    value: Any
    after: Cursor


class Reason(msgspec.Struct, frozen=True):
    """One thing wrong with a row: where, what should be there, and what is."""

    field: str
    expected: str
    came: str


class Refusal(msgspec.Struct, frozen=True):
    """A row that is not imported, and why."""

    line: int
    reasons: list[Reason]
    row: Any


def refusal(row: Row, violations: list[Violation]) -> Refusal:
    """Return the row as refused for these violations."""
    reasons = []
    for one in violations:
        field = ".".join(part for part in (row.path, one.path) if part)
        reasons.append(Reason(field, one.detail, _came(row.value, one.path)))
    return Refusal(row.line, reasons, row.value)


def _came(value: Any, path: str) -> str:
    for part in path.split(".") if path else ():
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return "nothing"
    return shown(value)


def shown(value: Any) -> str:
    """Return a value of a row as messages show it: as JSON, and not all of a long one."""
    text = msgspec.json.encode(value, order=None).decode(errors="replace")
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


class Progress(msgspec.Struct, frozen=True):
    """An import as it is kept; members are columns.

    *source* is whose ids the rows have, and *source_id* its number.
    """

    id: int
    source: str
    source_id: int
    file: str
    fingerprint: str
    begun_at: int
    updated_at: int
    byte_offset: int = 0
    line: int = 1
    is_in_array: bool = False
    item: int = 0
    added: str = "{}"
    refused: int = 0
    refused_bytes: int = 0
    finished_at: int | None = None

    @property
    def cursor(self) -> Cursor:
        """Where to go on."""
        return Cursor(Place(self.byte_offset, self.line, self.is_in_array), self.item)

    @property
    def counts(self) -> dict[str, int]:
        """How many of each kind were added."""
        return msgspec.json.decode(self.added, type=dict[str, int])

    def moved(self, cursor: Cursor) -> Progress:
        """Return it as read up to *cursor*."""
        place = cursor.place
        return msgspec.structs.replace(
            self,
            byte_offset=place.offset,
            line=place.line,
            is_in_array=place.is_in_array,
            item=cursor.item,
        )


class Maps(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What ids of the old account are in the new one, as somebody wrote it down.

    A stage is `pipeline/stage`.
    """

    users: dict[int, int] = {}
    stages: dict[str, str] = {}
    loss_reasons: dict[int, int] = {}


def read_maps(text: bytes) -> Maps:
    """Return the translations in a JSON text; raise WrongMap."""
    try:
        maps = msgspec.json.decode(text, type=Maps)
    except msgspec.DecodeError as error:
        raise WrongMap(str(error)) from error
    for one in (*maps.stages, *maps.stages.values()):
        pipeline, _, stage = one.partition("/")
        if not (pipeline.isdecimal() and stage.isdecimal()):
            raise WrongMap(f"a stage is written pipeline/stage, as 31/142, not {one}")
    return maps


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How rows are read. *kind* is that of rows which do not say theirs."""

    kind: str | None = None
    maps: Maps = Maps()
    responsible_user_id: int | None = None
    creates_fields: bool = False
    skips_links: bool = False
