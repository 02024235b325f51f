"""Who is looking: the signed-in person behind a request's session cookie."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from grantway.accounts import service as accounts
from grantway.accounts import sessions
from grantway.accounts.errors import UserNotFound
from grantway.accounts.model import Session, User
from grantway.db import Reader
from grantway.kernel.credentials import Kind, is_credential
from grantway.web.cookies import Cookies
from grantway.web.forms import Form, FormTokens, must_come_from
from grantway.web.services import Services


class Visit(msgspec.Struct, frozen=True):
    """A person in a live session, on this request."""

    session: Session
    user: User
    form_token: str
    source: str


class Visits:
    """Finds the visit of a request on one origin."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._tokens = FormTokens(services.seal)
        self.cookies = Cookies(is_secure=services.addresses.is_secure)

    def secret(self, request: Request) -> str | None:
        """Return the session secret that the browser holds, if it has the look of one.

        So most requests without a session never reach the database.
        """
        secret = self.cookies.read(request, self.cookies.session)
        return secret if secret and is_credential(secret, Kind.SESSION) else None

    async def find(
        self, reader: Reader, request: Request, *, account_id: int | None, secret: str | None = None
    ) -> Visit | None:
        """Return the visit, or None when nobody is signed in here.

        *account_id* is None on the control origin. *secret* stands in for the
        cookie when this very request has changed it.
        """
        secret = secret or self.secret(request)
        if secret is None:
            return None
        now = self._services.now()
        session = await sessions.find_session(reader, secret, account_id=account_id, now=now)
        if session is None:
            return None
        try:
            user = await accounts.user_by_id(reader, session.user_id)
        except UserNotFound:
            return None
        # Of its id, because the secret changes when the password is confirmed, and forms
        # in other tabs have to stay valid. The id alone makes no token.
        token = self._tokens.of(session.id)
        return Visit(session, user, token, self._services.sources.of(request.scope))

    def check(self, request: Request, form: Form, visit: Visit, origin: str) -> None:
        """Raise FormRefused unless the form is one of ours, from this session."""
        must_come_from(request, origin)
        self._tokens.check(form, visit.session.id)

    async def touch(self, visit: Visit) -> None:
        """Note that the session is in use, once in a while."""
        now = self._services.now()
        if sessions.needs_touch(visit.session, now):
            async with self._services.db.write() as tx:
                await sessions.touch(tx, visit.session, now)

    def sign_in(self, response: Response, secret: str) -> None:
        """Give the browser its session."""
        self.cookies.put(response, self.cookies.session, secret)


def user_agent(request: Request) -> str:
    """Return what the browser calls itself, without what databases and terminals stumble over."""
    sent = request.headers.get("user-agent", "")
    return "".join(character for character in sent if character.isprintable())
