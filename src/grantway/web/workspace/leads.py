"""The account's leads, as far as the visitor may see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.accounts import service as accounts
from grantway.crm.entities import reading
from grantway.crm.entities.document import addressed, opened
from grantway.crm.leads.kind import LEADS
from grantway.crm.pipelines import service as pipelines
from grantway.crm.pipelines.model import DEFAULT_COLOR, Pipelines
from grantway.web.refusals import PageNotFound
from grantway.web.workspace.crm.card import may_add
from grantway.web.workspace.crm.cards import page_number
from grantway.web.workspace.crm.linked import search_of
from grantway.web.workspace.crm.lists import NOTICES, pager
from grantway.web.workspace.crm.marks import of_list, query_of
from grantway.web.workspace.crm.sorts import LEAD
from grantway.web.workspace.hall import Hall
from grantway.web.workspace.widgets.entity_values import rows_of_leads
from grantway.web.workspace.widgets.hosting import hosted
from grantway.web.workspace.widgets.places import list_of


class LeadRow(msgspec.Struct, frozen=True):
    """What the list shows of a lead's document."""

    id: int
    name: str
    price: int
    pipeline_id: int
    status_id: int
    responsible_user_id: int
    updated_at: int


@dataclass(frozen=True, slots=True)
class LeadsPage:
    """Answer `GET /leads/`."""

    hall: Hall

    def routes(self) -> list[Route]:
        return [Route(path, self.show, methods=["GET"]) for path in ("/leads/", "/leads")]

    async def show(self, request: Request) -> Response:
        page, search = page_number(request, "page"), search_of(request)
        query = query_of(LEAD, page, search)
        async with self.hall.look(request) as (reader, guest):
            context = self.hall.frame(guest, "leads")
            found = await reading.page(reader, guest.actor, LEADS, query)
            documents = addressed(found.documents, self.hall.origin(guest.account))
            leads = msgspec.json.decode(b"[" + documents + b"]", type=list[LeadRow])
            names = await accounts.names(reader, [one.responsible_user_id for one in leads])
            stages = await pipelines.load(reader, guest.account.id)
            rows = await rows_of_leads(reader, guest, [opened(one, "") for one in found.documents])
            context |= await hosted(self.hall, reader, guest, list_of(LEAD, rows))
        if page > 1 and not leads:
            raise PageNotFound
        currency = guest.account.currency
        context |= {
            "sort": LEAD,
            "live": of_list(LEAD, page, search, found.documents),
            "leads": [_shown(one, currency, stages, names) for one in leads],
            "query": search,
            "page": pager("/leads/", page, found, search),
            "may_add": may_add(guest, LEAD, stages),
            "notice": NOTICES.get(request.query_params.get("done", ""), ""),
            "curl": _curl(self.hall.origin(guest.account)),
        }
        return self.hall.page("workspace/leads.html", context)


def _shown(
    lead: LeadRow, currency: str, stages: Pipelines, names: dict[int, str]
) -> dict[str, Any]:
    pipeline = stages.find(lead.pipeline_id)
    stage = pipeline.find(lead.status_id) if pipeline else None
    return {
        "id": lead.id,
        "href": LEAD.href(lead.id),
        "name": lead.name,
        "price": lead.price,
        "currency": currency,
        "pipeline": pipeline.name if pipeline else "",
        "stage": stage.name if stage else "",
        "colour": stage.color if stage else DEFAULT_COLOR,
        "responsible": names.get(lead.responsible_user_id, "Nobody"),
        "updated_at": lead.updated_at,
    }


def _curl(origin: str) -> str:
    return (
        f"curl '{origin}/api/v4/leads' \\\n"
        "  --header 'authorization: Bearer YOUR_TOKEN' \\\n"
        "  --header 'content-type: application/json' \\\n"
        """  --data '[{"name": "First order", "price": 1000}]'"""
    )
