"""What this server is, for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from grantway.accounts import service as accounts
from grantway.accounts.errors import UserNotFound
from grantway.db import Reader
from grantway.web.origin import security_policy
from grantway.web.pages import Pages
from grantway.web.services import Services


@dataclass(frozen=True, slots=True)
class HomePage:
    """Answer the start page and the OpenAPI document."""

    services: Services
    pages: Pages

    def routes(self) -> list[Route]:
        return [
            Route("/", self.show, methods=["GET"]),
            Route("/openapi.json", self.openapi, methods=["GET"]),
        ]

    async def show(self, _request: Request) -> Response:
        demo = await self._demo() if self.services.demo_sign_ins else None
        body = self.pages.render("public/home.html", section="home", demo=demo)
        policy = security_policy(form_action="'none'")
        return HTMLResponse(body, headers={"content-security-policy": policy})

    async def openapi(self, _request: Request) -> Response:
        return Response(
            self.services.openapi(),
            media_type="application/json",
            headers={"cache-control": "no-cache"},
        )

    async def _demo(self) -> dict[str, Any]:
        async with self.services.db.read() as reader:
            people = [
                {"name": name, "email": email, "password": password} | await _place(reader, email)
                for name, email, password in self.services.demo_sign_ins
            ]
        return {"people": people, "example": self.services.demo_example}


async def _place(reader: Reader, email: str) -> dict[str, str]:
    """Return role and account of a person of the demo; a moderator is in no account."""
    try:
        user = await accounts.user_by_email(reader, email)
    except UserNotFound:
        return {"role": "", "account": ""}
    own = await accounts.accounts_of_user(reader, user.id)
    if not own:
        return {"role": "In no account", "account": ""}
    return {"role": own[0].role.capitalize(), "account": own[0].name}
