"""Tab *Authorization*: every long-lived token there ever was, and the end of each (S-57, S-73)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.oauth.long_lived import LongLivedToken
from grantway.web.control.desk import Desk, get, number, post
from grantway.web.control.integration_window import (
    WINDOW,
    open_window,
    tokens_of,
    window_frame,
)
from grantway.web.forms import read_form
from grantway.web.refusals import PageNotFound, go_to, is_partial
from grantway.web.wording import DAY

_NEAR_ITS_END = 14 * DAY
_SHORT_ID = 8
_NOTICES = {"revoked": "Access revoked. The token is refused from now on."}


@dataclass(frozen=True, slots=True)
class AuthorizationTab:
    """List tokens and revoke them."""

    desk: Desk

    def routes(self) -> list[Route]:
        return [
            get(f"{WINDOW}/authorization", self.show),
            post(f"{WINDOW}/authorization/{{token_id}}/revoke", self.revoke),
        ]

    async def show(self, request: Request) -> Response:
        async with self.desk.look(request) as (reader, visit):
            window = await open_window(self.desk, reader, request, visit)
            context = await window_frame(self.desk, reader, visit, window, "authorization")
            tokens = await tokens_of(self.desk, reader, window)
        now = self.desk.services.now()
        context["tokens"] = [_row(one, now) for one in tokens]
        context["notice"] = _NOTICES.get(request.query_params.get("done", ""), "")
        return self.desk.page("control/integration_authorization.html", context)

    async def revoke(self, request: Request) -> Response:
        """End a token of this very integration; the page's and the token's must agree (S-94)."""
        form = await read_form(request)
        token_id = number(request.path_params["token_id"])
        now = self.desk.services.now()
        async with self.desk.act(request, form) as (tx, visit):
            window = await open_window(self.desk, tx, request, visit)
            ended = await self.desk.services.long_lived.revoke(
                tx, window.place.actor, token_id, now
            )
            if ended.client_id != window.integration.client_id:
                raise PageNotFound
            context = await window_frame(self.desk, tx, visit, window, "authorization")
            tokens = await tokens_of(self.desk, tx, window)
        if not is_partial(request):
            return go_to(request, f"{window.href}/authorization?done=revoked")
        row = next(_row(one, now) for one in tokens if one.grant_id == token_id)
        context["token"] = row | {"is_fresh": True}
        return self.desk.page("control/partials/token_row.html", context)


def _row(token: LongLivedToken, now: int) -> dict[str, Any]:
    state = token.state(now)
    return {
        "id": token.grant_id,
        # The token carries it whole, as `hash_uuid`.
        "short_id": token.uuid[:_SHORT_ID],
        "state": state,
        "issued_by": token.user_name,
        "issued_at": token.issued_at,
        "expires_at": token.expires_at,
        "is_expiring": state == "live" and token.expires_at - now < _NEAR_ITS_END,
        "last_used_at": token.last_used_at,
        "last_used_from": token.last_used_from or "",
        "revoked_at": token.ended_at,
        "revoked_by": token.ended_by or "the operator",
        "is_fresh": False,
    }
