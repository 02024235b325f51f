"""What hangs on entities is seen like them, however lists find it: by few of them or row by row."""

import random
from collections.abc import Iterable
from typing import Any

import msgspec
import pytest

from grantway.accounts.actor import Actor
from grantway.accounts.rights import EntityRights, Right, Rights, StatusRight, TaskRights
from grantway.crm.changes.model import row_id
from grantway.crm.entities import seeing
from grantway.crm.events import service as events
from grantway.crm.events.model import EventQuery
from grantway.crm.notes import reading as notes
from grantway.crm.notes import store as note_store
from grantway.crm.notes.model import Note, NoteQuery
from grantway.crm.tasks import reading as tasks
from grantway.crm.tasks import store as task_store
from grantway.crm.tasks.document import render
from grantway.crm.tasks.model import ENTITY_TYPES, Task, TaskQuery
from grantway.db import Transaction
from tests.contract.changes_world import KINDS, World, make_world
from tests.contract.crm_cast import ACME, ALICE, BOB, NOW

_COUNT = 150
_SINGULAR = dict(zip(ENTITY_TYPES, KINDS, strict=True))


class Place(msgspec.Struct, frozen=True):
    """An entity: whose it is, and where."""

    id: int
    owner: int
    stage: int
    is_binned: bool


class Ground(msgspec.Struct, frozen=True):
    """Entities by type, and what hangs on them."""

    world: World
    places: dict[str, dict[int, Place]]
    tasks: list[Task]
    notes: list[Note]
    events: list[dict[str, Any]]


async def _places(world: World, choose: random.Random) -> dict[str, dict[int, Place]]:
    found: dict[str, dict[int, Place]] = {}
    for entity_type in ENTITY_TYPES:
        several = [
            (choose.choice((ALICE, BOB)).user_id, choose.choice(world.stages[:2])) for _ in range(8)
        ]
        noun = _SINGULAR[entity_type]
        writes = [
            {"responsible_user_id": user, **({"status_id": stage} if noun == "lead" else {})}
            for user, stage in several
        ]
        ids = await world.add(noun, *writes)
        await world.put_away(noun, *ids[::4])
        found[entity_type] = {
            entity_id: Place(entity_id, user, one, n % 4 == 0)
            for n, (entity_id, (user, one)) in enumerate(zip(ids, several, strict=True))
        }
    await world.forget()
    return found


@pytest.fixture
async def ground(db: Any) -> Ground:
    """Let tasks, notes and events hang on entities of Alice and Bob, some of them in the bin."""
    world = await make_world(db)
    choose = random.Random(9)
    places = await _places(world, choose)

    def user() -> int:
        return choose.choice((ALICE, BOB)).user_id

    made_tasks, made_notes, made_events = [], [], []
    for n in range(1, _COUNT + 1):
        kind = choose.choice((*ENTITY_TYPES, None))
        entity_id = choose.choice(list(places[kind])) if kind else None
        made_tasks.append(
            Task(
                *(n, "Call", NOW + choose.randrange(9), 1, kind, entity_id, 0, n % 2 == 0, None),
                *(user(), user(), user(), NOW + choose.randrange(9), NOW + choose.randrange(9)),
            )
        )
        about = choose.choice(list(places["leads"]))
        made_notes.append(
            Note(n, about, choose.choice(("common", "sms_in")), "{}", 11, 11, 11, NOW, NOW + n % 7)
        )
        hung = choose.choice((*ENTITY_TYPES, "tasks"))
        subject = choose.randrange(1, n + 9) if hung == "tasks" else choose.choice([*places[hung]])
        made_events.append(
            {
                "id": row_id(NOW, n),
                "entity_type": _SINGULAR.get(hung, "task"),
                "entity_id": subject,
                "type": choose.choice(("lead_added", "task_added")),
                "created_by": user(),
            }
        )
    async with db.write() as tx:
        rendered = [(one, render(one, ACME, {})) for one in made_tasks]
        await task_store.add_tasks(tx, ACME, rendered, 0)
        await note_store.add_notes(tx, ACME, "leads", made_notes)
        await _add_events(tx, made_events)
    return Ground(world, places, made_tasks, made_notes, made_events)


async def _add_events(tx: Transaction, rows: Iterable[dict[str, Any]]) -> None:
    await tx.change_many(
        """
        insert into events (account_id, id, type, entity_type, entity_id, created_by)
        values (:account_id, :id, :type, :entity_type, :entity_id, :created_by)
        """,
        [{"account_id": ACME, **one} for one in rows],
    )


def _bob(choose: random.Random, world: World) -> Actor:
    """Return Bob with rights of whatever kind."""

    def right() -> Right:
        return choose.choice((Right.ALL, Right.GROUP, Right.OWN, Right.OWN, Right.DENIED))

    leads, contacts, companies = (EntityRights(view=right()) for _ in range(3))
    closed = StatusRight(
        entity_type="leads",
        pipeline_id=world.main,
        status_id=world.stages[0],
        rights={"view": Right.DENIED},
    )
    rights = Rights(
        leads=leads,
        contacts=contacts,
        companies=companies,
        tasks=TaskRights(edit=right()),
        status_rights=choose.choice((None, [closed])),
    )
    return msgspec.structs.replace(BOB, rights=rights, group_id=choose.choice((0, 7)))


