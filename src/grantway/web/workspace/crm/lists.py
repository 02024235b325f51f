"""The lists of contacts and companies, and the recycle bins."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.crm.entities import binning, reading
from grantway.crm.entities.document import opened
from grantway.crm.entities.model import EntityPage, EntityQuery
from grantway.kernel.errors import NotFound
from grantway.web.forms import read_form
from grantway.web.refusals import PageNotFound, go_to
from grantway.web.workspace.crm.card import offers_new
from grantway.web.workspace.crm.cards import page_number
from grantway.web.workspace.crm.linked import reached_by, search_of, summaries
from grantway.web.workspace.crm.marks import ON_A_PAGE, of_list, query_of
from grantway.web.workspace.crm.people import people
from grantway.web.workspace.crm.sorts import COMPANY, CONTACT, SORTS, Sort, id_in
from grantway.web.workspace.hall import Guest, Hall
from grantway.web.workspace.widgets.entity_values import row_of
from grantway.web.workspace.widgets.hosting import hosted
from grantway.web.workspace.widgets.places import list_of, trash_of

NOTICES = {
    "binned": "It is in the recycle bin.",
    "given": "Saved. It belongs to somebody else now, and your rights do not show it to you.",
}
_ADDRESSES = (
    ("/contacts/list/", CONTACT),
    ("/contacts/list", CONTACT),
    ("/contacts/list/contacts/", CONTACT),
    ("/contacts/", CONTACT),
    ("/contacts", CONTACT),
    ("/contacts/list/companies/", COMPANY),
    ("/contacts/list/companies", COMPANY),
    ("/companies/list/", COMPANY),
    ("/companies/", COMPANY),
    ("/companies", COMPANY),
)


@dataclass(frozen=True, slots=True)
class ListPages:
    """Answer `/contacts/list/` and its like, and `/leads/trash/` and its like."""

    hall: Hall

    def routes(self) -> list[Route]:
        def of(
            sort: Sort, answer: Callable[[Request, Sort], Awaitable[Response]]
        ) -> Callable[[Request], Awaitable[Response]]:
            async def of_sort(request: Request) -> Response:
                return await answer(request, sort)

            return of_sort

        return [
            *(Route(path, of(sort, self.show), methods=["GET"]) for path, sort in _ADDRESSES),
            *(
                Route(one.trash_href, of(one, self.show_trash), methods=["GET"])
                for one in SORTS.values()
            ),
            *(
                Route(f"{one.trash_href}restore", of(one, self.restore), methods=["POST"])
                for one in SORTS.values()
            ),
        ]

    async def show(self, request: Request, sort: Sort) -> Response:
        number, search = page_number(request, "page"), search_of(request)
        query = query_of(sort, number, search)
        async with self.hall.look(request) as (reader, guest):
            found = await reading.page(reader, guest.actor, sort.kind, query)
            documents = [opened(one, "") for one in found.documents]
            team = await people(
                reader, guest.account.id, [one["responsible_user_id"] for one in documents]
            )
            company_ids = {
                one["id"] for d in documents for one in d["_embedded"].get("companies", ())
            }
            companies = {
                one["id"]: one
                for one in await summaries(reader, guest, COMPANY, sorted(company_ids))
            }
            may_add = await offers_new(reader, guest, sort)
            place = list_of(sort, [row_of(sort.entity_type, one) for one in documents])
            hosting = await hosted(self.hall, reader, guest, place)
        if number > 1 and not documents:
            raise PageNotFound
        context = (
            self.hall.frame(guest, sort.section)
            | hosting
            | {
                "sort": sort,
                "rows": [
                    {
                        "id": one["id"],
                        "name": one["name"],
                        "href": sort.href(one["id"]),
                        "phone": reached_by(one, "PHONE"),
                        "email": reached_by(one, "EMAIL"),
                        "company": next(
                            (
                                companies[linked["id"]]
                                for linked in one["_embedded"].get("companies", ())
                                if linked["id"] in companies
                            ),
                            None,
                        ),
                        "responsible": team.name(one["responsible_user_id"]),
                        "updated_at": one["updated_at"],
                    }
                    for one in documents
                ],
                "live": of_list(sort, number, search, found.documents),
                "query": search,
                "page": pager(sort.list_href, number, found, search),
                "may_add": may_add,
                "notice": NOTICES.get(request.query_params.get("done", ""), ""),
                "curl": _curl(self.hall.origin(guest.account), sort),
            }
        )
        return self.hall.page("workspace/contacts.html", context)

    async def show_trash(self, request: Request, sort: Sort) -> Response:
        number = page_number(request, "page")
        query = EntityQuery(
            descending=True,
            offset=(number - 1) * ON_A_PAGE,
            limit=ON_A_PAGE,
            is_deleted=True,
        )
        async with self.hall.look(request) as (reader, guest):
            found = await reading.page(reader, guest.actor, sort.kind, query)
            documents = [opened(one, "") for one in found.documents]
            who = [one[name] for one in documents for name in ("responsible_user_id", "updated_by")]
            team = await people(reader, guest.account.id, who)
            hosting = await hosted(self.hall, reader, guest, trash_of(sort))
        if number > 1 and not documents:
            raise PageNotFound

        def may_restore(guest: Guest, one: dict[str, Any]) -> bool:
            stage = (one["pipeline_id"], one["status_id"]) if "pipeline_id" in one else None
            owner = one["responsible_user_id"]
            return team.may(guest.actor, sort.entity_type, "delete", owner, stage)

        context = (
            self.hall.frame(guest, sort.section)
            | hosting
            | {
                "sort": sort,
                "rows": [
                    {
                        "id": one["id"],
                        "name": one["name"],
                        "responsible": team.name(one["responsible_user_id"]),
                        "binned_by": team.name(one["updated_by"]),
                        "binned_at": one["updated_at"],
                        "may_restore": may_restore(guest, one),
                    }
                    for one in documents
                ],
                "page": pager(sort.trash_href, number, found),
            }
        )
        return self.hall.page("workspace/trash.html", context)

    async def restore(self, request: Request, sort: Sort) -> Response:
        """Bring an entity back out of the bin."""
        form = await read_form(request)
        entity_id = id_in(form.text("id"))
        async with self.hall.act(request, form) as (tx, guest):
            now = self.hall.services.now()
            try:
                await binning.restore(tx, guest.actor, sort.kind, [entity_id], now)
            except NotFound as error:
                raise PageNotFound from error
        return go_to(request, f"{sort.href(entity_id)}?done=restored")


def pager(href: str, number: int, found: EntityPage, search: str = "") -> dict[str, Any]:
    """Return what `pager()` of shared/parts.html asks for."""
    asked = {"query": search} if search else {}

    def at(page: int) -> str:
        return f"{href}?{urlencode(asked | ({'page': page} if page > 1 else {}))}".rstrip("?")

    first, count = (number - 1) * ON_A_PAGE + 1, len(found.documents)
    return {
        "number": number,
        "first": first,
        "last": first + count - 1,
        # Counting a million entities takes longer than listing fifty.
        "total": count if number == 1 and not found.has_next else None,
        "previous_href": at(number - 1) if number > 1 else "",
        "next_href": at(number + 1) if found.has_next else "",
    }


def _curl(origin: str, sort: Sort) -> str:
    name = "Ann Lee" if sort is CONTACT else "Lee and Sons"
    return (
        f"curl '{origin}/api/v4/{sort.entity_type}' \\\n"
        "  --header 'authorization: Bearer YOUR_TOKEN' \\\n"
        "  --header 'content-type: application/json' \\\n"
        f"""  --data '[{{"name": "{name}"}}]'"""
    )
