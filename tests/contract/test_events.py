"""Reading events: filters, order and pages, who sees them, and how long they are kept."""

import random
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from grantway.accounts.actor import Actor
from grantway.accounts.rights import Right, StatusRight
from grantway.crm.changes import service as changes
from grantway.crm.changes.model import KEPT, NewEvent, event_id, row_id
from grantway.crm.entities.model import Range
from grantway.crm.events import service
from grantway.crm.events.errors import EventNotFound
from grantway.crm.events.model import Event, EventQuery, ValueQuery
from grantway.db import Database
from grantway.kernel.errors import Forbidden, Invalid, NotFound
from tests.contract.changes_world import World, make_world
from tests.contract.crm_cast import ALICE, BOB, CHARLIE, NOW

_COUNT = 120
_FIELD = "custom_field_value_changed"


@pytest.fixture
async def world(db: Database) -> World:
    return await make_world(db)


def _made(choose: random.Random) -> NewEvent:
    entity_type = choose.choice(("lead", "contact"))
    entity_id = choose.randrange(1, 6)
    match choose.randrange(5):
        case 0:
            return NewEvent(f"{entity_type}_added", entity_type, entity_id)
        case 1:
            stages = [{"lead_status": {"id": n, "pipeline_id": 1 + n % 2}} for n in (1, 12)]
            return NewEvent(
                "lead_status_changed", "lead", entity_id, [choose.choice(stages)], [stages[0]]
            )
        case 2:
            users = [{"responsible_user": {"id": n}} for n in (1, 11)]
            return NewEvent(
                "entity_responsible_changed", entity_type, entity_id, users[:1], users[1:]
            )
        case 3:
            field_id = choose.choice((1, 11))
            value = {"field_id": field_id, "field_type": 4, "enum_id": field_id, "text": 'A"x'}
            return NewEvent(
                _FIELD, entity_type, entity_id, [], [{"custom_field_value": value}], field_id
            )
        case _:
            name, price = {"name": 'a"x'}, {"sale": choose.choice((10, 10.5))}
            return choose.choice(
                (
                    NewEvent(
                        "name_field_changed", "lead", entity_id, [], [{"name_field_value": name}]
                    ),
                    NewEvent(
                        "sale_field_changed", "lead", entity_id, [], [{"sale_field_value": price}]
                    ),
                )
            )


