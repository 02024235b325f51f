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
_RARE = 5_000
"""So many are sorted sooner than others are looked through in order."""
_MOST_PARTS = 10
"""So many values are looked for one by one when other filters are written beside each."""


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
    table: str,
    filters: Sequence[FieldFilter],
    *,
    descending: bool,
    offset: int,
    limit: int,
) -> list[int] | None:
    """Return a page of the entities of *table* that meet all *filters*, in the order of change.

    None when they are not found faster by looking at all entities in that order.
    """
    usable = [one for one in filters if _leads_somewhere(one)]
    # What is equal stands in the order of change, so that the first are found at once.
    equal = [one for one in usable if one.any_of is not None]
    if len(filters) == 1 and equal:
        leading: FieldFilter | None = equal[0]
    else:
        equal = [one for one in equal if len(one.any_of or ()) <= _MOST_PARTS]
        leading = await _least_met(reader, account_id, usable, _RARE if equal else _SORTED)
        if leading is None and equal:
            leading = await _least_met(reader, account_id, equal, _SORTED) or equal[0]
    if leading is None:
        return None
    each = [leading]
    if leading in equal:
        each = [msgspec.structs.replace(leading, any_of=[one]) for one in leading.any_of or ()]
    return await store.list_first(
        reader,
        account_id,
        each,
        descending=descending,
        offset=offset,
        limit=limit,
        others=[one for one in filters if one is not leading],
        table=table,
    )


def _leads_somewhere(one: FieldFilter) -> bool:
    return not one.is_negated and one.any_of != []


async def _least_met(
    reader: Reader, account_id: int, filters: Sequence[FieldFilter], most: int
) -> FieldFilter | None:
    """Return the filter that the fewest values meet, or None when more than *most* meet each."""
    least = None
    for one in filters:
        count = await store.count_matching(reader, account_id, one, most + 1)
        if count <= most:
            least, most = one, count
    return least


async def narrowed(
    reader: Reader, account_id: int, table: str, filters: Sequence[FieldFilter]
) -> Narrowed:
    """Return what meeting all *filters* means for entities of *table*."""
    ids: frozenset[int] | None = None
    many: list[FieldFilter] = []
    conditions: list[Condition] = []
    for one in filters:
        if not _leads_somewhere(one):
            conditions.append(store.met(one, table))
            continue
        found = await store.list_matching(reader, account_id, one, _FEW + 1)
        if len(found) > _FEW:
            many.append(one)
        else:
            ids = frozenset(found) if ids is None else ids & frozenset(found)
    if ids is None and len(many) > 1:
        ids = await _meeting_all(reader, account_id, table, many)
        many = many if ids is None else []
    return Narrowed(ids, conditions + [store.met(one, table) for one in many])


async def _meeting_all(
    reader: Reader, account_id: int, table: str, filters: Sequence[FieldFilter]
) -> frozenset[int] | None:
    """Return the entities that meet all *filters*, if they are few.

    Many may meet each, and hardly any all of them: those would be looked for among
    all entities. So whoever meets the filter that is met least is asked for the others.
    """
    least = await _least_met(reader, account_id, filters, _SORTED)
    if least is None:
        return None
    others = [one for one in filters if one is not least]
    found = await store.list_matching(
        reader, account_id, least, _FEW + 1, others=others, table=table
    )
    return frozenset(found) if len(found) <= _FEW else None
