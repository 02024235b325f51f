"""*Authorization*: what users gave an integration, and the end of it (S-50, S-57, S-73, S-78).

One page for two kinds of readers: administrators of the account that owns the
integration see it as a tab of its window, administrators of any account in
which it is installed under *Installed*. Either sees the grants of their own
account alone.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.accounts import grant_rule
from grantway.db import Reader
from grantway.oauth import grants
from grantway.oauth.grants import GrantShown
from grantway.web.control.desk import Desk, Place, get, number, post
from grantway.web.control.grant_pages import ON_A_PAGE, asked_turn, pages
from grantway.web.control.grant_rows import grant_row, warnings_of
from grantway.web.control.integration_window import WINDOW, open_window, window_frame
from grantway.web.forms import read_form
from grantway.web.refusals import go_to, is_partial
from grantway.web.visits import Visit

_MOST_ODD = 1_000  # more than a warning can name, see `warnings_of`
_NOTICES = {
    "revoked": "Access revoked. Its tokens are refused from now on.",
    "all": "All access is revoked. Every token is refused from now on.",
}


class Subject(msgspec.Struct, frozen=True):
    """An integration in the account of *place*; *frame* draws what stands around its grants."""

    place: Place
    client_id: str
    href: str
    frame: Callable[[Reader], Awaitable[dict[str, Any]]]


Open = Callable[[Reader, Request, Visit], Awaitable[Subject]]


@dataclass(frozen=True, slots=True)
class AuthorizationPage:
    """List grants, revoke one or all. *open_* finds what the path names, or raises."""

    desk: Desk
    path: str
    template: str
    open_: Open

    def routes(self) -> list[Route]:
        return [
            get(self.path, self.show),
            post(f"{self.path}/revoke-all", self.revoke_all),
            post(f"{self.path}/{{grant_id}}/revoke", self.revoke),
        ]

    async def show(self, request: Request) -> Response:
        now = self.desk.services.now()
        async with self.desk.look(request) as (reader, visit):
            subject = await self.open_(reader, request, visit)
            context = await subject.frame(reader)
            actor, client_id = subject.place.actor, subject.client_id
            found = await grants.page_of_integration(
                reader, actor, client_id, asked_turn(request), ON_A_PAGE
            )
            usage = (await grants.usage(reader, actor, now, client_id)).get(client_id)
            odd = await grants.to_look_at(reader, actor, client_id, now, _MOST_ODD)
            days = await grant_rule.unused_grant_days(reader, subject.place.account.id)
        context |= {
            "grants": [_row(one, now, days, subject) for one in found.grants],
            "page": pages(request, found, subject.href),
            "working": usage.live if usage else 0,
            "people": usage.users if usage else 0,
            "warnings": warnings_of(_row(one, now, days, subject) for one in odd),
            "authorization_href": subject.href,
            "notice": _NOTICES.get(request.query_params.get("done", ""), ""),
        }
        return self.desk.page(self.template, context)

    async def revoke(self, request: Request) -> Response:
        """End a grant of this very integration; the page's and the grant's must agree (S-94)."""
        form = await read_form(request)
        grant_id = number(request.path_params["grant_id"])
        now = self.desk.services.now()
        async with self.desk.act(request, form) as (tx, visit):
            subject = await self.open_(tx, request, visit)
            actor = subject.place.actor
            ended = await grants.revoke(tx, actor, grant_id, now, client_id=subject.client_id)
        self.desk.services.hooks.wake()
        if not is_partial(request):
            return go_to(request, f"{subject.href}?done=revoked")
        row = _row(ended, now, None, subject) | {"is_fresh": True}
        context = {"grant": row, "form_token": visit.form_token}
        return self.desk.page("control/partials/grant_row.html", context)

    async def revoke_all(self, request: Request) -> Response:
        form = await read_form(request)
        now = self.desk.services.now()
        async with self.desk.act(request, form) as (tx, visit):
            subject = await self.open_(tx, request, visit)
            await grants.revoke_all(tx, subject.place.actor, subject.client_id, now)
        self.desk.services.hooks.wake()
        return go_to(request, f"{subject.href}?done=all")


def _row(grant: GrantShown, now: int, days: int | None, subject: Subject) -> dict[str, Any]:
    href = f"{subject.href}/{grant.grant_id}/revoke"
    return grant_row(grant, now, days=days, revoke_href=href)


def authorization_tab(desk: Desk) -> AuthorizationPage:
    """Return the tab in the window of an integration that the account owns."""

    async def open_(reader: Reader, request: Request, visit: Visit) -> Subject:
        window = await open_window(desk, reader, request, visit)

        async def frame(reader: Reader) -> dict[str, Any]:
            return await window_frame(desk, reader, visit, window, "authorization")

        href = f"{window.href}/authorization"
        return Subject(window.place, window.integration.client_id, href, frame)

    template = "control/integration_authorization.html"
    return AuthorizationPage(desk, f"{WINDOW}/authorization", template, open_)
