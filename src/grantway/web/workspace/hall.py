"""How a page of a workspace begins: which account, who is it, may they work here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.accounts.errors import AccountNotFound
from grantway.accounts.model import Account
from grantway.db import Reader, Transaction
from grantway.kernel.addresses import CONTROL
from grantway.kernel.credentials import Kind, digest, is_credential, new_credential
from grantway.kernel.shapes import is_storable
from grantway.web.cookies import ENTRY_LIFETIME, Cookies
from grantway.web.forms import Form, own_path, page_behind
from grantway.web.pages import Pages
from grantway.web.refusals import Interruption, PageNotFound, UnknownAccount
from grantway.web.services import Services
from grantway.web.visits import Visit, Visits
from grantway.web.workspace.crm.days import Days
from grantway.web.workspace.widgets.policy import hosting_policy


class Guest(msgspec.Struct, frozen=True):
    """The visitor in the account of this host."""

    account: Account
    visit: Visit
    actor: Actor


class EntryNeeded(Interruption):
    """This browser is not in the workspace: it has to come in by the control origin.

    It gets a nonce, and takes along its hash alone; the ticket that comes back
    is good only for who holds the nonce. One that it holds already is kept, so
    that two tabs can enter at once. *is_again* marks a second try, so that a
    browser that keeps no cookies is not sent round and round.
    """

    def __init__(
        self, cookies: Cookies, enter_url: str, to: str, *, is_again: bool = False
    ) -> None:
        super().__init__()
        self._cookies = cookies
        self._enter_url = enter_url
        self._to = to
        self._is_again = is_again

    def answer(self, request: Request) -> Response:
        """Lead to the control origin."""
        held = self._cookies.read(request, self._cookies.entry)
        nonce = held if held and is_credential(held, Kind.ENTRY) else new_credential(Kind.ENTRY)
        query = {"nonce": digest(nonce), "to": self._to} | (
            {"again": "1"} if self._is_again else {}
        )
        response = RedirectResponse(f"{self._enter_url}?{urlencode(query)}", 303)
        self._cookies.put(response, self._cookies.entry, nonce, ENTRY_LIFETIME)
        return response


class Hall:
    """Opens the one transaction of a request, having looked who asks."""

    def __init__(self, services: Services, pages: Pages) -> None:
        self.services = services
        self.pages = pages
        self.visits = Visits(services)

    @asynccontextmanager
    async def look(self, request: Request) -> AsyncIterator[tuple[Reader, Guest]]:
        """Read for a page. Raises EntryNeeded, PageNotFound."""
        async with self.services.db.read() as reader:
            guest = await self.guest(reader, request)
            yield reader, guest
        await self.visits.touch(guest.visit)

    @asynccontextmanager
    async def act(self, request: Request, form: Form) -> AsyncIterator[tuple[Transaction, Guest]]:
        """Change something that a form asks for. Raises EntryNeeded, PageNotFound, FormRefused."""
        if self.visits.secret(request) is None:
            raise self.entry(request, self._page_behind(request))
        async with self.services.db.write() as tx:
            guest = await self.guest(tx, request)
            self.visits.check(request, form, guest.visit, self.origin(guest.account))
            yield tx, guest

    async def guest(self, reader: Reader, request: Request) -> Guest:
        """Return who asks, with the rights of this moment (S-115)."""
        account = account_of(request)
        visit = await self.visits.find(reader, request, account_id=account.id)
        if visit is None:
            raise self.entry(request, self._page_behind(request))
        actor = await accounts.actor_for(reader, account.id, visit.user.id, visit.source)
        if actor is None:
            raise PageNotFound
        return Guest(account, visit, actor)

    def _page_behind(self, request: Request) -> str:
        """Return where to go on after an interruption: this page, or the one with the form."""
        if request.method == "POST":
            return page_behind(request, self.origin(account_of(request)))
        query = request.url.query
        return own_path(request.url.path + (f"?{query}" if query else ""))

    def days(self, guest: Guest) -> Days:
        """Return the clock of the account at this moment."""
        return Days(guest.account, self.services.now())

    def entry(self, request: Request, to: str, *, is_again: bool = False) -> EntryNeeded:
        """Return the interruption that leads in."""
        control = self.services.addresses.origin(CONTROL)
        url = f"{control}/enter/{account_of(request).subdomain}"
        return EntryNeeded(self.visits.cookies, url, to, is_again=is_again)

    def origin(self, account: Account) -> str:
        """Return the origin of the account's workspace."""
        return self.services.addresses.origin(account.subdomain)

    def frame(self, guest: Guest, section: str) -> dict[str, Any]:
        """Return what `workspace/layout.html` asks for."""
        user = guest.visit.user
        return {
            "viewer": {
                "name": user.name,
                "email": user.email,
                "role": "administrator" if guest.actor.is_administrator else "user",
            },
            "account": {
                "name": guest.account.name,
                "address": self.services.addresses.authority(guest.account.subdomain),
            },
            "section": section,
            "form_token": guest.visit.form_token,
        }

    def settings(self, guest: Guest, tab: str) -> dict[str, Any]:
        """Return what `workspace/settings_layout.html` asks for."""
        is_maker = guest.account.is_technical and guest.actor.is_administrator
        webhooks = self.control_href(guest, "webhooks") if guest.actor.is_administrator else ""
        return self.frame(guest, "settings") | {
            "tab": tab,
            "has_submissions": is_maker,
            "webhooks_url": webhooks,
        }

    def control_href(self, guest: Guest, path: str) -> str:
        """Return the address of a page about the account on the control origin."""
        control = self.services.addresses.origin(CONTROL)
        return f"{control}/accounts/{guest.account.subdomain}/{path}"

    def page(self, template: str, context: dict[str, Any], status: int = 200) -> Response:
        """Return a page, kept by nobody (S-125)."""
        body = self.pages.render(template, **context)
        headers = {"cache-control": "no-store"}
        if "boot" in context:
            headers["content-security-policy"] = hosting_policy(self.services.hooks.rules)
        return Response(body, status, media_type="text/html; charset=utf-8", headers=headers)


def account_of(request: Request) -> Account:
    """Return the account of this host."""
    account: Account = request.scope["grantway"]["account"]
    return account


class OfAccount:
    """Lets through to *app* what is asked of an account that exists, whatever the path."""

    def __init__(self, services: Services, app: ASGIApp) -> None:
        self._services = services
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Put the account beside the request; raise UnknownAccount."""
        subdomain: str = scope["grantway"]["subdomain"]
        if not scope["path"].startswith("/assets/"):  # which the page about it needs, too
            scope["grantway"]["account"] = await self._find(subdomain)
        await self._app(scope, receive, send)

    async def _find(self, subdomain: str) -> Account:
        if not is_storable(subdomain):
            raise UnknownAccount
        try:
            async with self._services.db.read() as reader:
                account = await accounts.account_by_subdomain(reader, subdomain)
        except AccountNotFound:
            raise UnknownAccount from None
        if account.status != "active":
            raise UnknownAccount
        return account
