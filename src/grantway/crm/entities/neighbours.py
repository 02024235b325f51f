"""The linked entities that `with` adds to documents (api-v4.md 3.2, 3.6, 3.7)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from grantway.crm.links import service as links
from grantway.db import Reader

LINKED = frozenset({"leads", "contacts", "companies"})
"""The types of entities that may stand in `_embedded` of others."""


async def add_neighbours(
    reader: Reader,
    account_id: int,
    entity_type: str,
    documents: list[dict[str, Any]],
    wanted: Collection[str],
    origin: str,
) -> None:
    """Put what each document's entity is linked with into its `_embedded`, for the types *wanted*.

    Who sees an entity sees the ids of what it is linked with, and no more of them.
    """
    if not wanted:
        return
    found = await links.neighbours(
        reader, account_id, entity_type, [one["id"] for one in documents]
    )
    for one in documents:
        embedded = one["_embedded"]
        for other_type in wanted:
            embedded[other_type] = []
        for neighbour in found.get(one["id"], ()):
            if neighbour.other_type not in wanted:
                continue
            href = f"{origin}/api/v4/{neighbour.other_type}/{neighbour.other_id}"
            shown: dict[str, Any] = {"id": neighbour.other_id}
            if (entity_type, neighbour.other_type) == ("leads", "contacts"):
                shown["is_main"] = neighbour.is_main
            embedded[neighbour.other_type].append(shown | {"_links": {"self": {"href": href}}})
