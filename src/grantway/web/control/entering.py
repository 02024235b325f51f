"""The way from here into a workspace: a ticket for the browser that holds the nonce."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.accounts import service as accounts
from grantway.accounts import sessions
from grantway.kernel.errors import Invalid
from grantway.web.control.desk import Desk, get
from grantway.web.control.elsewhere import SignInNeeded
from grantway.web.forms import own_path
from grantway.web.refusals import PageNotFound, go_to

_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Entering:
    """Answer `GET /enter/<subdomain>?nonce=<hash>&to=<path>`.

    It is a GET because a redirect leads here. What it makes is worth nothing
    to anybody but the browser that keeps the nonce in a cookie of that
    workspace, and is gone after a minute.
    """

    desk: Desk

    def routes(self) -> list[Route]:
        return [get("/enter/{subdomain}", self.enter)]

    async def enter(self, request: Request) -> Response:
        """Send a member of the account back with a ticket."""
        if request.method != "GET":
            raise HTTPException(405, headers={"allow": "GET"})
        nonce_hash = request.query_params.get("nonce", "")
        if not _HASH.fullmatch(nonce_hash):
            raise Invalid("The link into the workspace is incomplete")
        if self.desk.visits.secret(request) is None:
            raise SignInNeeded(self.desk.page_behind(request))
        subdomain: str = request.path_params["subdomain"]
        async with self.desk.services.db.write() as tx:
            visit = await self.desk.visits.find(tx, request, account_id=None)
            if visit is None:
                raise SignInNeeded(self.desk.page_behind(request))
            own = await accounts.accounts_of_user(tx, visit.user.id)
            account = next((one for one in own if one.subdomain == subdomain), None)
            if account is None:
                raise PageNotFound
            ticket = await sessions.issue_ticket(
                tx, visit.session, account.id, nonce_hash, self.desk.services.now()
            )
        if ticket is None:
            raise PageNotFound
        back = {"ticket": ticket, "to": own_path(request.query_params.get("to", ""))}
        if "again" in request.query_params:
            back["again"] = "1"
        workspace = self.desk.services.addresses.origin(account.subdomain)
        return go_to(request, f"{workspace}/enter?{urlencode(back)}")
