"""The SQL of leads that is not every entity's."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from grantway.crm.entities.conditions import between, either
from grantway.crm.entities.model import Condition
from grantway.crm.entities.store import any_of, like
from grantway.crm.leads.model import LeadQuery
from grantway.db import Reader, Transaction

ADD = """
insert into leads (account_id, id, name, price_minor, responsible_user_id, pipeline_id, status_id,
                   loss_reason_id, source_id, created_by, updated_by, created_at, updated_at,
                   closed_at, closest_task_at, is_deleted, visitor_uid, tag_ids, field_values,
                   search_text, document_epoch, document)
values (:account_id, :id, :name, :price_minor, :responsible_user_id, :pipeline_id, :status_id,
        :loss_reason_id, :source_id, :created_by, :updated_by, :created_at, :updated_at,
        :closed_at, :closest_task_at, :is_deleted, :visitor_uid, :tag_ids, :field_values,
        :search_text, :document_epoch, :document)
"""
CHANGE = """
update leads set
    name = :name, price_minor = :price_minor, responsible_user_id = :responsible_user_id,
    pipeline_id = :pipeline_id, status_id = :status_id, loss_reason_id = :loss_reason_id,
    source_id = :source_id, created_by = :created_by, updated_by = :updated_by,
    created_at = :created_at, updated_at = :updated_at, closed_at = :closed_at,
    closest_task_at = :closest_task_at, is_deleted = :is_deleted, visitor_uid = :visitor_uid,
    tag_ids = :tag_ids, field_values = :field_values, search_text = :search_text,
    document_epoch = :document_epoch, document = :document
 where account_id = :account_id and id = :id
"""


def conditions(query: LeadQuery) -> list[Condition]:
    """Return what the query restricts that only leads have."""
    found: list[Condition] = []
    if query.pipeline_ids is not None:
        found.append(any_of("pipeline_id", query.pipeline_ids))
    if query.price is not None:
        found.append(between("price_minor", query.price))
    if query.closed_at is not None:
        found.append(between("closed_at", query.closed_at))
    if query.stages is not None:
        # SQLite would rather read a whole stage than look up the few that are named; of an
        # expression it has no index.
        pipeline = "pipeline_id" if query.ids is None else "coalesce(pipeline_id, null)"
        found.append(either(stage_alternatives(query.stages, pipeline)))
    return found


def with_contacts_containing(texts: Sequence[str]) -> list[Condition]:
    """Return, for each of *texts*, the condition that a contact of the lead contains it."""
    return [
        Condition(
            rf"""id in (
                select links.from_id from links
                  join contacts on contacts.account_id = links.account_id
                               and contacts.id = links.to_id
                 where links.account_id = :account_id and links.from_type = 'leads'
                   and links.to_type = 'contacts' and not contacts.is_deleted
                   and contacts.search_text like :contact_{n} escape '\'
            )""",
            {f"contact_{n}": like(text)},
        )
        for n, text in enumerate(texts)
    ]


def stage_alternatives(
    stages: Sequence[tuple[int, int]], pipeline: str = "pipeline_id"
) -> list[Condition]:
    """Return a condition for each stage; no lead meets two."""
    return [
        Condition(
            f"{pipeline} = :pipeline_{n} and status_id = :status_{n}",
            {f"pipeline_{n}": pipeline_id, f"status_{n}": status_id},
        )
        for n, (pipeline_id, status_id) in enumerate(stages)
    ]


def outside(stages: Collection[tuple[int, int]]) -> list[Condition]:
    """Return a condition for each pipeline that leaves out the leads in its stages.

    Few conditions, for each part that a list is put together of repeats them.
    """
    of_pipelines: dict[int, list[int]] = {}
    for pipeline_id, status_id in sorted(stages):
        of_pipelines.setdefault(pipeline_id, []).append(status_id)
    return [
        Condition(
            f"not (pipeline_id = :no_pipeline_{n} and status_id in (:no_statuses_{n}))",
            {f"no_pipeline_{n}": pipeline_id, f"no_statuses_{n}": status_ids},
        )
        for n, (pipeline_id, status_ids) in enumerate(of_pipelines.items())
    ]


async def count_leads_of_pipeline(reader: Reader, account_id: int, pipeline_id: int) -> int:
    """Return how many leads, binned ones as well, the pipeline holds; a thousand are enough."""
    count: int = await reader.value(
        """
        select count(*) from (
            select 1 from leads
             where account_id = :account_id and pipeline_id = :pipeline_id limit 1000
        ) held
        """,
        account_id=account_id,
        pipeline_id=pipeline_id,
    )
    return count


async def count_leads_of_loss_reason(reader: Reader, account_id: int, reason_id: int) -> int:
    """Return how many leads, binned ones as well, name the reason; a thousand are enough."""
    count: int = await reader.value(
        """
        select count(*) from (
            select 1 from leads
             where account_id = :account_id and loss_reason_id = :reason_id limit 1000
        ) held
        """,
        account_id=account_id,
        reason_id=reason_id,
    )
    return count


async def move_leads(
    tx: Transaction, account_id: int, pipeline_id: int, from_stage: int, to_stage: int
) -> int:
    """Put every lead of a stage into another one; their documents are rendered again when read."""
    return await tx.sweep(
        """
        update leads set status_id = :to_stage, document_epoch = -1
         where account_id = :account_id and pipeline_id = :pipeline_id and status_id = :from_stage
        """,
        account_id=account_id,
        pipeline_id=pipeline_id,
        from_stage=from_stage,
        to_stage=to_stage,
    )
