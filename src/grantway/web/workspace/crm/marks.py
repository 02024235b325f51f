"""What lists show, and marks that tell whether they or a card show something else by now."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from urllib.parse import urlencode

from grantway.accounts.actor import Actor
from grantway.crm.entities import reading
from grantway.crm.entities.model import EntityQuery
from grantway.crm.leads.model import LeadQuery
from grantway.crm.notes import reading as notes
from grantway.crm.notes.model import NoteQuery
from grantway.crm.tasks import reading as tasks
from grantway.crm.tasks.model import TaskQuery
from grantway.db import Reader
from grantway.web.refusals import PageNotFound
from grantway.web.workspace.crm.sorts import LEAD, Sort
from grantway.web.workspace.hall import Guest

PATH = "/ajax/v1/changed"
TASK_LIST = "tasks"
ON_A_PAGE = 50
_BESIDE = 20


def query_of(sort: Sort, number: int, search: str) -> EntityQuery:
    """Return what a page of a list shows."""
    kind = LeadQuery if sort is LEAD else EntityQuery
    return kind(
        order="updated_at",
        descending=True,
        offset=(number - 1) * ON_A_PAGE,
        limit=ON_A_PAGE,
        search=search,
    )


def of_list(sort: Sort, number: int, search: str, documents: Iterable[bytes]) -> dict[str, str]:
    """Return what a list's page is told: where to ask, and the mark of what it shows."""
    asked = {"list": sort.entity_type, "page": str(number)} | ({"query": search} if search else {})
    return {"href": f"{PATH}?{urlencode(asked)}", "mark": mark_of(documents)}


async def of_card(reader: Reader, guest: Guest, sort: Sort, entity_id: int) -> dict[str, str]:
    """Return what a card's page is told."""
    asked = {"card": sort.entity_type, "id": str(entity_id)}
    mark = await mark_of_card(reader, guest, sort, entity_id)
    return {"href": f"{PATH}?{urlencode(asked)}", "mark": mark}


def todo_query(actor: Actor, who: str, state: str, number: int) -> TaskQuery:
    """Return what a page of the tasks shows; raise PageNotFound for a tab that there is not."""
    if who not in {"mine", "all"} or state not in {"open", "done"}:
        raise PageNotFound
    is_done = state == "done"
    return TaskQuery(
        order="updated_at" if is_done else "complete_till",
        descending=is_done,
        is_completed=is_done,
        responsible_user_ids=[actor.user_id] if who == "mine" else None,
        offset=(number - 1) * ON_A_PAGE,
        limit=ON_A_PAGE,
    )


def of_todo(who: str, state: str, number: int, documents: Iterable[bytes]) -> dict[str, str]:
    """Return what the tasks' page is told."""
    asked = {"list": TASK_LIST, "who": who, "state": state, "page": str(number)}
    return {"href": f"{PATH}?{urlencode(asked)}", "mark": mark_of(documents)}


def mark_of(documents: Iterable[bytes]) -> str:
    """Return what tells these documents, in this order, from any others."""
    whole = hashlib.blake2b(digest_size=12)
    for one in documents:
        whole.update(one + b"\0")
    return whole.hexdigest()


async def mark_of_card(reader: Reader, guest: Guest, sort: Sort, entity_id: int) -> str:
    """Return the mark of an entity with the newest of its notes and tasks."""
    printed = await reading.find(reader, guest.actor, sort.kind, entity_id)
    if printed is None:
        raise PageNotFound
    newest = NoteQuery(order="updated_at", descending=True, limit=_BESIDE)
    written = await notes.page_of_entity(reader, guest.actor, sort.kind, entity_id, newest)
    about = TaskQuery(
        entity_types=[sort.entity_type],
        entity_ids=[entity_id],
        order="updated_at",
        descending=True,
        limit=_BESIDE,
    )
    to_do = await tasks.page(reader, guest.actor, about)
    return mark_of([printed, repr(written).encode(), *to_do.documents])
