"""*Access you gave*: a person's own grants in all their accounts (authorization.md 11)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.accounts import grant_rule
from grantway.accounts import service as accounts
from grantway.oauth import grants
from grantway.oauth.errors import GrantNotFound
from grantway.oauth.grants import GrantShown
from grantway.web.control.desk import Desk, get, number, post
from grantway.web.control.grant_pages import ON_A_PAGE, asked_turn, pages
from grantway.web.control.grant_rows import grant_row
from grantway.web.forms import read_form
from grantway.web.refusals import PageNotFound, go_to, is_partial

_NOTICES = {"revoked": "Access revoked. Its tokens are refused from now on."}


@dataclass(frozen=True, slots=True)
class OwnGrants:
    """List what the visitor gave, and take it back; whatever their role is."""

    desk: Desk

    def routes(self) -> list[Route]:
        return [
            get("/grants", self.show),
            post("/grants/{account_id}/{grant_id}/revoke", self.revoke),
        ]

    async def show(self, request: Request) -> Response:
        now = self.desk.services.now()
        async with self.desk.look(request) as (reader, visit):
            context = await self.desk.frame(reader, visit)
            found = await grants.page_of_user(reader, visit.user.id, asked_turn(request), ON_A_PAGE)
            rules = {
                account_id: await grant_rule.unused_grant_days(reader, account_id)
                for account_id in {one.account_id for one in found.grants}
            }
        context["grants"] = [_row(one, now, rules[one.account_id]) for one in found.grants]
        context["page"] = pages(request, found, "/grants")
        context["notice"] = _NOTICES.get(request.query_params.get("done", ""), "")
        return self.desk.page("control/own_grants.html", context)

    async def revoke(self, request: Request) -> Response:
        """End a grant of the visitor's own, in an account where they may work."""
        form = await read_form(request)
        account_id = number(request.path_params["account_id"])
        grant_id = number(request.path_params["grant_id"])
        now = self.desk.services.now()
        async with self.desk.act(request, form) as (tx, visit):
            own = await accounts.accounts_of_user(tx, visit.user.id)
            if all(one.id != account_id for one in own):
                raise PageNotFound
            actor = await accounts.actor_for(tx, account_id, visit.user.id, visit.source)
            if actor is None:
                raise PageNotFound
            ended = await grants.revoke(tx, actor, grant_id, now)
            if ended.user_id != visit.user.id:
                # Administrators end what others gave on the page of the account.
                raise GrantNotFound
        self.desk.services.hooks.wake()
        if not is_partial(request):
            return go_to(request, "/grants?done=revoked")
        row = _row(ended, now, None) | {"is_fresh": True}
        context = {"grant": row, "form_token": visit.form_token}
        return self.desk.page("control/partials/grant_row.html", context)


def _row(grant: GrantShown, now: int, days: int | None) -> dict[str, Any]:
    href = f"/grants/{grant.account_id}/{grant.grant_id}/revoke"
    return grant_row(grant, now, days=days, revoke_href=href, is_own=True)
