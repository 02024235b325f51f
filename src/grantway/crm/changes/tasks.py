"""What adding, changing and removing tasks tells: events, and the webhooks of tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from grantway.accounts.actor import Actor
from grantway.crm.changes.dates import date_text, timezone
from grantway.crm.changes.model import LEGACY_TYPES, NewEvent, shortened
from grantway.crm.changes.service import tell
from grantway.crm.webhooks.model import Occurrence
from grantway.db import Transaction


class Task(Protocol):
    """What is told of a task; *result* is the text, if there is one."""

    @property
    def id(self) -> int: ...
    @property
    def entity_type(self) -> str | None: ...
    @property
    def entity_id(self) -> int | None: ...
    @property
    def task_type_id(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def result(self) -> str | None: ...
    @property
    def is_completed(self) -> bool: ...
    @property
    def complete_till(self) -> int: ...
    @property
    def responsible_user_id(self) -> int: ...
    @property
    def created_by(self) -> int: ...
    @property
    def updated_by(self) -> int: ...
    @property
    def created_at(self) -> int: ...
    @property
    def updated_at(self) -> int: ...


Change = tuple[Task | None, Task | None]
"""A task as it was before the request, and as it is after it; None: it is not there."""


_WATCHED: Sequence[tuple[str, str, Callable[[Task], dict[str, Any]]]] = (
    ("task_text_changed", "text", lambda one: {"task": {"text": shortened(one.text)}}),
    ("task_type_changed", "task_type_id", lambda one: {"task_type": {"id": one.task_type_id}}),
    (
        "task_deadline_changed",
        "complete_till",
        lambda one: {"task_deadline": {"timestamp": one.complete_till}},
    ),
    (
        "entity_responsible_changed",
        "responsible_user_id",
        lambda one: {"responsible_user": {"id": one.responsible_user_id}},
    ),
)
"""What events of a task tell apart: their names, the members, and what they show of each."""


async def tell_tasks(tx: Transaction, actor: Actor, changes: Sequence[Change], now: int) -> None:
    """Tell what happened to tasks; each stands in *changes* once."""
    events = [event for before, after in changes for event in _events(before, after)]

    async def occur(wanted: frozenset[str]) -> Sequence[Occurrence]:
        actions = [
            (action, task, former)
            for before, after in changes
            for action, task, former in _actions(before, after)
            if f"{action}_task" in wanted
        ]
        if not actions:
            return []
        zone = await timezone(tx, actor.account_id)

        def told(task: Task) -> dict[str, Any]:
            return {
                "id": task.id,
                "element_id": task.entity_id or 0,
                "element_type": LEGACY_TYPES.get(task.entity_type or "", 0),
                "task_type": task.task_type_id,
                "date_create": date_text(task.created_at, zone),
                "text": task.text,
                "status": int(task.is_completed),
                "account_id": actor.account_id,
                "created_user_id": task.created_by,
                "last_modified": date_text(task.updated_at, zone),
                "modified_user_id": task.updated_by,
                "responsible_user_id": task.responsible_user_id,
                "complete_till": date_text(task.complete_till, zone),
                # A result has no id of its own here.
                **({} if not task.result else {"result": {"id": task.id, "text": task.result}}),
            }

        return [
            Occurrence(f"{action}_task", {"task": {action: [told(task) | former]}})
            for action, task, former in actions
        ]

    await tell(tx, actor, events, occur, now)


def _events(before: Task | None, after: Task | None) -> Iterator[NewEvent]:
    """Return what happened to a task, for its own events."""
    task = after or before
    if task is None:
        return

    def event(name: str, old: dict[str, Any] | None = None, new: Any = None) -> NewEvent:
        return NewEvent(name, "task", task.id, [old] if old else (), [new] if new else ())

    if before is None or after is None:
        yield event("task_deleted" if after is None else "task_added")
        return
    for name, member, shown in _WATCHED:
        if getattr(after, member) != getattr(before, member):
            yield event(name, shown(before), shown(after))
    if after.is_completed and not before.is_completed:
        yield event("task_completed")
    if after.result and after.result != before.result:
        yield event("task_result_added")


def _actions(before: Task | None, after: Task | None) -> Iterator[tuple[str, Task, dict[str, Any]]]:
    """Return what happened to a task, for webhooks, with what is told beside the task itself."""
    if before is None or after is None:
        if after is not None:
            yield "add", after, {}
        elif before is not None:
            yield "delete", before, {}
        return
    if after.responsible_user_id != before.responsible_user_id:
        yield "responsible", after, {"old_responsible_user_id": before.responsible_user_id}
    if any(getattr(after, name) != getattr(before, name) for name in _TOLD):
        closes = after.is_completed and not before.is_completed
        yield "update", after, {"action_close": int(closes)}


_TOLD = (
    "entity_type",
    "entity_id",
    "task_type_id",
    "text",
    "result",
    "is_completed",
    "complete_till",
    "responsible_user_id",
)