async def _fill(db: Database) -> list[tuple[NewEvent, Actor, int]]:
    """Let things happen to acme; return them with who did it and when, newest first."""
    choose = random.Random(7)
    made = []
    for n in range(_COUNT):
        one = (_made(choose), choose.choice((ALICE, BOB)), NOW + n // 10)
        made.append(one)
        async with db.write() as tx:
            await changes.tell(tx, one[1], [one[0]], _nothing, one[2])
    return made[::-1]


async def _nothing(_: frozenset[str]) -> Sequence[Any]:
    return ()


def _same(found: Sequence[Event], expected: Sequence[tuple[NewEvent, Actor, int]]) -> bool:
    return [
        (e.kept_type, e.entity_type, e.entity_id, e.created_by, e.created_at) for e in found
    ] == [(e.type, e.entity_type, e.entity_id, actor.user_id, at) for e, actor, at in expected]


def _after(event: NewEvent, *path: str) -> Any:
    found: Any = event.after[0] if event.after else {}
    for step in path:
        found = found.get(step, {}) if isinstance(found, dict) else {}
    return found


FILTERS: dict[str, tuple[dict[str, Any], Any]] = {
    "nothing": ({}, lambda _e, _a, _t: True),
    "moments": (
        {"created_at": Range(NOW + 3, NOW + 5)},
        lambda _e, _a, at: NOW + 3 <= at <= NOW + 5,
    ),
    "since": ({"created_at": Range(NOW + 9, None)}, lambda _e, _a, at: at >= NOW + 9),
    "user": ({"created_by": [BOB.user_id]}, lambda _e, actor, _t: actor is BOB),
    "users": ({"created_by": [12, 11, 12, 99]}, lambda _e, _a, _t: True),
    "type of entity": ({"entity_types": ["contact"]}, lambda e, _a, _t: e.entity_type == "contact"),
    "entities": (
        {"entity_types": ["lead"], "entity_ids": [2, 4]},
        lambda e, _a, _t: e.entity_type == "lead" and e.entity_id in (2, 4),
    ),
    "type": ({"types": ["lead_added"]}, lambda e, _a, _t: e.type == "lead_added"),
    "types": (
        {"types": ["lead_added", "sale_field_changed", "unknown"]},
        lambda e, _a, _t: e.type in ("lead_added", "sale_field_changed"),
    ),
    "any field": ({"types": [_FIELD]}, lambda e, _a, _t: e.type == _FIELD),
    "field": ({"types": ["custom_field_11_value_changed"]}, lambda e, _a, _t: e.field_id == 11),
    "field and any": (
        {"types": ["custom_field_11_value_changed", _FIELD]},
        lambda e, _a, _t: e.type == _FIELD,
    ),
    "unknown type": ({"types": ["unknown"]}, lambda _e, _a, _t: False),
    "unknown entity": ({"entity_types": ["unknown"]}, lambda _e, _a, _t: False),
    "several": (
        {
            "entity_types": ["lead"],
            "entity_ids": [1, 2, 3],
            "types": ["lead_added", _FIELD],
            "created_by": [11],
        },
        lambda e, actor, _t: (
            e.entity_type == "lead"
            and e.entity_id < 4
            and e.type in ("lead_added", _FIELD)
            and actor is ALICE
        ),
    ),
    "stage before": (
        {"before": ValueQuery(stages=[(None, 1)])},
        lambda e, _a, _t: e.type == "lead_status_changed" and e.before[0]["lead_status"]["id"] == 1,
    ),
    "stage and pipeline after": (
        {"after": ValueQuery(stages=[(2, 1), (1, 12)])},
        lambda e, _a, _t: _after(e, "lead_status", "id") == 1,
    ),
    "user after": (
        {"after": ValueQuery(responsible_user_ids=[11, 1])},
        lambda e, _a, _t: e.type == "entity_responsible_changed",
    ),
    "another user after": (
        {"after": ValueQuery(responsible_user_ids=[1])},
        lambda _e, _a, _t: False,
    ),
    "choice after": (
        {"after": ValueQuery(enum_ids=[1])},
        lambda e, _a, _t: _after(e, "custom_field_value", "enum_id") == 1,
    ),
    "text after": (
        {"after": ValueQuery(value='A"x')},
        lambda e, _a, _t: _after(e, "custom_field_value", "text") == 'A"x',
    ),
    "name after": (
        {"after": ValueQuery(value='a"x')},
        lambda e, _a, _t: e.type == "name_field_changed",
    ),
    "part of a text": ({"after": ValueQuery(value="x")}, lambda _e, _a, _t: False),
    "price after": (
        {"after": ValueQuery(value="10.50")},
        lambda e, _a, _t: _after(e, "sale_field_value", "sale") == 10.5,
    ),
}


async def test_filters_find_what_a_plain_look_finds(world: World) -> None:
    made = await _fill(world.db)
    for name, (asked, fits) in FILTERS.items():
        expected = [one for one in made if fits(*one)]
        assert _same(await world.events(limit=200, **asked), expected), name
        assert _same(await world.events(limit=7, offset=3, **asked), expected[3:10]), name


async def test_pages_tell_whether_more_follow_and_ids_name_events(world: World) -> None:
    made = await _fill(world.db)
    async with world.db.read() as reader:
        first = await service.page(reader, ALICE, EventQuery(limit=_COUNT - 1))
        whole = await service.page(reader, ALICE, EventQuery(limit=_COUNT))
        past = await service.page(reader, ALICE, EventQuery(limit=50, offset=_COUNT))
        one = await service.get(reader, ALICE, whole.events[3].id)
        foreign = await service.page(reader, CHARLIE, EventQuery())

    assert (first.has_next, whole.has_next, past.events, foreign.events) == (True, False, [], [])
    assert one.events == [whole.events[3]]
    assert [one.id for one in whole.events] == sorted(
        (one.id for one in whole.events), reverse=True
    )
    assert _same(whole.events, made)


@pytest.mark.parametrize(
    ("actor", "unknown"),
    [
        (ALICE, event_id(row_id(NOW, 999))),
        (ALICE, "0" * 26),
        (ALICE, "7" + "Z" * 25),
        (ALICE, "nonsense"),
        (CHARLIE, ""),
    ],
)
async def test_an_unknown_event_is_not_found(world: World, actor: Actor, unknown: str) -> None:
    await world.add("lead", {})
    (event,) = await world.events()
    async with world.db.read() as reader:
        with pytest.raises(EventNotFound):
            await service.get(reader, actor, unknown or event.id)
        assert (await service.get(reader, ALICE, event.id)).events == [event]


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ({"created_by": list(range(11))}, "filter.created_by"),
        ({"entity_types": ["lead"], "entity_ids": list(range(11))}, "filter.entity_id"),
        ({"entity_ids": [1]}, "filter.entity"),
        ({"types": [f"custom_field_{n}_value_changed" for n in range(51)]}, "filter.type"),
        (
            {"after": ValueQuery(enum_ids=list(range(51)))},
            "filter.value_after.custom_field_values",
        ),
        ({"before": ValueQuery(stages=[(1, 1)] * 51)}, "filter.value_before.leads_statuses"),
        ({"entity_types": ["lead", "contact"], "entity_ids": [1]}, "filter.entity"),
    ],
)
async def test_filters_that_the_dialect_does_not_take_are_refused(
    world: World, asked: dict[str, Any], path: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await world.events(**asked)
    ((violation,),) = ((*one.errors,) for one in refused.value.violations or [])
    assert violation.path == path
    assert await world.events(created_by=list(range(10)), entity_types=["lead"]) == []
    fields = [f"custom_field_{n}_value_changed" for n in range(50)]
    assert await world.events(types=fields, after=ValueQuery(enum_ids=list(range(50)))) == []


def bob(*, denied: Sequence[tuple[int, int]] = (), **views: Right) -> Actor:
    """Return Bob with these rights to view; he may delete what is his own."""
    entities = {
        name: msgspec.structs.replace(getattr(BOB.rights, name), view=right, delete=Right.OWN)
        for name, right in views.items()
    }
    stages = [
        StatusRight(
            entity_type="leads", pipeline_id=one, status_id=other, rights={"view": Right.DENIED}
        )
        for one, other in denied
    ]
    rights = msgspec.structs.replace(BOB.rights, **entities, status_rights=stages or None)
    return msgspec.structs.replace(BOB, rights=rights)


async def test_an_event_is_seen_like_its_entity(world: World) -> None:
    (alices,) = await world.add("lead", {"name": "Hers"})
    (bobs, moved) = await world.add(
        "lead",
        {"name": "His", "responsible_user_id": BOB.user_id},
        {"name": "Moved", "responsible_user_id": BOB.user_id, "status_id": world.stages[1]},
    )
    (contact,) = await world.add("contact", {"name": "Ann"})
    hidden = (world.main, world.stages[1])
    lead, everything = {"lead"}, {alices, bobs, moved}

    async def sees(actor: Actor) -> tuple[set[int], set[int]]:
        found = await world.events(actor)
        return (
            {one.entity_id for one in found if one.entity_type in lead},
            {one.entity_id for one in found if one.entity_type == "contact"},
        )

    assert await sees(ALICE) == (everything, {contact})
    assert await sees(bob(leads=Right.ALL)) == (everything, {contact})
    assert await sees(bob(leads=Right.OWN)) == ({bobs, moved}, {contact})
    assert await sees(bob(leads=Right.ALL, denied=[hidden])) == ({alices, bobs}, {contact})
    assert await sees(bob(leads=Right.OWN, denied=[hidden])) == ({bobs}, {contact})
    assert await sees(bob(leads=Right.DENIED)) == (set(), {contact})
    assert await sees(bob(leads=Right.OWN, contacts=Right.DENIED)) == ({bobs, moved}, set())
    assert await sees(CHARLIE) == (set(), set())

    await world.put_away("lead", alices, bobs)
    assert await sees(bob(leads=Right.OWN)) == ({bobs, moved}, {contact})
    assert len(await world.events(bob(leads=Right.OWN), types=["lead_deleted"])) == 1
    (event, *_) = await world.events(
        types=["lead_added"], entity_types=["lead"], entity_ids=[alices]
    )
    async with world.db.read() as reader:
        with pytest.raises(EventNotFound):
            await service.get(reader, bob(leads=Right.OWN), event.id)
        assert (await service.get(reader, bob(leads=Right.ALL), event.id)).events == [event]


async def test_names_are_told_of_the_types_that_are_asked_for(world: World) -> None:
    (lead,) = await world.add("lead", {"name": "First"})
    await world.add("contact", {"name": "Ann"})
    async with world.db.read() as reader:
        found = await service.page(reader, ALICE, EventQuery(), {"lead", "company"})

    assert found.names == {("lead", lead): "First"}


async def test_events_are_kept_for_a_year(world: World) -> None:
    await world.add("lead", *({} for _ in range(5)))
    world.now += 1
    await world.add("lead", {})

    assert await changes.sweep(world.db, NOW + KEPT) == 0
    assert await changes.sweep(world.db, NOW + KEPT + 1) == 5
    assert [one.created_at for one in await world.events()] == [NOW + 1]


@pytest.mark.parametrize(
    ("actor", "error"),
    [
        (bob(leads=Right.ALL), Forbidden),
        (bob(leads=Right.OWN), NotFound),
        (CHARLIE, NotFound),
    ],
)
async def test_the_bin_is_for_whoever_may_delete(
    world: World, actor: Actor, error: type[Exception]
) -> None:
    (alices,) = await world.add("lead", {})
    (bobs,) = await world.add("lead", {"responsible_user_id": BOB.user_id})
    await world.forget()
    with pytest.raises(error):
        await world.put_away("lead", bobs, alices, actor=actor)
    assert await world.happened() == []
    await world.put_away("lead", alices, bobs)
    with pytest.raises(error):
        await world.restore("lead", alices, actor=actor)

    assert [one for one, _, _ in await world.happened()] == ["lead_deleted"] * 2
    if actor is not CHARLIE:
        await world.restore("lead", bobs, actor=actor)
        await world.put_away("lead", bobs, actor=actor)
    await world.restore("lead", alices)
    with pytest.raises(NotFound):
        await world.restore("lead", alices)
