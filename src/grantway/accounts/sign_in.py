"""Signing in: one neutral refusal, and slower for who keeps guessing (S-108 to S-110).

Failed tries are counted per source address, per person and source, and per
person. The last count stops only sources that the person never used, so nobody
can lock a person out of their own desk (S-109). An address that nobody has is
counted and checked like one that somebody has.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import msgspec

from grantway import audit
from grantway.accounts import session_store as store
from grantway.accounts import store as people
from grantway.accounts.model import normal_email
from grantway.accounts.passwords import is_password
from grantway.accounts.sessions import OpenedSession, open_control_session
from grantway.audit import Entry, Event
from grantway.db import Database, Reader
from grantway.kernel.clock import Clock

WINDOW = 15 * 60
LIMIT_OF_PERSON_AND_SOURCE = 5
LIMIT_OF_SOURCE = 30
LIMIT_OF_PERSON = 50
_KNOWN_SOURCE = 90 * 24 * 3600


class Refused(msgspec.Struct, frozen=True):
    """Address and password do not belong together, or nobody has this address."""


class SlowedDown(msgspec.Struct, frozen=True):
    """Too many failed tries; trying again makes sense in *retry_after* seconds."""

    retry_after: int


class SignIn:
    """The use case takes the database and no transaction: hashing has to stay outside of one."""

    def __init__(self, db: Database, now: Clock) -> None:
        self._db = db
        self._now = now

    async def attempt(
        self, *, email: str, password: str, source: str, user_agent: str
    ) -> OpenedSession | Refused | SlowedDown:
        """Check a password and open a session on the control origin."""
        now = self._now()
        email = normal_email(email)[:320]
        person = _subject("person", email)
        pair = _subject("pair", email, source)
        origin = _subject("source", source)
        # Counted before the password is looked at, so that tries at the same moment count too.
        async with self._db.write() as tx:
            user = await people.find_user_by_email(tx, email)
            limits = {pair: LIMIT_OF_PERSON_AND_SOURCE, origin: LIMIT_OF_SOURCE}
            is_known = user is not None and await store.was_seen_from(
                tx, user.id, source, now - _KNOWN_SOURCE
            )
            if not is_known:
                limits[person] = LIMIT_OF_PERSON
            if wait := await _wait(tx, limits, now):
                return SlowedDown(wait)
            for subject in (person, pair, origin):
                await store.count_failure(tx, subject, now - WINDOW, now)
            # Another try may have been counted since, in a transaction beside this one.
            if wait := await _wait(tx, {one: limit + 1 for one, limit in limits.items()}, now):
                return SlowedDown(wait)
            password_hash = await people.find_password_hash(tx, user.id) if user else None
        right = await is_password(password, password_hash)
        now = self._now()
        async with self._db.write() as tx:
            if user is not None:
                # Whoever ends this person's sessions at this moment ends the new one as well.
                await people.lock_user(tx, user.id)
            # A password that was changed while this one was looked at counts no more (S-116).
            if (
                user is None
                or not right
                or password_hash != await people.find_password_hash(tx, user.id)
            ):
                await audit.record(
                    tx,
                    Entry(
                        at=now,
                        event=Event.SIGN_IN_REFUSED,
                        actor="user",
                        user_id=user.id if user else None,
                        source=source,
                        outcome="refused",
                    ),
                )
                return Refused()
            for subject in (person, origin):
                await store.uncount_failure(tx, subject)
            await store.forget_failures(tx, pair)
            opened = await open_control_session(
                tx, user.id, source=source, user_agent=user_agent, now=now
            )
            await audit.record(
                tx,
                Entry(at=now, event=Event.SIGNED_IN, actor="user", user_id=user.id, source=source),
            )
            return opened


async def _wait(reader: Reader, limits: Mapping[str, int], now: int) -> int:
    """Return for how many seconds a limit holds; 0 when none is reached."""
    counted = await store.list_failures(reader, list(limits), now - WINDOW)
    waits = [one.first_at + WINDOW - now for one in counted if one.failures >= limits[one.subject]]
    return max(1, *waits) if waits else 0


def _subject(kind: str, *parts: str) -> str:
    # Addresses of people who may not exist do not belong in the database.
    return f"{kind}:{hashlib.sha256('|'.join(parts).encode()).hexdigest()[:32]}"
