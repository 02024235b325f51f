"""The SQL of sign-in sessions, workspace tickets and failed tries."""

from __future__ import annotations

import msgspec

from grantway.accounts.model import Session
from grantway.db import Reader, Transaction


class Ticket(msgspec.Struct, frozen=True):
    """The right to enter one workspace once."""

    session_id: str
    user_id: int
    account_id: int
    nonce_hash: str


class Failures(msgspec.Struct, frozen=True):
    """Failed tries that concern one subject."""

    subject: str
    failures: int
    first_at: int


_SESSION = """
select s.id, s.user_id, s.account_id, s.parent_id, s.created_at, s.proved_at, s.last_seen_at,
       s.expires_at, s.source, s.user_agent, a.name
  from sessions s left join accounts a on a.id = s.account_id
"""


async def add_session(tx: Transaction, session: Session, session_hash: str) -> None:
    """Add *session*."""
    await tx.change(
        """
        insert into sessions (session_hash, id, user_id, account_id, parent_id, created_at,
                              proved_at, last_seen_at, expires_at, source, user_agent)
        values (:session_hash, :id, :user_id, :account_id, :parent_id, :created_at,
                :proved_at, :last_seen_at, :expires_at, :source, :user_agent)
        """,
        session_hash=session_hash,
        id=session.id,
        user_id=session.user_id,
        account_id=session.account_id,
        parent_id=session.parent_id,
        created_at=session.created_at,
        proved_at=session.proved_at,
        last_seen_at=session.last_seen_at,
        expires_at=session.expires_at,
        source=session.source,
        user_agent=session.user_agent,
    )


async def find_live_session(
    reader: Reader, session_hash: str, seen_after: int, now: int
) -> Session | None:
    """Return the session unless it has ended, expired, or was idle since before *seen_after*."""
    return await reader.one(
        Session,
        f"""
        {_SESSION}
          join users u on u.id = s.user_id
         where s.session_hash = :session_hash and s.ended_at is null and u.is_active
           and s.expires_at > :now and s.last_seen_at > :seen_after
        """,
        session_hash=session_hash,
        seen_after=seen_after,
        now=now,
    )


async def find_live_session_by_id(
    reader: Reader, session_id: str, seen_after: int, now: int
) -> Session | None:
    """Return the session unless it has ended, expired, or was idle since before *seen_after*."""
    return await reader.one(
        Session,
        f"""
        {_SESSION}
         where s.id = :session_id and s.ended_at is null
           and s.expires_at > :now and s.last_seen_at > :seen_after
        """,
        session_id=session_id,
        seen_after=seen_after,
        now=now,
    )


async def list_live_sessions(
    reader: Reader, user_id: int, seen_after: int, now: int
) -> list[Session]:
    """Return the person's live sessions, the last used first."""
    return await reader.all(
        Session,
        f"""
        {_SESSION}
         where s.user_id = :user_id and s.ended_at is null
           and s.expires_at > :now and s.last_seen_at > :seen_after
         order by s.last_seen_at desc, s.id
        """,
        user_id=user_id,
        seen_after=seen_after,
        now=now,
    )


async def touch_session(tx: Transaction, session_id: str, seen_before: int, now: int) -> None:
    """Note that the session is in use, unless that was noted after *seen_before*."""
    await tx.change(
        """
        update sessions set last_seen_at = :now
         where id = :session_id and last_seen_at < :seen_before
        """,
        session_id=session_id,
        seen_before=seen_before,
        now=now,
    )


async def prove_session(tx: Transaction, session_id: str, session_hash: str, now: int) -> int:
    """Note that the password was given again, and go on under another secret (S-112)."""
    return await tx.change(
        """
        update sessions set proved_at = :now, last_seen_at = :now, session_hash = :session_hash
         where id = :session_id and ended_at is null
        """,
        session_id=session_id,
        session_hash=session_hash,
        now=now,
    )


async def end_session(tx: Transaction, user_id: int, session_id: str, now: int) -> int:
    """End one of the person's sessions and those below it; return how many ended."""
    return await tx.change(
        """
        update sessions set ended_at = :now
         where user_id = :user_id and (id = :session_id or parent_id = :session_id)
           and ended_at is null
        """,
        user_id=user_id,
        session_id=session_id,
        now=now,
    )


async def end_other_sessions(tx: Transaction, user_id: int, kept_id: str, now: int) -> int:
    """End all of the person's sessions but one and those below it."""
    return await tx.change(
        """
        update sessions set ended_at = :now
         where user_id = :user_id and id <> :kept_id
           and (parent_id is null or parent_id <> :kept_id) and ended_at is null
        """,
        user_id=user_id,
        kept_id=kept_id,
        now=now,
    )


