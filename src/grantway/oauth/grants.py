"""What integrations hold of an account, whatever kind of grant it is."""

from __future__ import annotations

from grantway.db import Reader
from grantway.oauth import grant_store as store


async def count_live(reader: Reader, account_id: int, client_id: str, now: int) -> int:
    """Return how many grants of the integration work in the account now, for the operator."""
    return await store.count_live(reader, account_id, client_id, now)
