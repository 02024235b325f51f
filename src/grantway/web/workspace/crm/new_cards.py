"""Adding leads, contacts and companies by hand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.crm.entities import writing
from grantway.crm.entities.model import EntityWrite
from grantway.crm.links.model import linked_with
from grantway.db import Reader
from grantway.kernel.errors import Invalid
from grantway.web.forms import Form, read_form
from grantway.web.refusals import PageNotFound, go_to
from grantway.web.workspace.crm import linked
from grantway.web.workspace.crm.card import blank_card, form_context
from grantway.web.workspace.crm.card_form import (
    MOST_BYTES,
    MOST_FIELDS,
    FormRejected,
    rejected,
    wish,
)
from grantway.web.workspace.crm.sorts import SORTS, Sort, id_in
from grantway.web.workspace.hall import Guest, Hall
from grantway.web.workspace.widgets.hosting import hosted
from grantway.web.workspace.widgets.places import card_of


@dataclass(frozen=True, slots=True)
class NewCardPages:
    """Answer `/leads/add/` and its like."""

    hall: Hall

    def routes(self) -> list[Route]:
        return [route for sort in SORTS.values() for route in self._of(sort)]

    def _of(self, sort: Sort) -> list[Route]:
        def on(
            answer: Callable[[Request, Sort], Awaitable[Response]],
        ) -> Callable[[Request], Awaitable[Response]]:
            async def of_sort(request: Request) -> Response:
                return await answer(request, sort)

            return of_sort

        return [
            Route(sort.add_href, on(self.show), methods=["GET"]),
            Route(sort.add_href.rstrip("/"), on(self.show), methods=["GET"]),
            Route(sort.add_href, on(self.add), methods=["POST"]),
        ]

    async def show(self, request: Request, sort: Sort) -> Response:
        async with self.hall.look(request) as (reader, guest):
            context = await self._context(reader, guest, request, sort)
        return self.hall.page("workspace/new_card.html", context)

    async def add(self, request: Request, sort: Sort) -> Response:
        """Add it, linked with the entity from whose card the form was opened."""
        form = await read_form(request, most=MOST_BYTES, most_fields=MOST_FIELDS)
        try:
            async with self.hall.act(request, form) as (tx, guest):
                days = self.hall.days(guest)
                card = await blank_card(tx, guest, sort, days)
                wanted = wish(form, card.held, card.fields, days, sort.new_shape)
                write = EntityWrite("0", wanted.values)
                try:
                    (added,) = await writing.add(
                        tx, guest.actor, sort.kind, [write], days.now, is_strict=False
                    )
                except Invalid as error:
                    raise rejected(error, wanted.fields) from error
                other = _other(request, sort)
                if other is not None:
                    await linked.put(tx, guest, sort, added.id, other, days.now)
        except FormRejected as error:
            async with self.hall.look(request) as (reader, guest):
                context = await self._context(reader, guest, request, sort, (form, error.words))
            return self.hall.page("workspace/new_card.html", context, 422)
        back = f"{other[0].href(other[1])}?done=linked#linked" if other is not None else ""
        return go_to(request, back or f"{sort.href(added.id)}?done=added")

    async def _context(
        self,
        reader: Reader,
        guest: Guest,
        request: Request,
        sort: Sort,
        sent: tuple[Form, dict[str, str]] | None = None,
    ) -> dict[str, Any]:
        """Return what `new_card.html` asks for."""
        days = self.hall.days(guest)
        form, errors = sent or (None, {})
        card = await blank_card(reader, guest, sort, days)
        other = _other(request, sort)
        beside = await linked.summaries(reader, guest, other[0], [other[1]]) if other else []
        if other is not None and not beside:
            raise PageNotFound
        return (
            self.hall.frame(guest, sort.section)
            | await hosted(self.hall, reader, guest, card_of(sort, {}))
            | await form_context(reader, guest, card, days, form, errors)
            | {
                "sort": sort,
                "action": f"{sort.add_href}?{other[0].entity_type}={other[1]}"
                if other
                else sort.add_href,
                "beside": beside[0] if beside else None,
                "may_edit": True,
            }
        )


def _other(request: Request, sort: Sort) -> tuple[Sort, int] | None:
    """Return the entity that the new one is to be linked with, if the address names one."""
    for entity_type in linked_with(sort.entity_type):
        text = request.query_params.get(entity_type)
        if text is not None:
            return SORTS[entity_type], id_in(text)
    return None
