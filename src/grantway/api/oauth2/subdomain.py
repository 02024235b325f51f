"""Where the account is now, for clients that find its old name gone (authorization.md 8)."""

from __future__ import annotations

import msgspec

from grantway.accounts import service as accounts
from grantway.api.oauth2.access_token import JSON
from grantway.api.oauth2.asking import Asking
from grantway.asgi.answers import Answer
from grantway.asgi.authorization import bearer_token, one_header
from grantway.asgi.limits import Limiter
from grantway.db import Database, Reader
from grantway.kernel.addresses import Addresses
from grantway.oauth.bearer import Bearers
from grantway.oauth.errors import TokenRefused
from grantway.oauth.refreshing import Refreshing

OF_HOLDER = "/oauth2/account/current/subdomain"
OF_BEARER = "/oauth2/account/subdomain"


class _Place(msgspec.Struct):
    """The four members that clients read."""

    id: int
    subdomain: str
    domain: str
    top_level_domain: str


class SubdomainLookup:
    """Both forms of the question. Neither uses up a token (S-62)."""

    def __init__(
        self,
        db: Database,
        refreshing: Refreshing,
        bearers: Bearers,
        limiter: Limiter,
        addresses: Addresses,
    ) -> None:
        self._db = db
        self._refreshing = refreshing
        self._bearers = bearers
        self._limiter = limiter
        self._addresses = addresses

    async def by_refresh_token(self, asking: Asking) -> Answer:
        """Answer whoever holds a refresh token that would be accepted. Raises TokenRefused."""
        await self._limiter.admit_address(asking.source)
        token = (one_header(asking.scope, b"x-refresh-token") or b"").decode("latin-1")
        async with self._db.read() as reader:
            held = await self._refreshing.holder(reader, token, asking.now)
            if held is None:
                raise TokenRefused(why="no active refresh token")
            return await self._place(reader, held.family.account_id)

    async def by_access_token(self, asking: Asking) -> Answer:
        """Answer the bearer, on whatever host they ask. Raises TokenRefused, Unauthorized."""
        await self._limiter.admit_address(asking.source)
        token = bearer_token(asking.scope)
        async with self._db.read() as reader:
            bearer = await self._bearers.accept(
                reader, token, subdomain=None, source=asking.source, now=asking.now
            )
            return await self._place(reader, bearer.actor.account_id)

    async def _place(self, reader: Reader, account_id: int) -> Answer:
        account = await accounts.account_by_id(reader, account_id)
        place = _Place(
            account.id,
            account.subdomain,
            self._addresses.authority(account.subdomain),
            self._addresses.root.rpartition(".")[2],
        )
        return Answer(200, msgspec.json.encode(place), JSON)
