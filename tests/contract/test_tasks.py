"""Lists of tasks hold what one plain list would hold, and entities say when the next is due."""

import asyncio
import random
from typing import Any

import msgspec
import pytest

from grantway.accounts.actor import Actor
from grantway.accounts.rights import EntityRights, Right, Rights, TaskRights
from grantway.crm.contacts.kind import CONTACTS
from grantway.crm.entities import writing as entities
from grantway.crm.entities.model import EntityWrite, Range
from grantway.crm.leads.kind import LEADS
from grantway.crm.pipelines import service as pipelines
from grantway.crm.tasks import reading, store, writing
from grantway.crm.tasks.document import render
from grantway.crm.tasks.model import ENTITY_TYPES, Task, TaskQuery
from grantway.db import Database, Overtaken, open_database
from tests.contract.crm_cast import ACME, ALICE, BOB, NOW, open_accounts

_COUNT = 150
_NOBODY = 99


@pytest.fixture
async def tasks(db: Database) -> list[Task]:
    """Fill acme with tasks; some changed in the same second."""
    await open_accounts(db)
    choose = random.Random(3)
    made = []
    for task_id in range(1, _COUNT + 1):
        entity_type = choose.choice((*ENTITY_TYPES, None))
        made.append(
            Task(
                id=task_id,
                text=f"Task {task_id}",
                complete_till=NOW + choose.randrange(40),
                task_type_id=choose.choice((1, 2)),
                entity_type=entity_type,
                entity_id=choose.randrange(1, 9) if entity_type else None,
                duration=0,
                is_completed=choose.random() < 0.5,
                result=None,
                responsible_user_id=choose.choice((ALICE.user_id, BOB.user_id)),
                created_by=choose.choice((ALICE.user_id, BOB.user_id)),
                updated_by=ALICE.user_id,
                created_at=NOW + choose.randrange(40),
                updated_at=NOW + choose.randrange(40),
            )
        )
    async with db.write() as tx:
        await store.add_tasks(tx, ACME, [(one, render(one, ACME, {})) for one in made], 0)
    return made


def _fits(task: Task, query: TaskQuery) -> bool:
    wanted = (
        (query.ids, task.id),
        (query.responsible_user_ids, task.responsible_user_id),
        (query.task_type_ids, task.task_type_id),
        (query.entity_types, task.entity_type),
        (query.entity_ids, task.entity_id),
    )
    ends = query.updated_at or Range(None, None)
    return (
        all(some is None or one in some for some, one in wanted)
        and query.is_completed in (None, task.is_completed)
        and (ends.least is None or task.updated_at >= ends.least)
        and (ends.most is None or task.updated_at <= ends.most)
    )


def _expected(tasks: list[Task], query: TaskQuery) -> list[int]:
    found = [task for task in tasks if _fits(task, query)]
    found.sort(key=lambda one: (getattr(one, query.order), one.id), reverse=query.descending)
    return [one.id for one in found[query.offset : query.offset + query.limit]]


async def _listed(db: Database, query: TaskQuery, actor: Actor = ALICE) -> list[int]:
    async with db.read() as reader:
        page = await reading.page(reader, actor, query)
    return [msgspec.json.decode(one.replace(b"\x01", b""))["id"] for one in page.documents]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("offset", [0, 7])
@pytest.mark.parametrize("order", ["updated_at", "created_at", "complete_till", "id"])
async def test_a_list_of_parts_is_the_plain_list(
    db: Database, tasks: list[Task], order: str, offset: int, *, descending: bool
) -> None:
    page: dict[str, Any] = {
        "order": order,
        "offset": offset,
        "limit": 20,
        "descending": descending,
    }
    alice, bob = ALICE.user_id, BOB.user_id
    several: list[dict[str, Any]] = [
        {},
        {"is_completed": True},
        {"responsible_user_ids": [bob]},
        {"responsible_user_ids": [bob, alice, bob]},
        {"responsible_user_ids": [bob, _NOBODY], "is_completed": False},
        {"responsible_user_ids": []},
        {"responsible_user_ids": [bob, alice], "task_type_ids": [2], "entity_types": ["leads"]},
        {"task_type_ids": [2]},
        {"task_type_ids": [2, 1, 2]},
        {"task_type_ids": [9]},
        {"entity_types": ["leads"]},
        {"entity_types": ["companies", "leads", "leads"]},
        {"entity_types": ["customers"]},
        {"entity_types": ["leads"], "entity_ids": [3, 4, 3]},
        {"entity_types": ["leads", "contacts"], "entity_ids": [3], "is_completed": False},
        {"ids": list(range(1, 90))},
        {"ids": list(range(1, 90)), "task_type_ids": [1], "is_completed": True},
        {"ids": [5], "responsible_user_ids": [alice, bob], "entity_types": list(ENTITY_TYPES)},
        {"updated_at": Range(NOW + 10, NOW + 20)},
        {"updated_at": Range(NOW + 10, None), "responsible_user_ids": [alice]},
        {"updated_at": Range(None, NOW + 20), "ids": list(range(1, 90))},
    ]
    queries = [TaskQuery(**one, **page) for one in several]

    found = [await _listed(db, query) for query in queries]

    assert found == [_expected(tasks, query) for query in queries]


