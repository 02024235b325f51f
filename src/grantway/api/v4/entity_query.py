"""What query strings ask of entities (api-v4.md 2.7, 2.8)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from grantway.asgi.operations import Call
from grantway.asgi.query import Node, Query
from grantway.crm.entities.model import EntityQuery, Range

MOMENTS = ("created_at", "updated_at", "closest_task_at")
_LISTS = {
    "ids": "id",
    "created_by": "created_by",
    "updated_by": "updated_by",
    "responsible_user_ids": "responsible_user_id",
}
_ID = re.compile(r"\d{1,15}", re.ASCII)


def entity_query(orders: Collection[str]) -> Any:
    """Return what reads the query of an entity that can be sorted by these *orders*."""
    return lambda call: EntityQuery(**asked(call, orders))


def asked(
    call: Call,
    orders: Collection[str],
    *,
    lists: Mapping[str, str] = {},
    moments: Collection[str] = (),
) -> dict[str, Any]:
    """Return the members of an `EntityQuery`; what is unknown in the query restricts nothing.

    *lists* are the kind's own filters of ids, by member and name; *moments* its own ranges.
    """
    query = call.query
    found = _filters(query, _LISTS | dict(lists), (*MOMENTS, *moments)) if query.has_filters else {}
    return found | {
        "search": query.text("query").strip(),
        "is_deleted": "only_deleted" in query.with_,
        **part(query, orders),
    }


def part(query: Query, orders: Collection[str]) -> dict[str, Any]:
    """Return the members of a `Listing` for a list that can be sorted by these *orders*."""
    found: dict[str, Any] = {"offset": query.offset, "limit": query.limit}
    for name, descending in query.order():
        if name in orders:
            return found | {"order": name, "descending": descending}
    return found


def _filters(query: Query, lists: Mapping[str, str], moments: Collection[str]) -> dict[str, Any]:
    found: dict[str, Any] = {
        member: node.wholes()
        for member, name in lists.items()
        if (node := query.filter(name)) is not None
    }
    if node := query.filter("name"):
        found["names"] = node.texts()
    found |= {
        name: ends
        for name in moments
        if (node := query.filter(name)) and (ends := moments_within(node))
    }
    if node := query.filter("custom_fields_values"):
        found["fields"] = {
            int(name): _spec(one) for name, one in node.children.items() if _ID.fullmatch(name)
        }
    return found


def moments_within(node: Node) -> Range | None:
    """Return the range that is asked for; a bare moment means: from then on (api-v4.md 2.7)."""
    if ends := node.whole_range():
        return Range(*ends)
    wholes = node.wholes()
    return Range(wholes[0], None) if wholes else None


def _spec(node: Node) -> Any:
    ends = {
        name: child.values[-1]
        for name in ("from", "to")
        if (child := node.below(name)) and child.values
    }
    return ends or node.texts()
