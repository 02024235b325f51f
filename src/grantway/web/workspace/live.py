"""Whether a list or a card is still as it was shown; its page asks now and then, and follows.

Asking does not count as using the session: a page that is left open keeps
nobody signed in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from grantway.crm.entities import reading
from grantway.crm.tasks import reading as tasks
from grantway.web.refusals import PageNotFound
from grantway.web.workspace.ajax import AjaxDoor
from grantway.web.workspace.crm.cards import page_number
from grantway.web.workspace.crm.linked import search_of
from grantway.web.workspace.crm.marks import (
    PATH,
    TASK_LIST,
    mark_of,
    mark_of_card,
    query_of,
    todo_query,
)
from grantway.web.workspace.crm.sorts import SORTS, id_in


@dataclass(frozen=True, slots=True)
class LiveCalls:
    """Answer `GET /ajax/v1/changed`."""

    door: AjaxDoor

    def routes(self) -> list[Route]:
        return [self.door.route("GET", PATH, self.mark)]

    async def mark(self, request: Request, _sent: Any) -> dict[str, str]:
        """Return the mark of what the list or the card would show now."""
        asked = request.query_params
        hall = self.door.hall
        shown = asked.get("list") or asked.get("card", "")
        sort = SORTS.get(shown)
        if sort is None and shown != TASK_LIST:
            raise PageNotFound
        async with hall.services.db.read() as reader:
            guest = await hall.guest(reader, request)
            if sort is None:
                who, state = asked.get("who", ""), asked.get("state", "")
                wanted = todo_query(guest.actor, who, state, page_number(request, "page"))
                to_do = await tasks.page(reader, guest.actor, wanted)
                return {"mark": mark_of(to_do.documents)}
            if "list" not in asked:
                return {"mark": await mark_of_card(reader, guest, sort, id_in(asked.get("id", "")))}
            query = query_of(sort, page_number(request, "page"), search_of(request))
            found = await reading.page(reader, guest.actor, sort.kind, query)
        return {"mark": mark_of(found.documents)}
