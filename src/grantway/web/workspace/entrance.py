"""The two ends of a workspace session."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from grantway.accounts import sessions
from grantway.kernel.addresses import CONTROL
from grantway.web.forms import own_path, read_form
from grantway.web.refusals import FormRefused, go_to
from grantway.web.visits import user_agent
from grantway.web.workspace.hall import Hall, account_of


@dataclass(frozen=True, slots=True)
class Entrance:
    """Come in with a ticket, leave by a form."""

    hall: Hall

    def routes(self) -> list[Route]:
        return [
            Route("/", self.begin, methods=["GET"]),
            Route("/enter", self.enter, methods=["GET"]),
            Route("/sign-out", self.leave, methods=["POST"]),
        ]

    async def begin(self, request: Request) -> Response:
        return go_to(request, "/leads/")

    async def enter(self, request: Request) -> Response:
        """Spend a ticket; a GET may, because the ticket is good for this browser and once."""
        if request.method != "GET":
            raise HTTPException(405, headers={"allow": "GET"})
        to = own_path(request.query_params.get("to", ""))
        account = account_of(request)
        services, visits = self.hall.services, self.hall.visits
        async with services.db.read() as reader:
            visit = await visits.find(reader, request, account_id=account.id)
        if visit is not None:
            return go_to(request, to)
        async with services.db.write() as tx:
            opened = await sessions.enter_workspace(
                tx,
                account.id,
                request.query_params.get("ticket", ""),
                visits.cookies.read(request, visits.cookies.entry) or "",
                source=services.sources.of(request.scope),
                user_agent=user_agent(request),
                now=services.now(),
            )
        if opened is None:
            # Too old, spent, or another browser's: once more from the beginning, then no more.
            if "again" in request.query_params:
                raise FormRefused(why="ticket into the workspace")
            raise self.hall.entry(request, to, is_again=True)
        response = go_to(request, to)
        visits.sign_in(response, opened.secret)
        visits.cookies.drop(response, visits.cookies.entry)
        return response

    async def leave(self, request: Request) -> Response:
        """End this workspace's session alone; signing out happens on the control origin."""
        form = await read_form(request)
        services, visits = self.hall.services, self.hall.visits
        async with services.db.write() as tx:
            guest = await self.hall.guest(tx, request)
            visits.check(request, form, guest.visit, self.hall.origin(guest.account))
            session = guest.visit.session
            await sessions.end_session(
                tx, session.user_id, session.id, source=guest.visit.source, now=services.now()
            )
        response = RedirectResponse(f"{services.addresses.origin(CONTROL)}/", 303)
        visits.cookies.drop(response, visits.cookies.session)
        return response