async def test_who_sees_only_some_finds_them_in_every_filter(
    db: Database, tasks: list[Task]
) -> None:
    rights = Rights(
        leads=EntityRights(view=Right.DENIED),
        contacts=EntityRights(view=Right.OWN),  # there is none
        tasks=TaskRights(edit=Right.OWN),
    )
    bob = msgspec.structs.replace(BOB, rights=rights)
    seen = [
        one
        for one in tasks
        if one.entity_type == "companies"
        or (one.entity_type is None and BOB.user_id in (one.created_by, one.responsible_user_id))
    ]
    asked = [
        TaskQuery(limit=200),
        TaskQuery(limit=200, responsible_user_ids=[ALICE.user_id, BOB.user_id]),
        TaskQuery(limit=200, ids=list(range(1, 90))),
        TaskQuery(limit=200, is_completed=False, order="complete_till"),
        TaskQuery(limit=200, entity_types=list(ENTITY_TYPES)),
    ]

    found = [await _listed(db, query, bob) for query in asked]

    assert found == [_expected(seen, query) for query in asked]
    assert all(found)


async def _one_of_each(db: Database) -> tuple[int, int]:
    """Open the accounts; return a lead and a contact."""
    await open_accounts(db)
    async with db.write() as tx:
        await pipelines.create_default(tx, ACME, NOW)
        blank = [EntityWrite("0", {})]
        (lead,) = await entities.add(tx, ALICE, LEADS, blank, NOW, is_strict=False)
        (contact,) = await entities.add(tx, ALICE, CONTACTS, blank, NOW, is_strict=False)
    return lead.id, contact.id


def _about(entity_type: str, entity_id: int, till: int) -> EntityWrite:
    values = {"text": "Call", "complete_till": NOW + till}
    return EntityWrite("0", values | {"entity_type": entity_type, "entity_id": entity_id})


async def test_writes_of_entities_and_their_tasks_at_once_leave_the_truth(db: Database) -> None:
    lead, contact = await _one_of_each(db)
    places = (("leads", lead), ("contacts", contact))
    async with db.write() as tx:
        new = [_about(*places[n % 2], 100 + n) for n in range(6)]
        ids = [one.id for one in await writing.add(tx, ALICE, new, NOW)]
    choose = random.Random(5)

    async def change_tasks(n: int) -> None:
        writes = []
        # Half of them change one task that nobody else does, the others two.
        for task_id in (ids[n], ids[n - 1])[: 1 + n % 2]:
            entity_type, entity_id = choose.choice(places)
            values: dict[str, Any] = {
                "id": task_id,
                "complete_till": NOW + choose.randrange(500),
                "is_completed": choose.random() < 0.4,
            }
            if choose.random() < 0.5:
                values |= {"entity_type": entity_type, "entity_id": entity_id}
            writes.append(EntityWrite("0", values))
        await _until_decided(db, lambda tx: writing.change(tx, ALICE, writes, NOW + n))

    async def change_entity(n: int) -> None:
        kind: Any = (LEADS, CONTACTS)[n % 2]
        write = EntityWrite("0", {"id": places[n % 2][1], "name": f"Name {n}"})
        await _until_decided(
            db, lambda tx: entities.change(tx, ALICE, kind, [write], NOW + n, is_strict=False)
        )

    for _ in range(8):
        await asyncio.gather(
            *(change_tasks(n) for n in range(6)), *(change_entity(n) for n in range(6))
        )
        async with db.read() as reader:
            for entity_type, entity_id in places:
                told = await reader.value(
                    f"select closest_task_at from {entity_type} where id = :id", id=entity_id
                )
                true = await reader.value(
                    """
                    select min(complete_till) from tasks
                     where entity_type = :entity_type and entity_id = :id and not is_completed
                    """,
                    entity_type=entity_type,
                    id=entity_id,
                )
                assert told == true


async def _until_decided(db: Database, write: Any) -> None:
    """Do what the doors do: decide anew when a task was put elsewhere meanwhile, and only then."""
    while True:
        try:
            async with db.write() as tx:
                await write(tx)
        except Overtaken as error:
            if "another entity" not in error.why:  # such as a deadlock
                raise
        else:
            return


async def test_who_changes_a_task_that_goes_elsewhere_meanwhile_is_overtaken(
    postgresql_url: str,
) -> None:
    db = await open_database(postgresql_url)
    lead, contact = await _one_of_each(db)
    async with db.write() as tx:
        (task,) = await writing.add(tx, ALICE, [_about("leads", lead, 5)], NOW)

    async def change(**values: Any) -> None:
        write = EntityWrite("0", {"id": task.id, **values})
        async with db.write() as other:
            await writing.change(other, ALICE, [write], NOW)

    async with db.write() as tx:
        moved = EntityWrite("0", {"id": task.id, "entity_type": "contacts", "entity_id": contact})
        await writing.change(tx, ALICE, [moved], NOW)
        late = asyncio.create_task(change(complete_till=NOW + 1))
        await asyncio.sleep(0.2)
        assert not late.done()
    with pytest.raises(Overtaken):
        await late
    await change(complete_till=NOW + 1)

    async with db.read() as reader:
        sql = "select closest_task_at from {} where id = :id"
        assert await reader.value(sql.format("leads"), id=lead) is None
        assert await reader.value(sql.format("contacts"), id=contact) == NOW + 1
    await db.close()
