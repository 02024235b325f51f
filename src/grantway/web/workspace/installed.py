"""Settings → Integrations: what works with the account's data, and the way to manage it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.accounts import service as accounts
from grantway.installations import everywhere
from grantway.installations import service as installations
from grantway.installations.service import Installed
from grantway.integrations.scopes import access_in_words
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
            context = self.hall.settings(guest, "installed")
            live = await installations.live(reader, guest.actor)
            stopped = await everywhere.stopped_in(reader, guest.actor)
            ask = await accounts.administrators(reader, guest.account.id)
        control = self.hall.services.addresses.origin(CONTROL)
        context |= {
            "integrations": [_shown(one) for one in live],
            "stopped": [{"name": one.name, "stopped_at": one.stopped_at} for one in stopped],
            "manage_url": self.hall.control_href(guest, "installed"),
            "own_url": f"{control}/grants",
            "may_manage": guest.actor.is_administrator,
            "ask": ask,
        }
        return self.hall.page("workspace/settings_integrations.html", context)


def _shown(one: Installed) -> dict[str, Any]:
    return {
        "name": one.name,
        "listing_href": f"/settings/widgets/{one.client_id}" if one.is_verified else "",
        "is_private": one.kind == "private",
        "owner": one.owner_name,
        "is_verified": one.is_verified,
        "installed_at": one.installed_at,
        "installed_by": one.installed_by or "",
        "access": access_in_words(one.scopes),
    }
