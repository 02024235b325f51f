"""Tasks as pages show them, and what their forms ask for (api-v4.md 4.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from grantway.crm.entities import naming
from grantway.crm.entities.document import addressed
from grantway.crm.entities.model import EntityPage, EntityWrite
from grantway.crm.entities.reading import within_reach
from grantway.crm.tasks import reading, writing
from grantway.crm.tasks.model import NEW_TASK, ONE_TASK, TASK_TYPES, TASKS, TaskQuery
from grantway.db import Reader, Transaction
from grantway.kernel.errors import Invalid, Violation
from grantway.web.forms import Form, whole
from grantway.web.refusals import PageNotFound
from grantway.web.workspace.crm.card_form import FormRejected
from grantway.web.workspace.crm.days import Days
from grantway.web.workspace.crm.people import people
from grantway.web.workspace.crm.sorts import SORTS, Sort
from grantway.web.workspace.hall import Guest

_MOST_ON_CARD = 50
_TYPES = {one.id: one.name for one in TASK_TYPES}
_HOUR = 3600
_NAMES = {
    "text": "task_text",
    "complete_till": "task_date",
    "task_type_id": "task_type",
    "responsible_user_id": "task_responsible",
}


class _Task(msgspec.Struct, frozen=True):
    """What pages show of a task's document."""

    id: int
    text: str
    task_type_id: int
    complete_till: int
    is_completed: bool
    responsible_user_id: int
    updated_at: int
    updated_by: int
    result: dict[str, str] | list[Any]
    entity_type: str | None
    entity_id: int | None


async def of_entity(
    reader: Reader, guest: Guest, sort: Sort, entity_id: int, days: Days
) -> dict[str, Any]:
    """Return what `card_tasks.html` asks for: open tasks by their due time, and those done."""
    of_this = TaskQuery(
        entity_types=[sort.entity_type], entity_ids=[entity_id], limit=_MOST_ON_CARD
    )
    waiting, finished = (
        msgspec.structs.replace(of_this, is_completed=done, order=order, descending=done)
        for done, order in ((False, "complete_till"), (True, "updated_at"))
    )
    left = await reading.page(reader, guest.actor, waiting)
    done = await reading.page(reader, guest.actor, finished)
    return {
        "open": await rows(reader, guest, left, days),
        "done": await rows(reader, guest, done, days),
        "has_more": left.has_next or done.has_next,
        "return_to": sort.href(entity_id),
    }


async def rows(reader: Reader, guest: Guest, found: EntityPage, days: Days) -> list[dict[str, Any]]:
    """Return what `task_row()` asks for, of each task of a page."""
    tasks = msgspec.json.decode(b"[" + addressed(found.documents, "") + b"]", type=list[_Task])
    who = [user for one in tasks for user in (one.responsible_user_id, one.updated_by)]
    team = await people(reader, guest.account.id, who)
    places = await _places(reader, guest, tasks)

    def row(one: _Task) -> dict[str, Any]:
        is_late = not one.is_completed and one.complete_till < days.now
        return {
            "id": one.id,
            "text": one.text,
            "type": _TYPES.get(one.task_type_id, ""),
            "due": days.due_words(one.complete_till),
            "is_late": is_late,
            "is_today": days.is_today(one.complete_till),
            "is_completed": one.is_completed,
            "result": one.result["text"] if isinstance(one.result, dict) else "",
            "done_at": days.words(one.updated_at),
            "responsible": team.name(one.responsible_user_id),
            "may_change": team.may(guest.actor, TASKS, "edit", one.responsible_user_id),
            "entity": places.get((one.entity_type or "", one.entity_id or 0)),
        }

    return [row(one) for one in tasks]


def form_of(guest: Guest, days: Days, options: Sequence[Any], form: Form | None) -> dict[str, Any]:
    """Return what the form of a new task holds; with *form*, what was typed into it."""
    soon = days.now + 24 * _HOUR
    held = {
        "task_text": "",
        "task_type": str(TASK_TYPES[0].id),
        "task_date": days.date(soon),
        "task_time": "12:00",
        "task_responsible": str(guest.actor.user_id),
    }
    if form is not None:
        held |= {name: form.text(name) for name in held if form.all(name)}
    return {
        "held": held,
        "types": [{"value": str(one.id), "label": one.name} for one in TASK_TYPES],
        "responsible": options,
        "zone": days.zone_name,
    }


async def add_task(
    tx: Transaction, guest: Guest, place: tuple[Sort, int] | None, form: Form, days: Days
) -> None:
    """Add a task about *place*; raise FormRejected."""
    date, time = form.text("task_date").strip(), form.text("task_time").strip()
    due = days.read(f"{date}T{time or '23:59'}") if date else None
    sent: dict[str, Any] = {
        "text": form.lines("task_text").strip() or None,
        "complete_till": due,
        "task_type_id": whole(form.text("task_type")),
        "responsible_user_id": whole(form.text("task_responsible")),
    }
    if place is not None:
        sent |= {"entity_type": place[0].entity_type, "entity_id": place[1]}
    wrong: list[Violation] = []
    values = NEW_TASK.read(sent, "", wrong)
    if wrong:
        raise _rejected(wrong)
    try:
        await writing.add(tx, guest.actor, [EntityWrite("0", values)], days.now)
    except Invalid as error:
        raise _rejected([v for one in error.violations or () for v in one.errors]) from error


async def complete_task(tx: Transaction, guest: Guest, task_id: int, result: str, now: int) -> None:
    """Complete a task; raise PageNotFound, Forbidden."""
    sent = {"id": task_id, "is_completed": True}
    wrong: list[Violation] = []
    values = ONE_TASK.read(sent | ({"result": {"text": result}} if result else {}), "", wrong)
    if wrong:
        raise Invalid(wrong[0].detail)
    try:
        await writing.change(tx, guest.actor, [EntityWrite("0", values)], now)
    except Invalid as error:
        raise PageNotFound from error  # all that can be wrong is the task's id


def _rejected(wrong: Iterable[Violation]) -> FormRejected:
    words = {
        "text": "Task: write what is to be done.",
        "complete_till": "Due: choose a day, and a time if it matters.",
        "task_type_id": "Type: choose one of those that are offered.",
        "responsible_user_id": "Responsible: choose one of those that are offered.",
    }
    return FormRejected(
        {
            _NAMES.get(one.path, "task_text"): one.detail
            if one.code == "TooLong"
            else words.get(one.path, one.detail)
            for one in wrong
        }
    )


async def _places(
    reader: Reader, guest: Guest, tasks: Sequence[_Task]
) -> Mapping[tuple[str, int], dict[str, str]]:
    """Return what the tasks are about, and where it is; what is in the bin has no address."""
    found: dict[tuple[str, int], dict[str, str]] = {}
    for entity_type, sort in SORTS.items():
        ids = {one.entity_id for one in tasks if one.entity_type == entity_type and one.entity_id}
        seen = await within_reach(reader, guest.actor, sort.kind, ids)
        names = await naming.names(reader, guest.account.id, entity_type, ids)
        for entity_id, name in names.items():
            is_there = entity_id in seen
            found[entity_type, entity_id] = {
                "name": name if is_there else f"{sort.noun.capitalize()} in the recycle bin",
                "href": sort.href(entity_id) if is_there else "",
            }
    return found
