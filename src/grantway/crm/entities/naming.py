"""What entities are called, for what shows others beside itself."""

from __future__ import annotations

from collections.abc import Collection

from grantway.crm.entities import name_store
from grantway.db import Reader


async def names(
    reader: Reader, account_id: int, entity_type: str, ids: Collection[int]
) -> dict[int, str]:
    """Return the names of those of *ids* that are in the account, binned ones as well.

    Who may view them has been asked before.
    """
    return await name_store.list_names(reader, account_id, entity_type, sorted(set(ids)))
