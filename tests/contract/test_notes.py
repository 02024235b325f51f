"""Notes, on both databases: what lists hold, and who reads and writes what."""

import asyncio
import random
from typing import Any

import msgspec
import pytest

from grantway.accounts.actor import Actor
from grantway.accounts.rights import Right, StatusRight
from grantway.crm.companies.kind import COMPANIES
from grantway.crm.entities import seeing
from grantway.crm.entities import writing as entities
from grantway.crm.entities.kind import Kind
from grantway.crm.entities.model import EntityWrite, Range
from grantway.crm.leads.kind import LEADS
from grantway.crm.notes import reading, store, writing
from grantway.crm.notes.errors import EntityOfNotesNotFound, NoteNotFound
from grantway.crm.notes.model import Note, NoteQuery
from grantway.crm.notes.note_types import NOTE_TYPES
from grantway.crm.pipelines import service as pipelines
from grantway.db import Database
from grantway.kernel.errors import Forbidden, Invalid
from tests.contract.crm_cast import ACME, ALICE, BOB, CHARLIE, NOW, open_accounts

_COUNT = 150
_TYPES = ("common", "sms_in", "call_out")


class World(msgspec.Struct, frozen=True, kw_only=True):
    """Leads of Alice, of Bob and in the bin, a company, and notes of all that are there."""

    db: Database
    alices: int
    bobs: int
    binned: int
    company: int
    stage: tuple[int, int]
    notes: list[Note]

    async def listed(self, query: NoteQuery, actor: Actor = ALICE) -> list[int]:
        async with self.db.read() as reader:
            page = await reading.page(reader, actor, LEADS, query)
        return [one.id for one in page.notes]

    def expected(self, query: NoteQuery, *entity_ids: int) -> list[int]:
        found = [one for one in self.notes if one.entity_id in entity_ids and _fits(one, query)]
        found.sort(key=lambda one: (getattr(one, query.order), one.id), reverse=query.descending)
        return [one.id for one in found[query.offset : query.offset + query.limit]]

    async def add(
        self, *writes: EntityWrite, actor: Actor = ALICE, kind: Kind[Any] = LEADS
    ) -> list[Note]:
        async with self.db.write() as tx:
            return await writing.add(tx, actor, kind, writes, NOW)

    async def change(self, *writes: EntityWrite, actor: Actor = ALICE) -> list[Note]:
        async with self.db.write() as tx:
            return await writing.change(tx, actor, LEADS, writes, NOW + 5)

    async def pin(self, note_id: int, actor: Actor = ALICE, *, is_pinned: bool = True) -> None:
        async with self.db.write() as tx:
            await writing.pin(tx, actor, LEADS, note_id, is_pinned=is_pinned)

    async def note(self, note_id: int, actor: Actor = ALICE) -> Note:
        async with self.db.read() as reader:
            return (await reading.find(reader, actor, LEADS, note_id)).notes[0]


def _fits(note: Note, query: NoteQuery) -> bool:
    ends = query.updated_at or Range(None, None)
    return (
        (query.ids is None or note.id in query.ids)
        and (query.entity_ids is None or note.entity_id in query.entity_ids)
        and (query.note_types is None or note.note_type in query.note_types)
        and (ends.least is None or note.updated_at >= ends.least)
        and (ends.most is None or note.updated_at <= ends.most)
    )


def text(entity_id: int, said: str = "Hello.", **values: Any) -> EntityWrite:
    """Return what adds a note, as the door has read it."""
    note = {"entity_id": entity_id, "note_type": "common", "params": f'{{"text":"{said}"}}'}
    return EntityWrite("0", note | values)


def edit(note_id: int, **values: Any) -> EntityWrite:
    return EntityWrite("0", {"id": note_id, "params": {"text": "Changed."}} | values)


def bob(view: Right = Right.OWN, change: Right = Right.ALL, *closed: tuple[int, int]) -> Actor:
    """Return Bob with these rights to leads, and none to see those of the stages *closed*."""
    leads = msgspec.structs.replace(BOB.rights.leads, view=view, edit=change)
    stages = [
        StatusRight(
            entity_type="leads", pipeline_id=one, status_id=other, rights={"view": Right.DENIED}
        )
        for one, other in closed
    ]
    rights = msgspec.structs.replace(BOB.rights, leads=leads, status_rights=stages or None)
    return msgspec.structs.replace(BOB, rights=rights)


