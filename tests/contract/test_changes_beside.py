"""What links, notes and tasks tell: events, and deliveries, on both databases."""

from typing import Any

import msgspec
import pytest

from grantway.accounts.actor import Actor
from grantway.accounts.rights import Right, TaskRights
from grantway.crm.entities.model import EntityWrite
from grantway.crm.leads.kind import LEADS
from grantway.crm.linking import service as linking
from grantway.crm.linking.model import Wish
from grantway.crm.notes import writing as notes
from grantway.crm.tasks import writing as tasks
from grantway.db import Database
from tests.contract.changes_world import KINDS, Happened, World, make_world
from tests.contract.crm_cast import ACME, ALICE, BOB, NOW

_DATE = "2027-01-15 08:00:00"  # `NOW`, in the account's time


@pytest.fixture
async def world(db: Database) -> World:
    return await make_world(db)


def _entity(noun: str, entity_id: int) -> dict[str, Any]:
    return {"entity": {"type": noun, "id": entity_id}}


async def test_links_tell_what_was_not_there_before_and_what_is_gone(world: World) -> None:
    first, second = await world.add("company", {}, {})
    (lead,) = await world.add("lead", {"_embedded": {"companies": [{"id": first}]}})
    await world.forget()
    wishes = [
        Wish(
            request_id="0",
            entity_id=lead,
            to_type="companies",
            to_id=company,
            is_main=False,
            updated_by=None,
        )
        for company in (first, second)
    ]
    async with world.db.write() as tx:
        await linking.link(tx, ALICE, LEADS, wishes[:1], NOW)
    assert await world.happened() == []
    async with world.db.write() as tx:
        await linking.link(tx, ALICE, LEADS, wishes[1:], NOW)
        await linking.unlink(tx, ALICE, LEADS, wishes, NOW)

    assert await world.happened() == [
        ("entity_unlinked", [], [{"unlink": _entity("company", first)}]),
        ("entity_linked", [], [{"link": _entity("company", second)}]),
        ("entity_unlinked", [], [{"unlink": _entity("company", second)}]),
    ]


@pytest.mark.parametrize("noun", ["lead", "contact", "company"])
async def test_a_note_tells_of_itself_and_its_entity(world: World, noun: str) -> None:
    (entity_id,) = await world.add(noun, {})
    await world.forget()
    note = {"entity_id": entity_id, "note_type": "common", "params": '{"text":"Hello."}'}
    call = note | {"note_type": "call_in", "params": '{"duration":60}'}
    writes = [EntityWrite(str(n), one) for n, one in enumerate((note, call))]
    async with world.db.write() as tx:
        added, called = await notes.add(tx, ALICE, KINDS[noun], writes, NOW)

    assert await world.happened() == [
        ("common_note_added", [], [{"note": {"id": added.id}}]),
        ("incoming_call", [], [{"note": {"id": called.id}}]),
    ]
    (event, sent), (_, other) = await world.told()
    among, number = {"lead": ("leads", 2), "contact": ("contacts", 1), "company": ("contacts", 3)}[
        noun
    ]
    assert event == f"note_{noun}"
    assert sent == {
        f"{among}[note][0][note][{name}]": str(value)
        for name, value in {
            "id": added.id,
            "note_type": 4,
            "text": "Hello.",
            "element_type": number,
            "element_id": entity_id,
            "date_create": _DATE,
            "last_update": _DATE,
            "created_by": ALICE.user_id,
            "modified_by": ALICE.user_id,
            "main_user_id": ALICE.user_id,
            "account_id": ACME,
        }.items()
    }
    assert other[f"{among}[note][0][note][text]"] == '{"duration":60}'


_TASK = {"text": "Call", "complete_till": NOW}


async def _task(world: World, **values: Any) -> int:
    async with world.db.write() as tx:
        (task,) = await tasks.add(tx, ALICE, [EntityWrite("0", _TASK | values)], NOW)
    return task.id


@pytest.mark.parametrize(
    ("change", "happened", "told"),
    [
        (
            {"text": "Write"},
            [("task_text_changed", [{"task": {"text": "Call"}}], [{"task": {"text": "Write"}}])],
            {"update_task": {"text": "Write", "action_close": "0"}},
        ),
        (
            {"task_type_id": 2, "complete_till": NOW + 86_400},
            [
                ("task_type_changed", [{"task_type": {"id": 1}}], [{"task_type": {"id": 2}}]),
                (
                    "task_deadline_changed",
                    [{"task_deadline": {"timestamp": NOW}}],
                    [{"task_deadline": {"timestamp": NOW + 86_400}}],
                ),
            ],
            {"update_task": {"task_type": "2", "complete_till": "2027-01-16 08:00:00"}},
        ),
        (
            {"responsible_user_id": BOB.user_id},
            [
                (
                    "entity_responsible_changed",
                    [{"responsible_user": {"id": ALICE.user_id}}],
                    [{"responsible_user": {"id": BOB.user_id}}],
                )
            ],
            {
                "responsible_task": {"old_responsible_user_id": str(ALICE.user_id)},
                "update_task": {"responsible_user_id": str(BOB.user_id)},
            },
        ),
        (
            {"is_completed": True, "result": {"text": "Done"}},
            [("task_completed", [], []), ("task_result_added", [], [])],
            {"update_task": {"status": "1", "action_close": "1", "result][text": "Done"}},
        ),
        ({"text": "Call"}, [], {}),
    ],
)
async def test_a_task_tells_what_changed(
    world: World,
    change: dict[str, Any],
    happened: list[Happened],
    told: dict[str, dict[str, str]],
) -> None:
    (lead_id,) = await world.add("lead", {})
    await world.forget()
    task_id = await _task(world, entity_type="leads", entity_id=lead_id)
    assert await world.happened() == [("task_added", [], [])]
    ((event, sent),) = await world.told()
    assert (event, sent["task[add][0][element_type]"]) == ("add_task", "2")
    assert sent["task[add][0][date_create]"] == _DATE
    await world.forget()
    async with world.db.write() as tx:
        await tasks.change(tx, ALICE, [EntityWrite("0", {"id": task_id} | change)], NOW + 1)

    assert await world.happened() == happened
    found = dict(await world.told())
    assert list(found) == list(told)
    for event, members in told.items():
        action = event.partition("_")[0]
        expected = {"id": str(task_id), "element_id": str(lead_id)} | members
        fields = {f"task[{action}][0][{name}]": value for name, value in expected.items()}
        assert fields.items() <= found[event].items()


async def test_events_of_a_task_are_seen_like_the_task(world: World) -> None:
    hers, his = await world.add("lead", {}, {"responsible_user_id": BOB.user_id})
    leads = msgspec.structs.replace(BOB.rights.leads, view=Right.OWN)
    own = TaskRights(edit=Right.OWN)
    rights = msgspec.structs.replace(BOB.rights, leads=leads, tasks=own)
    bob = msgspec.structs.replace(BOB, rights=rights)
    await _task(world, entity_type="leads", entity_id=hers)
    seen = await _task(world, entity_type="leads", entity_id=his)
    await _task(world)
    given = await _task(world, responsible_user_id=BOB.user_id)

    async def of_tasks(actor: Actor) -> list[int]:
        return [one.entity_id for one in await world.events(actor, entity_types=["task"])]

    assert await of_tasks(bob) == [given, seen]
    assert len(await of_tasks(ALICE)) == 4
