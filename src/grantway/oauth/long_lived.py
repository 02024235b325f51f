"""Long-lived tokens: issued by an administrator, shown once, ended at any time.

Contract: authorization.md 12; rules S-63 to S-75. For private integrations in
their own account only. Such a token is a grant of its own, so revoking it is
ending a grant.
"""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass

import msgspec

from grantway import audit
from grantway.accounts.actor import Actor
from grantway.audit import Event
from grantway.db import Reader, Transaction
from grantway.installations import service as installations
from grantway.integrations import service as integrations
from grantway.kernel.addresses import API, Addresses
from grantway.kernel.credentials import digest, new_uuid
from grantway.oauth import grant_store as store
from grantway.oauth import grants
from grantway.oauth.errors import ExpiryRefused, GrantNotFound, NotForPublic, TokenNotFound
from grantway.oauth.keys import SigningKey
from grantway.oauth.model import LongLivedToken, NewGrant
from grantway.oauth.tokens import Claims, TokenCodec, new_token_id

__all__ = ["IssuedToken", "LongLivedToken", "LongLivedTokens", "expiry_bounds"]

LONGEST_YEARS = 5


@dataclass(frozen=True)
class IssuedToken:
    """A new token, stored and not signed yet: as a pair, it is signed after the transaction."""

    grant_id: int
    claims: Claims
    key: SigningKey
    codec: TokenCodec

    @property
    def expires_at(self) -> int:
        return self.claims.exp

    @functools.cached_property
    def token(self) -> str:
        """The token, signed when it is first asked for; shown this once and kept nowhere.

        Ask after the commit: whoever wants to write waits for as long as this takes.
        """
        return self.codec.sign(self.key, self.claims)


def expiry_bounds(now: int) -> tuple[dt.date, dt.date]:
    """Return the first and the last date that may be chosen: tomorrow, and in five years.

    >>> expiry_bounds(1_767_225_600)
    (datetime.date(2026, 1, 2), datetime.date(2031, 1, 1))
    """
    today = dt.datetime.fromtimestamp(now, dt.UTC).date()
    year = today.year + LONGEST_YEARS
    leap_day = (today.month, today.day) == (2, 29)
    last = dt.date(year, 2, 28) if leap_day else today.replace(year=year)
    return today + dt.timedelta(days=1), last


class LongLivedTokens:
    """The use cases around long-lived tokens."""

    def __init__(self, codec: TokenCodec, addresses: Addresses) -> None:
        self._codec = codec
        self._addresses = addresses

    async def issue(
        self, tx: Transaction, actor: Actor, client_id: str, expires_on: dt.date, now: int
    ) -> IssuedToken:
        """Issue a token that ends when the day *expires_on* begins, UTC.

        Installs the integration in its account if need be. Raises Forbidden,
        IntegrationNotFound, WrongState for one that the operator stopped,
        NotForPublic, also for one that a button made, ExpiryRefused.
        """
        integration = await integrations.get_working(tx, actor, client_id)
        if not integration.is_private or integration.is_external:
            raise NotForPublic
        first, last = expiry_bounds(now)
        if not first <= expires_on <= last:
            raise ExpiryRefused(
                f"choose a date from {first.isoformat()} to {last.isoformat()}, "
                f"not {expires_on.isoformat()}"
            )
        midnight = dt.datetime.combine(expires_on, dt.time.min, dt.UTC)
        claims = Claims(
            aud=client_id,
            jti=new_token_id(),
            iat=now,
            nbf=now,
            exp=int(midnight.timestamp()),
            sub=str(actor.user_id),
            account_id=actor.account_id,
            base_domain=self._addresses.base_domain,
            scopes=tuple(integration.token_scopes),
            hash_uuid=new_uuid(),
            api_domain=self._addresses.authority(API),
        )
        grant_id = await store.add_long_lived_grant(
            tx,
            actor.account_id,
            NewGrant(
                uuid=claims.hash_uuid,
                installation_id=await installations.install(tx, actor, client_id, now),
                client_id=client_id,
                user_id=actor.user_id,
                scopes=" ".join(claims.scopes),
                token_id_hash=digest(claims.jti),
                created_at=now,
                expires_at=claims.exp,
            ),
        )
        await audit.record(
            tx,
            actor.did(
                Event.LONG_LIVED_TOKEN_ISSUED,
                at=now,
                subject=f"{client_id} token {grant_id} until {expires_on.isoformat()}",
            ),
        )
        return IssuedToken(grant_id, claims, await self._codec.key(tx), self._codec)

    async def list(self, reader: Reader, actor: Actor, client_id: str) -> list[LongLivedToken]:
        """Return every token of the integration there ever was, the newest first.

        Raises Forbidden, IntegrationNotFound.
        """
        await integrations.get_own(reader, actor, client_id)
        return await store.list_long_lived(reader, actor.account_id, client_id)

    async def revoke(
        self, tx: Transaction, actor: Actor, grant_id: int, now: int
    ) -> LongLivedToken:
        """End a token; from the commit on it is refused everywhere.

        Raises Forbidden, TokenNotFound (also for one that had ended, and for
        any other grant).
        """
        actor.must_administer()
        token = await store.find_long_lived(tx, actor.account_id, grant_id)
        if token is None:
            raise TokenNotFound
        try:
            await grants.revoke(tx, actor, grant_id, now)
        except GrantNotFound as error:
            raise TokenNotFound from error
        return msgspec.structs.replace(token, ended_at=now)
