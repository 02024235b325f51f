"""Writing notes: all is checked, then all is stored, or nothing (api-v4.md 2.10, 4.2).

What is written leaves the entity itself as it is, `updated_at` included.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import msgspec

from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.crm.changes.notes import tell_notes
from grantway.crm.entities.drafts import people
from grantway.crm.entities.kind import Kind
from grantway.crm.entities.model import EntityWrite
from grantway.crm.entities.reading import within_reach
from grantway.crm.notes import store
from grantway.crm.notes.model import Note
from grantway.crm.notes.note_types import read_params
from grantway.crm.notes.reading import see_entity, visible_note, visible_notes
from grantway.db import Reader, Transaction
from grantway.kernel.errors import Forbidden, Violation, not_supported_choice, refuse


async def add(
    tx: Transaction,
    actor: Actor,
    kind: Kind[Any],
    writes: Sequence[EntityWrite],
    now: int,
    entity_id: int | None = None,
) -> list[Note]:
    """Add notes and return them in the order of the request.

    Each names its entity, unless *entity_id* does so for all. Raises Forbidden,
    EntityOfNotesNotFound, and Invalid that names every violation of every note.
    """
    if entity_id is not None:
        await see_entity(tx, actor, kind, entity_id)
    of = [entity_id or write.values["entity_id"] for write in writes]
    seen = await within_reach(tx, actor, kind, of)
    users = await accounts.user_groups(tx, actor.account_id)
    faults = []
    named: list[dict[str, int]] = []
    for write, its_entity in zip(writes, of, strict=True):
        wrong: list[Violation] = []
        named.append(people(write.values, users, wrong))
        if its_entity not in seen or _names_another(write, its_entity):
            wrong.append(not_supported_choice("entity_id"))
        faults.append((write.request_id, wrong))
    refuse(faults)
    await _must_edit(tx, actor, kind, of)
    ids = await tx.take_ids("note", len(writes))
    user_id = actor.user_id
    notes = [
        Note(
            id=note_id,
            entity_id=its_entity,
            note_type=write.values["note_type"],
            params=write.values["params"],
            responsible_user_id=who.get("responsible_user_id", user_id),
            created_by=who.get("created_by", user_id),
            updated_by=user_id,
            created_at=write.values.get("created_at") or now,
            updated_at=now,
        )
        for note_id, its_entity, write, who in zip(ids, of, writes, named, strict=True)
    ]
    await store.add_notes(tx, actor.account_id, kind.entity_type, notes)
    await tell_notes(tx, actor, kind.entity_type, notes, now)
    return notes


async def adopt(tx: Transaction, account_id: int, kind: Kind[Any], notes: Sequence[Note]) -> None:
    """Store new notes that are checked; nobody is told of them."""
    await store.add_notes(tx, account_id, kind.entity_type, notes)


async def change(
    tx: Transaction,
    actor: Actor,
    kind: Kind[Any],
    writes: Sequence[EntityWrite],
    now: int,
    entity_id: int | None = None,
) -> list[Note]:
    """Change what notes hold, each named by `id` in its values; return them in that order.

    With *entity_id* they must be notes of it. Of `params`, what is not sent stays.
    Raises Forbidden, EntityOfNotesNotFound, and Invalid that names every violation.
    """
    if entity_id is not None:
        await see_entity(tx, actor, kind, entity_id)
    wanted = sorted({write.values["id"] for write in writes})
    # Whole texts are written back: nobody may change them between our reading and our writing.
    await store.lock_notes(tx, actor.account_id, kind.entity_type, wanted)
    present = await visible_notes(tx, actor, kind, wanted)
    changed: list[Note] = []
    faults = []
    for write in writes:
        note = present.get(write.values["id"])
        if note is None or entity_id not in (None, note.entity_id):
            faults.append((write.request_id, [not_supported_choice("id")]))
            continue
        wrong: list[Violation] = []
        if _names_another(write, note.entity_id):
            wrong.append(not_supported_choice("entity_id"))
        if write.values.get("note_type") not in (None, note.note_type):
            wrong.append(not_supported_choice("note_type"))
        params = _changed_params(note, write.values.get("params"), wrong)
        faults.append((write.request_id, wrong))
        if wrong:
            continue
        note = msgspec.structs.replace(
            note, params=params, updated_by=actor.user_id, updated_at=now
        )
        # The same one once more in the request begins where this write leaves it.
        present[note.id] = note
        changed.append(note)
    refuse(faults)
    await _must_edit(tx, actor, kind, {one.entity_id for one in changed})
    await store.change_notes(
        tx, actor.account_id, kind.entity_type, [present[note_id] for note_id in wanted]
    )
    return changed


async def change_one(
    tx: Transaction,
    actor: Actor,
    kind: Kind[Any],
    write: EntityWrite,
    now: int,
    entity_id: int,
) -> Note:
    """Change the one note that an address names; raise NoteNotFound if it is not there."""
    await visible_note(tx, actor, kind, write.values["id"], entity_id)
    (changed,) = await change(tx, actor, kind, [write], now, entity_id)
    return changed


async def pin(
    tx: Transaction, actor: Actor, kind: Kind[Any], note_id: int, *, is_pinned: bool
) -> None:
    """Pin the note to the top of its entity's, or no longer; raise NoteNotFound, Forbidden."""
    note = await visible_note(tx, actor, kind, note_id, None)
    await _must_edit(tx, actor, kind, [note.entity_id])
    await store.pin_note(tx, actor.account_id, kind.entity_type, note_id, is_pinned=is_pinned)


async def _must_edit(
    reader: Reader, actor: Actor, kind: Kind[Any], entity_ids: Collection[int]
) -> None:
    if await within_reach(reader, actor, kind, entity_ids, "edit") != frozenset(entity_ids):
        raise Forbidden


def _names_another(write: EntityWrite, entity_id: int) -> bool:
    """Tell whether the body names another entity than the address or the note does (S-94)."""
    return write.values.get("entity_id") not in (None, entity_id)


def _changed_params(note: Note, sent: Any, wrong: list[Violation]) -> str:
    if sent is None:
        return note.params
    if sent == []:  # PHP's way to write an empty object
        sent = {}
    if isinstance(sent, dict):
        sent = msgspec.json.decode(note.params) | sent
    return read_params(note.note_type, sent, wrong)
