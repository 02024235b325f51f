"""Swapping a refresh token for the next pair.

Contract: authorization.md 5.4 and 21 rows 4, 5, 7; RFC 6749, 6; rules S-47 to S-56.

The newest refresh token of a family makes the next pair. The one before it
gives the present pair once more, because an answer may be lost and several
workers may refresh at once: for as long as neither token of the present pair
was used. Every older one is spent.
"""

from __future__ import annotations

import msgspec

from grantway import audit
from grantway.accounts import service as accounts
from grantway.audit import Entry, Event
from grantway.db import Reader, Transaction
from grantway.integrations.clients import Client
from grantway.kernel.sealing import Seal
from grantway.oauth import families, family_store, grants
from grantway.oauth import refusals as no
from grantway.oauth.families import ABSOLUTE_LIFETIME, RETRY_WINDOW, Presented
from grantway.oauth.keys import Keyring
from grantway.oauth.model import Family
from grantway.oauth.pairs import PairDue
from grantway.oauth.refusals import Refusal

_HOUR = 3600
_DAY = 24 * _HOUR


class Holder(msgspec.Struct, frozen=True):
    """The family of a refresh token that would be accepted, and when that one ends."""

    family: Family
    expires_at: int


def read_refresh(client: Client, token: str, redirect_uri: str) -> Presented | Refusal:
    """Return what the token says, unless its look alone tells that it is none (S-61)."""
    if redirect_uri and redirect_uri != client.redirect_uri:
        return no.RedirectUriUnknown()
    if not token:
        return no.RefreshTokenMissing()
    presented = families.read_refresh_token(token)
    if presented is None:
        return no.RefreshTokenUnreadable(why="not the look of a refresh token")
    return presented


