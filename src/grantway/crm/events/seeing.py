"""Who sees which events (contract: api-v4.md 2.15, 4.3).

An event is seen like its entity: whoever may view a lead, a contact or a
company sees what happened to it, in the bin as well, and whoever sees a task
what happened to that. Of what is gone for good, administrators see the events.
"""

from __future__ import annotations

from typing import Any

from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.accounts.reach import Reach, owners_within, reach
from grantway.crm.changes.model import SINGULAR
from grantway.crm.companies.kind import COMPANIES
from grantway.crm.contacts.kind import CONTACTS
from grantway.crm.entities.kind import Kind
from grantway.crm.entities.model import Condition
from grantway.crm.events import store
from grantway.crm.leads.kind import LEADS
from grantway.crm.tasks.seeing import seen as seen_tasks
from grantway.db import Reader

KINDS: tuple[Kind[Any], ...] = (LEADS, CONTACTS, COMPANIES)
_ALL = Condition("true", {})
_NONE = Condition("false", {})


async def seen(reader: Reader, actor: Actor) -> list[Condition]:
    """Return what restricts events to those that the actor sees; nothing for who sees all."""
    views = {kind: reach(actor, kind.entity_type, "view") for kind in KINDS}
    of_tasks = await seen_tasks(reader, actor)
    sees_all_tasks = of_tasks.sql == _ALL.sql
    if sees_all_tasks and all(one.is_everything for one in views.values()):
        return []
    users = await accounts.user_groups(reader, actor.account_id)
    of_types = {
        SINGULAR[kind.entity_type]: _of(kind, found, owners_within(found, actor, users))
        for kind, found in views.items()
    }
    of_types["task"] = _ALL if sees_all_tasks else store.about("tasks", [of_tasks])
    return [store.by_type(of_types)]


def _of(kind: Kind[Any], found: Reach, owners: frozenset[int] | None) -> Condition:
    if found.is_everything:
        return _ALL
    if owners is not None and not owners:
        return _NONE
    within = kind.outside(found.denied_stages)
    if owners is not None:
        name = f"event_{kind.entity_type}_owners"
        within.append(Condition(f"responsible_user_id in (:{name})", {name: sorted(owners)}))
    return store.about(kind.entity_type, within)
