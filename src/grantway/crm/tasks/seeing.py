"""Who sees and changes which tasks (contract: api-v4.md 2.15, 3.8).

The contract gives rights to edit and to delete tasks, by whom is responsible,
and none to view them. So a task is seen like what it is about: whoever may view
the entity sees its tasks, stages that hide leads hide their tasks, and nobody
else sees them, whoever is responsible. A task about nothing is seen by whoever
made it, is responsible for it, or may edit it. Of what they see, users change
the tasks that their right to edit tasks reaches; they need not be able to edit
the entity.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.accounts.model import UserGroup
from grantway.accounts.reach import owners_within, reach, reaches
from grantway.crm.companies.kind import COMPANIES
from grantway.crm.contacts.kind import CONTACTS
from grantway.crm.entities import seeing
from grantway.crm.entities.conditions import ALL, NONE
from grantway.crm.entities.kind import Kind
from grantway.crm.entities.model import Condition
from grantway.crm.entities.seeing import Hanging, Sight
from grantway.crm.leads.kind import LEADS
from grantway.crm.tasks import store
from grantway.crm.tasks.model import TASKS, Task
from grantway.db import Reader

KINDS: tuple[Kind[Any], ...] = (LEADS, CONTACTS, COMPANIES)
"""What a task may be about, in the order in which everybody locks them."""

_TASKS = Hanging(TASKS, {one.entity_type: one for one in KINDS})


async def sight(reader: Reader, actor: Actor, *, is_named: bool = False) -> Sight:
    """Return which tasks the actor sees; *named* ones are each asked."""
    of_none = await _about_nothing(reader, actor, is_named=is_named)
    return await seeing.sight(reader, actor, _TASKS, {None: of_none}, is_named=is_named)


async def _about_nothing(reader: Reader, actor: Actor, *, is_named: bool) -> Condition:
    users = await accounts.user_groups(reader, actor.account_id)
    responsible = owners_within(reach(actor, TASKS, "edit"), actor, users)
    if responsible is None:
        return ALL
    concerned = store.concerns(actor.user_id, sorted(responsible | {actor.user_id}))
    if is_named:
        return concerned
    most = seeing.FEW + 1
    ids = await store.list_concerning(reader, actor.account_id, concerned, most)
    return concerned if len(ids) == most else seeing.looked_up(None, ids)


async def few_seen(reader: Reader, actor: Actor) -> list[int] | None:
    """Return the tasks that the actor sees, or None when they are many."""
    found = await sight(reader, actor)
    if found.others != NONE:
        return None
    ids: list[int] = []
    for part in found.few:
        ids += await store.list_ids(reader, actor.account_id, part, seeing.FEW + 1)
    return ids if len(ids) <= seeing.FEW else None


def may_change(actor: Actor, task: Task, users: Mapping[int, UserGroup]) -> bool:
    """Tell whether the actor's right to edit tasks reaches the task."""
    return reaches(
        reach(actor, TASKS, "edit"),
        actor,
        responsible_user_id=task.responsible_user_id,
        groups=users,
    )
