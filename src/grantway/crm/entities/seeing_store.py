"""The SQL that finds which entities an actor sees, for what hangs on them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grantway.crm.entities.conditions import both, joined
from grantway.crm.entities.model import Condition
from grantway.db import Reader


class Owned(msgspec.Struct, frozen=True):
    """An entity of a user, and whether it is seen."""

    id: int
    is_seen: bool


async def list_owned(
    reader: Reader,
    account_id: int,
    entity_type: str,
    owners: Sequence[int],
    within: Sequence[Condition],
    most: int,
) -> list[Owned]:
    """Return entities of these users, binned ones as well, and which meet *within*; up to *most*.

    Each user's are read by themselves and in an order: else PostgreSQL, once it keeps a plan for
    whichever user, would read all entities until there are so many.
    """
    seen = both(*within)
    several = " union all ".join(
        f"""select * from (
            select id, {seen.sql} from {entity_type}
             where account_id = :account_id and is_deleted = {is_deleted}
               and responsible_user_id = :owner_{n}
             order by updated_at, id limit {most}
        ) of_{n}_{is_deleted}"""
        for n in range(len(owners))
        for is_deleted in ("false", "true")
    )
    return await reader.all(
        Owned,
        f"select * from ({several}) owned limit {most}",
        account_id=account_id,
        **{f"owner_{n}": one for n, one in enumerate(owners)},
        **seen.values,
    )


def about(table: str, entity_type: str, within: Sequence[Condition]) -> Condition:
    """Return the condition that the entity of a row of *table* meets *within*, asked row by row."""
    return Condition(
        # Without the limit, PostgreSQL would rather read all entities beforehand.
        f"""exists (
            select 1 from {entity_type}
             where account_id = :account_id and id = {table}.entity_id
               and {" and ".join(one.sql for one in within)}
             limit 1 offset 0
        )""",
        joined(within),
    )


def not_binned(entity_type: str) -> Condition:
    """Return the condition that a row's entity is not in the bin; there are fewer that are."""
    return Condition(
        f"""entity_id not in (
            select id from {entity_type} where account_id = :account_id and is_deleted = true
        )""",
        {},
    )
