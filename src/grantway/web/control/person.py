"""Pages about the visitor: their accounts, sessions and password."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.accounts import service as accounts
from grantway.accounts import sessions
from grantway.accounts.errors import FieldRefused
from grantway.accounts.model import UserAccount
from grantway.db import Reader
from grantway.integrations import service as integrations
from grantway.kernel.errors import TooMany
from grantway.web.control.browsers import browser_name
from grantway.web.control.desk import Desk, get, post, storable
from grantway.web.forms import read_form
from grantway.web.refusals import PageNotFound, go_to
from grantway.web.visits import Visit
from grantway.web.wording import duration, sentence

_NOTICES = {
    "ended": "The session has ended",
    "others": "All other sessions have ended",
}
# The use case and the form name the fields differently.
_FIELDS = {"current_password": "current", "new_password": "new"}


@dataclass(frozen=True, slots=True)
class PersonPages:
    """Answer the pages that concern no account."""

    desk: Desk

    def routes(self) -> list[Route]:
        return [
            get("/", self.home),
            get("/sessions", self.list_sessions),
            post("/sessions/end-others", self.end_others),
            post("/sessions/{session_id}/end", self.end_session),
            get("/password", self.show_password),
            post("/password", self.change_password),
        ]

    async def home(self, request: Request) -> Response:
        async with self.desk.look(request) as (reader, visit):
            context = await self.desk.frame(reader, visit)
            own = await accounts.accounts_of_user(reader, visit.user.id)
            context["accounts"] = [await self._card(reader, visit, one) for one in own]
        return self.desk.page("control/home.html", context)

    async def _card(self, reader: Reader, visit: Visit, one: UserAccount) -> dict[str, Any]:
        actor = await accounts.actor_for(reader, one.id, visit.user.id, visit.source)
        is_administrator = actor is not None and actor.is_administrator
        card = self.desk.account(one) | {
            "role": one.role,
            "is_administrator": is_administrator,
            "integrations": 0,
            "ask": [],
        }
        if actor is not None and is_administrator:
            card["integrations"] = await integrations.how_many(reader, actor)
        else:
            card["ask"] = await accounts.administrators(reader, one.id)
        return card

    async def list_sessions(self, request: Request) -> Response:
        async with self.desk.look(request) as (reader, visit):
            now = self.desk.services.now()
            live = await sessions.live_sessions(reader, visit.user.id, now)
            context = await self.desk.frame(reader, visit)
        context["sessions"] = [
            {
                "id": one.id,
                "is_this": one.id == visit.session.id,
                "software": browser_name(one.user_agent),
                "source": one.source,
                "kind": f"Workspace of {one.account_name}" if one.account_id else "Control pages",
                "signed_in_at": one.created_at,
                "seen_at": one.last_seen_at,
            }
            for one in live
        ]
        context["notice"] = _NOTICES.get(request.query_params.get("done", ""), "")
        return self.desk.page("control/sessions.html", context)

    async def end_session(self, request: Request) -> Response:
        form = await read_form(request)
        session_id = storable(request.path_params["session_id"])
        async with self.desk.act(request, form) as (tx, visit):
            now = self.desk.services.now()
            if not await sessions.end_session(
                tx, visit.user.id, session_id, source=visit.source, now=now
            ):
                raise PageNotFound
        return go_to(request, "/sessions?done=ended")

    async def end_others(self, request: Request) -> Response:
        form = await read_form(request)
        async with self.desk.act(request, form) as (tx, visit):
            await sessions.end_other_sessions(
                tx, visit.session, source=visit.source, now=self.desk.services.now()
            )
        return go_to(request, "/sessions?done=others")

    async def show_password(self, request: Request) -> Response:
        return await self._password_page(request, {})

    async def change_password(self, request: Request) -> Response:
        """Keep another password; hashing has to stay outside of transactions."""
        form = await read_form(request)
        async with self.desk.services.db.read() as reader:
            visit = await self.desk.visit(reader, request)
        self.desk.visits.check(request, form, visit, self.desk.origin)
        if form.text("new") != form.text("again"):
            errors = {"again": "The two new passwords differ. Type the same one twice."}
            return await self._password_page(request, errors, 422)
        try:
            await sessions.change_password(
                self.desk.services.db,
                visit.session,
                current=form.text("current"),
                new=form.text("new"),
                source=visit.source,
                now=self.desk.services.now(),
            )
        except FieldRefused as error:
            errors = {_FIELDS.get(error.field, error.field): sentence(error.problem)}
            return await self._password_page(request, errors, 422)
        except TooMany as error:
            wait = f"Too many attempts. Try again in {duration(error.retry_after)}."
            return await self._password_page(
                request, {"current": wait}, 429, {"retry-after": str(error.retry_after)}
            )
        return go_to(request, "/password?done")

    async def _password_page(
        self,
        request: Request,
        errors: dict[str, str],
        status: int = 200,
        headers: dict[str, str] | None = None,
    ) -> Response:
        async with self.desk.look(request) as (reader, visit):
            context = await self.desk.frame(reader, visit)
        is_done = not errors and "done" in request.query_params
        return self.desk.page(
            "control/password.html", context | {"errors": errors, "done": is_done}, status, headers
        )
