"""The SQL that reads names of entities of whichever kind."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grantway.db import Reader


class Named(msgspec.Struct, frozen=True):
    """An entity by its name."""

    id: int
    name: str


async def list_names(
    reader: Reader, account_id: int, entity_type: str, ids: Sequence[int]
) -> dict[int, str]:
    """Return the names of those of *ids* that are in the account, binned ones as well."""
    if not ids:
        return {}
    found = await reader.all(
        Named,
        # In their order: SQLite would otherwise rather read all names from their index.
        f"""
        select id, name from {entity_type}
         where account_id = :account_id and id in (:ids) order by id
        """,
        account_id=account_id,
        ids=ids,
    )
    return {one.id: one.name for one in found}