class Refreshing:
    """Turns refresh tokens into pairs."""

    def __init__(self, keyring: Keyring, seal: Seal) -> None:
        self._keyring = keyring
        self._seal = seal

    async def refresh(
        self,
        tx: Transaction,
        client: Client,
        presented: Presented,
        *,
        subdomain: str | None,
        source: str,
        now: int,
    ) -> PairDue | Refusal:
        """Return the next pair of the token's family, or the present one again.

        *client* has proved who it is; *subdomain* is the host that was asked,
        None for the shared one. Whoever may not use the token changes nothing
        by showing it (S-51).
        """
        found = await self.find(tx, presented)
        if found is None:
            return no.RefreshTokenUnreadable(why="unknown, or another seed")
        family, seed = found
        if family.client_id != client.client_id:
            return no.RefreshTokenOfAnotherClient()
        if subdomain is not None and subdomain != family.subdomain:
            return no.WrongAccount()
        if (refusal := await self._ended(tx, family, now)) is not None:
            return refusal
        return await self._continue(tx, family, seed, presented, source, now)

    async def is_access_token_of(
        self, reader: Reader, account_id: int, grant_uuid: str, generation: int, token_id: str
    ) -> bool:
        """Tell whether the id is that of the access token of this pair."""
        family = await family_store.find_family(reader, account_id, grant_uuid)
        if family is None:
            return False
        return token_id == families.token_id(self._seed(family), generation)

    def _seed(self, family: Family) -> bytes:
        return bytes.fromhex(self._seal.unseal(family.seed_sealed, families.purpose(family.uuid)))

    async def find(self, reader: Reader, presented: Presented) -> tuple[Family, bytes] | None:
        """Return the token's family and its seed, when the token is one of ours."""
        family = await family_store.find_family(reader, presented.account_id, presented.uuid)
        if family is None:
            return None
        seed = self._seed(family)
        return (family, seed) if families.is_proved(presented, seed) else None

    async def holder(self, reader: Reader, token: str, now: int) -> Holder | None:
        """Return the family of a token that would be accepted now. Looking is no use of it."""
        presented = families.read_refresh_token(token)
        found = None if presented is None else await self.find(reader, presented)
        if presented is None or found is None:
            return None
        family = found[0]
        if await self._ended(reader, family, now) is not None:
            return None
        if presented.generation == family.generation:
            expires_at = family.refresh_expires_at
        elif presented.generation == family.generation - 1 and _may_repeat(family, now):
            expires_at = family.previous_expires_at or 0
        else:
            return None
        return Holder(family, expires_at) if now < expires_at else None

    async def _ended(self, reader: Reader, family: Family, now: int) -> Refusal | None:
        """Say what has ended of all that the family hangs on (S-54)."""
        if not family.is_live:
            return no.RefreshTokenRevoked(why="grant or something above it has ended")
        if family.is_strict and now >= family.created_at + ABSOLUTE_LIFETIME:
            return no.RefreshTokenExpired(why="the family is too old")
        if family.outlives_authorizer:
            return None  # an administrator's grant outlives their desk (authorization.md 11)
        if await accounts.find_worker(reader, family.account_id, family.user_id) is None:
            return no.RefreshTokenRevoked(why="authorizer may not work in the account")
        return None

    async def _continue(
        self,
        tx: Transaction,
        family: Family,
        seed: bytes,
        presented: Presented,
        source: str,
        now: int,
    ) -> PairDue | Refusal:
        if presented.generation == family.generation:
            if now >= family.refresh_expires_at:
                return no.RefreshTokenExpired()
            expires_at = families.refresh_expiry(now)
            if await family_store.claim_generation(tx, family, expires_at, source, now):
                if now // _DAY != family.pair_issued_at // _DAY:
                    # One entry for each day: what is kept grows with grants, not with refreshes.
                    await _record(tx, Event.GRANT_REFRESHED, family, source, now)
                return await self._due(tx, family, seed, family.generation + 1, now)
            # Another request was faster, and that made this token the previous one, or ended all.
            again = await family_store.find_family(tx, family.account_id, family.uuid)
            if again is None or not again.is_live:
                return no.RefreshTokenRevoked(why="ended at the same moment")
            family = again
        if presented.generation == family.generation - 1 and _may_repeat(family, now):
            if now >= (family.previous_expires_at or 0):
                return no.RefreshTokenExpired()
            return await self._due(tx, family, seed, family.generation, family.pair_issued_at)
        return await _reused(tx, family, source, now)

    async def _due(
        self, tx: Transaction, family: Family, seed: bytes, generation: int, issued_at: int
    ) -> PairDue:
        return PairDue(
            account_id=family.account_id,
            uuid=family.uuid,
            client_id=family.client_id,
            user_id=family.user_id,
            scopes=family.scopes,
            seed=seed,
            generation=generation,
            issued_at=issued_at,
            key=await self._keyring.active(tx),
        )


def _may_repeat(family: Family, now: int) -> bool:
    """Tell whether the previous token still gives the present pair (S-48, S-49).

    That the present refresh token was not used is told by the generation. Published
    clients expect that using the present access token closes the door as well; where
    a spent token kills the family, workers that refresh at once get their minute.
    """
    if family.used_generation < family.generation:
        return True
    return family.is_strict and now < family.pair_issued_at + RETRY_WINDOW


async def _reused(tx: Transaction, family: Family, source: str, now: int) -> Refusal:
    """Refuse a spent token, and tell the administrator; strict: the family dies (S-50)."""
    # Once an hour: a client that never stops must not fill its account's audit.
    if await family_store.note_reuse(tx, family.account_id, family.grant_id, now - _HOUR, now):
        await _record(tx, Event.REFRESH_TOKEN_REUSED, family, source, now)
    if family.is_strict:
        await grants.end_by_rule(tx, family.account_id, family.grant_id, source, now)
    return no.RefreshTokenRevoked(why="spent")


async def _record(tx: Transaction, event: Event, family: Family, source: str, now: int) -> None:
    entry = Entry(
        at=now,
        event=event,
        account_id=family.account_id,
        actor="integration",
        user_id=family.user_id,
        client_id=family.client_id,
        grant_id=family.grant_id,
        source=source,
        subject=family.client_id,
        outcome="refused" if event is Event.REFRESH_TOKEN_REUSED else "done",
    )
    await audit.record(tx, entry)
