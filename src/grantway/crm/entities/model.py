"""What every entity is made of, what clients may send, and what they may ask for.

Contract: api-v4.md 2.7 to 2.10, 3.2, 3.6, 3.7.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from grantway.crm.fields.model import NO_VALUES
from grantway.db import Value
from grantway.kernel.shapes import Anything, Field, Moment, Shape, Text, Whole

_TAG = Shape(
    {"id": Whole("An existing tag."), "name": Text("A name; a new one makes a tag.")},
    some_of=("id", "name"),
)
TAGS = {"type": ["array", "null"], "items": _TAG.schema()}
_VALUES = {
    "type": ["array", "null"],
    "items": {
        "type": "object",
        "properties": {
            "field_id": {"type": ["integer", "null"]},
            "field_code": {"type": ["string", "null"]},
            "values": {"type": ["array", "null"], "items": {"type": "object"}},
        },
        "anyOf": [{"required": ["field_id"]}, {"required": ["field_code"]}],
    },
    "examples": [[{"field_id": 501, "values": [{"value": "Text"}]}]],
}

PEOPLE: dict[str, Field] = {
    "responsible_user_id": Whole("Default: the token's user.", nullable=True),
    "created_by": Whole("A user, or 0 for the robot.", nullable=True),
    "updated_by": Whole("A user, or 0 for the robot.", nullable=True),
}
TIMES: dict[str, Field] = {
    "created_at": Moment(nullable=True),
    "updated_at": Moment(nullable=True),
}
CONTENTS: dict[str, Field] = {
    "custom_fields_values": Anything("Only the fields named here change.", described=_VALUES),
    "tags_to_add": Anything("Tags that are put on it.", described=TAGS),
}
ALL_TAGS = Anything("All its tags: replaces those it has.", described=TAGS)
TAGS_TO_DELETE = Anything("Tags that are taken off it.", described=TAGS)
REFERENCE = Shape({"id": Whole(required=True)})


class Entity(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of every entity, without what is rendered of it. Members are columns."""

    id: int
    name: str
    responsible_user_id: int
    created_by: int
    updated_by: int
    created_at: int
    updated_at: int
    closest_task_at: int | None = None
    is_deleted: bool = False
    tag_ids: tuple[int, ...] = ()
    field_values: str = NO_VALUES


E = TypeVar("E", bound=Entity)


class EntityWrite(msgspec.Struct, frozen=True):
    """One entity of a writing request: the fields that were sent, checked for their types."""

    request_id: str
    values: dict[str, Any]


class Written(msgspec.Struct, frozen=True):
    """What became of one entity of a writing request, in the request's order."""

    id: int
    request_id: str
    updated_at: int


class Range(msgspec.Struct, frozen=True):
    """Both ends count; None is open."""

    least: int | None
    most: int | None


class Condition(msgspec.Struct, frozen=True):
    """What comes after `where`, and its values.

    *among*: the condition on the few rows that are looked up and then asked.
    """

    sql: str
    values: dict[str, Value]
    among: str = ""


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of a list is wanted, in which order; ties are in the order of ids."""

    order: str = "updated_at"
    descending: bool = False
    offset: int = 0
    limit: int = 50


class EntityQuery(Listing, frozen=True, kw_only=True):
    """Which entities, in which order. What is None or empty does not restrict."""

    ids: list[int] | None = None
    names: list[str] | None = None
    created_by: list[int] | None = None
    updated_by: list[int] | None = None
    responsible_user_ids: list[int] | None = None
    created_at: Range | None = None
    updated_at: Range | None = None
    closest_task_at: Range | None = None
    fields: dict[int, Any] = {}
    search: str = ""
    is_deleted: bool = False


class EntityPage(msgspec.Struct, frozen=True):
    """Documents in order, and whether more follow."""

    documents: list[bytes]
    has_next: bool
