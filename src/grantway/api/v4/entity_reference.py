"""What the reference says of every entity: parameters, and members of answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from grantway.api.v4.collection import PAGING, any_of, sorted_by
from grantway.api.v4.entity_query import MOMENTS
from grantway.asgi.operations import Parameter
from grantway.asgi.schemas import Links

_WHOLE = {"type": "integer"}
_PEOPLE = ("responsible_user_id", "created_by", "updated_by")
MOMENT = 1_700_000_000


def more(extras: Iterable[str], example: str) -> Parameter:
    """Return `with` for these *extras*."""
    return Parameter(
        "with",
        f"More to show, separated by commas: {', '.join(f'`{one}`' for one in extras)}. "
        "`only_deleted` lists the recycle bin, whose entries have few members.",
        {"type": "string"},
        example,
    )


def moments(names: Iterable[str]) -> tuple[Parameter, ...]:
    """Return both ends of the filters of these moments."""
    return tuple(
        Parameter(f"filter[{name}][{end}]", f"`{name}` {about} this moment.", _WHOLE, MOMENT)
        for name in names
        for end, about in (("from", "not before"), ("to", "not after"))
    )


def filters(many: str, name: str, orders: Iterable[str]) -> tuple[Parameter, ...]:
    """Return the parameters of a list; *name* is what one of them may be called."""
    return (
        *PAGING,
        Parameter("query", "A part of the name or of a text field.", {"type": "string"}, name),
        any_of("id", f"Any of these {many}.", _WHOLE, [1, 2]),
        any_of("name", "Exactly any of these names.", {"type": "string"}, [name]),
        *(any_of(one, f"Any of these users as `{one}`.", _WHOLE, [1]) for one in _PEOPLE),
        *moments(MOMENTS),
        Parameter(
            "filter[custom_fields_values][{id}][]",
            "Any of these values of the custom field whose id stands in place of `{id}`; of fields "
            "with choices, the ids of choices. Numbers and moments take `[from]` and `[to]`.",
            {"type": "array", "items": {"type": "string"}},
            ["Website"],
        ),
        *sorted_by(orders),
    )


class FieldValues(msgspec.Struct, frozen=True, kw_only=True):
    """The values of an entity in one custom field; what a value is made of, its type says."""

    field_id: int
    field_name: str
    field_code: str | None
    field_type: str
    values: list[dict[str, Any]]


class Linked(msgspec.Struct, frozen=True, kw_only=True):
    """An entity that is linked with this one."""

    id: int
    _links: Links


class BinnedEntity(msgspec.Struct, frozen=True, kw_only=True):
    """What is left to see in the recycle bin."""

    id: int
    updated_at: int
    updated_by: int
    is_deleted: bool
    account_id: int
    _links: Links


class WrittenEntity(msgspec.Struct, frozen=True, kw_only=True):
    """What a write answers for each; `updated_at` when it was there before."""

    id: int
    updated_at: int | UnsetType = UNSET
    request_id: str
    _links: Links
