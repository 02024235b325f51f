"""What may be asked of pipelines; the use cases of single stages stand in `stages`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from msgspec import UNSET
from msgspec.structs import replace

from grantway import audit
from grantway.accounts.actor import Actor
from grantway.audit import Event
from grantway.crm.pipelines import store
from grantway.crm.pipelines.errors import (
    LastPipeline,
    PipelineHoldsLeads,
    PipelineNotFound,
    TooManyPipelines,
    TooManyStages,
)
from grantway.crm.pipelines.model import (
    COLORS,
    MOST_PIPELINES,
    MOST_STAGES,
    REGULAR_TYPE,
    Pipeline,
    Pipelines,
    Stage,
    renumbered,
    system_stages,
)
from grantway.crm.pipelines.stages import describe
from grantway.crm.pipelines.wire import NewPipeline, NewStage, PipelineChange
from grantway.db import Reader, Transaction
from grantway.kernel.errors import not_supported_choice, refuse

CountLeads = Callable[[Reader, int, int], Awaitable[int]]
"""Counts the leads, binned ones included, of (account, pipeline)."""

_FIRST_STAGES = (
    NewStage(name="Initial contact", sort=20, color="#98cbff"),
    NewStage(name="Offer made", sort=30, color="#fff000"),
    NewStage(name="Negotiation", sort=40, color="#ffce5a"),
    NewStage(name="Contract sent", sort=50, color="#deff81"),
)


async def load(reader: Reader, account_id: int) -> Pipelines:
    """Return all pipelines of the account."""
    return Pipelines(await store.list_pipelines(reader, account_id))


async def get(reader: Reader, account_id: int, pipeline_id: int) -> Pipeline:
    """Return one pipeline; raise PipelineNotFound when the account has none with this id."""
    pipeline = (await load(reader, account_id)).find(pipeline_id)
    if pipeline is None:
        raise PipelineNotFound(why=f"pipeline {pipeline_id}")
    return pipeline


async def create_default(tx: Transaction, account_id: int, now: int) -> Pipeline:
    """Give a new account its main pipeline."""
    new = NewPipeline(name="Sales pipeline", sort=1, is_main=True, is_unsorted_on=True)
    return await _create(tx, account_id, new, user_id=0, now=now)


async def add(
    tx: Transaction, actor: Actor, new: Sequence[NewPipeline], *, now: int
) -> list[Pipeline]:
    """Add pipelines and return them in that order; administrators only.

    A new main pipeline takes the place of the old one. One without stages gets
    the usual ones.
    """
    actor.must_administer()
    await store.lock_pipelines(tx, actor.account_id)
    pipelines = await load(tx, actor.account_id)
    if len(pipelines.all) + len(new) > MOST_PIPELINES:
        raise TooManyPipelines(why=f"{len(pipelines.all)} and {len(new)} more")
    created: list[Pipeline] = []
    for one in new:
        pipeline = await _create(tx, actor.account_id, one, user_id=actor.user_id, now=now)
        await _record(tx, actor, Event.PIPELINE_CHANGED, pipeline.id, now)
        if pipeline.is_main:
            # Of two main pipelines in one request, the later takes the place of the earlier.
            created = [replace(earlier, is_main=False) for earlier in created]
        created.append(pipeline)
    return created


async def _create(
    tx: Transaction, account_id: int, new: NewPipeline, *, user_id: int, now: int
) -> Pipeline:
    (pipeline_id,) = await tx.take_ids("pipeline")
    wanted = new.stages or _FIRST_STAGES
    unsorted_id, *stage_ids = await tx.take_ids("stage", 1 + len(wanted))
    system = [
        replace(one, name=new.closed_names.get(one.id, one.name))
        for one in system_stages(pipeline_id, unsorted_id)
    ]
    if len(system) + len(wanted) > MOST_STAGES:
        raise TooManyStages(why=f"{len(wanted)} in a new pipeline")
    regular = [
        Stage(
            pipeline_id,
            stage_id,
            one.name,
            one.sort,
            one.color or COLORS[n % len(COLORS)],
            REGULAR_TYPE,
            is_editable=True,
        )
        for n, (stage_id, one) in enumerate(zip(stage_ids, wanted, strict=True))
    ]
    pipeline = Pipeline(
        pipeline_id,
        new.name,
        new.sort,
        new.is_main,
        new.is_unsorted_on,
        is_archive=False,
        stages=tuple(renumbered([*system, *regular])),
    )
    if pipeline.is_main:
        await store.leave_main(tx, account_id)
    await store.put_pipeline(tx, account_id, pipeline)
    await store.put_stages(tx, account_id, pipeline.stages)
    for stage_id, one in zip(stage_ids, wanted, strict=True):
        await describe(
            tx, account_id, pipeline_id, stage_id, one.descriptions, user_id=user_id, now=now
        )
    return pipeline


async def change(
    tx: Transaction, actor: Actor, pipeline_id: int, wanted: PipelineChange, *, now: int
) -> Pipeline:
    """Change a pipeline and return it; administrators only.

    The main pipeline stays main until another one takes its place.
    """
    actor.must_administer()
    await store.lock_pipelines(tx, actor.account_id)
    old = await get(tx, actor.account_id, pipeline_id)
    if old.is_main and wanted.is_main is False:
        refuse([(wanted.request_id, [not_supported_choice("is_main")])])
    new = replace(
        old,
        name=old.name if wanted.name is UNSET else wanted.name,
        sort=old.sort if wanted.sort is UNSET else wanted.sort,
        is_main=old.is_main if wanted.is_main is UNSET else wanted.is_main,
        is_unsorted_on=(
            old.is_unsorted_on if wanted.is_unsorted_on is UNSET else wanted.is_unsorted_on
        ),
    )
    if new.is_main and not old.is_main:
        await store.leave_main(tx, actor.account_id)
    await store.put_pipeline(tx, actor.account_id, new)
    await _record(tx, actor, Event.PIPELINE_CHANGED, pipeline_id, now)
    return new


async def remove(
    tx: Transaction, actor: Actor, pipeline_id: int, *, count_leads: CountLeads, now: int
) -> None:
    """Remove a pipeline that holds no leads and is not the last; administrators only.

    *count_leads* is handed in, because leads are owned above. When the main
    pipeline goes, the first of the others becomes main. An unknown pipeline is
    one violation on `id`, with the same words for every id.
    """
    actor.must_administer()
    await store.lock_pipelines(tx, actor.account_id)
    pipelines = await load(tx, actor.account_id)
    pipeline = pipelines.find(pipeline_id)
    if pipeline is None:
        refuse([("0", [not_supported_choice("id")])])
        return
    if len(pipelines.all) == 1:
        raise LastPipeline
    held = await count_leads(tx, actor.account_id, pipeline_id)
    if held:
        raise PipelineHoldsLeads(why=f"{held} leads in pipeline {pipeline_id}")
    await store.remove_pipeline(tx, actor.account_id, pipeline_id)
    if pipeline.is_main:
        others = (one for one in pipelines.all if one.id != pipeline_id)
        successor = min(others, key=lambda one: (one.is_archive, one.sort, one.id))
        await store.put_pipeline(tx, actor.account_id, replace(successor, is_main=True))
    await _record(tx, actor, Event.PIPELINE_DELETED, pipeline_id, now)


async def _record(tx: Transaction, actor: Actor, event: Event, pipeline_id: int, now: int) -> None:
    await audit.record(tx, actor.did(event, at=now, subject=f"pipeline {pipeline_id}"))
