"""Signing in: one neutral refusal, and slower for who keeps guessing (S-108 to S-110).

Failed tries are counted per source address, per person and source, and per
person. The last count stops only sources that the person never used, so nobody
can lock a person out of their own desk (S-109). An address that nobody has is
counted and checked like one that somebody has.
"""

from __future__ import annotations

import hashlib

import msgspec

from grantway import audit
from grantway.accounts import session_store as store
from grantway.accounts import store as people
from grantway.accounts.model import normal_email
from grantway.accounts.passwords import is_password
from grantway.accounts.sessions import OpenedSession, open_control_session
from grantway.audit import Entry, Event
from grantway.db import Database
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
        async with self._db.read() as reader:
            user = await people.find_user_by_email(reader, email)
            counted = {
                f.subject: f
                for f in await store.list_failures(reader, [person, pair, origin], now - WINDOW)
            }
            limits = {pair: LIMIT_OF_PERSON_AND_SOURCE, origin: LIMIT_OF_SOURCE}
            known = user is not None and await store.was_seen_from(
                reader, user.id, source, now - _KNOWN_SOURCE
            )
            if not known:
                limits[person] = LIMIT_OF_PERSON
            password_hash = await people.find_password_hash(reader, user.id) if user else None
        waits = [
            counted[subject].first_at + WINDOW - now
            for subject, limit in limits.items()
            if subject in counted and counted[subject].failures >= limit
        ]
        if waits:
            return SlowedDown(max(1, *waits))
        right = await is_password(password, password_hash)
        now = self._now()
        async with self._db.write() as tx:
            if user is None or not right:
                for subject in (person, pair, origin):
                    await store.count_failure(tx, subject, now - WINDOW, now)
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
            await store.forget_failures(tx, pair)
            opened = await open_control_session(
                tx, user.id, source=source, user_agent=user_agent, now=now
            )
            await audit.record(
                tx,
                Entry(at=now, event=Event.SIGNED_IN, actor="user", user_id=user.id, source=source),
            )
            return opened


def _subject(kind: str, *parts: str) -> str:
    # Addresses of people who may not exist do not belong in the database.
    return f"{kind}:{hashlib.sha256('|'.join(parts).encode()).hexdigest()[:32]}"
