"""Reading notes, and whose one may read (contract: api-v4.md 4.2).

The contract says nothing of the rights to notes. A note tells of its entity as
the entity's own members do, so who may view the entity may read its notes, and
who may edit it may write them. Nobody sees those of an entity in the bin.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec

from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.crm.entities.kind import Kind
from grantway.crm.entities.reading import within_reach
from grantway.crm.entities.seeing import EVERYTHING, Hanging, Sight, sight
from grantway.crm.notes import store
from grantway.crm.notes.errors import EntityOfNotesNotFound, NoteNotFound
from grantway.crm.notes.model import Note, NotePage, NoteQuery
from grantway.crm.notes.note_types import NOTE_TYPES
from grantway.db import Reader


async def page(reader: Reader, actor: Actor, kind: Kind[Any], query: NoteQuery) -> NotePage:
    """Return the notes of all entities of the kind that the actor may view."""
    notes = Hanging("notes", {kind.entity_type: kind}, hides_binned=True)
    visible = await sight(reader, actor, notes, is_named=query.names_them)
    return await _page(reader, actor, kind, query, visible)


async def page_of_entity(
    reader: Reader, actor: Actor, kind: Kind[Any], entity_id: int, query: NoteQuery
) -> NotePage:
    """Return the notes of one entity; raise EntityOfNotesNotFound."""
    await see_entity(reader, actor, kind, entity_id)
    own = msgspec.structs.replace(query, entity_ids=[entity_id])
    return await _page(reader, actor, kind, own, EVERYTHING)


async def find(
    reader: Reader, actor: Actor, kind: Kind[Any], note_id: int, entity_id: int | None = None
) -> NotePage:
    """Return the one note, of this entity if it is named; raise NoteNotFound."""
    note = await visible_note(reader, actor, kind, note_id, entity_id)
    return NotePage([note], await _groups(reader, actor.account_id))


async def following(
    reader: Reader, account_id: int, kind: Kind[Any], after: int, limit: int
) -> NotePage:
    """Return the notes behind the id *after*, those of binned entities as well, by id.

    For who may read everything.
    """
    notes = await store.list_following(reader, account_id, kind.entity_type, after, limit)
    return NotePage(notes, await _groups(reader, account_id))


async def visible_note(
    reader: Reader, actor: Actor, kind: Kind[Any], note_id: int, entity_id: int | None
) -> Note:
    """Return the note that the actor may read; raise NoteNotFound."""
    found = await visible_notes(reader, actor, kind, [note_id])
    note = found.get(note_id)
    if note is None or entity_id not in (None, note.entity_id):
        raise NoteNotFound
    return note


async def visible_notes(
    reader: Reader, actor: Actor, kind: Kind[Any], ids: Collection[int]
) -> dict[int, Note]:
    """Return those of *ids* that the actor may read, by id."""
    wanted = sorted(set(ids))
    notes = await store.list_by_ids(reader, actor.account_id, kind.entity_type, wanted)
    seen = await within_reach(reader, actor, kind, {one.entity_id for one in notes})
    return {one.id: one for one in notes if one.entity_id in seen}


async def see_entity(reader: Reader, actor: Actor, kind: Kind[Any], entity_id: int) -> None:
    """Raise EntityOfNotesNotFound unless the actor may view the entity."""
    if not await within_reach(reader, actor, kind, [entity_id]):
        raise EntityOfNotesNotFound(kind.series)


async def _page(
    reader: Reader, actor: Actor, kind: Kind[Any], query: NoteQuery, visible: Sight
) -> NotePage:
    types = _known(query)
    if types == []:
        return NotePage([], {})
    one_more = msgspec.structs.replace(query, limit=query.limit + 1, note_types=types)
    notes = await store.list_notes(reader, actor.account_id, kind.entity_type, one_more, visible)
    groups = await _groups(reader, actor.account_id)
    return NotePage(notes[: query.limit], groups, len(notes) > query.limit)


def _known(query: NoteQuery) -> list[str] | None:
    """Return the wanted types that there are, each once."""
    if query.note_types is None:
        return None
    return [one for one in NOTE_TYPES if one in query.note_types]


async def _groups(reader: Reader, account_id: int) -> dict[int, int]:
    users = await accounts.user_groups(reader, account_id)
    return {user_id: one.group_id for user_id, one in users.items()}
