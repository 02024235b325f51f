"""Writing tasks: all is checked, then all is stored, or nothing (api-v4.md 2.10, 4.1).

Everybody locks the entities that their tasks are about before the tasks: leads,
contacts, companies, tasks. Each entity says when its next task is due, in the
same transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.accounts.model import UserGroup
from grantway.crm.changes.tasks import tell_tasks
from grantway.crm.entities.drafts import people
from grantway.crm.entities.model import EntityWrite, Written
from grantway.crm.entities.reading import within_reach
from grantway.crm.entities.writing import lock, rewrite
from grantway.crm.fields import service as fields
from grantway.crm.tasks import store
from grantway.crm.tasks.document import render
from grantway.crm.tasks.model import FOLLOW_UP, TASK_TYPES, TASKS, Place, Task
from grantway.crm.tasks.seeing import KINDS, may_change, sight
from grantway.db import Overtaken, Reader, Transaction
from grantway.kernel.errors import (
    Forbidden,
    Violation,
    field_missing,
    not_supported_choice,
    refuse,
)

_AS_SENT = ("text", "complete_till", "task_type_id", "is_completed", "created_at")


class _Context(msgspec.Struct, frozen=True):
    """What tasks are checked against, read once for all of a request."""

    actor: Actor
    now: int
    users: dict[int, UserGroup]
    epoch: int


class _Draft(msgspec.Struct, frozen=True):
    """One task of a request: as it was (None: it is new), as it will be, and what is wrong."""

    request_id: str
    before: Task | None
    task: Task
    violations: list[Violation]

    @property
    def place(self) -> Place | None:
        """What the task is going to be about that it was not about before."""
        return None if self.before and self.before.place == self.task.place else self.task.place


async def _context(reader: Reader, actor: Actor, now: int) -> _Context:
    # Before the users: if one changes groups in between, documents count as older than they are.
    epoch = await fields.epoch(reader, actor.account_id, TASKS)
    return _Context(actor, now, await accounts.user_groups(reader, actor.account_id), epoch)


async def add(
    tx: Transaction, actor: Actor, writes: Sequence[EntityWrite], now: int
) -> list[Written]:
    """Add tasks and return them in the order of the request.

    Raises Invalid that names every violation of every task.
    """
    context = await _context(tx, actor, now)
    drafts = await _new(tx, context, writes)
    places = _places(drafts)
    await _lock_entities(tx, actor, places)
    await _check(tx, context, drafts)
    await store.add_tasks(tx, actor.account_id, _rendered(context, drafts), context.epoch)
    await _tell_entities(tx, actor, places)
    await tell_tasks(tx, actor, [(None, one.task) for one in drafts], now)
    return [_written(one) for one in drafts]


async def checked(
    tx: Transaction,
    actor: Actor,
    writes: Sequence[EntityWrite],
    users: dict[int, UserGroup],
    now: int,
) -> list[tuple[Task, list[Violation]]]:
    """Return what new tasks would be, and what is wrong with each but for what it is about."""
    drafts = await _new(tx, _Context(actor, now, users, epoch=0), writes)
    return [(one.task, one.violations) for one in drafts]


async def adopt(tx: Transaction, actor: Actor, tasks: Sequence[Task], now: int) -> None:
    """Store new tasks that are checked; entities say when their next one is due.

    Nobody is told of them.
    """
    context = await _context(tx, actor, now)
    places = frozenset(one.place for one in tasks if one.place is not None)
    await _lock_entities(tx, actor, places)
    rendered = [(one, render(one, actor.account_id, context.users)) for one in tasks]
    await store.add_tasks(tx, actor.account_id, rendered, context.epoch)
    await _tell_entities(tx, actor, places)


async def change(
    tx: Transaction, actor: Actor, writes: Sequence[EntityWrite], now: int
) -> list[Written]:
    """Change tasks, each named by `id` in its values; fields not sent stay as they are.

    Raises Forbidden, and Invalid that names every violation of every task.
    """
    account_id = actor.account_id
    context = await _context(tx, actor, now)
    visible = (await sight(tx, actor, is_named=True)).others
    wanted = sorted({write.values["id"] for write in writes})
    present = await store.list_tasks(tx, account_id, wanted, visible)
    places = _places(_drafts(context, writes, present))
    await _lock_entities(tx, actor, places)
    # Whole rows are written back: nobody may change them between our reading and our writing.
    await store.lock_tasks(tx, account_id, wanted)
    present = await store.list_tasks(tx, account_id, wanted, visible)
    there = {one.id for one in present}
    refuse(
        (write.request_id, [not_supported_choice("id")])
        for write in writes
        if write.values["id"] not in there
    )
    drafts = _drafts(context, writes, present)
    if _places(drafts) != places:
        # Entities come before tasks, so those that are wrong now cannot be locked any more.
        raise Overtaken("a task was put to another entity meanwhile")
    if not all(may_change(actor, one, context.users) for one in present):
        raise Forbidden
    await _check(tx, context, drafts)
    await store.change_tasks(tx, account_id, _rendered(context, drafts), context.epoch)
    await _tell_entities(tx, actor, places)
    after = {one.task.id: one.task for one in drafts}
    await tell_tasks(tx, actor, [(one, after[one.id]) for one in present], now)
    return [_written(one) for one in drafts]


async def _new(tx: Transaction, context: _Context, writes: Sequence[EntityWrite]) -> list[_Draft]:
    ids = await tx.take_ids("task", len(writes))
    return [
        _draft(context, write, _blank(context, task_id), is_new=True)
        for task_id, write in zip(ids, writes, strict=True)
    ]


def _drafts(
    context: _Context, writes: Sequence[EntityWrite], present: Iterable[Task]
) -> list[_Draft]:
    """Return what the request makes of those tasks that are *present*."""
    tasks = {one.id: one for one in present}
    drafts = []
    for write in writes:
        before = tasks.get(write.values["id"])
        if before is None:
            continue
        draft = _draft(context, write, before, is_new=False)
        # The same one once more in the request begins where this write leaves it.
        tasks[before.id] = draft.task
        drafts.append(draft)
    return drafts


def _blank(context: _Context, task_id: int) -> Task:
    user_id, now = context.actor.user_id, context.now
    return Task(
        id=task_id,
        text="",
        complete_till=now,
        task_type_id=FOLLOW_UP.id,
        entity_type=None,
        entity_id=None,
        duration=0,
        is_completed=False,
        result=None,
        responsible_user_id=user_id,
        created_by=user_id,
        updated_by=user_id,
        created_at=now,
        updated_at=now,
    )


def _draft(context: _Context, write: EntityWrite, before: Task, *, is_new: bool) -> _Draft:
    values = write.values
    violations: list[Violation] = []
    changes = {name: values[name] for name in _AS_SENT if values.get(name) is not None}
    changes |= {name: values[name] for name in ("entity_type", "entity_id") if name in values}
    if "duration" in values:
        changes["duration"] = values["duration"] or 0
    if "result" in values:
        changes["result"] = (values["result"] or {}).get("text")
    changes["updated_by"] = context.actor.user_id
    changes |= people(values, context.users, violations)
    changes["updated_at"] = values.get("updated_at") or context.now
    task = msgspec.structs.replace(before, **changes)
    if task.task_type_id not in {one.id for one in TASK_TYPES}:
        violations.append(not_supported_choice("task_type_id"))
    if (task.entity_type is None) != (task.entity_id is None):
        missing = "entity_type" if task.entity_type is None else "entity_id"
        violations.append(field_missing(missing))
    return _Draft(write.request_id, None if is_new else before, task, violations)


def _places(drafts: Sequence[_Draft]) -> frozenset[Place]:
    """Return what the tasks were about, and what they are going to be about."""
    tasks = [task for one in drafts for task in (one.before, one.task) if task is not None]
    return frozenset(task.place for task in tasks if task.place is not None)


def _by_type(places: Iterable[Place]) -> Mapping[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for entity_type, entity_id in sorted(places):
        found[entity_type].append(entity_id)
    return found


async def _lock_entities(tx: Transaction, actor: Actor, places: Iterable[Place]) -> None:
    """Let nobody else change these entities, nor the tasks about them, until the end."""
    ids = _by_type(places)
    for kind in KINDS:
        await lock(tx, actor.account_id, kind, ids.get(kind.entity_type, ()))


async def _check(tx: Transaction, context: _Context, drafts: Sequence[_Draft]) -> None:
    """Raise Invalid if anything is wrong: what a task is put to must be within sight."""
    ids = _by_type(one.place for one in drafts if one.place is not None)
    for kind in KINDS:
        there = await within_reach(tx, context.actor, kind, ids.get(kind.entity_type, ()))
        for one in drafts:
            if one.place and one.place[0] == kind.entity_type and one.place[1] not in there:
                one.violations.append(not_supported_choice("entity_id"))
    refuse((one.request_id, one.violations) for one in drafts)


def _rendered(context: _Context, drafts: Sequence[_Draft]) -> list[tuple[Task, bytes]]:
    """Return each task as the request leaves it, and its document."""
    account_id = context.actor.account_id
    tasks: dict[int, Any] = {one.task.id: one.task for one in drafts}
    return [(one, render(one, account_id, context.users)) for one in tasks.values()]


async def _tell_entities(tx: Transaction, actor: Actor, places: Iterable[Place]) -> None:
    """Let each entity say when its next task is due."""
    ids = _by_type(places)
    for kind in KINDS:
        if kind.entity_type not in ids:
            continue
        moved = await store.list_moved(
            tx, actor.account_id, kind.entity_type, ids[kind.entity_type]
        )
        changes: dict[int, Mapping[str, Any]] = {
            one.id: {"closest_task_at": one.closest_task_at} for one in moved
        }
        if changes:
            await rewrite(tx, actor.account_id, kind, changes)


def _written(draft: _Draft) -> Written:
    return Written(draft.task.id, draft.request_id, draft.task.updated_at)
