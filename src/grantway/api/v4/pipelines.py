"""`/api/v4/leads/pipelines` (contract: api-v4.md 3.4)."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from grantway.api.v4 import stages
from grantway.api.v4.collection import links, values_of_one
from grantway.api.v4.stages import StageShown
from grantway.asgi.answers import NO_CONTENT, Answer, hal
from grantway.asgi.bodies import Body
from grantway.asgi.operations import Call, Operation, Parameter
from grantway.asgi.schemas import EXAMPLE_ORIGIN, Links, Single, told, whole
from grantway.crm.leads import moving
from grantway.crm.pipelines import service
from grantway.crm.pipelines.model import Pipeline, system_stages
from grantway.crm.pipelines.wire import (
    CHANGED_PIPELINE,
    NEW_PIPELINE,
    new_pipeline,
    pipeline_change,
)
from grantway.db import Database

PATH = "/api/v4/leads/pipelines"
_TAG = "Pipelines"
_ID = (Parameter("id", "The pipeline.", {"type": "integer", "minimum": 1}, 1),)
_NOT_FOUND = {404: "The account has no such pipeline."}
_NEW = {
    "name": "Repeat business",
    "sort": 2,
    "is_main": False,
    "is_unsorted_on": True,
    "_embedded": {"statuses": [{"name": "Due for renewal", "sort": 10, "color": "#fffeb2"}]},
}


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


def shown(
    pipeline: Pipeline, account_id: int, origin: str, request_id: str | UnsetType = UNSET
) -> PipelineShown:
    """Return the pipeline as the API prints it."""
    return PipelineShown(
        id=pipeline.id,
        name=pipeline.name,
        sort=pipeline.sort,
        is_main=pipeline.is_main,
        is_unsorted_on=pipeline.is_unsorted_on,
        is_archive=pipeline.is_archive,
        account_id=account_id,
        request_id=request_id,
        _links=links(f"{origin}{PATH}/{pipeline.id}"),
        _embedded=StagesInside(
            [stages.shown(one, account_id, origin) for one in pipeline.visible_stages]
        ),
    )


_SALES = Pipeline(
    1,
    "Sales pipeline",
    1,
    is_main=True,
    is_unsorted_on=True,
    is_archive=False,
    stages=(system_stages(1, 1001)[0], stages.FIRST, *system_stages(1, 1001)[1:]),
)
_EXAMPLE = shown(_SALES, 1, EXAMPLE_ORIGIN)
_WRITTEN = shown(_SALES, 1, EXAMPLE_ORIGIN, request_id="0")


class Pipelines:
    """The operations on pipelines."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def operations(self) -> list[Operation]:
        """Return the rows of the table."""
        return [
            Operation(
                method="GET",
                path=PATH,
                call=self.list_pipelines,
                scope="crm",
                tag=_TAG,
                summary="List pipelines",
                about="All pipelines of the account with their stages, archived ones included.",
                returns={200: whole("pipelines", PipelineShown, _EXAMPLE)},
            ),
            Operation(
                method="GET",
                path=PATH + "/{id}",
                call=self.get_pipeline,
                scope="crm",
                tag=_TAG,
                summary="Get one pipeline",
                about="One pipeline with its stages, without an envelope.",
                parameters=_ID,
                returns={200: Single(PipelineShown, _EXAMPLE)},
                refuses=_NOT_FOUND,
            ),
            Operation(
                method="POST",
                path=PATH,
                call=self.add_pipelines,
                scope="crm",
                for_administrators=True,
                tag=_TAG,
                summary="Add pipelines",
                about="Adds pipelines. One without stages gets the usual ones; the closed stages "
                "142 and 143 and the one of incoming leads are always there. A new main pipeline "
                "takes the place of the present one.",
                body=Body(shape=NEW_PIPELINE, many=True, example=[_NEW]),
                returns={200: told("pipelines", PipelineShown, _WRITTEN)},
                refuses={422: "There would be more than 50 pipelines, or 100 stages in one."},
            ),
            Operation(
                method="PATCH",
                path=PATH + "/{id}",
                call=self.change_pipeline,
                scope="crm",
                for_administrators=True,
                tag=_TAG,
                summary="Change a pipeline",
                about="Changes what is sent and leaves the rest; something must be sent. With "
                "`is_unsorted_on` false, the stage of incoming leads is no longer shown.",
                parameters=_ID,
                body=Body(
                    shape=CHANGED_PIPELINE, many=False, example={"name": "Direct sales", "sort": 1}
                ),
                returns={200: Single(PipelineShown, _WRITTEN)},
                refuses=_NOT_FOUND,
            ),
            Operation(
                method="DELETE",
                path=PATH + "/{id}",
                call=self.remove_pipeline,
                scope="crm",
                for_administrators=True,
                tag=_TAG,
                summary="Remove a pipeline",
                about="Removes a pipeline that holds no leads. When it was the main one, the first "
                "of the others takes its place. An unknown id is refused with 400.",
                parameters=_ID,
                returns={204: None},
                refuses={422: "The pipeline holds leads, or it is the last one."},
            ),
        ]

    async def list_pipelines(self, call: Call) -> Answer:
        """Answer every pipeline of the account."""
        async with self._db.read() as reader:
            pipelines = (await service.load(reader, call.account_id)).all
        return hal(
            {
                "_total_items": len(pipelines),
                "_links": links(call.origin + PATH),
                "_embedded": {
                    "pipelines": [shown(one, call.account_id, call.origin) for one in pipelines]
                },
            }
        )

    async def get_pipeline(self, call: Call) -> Answer:
        """Answer one pipeline; 404 when the account has none with this id."""
        async with self._db.read() as reader:
            pipeline = await service.get(reader, call.account_id, call.ids["id"])
        return hal(shown(pipeline, call.account_id, call.origin))

    async def add_pipelines(self, call: Call) -> Answer:
        """Add one pipeline or many, all or none."""
        wanted = [new_pipeline(item.values, item.request_id) for item in call.items]
        async with self._db.write() as tx:
            added = await service.add(tx, call.actor, wanted, now=call.now)
        answered = [
            shown(pipeline, call.account_id, call.origin, one.request_id)
            for pipeline, one in zip(added, wanted, strict=True)
        ]
        return hal({"_total_items": len(answered), "_embedded": {"pipelines": answered}})

    async def change_pipeline(self, call: Call) -> Answer:
        """Change one pipeline."""
        (item,) = call.items
        wanted = pipeline_change(values_of_one(item, call.ids["id"]), item.request_id)
        async with self._db.write() as tx:
            changed = await service.change(tx, call.actor, call.ids["id"], wanted, now=call.now)
        return hal(shown(changed, call.account_id, call.origin, item.request_id))

    async def remove_pipeline(self, call: Call) -> Answer:
        """Remove one pipeline that holds no leads."""
        async with self._db.write() as tx:
            await service.remove(
                tx,
                call.actor,
                call.ids["id"],
                count_leads=moving.count_leads_of_pipeline,
                now=call.now,
            )
        return NO_CONTENT
