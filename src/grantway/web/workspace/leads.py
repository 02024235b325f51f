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
from grantway.crm.entities.document import addressed
from grantway.crm.leads.kind import LEADS
from grantway.crm.leads.model import LeadQuery
from grantway.crm.pipelines import service as pipelines
from grantway.crm.pipelines.model import DEFAULT_COLOR, Pipelines
from grantway.web.refusals import PageNotFound
from grantway.web.workspace.hall import Hall

_ON_A_PAGE = 50
_LAST_PAGE = 100_000


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
        page = _page(request)
        query = LeadQuery(
            order="updated_at",
            descending=True,
            offset=(page - 1) * _ON_A_PAGE,
            limit=_ON_A_PAGE,
        )
        async with self.hall.look(request) as (reader, guest):
            context = self.hall.frame(guest, "leads")
            found = await reading.page(reader, guest.actor, LEADS, query)
            documents = addressed(found.documents, self.hall.origin(guest.account))
            leads = msgspec.json.decode(b"[" + documents + b"]", type=list[LeadRow])
            names = await accounts.names(reader, [one.responsible_user_id for one in leads])
            stages = await pipelines.load(reader, guest.account.id)
        if page > 1 and not leads:
            raise PageNotFound
        first = query.offset + 1
        currency = guest.account.currency
        context |= {
            "leads": [_shown(one, currency, stages, names) for one in leads],
            "page": {
                "number": page,
                "first": first,
                "last": first + len(leads) - 1,
                # Counting a million leads takes longer than listing fifty.
                "total": len(leads) if page == 1 and not found.has_next else None,
                "previous_href": f"/leads/?page={page - 1}" if page > 1 else "",
                "next_href": f"/leads/?page={page + 1}" if found.has_next else "",
            },
            "curl": _curl(self.hall.origin(guest.account)),
        }
        return self.hall.page("workspace/leads.html", context)


def _page(request: Request) -> int:
    given = request.query_params.get("page", "1")
    if not (given.isascii() and given.isdigit() and 1 <= len(given) <= 6):
        raise PageNotFound
    if not 1 <= int(given) <= _LAST_PAGE:
        raise PageNotFound
    return int(given)


def _shown(
    lead: LeadRow, currency: str, stages: Pipelines, names: dict[int, str]
) -> dict[str, Any]:
    pipeline = stages.find(lead.pipeline_id)
    stage = pipeline.find(lead.status_id) if pipeline else None
    return {
        "id": lead.id,
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
