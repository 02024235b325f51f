"""Who a bearer token speaks for, asked anew on every request (RFC 6750; S-68, S-73, S-100)."""

from __future__ import annotations

import hmac

import msgspec

from grantway.accounts import renaming
from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.accounts.rights import EVERYTHING
from grantway.db import Reader
from grantway.kernel.credentials import digest
from grantway.oauth import grant_store as store
from grantway.oauth.errors import AccountMoved, ScopeMissing, TokenRefused
from grantway.oauth.model import Standing
from grantway.oauth.refreshing import Refreshing
from grantway.oauth.tokens import Claims, TokenCodec
from grantway.oauth.usage import NOTE_EVERY, Usage


class Bearer(msgspec.Struct, frozen=True):
    """An accepted token: the actor, and what the token lets them do.

    *new_generation* is the number of the pair when its access token comes for
    the first time, else 0: from then on the refresh token before it is spent.
    *session_id* names the session of a workspace that stands in for a token.
    """

    actor: Actor
    scopes: tuple[str, ...]
    subdomain: str
    is_strict: bool
    use_is_noted: bool
    new_generation: int = 0
    session_id: str = ""

    def must_have(self, scope: str) -> None:
        """Raise ScopeMissing unless the token was given *scope*."""
        if scope not in self.scopes:
            raise ScopeMissing(scope)


class Bearers:
    """Accepts or refuses tokens."""

    def __init__(self, codec: TokenCodec, refreshing: Refreshing, usage: Usage) -> None:
        self._codec = codec
        self._refreshing = refreshing
        self._usage = usage

    async def accept(
        self,
        reader: Reader,
        token: str,
        *,
        subdomain: str | None,
        source: str,
        now: int,
        context_user_id: str | None = None,
    ) -> Bearer:
        """Return whom *token* speaks for on the host of *subdomain* (None: the shared host).

        With *context_user_id* a token of an administrator acts with that
        user's rights (S-99). Raises TokenRefused, and AccountMoved on a host
        whose name the account gave up.
        """
        claims = await self._codec.decode(reader, token, now)
        standing = await store.find_standing(reader, claims.account_id, claims.hash_uuid)
        if standing is None:
            raise TokenRefused(why="grant, installation, integration or account has ended")
        _check(claims, standing)
        if subdomain is not None and subdomain != standing.subdomain:
            if await renaming.has_left(reader, claims.account_id, subdomain):
                raise AccountMoved
            raise TokenRefused(why="another account's host")
        actor = await _speaker(reader, claims.account_id, standing, source)
        if context_user_id is not None:
            actor = await _in_context(reader, actor, context_user_id)
        return Bearer(
            actor=actor,
            scopes=claims.scopes,
            subdomain=standing.subdomain,
            is_strict=standing.is_strict,
            use_is_noted=standing.last_used_at is not None
            and standing.last_used_at > now - NOTE_EVERY,
            new_generation=await self._new_generation(reader, claims, standing),
        )

    async def _new_generation(self, reader: Reader, claims: Claims, standing: Standing) -> int:
        """Return the newest generation if this is its access token, and the first use of it."""
        if standing.used_generation >= standing.generation:
            return 0
        # Another generation of the same second is told apart by the token's id alone.
        if claims.iat != standing.pair_issued_at:
            return 0
        is_newest = await self._refreshing.is_access_token_of(
            reader, claims.account_id, claims.hash_uuid, standing.generation, claims.jti
        )
        return standing.generation if is_newest else 0

    async def note_use(self, bearer: Bearer, now: int) -> None:
        """Note that the bearer's grant was used, beside the request.

        The first use of a pair is stored before the answer goes out: it spends the
        refresh token before it (S-49).
        """
        if bearer.new_generation:
            await self._usage.note_now(bearer.actor, now, bearer.new_generation)
        elif not bearer.use_is_noted:
            self._usage.note(bearer.actor, now)


def _check(claims: Claims, standing: Standing) -> None:
    if claims.aud != standing.client_id or claims.sub != str(standing.user_id):
        raise TokenRefused(why="claims and grant differ")
    if standing.token_id_hash is not None and not hmac.compare_digest(
        digest(claims.jti), standing.token_id_hash
    ):
        raise TokenRefused(why="token id is not the grant's")


async def _speaker(reader: Reader, account_id: int, standing: Standing, source: str) -> Actor:
    """Return whom the grant speaks for, with the rights that it has now.

    A user's grant never exceeds the user (S-95). An administrator's keeps their
    rights until it is revoked, also when they are none any more.
    """
    if not standing.outlives_authorizer:
        actor = await accounts.actor_for(reader, account_id, standing.user_id, source)
        if actor is None:
            raise TokenRefused(why="authorizer may not work in the account")
        if not standing.by_administrator:
            return msgspec.structs.replace(
                actor, client_id=standing.client_id, grant_id=standing.grant_id
            )
    return Actor(
        account_id=account_id,
        user_id=standing.user_id,
        is_administrator=True,
        rights=EVERYTHING,
        client_id=standing.client_id,
        grant_id=standing.grant_id,
        source=source,
    )


async def _in_context(reader: Reader, actor: Actor, context_user_id: str) -> Actor:
    if not actor.is_administrator:
        raise TokenRefused(why="context user needs an administrator's grant")
    if not (context_user_id.isascii() and context_user_id.isdigit() and len(context_user_id) < 19):
        raise TokenRefused(why="context user is no id")
    user = await accounts.find_worker(reader, actor.account_id, int(context_user_id))
    if user is None or user.is_free:
        raise TokenRefused(why="context user does not work in the account, or has no paid seat")
    return msgspec.structs.replace(
        actor,
        authorizer_id=None if user.id == actor.user_id else actor.user_id,
        user_id=user.id,
        group_id=user.group_id,
        is_administrator=user.is_administrator,
        rights=EVERYTHING if user.is_administrator else user.rights,
    )
