"""Sign-in sessions of the control origin, and the workspace sessions below them (S-112 to S-117).

A browser signs in on the control origin alone. A workspace sends it there with
a nonce that only this browser holds, and takes it back with a ticket that is
good once, for a minute, for that nonce; so a ticket in somebody else's link
opens nothing. A workspace session ends with the control session above it.
"""

from __future__ import annotations

import msgspec

from grantway import audit
from grantway.accounts import session_store as store
from grantway.accounts import store as people
from grantway.accounts.errors import FieldRefused
from grantway.accounts.model import Session
from grantway.accounts.passwords import hash_password, is_password, password_problem
from grantway.accounts.session_store import Ticket
from grantway.audit import Entry, Event
from grantway.db import Database, Reader, Transaction
from grantway.kernel.credentials import Kind, digest, is_credential, new_credential, new_uuid
from grantway.kernel.errors import TooMany

IDLE_LIFETIME = 12 * 3600
ABSOLUTE_LIFETIME = 14 * 24 * 3600
PROOF_LIFETIME = 30 * 60
TICKET_LIFETIME = 60
PROOF_WINDOW = 15 * 60
PROOF_LIMIT = 5
_TOUCH_EVERY = 60
_KEPT = 90 * 24 * 3600  # for as long, an ended session can be told from one that never was
_MAX_USER_AGENT = 300


class OpenedSession(msgspec.Struct, frozen=True):
    """A new session and, this once, the secret that the browser keeps."""

    secret: str
    session: Session


async def open_control_session(
    tx: Transaction, user_id: int, *, source: str, user_agent: str, now: int
) -> OpenedSession:
    """Open a session of the control origin for a person who proved who they are."""
    return await _open(
        tx,
        user_id,
        account_id=None,
        parent_id=None,
        expires_at=now + ABSOLUTE_LIFETIME,
        source=source,
        user_agent=user_agent,
        now=now,
    )


async def _open(
    tx: Transaction,
    user_id: int,
    *,
    account_id: int | None,
    parent_id: str | None,
    expires_at: int,
    source: str,
    user_agent: str,
    now: int,
) -> OpenedSession:
    secret = new_credential(Kind.SESSION)
    session = Session(
        id=new_uuid(),
        user_id=user_id,
        account_id=account_id,
        parent_id=parent_id,
        created_at=now,
        proved_at=now,
        last_seen_at=now,
        expires_at=expires_at,
        source=source,
        user_agent=user_agent[:_MAX_USER_AGENT],
    )
    await store.add_session(tx, session, digest(secret))
    return OpenedSession(secret, session)


async def find_session(
    reader: Reader, secret: str, *, account_id: int | None, now: int
) -> Session | None:
    """Return the live session that *secret* opens on this origin, or None.

    *account_id* is None on the control origin; a session of another origin is
    none here (S-103).
    """
    if not is_credential(secret, Kind.SESSION):
        return None
    session = await store.find_live_session(reader, digest(secret), now - IDLE_LIFETIME, now)
    return session if session is not None and session.account_id == account_id else None


def needs_touch(session: Session, now: int) -> bool:
    """Tell whether it is time to note that the session is in use."""
    return session.last_seen_at < now - _TOUCH_EVERY


async def touch(tx: Transaction, session: Session, now: int) -> None:
    """Note that the session, and the one above it, are in use; cheap when just noted."""
    for session_id in (session.id, session.parent_id):
        if session_id is not None:
            await store.touch_session(tx, session_id, now - _TOUCH_EVERY, now)


def is_proved(session: Session, now: int) -> bool:
    """Tell whether the password was given recently enough for sensitive actions (S-117)."""
    return now - session.proved_at < PROOF_LIFETIME


async def live_sessions(reader: Reader, user_id: int, now: int) -> list[Session]:
    """Return the person's sessions, for them to see."""
    return await store.list_live_sessions(reader, user_id, now - IDLE_LIFETIME, now)


async def sign_out(tx: Transaction, session: Session, now: int) -> None:
    """End the session and the workspace sessions below it."""
    await store.end_session(tx, session.user_id, session.parent_id or session.id, now)
    await audit.record(
        tx,
        Entry(
            at=now,
            event=Event.SIGNED_OUT,
            actor="user",
            user_id=session.user_id,
            source=session.source,
        ),
    )


async def end_session(
    tx: Transaction, user_id: int, session_id: str, *, source: str, now: int
) -> bool:
    """End one of the person's own sessions; False if it is not theirs or not live."""
    ended = await store.end_session(tx, user_id, session_id, now)
    if ended:
        await _record_end(tx, user_id, source, f"session {session_id}", now)
    return bool(ended)


async def end_other_sessions(tx: Transaction, session: Session, *, source: str, now: int) -> int:
    """End every session of the person but this one; return how many ended."""
    ended = await store.end_other_sessions(tx, session.user_id, session.id, now)
    await _record_end(tx, session.user_id, source, "all others", now)
    return ended


async def _record_end(tx: Transaction, user_id: int, source: str, subject: str, now: int) -> None:
    await audit.record(
        tx,
        Entry(
            at=now,
            event=Event.SESSION_ENDED,
            actor="user",
            user_id=user_id,
            source=source,
            subject=subject,
        ),
    )


