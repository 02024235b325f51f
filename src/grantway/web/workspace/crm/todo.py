"""The tasks of the account, by the time when they are due."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.crm.tasks import reading
from grantway.db import Reader
from grantway.web.forms import Form, own_path, read_form
from grantway.web.refusals import PageNotFound, go_to
from grantway.web.workspace.crm import task_rows
from grantway.web.workspace.crm.card_form import MOST_BYTES, FormRejected
from grantway.web.workspace.crm.cards import id_of, page_number
from grantway.web.workspace.crm.lists import pager
from grantway.web.workspace.crm.marks import of_todo, todo_query
from grantway.web.workspace.crm.people import people
from grantway.web.workspace.hall import Guest, Hall
from grantway.web.workspace.widgets.hosting import hosted
from grantway.web.workspace.widgets.places import todo_of

_TODO = "/todo/"
_NOTICES = {"added": "The task is added.", "completed": "The task is done."}


@dataclass(frozen=True, slots=True)
class TodoPage:
    """Answer `/todo/`, and complete tasks wherever they are shown."""

    hall: Hall

    def routes(self) -> list[Route]:
        shown_at = (_TODO, "/todo", "/todo/list/")
        return [
            *(Route(path, self.show, methods=["GET"]) for path in shown_at),
            Route(_TODO, self.add, methods=["POST"]),
            Route("/todo/{entity_id}/complete", self.complete, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        async with self.hall.look(request) as (reader, guest):
            context = await self._context(reader, guest, request)
        return self.hall.page("workspace/todo.html", context)

    async def add(self, request: Request) -> Response:
        """Add a task about nothing."""
        form = await read_form(request, most=MOST_BYTES)
        try:
            async with self.hall.act(request, form) as (tx, guest):
                await task_rows.add_task(tx, guest, None, form, self.hall.days(guest))
        except FormRejected as error:
            async with self.hall.look(request) as (reader, guest):
                context = await self._context(reader, guest, request, form, error.words)
            return self.hall.page("workspace/todo.html", context, 422)
        return go_to(request, f"{_TODO}?done=added")

    async def complete(self, request: Request) -> Response:
        """Complete a task, and go back to the page that shows it."""
        task_id = id_of(request)
        form = await read_form(request, most=MOST_BYTES)
        async with self.hall.act(request, form) as (tx, guest):
            now = self.hall.services.now()
            result = form.lines("result").strip()
            await task_rows.complete_task(tx, guest, task_id, result, now)
        back = own_path(form.text("return_to"))
        if back.startswith(_TODO):
            return go_to(request, f"{back}{'&' if '?' in back else '?'}done=completed")
        return go_to(request, f"{back}#tasks")

    async def _context(
        self,
        reader: Reader,
        guest: Guest,
        request: Request,
        form: Form | None = None,
        errors: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        """Return what `todo.html` asks for."""
        who = request.query_params.get("who", "mine")
        state = request.query_params.get("state", "open")
        number = page_number(request, "page")
        is_done = state == "done"
        query = todo_query(guest.actor, who, state, number)
        days = self.hall.days(guest)
        found = await reading.page(reader, guest.actor, query)
        rows = await task_rows.rows(reader, guest, found, days)
        if number > 1 and not rows:
            raise PageNotFound
        team = await people(reader, guest.account.id)
        asked = {
            name: text
            for name, text in (("who", who), ("state", state))
            if text not in {"mine", "open"}
        }
        href = f"{_TODO}?{urlencode(asked)}".rstrip("?")
        place = todo_of([{"id": one["id"], "name": one["text"]} for one in rows])
        return (
            self.hall.frame(guest, "tasks")
            | await hosted(self.hall, reader, guest, place)
            | {
                "who": who,
                "state": state,
                "parts": [("Done", rows)] if is_done else _parts(rows),
                "is_empty": not rows,
                "live": of_todo(who, state, number, found.documents),
                "page": _paged(pager(_TODO, number, found), asked),
                "tabs": [
                    {
                        "label": label,
                        "href": _at(who=who_, state=state_),
                        "is_current": (who_, state_) == (who, state),
                    }
                    for label, who_, state_ in (
                        ("Mine", "mine", "open"),
                        ("Everybody's", "all", "open"),
                        ("Mine, done", "mine", "done"),
                        ("Everybody's, done", "all", "done"),
                    )
                ],
                "return_to": href,
                "task_form": task_rows.form_of(guest, days, team.options(), form),
                "errors": errors or {},
                "notice": _NOTICES.get(request.query_params.get("done", ""), ""),
            }
        )


def _at(**asked: str) -> str:
    """Return an address without what goes without saying."""
    said = {name: text for name, text in asked.items() if text not in {"mine", "open"}}
    return f"{_TODO}?{urlencode(said)}".rstrip("?")


def _paged(page: dict[str, Any], asked: dict[str, str]) -> dict[str, Any]:
    for name in ("previous_href", "next_href"):
        if page[name] and asked:
            page[name] += ("&" if "?" in page[name] else "?") + urlencode(asked)
    return page


def _parts(rows: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return the tasks under the words for when they are due; there is no empty part."""
    late = [one for one in rows if one["is_late"]]
    today = [one for one in rows if one["is_today"] and not one["is_late"]]
    later = [one for one in rows if not one["is_today"] and not one["is_late"]]
    parts = (("Overdue", late), ("Today", today), ("Later", later))
    return [(title, tasks) for title, tasks in parts if tasks]
