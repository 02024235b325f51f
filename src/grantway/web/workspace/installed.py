"""Settings → Integrations: what works with the account's data, and the way to manage it."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.accounts import service as accounts
from grantway.installations import service as installations
from grantway.integrations.scopes import SCOPES
from grantway.kernel.addresses import CONTROL
from grantway.web.workspace.hall import Hall


@dataclass(frozen=True, slots=True)
class InstalledPage:
    """Answer `GET /settings/integrations/`."""

    hall: Hall

    def routes(self) -> list[Route]:
        paths = ("/settings/integrations/", "/settings/integrations")
        return [Route(path, self.show, methods=["GET"]) for path in paths]

    async def show(self, request: Request) -> Response:
        async with self.hall.look(request) as (reader, guest):
            context = self.hall.frame(guest, "settings")
            live = await installations.live(reader, guest.actor)
            ask = await accounts.administrators(reader, guest.account.id)
        control = self.hall.services.addresses.origin(CONTROL)
        context |= {
            "integrations": [
                {
                    "name": one.name,
                    "kind": one.kind.capitalize(),
                    "installed_at": one.installed_at,
                    "access": [s.label for s in SCOPES if s.name in one.scopes.split()],
                }
                for one in live
            ],
            "manage_url": f"{control}/accounts/{guest.account.subdomain}/integrations",
            "may_manage": guest.actor.is_administrator,
            "ask": ask,
        }
        return self.hall.page("workspace/settings_integrations.html", context)
