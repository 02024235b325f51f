"""Exporting: every entity as the API prints it, some at a time, by id.

Each is read once, as it was at that moment. What is added while the export
runs has a greater id, and is left out: so it comes to an end, and one kind fits
the kinds that were written before.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import msgspec

from grantway import audit
from grantway.accounts.actor import Actor
from grantway.audit import Event
from grantway.crm.companies.kind import COMPANIES
from grantway.crm.contacts.kind import CONTACTS
from grantway.crm.entities import reading as entities
from grantway.crm.entities.document import addressed
from grantway.crm.entities.kind import Kind
from grantway.crm.leads.kind import LEADS
from grantway.crm.notes import reading as notes
from grantway.crm.notes.model import Note
from grantway.crm.tasks import reading as tasks
from grantway.db import Database, Reader, Transaction

_AT_ONCE = 500
_KINDS: dict[str, Kind[Any]] = {one.entity_type: one for one in (COMPANIES, CONTACTS, LEADS)}
_WITH = {"leads": frozenset({"contacts", "loss_reason"})}
"""What `with` adds to an entity, because an import needs it."""

_decode = msgspec.json.Decoder(dict[str, Any]).decode
_encode = msgspec.json.Encoder().encode
Lines = list[bytes]


async def record(tx: Transaction, actor: Actor, what: str, now: int) -> None:
    """Note that the account's data leave; administrators only."""
    actor.must_administer()
    await audit.record(tx, actor.did(Event.DATA_EXPORTED, at=now, subject=what))


async def last_ids(reader: Reader, account_id: int) -> dict[str, int]:
    """Return where each kind that is exported in order ends now."""
    found = {
        name: await entities.last_id(reader, account_id, kind) for name, kind in _KINDS.items()
    }
    return found | {"tasks": await tasks.last_id(reader, account_id)}


async def export(
    db: Database, actor: Actor, kind: str, until: int, origin: str
) -> AsyncIterator[Lines]:
    """Yield the lines of a kind, some at a time, up to the id *until*."""
    if kind == "notes":
        for of in _KINDS.values():
            async for lines in _notes(db, actor, of, origin):
                yield lines
        return
    after = 0
    while True:
        async with db.read() as reader:
            if kind == "tasks":
                found = await tasks.following(reader, actor.account_id, after, until, _AT_ONCE)
            else:
                found = await entities.following(
                    reader, actor.account_id, _KINDS[kind], after, until, _AT_ONCE
                )
            documents = [document for _, document in found]
            if kind in _WITH:
                opened = await entities.extended(
                    reader, actor, _KINDS[kind], documents, _WITH[kind], origin
                )
                lines = [_encode(one) for one in opened]
            else:
                lines = [addressed([one], origin) for one in documents]
        if not found:
            return
        after = found[-1][0]
        yield lines


async def _notes(db: Database, actor: Actor, kind: Kind[Any], origin: str) -> AsyncIterator[Lines]:
    after = 0
    while True:
        async with db.read() as reader:
            found = await notes.following(reader, actor.account_id, kind, after, _AT_ONCE)
        if not found.notes:
            return
        after = found.notes[-1].id
        yield [
            _encode(_note(one, kind, found.groups, actor.account_id, origin)) for one in found.notes
        ]


def _note(
    note: Note, kind: Kind[Any], groups: dict[int, int], account_id: int, origin: str
) -> dict[str, Any]:
    """Return a note as its operation prints it; the address says whose it is."""
    href = f"{origin}/api/v4/{kind.entity_type}/{note.entity_id}/notes/{note.id}"
    return {
        "id": note.id,
        "entity_id": note.entity_id,
        "created_by": note.created_by,
        "updated_by": note.updated_by,
        "created_at": note.created_at,
        "updated_at": note.updated_at,
        "responsible_user_id": note.responsible_user_id,
        "group_id": groups.get(note.responsible_user_id, 0),
        "note_type": note.note_type,
        "params": _decode(note.params),
        "account_id": account_id,
        "is_pinned": note.is_pinned,
        "_links": {"self": {"href": href}},
    }
