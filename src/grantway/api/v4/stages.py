"""`/api/v4/leads/pipelines/{pipeline_id}/statuses` (contract: api-v4.md 3.5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec
from msgspec import UNSET, UnsetType

from grantway.api.v4.collection import links, values_of_one
from grantway.asgi.answers import NO_CONTENT, Answer, hal
from grantway.asgi.bodies import Body
from grantway.asgi.operations import Call, Operation, Parameter
from grantway.asgi.schemas import EXAMPLE_ORIGIN, Links, Single, told, whole
from grantway.crm.leads import moving
from grantway.crm.pipelines import service, stages
from grantway.crm.pipelines.errors import StageNotFound
from grantway.crm.pipelines.model import REGULAR_TYPE, WON, Description, Stage
from grantway.crm.pipelines.wire import CHANGED_STAGE, NEW_STAGE, new_stage, stage_change
from grantway.db import Database, Reader

PATH = "/api/v4/leads/pipelines/{pipeline_id}/statuses"
_TAG = "Stages"
_ID = {"type": "integer", "minimum": 1}
_PARAMETERS = (
    Parameter(
        "with",
        "`descriptions`: what people of each level should do in the stage.",
        {"type": "string"},
        "descriptions",
    ),
    Parameter("pipeline_id", "The pipeline.", _ID, 1),
)
_OF_ONE = (*_PARAMETERS, Parameter("id", "The stage; 142 is won and 143 is lost.", _ID, WON))
_NO_PIPELINE = {404: "The account has no such pipeline."}
_NO_STAGE = {404: "The account has no such pipeline, or the pipeline no such stage."}


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


FIRST = Stage(1, 1002, "Initial contact", 20, "#fffeb2", REGULAR_TYPE, is_editable=True)
_EXAMPLE = shown(FIRST, 1, EXAMPLE_ORIGIN)
_WRITTEN = shown(FIRST, 1, EXAMPLE_ORIGIN, request_id="0")


class Stages:
    """The operations on stages."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def operations(self) -> list[Operation]:
        """Return the rows of the table."""
        return [
            Operation(
                method="GET",
                path=PATH,
                call=self.list_stages,
                scope="crm",
                tag=_TAG,
                summary="List the stages of a pipeline",
                about="The stages in their order. The one of incoming leads is among them "
                "while the pipeline has it switched on.",
                parameters=_PARAMETERS,
                returns={200: whole("statuses", StageShown, _EXAMPLE)},
                refuses=_NO_PIPELINE,
            ),
            Operation(
                method="GET",
                path=PATH + "/{id}",
                call=self.get_stage,
                scope="crm",
                tag=_TAG,
                summary="Get one stage",
                about="One stage of a pipeline, without an envelope.",
                parameters=_OF_ONE,
                returns={200: Single(StageShown, _EXAMPLE)},
                refuses=_NO_STAGE,
            ),
            Operation(
                method="POST",
                path=PATH,
                call=self.add_stages,
                scope="crm",
                for_administrators=True,
                tag=_TAG,
                summary="Add stages",
                about="Adds stages to a pipeline. All its regular stages are numbered anew, "
                "so `sort` in the answer may differ from the one sent.",
                parameters=_PARAMETERS,
                body=Body(
                    shape=NEW_STAGE,
                    many=True,
                    example=[{"name": "Contract sent", "sort": 50, "color": "#deff81"}],
                ),
                returns={200: told("statuses", StageShown, _WRITTEN)},
                refuses=_NO_PIPELINE | {422: "The pipeline would have more than 100 stages."},
            ),
            Operation(
                method="PATCH",
                path=PATH + "/{id}",
                call=self.change_stage,
                scope="crm",
                for_administrators=True,
                tag=_TAG,
                summary="Change a stage",
                about="Changes what is sent and leaves the rest. Of the closed stages only the "
                "name can be changed.",
                parameters=_OF_ONE,
                body=Body(shape=CHANGED_STAGE, many=False, example={"name": "Paid in full"}),
                returns={200: Single(StageShown, _WRITTEN)},
                refuses=_NO_STAGE,
            ),
            Operation(
                method="DELETE",
                path=PATH + "/{id}",
                call=self.remove_stage,
                scope="crm",
                for_administrators=True,
                tag=_TAG,
                summary="Remove a stage",
                about="Removes a stage; its leads move to the first of the stages that are left. "
                "The closed stages and the one of incoming leads stay.",
                parameters=_OF_ONE[1:],
                returns={204: None},
                refuses=_NO_STAGE | {422: "It is the last regular stage of the pipeline."},
            ),
        ]

    async def list_stages(self, call: Call) -> Answer:
        """Answer the visible stages of a pipeline."""
        pipeline_id = call.ids["pipeline_id"]
        async with self._db.read() as reader:
            pipeline = await service.get(reader, call.account_id, pipeline_id)
            answered = await self._all_shown(reader, call, pipeline.visible_stages)
        return hal(
            {
                "_total_items": len(answered),
                "_links": links(call.origin + PATH.format(pipeline_id=pipeline_id)),
                "_embedded": {"statuses": answered},
            }
        )

    async def get_stage(self, call: Call) -> Answer:
        """Answer one stage; 404 when the pipeline has none with this id."""
        async with self._db.read() as reader:
            pipeline = await service.get(reader, call.account_id, call.ids["pipeline_id"])
            stage = pipeline.find(call.ids["id"])
            if stage not in pipeline.visible_stages or stage is None:
                raise StageNotFound(why=f"stage {call.ids['id']} of pipeline {pipeline.id}")
            (answered,) = await self._all_shown(reader, call, [stage])
        return hal(answered)

    async def add_stages(self, call: Call) -> Answer:
        """Add one stage or many, all or none."""
        wanted = [new_stage(item.values, item.request_id) for item in call.items]
        async with self._db.write() as tx:
            added = await stages.add_stages(
                tx, call.actor, call.ids["pipeline_id"], wanted, now=call.now
            )
            answered = await self._all_shown(tx, call, added, [one.request_id for one in wanted])
        return hal({"_total_items": len(answered), "_embedded": {"statuses": answered}})

    async def change_stage(self, call: Call) -> Answer:
        """Change one stage."""
        (item,) = call.items
        wanted = stage_change(values_of_one(item, call.ids["id"]), item.request_id)
        async with self._db.write() as tx:
            changed = await stages.change_stage(
                tx, call.actor, call.ids["pipeline_id"], call.ids["id"], wanted, now=call.now
            )
            (answered,) = await self._all_shown(tx, call, [changed], [item.request_id])
        return hal(answered)

    async def remove_stage(self, call: Call) -> Answer:
        """Remove one stage and put its leads into the first one."""
        async with self._db.write() as tx:
            await stages.remove_stage(
                tx,
                call.actor,
                call.ids["pipeline_id"],
                call.ids["id"],
                move_leads=moving.move_leads,
                now=call.now,
            )
        return NO_CONTENT

    async def _all_shown(
        self,
        reader: Reader,
        call: Call,
        found: Sequence[Stage],
        request_ids: Sequence[str | UnsetType] = (),
    ) -> list[StageShown]:
        described: dict[int, list[Description]] | None = None
        if "descriptions" in call.query.with_:
            described = await stages.descriptions(reader, call.account_id, call.ids["pipeline_id"])
        return [
            shown(
                stage,
                call.account_id,
                call.origin,
                descriptions=None if described is None else described.get(stage.id, []),
                request_id=request_id,
            )
            for stage, request_id in zip(found, request_ids or [UNSET] * len(found), strict=True)
        ]