async def end_sessions_of_user(tx: Transaction, user_id: int, now: int) -> int:
    """End all of the person's sessions; return how many ended."""
    return await tx.change(
        "update sessions set ended_at = :now where user_id = :user_id and ended_at is null",
        user_id=user_id,
        now=now,
    )


async def end_sessions_in_account(tx: Transaction, account_id: int, user_id: int, now: int) -> int:
    """End the person's sessions in one account's workspace; return how many ended."""
    return await tx.change(
        """
        update sessions set ended_at = :now
         where user_id = :user_id and account_id = :account_id and ended_at is null
        """,
        account_id=account_id,
        user_id=user_id,
        now=now,
    )


async def end_sessions_of_account(tx: Transaction, account_id: int, now: int) -> int:
    """End everybody's sessions in the account's workspace; return how many ended."""
    return await tx.sweep(
        "update sessions set ended_at = :now where account_id = :account_id and ended_at is null",
        account_id=account_id,
        now=now,
    )


async def was_seen_from(reader: Reader, user_id: int, source: str, since: int) -> bool:
    """Tell whether the person has signed in from this address before."""
    found = await reader.value(
        """
        select 1 from sessions
         where user_id = :user_id and source = :source and created_at > :since limit 1
        """,
        user_id=user_id,
        source=source,
        since=since,
    )
    return found is not None


async def add_ticket(tx: Transaction, ticket: Ticket, ticket_hash: str, expires_at: int) -> None:
    """Add *ticket*."""
    await tx.change(
        """
        insert into workspace_tickets (ticket_hash, nonce_hash, session_id, user_id, account_id,
                                       expires_at)
        values (:ticket_hash, :nonce_hash, :session_id, :user_id, :account_id, :expires_at)
        """,
        ticket_hash=ticket_hash,
        nonce_hash=ticket.nonce_hash,
        session_id=ticket.session_id,
        user_id=ticket.user_id,
        account_id=ticket.account_id,
        expires_at=expires_at,
    )


async def claim_ticket(
    tx: Transaction, account_id: int, ticket_hash: str, nonce_hash: str, now: int
) -> Ticket | None:
    """Spend the ticket; None if it is spent, too old, or not for this browser and account."""
    return await tx.one(
        Ticket,
        """
        update workspace_tickets set used_at = :now
         where ticket_hash = :ticket_hash and nonce_hash = :nonce_hash
           and account_id = :account_id and used_at is null and expires_at > :now
        returning session_id, user_id, account_id, nonce_hash
        """,
        ticket_hash=ticket_hash,
        nonce_hash=nonce_hash,
        account_id=account_id,
        now=now,
    )


async def list_failures(reader: Reader, subjects: list[str], since: int) -> list[Failures]:
    """Return the failed tries of these subjects whose count began after *since*."""
    return await reader.all(
        Failures,
        """
        select subject, failures, first_at from sign_in_failures
         where subject in (:subjects) and first_at > :since
        """,
        subjects=subjects,
        since=since,
    )


async def count_failure(tx: Transaction, subject: str, since: int, now: int) -> None:
    """Count one failed try; a count that began before *since* begins again."""
    await tx.change(
        """
        insert into sign_in_failures (subject, failures, first_at, last_at)
        values (:subject, 1, :now, :now)
        on conflict (subject) do update set
            failures = case when sign_in_failures.first_at > :since
                            then sign_in_failures.failures + 1 else 1 end,
            first_at = case when sign_in_failures.first_at > :since
                            then sign_in_failures.first_at else :now end,
            last_at = :now
        """,
        subject=subject,
        since=since,
        now=now,
    )


async def uncount_failure(tx: Transaction, subject: str) -> None:
    """Take one counted try back: it turned out to be right."""
    await tx.change(
        """
        update sign_in_failures set failures = failures - 1
         where subject = :subject and failures > 0
        """,
        subject=subject,
    )


async def forget_failures(tx: Transaction, subject: str) -> None:
    """Begin the subject's count again."""
    await tx.change("delete from sign_in_failures where subject = :subject", subject=subject)


async def sweep_sessions(tx: Transaction, before: int) -> int:
    """Remove tickets, failed tries and sessions that were over before *before*."""
    removed = 0
    for statement in (
        "delete from workspace_tickets where expires_at < :before",
        "delete from sign_in_failures where last_at < :before",
        # A session lives no longer than the one above it, so those below go first.
        "delete from sessions where parent_id is not null and expires_at < :before",
        """
        delete from sessions where parent_id is null and expires_at < :before
           and not exists (select 1 from sessions below where below.parent_id = sessions.id)
        """,
    ):
        removed += await tx.sweep(statement, before=before)
    return removed
