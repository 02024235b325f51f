"""The SQL of the index of values: a row for each value of an entity that is not in the bin.

Its indexes hold values in the order in which their entities were changed, so
that the first of a million that have a value are found without looking at the
others.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grantway.crm.fields.model import FieldFilter, Indexed
from grantway.db import Reader, Transaction, Value

_AT_ONCE = 1_000  # values of one statement; both databases stop at some 32,000


class Condition(msgspec.Struct, frozen=True):
    """A condition on entities and its values, for the `where` of a query.

    The query must bind `:account_id` and `:entity_type`. The names in *values*
    begin with `field_` and the field's id, so conditions on several fields go
    together.
    """

    sql: str
    values: dict[str, Value]


async def remove_rows(
    tx: Transaction, account_id: int, entity_type: str, entity_ids: Sequence[int]
) -> None:
    """Forget the values of these entities."""
    for start in range(0, len(entity_ids), _AT_ONCE):
        await tx.change(
            """
            delete from field_values
             where account_id = :account_id and entity_type = :entity_type
               and entity_id in (:entity_ids)
            """,
            account_id=account_id,
            entity_type=entity_type,
            entity_ids=entity_ids[start : start + _AT_ONCE],
        )


async def add_rows(
    tx: Transaction, account_id: int, entity_type: str, entities: Sequence[Indexed]
) -> None:
    """Add the values of entities."""
    await tx.add_many(
        """
        insert into field_values (account_id, entity_type, field_id, entity_id, updated_at,
                                  text_value, number_value, enum_id)
        values (:account_id, :entity_type, :field_id, :entity_id, :updated_at,
                :text_value, :number_value, :enum_id)
        """,
        [
            {
                "account_id": account_id,
                "entity_type": entity_type,
                "field_id": row.field_id,
                "entity_id": one.entity_id,
                "updated_at": one.updated_at,
                "text_value": row.text_value,
                "number_value": row.number_value,
                "enum_id": row.enum_id,
            }
            for one in entities
            for row in one.rows
        ],
    )


def _wanted(one: FieldFilter, *, part: str = "") -> Condition:
    """Return the condition that a row is of the field and has what the filter wants.

    Values of another *part* have other names.
    """
    name = f"field_{one.field_id}{part}"
    parts = [f"v.field_id = :{name}"]
    values: dict[str, Value] = {name: one.field_id}
    for comparison, end, value in ((">=", "from", one.least), ("<=", "to", one.most)):
        if value is not None:
            parts.append(f"v.{one.column} {comparison} :{name}_{end}")
            values[f"{name}_{end}"] = value
    if one.any_of is not None:
        only = len(one.any_of) == 1
        # An equality lets the order of the columns behind it in an index count.
        parts.append(f"v.{one.column} " + (f"= :{name}_any" if only else f"in (:{name}_any)"))
        values[f"{name}_any"] = one.any_of[0] if only else one.any_of
    return Condition(" and ".join(parts), values)


def met(one: FieldFilter, table: str) -> Condition:
    """Return the condition that an entity of *table* meets the filter; asked of each by itself."""
    if one.any_of == []:
        return Condition("1 = 0", {})
    wanted = _wanted(one)
    # An equality is found by its value and the entity's place behind it, a number by the entity.
    place = (
        "v.entity_type = :entity_type"
        if one.any_of is None
        else (f"v.updated_at = {table}.updated_at")
    )
    negated = "not " if one.is_negated else ""
    return Condition(
        # Without the limit, PostgreSQL would first look for all entities that have the value.
        f"""{negated}exists (
            select 1 from field_values v
             where v.account_id = :account_id and {place} and v.entity_id = {table}.id
               and {wanted.sql}
             limit 1 offset 0
        )""",
        wanted.values,
    )


def _matching(wanted: Condition, others: Sequence[FieldFilter]) -> Condition:
    """Return what comes after `from`: entities that have what is wanted and meet the *others*."""
    met_too = [met(other, "matching") for other in others]
    where = " and ".join(one.sql for one in met_too)
    return Condition(
        f"""(
            select v.entity_id as id, v.updated_at from field_values v
             where v.account_id = :account_id and {wanted.sql}
        ) matching {f"where {where}" if where else ""}""",
        wanted.values | {name: value for one in met_too for name, value in one.values.items()},
    )


async def list_matching(
    reader: Reader,
    account_id: int,
    one: FieldFilter,
    limit: int,
    *,
    others: Sequence[FieldFilter] = (),
    table: str = "",
) -> list[int]:
    """Return the entity of up to *limit* values that the filter wants.

    With *others* only entities of *table* that meet them as well.
    """
    matching = _matching(_wanted(one), others)
    return await reader.column(
        f"select id from {matching.sql} limit :limit",
        account_id=account_id,
        entity_type=table,
        limit=limit,
        **matching.values,
    )


async def count_matching(reader: Reader, account_id: int, one: FieldFilter, most: int) -> int:
    """Return how many values the filter wants, up to *most*."""
    wanted = _wanted(one)
    count: int = await reader.value(
        f"""
        select count(*) from (
            select 1 from field_values v
             where v.account_id = :account_id and {wanted.sql} limit :most
        ) matching
        """,
        account_id=account_id,
        most=most,
        **wanted.values,
    )
    return count


async def list_first(
    reader: Reader,
    account_id: int,
    each: Sequence[FieldFilter],
    *,
    descending: bool,
    offset: int,
    limit: int,
    others: Sequence[FieldFilter] = (),
    table: str = "",
) -> list[int]:
    """Return the entities that meet any filter of *each* in the order of their change, each once.

    One that wants a single value finds them in that order in an index; all that meet
    another one are sorted.

    With *others* only entities of *table* that meet them as well.
    """
    direction = "desc" if descending else "asc"
    order = f"updated_at {direction}, id {direction}"
    parts = [_matching(_wanted(one, part=f"_{n}"), others) for n, one in enumerate(each)]
    several = " union all ".join(
        f"""select * from (
            select updated_at, id from {part.sql}
             group by updated_at, id order by {order} limit :most
        ) part_{n}"""
        for n, part in enumerate(parts)
    )
    return await reader.column(
        f"""
        select id from ({several}) several
         group by updated_at, id order by {order} limit :limit offset :offset
        """,
        account_id=account_id,
        entity_type=table,
        most=offset + limit,
        limit=limit,
        offset=offset,
        **{name: value for part in parts for name, value in part.values.items()},
    )
