"""`/api/v4/leads/pipelines/{pipeline_id}/statuses` (contract: api-v4.md 3.5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from msgspec import UNSET, UnsetType

from grantway.api.v4.collection import in_address, links
from grantway.api.v4.resources import WRITES, Asked, Resource, Sent
from grantway.asgi.operations import Call, Operation, Parameter
from grantway.asgi.schemas import Links
from grantway.crm.leads import moving
from grantway.crm.pipelines import service, stages
from grantway.crm.pipelines.errors import StageNotFound
from grantway.crm.pipelines.model import REGULAR_TYPE, WON, Description, Stage
from grantway.crm.pipelines.wire import (
    CHANGED_STAGE,
    NEW_STAGE,
    NewStage,
    StageChange,
    new_stage,
    stage_change,
)
from grantway.db import Database, Reader, Transaction

PATH = "/api/v4/leads/pipelines/{pipeline_id}/statuses"
_WITH = (
    Parameter(
        "with",
        "`descriptions`: what people of each level should do in the stage.",
        {"type": "string"},
        "descriptions",
    ),
)
_NO_PIPELINE = {404: "The account has no such pipeline."}
_NO_STAGE = {404: "The account has no such pipeline, or the pipeline no such stage."}
_NEW = Sent(NEW_STAGE, new_stage, {"name": "Contract sent", "sort": 50, "color": "#deff81"})
_CHANGED = Sent(CHANGED_STAGE, stage_change, {"name": "Paid in full"})
FIRST = Stage(1, 1002, "Initial contact", 20, "#fffeb2", REGULAR_TYPE, is_editable=True)


class DescriptionShown(msgspec.Struct, frozen=True, kw_only=True):
    """What people of one level of experience should do in a stage. Moments are in UTC."""

    id: int
    account_id: int
    created_at: str
    updated_at: str
    created_by: int
    updated_by: int
    pipeline_id: int
    status_id: int
    level: str
    description: str


class StageShown(msgspec.Struct, frozen=True, kw_only=True):
    """A stage of a pipeline. `type` is 1 where incoming leads wait, and 0 everywhere else."""

    id: int
    name: str
    sort: int
    is_editable: bool
    pipeline_id: int
    color: str
    type: int
    account_id: int
    descriptions: list[DescriptionShown] | UnsetType = UNSET
    request_id: str | UnsetType = UNSET
    _links: Links


def shown(
    stage: Stage,
    account_id: int,
    origin: str,
    *,
    descriptions: Sequence[Description] | None = None,
    request_id: str | UnsetType = UNSET,
) -> StageShown:
    """Return the stage as the API prints it."""
    path = PATH.format(pipeline_id=stage.pipeline_id)
    return StageShown(
        id=stage.id,
        name=stage.name,
        sort=stage.sort,
        is_editable=stage.is_editable,
        pipeline_id=stage.pipeline_id,
        color=stage.color,
        type=stage.type,
        account_id=account_id,
        descriptions=(
            UNSET if descriptions is None else [_described(one, account_id) for one in descriptions]
        ),
        request_id=request_id,
        _links=links(f"{origin}{path}/{stage.id}"),
    )


def _described(one: Description, account_id: int) -> DescriptionShown:
    return DescriptionShown(
        id=one.id,
        account_id=account_id,
        created_at=_date_time(one.created_at),
        updated_at=_date_time(one.updated_at),
        created_by=one.created_by,
        updated_by=one.updated_by,
        pipeline_id=one.pipeline_id,
        status_id=one.stage_id,
        level=one.level,
        description=one.description,
    )


def _date_time(moment: int) -> str:
    return dt.datetime.fromtimestamp(moment, dt.UTC).strftime("%Y-%m-%d %H:%M:%S")


class DescribedStage(NamedTuple):
    """A stage, and its descriptions where they were asked for."""

    stage: Stage
    descriptions: Sequence[Description] | None = None


def operations(db: Database) -> list[Operation]:
    """Return the rows of the table."""
    of_pipeline = Resource(
        db=db,
        path=PATH,
        one="stage",
        many="stages",
        embedded="statuses",
        tag="Stages",
        scope="crm",
        for_administrators=WRITES,
        shown=_shown,
        example=DescribedStage(FIRST),
        ids=[
            in_address("The pipeline.", "pipeline_id"),
            in_address("The stage; 142 is won and 143 is lost.", example=WON),
        ],
    )
    return [
        of_pipeline.list_whole(
            _list,
            may_be_empty=False,
            summary="List the stages of a pipeline",
            about="The stages in their order. The one of incoming leads is among them "
            "while the pipeline has it switched on.",
            parameters=_WITH,
            refuses=_NO_PIPELINE,
        ),
        of_pipeline.get(
            _get,
            summary="Get one stage",
            about="One stage of a pipeline, without an envelope.",
            parameters=_WITH,
            refuses=_NO_STAGE,
        ),
        of_pipeline.add(
            _NEW,
            _add,
            summary="Add stages",
            about="Adds stages to a pipeline. All its regular stages are numbered anew, "
            "so `sort` in the answer may differ from the one sent.",
            parameters=_WITH,
            refuses=_NO_PIPELINE | {422: "The pipeline would have more than 100 stages."},
        ),
        of_pipeline.change_one(
            _CHANGED,
            _change,
            summary="Change a stage",
            about="Changes what is sent and leaves the rest. Of the closed stages only the "
            "name can be changed.",
            parameters=_WITH,
            refuses=_NO_STAGE,
        ),
        of_pipeline.remove(
            _remove,
            summary="Remove a stage",
            about="Removes a stage; its leads move to the first of the stages that are left. "
            "The closed stages and the one of incoming leads stay.",
            refuses=_NO_STAGE | {422: "It is the last regular stage of the pipeline."},
        ),
    ]


async def _list(reader: Reader, call: Call) -> Sequence[DescribedStage]:
    pipeline = await service.get(reader, call.account_id, call.ids["pipeline_id"])
    return await _with_descriptions(reader, call, pipeline.visible_stages)


async def _get(reader: Reader, call: Call) -> DescribedStage:
    pipeline = await service.get(reader, call.account_id, call.ids["pipeline_id"])
    stage = pipeline.find(call.ids["id"])
    if stage not in pipeline.visible_stages or stage is None:
        raise StageNotFound(why=f"stage {call.ids['id']} of pipeline {pipeline.id}")
    (described,) = await _with_descriptions(reader, call, [stage])
    return described


async def _add(tx: Transaction, call: Call, wanted: list[NewStage]) -> Sequence[DescribedStage]:
    added = await stages.add_stages(tx, call.actor, call.ids["pipeline_id"], wanted, now=call.now)
    return await _with_descriptions(tx, call, added)


async def _change(tx: Transaction, call: Call, wanted: StageChange) -> DescribedStage:
    changed = await stages.change_stage(
        tx, call.actor, call.ids["pipeline_id"], call.ids["id"], wanted, now=call.now
    )
    (described,) = await _with_descriptions(tx, call, [changed])
    return described


async def _remove(tx: Transaction, call: Call) -> None:
    await stages.remove_stage(
        tx,
        call.actor,
        call.ids["pipeline_id"],
        call.ids["id"],
        move_leads=moving.move_leads,
        now=call.now,
    )


async def _with_descriptions(
    reader: Reader, call: Call, found: Sequence[Stage]
) -> Sequence[DescribedStage]:
    if "descriptions" not in call.query.with_:
        return [DescribedStage(stage) for stage in found]
    known = await stages.descriptions(reader, call.account_id, call.ids["pipeline_id"])
    return [DescribedStage(stage, known.get(stage.id, [])) for stage in found]


def _shown(one: DescribedStage, asked: Asked) -> StageShown:
    return shown(
        one.stage,
        asked.account_id,
        asked.origin,
        descriptions=one.descriptions,
        request_id=asked.request_id,
    )
