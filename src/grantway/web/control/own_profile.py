"""The visitor as the platform knows them, and the language that they read."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.accounts import service as accounts
from grantway.accounts.errors import FieldRefused
from grantway.accounts.model import LANGUAGES
from grantway.notices.phrases import PHRASES
from grantway.web.control.desk import Desk, get, post
from grantway.web.forms import read_form
from grantway.web.refusals import go_to
from grantway.web.wording import sentence


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """Answer `/profile`."""

    desk: Desk

    def routes(self) -> list[Route]:
        return [get("/profile", self.show), post("/profile", self.change)]

    async def show(self, request: Request) -> Response:
        return await self._page(request, {})

    async def change(self, request: Request) -> Response:
        form = await read_form(request)
        try:
            async with self.desk.act(request, form) as (tx, visit):
                await accounts.set_language(
                    tx,
                    visit.user.id,
                    form.text("language"),
                    actor="user",
                    source=visit.source,
                    now=self.desk.services.now(),
                )
        except FieldRefused as error:
            return await self._page(request, {error.field: sentence(error.problem)}, 422)
        return go_to(request, "/profile?done")

    async def _page(self, request: Request, errors: dict[str, str], status: int = 200) -> Response:
        async with self.desk.look(request) as (reader, visit):
            context = await self.desk.frame(reader, visit)
        context |= {
            "language": visit.user.language,
            "languages": [{"code": code, "label": label} for code, label in LANGUAGES.items()],
            "told_in": [LANGUAGES[code] for code in PHRASES],
            "errors": errors,
            "done": not errors and "done" in request.query_params,
        }
        return self.desk.page("control/profile.html", context, status)
