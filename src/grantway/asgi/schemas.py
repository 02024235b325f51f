"""What answers look like, for the documentation: envelopes around msgspec types."""

from __future__ import annotations

from typing import Any

import msgspec


class Listed(msgspec.Struct, frozen=True):
    """An answer that has a list in `_embedded`. *members* stand beside it, by name and schema."""

    name: str
    item: Any
    members: dict[str, dict[str, Any]]


_WHOLE = {"type": "integer"}
_LINKS = {
    "type": "object",
    "additionalProperties": {"type": "object", "properties": {"href": {"type": "string"}}},
}


def listed(name: str, item: Any) -> Listed:
    """A page of a list without totals."""
    return Listed(name, item, {"_page": _WHOLE, "_links": _LINKS})


def counted(name: str, item: Any) -> Listed:
    """A page of a list that tells how many there are in all."""
    members = {"_total_items": _WHOLE, "_page": _WHOLE, "_page_count": _WHOLE, "_links": _LINKS}
    return Listed(name, item, members)


def whole(name: str, item: Any) -> Listed:
    """A list that is not paged."""
    return Listed(name, item, {"_total_items": _WHOLE, "_links": _LINKS})


def written(name: str, item: Any) -> Listed:
    """What a write to a collection answers."""
    return Listed(name, item, {"_links": _LINKS})
