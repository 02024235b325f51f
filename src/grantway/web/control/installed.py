"""*Installed*: everything that works in an account, whoever made it, and the end of it.

Rules S-18, S-28, S-57, S-76, S-79.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.accounts import grant_rule
from grantway.db import Reader
from grantway.installations import everywhere
from grantway.installations import service as installations
from grantway.installations.errors import InstallationNotFound
from grantway.installations.service import Installed
from grantway.integrations.scopes import access_in_words
from grantway.kernel.errors import Invalid
from grantway.marketplace import received
from grantway.marketplace.received import Given
from grantway.oauth import grants, unused
from grantway.oauth.grants import GrantUsage
from grantway.web.control.authorization import AuthorizationPage, Subject
from grantway.web.control.desk import ACCOUNT, Desk, Place, get, post, storable
from grantway.web.forms import read_form
from grantway.web.refusals import go_to
from grantway.web.visits import Visit

INSTALLED = f"{ACCOUNT}/installed"
_ONE = f"{INSTALLED}/{{client_id}}"
_OFF = "off"
_CHOICES: Mapping[str, int | None] = {_OFF: None} | {str(days): days for days in grant_rule.CHOICES}
_NOTICES = {
    "uninstalled": "The integration is uninstalled. All its access has ended.",
    "rule": "Saved. From now on this page shows what ends next.",
    "unrated": "Your rating is deleted.",
}


@dataclass(frozen=True, slots=True)
class InstalledList:
    """List what is installed, uninstall, and choose when unused access ends."""

    desk: Desk

    def routes(self) -> list[Route]:
        return [
            get(INSTALLED, self.show),
            post(f"{ACCOUNT}/unused-access", self.change_rule),
            post(f"{_ONE}/uninstall", self.uninstall),
        ]

    async def show(self, request: Request) -> Response:
        now = self.desk.services.now()
        async with self.desk.look(request) as (reader, visit):
            place = await self.desk.place(reader, request, visit)
            context = await self.desk.frame(reader, visit, place, "installed")
            live = await installations.live(reader, place.actor)
            stopped = await everywhere.stopped_in(reader, place.actor)
            usage = await grants.usage(reader, place.actor, now)
            given = await received.given(reader, place.actor)
            chosen = request.query_params.get("unused_days", "")
            context["unused"] = await self._unused(reader, place, chosen, now)
        context |= {
            "installed": [
                _installed(one, usage.get(one.client_id), given.get(one.client_id), place)
                for one in live
            ],
            "stopped": [
                {"name": one.name, "kind": one.kind.capitalize(), "stopped_at": one.stopped_at}
                for one in stopped
            ],
            "notice": _NOTICES.get(request.query_params.get("done", ""), ""),
        }
        return self.desk.page("control/installed.html", context)

    async def _unused(self, reader: Reader, place: Place, chosen: str, now: int) -> dict[str, Any]:
        """Return the rule, or the one that is considered, and what it ends."""
        actor = place.actor
        present = await grant_rule.unused_grant_days(reader, actor.account_id)
        considered = _CHOICES.get(chosen, present)
        found = [] if considered is None else await unused.foreseen(reader, actor, considered, now)
        return {
            "choices": [
                {"value": value, "days": days, "is_chosen": days == considered}
                for value, days in _CHOICES.items()
            ],
            "present": present,
            "considered": considered,
            "is_new": considered != present,
            "value": _OFF if considered is None else str(considered),
            "ending": [
                {
                    "user": one.user_name,
                    "integration": one.integration_name,
                    "href": f"{place.href}/installed/{one.client_id}",
                    "is_long_lived": one.is_long_lived,
                    "unused_since": one.unused_since,
                    "was_used": one.last_used_at is not None,
                    "ends_at": max(unused.ends_at(one, considered), now),
                    "is_due": unused.ends_at(one, considered) <= now,
                }
                for one in found
            ],
        }

    async def change_rule(self, request: Request) -> Response:
        """Keep another rule; the page before has shown what it ends."""
        form = await read_form(request)
        chosen = form.text("unused_days")
        if chosen not in _CHOICES:
            raise Invalid(f"unused_days: send one of {', '.join(_CHOICES)}")
        now = self.desk.services.now()
        async with self.desk.act(request, form) as (tx, visit):
            place = await self.desk.place(tx, request, visit)
            await grant_rule.change_unused_grant_days(tx, place.actor, _CHOICES[chosen], now)
        return go_to(request, f"{place.href}/installed?done=rule#unused")

    async def uninstall(self, request: Request) -> Response:
        """End the installation with everything that hangs on it (S-76)."""
        form = await read_form(request)
        client_id = storable(request.path_params["client_id"])
        now = self.desk.services.now()
        async with self.desk.act(request, form) as (tx, visit):
            place = await self.desk.place(tx, request, visit)
            if not await installations.uninstall(tx, place.actor, client_id, now):
                raise InstallationNotFound
        self.desk.services.hooks.wake()
        return go_to(request, f"{place.href}/installed?done=uninstalled")


def installed_authorization(desk: Desk) -> AuthorizationPage:
    """Return the page of an integration that is installed here, of whatever owner."""

    async def open_(reader: Reader, request: Request, visit: Visit) -> Subject:
        place = await desk.place(reader, request, visit)
        client_id = storable(request.path_params["client_id"])
        one = await installations.get_live(reader, place.actor, client_id)

        async def frame(reader: Reader) -> dict[str, Any]:
            context = await desk.frame(reader, visit, place, "installed")
            usage = await grants.usage(reader, place.actor, desk.services.now(), client_id)
            given = await received.given(reader, place.actor)
            shown = _installed(one, usage.get(client_id), given.get(client_id), place)
            return context | {"one": shown}

        return Subject(place, client_id, f"{place.href}/installed/{client_id}", frame)

    return AuthorizationPage(desk, _ONE, "control/installed_authorization.html", open_)


def _installed(
    one: Installed, usage: GrantUsage | None, given: Given | None, place: Place
) -> dict[str, Any]:
    is_own = one.owner_id == place.account.id
    return {
        "name": one.name,
        "href": f"{place.href}/installed/{one.client_id}",
        "settings_href": f"{place.href}/integrations/{one.client_id}" if is_own else "",
        "kind": one.kind.capitalize(),
        "owner": one.owner_name,
        "is_own": is_own,
        "is_private": one.kind == "private",
        "is_verified": one.is_verified,
        "access": access_in_words(one.scopes),
        "installed_at": one.installed_at,
        "installed_by": one.installed_by or "",
        "live": usage.live if usage else 0,
        "people": usage.users if usage else 0,
        "last_used_at": usage.last_used_at if usage else None,
        "tells_integration": one.has_revoke_hook,
        "rating": given,
    }
