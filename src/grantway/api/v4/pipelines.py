"""`/api/v4/leads/pipelines` (contract: api-v4.md 3.4)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import UNSET, UnsetType

from grantway.api.v4 import stages
from grantway.api.v4.collection import in_address, links
from grantway.api.v4.resources import WRITES, Asked, Resource, Sent
from grantway.api.v4.stages import StageShown
from grantway.asgi.operations import Call, Operation
from grantway.asgi.schemas import Links
from grantway.crm.leads import moving
from grantway.crm.pipelines import service
from grantway.crm.pipelines.model import Pipeline, system_stages
from grantway.crm.pipelines.wire import (
    CHANGED_PIPELINE,
    NEW_PIPELINE,
    NewPipeline,
    PipelineChange,
    new_pipeline,
    pipeline_change,
)
from grantway.db import Database, Reader, Transaction

PATH = "/api/v4/leads/pipelines"
_NOT_FOUND = {404: "The account has no such pipeline."}
_NEW = Sent(
    NEW_PIPELINE,
    new_pipeline,
    {
        "name": "Repeat business",
        "sort": 2,
        "is_main": False,
        "is_unsorted_on": True,
        "_embedded": {"statuses": [{"name": "Due for renewal", "sort": 10, "color": "#fffeb2"}]},
    },
)
_CHANGED = Sent(CHANGED_PIPELINE, pipeline_change, {"name": "Direct sales", "sort": 1})
_SALES = Pipeline(
    1,
    "Sales pipeline",
    1,
    is_main=True,
    is_unsorted_on=True,
    is_archive=False,
    stages=(system_stages(1, 1001)[0], stages.FIRST, *system_stages(1, 1001)[1:]),
)


class StagesInside(msgspec.Struct, frozen=True):
    """The stages of a pipeline in their order."""

    statuses: list[StageShown]


class PipelineShown(msgspec.Struct, frozen=True, kw_only=True):
    """A pipeline with its stages, which the API calls statuses."""

    id: int
    name: str
    sort: int
    is_main: bool
    is_unsorted_on: bool
    is_archive: bool
    account_id: int
    request_id: str | UnsetType = UNSET
    _links: Links
    _embedded: StagesInside


def shown(pipeline: Pipeline, asked: Asked) -> PipelineShown:
    """Return the pipeline as the API prints it."""
    account_id, origin = asked.account_id, asked.origin
    return PipelineShown(
        id=pipeline.id,
        name=pipeline.name,
        sort=pipeline.sort,
        is_main=pipeline.is_main,
        is_unsorted_on=pipeline.is_unsorted_on,
        is_archive=pipeline.is_archive,
        account_id=account_id,
        request_id=asked.request_id,
        _links=links(f"{origin}{PATH}/{pipeline.id}"),
        _embedded=StagesInside(
            [stages.shown(one, account_id, origin) for one in pipeline.visible_stages]
        ),
    )


def operations(db: Database) -> list[Operation]:
    """Return the rows of the table."""
    pipelines = Resource(
        db=db,
        path=PATH,
        one="pipeline",
        many="pipelines",
        embedded="pipelines",
        tag="Pipelines",
        scope="crm",
        for_administrators=WRITES,
        shown=shown,
        example=_SALES,
        ids=[in_address("The pipeline.")],
    )
    return [
        pipelines.list_whole(
            _list,
            may_be_empty=False,
            summary="List pipelines",
            about="All pipelines of the account with their stages, archived ones included.",
        ),
        pipelines.get(
            _get,
            summary="Get one pipeline",
            about="One pipeline with its stages, without an envelope.",
            refuses=_NOT_FOUND,
        ),
        pipelines.add(
            _NEW,
            _add,
            summary="Add pipelines",
            about="Adds pipelines. One without stages gets the usual ones; the closed stages "
            "142 and 143 and the one of incoming leads are always there. A new main pipeline "
            "takes the place of the present one.",
            refuses={422: "There would be more than 50 pipelines, or 100 stages in one."},
        ),
        pipelines.change_one(
            _CHANGED,
            _change,
            summary="Change a pipeline",
            about="Changes what is sent and leaves the rest; something must be sent. With "
            "`is_unsorted_on` false, the stage of incoming leads is no longer shown.",
            refuses=_NOT_FOUND,
        ),
        pipelines.remove(
            _remove,
            summary="Remove a pipeline",
            about="Removes a pipeline that holds no leads. When it was the main one, the first "
            "of the others takes its place. An unknown id is refused with 400.",
            refuses={422: "The pipeline holds leads, or it is the last one."},
        ),
    ]


async def _list(reader: Reader, call: Call) -> Sequence[Pipeline]:
    return (await service.load(reader, call.account_id)).all


async def _get(reader: Reader, call: Call) -> Pipeline:
    return await service.get(reader, call.account_id, call.ids["id"])


async def _add(tx: Transaction, call: Call, wanted: list[NewPipeline]) -> Sequence[Pipeline]:
    return await service.add(tx, call.actor, wanted, now=call.now)


async def _change(tx: Transaction, call: Call, wanted: PipelineChange) -> Pipeline:
    return await service.change(tx, call.actor, call.ids["id"], wanted, now=call.now)


async def _remove(tx: Transaction, call: Call) -> None:
    await service.remove(
        tx,
        call.actor,
        call.ids["id"],
        count_leads=moving.count_leads_of_pipeline,
        now=call.now,
    )
