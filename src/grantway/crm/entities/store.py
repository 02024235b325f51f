"""The SQL that reads every kind of entity; the statements that write one stand with its kind.

Tables are named by their kind. Their common columns are those of `Entity`, and
what is rendered: `search_text`, `document` and the epoch that it is of.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Generic

import msgspec

from grantway.crm.entities.conditions import between, both, joined
from grantway.crm.entities.kind import Kind
from grantway.crm.entities.model import Condition, E, EntityQuery, Listing, Range
from grantway.crm.entities.page_store import order, page_ids
from grantway.crm.fields.service import PRESENT_EPOCH
from grantway.db import Reader, Transaction, Value


class Printed(msgspec.Struct, frozen=True):
    """An entity's document; None where it shows other rows as they no longer are."""

    id: int
    document: bytes | None


class Stored(msgspec.Struct, Generic[E], frozen=True):
    """An entity with all that is rendered of it."""

    entity: E
    search_text: str
    document: bytes


def condition(
    account_id: int, kind: Kind[E], query: EntityQuery, extra: Sequence[Condition] = ()
) -> Condition:
    """Return what the query restricts, beginning with the tenant."""
    deleted = f"is_deleted = {'true' if query.is_deleted else 'false'}"
    if query.ids is not None:
        # SQLite knows no better than to prefer an index that begins with `is_deleted` to the few
        # that are named; in this form it has none. PostgreSQL reads both forms as one.
        deleted = "is_deleted" if query.is_deleted else "not is_deleted"
    several: list[tuple[str, Sequence[int] | Sequence[str] | None]] = [
        ("id", query.ids),
        ("name", query.names),
        ("created_by", query.created_by),
        ("updated_by", query.updated_by),
        ("responsible_user_id", query.responsible_user_ids),
    ]
    ranges: list[tuple[str, Range | None]] = [
        ("created_at", query.created_at),
        ("updated_at", query.updated_at),
        ("closest_task_at", query.closest_task_at),
    ]
    found = [
        Condition("account_id = :account_id", {"account_id": account_id}),
        Condition(deleted, {}),
        *(any_of(column, wanted) for column, wanted in several if wanted is not None),
        *(between(column, ends) for column, ends in ranges if ends is not None),
        *kind.conditions(query),
        *extra,
    ]
    # Skipping some of those that are named, SQLite would read all of an index of the order.
    among = any_of("id", query.ids).sql if query.ids is not None and query.offset else ""
    return Condition(" and ".join(one.sql for one in found), joined(found), among)


def any_of(column: str, wanted: Sequence[int] | Sequence[str]) -> Condition:
    """Return the condition that *column* has one of the values."""
    if len(wanted) == 1:
        # An equality lets the order of the column behind it in an index count.
        return Condition(f"{column} = :{column}", {column: wanted[0]})
    return Condition(f"{column} in (:{column}s)", {f"{column}s": wanted})


def containing(texts: Sequence[str]) -> list[Condition]:
    """Return, for each of *texts*, the condition that an entity contains it."""
    return [
        Condition(rf"search_text like :search_{n} escape '\'", {f"search_{n}": like(text)})
        for n, text in enumerate(texts)
    ]


def like(text: str) -> str:
    r"""Return the pattern of texts that contain *text*.

    >>> like("50%")
    '%50\\%%'
    """
    escaped = text.casefold().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def user_alternatives(user_ids: Sequence[int]) -> list[Condition]:
    """Return a condition for each responsible user, for `list_printed`."""
    return [
        Condition(f"responsible_user_id = :user_{n}", {f"user_{n}": user_id})
        for n, user_id in enumerate(user_ids)
    ]


