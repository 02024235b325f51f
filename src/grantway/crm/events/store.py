"""The SQL that reads events; `changes` writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grantway.crm.entities.model import Condition
from grantway.crm.events.model import Event
from grantway.db import Reader, Value


async def list_events(
    reader: Reader,
    account_id: int,
    common: Sequence[Condition],
    alternatives: Sequence[Condition],
    offset: int,
    limit: int,
) -> list[Event]:
    """Return a page of events that meet all of *common* and one of *alternatives*, newest first.

    Each alternative is read in order from an index and the page put together of
    their first rows, however few or many meet each. None may meet two.
    """
    where = " and ".join(["account_id = :account_id", *(one.sql for one in common)])
    values: dict[str, Value] = {
        name: value for one in (*common, *alternatives) for name, value in one.values.items()
    }
    chosen = where
    if alternatives:
        # Asked for ids alone, SQLite takes the index of the alternative; for whole rows it would
        # rather look through all of them, which are in order as well.
        # Written out, it lets PostgreSQL keep one plan; in steps, it makes few statements.
        most = 1 << (offset + limit - 1).bit_length()
        several = " union all ".join(
            f"""select * from (
                select id from events where {where} and {one.sql} order by id desc limit {most}
            ) one_{n}"""
            for n, one in enumerate(alternatives)
        )
        chosen = f"""account_id = :account_id and id in (
            select id from ({several}) several order by id desc limit :limit offset :offset
        )"""
    elif offset:
        chosen = f"""account_id = :account_id and id in (
            select id from events where {where} order by id desc limit :limit offset :offset
        )"""
    return await reader.all(
        Event,
        f"""
        select id, type, entity_type, entity_id, created_by, field_id, value_before, value_after
          from events where {chosen} order by id desc limit :limit
        """,
        account_id=account_id,
        limit=limit,
        offset=offset,
        **values,
    )


def by_type(of_types: Mapping[str, Condition]) -> Condition:
    """Return the condition of the entity's type.

    A case is asked of the events that are found; no index is looked for in its parts.
    """
    cases = " ".join(f"when '{name}' then {one.sql}" for name, one in of_types.items())
    values = {name: value for one in of_types.values() for name, value in one.values.items()}
    return Condition(f"case entity_type {cases} else false end", values)


def about(table: str, within: Sequence[Condition]) -> Condition:
    """Return the condition that the event's entity, of this table, meets *within*.

    A subquery for a value is asked event by event. Of one that only `exists`,
    PostgreSQL would rather read all entities beforehand.
    """
    values = {name: value for one in within for name, value in one.values.items()}
    return Condition(
        f"""(select true from {table}
              where account_id = :account_id and id = events.entity_id
                and {" and ".join(one.sql for one in within)})""",
        values,
    )
