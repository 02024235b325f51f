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
from grantway.accounts.reach import Reach, owners_within, reach, reaches
from grantway.crm.companies.kind import COMPANIES
from grantway.crm.contacts.kind import CONTACTS
from grantway.crm.entities.kind import Kind
from grantway.crm.entities.model import Condition
from grantway.crm.leads.kind import LEADS
from grantway.crm.tasks import store
from grantway.crm.tasks.model import TASKS, Task
from grantway.db import Reader

KINDS: tuple[Kind[Any], ...] = (LEADS, CONTACTS, COMPANIES)
"""What a task may be about, in the order in which everybody locks them."""

ALL = Condition("true", {})
"""Restricts nothing."""


async def seen(reader: Reader, actor: Actor) -> Condition:
    """Return what restricts tasks to those that the actor sees."""
    edit = reach(actor, TASKS, "edit")
    views = {kind: reach(actor, kind.entity_type, "view") for kind in KINDS}
    if edit.is_everything and all(one.is_everything for one in views.values()):
        return ALL
    users = await accounts.user_groups(reader, actor.account_id)
    responsible = owners_within(edit, actor, users)
    of_none = ALL
    if responsible is not None:
        of_none = store.concerns(actor.user_id, responsible | {actor.user_id})
    of_types = {
        kind.entity_type: _seen_of(kind, found, owners_within(found, actor, users))
        for kind, found in views.items()
    }
    return store.by_type(of_types, of_none)


def _seen_of(kind: Kind[Any], found: Reach, owners: frozenset[int] | None) -> Condition:
    if found.is_everything:
        return ALL
    within = kind.outside(found.denied_stages)
    if owners is not None:
        name = f"{kind.entity_type}_owners"
        within.append(Condition(f"responsible_user_id in (:{name})", {name: sorted(owners)}))
    return store.about(kind.entity_type, within)


def may_change(actor: Actor, task: Task, users: Mapping[int, UserGroup]) -> bool:
    """Tell whether the actor's right to edit tasks reaches the task."""
    return reaches(
        reach(actor, TASKS, "edit"),
        actor,
        responsible_user_id=task.responsible_user_id,
        groups=users,
    )
