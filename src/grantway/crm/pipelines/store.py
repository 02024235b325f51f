"""The SQL of pipelines and stages."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from operator import attrgetter

import msgspec

from grantway.crm.pipelines.model import Description, Pipeline, Stage
from grantway.db import Reader, Transaction


class _StageRow(msgspec.Struct, frozen=True):
    """A stage, and the pipeline that it belongs to."""

    pipeline_id: int
    pipeline_name: str
    pipeline_sort: int
    is_main: bool
    is_unsorted_on: bool
    is_archive: bool
    id: int
    name: str
    sort: int
    color: str
    type: int
    is_editable: bool


async def list_pipelines(reader: Reader, account_id: int) -> list[Pipeline]:
    """Return every pipeline of the account with its stages.

    Asked in one statement, which sees one moment: between two, somebody could
    remove a pipeline and leave us with one that has no stages.
    """
    rows = await reader.all(
        _StageRow,
        """
        select p.id, p.name, p.sort, p.is_main, p.is_unsorted_on, p.is_archive,
               s.id, s.name, s.sort, s.color, s.type, s.is_editable
          from pipelines p
          join stages s on s.account_id = p.account_id and s.pipeline_id = p.id
         where p.account_id = :account_id
         order by p.id, s.sort, s.id
        """,
        account_id=account_id,
    )
    found = []
    for _, group in itertools.groupby(rows, key=attrgetter("pipeline_id")):
        of_one = list(group)
        one = of_one[0]
        found.append(
            Pipeline(
                one.pipeline_id,
                one.pipeline_name,
                one.pipeline_sort,
                one.is_main,
                one.is_unsorted_on,
                one.is_archive,
                tuple(
                    Stage(s.pipeline_id, s.id, s.name, s.sort, s.color, s.type, s.is_editable)
                    for s in of_one
                ),
            )
        )
    return found


async def lock_pipelines(tx: Transaction, account_id: int) -> None:
    """Make everybody else who changes the account's pipelines wait for this transaction.

    Which one is main, how many there are and how they are numbered is decided
    by looking at all of them.
    """
    await tx.change(
        "update pipelines set sort = sort where account_id = :account_id", account_id=account_id
    )


async def leave_main(tx: Transaction, account_id: int) -> None:
    """Make no pipeline the main one, so that another can become it."""
    await tx.change(
        "update pipelines set is_main = false where account_id = :account_id and is_main",
        account_id=account_id,
    )


async def put_pipeline(tx: Transaction, account_id: int, pipeline: Pipeline) -> None:
    """Add the pipeline, or write it over the one with its id; stages are not touched."""
    await tx.change(
        """
        insert into pipelines (account_id, id, name, sort, is_main, is_unsorted_on, is_archive)
        values (:account_id, :id, :name, :sort, :is_main, :is_unsorted_on, :is_archive)
        on conflict (account_id, id) do update
           set name = excluded.name, sort = excluded.sort, is_main = excluded.is_main,
               is_unsorted_on = excluded.is_unsorted_on, is_archive = excluded.is_archive
        """,
        account_id=account_id,
        id=pipeline.id,
        name=pipeline.name,
        sort=pipeline.sort,
        is_main=pipeline.is_main,
        is_unsorted_on=pipeline.is_unsorted_on,
        is_archive=pipeline.is_archive,
    )


async def put_stages(tx: Transaction, account_id: int, stages: Sequence[Stage]) -> None:
    """Add *stages*, or write them over those with their ids."""
    await tx.change_many(
        """
        insert into stages (account_id, pipeline_id, id, name, sort, color, type, is_editable)
        values (:account_id, :pipeline_id, :id, :name, :sort, :color, :type, :is_editable)
        on conflict (account_id, pipeline_id, id) do update
           set name = excluded.name, sort = excluded.sort, color = excluded.color
        """,
        [
            {
                "account_id": account_id,
                "pipeline_id": one.pipeline_id,
                "id": one.id,
                "name": one.name,
                "sort": one.sort,
                "color": one.color,
                "type": one.type,
                "is_editable": one.is_editable,
            }
            for one in stages
        ],
    )


async def remove_stage(tx: Transaction, account_id: int, pipeline_id: int, stage_id: int) -> None:
    """Remove the stage and its descriptions."""
    await tx.change(
        """
        delete from stage_descriptions
         where account_id = :account_id and pipeline_id = :pipeline_id and stage_id = :stage_id
        """,
        account_id=account_id,
        pipeline_id=pipeline_id,
        stage_id=stage_id,
    )
    await tx.change(
        """
        delete from stages
         where account_id = :account_id and pipeline_id = :pipeline_id and id = :stage_id
        """,
        account_id=account_id,
        pipeline_id=pipeline_id,
        stage_id=stage_id,
    )


async def remove_pipeline(tx: Transaction, account_id: int, pipeline_id: int) -> None:
    """Remove the pipeline with its stages."""
    for sql in (
        """
        delete from stage_descriptions
         where account_id = :account_id and pipeline_id = :pipeline_id
        """,
        "delete from stages where account_id = :account_id and pipeline_id = :pipeline_id",
        "delete from pipelines where account_id = :account_id and id = :pipeline_id",
    ):
        await tx.change(sql, account_id=account_id, pipeline_id=pipeline_id)


async def list_descriptions(reader: Reader, account_id: int, pipeline_id: int) -> list[Description]:
    """Return every description of the pipeline's stages, the oldest first."""
    return await reader.all(
        Description,
        """
        select id, pipeline_id, stage_id, level, description,
               created_at, created_by, updated_at, updated_by
          from stage_descriptions
         where account_id = :account_id and pipeline_id = :pipeline_id
         order by id
        """,
        account_id=account_id,
        pipeline_id=pipeline_id,
    )


async def put_descriptions(
    tx: Transaction, account_id: int, descriptions: Sequence[Description]
) -> None:
    """Add *descriptions*, or write them over those of the same stage and level."""
    await tx.change_many(
        """
        insert into stage_descriptions (account_id, id, pipeline_id, stage_id, level, description,
                                        created_at, created_by, updated_at, updated_by)
        values (:account_id, :id, :pipeline_id, :stage_id, :level, :description,
                :created_at, :created_by, :updated_at, :updated_by)
        on conflict (account_id, pipeline_id, stage_id, level) do update
           set description = excluded.description, updated_at = excluded.updated_at,
               updated_by = excluded.updated_by
        """,
        [{"account_id": account_id, **msgspec.structs.asdict(one)} for one in descriptions],
    )
