"""The SQL of tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product

import msgspec

from grantway.crm.entities import store as entities
from grantway.crm.entities.conditions import between, both, joined
from grantway.crm.entities.model import Condition, Listing
from grantway.crm.entities.page_store import source
from grantway.crm.entities.store import Printed, list_printed
from grantway.crm.tasks.model import TASKS, Task, TaskQuery
from grantway.db import Reader, Transaction, Value

_COLUMNS = Task.__struct_fields__


class Moved(msgspec.Struct, frozen=True):
    """An entity whose next task is due at another moment than it says."""

    id: int
    closest_task_at: int | None


def condition(account_id: int, query: TaskQuery) -> Condition:
    """Return what the query restricts."""
    named = [
        _any_of(name, wanted)
        for name, wanted in (("id", query.ids), ("entity_id", query.entity_ids))
        if wanted is not None
    ]
    several: list[tuple[str, Sequence[int] | Sequence[str] | None]] = [
        ("responsible_user_id", query.responsible_user_ids),
        ("task_type_id", query.task_type_ids),
        ("entity_type", query.entity_types),
    ]
    found = [_any_of(name, wanted) for name, wanted in several if wanted is not None]
    if query.entity_ids is not None:
        # With both, the tasks of these entities are the few that are wanted.
        named += [one for one in found if one.sql.startswith("entity_type")]
    if query.is_completed is not None:
        found.append(Condition(f"is_completed = {_truth(query.is_completed)}", {}))
    if query.updated_at is not None:
        found.append(between("updated_at", query.updated_at))
    return both(
        Condition("account_id = :account_id", {"account_id": account_id}),
        Condition("true", joined(named), " and ".join(one.sql for one in named)),
        *found,
    )


def _any_of(name: str, wanted: Sequence[int] | Sequence[str]) -> Condition:
    if len(wanted) == 1:
        # An equality lets the order of the column behind it in an index count.
        return Condition(f"{name} = :of_{name}", {f"of_{name}": wanted[0]})
    return Condition(f"{name} in (:of_{name}s)", {f"of_{name}s": wanted})


def _truth(value: bool) -> str:  # noqa: FBT001 - says what is written, and switches nothing
    return "true" if value else "false"


def parts(choices: Mapping[str, Iterable[int | str]]) -> list[Condition]:
    """Return a condition for each way to choose a value of every column; no task meets two."""
    found = []
    for n, chosen in enumerate(product(*choices.values())):
        named = list(zip(choices, chosen, strict=True))
        literal = [f"{name} = {_truth(one)}" for name, one in named if isinstance(one, bool)]
        bound = {f"{name}_{n}": (name, one) for name, one in named if not isinstance(one, bool)}
        equal = [f"{name} = :{value}" for value, (name, _) in bound.items()]
        values: dict[str, Value] = {value: one for value, (_, one) in bound.items()}
        found.append(Condition(" and ".join([*literal, *equal]), values))
    return found


def concerns(user_id: int, responsible: Sequence[int]) -> Condition:
    """Return the condition that this user made the task, or one of these is *responsible*."""
    return Condition(
        "(created_by = :seen_by or responsible_user_id in (:seen_responsible))",
        {"seen_by": user_id, "seen_responsible": responsible},
    )


async def list_concerning(
    reader: Reader, account_id: int, concerned: Condition, most: int
) -> list[int]:
    """Return up to *most* of the tasks about nothing that concern the user, some twice."""
    return await reader.column(
        """
        select id from tasks
         where account_id = :account_id and entity_type is null and created_by = :seen_by
        union all
        select id from tasks
         where account_id = :account_id and entity_type is null
           and responsible_user_id in (:seen_responsible)
        limit :most
        """,
        account_id=account_id,
        most=most,
        **concerned.values,
    )


async def list_ids(reader: Reader, account_id: int, where: Condition, most: int) -> list[int]:
    """Return up to *most* tasks that meet the condition."""
    return await reader.column(
        f"select id from {source(TASKS, where)} and account_id = :account_id limit :most",
        account_id=account_id,
        most=most,
        **where.values,
    )


async def list_documents(
    reader: Reader, where: Condition, part: Listing, alternatives: Sequence[Condition]
) -> list[Printed]:
    """Return documents of tasks; see `entities.store.list_printed`."""
    return await list_printed(reader, TASKS, where, part, alternatives)


async def list_following(
    reader: Reader, account_id: int, after: int, until: int, limit: int
) -> list[Printed]:
    """Return the documents of the ids between both ends, by id."""
    return await entities.list_following(reader, account_id, TASKS, after, until, limit)


async def find_last(reader: Reader, account_id: int) -> int:
    """Return the greatest id of the account's tasks; 0 when it has none."""
    return await entities.find_last(reader, account_id, TASKS)


