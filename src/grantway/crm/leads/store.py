"""The SQL of leads."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grantway.crm.fields.service import PRESENT_EPOCH
from grantway.crm.leads.model import ENTITY_TYPE, Lead, LeadQuery, Range
from grantway.db import Reader, Transaction, Value

_COLUMNS = """
id, name, price_minor, responsible_user_id, pipeline_id, status_id, loss_reason_id, source_id,
created_by, updated_by, created_at, updated_at, closed_at, closest_task_at, is_deleted,
visitor_uid, tag_ids, field_values
"""


class Printed(msgspec.Struct, frozen=True):
    """A lead's document; None where it shows other rows as they no longer are."""

    id: int
    document: bytes | None


class Condition(msgspec.Struct, frozen=True):
    """What comes after `where`, and its values."""

    sql: str
    values: dict[str, Value]


def _lead(*row: object) -> Lead:
    lead = dict(zip(Lead.__struct_fields__, row, strict=True))
    lead["is_deleted"] = bool(lead["is_deleted"])
    lead["tag_ids"] = msgspec.json.decode(str(lead["tag_ids"]), type=tuple[int, ...])
    return Lead(**lead)  # type: ignore[arg-type] # the columns are those of _COLUMNS


def condition(account_id: int, query: LeadQuery, extra: Sequence[Condition] = ()) -> Condition:
    """Return what the query restricts, beginning with the tenant."""
    deleted = f"is_deleted = {'true' if query.is_deleted else 'false'}"
    if query.ids is not None:
        # SQLite knows no better than to prefer an index that begins with `is_deleted` to the few
        # leads that are named; in this form it has none. PostgreSQL reads both forms as one.
        deleted = "is_deleted" if query.is_deleted else "not is_deleted"
    parts = ["account_id = :account_id", deleted]
    values: dict[str, Value] = {"account_id": account_id}
    several: list[tuple[str, Sequence[int] | Sequence[str] | None]] = [
        ("id", query.ids),
        ("name", query.names),
        ("pipeline_id", query.pipeline_ids),
        ("created_by", query.created_by),
        ("updated_by", query.updated_by),
        ("responsible_user_id", query.responsible_user_ids),
    ]
    ranges: list[tuple[str, Range | None]] = [
        ("price_minor", query.price),
        ("created_at", query.created_at),
        ("updated_at", query.updated_at),
        ("closed_at", query.closed_at),
        ("closest_task_at", query.closest_task_at),
    ]
    found = [
        *(_any_of(column, wanted) for column, wanted in several if wanted is not None),
        *(_between(column, ends) for column, ends in ranges if ends is not None),
        *extra,
    ]
    if query.stages is not None:
        stages = stage_alternatives(query.stages)
        either = " or ".join(f"({one.sql})" for one in stages) or "1 = 0"
        found.append(Condition(f"({either})", _joined(stages)))
    if query.search:
        found.append(
            Condition(r"search_text like :search escape '\'", {"search": like(query.search)})
        )
    return Condition(" and ".join([*parts, *(one.sql for one in found)]), values | _joined(found))


def _joined(conditions: Sequence[Condition]) -> dict[str, Value]:
    return {name: value for one in conditions for name, value in one.values.items()}


def _any_of(column: str, wanted: Sequence[int] | Sequence[str]) -> Condition:
    if len(wanted) == 1:
        # An equality lets the order of the column behind it in an index count.
        return Condition(f"{column} = :{column}", {column: wanted[0]})
    return Condition(f"{column} in (:{column}s)", {f"{column}s": wanted})


def _between(column: str, ends: Range) -> Condition:
    parts, values = ["1 = 1"], {}
    for comparison, name, end in ((">=", "least", ends.least), ("<=", "most", ends.most)):
        if end is not None:
            parts.append(f"{column} {comparison} :{column}_{name}")
            values[f"{column}_{name}"] = end
    return Condition(" and ".join(parts), dict(values))


def like(text: str) -> str:
    r"""Return the pattern of texts that contain *text*.

    >>> like("50%")
    '%50\\%%'
    """
    escaped = text.casefold().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _order(query: LeadQuery) -> str:
    direction = "desc" if query.descending else "asc"
    if query.order == "id":
        return f"id {direction}"
    return f"{query.order} {direction}, id {direction}"


def stage_alternatives(stages: Sequence[tuple[int, int]]) -> list[Condition]:
    """Return a condition for each stage, for `list_printed`."""
    return [
        Condition(
            f"pipeline_id = :pipeline_{n} and status_id = :status_{n}",
            {f"pipeline_{n}": pipeline_id, f"status_{n}": status_id},
        )
        for n, (pipeline_id, status_id) in enumerate(stages)
    ]


def user_alternatives(user_ids: Sequence[int]) -> list[Condition]:
    """Return a condition for each responsible user, for `list_printed`."""
    return [
        Condition(f"responsible_user_id = :user_{n}", {f"user_{n}": user_id})
        for n, user_id in enumerate(user_ids)
    ]


