"""The SQL of notes."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grantway.crm.entities.model import Condition
from grantway.crm.notes.model import Note, NoteQuery
from grantway.db import Reader, Transaction, Value

_COLUMNS = ", ".join(Note.__struct_fields__)


async def list_notes(
    reader: Reader,
    account_id: int,
    entity_type: str,
    query: NoteQuery,
    visible: Condition | None = None,
    *,
    few: bool = False,
) -> list[Note]:
    """Return a page of notes, *visible* ones alone.

    Those of *few* entities are looked up, as what the query names is; else the page
    is found in an index that has its order, and notes that are skipped are not read.
    """
    found = [*_conditions(query), *([visible] if visible else [])]
    where = f"account_id = :account_id and entity_type = :entity_type and {_all(found)}"
    page = "limit :limit offset :offset"
    types = query.note_types or []
    is_named = few or query.ids is not None or query.entity_ids is not None
    if is_named:
        if types:
            # As an expression it has no index, which SQLite would prefer to what is named.
            where += " and note_type || '' in (:note_types)"
    else:
        chosen = f"select id from notes where {where}"
        if types:
            # Each type is read in order from an index, however few or many notes are of it.
            # Written out, the number lets PostgreSQL keep one plan; in steps, it makes few
            # statements.
            most = 1 << (query.offset + query.limit - 1).bit_length()
            several = " union all ".join(
                f"""select * from (
                    select id, updated_at from notes where {where} and note_type = :type_{n}
                     order by {_order(query)} limit {most}
                ) of_type_{n}"""
                for n in range(len(types))
            )
            chosen = f"select id from ({several}) several"
        where = f"""account_id = :account_id and entity_type = :entity_type and id in (
            {chosen} order by {_order(query)} {page}
        )"""
        page = ""
    return await reader.all(
        Note,
        f"""
        select {_COLUMNS} from notes where {where}
         order by {_order(query, sorts=not (is_named and _is_indexed(query)))} {page}
        """,
        account_id=account_id,
        entity_type=entity_type,
        note_types=types,
        limit=query.limit,
        offset=query.offset,
        **{f"type_{n}": one for n, one in enumerate(types)},
        **_values_of(found),
    )


def _conditions(query: NoteQuery) -> list[Condition]:
    """Return what the query restricts, but for types."""
    found: list[Condition] = []
    if query.ids is not None:
        found.append(Condition("id in (:ids)", {"ids": query.ids}))
    if query.entity_ids is not None:
        # A list of one has the order of the index behind it, as an equality has.
        found.append(Condition("entity_id in (:entity_ids)", {"entity_ids": query.entity_ids}))
    if query.updated_at is not None:
        for name, comparison in (("least", ">="), ("most", "<=")):
            end = getattr(query.updated_at, name)
            if end is not None:
                found.append(Condition(f"updated_at {comparison} :{name}", {name: end}))
    return found


def _is_indexed(query: NoteQuery) -> bool:
    """Tell whether an index has what the query names in the order that it wants."""
    is_one = query.entity_ids is not None and len(query.entity_ids) == 1
    return query.ids is None and is_one and query.order == "updated_at"


def _order(query: NoteQuery, *, sorts: bool = False) -> str:
    direction = "desc" if query.descending else "asc"
    columns = ("id",) if query.order == "id" else (query.order, "id")
    # No index is in the order of an expression: what is named is looked up and then sorted,
    # instead of looked for among everything.
    return ", ".join(f"{column}{' + 0' if sorts else ''} {direction}" for column in columns)


async def count_some(
    reader: Reader, account_id: int, entity_type: str, owners: Sequence[int], most: int
) -> int:
    """Return how many entities these users have; *most* are enough."""
    count: int = await reader.value(
        f"""
        select count(*) from (
            select 1 from {entity_type}
             where account_id = :account_id and is_deleted = false
               and responsible_user_id in (:owners)
             limit :most
        ) owned
        """,
        account_id=account_id,
        owners=owners,
        most=most,
    )
    return count


def not_binned(entity_type: str) -> Condition:
    """Return the condition that a note's entity is not in the bin."""
    return Condition(
        f"""entity_id not in (
            select id from {entity_type} where account_id = :account_id and is_deleted = true
        )""",
        {},
    )


