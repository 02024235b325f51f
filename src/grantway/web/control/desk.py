"""How a page of the control origin begins: who is it, in which account, may they."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from grantway.accounts import moderators, sessions
from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.accounts.model import Account, UserAccount
from grantway.db import Reader, Transaction
from grantway.kernel.addresses import CONTROL
from grantway.kernel.shapes import is_storable
from grantway.notices import service as notices
from grantway.web.control.elsewhere import PasswordNeeded, SignInNeeded
from grantway.web.forms import Form, page_behind, whole
from grantway.web.pages import Pages
from grantway.web.refusals import AskAdministrator, PageNotFound, is_partial
from grantway.web.services import Services
from grantway.web.visits import Visit, Visits

ACCOUNT = "/accounts/{subdomain}"


class Place(msgspec.Struct, frozen=True):
    """An account, and the visitor as its administrator."""

    account: Account
    actor: Actor

    @property
    def href(self) -> str:
        return f"/accounts/{self.account.subdomain}"


class Desk:
    """Opens the one transaction of a request, having looked who asks."""

    def __init__(self, services: Services, pages: Pages) -> None:
        self.services = services
        self.pages = pages
        self.visits = Visits(services)
        self.origin = services.addresses.origin(CONTROL)

    @asynccontextmanager
    async def look(
        self, request: Request, *, secret: str | None = None
    ) -> AsyncIterator[tuple[Reader, Visit]]:
        """Read for a page. Raises SignInNeeded.

        *secret* stands in for the cookie when this very request has changed it.
        """
        async with self.services.db.read() as reader:
            visit = await self.visit(reader, request, secret)
            yield reader, visit
        await self.visits.touch(visit)

    @asynccontextmanager
    async def act(
        self, request: Request, form: Form, *, secret: str | None = None
    ) -> AsyncIterator[tuple[Transaction, Visit]]:
        """Change something that a form asks for. Raises SignInNeeded, FormRefused."""
        if secret is None and self.visits.secret(request) is None:
            raise SignInNeeded(self.page_behind(request))
        async with self.services.db.write() as tx:
            visit = await self.visit(tx, request, secret)
            self.visits.check(request, form, visit, self.origin)
            yield tx, visit

    async def prove(self, request: Request, form: Form, password: str) -> str | None:
        """Return the session's new secret when *password* is the visitor's, else None.

        It opens transactions of its own, because hashing has to stay outside
        of one. Raises SignInNeeded, FormRefused, TooMany.
        """
        async with self.services.db.read() as reader:
            visit = await self.visit(reader, request)
        self.visits.check(request, form, visit, self.origin)
        return await sessions.prove_password(
            self.services.db,
            visit.session,
            password,
            source=visit.source,
            now=self.services.now(),
        )

    async def visit(self, reader: Reader, request: Request, secret: str | None = None) -> Visit:
        """Return who asks; raise SignInNeeded."""
        visit = await self.visits.find(reader, request, account_id=None, secret=secret)
        if visit is None:
            raise SignInNeeded(self.page_behind(request))
        return visit

    def page_behind(self, request: Request) -> str:
        """Return where to go on after an interruption: this page, or the one with the form."""
        if request.method != "POST":
            query = request.url.query
            return request.url.path + (f"?{query}" if query else "")
        return page_behind(request, self.origin)

    async def place(self, reader: Reader, request: Request, visit: Visit) -> Place:
        """Return the account that the path names, for its administrators.

        One that is missing, closed, or not the visitor's is the same to them
        (S-101). Rights are read anew (S-115). Raises PageNotFound,
        AskAdministrator.
        """
        subdomain: str = request.path_params["subdomain"]
        own = await accounts.accounts_of_user(reader, visit.user.id)
        if all(one.subdomain != subdomain for one in own):
            raise PageNotFound
        account = await accounts.account_by_subdomain(reader, subdomain)
        actor = await accounts.actor_for(reader, account.id, visit.user.id, visit.source)
        if actor is None:
            raise PageNotFound
        if not actor.is_administrator:
            raise AskAdministrator(await accounts.administrators(reader, account.id))
        return Place(account, actor)

    def must_be_proved(self, visit: Visit, purpose: str, return_to: str) -> None:
        """Raise PasswordNeeded unless the password was typed recently (S-117)."""
        if not sessions.is_proved(visit.session, self.services.now()):
            raise PasswordNeeded(purpose, return_to)

    async def frame(
        self, reader: Reader, visit: Visit, place: Place | None = None, section: str = ""
    ) -> dict[str, Any]:
        """Return what `control/layout.html` asks for."""
        own = await accounts.accounts_of_user(reader, visit.user.id)
        return {
            "viewer": {
                "name": visit.user.name,
                "email": visit.user.email,
                "unseen": await notices.unseen(reader, visit.user.id),
                "is_moderator": await moderators.is_moderator(reader, visit.user.id),
                "accounts": [
                    self.account(one)
                    | {"is_current": place is not None and one.id == place.account.id}
                    for one in own
                ],
            },
            "account": None if place is None else self.account(place.account),
            "section": section,
            "form_token": visit.form_token,
        }

    def account(self, account: Account | UserAccount) -> dict[str, Any]:
        """Return an account as the pages name it."""
        return {
            "name": account.name,
            "address": self.services.addresses.authority(account.subdomain),
            "href": f"/accounts/{account.subdomain}",
            "url": self.services.addresses.origin(account.subdomain),
        }

    def page(
        self,
        template: str,
        context: dict[str, Any],
        status: int = 200,
        headers: dict[str, str] | None = None,
    ) -> HTMLResponse:
        """Return a page, kept by nobody (S-125)."""
        kept_by_nobody = {"cache-control": "no-store"}
        body = self.pages.render(template, **context)
        return HTMLResponse(body, status, kept_by_nobody | (headers or {}))

    def part(
        self,
        request: Request,
        whole: str,
        partial: str,
        context: dict[str, Any],
        status: int = 200,
        *,
        shows_secret: bool = False,
    ) -> Response:
        """Return a part of the page when htmx asks, else all of it (S-13, S-86)."""
        headers = {"referrer-policy": "no-referrer"} if shows_secret else {}
        template = partial if is_partial(request) else whole
        return self.page(template, context, status, headers)


def storable(text: str) -> str:
    """Return a part of a path that may be looked for; raise PageNotFound for any other."""
    if not is_storable(text):
        raise PageNotFound
    return text


def number(text: str) -> int:
    """Return an id from a path or a query; raise PageNotFound when it can be none."""
    found = whole(text)
    if found is None:
        raise PageNotFound
    return found


def get(path: str, endpoint: Any) -> Route:
    """Return the route of a page."""
    return Route(path, endpoint, methods=["GET"])


def post(path: str, endpoint: Any) -> Route:
    """Return the route of a form."""
    return Route(path, endpoint, methods=["POST"])
