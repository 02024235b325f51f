"""The cards of leads, contacts and companies, and the forms on them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.crm.entities import binning, writing
from grantway.crm.entities.model import EntityWrite
from grantway.crm.entities.reading import within_reach
from grantway.db import Reader, Transaction
from grantway.kernel.errors import Forbidden, Invalid, NotFound
from grantway.web.forms import Form, read_form, whole
from grantway.web.refusals import PageNotFound, go_to
from grantway.web.workspace.crm import feed, linked, task_rows
from grantway.web.workspace.crm.card import Card, form_context, open_card, stage_strip
from grantway.web.workspace.crm.card_form import (
    MOST_BYTES,
    MOST_FIELDS,
    FormRejected,
    rejected,
    wish,
)
from grantway.web.workspace.crm.days import Days
from grantway.web.workspace.crm.marks import of_card
from grantway.web.workspace.crm.sorts import SORTS, Sort, id_in
from grantway.web.workspace.hall import Guest, Hall
from grantway.web.workspace.widgets.hosting import hosted
from grantway.web.workspace.widgets.places import card_of

_ID = "{entity_id}"
_LAST_PAGE = 99_999
_NOTICES = {
    "added": "It is added.",
    "saved": "Saved.",
    "linked": "Linked.",
    "unlinked": "The link is removed. Both are still there.",
    "restored": "It is back from the recycle bin.",
}
Deed = Callable[[Transaction, Guest, Sort, int, Form, Days], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class CardPages:
    """Answer `/leads/detail/<id>` and its like, and what is below."""

    hall: Hall

    def routes(self) -> list[Route]:
        return [route for sort in SORTS.values() for route in self._of(sort)]

    def _of(self, sort: Sort) -> list[Route]:
        card = f"/{sort.entity_type}/detail/{_ID}"

        async def show(request: Request) -> Response:
            return await self.show(request, sort)

        def doing(deed: Deed, part: str) -> Callable[[Request], Awaitable[Response]]:
            async def do(request: Request) -> Response:
                return await self.do(request, sort, deed, part)

            return do

        deeds: tuple[tuple[str, Deed, str], ...] = (
            ("", save, "details"),
            ("/notes", add_note, "notes"),
            ("/tasks", add_task, "tasks"),
            ("/link", link, "linked"),
            ("/unlink", unlink, "linked"),
            ("/bin", put_away, ""),
        )
        if sort.entity_type == "leads":
            deeds = (*deeds, ("/stage", move, "stage"))
        return [
            Route(card, show, methods=["GET"]),
            Route(f"{card}/", show, methods=["GET"]),
            *(
                Route(f"{card}{path}", doing(deed, part), methods=["POST"])
                for path, deed, part in deeds
            ),
        ]

    async def show(self, request: Request, sort: Sort) -> Response:
        entity_id = id_of(request)
        async with self.hall.look(request) as (reader, guest):
            context = await self._context(reader, guest, request, sort, entity_id)
        return self.hall.page("workspace/card.html", context)

    async def do(self, request: Request, sort: Sort, deed: Deed, part: str) -> Response:
        """Do what a form of the card asks for; show the card again with what is wrong."""
        entity_id = id_of(request)
        form = await read_form(request, most=MOST_BYTES, most_fields=MOST_FIELDS)
        try:
            async with self.hall.act(request, form) as (tx, guest):
                days = self.hall.days(guest)
                if not await within_reach(tx, guest.actor, sort.kind, [entity_id]):
                    raise PageNotFound
                address = await deed(tx, guest, sort, entity_id, form, days)
                still = await within_reach(tx, guest.actor, sort.kind, [entity_id])
        except FormRejected as error:
            async with self.hall.look(request) as (reader, guest):
                context = await self._context(
                    reader, guest, request, sort, entity_id, (form, part, error.words)
                )
            return self.hall.page("workspace/card.html", context, 422)
        # Who gives away what they see only as their own, no longer sees it.
        gone = f"{sort.list_href}?done={'binned' if deed is put_away else 'given'}"
        return go_to(request, address if still else gone)

    async def _context(
        self,
        reader: Reader,
        guest: Guest,
        request: Request,
        sort: Sort,
        entity_id: int,
        sent: tuple[Form, str, dict[str, str]] | None = None,
    ) -> dict[str, Any]:
        """Return what `card.html` asks for; *sent* is a form, where it stands, and its faults."""
        days = self.hall.days(guest)
        card = await open_card(reader, guest, sort, entity_id, days)
        form, part, errors = sent or (None, "", {})

        def of(name: str) -> Form | None:
            return form if part == name else None

        number = page_number(request, "notes")
        notes = await feed.page_of_notes(reader, guest, sort, entity_id, number, days)
        if number > 1 and not notes["rows"]:
            raise PageNotFound
        note_form = of("notes")
        return (
            self.hall.frame(guest, sort.section)
            | await hosted(self.hall, reader, guest, card_of(sort, card.document))
            | await form_context(reader, guest, card, days, of("details"), errors)
            | {
                "sort": sort,
                "live": await of_card(reader, guest, sort, entity_id),
                "card": shown_card(card, days),
                "may_edit": card.may_edit,
                "may_bin": card.may_bin,
                "stages": stage_strip(guest, card),
                "linked": await linked.groups_of(reader, guest, card, request),
                "tasks": await task_rows.of_entity(reader, guest, sort, entity_id, days),
                "task_form": task_rows.form_of(guest, days, card.people.options(), of("tasks")),
                "notes": notes,
                "note_text": note_form.lines("note") if note_form else "",
                "part": part,
                "notice": _NOTICES.get(request.query_params.get("done", ""), ""),
            }
        )


def shown_card(card: Card, days: Days) -> dict[str, Any]:
    """Return what the head of a card says."""
    document, name = card.document, card.people.name
    return {
        "id": card.id,
        "href": card.sort.href(card.id),
        "name": document["name"],
        "created_at": days.words(document["created_at"]),
        "created_by": name(document["created_by"]),
        "updated_at": document["updated_at"],
        "updated_by": name(document["updated_by"]),
    }


def id_of(request: Request) -> int:
    """Return the id in the address; raise PageNotFound when nothing can have it."""
    return id_in(request.path_params["entity_id"])


def page_number(request: Request, name: str) -> int:
    """Return the number of a page; raise PageNotFound when there can be none."""
    number = whole(request.query_params.get(name, "1")) or 0
    if not 1 <= number <= _LAST_PAGE:
        raise PageNotFound
    return number


async def save(
    tx: Transaction, guest: Guest, sort: Sort, entity_id: int, form: Form, days: Days
) -> str:
    """Write what has been changed in the form of the fields."""
    # Nobody may change it between our comparing it with the form and our writing.
    await writing.lock(tx, guest.account.id, sort.kind, [entity_id])
    card = await open_card(tx, guest, sort, entity_id, days)
    if not card.may_edit:
        raise Forbidden("Insufficient rights to change this", why=f"{sort.noun} {entity_id}")
    wanted = wish(form, card.held, card.fields, days, sort.one_shape)
    if wanted.values:
        await _change(tx, guest, sort, entity_id, wanted.values, days.now, wanted.fields)
    return f"{sort.href(entity_id)}?done=saved"


async def move(
    tx: Transaction, guest: Guest, sort: Sort, entity_id: int, form: Form, days: Days
) -> str:
    """Put a lead into another stage of its pipeline."""
    card = await open_card(tx, guest, sort, entity_id, days)
    steps = (stage_strip(guest, card) or {"steps": []})["steps"]
    stage_ids = {str(one["id"]): one["id"] for one in steps if one["is_open_to"]}
    if form.text("stage") not in stage_ids:
        raise FormRejected({"stage": "Stage: choose one of those that are offered."})
    values = {
        "pipeline_id": card.document["pipeline_id"],
        "status_id": stage_ids[form.text("stage")],
    }
    await _change(tx, guest, sort, entity_id, values, days.now)
    return f"{sort.href(entity_id)}#stage"


async def _change(
    tx: Transaction,
    guest: Guest,
    sort: Sort,
    entity_id: int,
    values: dict[str, Any],
    now: int,
    fields: Any = (),
) -> None:
    write = EntityWrite("0", values | {"id": entity_id})
    try:
        await writing.change(tx, guest.actor, sort.kind, [write], now, is_strict=False)
    except Invalid as error:
        raise rejected(error, fields) from error


async def add_note(
    tx: Transaction, guest: Guest, sort: Sort, entity_id: int, form: Form, days: Days
) -> str:
    """Add a note."""
    await feed.add_note(tx, guest, sort, entity_id, form.lines("note"), days.now)
    return f"{sort.href(entity_id)}#notes"


async def add_task(
    tx: Transaction, guest: Guest, sort: Sort, entity_id: int, form: Form, days: Days
) -> str:
    """Add a task about the entity."""
    await task_rows.add_task(tx, guest, (sort, entity_id), form, days)
    return f"{sort.href(entity_id)}#tasks"


async def link(
    tx: Transaction, guest: Guest, sort: Sort, entity_id: int, form: Form, days: Days
) -> str:
    """Link it with another entity, or make that one its main contact."""
    other, is_main = linked.other_in(form, sort), form.text("is_main") == "1"
    await linked.put(tx, guest, sort, entity_id, other, days.now, is_main=is_main)
    return f"{sort.href(entity_id)}?done=linked#linked"


async def unlink(
    tx: Transaction, guest: Guest, sort: Sort, entity_id: int, form: Form, days: Days
) -> str:
    """Remove a link."""
    await linked.remove(tx, guest, sort, entity_id, linked.other_in(form, sort), days.now)
    return f"{sort.href(entity_id)}?done=unlinked#linked"


async def put_away(
    tx: Transaction, guest: Guest, sort: Sort, entity_id: int, _form: Form, days: Days
) -> str:
    """Move it to the recycle bin."""
    try:
        await binning.bin_entities(tx, guest.actor, sort.kind, [entity_id], days.now)
    except NotFound as error:
        raise PageNotFound from error
    return f"{sort.list_href}?done=binned"
