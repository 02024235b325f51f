"""Reading tasks: pages of ready documents (contract: api-v4.md 4.1)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec

from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.crm.entities import reading
from grantway.crm.entities.conditions import ALL
from grantway.crm.entities.model import Condition, EntityPage
from grantway.crm.entities.reading import MOST_PARTS
from grantway.crm.tasks import store
from grantway.crm.tasks.document import render
from grantway.crm.tasks.errors import TaskNotFound
from grantway.crm.tasks.model import ENTITY_TYPES, TASK_TYPES, TaskQuery
from grantway.crm.tasks.seeing import sight
from grantway.db import Reader

T = TypeVar("T")
_TYPE_IDS = tuple(one.id for one in TASK_TYPES)
_MEMBERS = {
    "responsible_user_id": "responsible_user_ids",
    "is_completed": "is_completed",
    "entity_type": "entity_types",
}


async def page(reader: Reader, actor: Actor, query: TaskQuery) -> EntityPage:
    """Return the tasks that the actor sees, as documents."""
    visible = await sight(reader, actor, is_named=query.names_them)
    query, choices = _split(query)
    one_more = msgspec.structs.replace(query, limit=query.limit + 1)
    where = store.condition(actor.account_id, query)
    rows = await store.list_documents(reader, where, one_more, visible.parts(choices))

    async def fresh(ids: list[int]) -> dict[int, bytes]:
        seen = (await sight(reader, actor, is_named=True)).others
        return await _rendered(reader, actor.account_id, ids, seen)

    return await reading.printed(rows, query.limit, fresh)


async def following(
    reader: Reader, account_id: int, after: int, until: int, limit: int
) -> list[tuple[int, bytes]]:
    """Return ids and documents behind *after* up to *until*, by id.

    For who may read everything.
    """
    rows = await store.list_following(reader, account_id, after, until, limit)
    return await reading.complete(rows, lambda ids: _rendered(reader, account_id, ids, ALL))


async def last_id(reader: Reader, account_id: int) -> int:
    """Return the greatest id of the account's tasks; 0 without any."""
    return await store.find_last(reader, account_id)


async def find(reader: Reader, actor: Actor, task_id: int) -> bytes:
    """Return the document of one task. Raises TaskNotFound."""
    found = await page(reader, actor, TaskQuery(ids=[task_id], limit=1))
    if not found.documents:
        raise TaskNotFound(why=f"no task {task_id}")
    return found.documents[0]


async def _rendered(
    reader: Reader, account_id: int, ids: list[int], seen: Condition
) -> dict[int, bytes]:
    users = await accounts.user_groups(reader, account_id)
    tasks = await store.list_tasks(reader, account_id, ids, seen)
    return {one.id: render(one, account_id, users) for one in tasks}


def _split(query: TaskQuery) -> tuple[TaskQuery, list[Condition]]:
    """Take out of the query what an index can answer part by part, each part in order.

    Otherwise a filter that few tasks meet would be looked for in all of them.
    """
    query = msgspec.structs.replace(
        query,
        responsible_user_ids=_each_once(query.responsible_user_ids),
        task_type_ids=_known(query.task_type_ids, _TYPE_IDS),
        entity_types=_known(query.entity_types, ENTITY_TYPES),
    )
    if query.task_type_ids == list(_TYPE_IDS):
        query = msgspec.structs.replace(query, task_type_ids=None)
    choices: dict[str, Sequence[int] | Sequence[str]] = {}
    completed = (False, True) if query.is_completed is None else (query.is_completed,)
    if query.order == "complete_till":
        choices = {"is_completed": completed}
    elif query.order == "updated_at" and query.responsible_user_ids:
        choices = {"responsible_user_id": query.responsible_user_ids, "is_completed": completed}
    elif query.order == "updated_at" and query.entity_types:
        choices = {"entity_type": query.entity_types}
    count = math.prod(len(one) for one in choices.values())
    if query.names_them or not 1 < count <= MOST_PARTS:
        return query, []
    taken: dict[str, Any] = {_MEMBERS[column]: None for column in choices}
    return msgspec.structs.replace(query, **taken), store.parts(choices)


def _each_once(wanted: list[T] | None) -> list[T] | None:
    return None if wanted is None else list(dict.fromkeys(wanted))


def _known(wanted: list[T] | None, present: Sequence[T]) -> list[T] | None:
    return None if wanted is None else [one for one in present if one in wanted]
