"""Values and rules of tags."""

from __future__ import annotations

from typing import Any

import msgspec

from grantway.kernel.errors import Violation, field_missing, invalid_type, too_many
from grantway.kernel.shapes import NAME_LIMIT, Line, Shape, text_fault, whole_number

# fmt: off
COLORS = (
    "EBEBEB", "D0D0D0", "F2DDF7", "D1A4DC", "FF8F92", "FFC8C8", "C7DB8C", "DDEBB5",
    "8699DA", "AABDFF", "FFCE5A", "FFE193", "90CDB0", "C6F4DE", "A9A5D7", "D8D5FF",
    "86C0FC", "832161", "6A0F49", "0C7C59", "10599D", "9D2B32", "247BA0",
)
# fmt: on

MOST_REFS = 250
"""How many tags an entity may name at once."""

NEW_TAG = Shape({"name": Line("A name that exists is answered with its tag.", required=True)})
NEW_LEAD_TAG = Shape(
    {
        **NEW_TAG.fields,
        "color": Line(
            "Six hexadecimal digits of the palette. Only the tags of leads have colours.",
            nullable=True,
            choices=COLORS,
            fold=lambda text: text.removeprefix("#").upper(),
        ),
    }
)


class Tag(msgspec.Struct, frozen=True):
    """One word of the dictionary. *color* is six hexadecimal digits."""

    id: int
    name: str
    color: str | None


class TagRef(msgspec.Struct, frozen=True):
    """A tag as an entity names it: by id, or by a name that may be new.

    *path* is where it stands in the entity, for what may be wrong with it. What
    is to be taken away *may_be_missing*: it is neither added nor a fault.
    """

    id: int | None = None
    name: str | None = None
    path: str = ""
    may_be_missing: bool = False


class NewTag(msgspec.Struct, frozen=True):
    """A tag that somebody adds to the dictionary."""

    name: str
    color: str | None
    request_id: str


class TagPage(msgspec.Struct, frozen=True):
    """Some tags, and whether more follow."""

    tags: list[Tag]
    has_next: bool


def new_tag(values: dict[str, Any], request_id: str = "0") -> NewTag:
    """Return what `NEW_TAG` or `NEW_LEAD_TAG` has read."""
    return NewTag(values["name"], values.get("color"), request_id)


def read_refs(
    raw: object, path: str, *, may_be_missing: bool = False
) -> tuple[list[TagRef], list[Violation]]:
    """Read the tags that an entity names at *path*: objects with an id or a name.

    None and an empty list name none. An id counts more than a name beside it.

    >>> read_refs([{"name": "new"}], "tags_to_add")
    ([TagRef(id=None, name='new', path='tags_to_add.0', may_be_missing=False)], [])
    """
    if raw is None:
        return [], []
    if not isinstance(raw, list):
        return [], [invalid_type(path, "array")]
    if len(raw) > MOST_REFS:
        return [], [too_many(path, MOST_REFS)]
    refs: list[TagRef] = []
    faults: list[Violation] = []
    for n, one in enumerate(raw):
        read = _read_ref(one, f"{path}.{n}")
        if isinstance(read, TagRef):
            refs.append(msgspec.structs.replace(read, may_be_missing=may_be_missing))
        else:
            faults.append(read)
    return refs, faults


def _read_ref(raw: object, at: str) -> TagRef | Violation:
    if not isinstance(raw, dict):
        return invalid_type(at, "object")
    if raw.get("id") is not None:
        tag_id = whole_number(raw["id"])
        if tag_id is None:
            return invalid_type(f"{at}.id", "int")
        return TagRef(id=tag_id, path=at)
    name = raw.get("name")
    if name is None:
        return field_missing(f"{at}.name")
    if not isinstance(name, str):
        return invalid_type(f"{at}.name", "string")
    name = name.strip()
    if not name:
        return field_missing(f"{at}.name")
    fault = text_fault(name, f"{at}.name", NAME_LIMIT)
    return TagRef(name=name, path=at) if fault is None else fault
