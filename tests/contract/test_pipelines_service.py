"""Pipelines and their stages, on both databases."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from grantway.crm.pipelines import service, stages
from grantway.crm.pipelines.errors import (
    LastPipeline,
    LastStage,
    PipelineHoldsLeads,
    PipelineNotFound,
    StageNotFound,
    TooManyPipelines,
    TooManyStages,
)
from grantway.crm.pipelines.model import LOST, WON, Pipeline, Pipelines
from grantway.crm.pipelines.wire import (
    LevelText,
    NewPipeline,
    NewStage,
    PipelineChange,
    StageChange,
)
from grantway.db import Database, Reader, Transaction
from grantway.kernel.errors import Forbidden, Invalid
from tests.contract.crm_cast import (
    ACME,
    ALICE,
    BOB,
    BOLT,
    CHARLIE,
    NOW,
    audited,
    open_accounts,
)

NEW = NewPipeline(name="Second", sort=5, is_main=False, is_unsorted_on=True)
STAGE = NewStage(name="New", sort=25)


@pytest.fixture
async def crm(db: Database) -> Database:
    await open_accounts(db)
    return db


@pytest.fixture
async def main(crm: Database) -> Pipeline:
    async with crm.write() as tx:
        return await service.create_default(tx, ACME, NOW)


@pytest.fixture
async def second(crm: Database, main: Pipeline) -> Pipeline:
    async with crm.write() as tx:
        return (await service.add(tx, ALICE, [NEW], now=NOW))[0]


async def loaded(crm: Database, account_id: int = ACME) -> Pipelines:
    async with crm.read() as reader:
        return await service.load(reader, account_id)


async def no_leads(reader: Reader, account_id: int, pipeline_id: int) -> int:
    return 0


async def a_lead(reader: Reader, account_id: int, pipeline_id: int) -> int:
    return 1


async def move_nothing(
    tx: Transaction, account_id: int, pipeline_id: int, from_stage: int, to_stage: int
) -> None:
    return None


async def test_a_new_account_has_a_main_pipeline_with_the_system_stages(
    crm: Database, main: Pipeline
) -> None:
    pipelines = await loaded(crm)

    assert [one.name for one in pipelines.all] == ["Sales pipeline"]
    assert pipelines.main() == main
    assert [one.sort for one in main.stages] == [10, 20, 30, 40, 50, 10_000, 11_000]
    assert [one.id for one in main.stages[-2:]] == [WON, LOST]
    assert main.stages[0].id > 1000


async def test_pipelines_belong_to_their_account(crm: Database, main: Pipeline) -> None:
    async with crm.write() as tx:
        other = await service.create_default(tx, BOLT, NOW)
    async with crm.read() as reader:
        assert (await service.get(reader, BOLT, other.id)).is_main
        with pytest.raises(PipelineNotFound, match="Pipeline not found"):
            await service.get(reader, ACME, other.id)

    assert [one.id for one in (await loaded(crm)).all] == [main.id]


async def test_a_pipeline_is_added_with_its_stages_and_descriptions(
    crm: Database, main: Pipeline
) -> None:
    new = NewPipeline(
        name="Second",
        sort=5,
        is_main=False,
        is_unsorted_on=False,
        stages=(
            NewStage(name="B", sort=200),
            NewStage(
                name="A", sort=100, color="#f2f3f4", descriptions=(LevelText("newbie", "Call"),)
            ),
        ),
        closed_names={WON: "Paid"},
    )
    async with crm.write() as tx:
        (added,) = await service.add(tx, ALICE, [new], now=NOW)
    async with crm.read() as reader:
        found = await service.get(reader, ACME, added.id)
        described = await stages.descriptions(reader, ACME, added.id)

    assert found == added
    assert [(one.name, one.sort) for one in added.stages] == [
        ("Incoming leads", 10),
        ("A", 20),
        ("B", 30),
        ("Paid", 10_000),
        ("Closed - lost", 11_000),
    ]
    assert added.visible_stages[0].name == "A"
    (text,) = described[added.stages[1].id]
    assert (text.level, text.description, text.created_at, text.created_by) == (
        "newbie",
        "Call",
        NOW,
        ALICE.user_id,
    )
    assert ("pipeline.changed", f"pipeline {added.id}") in await audited(crm, ACME)


async def test_a_new_main_pipeline_takes_the_place_of_the_old_one(
    crm: Database, main: Pipeline
) -> None:
    news = [
        NewPipeline(name=name, sort=9, is_main=True, is_unsorted_on=True) for name in ("B", "C")
    ]
    async with crm.write() as tx:
        added = await service.add(tx, ALICE, news, now=NOW)

    assert [one.is_main for one in added] == [False, True]
    assert [one.name for one in (await loaded(crm)).all if one.is_main] == ["C"]


async def test_an_account_has_at_most_50_pipelines(crm: Database, main: Pipeline) -> None:
    async with crm.write() as tx:
        assert len(await service.add(tx, ALICE, [NEW] * 49, now=NOW)) == 49
    with pytest.raises(TooManyPipelines):
        async with crm.write() as tx:
            await service.add(tx, ALICE, [NEW], now=NOW)

    assert len((await loaded(crm)).all) == 50


async def test_only_one_becomes_main_when_two_ask_at_once(crm: Database, main: Pipeline) -> None:
    async def ask(name: str) -> None:
        async with crm.write() as tx:
            new = NewPipeline(name=name, sort=9, is_main=True, is_unsorted_on=True)
            await service.add(tx, ALICE, [new], now=NOW)

    await asyncio.gather(*(ask(f"P {n}") for n in range(5)))

    pipelines = await loaded(crm)
    assert len(pipelines.all) == 6
    assert sum(one.is_main for one in pipelines.all) == 1


async def test_a_pipeline_is_changed_where_something_is_said(
    crm: Database, main: Pipeline, second: Pipeline
) -> None:
    change = PipelineChange(name="Renamed", is_main=True)
    async with crm.write() as tx:
        changed = await service.change(tx, ALICE, second.id, change, now=NOW)

    pipelines = await loaded(crm)
    assert (changed.name, changed.sort, changed.is_main) == ("Renamed", 5, True)
    assert pipelines.find(second.id) == changed
    assert pipelines.main().id == second.id


async def test_the_main_pipeline_stays_main_until_another_takes_its_place(
    crm: Database, main: Pipeline
) -> None:
    with pytest.raises(Invalid) as refused:
        async with crm.write() as tx:
            await service.change(tx, ALICE, main.id, PipelineChange(is_main=False), now=NOW)
    async with crm.write() as tx:
        await service.change(tx, ALICE, main.id, PipelineChange(is_main=True), now=NOW)

    assert refused.value.violations is not None
    assert [one.path for one in refused.value.violations[0].errors] == ["is_main"]
    assert (await loaded(crm)).main().id == main.id


async def test_an_empty_pipeline_is_removed(
    crm: Database, main: Pipeline, second: Pipeline
) -> None:
    async with crm.write() as tx:
        await service.remove(tx, ALICE, main.id, count_leads=no_leads, now=NOW)

    pipelines = await loaded(crm)
    assert [one.id for one in pipelines.all] == [second.id]
    assert pipelines.main().id == second.id
    assert ("pipeline.deleted", f"pipeline {main.id}") in await audited(crm, ACME)


async def test_a_pipeline_with_leads_and_the_last_one_stay(
    crm: Database, main: Pipeline, second: Pipeline
) -> None:
    with pytest.raises(PipelineHoldsLeads):
        async with crm.write() as tx:
            await service.remove(tx, ALICE, second.id, count_leads=a_lead, now=NOW)
    async with crm.write() as tx:
        await service.remove(tx, ALICE, second.id, count_leads=no_leads, now=NOW)
    with pytest.raises(LastPipeline):
        async with crm.write() as tx:
            await service.remove(tx, ALICE, main.id, count_leads=no_leads, now=NOW)

    assert [one.id for one in (await loaded(crm)).all] == [main.id]


async def test_removing_what_is_not_there_has_the_same_answer_whatever_it_was(
    crm: Database, main: Pipeline, second: Pipeline
) -> None:
    async with crm.write() as tx:
        foreign = await service.create_default(tx, BOLT, NOW)
    async with crm.write() as tx:
        await service.remove(tx, ALICE, second.id, count_leads=no_leads, now=NOW)
    answers = []
    for unknown in (second.id, foreign.id, 987_654):
        with pytest.raises(Invalid) as refused:
            async with crm.write() as tx:
                await service.remove(tx, ALICE, unknown, count_leads=no_leads, now=NOW)
        answers.append(refused.value.violations)

    assert answers[0] is not None
    assert [one.path for one in answers[0][0].errors] == ["id"]
    assert answers[0] == answers[1] == answers[2]
    assert (await loaded(crm, BOLT)).main().id == foreign.id


async def test_added_stages_are_numbered_between_the_others(crm: Database, main: Pipeline) -> None:
    new = [NewStage(name="Late", sort=30), NewStage(name="Early", sort=15, color="#f2f3f4")]
    async with crm.write() as tx:
        added = await stages.add_stages(tx, ALICE, main.id, new, now=NOW)

    assert [(one.name, one.sort) for one in added] == [("Late", 50), ("Early", 20)]
    shown = (await loaded(crm)).main().stages
    assert [one.name for one in shown[1:6]] == [
        "Early",
        "Initial contact",
        "Offer made",
        "Late",
        "Negotiation",
    ]


async def test_a_pipeline_has_at_most_100_stages(crm: Database, main: Pipeline) -> None:
    room = 100 - len(main.stages)
    with pytest.raises(TooManyStages):
        async with crm.write() as tx:
            await stages.add_stages(tx, ALICE, main.id, [STAGE] * (room + 1), now=NOW)
    async with crm.write() as tx:
        await stages.add_stages(tx, ALICE, main.id, [STAGE] * room, now=NOW)

    assert len((await loaded(crm)).main().stages) == 100


async def test_a_stage_is_changed_and_described(crm: Database, main: Pipeline) -> None:
    stage = main.stages[1]
    change = StageChange(
        name="Begin",
        sort=45,
        color="#F2F3F4",
        descriptions=(LevelText("newbie", "Call"), LevelText("master", "Wait")),
    )
    again = StageChange(descriptions=(LevelText("newbie", "Write"),))
    async with crm.write() as tx:
        changed = await stages.change_stage(tx, ALICE, main.id, stage.id, change, now=NOW)
    async with crm.write() as tx:
        await stages.change_stage(tx, ALICE, main.id, stage.id, again, now=NOW + 60)
    async with crm.read() as reader:
        texts = (await stages.descriptions(reader, ACME, main.id))[stage.id]

    assert (changed.name, changed.sort, changed.color) == ("Begin", 40, "#f2f3f4")
    assert [one.id for one in (await loaded(crm)).main().stages[1:5]] == [
        main.stages[n].id for n in (2, 3, 1, 4)
    ]
    assert [(one.level, one.description, one.created_at, one.updated_at) for one in texts] == [
        ("newbie", "Write", NOW, NOW + 60),
        ("master", "Wait", NOW, NOW),
    ]


@pytest.mark.parametrize(
    ("position", "change", "path"),
    [
        (0, {"name": "Mine"}, "name"),
        (0, {"sort": 500}, "sort"),
        (-1, {"color": "#f2f3f4"}, "color"),
        (-2, {"sort": 5}, "sort"),
        (1, {"color": "#123456"}, "color"),
    ],
)
async def test_what_the_system_set_stays(
    crm: Database, main: Pipeline, position: int, change: dict[str, Any], path: str
) -> None:
    stage = main.stages[position]
    same = StageChange(name=stage.name, sort=stage.sort, color=stage.color)
    with pytest.raises(Invalid) as refused:
        async with crm.write() as tx:
            await stages.change_stage(tx, ALICE, main.id, stage.id, StageChange(**change), now=NOW)
    async with crm.write() as tx:
        assert await stages.change_stage(tx, ALICE, main.id, stage.id, same, now=NOW) == stage

    assert refused.value.violations is not None
    assert [one.path for one in refused.value.violations[0].errors] == [path]
    assert (await loaded(crm)).main() == main


async def test_a_closed_stage_can_be_renamed_in_its_own_pipeline(
    crm: Database, main: Pipeline, second: Pipeline
) -> None:
    async with crm.write() as tx:
        await stages.change_stage(tx, ALICE, main.id, WON, StageChange(name="Paid"), now=NOW)

    pipelines = await loaded(crm)
    assert [one.stages[-2].name for one in pipelines.all] == ["Paid", "Closed - won"]


async def test_the_leads_of_a_removed_stage_move_to_the_first_that_is_left(
    crm: Database, main: Pipeline
) -> None:
    moved: list[tuple[int, ...]] = []

    async def move(
        tx: Transaction, account_id: int, pipeline_id: int, from_stage: int, to_stage: int
    ) -> None:
        moved.append((account_id, pipeline_id, from_stage, to_stage))

    first, next_one = main.stages[1], main.stages[2]
    described = StageChange(descriptions=(LevelText("newbie", "Call"),))
    async with crm.write() as tx:
        await stages.change_stage(tx, ALICE, main.id, first.id, described, now=NOW)
    async with crm.write() as tx:
        await stages.remove_stage(tx, ALICE, main.id, first.id, move_leads=move, now=NOW)
    async with crm.read() as reader:
        assert await stages.descriptions(reader, ACME, main.id) == {}

    assert moved == [(ACME, main.id, first.id, next_one.id)]
    left = (await loaded(crm)).main()
    assert left.find(first.id) is None
    assert [one.sort for one in left.stages] == [10, 20, 30, 40, 10_000, 11_000]


async def test_a_pipeline_keeps_its_system_stages_and_one_more(
    crm: Database, main: Pipeline
) -> None:
    async def remove(stage_id: int) -> None:
        async with crm.write() as tx:
            await stages.remove_stage(
                tx, ALICE, main.id, stage_id, move_leads=move_nothing, now=NOW
            )

    for system in (main.stages[0].id, WON, LOST):
        with pytest.raises(Invalid):
            await remove(system)
    for regular in main.stages[1:-3]:
        await remove(regular.id)
    with pytest.raises(LastStage):
        await remove(main.stages[-3].id)

    assert len((await loaded(crm)).main().stages) == 4


async def test_a_stage_of_another_pipeline_is_not_found(
    crm: Database, main: Pipeline, second: Pipeline
) -> None:
    with pytest.raises(StageNotFound):
        async with crm.write() as tx:
            await stages.change_stage(
                tx, ALICE, main.id, second.stages[1].id, StageChange(name="x"), now=NOW
            )
    with pytest.raises(PipelineNotFound):
        async with crm.write() as tx:
            await stages.add_stages(tx, ALICE, 987_654, [STAGE], now=NOW)


WRITES: dict[str, Callable[[Transaction, Any, Pipeline], Awaitable[object]]] = {
    "add": lambda tx, who, one: service.add(tx, who, [NEW], now=NOW),
    "change": lambda tx, who, one: service.change(
        tx, who, one.id, PipelineChange(name="x"), now=NOW
    ),
    "remove": lambda tx, who, one: service.remove(tx, who, one.id, count_leads=no_leads, now=NOW),
    "add_stages": lambda tx, who, one: stages.add_stages(tx, who, one.id, [STAGE], now=NOW),
    "change_stage": lambda tx, who, one: stages.change_stage(
        tx, who, one.id, one.stages[1].id, StageChange(name="x"), now=NOW
    ),
    "remove_stage": lambda tx, who, one: stages.remove_stage(
        tx, who, one.id, one.stages[1].id, move_leads=move_nothing, now=NOW
    ),
}


@pytest.mark.parametrize("write", list(WRITES))
async def test_only_the_accounts_administrators_write(
    crm: Database, main: Pipeline, second: Pipeline, write: str
) -> None:
    before = (await loaded(crm)).all
    with pytest.raises(Forbidden, match="Insufficient rights"):
        async with crm.write() as tx:
            await WRITES[write](tx, BOB, second)
    if write != "add":
        with pytest.raises((Invalid, PipelineNotFound)):
            async with crm.write() as tx:
                await WRITES[write](tx, CHARLIE, second)
    assert (await loaded(crm)).all == before

    async with crm.write() as tx:
        await WRITES[write](tx, ALICE, second)
    assert (await loaded(crm)).all != before
