"""What answers look like, for the documentation: envelopes around msgspec types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

Schema = dict[str, Any]
Links = dict[str, dict[str, str]]
"""The `_links` of a resource."""

EXAMPLE_ORIGIN = "https://acme.example.com"
"""Stands in examples for the address of the reader's account."""


class Listed(msgspec.Struct, frozen=True):
    """An answer that has a list in `_embedded`.

    *item* is its type, or a tuple of types. *members* stand beside the list, by
    name and schema. *example* is one item.
    """

    name: str
    item: Any
    members: dict[str, Schema]
    example: Any = None


class Single(msgspec.Struct, frozen=True):
    """An answer that is one resource, and what one looks like."""

    item: Any
    example: Any = None


class Either(msgspec.Struct, frozen=True):
    """The answer to an array, or the one to a bare object: as the request was."""

    many: Listed
    one: Single


_WHOLE: Schema = {"type": "integer", "minimum": 1}
_LINKS: Schema = {
    "type": "object",
    "required": ["self"],
    "additionalProperties": {
        "type": "object",
        "required": ["href"],
        "properties": {"href": {"type": "string"}},
    },
}
_PAGE: dict[str, Schema] = {"_page": _WHOLE, "_links": _LINKS}
_TOTAL: dict[str, Schema] = {"_total_items": {"type": "integer", "minimum": 0}}


def listed(name: str, item: Any, example: Any = None) -> Listed:
    """Describe a page of a list without totals."""
    return Listed(name, item, _PAGE, example)


def counted(name: str, item: Any, example: Any = None) -> Listed:
    """Describe a page of a list that tells how many there are in all."""
    return Listed(name, item, _TOTAL | _PAGE | {"_page_count": _WHOLE}, example)


def whole(name: str, item: Any, example: Any = None) -> Listed:
    """Describe a list that is not paged."""
    return Listed(name, item, _TOTAL | {"_links": _LINKS}, example)


def written(name: str, item: Any, example: Any = None) -> Listed:
    """Describe what a write to a collection answers."""
    return Listed(name, item, {"_links": _LINKS}, example)


def told(name: str, item: Any, example: Any = None) -> Listed:
    """Describe what a write to a collection answers that tells how many items it has written."""
    return Listed(name, item, _TOTAL, example)


def types_of(returned: Any) -> tuple[Any, ...]:
    """Return the types inside an answer."""
    item = returned.one.item if isinstance(returned, Either) else returned
    item = item.item if isinstance(item, Listed | Single) else item
    return item if isinstance(item, tuple) else (item,)


def schema_of(returned: Any, of: Callable[[Any], Schema]) -> Schema:
    """Return the schema of the whole answer, given the schemas *of* types."""
    if isinstance(returned, Either):
        return {"anyOf": [schema_of(returned.many, of), schema_of(returned.one, of)]}
    found = [of(one) for one in types_of(returned)]
    item = found[0] if len(found) == 1 else {"anyOf": found}
    if not isinstance(returned, Listed):
        return item
    return {
        "type": "object",
        "required": [*returned.members, "_embedded"],
        "properties": {
            **returned.members,
            "_embedded": {
                "type": "object",
                "required": [returned.name],
                "properties": {returned.name: {"type": "array", "items": item}},
            },
        },
    }


def examples_of(returned: Any, path: str) -> dict[str, Any]:
    """Return examples of the whole answer of the operation at *path*, by what they show."""
    if isinstance(returned, Either):
        one, many = examples_of(returned.one, path), examples_of(returned.many, path)
        return {"many": many["answer"], "one": one["answer"]}
    example = getattr(returned, "example", None)
    if example is None:
        return {}
    item = msgspec.to_builtins(example)
    if not isinstance(returned, Listed):
        return {"answer": item}
    address = EXAMPLE_ORIGIN + path + ("?page=1&limit=50" if "_page" in returned.members else "")
    members = {
        "_total_items": 1,
        "_page": 1,
        "_page_count": 1,
        "_links": {"self": {"href": address}},
        "_embedded": {returned.name: [item]},
    }
    return {
        "answer": {
            name: value
            for name, value in members.items()
            if name in returned.members or name == "_embedded"
        }
    }