async def list_printed(
    reader: Reader, where: Condition, query: LeadQuery, alternatives: Sequence[Condition] = ()
) -> list[Printed]:
    """Return a page of documents.

    Whether one is out of date is asked in the same statement, of the same moment.
    With *alternatives* the leads that also meet one of them; no lead may meet
    two. Each is read in order from an index and the page put together of
    their first leads, however few or many meet each.
    """
    order = _order(query)
    chosen = where.sql
    values = dict(where.values)
    if alternatives:
        # Written out, it lets PostgreSQL keep one plan; in steps, it makes few statements.
        most = 1 << (query.offset + query.limit - 1).bit_length()
        several = " union all ".join(
            f"""select * from (
                select id, {query.order} from leads where {where.sql} and {one.sql}
                 order by {order} limit {most}
            ) one_{n}"""
            for n, one in enumerate(alternatives)
        )
        values |= _joined(alternatives)
        chosen = f"""account_id = :account_id and id in (
            select id from ({several}) several order by {order} limit :limit offset :offset
        )"""
    elif query.offset:
        # Skipping rows in the index alone spares reading the documents that are skipped.
        chosen = f"""account_id = :account_id and id in (
            select id from leads where {where.sql} order by {order} limit :limit offset :offset
        )"""
    return await reader.all(
        Printed,
        f"""
        select id, case when document_epoch >= {PRESENT_EPOCH} then document end
          from leads
         where {chosen} order by {order} limit :limit
        """,
        limit=query.limit,
        offset=query.offset,
        entity_type=ENTITY_TYPE,
        **values,
    )


async def lock_leads(tx: Transaction, account_id: int, ids: Sequence[int]) -> None:
    """Make everybody else who changes these leads wait for this transaction."""
    await tx.lock(
        # In one order for everybody, so that two who lock the same rows do not wait in a circle.
        "select id from leads where account_id = :account_id and id in (:ids) order by id",
        account_id=account_id,
        ids=ids,
    )


async def list_leads(reader: Reader, account_id: int, ids: Sequence[int]) -> list[Lead]:
    """Return those of *ids* that are in the account, binned ones as well."""
    if not ids:
        return []
    return await reader.all(
        _lead,  # type: ignore[arg-type] # makes a Lead of a row
        f"select {_COLUMNS} from leads where account_id = :account_id and id in (:ids)",
        account_id=account_id,
        ids=ids,
    )


def _values(
    account_id: int, lead: Lead, search_text: str, epoch: int, document: bytes
) -> dict[str, Value]:
    return {
        "account_id": account_id,
        "id": lead.id,
        "name": lead.name,
        "price_minor": lead.price_minor,
        "responsible_user_id": lead.responsible_user_id,
        "pipeline_id": lead.pipeline_id,
        "status_id": lead.status_id,
        "loss_reason_id": lead.loss_reason_id,
        "source_id": lead.source_id,
        "created_by": lead.created_by,
        "updated_by": lead.updated_by,
        "created_at": lead.created_at,
        "updated_at": lead.updated_at,
        "closed_at": lead.closed_at,
        "closest_task_at": lead.closest_task_at,
        "is_deleted": lead.is_deleted,
        "visitor_uid": lead.visitor_uid,
        "tag_ids": msgspec.json.encode(lead.tag_ids).decode(),
        "field_values": lead.field_values,
        "search_text": search_text,
        "document_epoch": epoch,
        "document": document,
    }


class StoredLead(msgspec.Struct, frozen=True):
    """A lead with all that is rendered of it."""

    lead: Lead
    search_text: str
    document: bytes


async def add_leads(
    tx: Transaction, account_id: int, leads: Sequence[StoredLead], epoch: int
) -> None:
    """Add the leads."""
    await tx.change_many(
        """
        insert into leads (account_id, id, name, price_minor, responsible_user_id, pipeline_id,
                           status_id, loss_reason_id, source_id, created_by, updated_by, created_at,
                           updated_at, closed_at, closest_task_at, is_deleted, visitor_uid, tag_ids,
                           field_values, search_text, document_epoch, document)
        values (:account_id, :id, :name, :price_minor, :responsible_user_id, :pipeline_id,
                :status_id, :loss_reason_id, :source_id, :created_by, :updated_by, :created_at,
                :updated_at, :closed_at, :closest_task_at, :is_deleted, :visitor_uid, :tag_ids,
                :field_values, :search_text, :document_epoch, :document)
        """,
        [_values(account_id, one.lead, one.search_text, epoch, one.document) for one in leads],
    )


async def change_leads(
    tx: Transaction, account_id: int, leads: Sequence[StoredLead], epoch: int
) -> None:
    """Store the leads as they are now."""
    await tx.change_many(
        """
        update leads set
            name = :name, price_minor = :price_minor, responsible_user_id = :responsible_user_id,
            pipeline_id = :pipeline_id, status_id = :status_id, loss_reason_id = :loss_reason_id,
            source_id = :source_id, created_by = :created_by, updated_by = :updated_by,
            created_at = :created_at, updated_at = :updated_at, closed_at = :closed_at,
            closest_task_at = :closest_task_at, is_deleted = :is_deleted,
            visitor_uid = :visitor_uid, tag_ids = :tag_ids, field_values = :field_values,
            search_text = :search_text, document_epoch = :document_epoch, document = :document
         where account_id = :account_id and id = :id
        """,
        [_values(account_id, one.lead, one.search_text, epoch, one.document) for one in leads],
    )


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
