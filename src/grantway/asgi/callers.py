"""Who calls the API: a token says it, or in a workspace's own pages the session cookie.

Widgets call the API without a token (contract: widgets-and-marketplace.md
3.13). A cookie comes along whatever page makes a browser call, so that page is
asked for as well.
"""

from __future__ import annotations

from collections.abc import Callable

from grantway.accounts import service as accounts
from grantway.accounts import sessions
from grantway.accounts.errors import AccountNotFound
from grantway.accounts.model import Account
from grantway.asgi.authorization import bearer_token, one_header
from grantway.asgi.requests import Scope, header, only_header
from grantway.db import Reader
from grantway.integrations.scopes import SCOPES
from grantway.kernel.addresses import Addresses
from grantway.kernel.errors import Forbidden, Unauthorized
from grantway.oauth.bearer import Bearer, Bearers

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# A page of its own, or a person who typed the address.
_FROM_HERE = (None, b"same-origin", b"none")
_ALL_SCOPES = tuple(one.name for one in SCOPES)


class NotOurPage(Forbidden):
    """The call came along with a session, and no page of this workspace made it."""

    def __init__(self, why: str) -> None:
        super().__init__("Without a token, only pages of this workspace may call the API", why=why)


class Callers:
    """Tells who calls the API: whom a token speaks for, or on a workspace's host its user.

    *cookie* reads the secret of a session out of a request, None without.
    """

    def __init__(
        self, bearers: Bearers, addresses: Addresses, cookie: Callable[[Scope], str | None]
    ) -> None:
        self._bearers = bearers
        self._addresses = addresses
        self._cookie = cookie

    async def accept(
        self, reader: Reader, scope: Scope, *, subdomain: str | None, source: str, now: int
    ) -> Bearer:
        """Return who calls; raise Unauthorized, Forbidden."""
        secret = self._secret(scope, subdomain)
        if subdomain is not None and secret is not None:
            return await self._visitor(reader, scope, secret, subdomain, source, now)
        token = bearer_token(scope)
        context = one_header(scope, b"x-context-user-id")
        return await self._bearers.accept(
            reader,
            token,
            subdomain=subdomain,
            source=source,
            now=now,
            context_user_id=None if context is None else context.decode("latin-1"),
        )

    def is_visitor(self, scope: Scope, subdomain: str | None) -> bool:
        """Tell whether the call comes with what may be a session, and with nothing else."""
        return self._secret(scope, subdomain) is not None

    def _secret(self, scope: Scope, subdomain: str | None) -> str | None:
        """Return the session's secret that counts.

        On the shared host and beside any Authorization header there is none.
        """
        if subdomain is None or header(scope, b"authorization") is not None:
            return None
        return self._cookie(scope)

    async def note_use(self, bearer: Bearer, now: int) -> None:
        """Note that a token was used; a session is kept alive by its person's pages alone."""
        await self._bearers.note_use(bearer, now)

    async def _visitor(
        self, reader: Reader, scope: Scope, secret: str, subdomain: str, source: str, now: int
    ) -> Bearer:
        """Return the session's user with their own rights."""
        account = await _account(reader, subdomain)
        session = await sessions.find_session(reader, secret, account_id=account.id, now=now)
        if session is None:
            raise _unknown("no live session of this workspace")
        actor = await accounts.actor_for(reader, account.id, session.user_id, source)
        if actor is None:
            raise _unknown("the session's user may not work in the account")
        self._must_be_our_page(scope, self._addresses.origin(subdomain).encode())
        return Bearer(
            actor=actor,
            scopes=_ALL_SCOPES,
            subdomain=account.subdomain,
            is_strict=False,
            use_is_noted=True,
            session_id=session.id,
        )

    def _must_be_our_page(self, scope: Scope, origin: bytes) -> None:
        """Raise NotOurPage (contract 3.13): what changes something has to name its origin."""
        if only_header(scope, b"sec-fetch-site") not in _FROM_HERE:
            raise NotOurPage("another site")
        sent = only_header(scope, b"origin")
        if sent != origin and not (sent is None and scope["method"] in _SAFE):
            raise NotOurPage("another origin")
        if header(scope, b"x-context-user-id") is not None:
            raise NotOurPage("a context user goes with a token")


async def _account(reader: Reader, subdomain: str) -> Account:
    try:
        account = await accounts.account_by_subdomain(reader, subdomain)
    except AccountNotFound as error:
        raise _unknown("no such account") from error
    if account.status != "active":
        raise _unknown("the account is suspended")
    return account


def _unknown(why: str) -> Unauthorized:
    return Unauthorized("Invalid user name or password", why=why)
