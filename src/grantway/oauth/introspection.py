"""What a token stands for now, and ending it, for the integration that it was issued to.

RFC 7662 and RFC 7009, additions to the dialect; rules S-74, S-81.
"""

from __future__ import annotations

import msgspec

from grantway.accounts import service as accounts
from grantway.db import Reader, Transaction
from grantway.integrations.clients import Client
from grantway.oauth import families, grant_store, grants
from grantway.oauth.errors import TokenRefused
from grantway.oauth.model import HeldGrant
from grantway.oauth.refreshing import Refreshing
from grantway.oauth.tokens import TokenCodec


class ActiveToken(msgspec.Struct, frozen=True, kw_only=True):
    """A token that would be accepted now. *token_id* is None for a refresh token."""

    account_id: int
    uuid: str
    user_id: int
    scopes: tuple[str, ...]
    issued_at: int
    expires_at: int
    token_id: str | None


class Introspection:
    """Looks at tokens of any kind, and believes none before it is proved."""

    def __init__(self, codec: TokenCodec, refreshing: Refreshing) -> None:
        self._codec = codec
        self._refreshing = refreshing

    async def inspect(
        self, reader: Reader, client: Client, token: str, now: int
    ) -> ActiveToken | None:
        """Return what the token stands for; None when it is dead or another client's."""
        if token.startswith("def502"):
            return await self._refresh_token(reader, client, token, now)
        return await self._access_token(reader, client, token, now)

    async def _refresh_token(
        self, reader: Reader, client: Client, token: str, now: int
    ) -> ActiveToken | None:
        held = await self._refreshing.holder(reader, token, now)
        if held is None or held.family.client_id != client.client_id:
            return None
        family = held.family
        return ActiveToken(
            account_id=family.account_id,
            uuid=family.uuid,
            user_id=family.user_id,
            scopes=tuple(family.scopes.split()),
            issued_at=family.pair_issued_at,
            expires_at=held.expires_at,
            token_id=None,
        )

    async def _access_token(
        self, reader: Reader, client: Client, token: str, now: int
    ) -> ActiveToken | None:
        try:
            claims = await self._codec.decode(reader, token, now)
        except TokenRefused:
            return None
        standing = await grant_store.find_standing(reader, claims.account_id, claims.hash_uuid)
        if standing is None or client.client_id not in {claims.aud} & {standing.client_id}:
            return None
        if not standing.outlives_authorizer and not await accounts.find_worker(
            reader, claims.account_id, standing.user_id
        ):
            return None
        return ActiveToken(
            account_id=claims.account_id,
            uuid=claims.hash_uuid,
            user_id=standing.user_id,
            scopes=claims.scopes,
            issued_at=claims.iat,
            expires_at=claims.exp,
            token_id=claims.jti,
        )

    async def revoke(
        self, tx: Transaction, client: Client, token: str, source: str, now: int
    ) -> bool:
        """End the grant that the token belongs to; False when there is nothing to end.

        One token of a grant takes the others with it (RFC 7009, 2.1). Another
        client's tokens are untouched, and so is what is unknown. What only
        sleeps, with its account or its user, ends for good. The revoke hook is
        called as for every revocation (authorization.md 11).
        """
        held = await self._held(tx, token, now)
        if held is None or held.client_id != client.client_id:
            return False
        return await grants.end_by_rule(tx, held.account_id, held.grant_id, source, now)

    async def _held(self, reader: Reader, token: str, now: int) -> HeldGrant | None:
        """Return the grant that the token was issued for, whatever became of it meanwhile."""
        presented = families.read_refresh_token(token)
        if presented is not None:
            # A refresh token that was used counts as well: its holder may end the grant still.
            if await self._refreshing.find(reader, presented) is None:
                return None
            return await grant_store.find_held(reader, presented.account_id, presented.uuid)
        try:
            claims = await self._codec.decode(reader, token, now)
        except TokenRefused:
            return None
        return await grant_store.find_held(reader, claims.account_id, claims.hash_uuid)
