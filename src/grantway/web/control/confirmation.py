"""The password again, before something sensitive (S-117)."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.kernel.errors import TooMany
from grantway.web.control.desk import Desk, get, post
from grantway.web.control.elsewhere import PURPOSES
from grantway.web.forms import own_path, read_form
from grantway.web.refusals import PageNotFound, go_to


@dataclass(frozen=True, slots=True)
class ConfirmPassword:
    """Ask, and lead back to what the visitor was doing."""

    desk: Desk

    def routes(self) -> list[Route]:
        return [get("/confirm-password", self.show), post("/confirm-password", self.confirm)]

    async def show(self, request: Request) -> Response:
        return await self._form(
            request,
            request.query_params.get("for", ""),
            own_path(request.query_params.get("return_to", "")),
        )

    async def confirm(self, request: Request) -> Response:
        """Go on under a new session secret, or ask again (S-112)."""
        form = await read_form(request)
        return_to = own_path(form.text("return_to"))
        try:
            secret = await self.desk.prove(request, form, form.text("password"))
        except TooMany as error:
            return await self._form(
                request, form.text("for"), return_to, status=429, retry_after=error.retry_after
            )
        if secret is None:
            return await self._form(request, form.text("for"), return_to, status=422)
        response = go_to(request, return_to)
        self.desk.visits.sign_in(response, secret)
        return response

    async def _form(
        self,
        request: Request,
        purpose: str,
        return_to: str,
        *,
        status: int = 200,
        retry_after: int = 0,
    ) -> Response:
        if purpose not in PURPOSES:
            raise PageNotFound
        async with self.desk.look(request) as (reader, visit):
            context = await self.desk.frame(reader, visit)
        headers = {"retry-after": str(retry_after)} if retry_after else {}
        return self.desk.page(
            "control/confirm_password.html",
            context
            | {
                "purpose": purpose,
                "reason": PURPOSES[purpose],
                "return_to": return_to,
                "wrong": status == 422,
                "retry_after": retry_after,
                "cancel_href": return_to,
            },
            status,
            headers,
        )
