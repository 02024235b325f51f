"""Signing in and out, the door of everything else."""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.accounts import sessions
from grantway.accounts.model import subdomain_problem
from grantway.accounts.sessions import OpenedSession
from grantway.accounts.sign_in import Refused, SlowedDown
from grantway.kernel.credentials import Kind, is_credential, new_credential
from grantway.web.consent_way import window_policy
from grantway.web.control.desk import Desk, get, post
from grantway.web.cookies import FORM_LIFETIME
from grantway.web.forms import FormTokens, must_come_from, own_path, read_form
from grantway.web.origin import security_policy
from grantway.web.refusals import FormRefused, go_to
from grantway.web.visits import user_agent

_TO_WORKSPACE = re.compile(r"/enter/([a-z0-9-]+)(\?.*)?")


@dataclass(frozen=True, slots=True)
class SignInPage:
    """The form is bound to a cookie of its own, because there is no session yet (S-113)."""

    desk: Desk
    tokens: FormTokens

    def routes(self) -> list[Route]:
        return [
            get("/sign-in", self.show),
            post("/sign-in", self.sign_in),
            post("/sign-out", self.sign_out),
        ]

    async def show(self, request: Request) -> Response:
        """Show the form, or lead on who is signed in already."""
        return_to = own_path(request.query_params.get("return_to", ""))
        async with self.desk.services.db.read() as reader:
            visit = await self.desk.visits.find(reader, request, account_id=None)
        if visit is not None:
            return _go_on(request, return_to)
        state = "plain"
        if "signed_out" in request.query_params:
            state = "signed_out"
        elif self.desk.visits.secret(request) is not None:
            state = "ended"
        return self._form(request, state, return_to)

    async def sign_in(self, request: Request) -> Response:
        """Check address and password; a new session has a new secret, always (S-112)."""
        form = await read_form(request)
        must_come_from(request, self.desk.origin)
        bound_to = self._bound_to(request)
        if bound_to is None:
            raise FormRefused(why="no cookie of the sign-in form")
        self.tokens.check(form, bound_to)
        return_to = own_path(form.text("return_to"))
        outcome = await self.desk.services.sign_in.attempt(
            email=form.text("email"),
            password=form.text("password"),
            source=self.desk.services.sources.of(request.scope),
            user_agent=user_agent(request),
        )
        match outcome:
            case OpenedSession():
                response = _go_on(request, return_to)
                self.desk.visits.sign_in(response, outcome.secret)
                self.desk.visits.cookies.drop(response, self.desk.visits.cookies.form)
                return response
            case Refused():
                return self._form(request, "wrong", return_to, form.text("email"), status=422)
            case SlowedDown():
                return self._form(
                    request,
                    "slowed",
                    return_to,
                    form.text("email"),
                    status=429,
                    retry_after=outcome.retry_after,
                )

    async def sign_out(self, request: Request) -> Response:
        """End the session on the server, and those of workspaces below it."""
        form = await read_form(request)
        async with self.desk.act(request, form) as (tx, visit):
            await sessions.sign_out(tx, visit.session, self.desk.services.now())
        response = go_to(request, "/sign-in?signed_out")
        self.desk.visits.cookies.drop(response, self.desk.visits.cookies.session)
        return response

    def _bound_to(self, request: Request) -> str | None:
        cookies = self.desk.visits.cookies
        found = cookies.read(request, cookies.form)
        return found if found and is_credential(found, Kind.FORM) else None

    def _form(
        self,
        request: Request,
        state: str,
        return_to: str,
        email: str = "",
        *,
        status: int = 200,
        retry_after: int = 0,
    ) -> Response:
        bound_to = self._bound_to(request) or new_credential(Kind.FORM)
        headers = {"content-security-policy": self._policy(return_to), **window_policy(return_to)}
        if retry_after:
            headers["retry-after"] = str(retry_after)
        response = self.desk.page(
            "control/sign_in.html",
            {
                "form_token": self.tokens.of(bound_to),
                "return_to": return_to,
                "email": email,
                "state": state,
                "retry_after": retry_after,
            },
            status,
            headers,
        )
        cookies = self.desk.visits.cookies
        cookies.put(response, cookies.form, bound_to, FORM_LIFETIME)
        return response

    def _policy(self, return_to: str) -> str:
        """Let the form lead to the one workspace that sent the browser here, and to no other."""
        match = _TO_WORKSPACE.fullmatch(return_to)
        if match is None or subdomain_problem(match[1]):
            return security_policy()
        return security_policy(
            form_action=f"'self' {self.desk.services.addresses.origin(match[1])}"
        )


def _go_on(request: Request, return_to: str) -> Response:
    response = go_to(request, return_to)
    response.headers.update(window_policy(return_to))
    return response
