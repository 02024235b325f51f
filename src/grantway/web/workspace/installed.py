"""Settings → Integrations: what works with the account's data, and the way to manage it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.accounts import service as accounts
from grantway.installations import everywhere
from grantway.installations import service as installations
from grantway.installations.service import Installed
from grantway.installing import service as installing
from grantway.installing.model import State, Status
from grantway.integrations.scopes import access_in_words
from grantway.kernel.addresses import CONTROL
from grantway.web.workspace.hall import Guest, Hall
from grantway.web.workspace.widgets.hosting import hosted
from grantway.web.workspace.widgets.places import SETTINGS


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
            at_work = await installing.at_work(reader, guest.actor)
            waiting = await installing.waiting(reader, guest.actor)
            live = await installations.live(reader, guest.actor)
            stopped = await everywhere.stopped_in(reader, guest.actor)
            ask = await accounts.administrators(reader, guest.account.id)
            more = [one for _, one in waiting]
            context |= await hosted(self.hall, reader, guest, SETTINGS, more, at_work)
        widgets = {one.widget.client_id: one for one in (*at_work, *more)}
        control = self.hall.services.addresses.origin(CONTROL)
        context |= {
            "integrations": [
                _shown(one) | self._tile(guest, one.client_id, widgets) for one in live
            ],
            "waiting": [
                {"name": name, "action": _action(one.widget.client_id, "install")}
                | self._tile(guest, one.widget.client_id, widgets)
                for name, one in waiting
            ],
            "stopped": [{"name": one.name, "stopped_at": one.stopped_at} for one in stopped],
            "manage_url": self.hall.control_href(guest, "installed"),
            "own_url": f"{control}/grants",
            "may_manage": guest.actor.is_administrator,
            "ask": ask,
        }
        return self.hall.page("workspace/settings_integrations.html", context)

    def _tile(self, guest: Guest, client_id: str, widgets: Mapping[str, State]) -> dict[str, Any]:
        """Return what a tile says of the integration's widget; *code* is "" without one.

        Its link leads, without scripts, to where the integration is managed.
        """
        state = widgets.get(client_id)
        code = state.widget.code if state else ""
        is_own = state is not None and state.widget.account_id == guest.account.id
        has_page = (
            state is not None
            and state.status is Status.INSTALLED
            and "advanced_settings" in state.widget.manifest.areas
        )
        where = f"integrations/{client_id}" if is_own else "installed"
        manage = self.hall.control_href(guest, where)
        return {
            "code": code,
            "status": state.status if state else "",
            "logo": f"/upl/{code}/{state.widget.number}/widget/images/logo_small.png"
            if state
            else "",
            "open_href": manage if guest.actor.is_administrator else "/settings/integrations/",
            "page_href": f"/settings/widgets/{code}/advanced" if has_page else "",
        }


def _action(client_id: str, what: str) -> str:
    return f"/settings/widgets/{client_id}/{what}"


def _shown(one: Installed) -> dict[str, Any]:
    return {
        "name": one.name,
        "disable_action": _action(one.client_id, "uninstall"),
        "listing_href": f"/settings/widgets/{one.client_id}" if one.is_verified else "",
        "is_private": one.kind == "private",
        "owner": one.owner_name,
        "is_verified": one.is_verified,
        "installed_at": one.installed_at,
        "installed_by": one.installed_by or "",
        "access": access_in_words(one.scopes),
    }