class Plain(msgspec.Struct, frozen=True):
    """What an actor sees, found by looking at each."""

    ground: Ground
    actor: Actor

    def _owners(self, right: Right) -> set[int]:
        return {
            Right.ALL: {ALICE.user_id, BOB.user_id},
            # Everybody is in the first group, of which Bob may be no more.
            Right.GROUP: {BOB.user_id, *([ALICE.user_id] if self.actor.group_id == 0 else [])},
            Right.OWN: {BOB.user_id},
            Right.DENIED: set(),
        }[right]

    def entity(self, entity_type: str, entity_id: int | None) -> bool:
        place = self.ground.places[entity_type][entity_id or 0]
        rights = self.actor.rights
        is_closed = rights.status_rights and place.stage == self.ground.world.stages[0]
        view: Right = getattr(rights, entity_type).view
        return place.owner in self._owners(view) and not (entity_type == "leads" and is_closed)

    def task(self, one: Task) -> bool:
        if one.entity_type is not None:
            return self.entity(one.entity_type, one.entity_id)
        edit = self.actor.rights.tasks.edit
        own = BOB.user_id in (one.created_by, one.responsible_user_id)
        return own or one.responsible_user_id in self._owners(edit)

    def note(self, one: Note) -> bool:
        is_binned = self.ground.places["leads"][one.entity_id].is_binned
        return not is_binned and self.entity("leads", one.entity_id)

    def event(self, one: dict[str, Any]) -> bool:
        for entity_type, noun in _SINGULAR.items():
            if one["entity_type"] == noun:
                return self.entity(entity_type, one["entity_id"])
        rights = self.actor.rights
        reached = [rights.tasks.edit, *(getattr(rights, one).view for one in ENTITY_TYPES)]
        sees_all = set(reached) == {Right.ALL} and not rights.status_rights
        there = [task for task in self.ground.tasks if task.id == one["entity_id"]]
        # Of what is gone, who sees everything sees the events.
        return any(self.task(task) for task in there) or (not there and sees_all)


@pytest.mark.parametrize("few", [2_000, 5, 0])
async def test_lists_hold_what_looking_at_each_finds(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(seeing, "FEW", few)
    choose = random.Random(few)
    for _ in range(25):
        bob = _bob(choose, ground.world)
        plain = Plain(ground, bob)
        rights = (bob.rights, bob.group_id)
        assert await _tasks(ground, bob, choose, plain), rights
        assert await _notes(ground, bob, choose, plain), rights
        assert await _events(ground, bob, choose, plain), rights


async def _tasks(ground: Ground, bob: Actor, choose: random.Random, plain: Plain) -> bool:
    query = TaskQuery(
        order=choose.choice(("updated_at", "created_at", "complete_till", "id")),
        descending=choose.random() < 0.5,
        offset=choose.choice((0, 3)),
        limit=30,
        ids=choose.choice((None, None, list(range(1, 60)))),
        is_completed=choose.choice((None, None, True)),
        responsible_user_ids=choose.choice((None, [12], [11, 12])),
        entity_types=choose.choice((None, None, ["leads"], ["contacts", "leads"])),
    )
    found = [
        one.id
        for one in sorted(
            ground.tasks,
            key=lambda one: (getattr(one, query.order), one.id),
            reverse=query.descending,
        )
        if plain.task(one)
        and (query.ids is None or one.id in query.ids)
        and query.is_completed in (None, one.is_completed)
        and one.responsible_user_id in (query.responsible_user_ids or (11, 12))
        and (query.entity_types is None or one.entity_type in query.entity_types)
    ]
    async with ground.world.db.read() as reader:
        page = await tasks.page(reader, bob, query)
    ids = [msgspec.json.decode(one.replace(b"\x01", b""))["id"] for one in page.documents]
    return ids == found[query.offset :][:30]


async def _notes(ground: Ground, bob: Actor, choose: random.Random, plain: Plain) -> bool:
    query = NoteQuery(
        order=choose.choice(("updated_at", "id")),
        descending=choose.random() < 0.5,
        offset=choose.choice((0, 3)),
        limit=30,
        entity_ids=choose.choice((None, None, [*ground.places["leads"]][:3])),
        note_types=choose.choice((None, ["common"], ["common", "sms_in"])),
    )
    found = [
        one.id
        for one in sorted(
            ground.notes,
            key=lambda one: (getattr(one, query.order), one.id),
            reverse=query.descending,
        )
        if plain.note(one)
        and (query.entity_ids is None or one.entity_id in query.entity_ids)
        and (query.note_types is None or one.note_type in query.note_types)
    ]
    async with ground.world.db.read() as reader:
        page = await notes.page(reader, bob, KINDS["lead"], query)
    return [one.id for one in page.notes] == found[query.offset :][:30]


async def _events(ground: Ground, bob: Actor, choose: random.Random, plain: Plain) -> bool:
    query = EventQuery(
        offset=choose.choice((0, 3)),
        limit=30,
        types=choose.choice((None, ["lead_added"], ["lead_added", "task_added"])),
        created_by=choose.choice((None, [11], [11, 12])),
        entity_types=choose.choice((None, ["task"], ["lead", "contact"])),
    )
    found = [
        one["id"]
        for one in reversed(ground.events)
        if plain.event(one)
        and (query.types is None or one["type"] in query.types)
        and (query.created_by is None or one["created_by"] in query.created_by)
        and (query.entity_types is None or one["entity_type"] in query.entity_types)
    ]
    async with ground.world.db.read() as reader:
        page = await events.page(reader, bob, query)
    return [one.row for one in page.events] == found[query.offset :][:30]