async def issue_ticket(
    tx: Transaction, session: Session, account_id: int, nonce_hash: str, now: int
) -> str | None:
    """Return a ticket into the account's workspace, or None when the person is not in it."""
    user = await people.find_account_user(tx, account_id, session.user_id)
    if user is None or not user.is_active:
        return None
    secret = new_credential(Kind.TICKET)
    ticket = Ticket(session.id, session.user_id, account_id, nonce_hash)
    await store.add_ticket(tx, ticket, digest(secret), now + TICKET_LIFETIME)
    return secret


async def enter_workspace(
    tx: Transaction,
    account_id: int,
    ticket: str,
    nonce: str,
    *,
    source: str,
    user_agent: str,
    now: int,
) -> OpenedSession | None:
    """Spend a ticket and open a workspace session; None when the ticket is no good here."""
    if not is_credential(ticket, Kind.TICKET):
        return None
    claimed = await store.claim_ticket(tx, account_id, digest(ticket), digest(nonce), now)
    if claimed is None:
        return None
    # It may have ended since the ticket was issued; and the one below it lives no longer.
    above = await store.find_live_session_by_id(tx, claimed.session_id, now - IDLE_LIFETIME, now)
    if above is None:
        return None
    return await _open(
        tx,
        claimed.user_id,
        account_id=account_id,
        parent_id=above.id,
        expires_at=above.expires_at,
        source=source,
        user_agent=user_agent,
        now=now,
    )


async def prove_password(
    db: Database, session: Session, password: str, *, source: str, now: int
) -> str | None:
    """Return a new secret for the session when *password* is right and it still lives, else None.

    Raises TooMany when this session keeps guessing.
    """
    right = await _own_password_hash(db, session, password, now) is not None
    secret = new_credential(Kind.SESSION)
    async with db.write() as tx:
        if right:
            await store.forget_failures(tx, _proof_of(session))
            right = await store.prove_session(tx, session.id, digest(secret), now) == 1
        await audit.record(
            tx,
            Entry(
                at=now,
                event=Event.PASSWORD_PROVED,
                actor="user",
                user_id=session.user_id,
                source=source,
                outcome="done" if right else "refused",
            ),
        )
    return secret if right else None


async def change_password(
    db: Database, session: Session, *, current: str, new: str, source: str, now: int
) -> int:
    """Keep another password and end the person's other sessions (S-116); return how many ended.

    Raises FieldRefused for a wrong current or an unacceptable new password,
    TooMany when this session keeps guessing.
    """
    async with db.read() as reader:
        user = await people.find_user(reader, session.user_id)
    own = await _own_password_hash(db, session, current, now)
    if user is None or own is None:
        raise FieldRefused("current_password", "this is not your present password")
    if problem := password_problem(new, name=user.name, email=user.email):
        raise FieldRefused("new_password", problem)
    new_hash = await hash_password(new)
    async with db.write() as tx:
        await people.lock_user(tx, session.user_id)
        # Whoever changed it meanwhile ended this session, which changes nothing any more.
        if own != await people.find_password_hash(tx, session.user_id):
            raise FieldRefused("current_password", "this is not your present password")
        await store.forget_failures(tx, _proof_of(session))
        await people.change_password_hash(tx, session.user_id, new_hash, now)
        ended = await store.end_other_sessions(tx, session.user_id, session.id, now)
        await audit.record(
            tx,
            Entry(
                at=now,
                event=Event.PASSWORD_CHANGED,
                actor="user",
                user_id=session.user_id,
                source=source,
            ),
        )
    return ended


async def set_password(tx: Transaction, user_id: int, password_hash: str, now: int) -> int:
    """Keep the password that the operator set, and end all the person's sessions.

    Returns how many ended. The hash was made before the transaction. From now
    on nobody knows the password who made the person.
    """
    await people.forget_maker(tx, user_id)
    await people.change_password_hash(tx, user_id, password_hash, now)
    ended = await store.end_sessions_of_user(tx, user_id, now)
    await audit.record(
        tx, Entry(at=now, event=Event.PASSWORD_SET, actor="operator", user_id=user_id)
    )
    return ended


async def _own_password_hash(db: Database, session: Session, password: str, now: int) -> str | None:
    """Return what is kept of *password* if it is that of the session's person; slower for guessers.

    Counted by session: whoever holds a stolen one cannot keep its owner, in
    another, from proving who they are (S-108, S-109). Counted before the
    password is looked at, so that guesses at the same moment count as well.
    """
    subject = _proof_of(session)
    async with db.write() as tx:
        await store.count_failure(tx, subject, now - PROOF_WINDOW, now)
        (counted,) = await store.list_failures(tx, [subject], now - PROOF_WINDOW)
        if counted.failures > PROOF_LIMIT:
            wait = counted.first_at + PROOF_WINDOW - now
            raise TooMany("Too many attempts, try later", retry_after=max(1, wait))
        password_hash = await people.find_password_hash(tx, session.user_id)
    return password_hash if await is_password(password, password_hash) else None


def _proof_of(session: Session) -> str:
    return f"proof:{session.id}"


async def sweep(tx: Transaction, now: int) -> int:
    """Remove what ended long ago; return how many rows were removed."""
    return await store.sweep_sessions(tx, now - _KEPT)
