"""What clients send about groups of fields."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from grantway.crm.fields.model import MOST_FIELDS
from grantway.kernel.shapes import MAX_SORT, Items, Line, Shape, Whole, given

NEW_GROUP = Shape(
    {"name": Line(required=True), "sort": Whole("Its place.", required=True, most=MAX_SORT)}
)
ONE_GROUP = Shape(
    {
        "id": Line("If there, the one of the address.", nullable=True),
        "name": Line(nullable=True),
        "sort": Whole("Its place.", nullable=True, most=MAX_SORT),
        "fields": Items(
            Whole(),
            "Fields that move into the group; those that are in it stay.",
            nullable=True,
            most=MOST_FIELDS,
        ),
    }
)


class GroupChange(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants of a group; UNSET is left as it is."""

    id: str = ""
    request_id: str = "0"
    name: str | UnsetType = UNSET
    sort: int | UnsetType = UNSET
    field_ids: tuple[int, ...] = ()


def group_change(values: dict[str, Any], request_id: str = "0") -> GroupChange:
    """Return what `NEW_GROUP` or `ONE_GROUP` has read."""
    return GroupChange(
        id=values.get("id") or "",
        request_id=request_id,
        name=given(values, "name"),
        sort=given(values, "sort"),
        field_ids=tuple(values.get("fields") or ()),
    )