async def list_printed(
    reader: Reader,
    table: str,
    where: Condition,
    part: Listing,
    alternatives: Sequence[Condition] = (),
) -> list[Printed]:
    """Return a page of documents; the epochs of *table* go by its name.

    Whether one is out of date is asked in the same statement, of the same moment.
    With *alternatives* the rows that also meet one of them; see `page_ids`.
    """
    wanted = [both(where, one) for one in alternatives] or [where]
    chosen, sorts = wanted[0].sql, False
    if len(wanted) > 1 or wanted[0].among or part.offset:
        # Skipping rows in the index alone spares reading the documents that are skipped. What is
        # chosen is looked up by id, whatever index has the order.
        ids, sorts = page_ids(table, wanted, part), True
        chosen = f"account_id = :account_id and id in ({ids})"
    return await reader.all(
        Printed,
        f"""
        select id, case when document_epoch >= {PRESENT_EPOCH} then document end
          from {table}
         where {chosen} order by {order(part, sorts=sorts)} limit :limit
        """,
        limit=part.limit,
        offset=part.offset,
        entity_type=table,
        **joined(wanted),
    )


async def list_following(
    reader: Reader, account_id: int, table: str, after: int, until: int, limit: int
) -> list[Printed]:
    """Return the documents of the ids between both ends, binned ones as well, by id."""
    return await reader.all(
        Printed,
        f"""
        select id, case when document_epoch >= {PRESENT_EPOCH} then document end
          from {table}
         where account_id = :account_id and id > :after and id <= :until
         order by id limit :limit
        """,
        account_id=account_id,
        entity_type=table,
        after=after,
        until=until,
        limit=limit,
    )


async def find_last(reader: Reader, account_id: int, table: str) -> int:
    """Return the greatest id of the account's rows; 0 when it has none."""
    last: int | None = await reader.value(
        f"select max(id) from {table} where account_id = :account_id", account_id=account_id
    )
    return last or 0


async def list_ids(reader: Reader, kind: Kind[E], where: Condition) -> list[int]:
    """Return the ids of all entities that meet the condition."""
    # In their order: SQLite would otherwise rather read an index that has all of the account
    # than look up the few that are named.
    return await reader.column(
        f"select id from {kind.entity_type} where {where.sql} order by id", **where.values
    )


async def lock_entities(
    tx: Transaction, account_id: int, kind: Kind[E], ids: Sequence[int]
) -> None:
    """Make everybody else who changes these entities wait for this transaction."""
    await tx.lock(
        # In one order for everybody, so that two who lock the same rows do not wait in a circle.
        f"""
        select id from {kind.entity_type}
         where account_id = :account_id and id in (:ids) order by id
        """,
        account_id=account_id,
        ids=ids,
    )


async def list_entities(
    reader: Reader, account_id: int, kind: Kind[E], ids: Sequence[int]
) -> list[E]:
    """Return those of *ids* that are in the account, binned ones as well."""
    if not ids:
        return []
    columns = ", ".join(kind.entity.__struct_fields__)
    return await reader.all(
        _maker(kind),
        f"""
        select {columns} from {kind.entity_type}
         where account_id = :account_id and id in (:ids)
        """,
        account_id=account_id,
        ids=ids,
    )


@cache  # the same maker each time: what makes rows remembers it for good
def _maker(kind: Kind[Any]) -> Any:
    def entity(*row: object) -> Any:
        members = dict(zip(kind.entity.__struct_fields__, row, strict=True))
        members["is_deleted"] = bool(members["is_deleted"])
        members["tag_ids"] = _tag_ids(str(members["tag_ids"]))
        return kind.entity(**members)

    return entity


_tag_ids = msgspec.json.Decoder(tuple[int, ...]).decode


def _values(account_id: int, stored: Stored[E], epoch: int) -> dict[str, Value]:
    entity = stored.entity
    return {
        **{name: getattr(entity, name) for name in entity.__struct_fields__},
        "account_id": account_id,
        "tag_ids": msgspec.json.encode(entity.tag_ids).decode(),
        "search_text": stored.search_text,
        "document_epoch": epoch,
        "document": stored.document,
    }


async def add_entities(
    tx: Transaction, account_id: int, kind: Kind[E], entities: Sequence[Stored[E]], epoch: int
) -> None:
    """Add the entities."""
    await tx.add_many(kind.add_sql, [_values(account_id, one, epoch) for one in entities])


async def change_entities(
    tx: Transaction, account_id: int, kind: Kind[E], entities: Sequence[Stored[E]], epoch: int
) -> None:
    """Store the entities as they are now."""
    await tx.change_many(kind.change_sql, [_values(account_id, one, epoch) for one in entities])
