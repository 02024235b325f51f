"""A task as the API prints it, rendered once, when it is written; see `entities.document`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from grantway.accounts.model import UserGroup
from grantway.crm.entities.document import Links, encoded, own
from grantway.crm.tasks.model import TASKS, Task


class TaskResult(msgspec.Struct, frozen=True):
    """What came of the task."""

    text: str


Nothing = Annotated[list[Any], msgspec.Meta(max_length=0)]


class TaskDocument(msgspec.Struct, frozen=True, kw_only=True):
    """The members in the order of the contract."""

    id: int
    created_by: int
    updated_by: int
    created_at: int
    updated_at: int
    responsible_user_id: int
    group_id: int
    entity_id: int | None
    entity_type: str | None
    duration: int
    is_completed: bool
    task_type_id: int
    text: str
    result: TaskResult | Nothing
    complete_till: int
    account_id: int
    _links: Links


def render(task: Task, account_id: int, users: Mapping[int, UserGroup]) -> bytes:
    """Return the document of *task*; the group of the first users is 0."""
    responsible = users.get(task.responsible_user_id)
    return encoded(
        TaskDocument(
            id=task.id,
            created_by=task.created_by,
            updated_by=task.updated_by,
            created_at=task.created_at,
            updated_at=task.updated_at,
            responsible_user_id=task.responsible_user_id,
            group_id=responsible.group_id if responsible else 0,
            entity_id=task.entity_id,
            entity_type=task.entity_type,
            duration=task.duration,
            is_completed=task.is_completed,
            task_type_id=task.task_type_id,
            text=task.text,
            # A list instead of null where there is none: so the dialect writes it (4.1).
            result=[] if task.result is None else TaskResult(task.result),
            complete_till=task.complete_till,
            account_id=account_id,
            _links=own(TASKS, task.id),
        )
    )
