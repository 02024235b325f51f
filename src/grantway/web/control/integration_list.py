"""An account's integrations, and the one click that makes another (authorization.md 16)."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.installations import service as installations
from grantway.integrations import service as integrations
from grantway.web.control.desk import ACCOUNT, Desk, get, post
from grantway.web.forms import read_form
from grantway.web.refusals import go_to

_NOTICES = {"deleted": "The integration is deleted. Its keys and tokens are refused from now on."}


@dataclass(frozen=True, slots=True)
class IntegrationList:
    """Answer `/accounts/<subdomain>` and its list of integrations."""

    desk: Desk

    def routes(self) -> list[Route]:
        return [
            get(ACCOUNT, self.begin),
            get(f"{ACCOUNT}/integrations", self.show),
            post(f"{ACCOUNT}/integrations", self.create),
        ]

    async def begin(self, request: Request) -> Response:
        """Lead to the first tab of an account."""
        async with self.desk.look(request) as (reader, visit):
            place = await self.desk.place(reader, request, visit)
        return go_to(request, f"{place.href}/integrations")

    async def show(self, request: Request) -> Response:
        services = self.desk.services
        async with self.desk.look(request) as (reader, visit):
            place = await self.desk.place(reader, request, visit)
            context = await self.desk.frame(reader, visit, place, "integrations")
            own = await integrations.integrations_of(reader, place.actor)
            installed = await installations.installed(reader, place.account.id)
            usage = await services.long_lived.usage(reader, place.actor, services.now())
        context["integrations"] = [
            {
                "name": one.name,
                "href": f"{place.href}/integrations/{one.client_id}",
                "kind": one.kind.capitalize(),
                "status": "Installed" if one.client_id in installed else "Not in use yet",
                "is_live": one.client_id in installed,
                "created_at": one.created_at,
                "live_tokens": used.live if (used := usage.get(one.client_id)) else 0,
                "last_used_at": used.last_used_at if used else None,
            }
            for one in own
        ]
        context["notice"] = _NOTICES.get(request.query_params.get("done", ""), "")
        return self.desk.page("control/integrations.html", context)

    async def create(self, request: Request) -> Response:
        """Make a private integration and lead to its keys."""
        form = await read_form(request)
        async with self.desk.act(request, form) as (tx, visit):
            place = await self.desk.place(tx, request, visit)
            made = await integrations.create_private(tx, place.actor, self.desk.services.now())
        return go_to(request, f"{place.href}/integrations/{made.client_id}/keys")
