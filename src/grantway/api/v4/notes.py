"""`/api/v4/{leads,contacts,companies}/…/notes` (contract: api-v4.md 4.2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from grantway.api.v4.collection import (
    ENTITIES,
    PAGING,
    any_of,
    in_address,
    links,
    more_to_show,
    sorted_by,
    values_of_one,
)
from grantway.api.v4.entity_query import moments_within, part
from grantway.api.v4.entity_reference import MOMENT, moments
from grantway.asgi.answers import NO_CONTENT, Answer, hal
from grantway.asgi.bodies import Body
from grantway.asgi.operations import Call, Handler, Operation, Parameter
from grantway.asgi.query import page_links
from grantway.asgi.schemas import EXAMPLE_ORIGIN, Links, Single, listed, written
from grantway.crm.companies.kind import COMPANIES
from grantway.crm.contacts.kind import CONTACTS
from grantway.crm.entities.kind import Kind
from grantway.crm.entities.model import EntityWrite
from grantway.crm.leads.kind import LEADS
from grantway.crm.notes import reading, writing
from grantway.crm.notes.model import (
    CHANGED_NOTE,
    NEW_NOTE,
    NEW_NOTE_OF_ENTITY,
    ONE_NOTE,
    ORDERS,
    Note,
    NotePage,
    NoteQuery,
)
from grantway.crm.notes.note_types import NOTE_TYPES
from grantway.db import Database
from grantway.kernel.shapes import Shape

_WITH = ("is_pinned",)
_MORE = more_to_show(_WITH, "is_pinned")
_BY_ENTITY = any_of("entity_id", "Notes of any of these.", {"type": "integer"}, [1, 2])
_FILTERS = (
    any_of("id", "Any of these notes.", {"type": "integer"}, [1, 2]),
    any_of(
        "note_type",
        "Any of these types.",
        {"type": "string", "enum": list(NOTE_TYPES)},
        ["common", "call_in"],
    ),
    Parameter("filter[updated_at]", "Changed from this moment on.", {"type": "integer"}, MOMENT),
    *moments(["updated_at"]),
    *sorted_by(ORDERS),
)
_TEXT = {"text": "Call back on Monday."}
_NEW = {"note_type": "common", "params": _TEXT}


class NoteShown(msgspec.Struct, frozen=True, kw_only=True):
    """A note. Which members `params` has, its type says."""

    id: int
    entity_id: int
    created_by: int
    updated_by: int
    created_at: int
    updated_at: int
    responsible_user_id: int
    group_id: int
    note_type: str
    params: dict[str, Any]
    account_id: int
    is_pinned: bool | UnsetType = UNSET
    _links: Links


class NoteWritten(msgspec.Struct, frozen=True, kw_only=True):
    """What a write answers for each; `updated_at` when it was there before."""

    id: int
    entity_id: int
    updated_at: int | UnsetType = UNSET
    request_id: str
    _links: Links


_decode = msgspec.json.Decoder(dict[str, Any]).decode


def operations(db: Database) -> list[Operation]:
    """Return the rows of the table."""
    kinds: tuple[Kind[Any], ...] = (LEADS, CONTACTS, COMPANIES)
    return [row for kind in kinds for row in _NotesOf(db, kind).operations()]


class _NotesOf:
    """The rows of one type of entity."""

    def __init__(self, db: Database, kind: Kind[Any]) -> None:
        self._db = db
        self._kind = kind
        self._many = kind.entity_type
        self._one = ENTITIES[kind.entity_type]

    def operations(self) -> list[Operation]:
        one, many = self._one, self._many
        of_all = f"/api/v4/{many}/notes"
        of_one = f"/api/v4/{many}/{{entity_id}}/notes"
        note = in_address("The note.")
        entity = in_address(f"The {one}.", "entity_id")
        own = links(f"{EXAMPLE_ORIGIN}/api/v4/{many}/1/notes/1")
        example = NoteShown(
            id=1,
            entity_id=1,
            created_by=1,
            updated_by=1,
            created_at=MOMENT,
            updated_at=MOMENT,
            responsible_user_id=1,
            group_id=0,
            note_type="common",
            params=_TEXT,
            account_id=1,
            _links=own,
        )
        page, found = listed("notes", NoteShown, example), Single(NoteShown, example)
        told = NoteWritten(id=1, entity_id=1, request_id="0", _links=own)
        told_again = msgspec.structs.replace(told, updated_at=MOMENT)
        no_note = {404: f"There is no such note of a {one} that the token's user may see."}
        no_entity = {404: f"There is no such {one} that the token's user may see."}
        either = {404: f"There is no such {one} or no such note of it."}
        seen = f"Notes follow their {one}: who may see it may read them."
        edited = f"Needs the right to edit the {one}; it stays as it is, `updated_at` included."
        patched = (
            "Changes `params` and leaves of them what is not sent; nothing else of a note can be "
            f"changed. {edited}"
        )
        return [
            self._row(
                "GET",
                of_all,
                self._list,
                f"list_{one}_notes",
                summary=f"List the notes of all {many}",
                about=f"A page of the notes, by `updated_at`. {seen}",
                parameters=(*PAGING, _MORE, _BY_ENTITY, *_FILTERS),
                returns={200: page, 204: None},
            ),
            self._row(
                "GET",
                of_one,
                self._list_of_entity,
                f"list_notes_of_{one}",
                summary=f"List the notes of one {one}",
                about=f"A page of the notes, by `updated_at`. {seen}",
                parameters=(*PAGING, _MORE, *_FILTERS, entity),
                returns={200: page, 204: None},
                refuses=no_entity,
            ),
            self._row(
                "GET",
                of_all + "/{id}",
                self._get,
                f"get_{one}_note",
                summary=f"Get one note of any of the {many}",
                about="One note, without an envelope.",
                parameters=(_MORE, note),
                returns={200: found},
                refuses=no_note,
            ),
            self._row(
                "GET",
                of_one + "/{id}",
                self._get,
                f"get_note_of_{one}",
                summary=f"Get one note of one {one}",
                about="One note, without an envelope.",
                parameters=(_MORE, entity, note),
                returns={200: found},
                refuses=no_note,
            ),
            self._row(
                "POST",
                of_all,
                self._add,
                f"add_{one}_notes",
                summary=f"Add notes to {many}",
                about=f"Adds notes, each to the {one} that its `entity_id` names. {edited}",
                body=self._body(NEW_NOTE, {"entity_id": 1, **_NEW}),
                returns={200: written("notes", NoteWritten, told)},
            ),
            self._row(
                "POST",
                of_one,
                self._add,
                f"add_notes_to_{one}",
                summary=f"Add notes to one {one}",
                about=f"Adds notes to the {one} of the address. {edited}",
                parameters=(entity,),
                body=self._body(NEW_NOTE_OF_ENTITY, _NEW),
                returns={200: written("notes", NoteWritten, told)},
                refuses=no_entity,
            ),
            self._row(
                "PATCH",
                of_all,
                self._change,
                f"change_{one}_notes",
                summary=f"Change notes of {many}",
                about=patched,
                body=self._body(CHANGED_NOTE, {"id": 1, "params": _TEXT}),
                returns={200: written("notes", NoteWritten, told_again)},
            ),
            self._row(
                "PATCH",
                of_one,
                self._change,
                f"change_notes_of_{one}",
                summary=f"Change notes of one {one}",
                about=patched,
                parameters=(entity,),
                body=self._body(CHANGED_NOTE, {"id": 1, "params": _TEXT}),
                returns={200: written("notes", NoteWritten, told_again)},
                refuses=no_entity,
            ),
            self._row(
                "PATCH",
                of_one + "/{id}",
                self._change_one,
                f"change_note_of_{one}",
                summary=f"Change one note of one {one}",
                about=patched,
                parameters=(entity, note),
                body=Body(shape=ONE_NOTE, many=False, example={"params": _TEXT}),
                returns={200: Single(NoteWritten, told_again)},
                refuses=either,
            ),
            self._pinning("pin", of_all, f"Puts the note above the others of its {one}."),
            self._pinning("unpin", of_all, "Puts the note back among the others."),
        ]

    def _pinning(self, name: str, of_all: str, about: str) -> Operation:
        async def answer(call: Call) -> Answer:
            async with self._db.write() as tx:
                await writing.pin(
                    tx, call.actor, self._kind, call.ids["id"], is_pinned=name == "pin"
                )
            return NO_CONTENT

        return self._row(
            "POST",
            f"{of_all}/{{id}}/{name}",
            answer,
            f"{name}_{self._one}_note",
            summary=f"{name.capitalize()} a note of a {self._one}",
            about=f"{about} Takes no body. Needs the right to edit the {self._one}.",
            parameters=(in_address("The note."),),
            returns={204: None},
            refuses={404: f"There is no such note of a {self._one}."},
        )

    def _row(self, method: str, path: str, call: Handler, name: str, **members: Any) -> Operation:
        return Operation(
            method=method, path=path, call=call, name=name, scope="crm", tag="Notes", **members
        )

    @staticmethod
    def _body(shape: Shape, example: dict[str, Any]) -> Body:
        return Body(shape=shape, many=True, example=[example])

    async def _list(self, call: Call) -> Answer:
        async with self._db.read() as reader:
            found = await reading.page(reader, call.actor, self._kind, _query(call))
        return self._page(call, found)

    async def _list_of_entity(self, call: Call) -> Answer:
        async with self._db.read() as reader:
            found = await reading.page_of_entity(
                reader, call.actor, self._kind, call.ids["entity_id"], _query(call)
            )
        return self._page(call, found)

    def _page(self, call: Call, found: NotePage) -> Answer:
        if not found.notes:
            return NO_CONTENT
        return hal(
            {
                "_page": call.query.page,
                "_links": page_links(self._address(call), call.query, more=found.has_next),
                "_embedded": {"notes": [self._shown(call, found, one) for one in found.notes]},
            }
        )

    async def _get(self, call: Call) -> Answer:
        async with self._db.read() as reader:
            found = await reading.find(
                reader, call.actor, self._kind, call.ids["id"], call.ids.get("entity_id")
            )
        return hal(self._shown(call, found, found.notes[0]))

    async def _add(self, call: Call) -> Answer:
        async with self._db.write() as tx:
            added = await writing.add(
                tx, call.actor, self._kind, _writes(call), call.now, call.ids.get("entity_id")
            )
        return self._told(call, added, self._written)

    async def _change(self, call: Call) -> Answer:
        async with self._db.write() as tx:
            changed = await writing.change(
                tx, call.actor, self._kind, _writes(call), call.now, call.ids.get("entity_id")
            )
        return self._told(call, changed, self._written_again)

    async def _change_one(self, call: Call) -> Answer:
        """Change the one that the path names; an `id` in the body must be the same (S-94)."""
        (item,) = call.items
        write = EntityWrite(item.request_id, values_of_one(item, call.ids["id"]))
        async with self._db.write() as tx:
            changed = await writing.change_one(
                tx, call.actor, self._kind, write, call.now, call.ids["entity_id"]
            )
        return hal(self._written_again(call, changed, item.request_id))

    def _told(
        self,
        call: Call,
        notes: Sequence[Note],
        written: Callable[[Call, Note, str], NoteWritten],
    ) -> Answer:
        shown = [
            written(call, note, item.request_id)
            for note, item in zip(notes, call.items, strict=True)
        ]
        return hal({"_links": links(self._address(call)), "_embedded": {"notes": shown}})

    def _address(self, call: Call) -> str:
        entity_id = call.ids.get("entity_id")
        middle = "" if entity_id is None else f"/{entity_id}"
        return f"{call.origin}/api/v4/{self._many}{middle}/notes"

    def _own(self, origin: str, note: Note) -> Links:
        return links(f"{origin}/api/v4/{self._many}/{note.entity_id}/notes/{note.id}")

    def _shown(self, call: Call, found: NotePage, note: Note) -> NoteShown:
        return NoteShown(
            id=note.id,
            entity_id=note.entity_id,
            created_by=note.created_by,
            updated_by=note.updated_by,
            created_at=note.created_at,
            updated_at=note.updated_at,
            responsible_user_id=note.responsible_user_id,
            group_id=found.groups.get(note.responsible_user_id, 0),
            note_type=note.note_type,
            params=_decode(note.params),
            account_id=call.account_id,
            is_pinned=note.is_pinned if "is_pinned" in call.query.with_ else UNSET,
            _links=self._own(call.origin, note),
        )

    def _written(self, call: Call, note: Note, request_id: str) -> NoteWritten:
        return NoteWritten(
            id=note.id,
            entity_id=note.entity_id,
            request_id=request_id,
            _links=self._own(call.origin, note),
        )

    def _written_again(self, call: Call, note: Note, request_id: str) -> NoteWritten:
        told = self._written(call, note, request_id)
        return msgspec.structs.replace(told, updated_at=note.updated_at)


def _writes(call: Call) -> list[EntityWrite]:
    return [EntityWrite(item.request_id, item.values) for item in call.items]


def _query(call: Call) -> NoteQuery:
    """Return what the query asks for; what is unknown in it restricts nothing (2.7, 2.8)."""
    query = call.query
    found: dict[str, Any] = {}
    for member, name in (("ids", "id"), ("entity_ids", "entity_id")):
        if node := query.filter(name):
            found[member] = node.wholes()
    if node := query.filter("note_type"):
        found["note_types"] = [name for text in node.texts() for name in text.split(",")]
    if node := query.filter("updated_at"):
        found["updated_at"] = moments_within(node)
    return NoteQuery(**found, **part(query, ORDERS))