def paths(refused: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str]]:
    found = refused.value.violations or []
    return [(fault.code, fault.path) for one in found for fault in one.errors]


@pytest.fixture
async def world(db: Database) -> World:
    await open_accounts(db)
    async with db.write() as tx:
        await pipelines.create_default(tx, ACME, NOW)
        main = (await pipelines.load(tx, ACME)).main()

        async def entity(kind: Kind[Any], actor: Actor, **values: Any) -> int:
            write = EntityWrite("0", values)
            (made,) = await entities.add(tx, actor, kind, [write], NOW, is_strict=False)
            return made.id

        second = next(
            one.id for one in main.stages if one.is_editable and one is not main.first_stage()
        )
        alices = await entity(LEADS, ALICE, status_id=second)
        bobs = await entity(LEADS, BOB)
        binned = await entity(LEADS, ALICE)
        company = await entity(COMPANIES, ALICE)
        await tx.change("update leads set is_deleted = true where id = :id", id=binned)
        choose = random.Random(5)
        ids = await tx.take_ids("note", _COUNT)
        notes = [
            Note(
                id=note_id,
                entity_id=choose.choice((alices, bobs, binned)),
                note_type=choose.choice(_TYPES),
                params='{"text":"Hello."}',
                responsible_user_id=ALICE.user_id,
                created_by=ALICE.user_id,
                updated_by=ALICE.user_id,
                created_at=NOW,
                updated_at=NOW + choose.randrange(30),
            )
            for note_id in ids
        ]
        await store.add_notes(tx, ACME, "leads", notes)
    return World(
        db=db,
        alices=alices,
        bobs=bobs,
        binned=binned,
        company=company,
        stage=(main.id, second),
        notes=notes,
    )


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("offset", [0, 7])
@pytest.mark.parametrize("order", ["updated_at", "id"])
async def test_a_list_holds_what_fits_in_its_order(
    world: World, order: str, offset: int, *, descending: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    page: dict[str, Any] = {
        "order": order,
        "offset": offset,
        "limit": 20,
        "descending": descending,
    }
    some = [one.id for one in world.notes[10:60]]
    both = [world.alices, world.bobs]
    queries = [
        NoteQuery(**page),
        NoteQuery(ids=some, **page),
        NoteQuery(entity_ids=[world.bobs], **page),
        NoteQuery(entity_ids=[*both, world.binned, world.company], **page),
        NoteQuery(entity_ids=[world.bobs], note_types=["common", "sms_in"], **page),
        NoteQuery(note_types=["sms_in"], **page),
        NoteQuery(note_types=["call_out", "sms_in", "call_out", "nonsense"], **page),
        NoteQuery(note_types=["nonsense"], **page),
        NoteQuery(note_types=[], **page),
        NoteQuery(ids=some, note_types=["common", "sms_in"], **page),
        NoteQuery(updated_at=Range(NOW + 10, None), **page),
        NoteQuery(updated_at=Range(NOW + 5, NOW + 20), note_types=["common", "sms_in"], **page),
        NoteQuery(ids=[], **page),
        NoteQuery(entity_ids=[], **page),
    ]
    readers: list[tuple[Actor, list[int]]] = [
        (ALICE, both),
        (BOB, both),
        (bob(Right.OWN), [world.bobs]),
        (bob(Right.DENIED), []),
        (bob(Right.ALL, Right.ALL, world.stage), [world.bobs]),
    ]

    for few in (seeing.FEW, 0):
        monkeypatch.setattr(seeing, "FEW", few)
        for actor, visible in readers:
            found = [await world.listed(query, actor) for query in queries]
            assert found == [world.expected(query, *visible) for query in queries]


async def test_the_notes_of_an_entity_are_for_those_who_may_view_it(world: World) -> None:
    async def of(entity_id: int, actor: Actor, kind: Kind[Any] = LEADS) -> list[int]:
        async with world.db.read() as reader:
            page = await reading.page_of_entity(
                reader, actor, kind, entity_id, NoteQuery(limit=200)
            )
        return [one.id for one in page.notes]

    everything = NoteQuery(limit=200)
    assert await of(world.alices, ALICE) == world.expected(everything, world.alices)
    assert await of(world.bobs, bob()) == world.expected(everything, world.bobs)
    for entity_id, actor, kind in (
        (world.binned, ALICE, LEADS),
        (world.alices, bob(), LEADS),
        (world.alices, CHARLIE, LEADS),
        (999, ALICE, LEADS),
        (999, ALICE, COMPANIES),
    ):
        with pytest.raises(EntityOfNotesNotFound):
            await of(entity_id, actor, kind)
    assert await of(world.company, ALICE, COMPANIES) == []


async def test_a_note_is_for_those_who_may_view_its_entity(world: World) -> None:
    by = {one.entity_id: one.id for one in world.notes}

    assert await world.note(by[world.bobs], bob()) in world.notes
    for note_id, actor in (
        (by[world.binned], ALICE),
        (by[world.alices], bob()),
        (by[world.alices], CHARLIE),
        (999_999, ALICE),
    ):
        with pytest.raises(NoteNotFound):
            await world.note(note_id, actor)
    async with world.db.read() as reader:
        with pytest.raises(NoteNotFound):
            await reading.find(reader, ALICE, LEADS, by[world.bobs], world.alices)
        with pytest.raises(NoteNotFound):
            await reading.find(reader, ALICE, COMPANIES, by[world.bobs])


async def test_a_note_is_added_by_whom_and_when_it_is_said(world: World) -> None:
    plain, told = await world.add(
        text(world.bobs),
        text(world.bobs, created_by=0, created_at=NOW - 100, updated_at=5, is_pinned=True),
        actor=BOB,
    )

    assert await world.note(plain.id) == plain
    assert (plain.created_by, plain.responsible_user_id, plain.updated_by) == (12, 12, 12)
    assert (plain.created_at, plain.updated_at, plain.is_pinned) == (NOW, NOW, False)
    assert (told.created_by, told.created_at) == (0, NOW - 100)
    assert (told.updated_at, told.is_pinned) == (NOW, False)


async def test_what_cannot_be_named_is_refused_and_nothing_is_added(world: World) -> None:
    async def refused(*writes: EntityWrite, actor: Actor = ALICE) -> list[tuple[str, str]]:
        with pytest.raises(Invalid) as raised:
            await world.add(*writes, actor=actor)
        return paths(raised)

    good = text(world.bobs)
    for entity_id, actor in (
        (999, ALICE),
        (world.binned, ALICE),
        (world.alices, CHARLIE),
        (world.alices, bob()),
    ):
        assert await refused(text(entity_id), actor=actor) == [("NotSupportedChoice", "entity_id")]
    for name, user_id in (
        ("responsible_user_id", 0),
        ("responsible_user_id", 99),
        ("created_by", 99),
    ):
        wrong = EntityWrite("0", good.values | {name: user_id})
        assert await refused(good, wrong) == [("NotSupportedChoice", name)]
    everything = NoteQuery(limit=200)
    assert await world.listed(everything) == world.expected(everything, world.alices, world.bobs)
    assert await world.add(good, actor=bob())


async def test_who_may_not_edit_the_entity_writes_no_notes(world: World) -> None:
    by = {one.entity_id: one for one in world.notes}
    hers, his = by[world.alices], by[world.bobs]
    reader = bob(Right.ALL, Right.OWN)

    with pytest.raises(Forbidden):
        await world.add(text(world.bobs), text(world.alices), actor=reader)
    with pytest.raises(Forbidden):
        await world.change(edit(his.id), edit(hers.id), actor=reader)
    with pytest.raises(Forbidden):
        await world.pin(hers.id, reader)
    everything = NoteQuery(limit=200)
    assert await world.listed(everything) == world.expected(everything, world.alices, world.bobs)
    assert (await world.note(hers.id), await world.note(his.id)) == (hers, his)

    await world.add(text(world.bobs), actor=reader)
    await world.change(edit(his.id), actor=reader)
    await world.pin(his.id, reader)


async def test_a_change_leaves_the_entity_and_all_but_the_params_as_they_are(world: World) -> None:
    (call,) = await world.add(
        text(world.bobs, note_type="call_in", params='{"duration":5,"phone":"+15550100"}')
    )
    async with world.db.read() as reader:
        before = await reader.value("select updated_at from leads where id = :id", id=world.bobs)

    (changed,) = await world.change(
        edit(call.id, params={"duration": 7, "link": None}, created_by=0, created_at=1),
        actor=BOB,
    )

    assert await world.note(call.id) == changed
    assert msgspec.json.decode(changed.params) == {
        "uniq": None,
        "duration": 7,
        "source": None,
        "link": None,
        "phone": "+15550100",
        "call_responsible": None,
    }
    kept = msgspec.structs.replace(call, params=changed.params, updated_by=12, updated_at=NOW + 5)
    assert changed == kept
    async with world.db.read() as reader:
        after = await reader.value("select updated_at from leads where id = :id", id=world.bobs)
    assert after == before


async def test_a_note_twice_in_a_request_is_changed_twice(world: World) -> None:
    (call,) = await world.add(text(world.bobs, note_type="call_in", params="{}"))

    await world.change(edit(call.id, params={"phone": "1"}), edit(call.id, params={"uniq": "u"}))

    params = msgspec.json.decode((await world.note(call.id)).params)
    assert (params["phone"], params["uniq"]) == ("1", "u")


async def test_changes_at_once_all_count(world: World) -> None:
    (call,) = await world.add(text(world.bobs, note_type="call_in", params="{}"))
    names = ("uniq", "source", "link", "phone", "call_responsible")

    for said in ("a", "b", "c"):
        await asyncio.gather(*(world.change(edit(call.id, params={name: said})) for name in names))
        params = msgspec.json.decode((await world.note(call.id)).params)
        assert [params[name] for name in names] == [said] * len(names)


async def test_a_wrong_change_is_refused_and_none_is_made(world: World) -> None:
    by = {one.entity_id: one for one in world.notes if one.note_type == "common"}
    note = by[world.bobs]
    wrong = {
        ("NotSupportedChoice", "id"): edit(999_999),
        ("NotSupportedChoice", "note_type"): edit(note.id, note_type="sms_in"),
        ("NotSupportedChoice", "entity_id"): edit(note.id, entity_id=world.alices),
        ("FieldMissing", "params.text"): edit(note.id, params={"text": None}),
        ("InvalidType", "params.text"): edit(note.id, params={"text": 5}),
        ("InvalidType", "params"): edit(note.id, params="Hello."),
    }

    for fault, write in wrong.items():
        with pytest.raises(Invalid) as refused:
            await world.change(edit(note.id), write)
        assert paths(refused) == [fault]
    for foreign, actor in ((by[world.binned], ALICE), (by[world.alices], bob()), (note, CHARLIE)):
        with pytest.raises(Invalid) as refused:
            await world.change(edit(foreign.id), actor=actor)
        assert paths(refused) == [("NotSupportedChoice", "id")]
    assert await world.note(note.id) == note
    same = edit(note.id, note_type="common", entity_id=world.bobs, params=[])
    (kept,) = await world.change(same)
    assert kept.params == note.params


async def test_a_note_is_pinned_until_it_is_not(world: World) -> None:
    (note, other) = await world.add(text(world.bobs), text(world.bobs))

    for is_pinned in (True, True, False, False):
        await world.pin(note.id, is_pinned=is_pinned)
        assert await world.note(note.id) == msgspec.structs.replace(note, is_pinned=is_pinned)
    assert await world.note(other.id) == other
    for actor in (bob(Right.DENIED), CHARLIE):
        with pytest.raises(NoteNotFound):
            await world.pin(note.id, actor)


async def test_every_type_of_note_can_be_kept(world: World) -> None:
    writes = [text(world.company, note_type=one, params="{}") for one in NOTE_TYPES]

    added = await world.add(*writes, kind=COMPANIES)

    async with world.db.read() as reader:
        page = await reading.page(reader, ALICE, COMPANIES, NoteQuery(note_types=list(NOTE_TYPES)))
    assert page.notes == added
