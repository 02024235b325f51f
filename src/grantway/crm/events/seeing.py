"""Who sees which events (contract: api-v4.md 2.15, 4.3).

An event is seen like its entity: whoever may view a lead, a contact or a
company sees what happened to it, in the bin as well, and whoever sees a task
what happened to that. Of what is gone for good, administrators see the events.
"""

from __future__ import annotations

from grantway.accounts.actor import Actor
from grantway.crm.changes.model import SINGULAR
from grantway.crm.entities import seeing
from grantway.crm.entities.conditions import ALL
from grantway.crm.entities.model import Condition
from grantway.crm.entities.seeing import Hanging, Sight
from grantway.crm.entities.seeing_store import about
from grantway.crm.events import store
from grantway.crm.tasks import seeing as tasks
from grantway.db import Reader

_EVENTS = Hanging("events", {SINGULAR[one.entity_type]: one for one in tasks.KINDS})


async def sight(reader: Reader, actor: Actor, *, is_named: bool = False) -> Sight:
    """Return which events the actor sees; *named* ones are each asked."""
    of_tasks = await _of_tasks(reader, actor, is_named=is_named)
    found = await seeing.sight(reader, actor, _EVENTS, {"task": of_tasks}, is_named=is_named)
    return Sight([store.by_ids(one) for one in found.few], found.others)


async def _of_tasks(reader: Reader, actor: Actor, *, is_named: bool) -> Condition:
    few = None if is_named else await tasks.few_seen(reader, actor)
    if few is not None:
        return seeing.looked_up("task", few)
    seen = (await tasks.sight(reader, actor, is_named=True)).others
    return seen if seen == ALL else about("events", "tasks", [seen])