def of_some(entity_type: str, wanted: Sequence[Condition]) -> Condition:
    """Return the condition that a note's entity is one of those that meet *wanted*: a few."""
    return Condition(
        f"""entity_id in (
            select id from {entity_type}
             where account_id = :account_id and is_deleted = false and {_all(wanted)}
        )""",
        _values_of(wanted),
    )


def of_many(entity_type: str, wanted: Sequence[Condition]) -> Condition:
    """Return the same condition, asked of one note after the other."""
    # As a value it is asked in the order of the notes; `exists` might be planned the other way.
    return Condition(
        f"""(
            select count(*) from {entity_type}
             where account_id = :account_id and id = notes.entity_id and not is_deleted
               and {_all(wanted)}
        ) = 1""",
        _values_of(wanted),
    )


async def list_by_ids(
    reader: Reader, account_id: int, entity_type: str, ids: Sequence[int]
) -> list[Note]:
    """Return those of *ids* that are there."""
    if not ids:
        return []
    return await reader.all(
        Note,
        f"""
        select {_COLUMNS} from notes
         where account_id = :account_id and entity_type = :entity_type and id in (:ids)
        """,
        account_id=account_id,
        entity_type=entity_type,
        ids=ids,
    )


async def list_following(
    reader: Reader, account_id: int, entity_type: str, after: int, limit: int
) -> list[Note]:
    """Return the notes of all entities, binned ones as well, behind the id *after*."""
    return await reader.all(
        Note,
        f"""
        select {_COLUMNS} from notes
         where account_id = :account_id and entity_type = :entity_type and id > :after
         order by id limit :limit
        """,
        account_id=account_id,
        entity_type=entity_type,
        after=after,
        limit=limit,
    )


async def lock_notes(
    tx: Transaction, account_id: int, entity_type: str, ids: Sequence[int]
) -> None:
    """Make everybody else who changes these notes wait for this transaction."""
    await tx.lock(
        # In one order for everybody, so that two who lock the same rows do not wait in a circle.
        """
        select id from notes
         where account_id = :account_id and entity_type = :entity_type and id in (:ids) order by id
        """,
        account_id=account_id,
        entity_type=entity_type,
        ids=ids,
    )


async def add_notes(
    tx: Transaction, account_id: int, entity_type: str, notes: Sequence[Note]
) -> None:
    """Add the notes."""
    await tx.add_many(
        """
        insert into notes (account_id, entity_type, id, entity_id, note_type, params,
                           responsible_user_id, created_by, updated_by, created_at, updated_at,
                           is_pinned)
        values (:account_id, :entity_type, :id, :entity_id, :note_type, :params,
                :responsible_user_id, :created_by, :updated_by, :created_at, :updated_at,
                :is_pinned)
        """,
        [_values(account_id, entity_type, one) for one in notes],
    )


async def change_notes(
    tx: Transaction, account_id: int, entity_type: str, notes: Sequence[Note]
) -> None:
    """Store what the notes hold now, by whom and when."""
    await tx.change_many(
        """
        update notes set params = :params, updated_by = :updated_by, updated_at = :updated_at
         where account_id = :account_id and entity_type = :entity_type and id = :id
        """,
        [_values(account_id, entity_type, one) for one in notes],
    )


async def pin_note(
    tx: Transaction, account_id: int, entity_type: str, note_id: int, *, is_pinned: bool
) -> None:
    """Store whether the note is pinned."""
    await tx.change(
        """
        update notes set is_pinned = :is_pinned
         where account_id = :account_id and entity_type = :entity_type and id = :id
        """,
        account_id=account_id,
        entity_type=entity_type,
        id=note_id,
        is_pinned=is_pinned,
    )


def _all(wanted: Sequence[Condition]) -> str:
    return " and ".join(one.sql for one in wanted) or "1 = 1"


def _values_of(wanted: Sequence[Condition]) -> dict[str, Value]:
    return {name: value for one in wanted for name, value in one.values.items()}


def _values(account_id: int, entity_type: str, note: Note) -> dict[str, Value]:
    return {"account_id": account_id, "entity_type": entity_type, **msgspec.structs.asdict(note)}
