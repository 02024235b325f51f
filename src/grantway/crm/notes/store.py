"""The SQL of notes."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grantway.crm.entities.conditions import between, both, joined
from grantway.crm.entities.model import Condition
from grantway.crm.entities.page_store import order, page_ids
from grantway.crm.entities.seeing import Sight
from grantway.crm.notes.model import Note, NoteQuery
from grantway.db import Reader, Transaction, Value

_COLUMNS = ", ".join(Note.__struct_fields__)


async def list_notes(
    reader: Reader, account_id: int, entity_type: str, query: NoteQuery, visible: Sight
) -> list[Note]:
    """Return a page of notes, *visible* ones alone.

    It is found in an index that has its order, and notes that are skipped are not read.
    """
    tenant = "account_id = :account_id and entity_type = :entity_type"
    where = both(
        Condition(tenant, {"account_id": account_id, "entity_type": entity_type}),
        *_conditions(query),
    )
    types = [
        Condition(f"note_type = :type_{n}", {f"type_{n}": one})
        for n, one in enumerate(query.note_types or ())
    ]
    if query.names_them and types:
        # As an expression it has no index, which SQLite would prefer to that of the entity.
        of_types = Condition(
            "note_type || '' in (:note_types)", {"note_types": query.note_types or []}
        )
        where, types = both(where, of_types), []
    wanted = [both(where, one) for one in visible.parts(types)]
    return await reader.all(
        Note,
        f"""
        select {_COLUMNS} from notes
         where {tenant} and id in ({page_ids("notes", wanted, query)})
         order by {order(query, sorts=True)}
        """,
        limit=query.limit,
        offset=query.offset,
        **joined(wanted),
    )


def _conditions(query: NoteQuery) -> list[Condition]:
    """Return what the query restricts, but for types."""
    found = [] if query.updated_at is None else [between("updated_at", query.updated_at)]
    named = [
        Condition(f"{name} in (:of_{name}s)", {f"of_{name}s": wanted})
        for name, wanted in (("id", query.ids), ("entity_id", query.entity_ids))
        if wanted is not None
    ]
    is_one = query.ids is None and query.entity_ids is not None and len(query.entity_ids) == 1
    if is_one and query.order == "updated_at":
        return found + named  # which an index has in this order
    if named:
        few = " and ".join(["entity_type = :entity_type", *(one.sql for one in named)])
        found.append(Condition("true", joined(named), few))
    return found


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


def _values(account_id: int, entity_type: str, note: Note) -> dict[str, Value]:
    return {"account_id": account_id, "entity_type": entity_type, **msgspec.structs.asdict(note)}
