"""Finding entities by the values of their custom fields, and keeping what they are found by."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grantway.crm.fields import index_store as store
from grantway.crm.fields.index_store import Condition
from grantway.crm.fields.model import FieldFilter, Indexed
from grantway.db import Reader, Transaction

_FEW = 2_000
"""So many entities are looked at one by one; of more, the first are soon met in any order."""
_SORTED = 25_000
"""So many values between two ends are sorted by the time of their entities' change."""


async def replace_index(
    tx: Transaction,
    account_id: int,
    entity_type: str,
    entities: Sequence[Indexed],
    *,
    are_new: bool = False,
) -> None:
    """Put the rows of each entity in place of its former ones.

    Entities that *are_new* have no former ones to look for; those in the bin have no rows.
    """
    if not are_new:
        ids = [one.entity_id for one in entities]
        await store.remove_rows(tx, account_id, entity_type, ids)
    if any(one.rows for one in entities):
        await store.add_rows(tx, account_id, entity_type, entities)


class Narrowed(msgspec.Struct, frozen=True):
    """What filters leave of a list: the ids to choose from, if few, and conditions on each."""

    ids: frozenset[int] | None
    conditions: list[Condition]


async def first_of(
    reader: Reader,
    account_id: int,
    one: FieldFilter,
    *,
    descending: bool,
    offset: int,
    limit: int,
) -> list[int] | None:
    """Return a page of the entities that meet the filter, in the order of their change.

    None when they are not found faster by looking at all entities in that order.
    """
    if one.is_negated or one.any_of == []:
        return None
    if (
        one.any_of is None
        and await store.count_matching(reader, account_id, one, _SORTED + 1) > _SORTED
    ):
        return None
    return await store.list_first(
        reader, account_id, one, descending=descending, offset=offset, limit=limit
    )


async def narrowed(
    reader: Reader, account_id: int, table: str, filters: Sequence[FieldFilter]
) -> Narrowed:
    """Return what meeting all *filters* means for entities of *table*."""
    ids: frozenset[int] | None = None
    conditions: list[Condition] = []
    for one in filters:
        if one.is_negated or one.any_of == []:
            conditions.append(store.met(one, table))
            continue
        found = await store.list_matching(reader, account_id, one, _FEW + 1)
        if len(found) > _FEW:
            conditions.append(store.met(one, table))
        else:
            ids = frozenset(found) if ids is None else ids & frozenset(found)
    return Narrowed(ids, conditions)