async def list_tasks(
    reader: Reader, account_id: int, ids: Sequence[int], seen: Condition
) -> list[Task]:
    """Return those of *ids* that may be *seen*."""
    return await reader.all(
        Task,
        f"""
        select {", ".join(_COLUMNS)} from tasks
         where account_id = :account_id and id in (:ids) and {seen.sql}
        """,
        account_id=account_id,
        ids=ids,
        **seen.values,
    )


async def lock_tasks(tx: Transaction, account_id: int, ids: Sequence[int]) -> None:
    """Make everybody else who changes these tasks wait for this transaction."""
    await tx.lock(
        # In one order for everybody, so that two who lock the same rows do not wait in a circle.
        "select id from tasks where account_id = :account_id and id in (:ids) order by id",
        account_id=account_id,
        ids=ids,
    )


async def list_moved(
    tx: Transaction, account_id: int, entity_type: str, ids: Sequence[int]
) -> list[Moved]:
    """Return those of the entities that say another moment than that of their next open task."""
    # In groups: the least of one entity alone would be looked for in an index of moments.
    return await tx.all(
        Moved,
        f"""
        select entities.id, next_at
          from {entity_type} entities
          left join (
            select entity_id, min(complete_till) as next_at from tasks
             where account_id = :account_id and entity_type = :entity_type
               and entity_id in (:ids) and is_completed = false
             group by entity_id
          ) due on due.entity_id = entities.id
         where entities.account_id = :account_id and entities.id in (:ids)
           and next_at is distinct from entities.closest_task_at
        """,
        account_id=account_id,
        entity_type=entity_type,
        ids=ids,
    )


def _values(account_id: int, task: Task, document: bytes, epoch: int) -> dict[str, Value]:
    return {
        **{name: getattr(task, name) for name in _COLUMNS},
        "account_id": account_id,
        "document_epoch": epoch,
        "document": document,
    }


async def add_tasks(
    tx: Transaction, account_id: int, rendered: Sequence[tuple[Task, bytes]], epoch: int
) -> None:
    """Add the tasks with their documents."""
    await tx.add_many(
        """
        insert into tasks (account_id, id, text, complete_till, task_type_id, entity_type,
                           entity_id, duration, is_completed, result, responsible_user_id,
                           created_by, updated_by, created_at, updated_at, document_epoch, document)
        values (:account_id, :id, :text, :complete_till, :task_type_id, :entity_type,
                :entity_id, :duration, :is_completed, :result, :responsible_user_id,
                :created_by, :updated_by, :created_at, :updated_at, :document_epoch, :document)
        """,
        [_values(account_id, task, document, epoch) for task, document in rendered],
    )


async def change_tasks(
    tx: Transaction, account_id: int, rendered: Sequence[tuple[Task, bytes]], epoch: int
) -> None:
    """Store the tasks as they are now."""
    await tx.change_many(
        """
        update tasks set
            text = :text, complete_till = :complete_till, task_type_id = :task_type_id,
            entity_type = :entity_type, entity_id = :entity_id, duration = :duration,
            is_completed = :is_completed, result = :result,
            responsible_user_id = :responsible_user_id, created_by = :created_by,
            updated_by = :updated_by, created_at = :created_at, updated_at = :updated_at,
            document_epoch = :document_epoch, document = :document
         where account_id = :account_id and id = :id
        """,
        [_values(account_id, task, document, epoch) for task, document in rendered],
    )
