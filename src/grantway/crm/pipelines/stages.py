"""What may be asked of the stages of a pipeline."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from msgspec import UNSET
from msgspec.structs import replace

from grantway import audit
from grantway.accounts.actor import Actor
from grantway.audit import Event
from grantway.crm.pipelines import store
from grantway.crm.pipelines.errors import (
    LastStage,
    PipelineNotFound,
    StageNotFound,
    TooManyStages,
)
from grantway.crm.pipelines.model import (
    CLOSED,
    COLORS,
    MOST_STAGES,
    REGULAR_TYPE,
    Description,
    Pipeline,
    Pipelines,
    Stage,
    renumbered,
)
from grantway.crm.pipelines.wire import LevelText, NewStage, StageChange
from grantway.db import Reader, Transaction
from grantway.kernel.errors import Violation, not_supported_choice, refuse

MoveLeads = Callable[[Transaction, int, int, int, int], Awaitable[None]]
"""Moves all leads, binned ones included, of (account, pipeline) from one stage to another."""


async def descriptions(
    reader: Reader, account_id: int, pipeline_id: int
) -> dict[int, list[Description]]:
    """Return the descriptions of a pipeline's stages, by stage."""
    found: dict[int, list[Description]] = {}
    for one in await store.list_descriptions(reader, account_id, pipeline_id):
        found.setdefault(one.stage_id, []).append(one)
    return found


async def describe(
    tx: Transaction,
    account_id: int,
    pipeline_id: int,
    stage_id: int,
    texts: Sequence[LevelText],
    *,
    user_id: int,
    now: int,
) -> None:
    """Write the descriptions of a stage; the levels that *texts* leaves out stay."""
    if not texts:
        return
    ids = await tx.take_ids("stage_description", len(texts))
    await store.put_descriptions(
        tx,
        account_id,
        [
            Description(
                description_id,
                pipeline_id,
                stage_id,
                text.level,
                text.description,
                created_at=now,
                created_by=user_id,
                updated_at=now,
                updated_by=user_id,
            )
            for description_id, text in zip(ids, texts, strict=True)
        ],
    )


async def add_stages(
    tx: Transaction, actor: Actor, pipeline_id: int, new: Sequence[NewStage], *, now: int
) -> list[Stage]:
    """Add stages to a pipeline and return them in that order; administrators only.

    All regular stages are numbered anew; a new one stands behind an old one
    with the same number.
    """
    actor.must_administer()
    pipeline = await _locked(tx, actor, pipeline_id)
    if len(pipeline.stages) + len(new) > MOST_STAGES:
        raise TooManyStages(why=f"{len(pipeline.stages)} and {len(new)} more")
    ids = await tx.take_ids("stage", len(new))
    regular = sum(one.is_editable for one in pipeline.stages)
    added = [
        Stage(
            pipeline_id,
            stage_id,
            one.name,
            one.sort,
            one.color or COLORS[(regular + n) % len(COLORS)],
            REGULAR_TYPE,
            is_editable=True,
        )
        for n, (stage_id, one) in enumerate(zip(ids, new, strict=True))
    ]
    after = renumbered([*pipeline.stages, *added])
    await store.put_stages(tx, actor.account_id, after)
    for stage_id, one in zip(ids, new, strict=True):
        await describe(
            tx,
            actor.account_id,
            pipeline_id,
            stage_id,
            one.descriptions,
            user_id=actor.user_id,
            now=now,
        )
        await _record(tx, actor, pipeline_id, stage_id, now)
    by_id = {one.id: one for one in after}
    return [by_id[stage_id] for stage_id in ids]


async def change_stage(
    tx: Transaction,
    actor: Actor,
    pipeline_id: int,
    stage_id: int,
    wanted: StageChange,
    *,
    now: int,
) -> Stage:
    """Change a stage and return it; administrators only.

    The closed stages can be renamed; nothing else of the system's stages can be
    changed. Sending back what is there is no change.
    """
    actor.must_administer()
    pipeline = await _locked(tx, actor, pipeline_id)
    old = _found(pipeline, stage_id)
    new = replace(
        old,
        name=old.name if wanted.name is UNSET else wanted.name,
        sort=old.sort if wanted.sort is UNSET else wanted.sort,
        color=_same_or(wanted, old),
    )
    refuse([(wanted.request_id, _faults(old, new))])
    # Behind the others, so that it stands after one with the same number, unless it stays there.
    others = [one for one in pipeline.stages if one.id != stage_id]
    at = pipeline.stages.index(old) if new.sort == old.sort else len(others)
    after = renumbered([*others[:at], new, *others[at:]])
    await store.put_stages(tx, actor.account_id, after)
    await describe(
        tx,
        actor.account_id,
        pipeline_id,
        stage_id,
        wanted.descriptions,
        user_id=actor.user_id,
        now=now,
    )
    await _record(tx, actor, pipeline_id, stage_id, now)
    return next(one for one in after if one.id == stage_id)


def _same_or(wanted: StageChange, old: Stage) -> str:
    if wanted.color is UNSET or wanted.color.lower() == old.color.lower():
        return old.color
    return wanted.color.lower()


def _faults(old: Stage, new: Stage) -> list[Violation]:
    may_be_named = old.is_editable or old.id in CLOSED
    faults = []
    if new.name != old.name and not may_be_named:
        faults.append(not_supported_choice("name"))
    if new.sort != old.sort and not old.is_editable:
        faults.append(not_supported_choice("sort"))
    if new.color != old.color and (not old.is_editable or new.color not in COLORS):
        faults.append(not_supported_choice("color"))
    return faults


async def remove_stage(
    tx: Transaction,
    actor: Actor,
    pipeline_id: int,
    stage_id: int,
    *,
    move_leads: MoveLeads,
    now: int,
) -> None:
    """Remove a stage; administrators only.

    Its leads move to the first stage that is left, by *move_leads*, which is
    handed in because leads are owned above. A pipeline keeps one regular stage.
    """
    actor.must_administer()
    pipeline = await _locked(tx, actor, pipeline_id)
    stage = _found(pipeline, stage_id)
    if not stage.is_editable:
        refuse([("0", [not_supported_choice("id")])])
    left = replace(pipeline, stages=tuple(one for one in pipeline.stages if one != stage))
    if not any(one.is_editable for one in left.stages):
        raise LastStage(why=f"pipeline {pipeline_id}")
    await move_leads(tx, actor.account_id, pipeline_id, stage_id, left.first_stage().id)
    await store.remove_stage(tx, actor.account_id, pipeline_id, stage_id)
    await store.put_stages(tx, actor.account_id, renumbered(left.stages))
    await _record(tx, actor, pipeline_id, stage_id, now)


async def _locked(tx: Transaction, actor: Actor, pipeline_id: int) -> Pipeline:
    await store.lock_pipelines(tx, actor.account_id)
    pipeline = Pipelines(await store.list_pipelines(tx, actor.account_id)).find(pipeline_id)
    if pipeline is None:
        raise PipelineNotFound(why=f"pipeline {pipeline_id}")
    return pipeline


def _found(pipeline: Pipeline, stage_id: int) -> Stage:
    stage = pipeline.find(stage_id)
    if stage is None:
        raise StageNotFound(why=f"stage {stage_id} of pipeline {pipeline.id}")
    return stage


async def _record(tx: Transaction, actor: Actor, pipeline_id: int, stage_id: int, now: int) -> None:
    subject = f"pipeline {pipeline_id} stage {stage_id}"
    await audit.record(tx, actor.did(Event.PIPELINE_CHANGED, at=now, subject=subject))
