"""The SQL of authorization requests that wait for an answer."""

from __future__ import annotations

import msgspec

from grantway.db import Reader, Transaction
from grantway.oauth.consent_model import Person, StoredRequest


async def add_request(
    tx: Transaction, request_hash: str, person: Person, request: StoredRequest
) -> None:
    """Add a question that nobody has answered yet."""
    await tx.change(
        """
        insert into authorization_requests (request_hash, session_id, user_id, client_id, proposal,
                                            redirect_uri, state, mode, opener, code_challenge,
                                            shown_hash, shown_at_ms, expires_at)
        values (:request_hash, :session_id, :user_id, :client_id, :proposal,
                :redirect_uri, :state, :mode, :opener, :code_challenge,
                :shown_hash, :shown_at_ms, :expires_at)
        """,
        request_hash=request_hash,
        session_id=person.session_id,
        user_id=person.user_id,
        **msgspec.structs.asdict(request),
    )


async def find_request(reader: Reader, request_hash: str, person: Person) -> StoredRequest | None:
    """Return the question that was put to this very person in this very browser."""
    return await reader.one(
        StoredRequest,
        """
        select client_id, proposal, redirect_uri, state, mode, opener, code_challenge, shown_hash,
               shown_at_ms, expires_at
          from authorization_requests
         where request_hash = :request_hash and session_id = :session_id and user_id = :user_id
        """,
        request_hash=request_hash,
        session_id=person.session_id,
        user_id=person.user_id,
    )


async def show_again(tx: Transaction, request_hash: str, shown_at_ms: int) -> None:
    """Note that the page was shown once more."""
    await tx.change(
        """
        update authorization_requests set shown_at_ms = :shown_at_ms
         where request_hash = :request_hash
        """,
        request_hash=request_hash,
        shown_at_ms=shown_at_ms,
    )


async def claim_request(tx: Transaction, request_hash: str, person: Person, now: int) -> bool:
    """Take the question away; False if it was answered, is too old, or is somebody else's.

    One statement both decides and takes, so of two answers one counts (S-23).
    """
    changed = await tx.change(
        """
        delete from authorization_requests
         where request_hash = :request_hash and session_id = :session_id and user_id = :user_id
           and expires_at > :now
        """,
        request_hash=request_hash,
        session_id=person.session_id,
        user_id=person.user_id,
        now=now,
    )
    return changed == 1


async def make_room(tx: Transaction, person: Person, most: int) -> None:
    """Remove the session's oldest questions, so that with one more it has *most*."""
    # Pages opened at the same moment take turns, or each would leave room for itself alone.
    await tx.lock_values(
        "select 1 from sessions where id = :session_id", session_id=person.session_id
    )
    await tx.change(
        """
        delete from authorization_requests
         where session_id = :session_id and request_hash not in (
               select request_hash from authorization_requests
                where session_id = :session_id
                order by shown_at_ms desc, request_hash limit :others)
        """,
        session_id=person.session_id,
        others=most - 1,
    )


async def sweep_requests(tx: Transaction, before: int) -> int:
    """Remove questions that were too old to be answered before *before*."""
    return await tx.sweep(
        "delete from authorization_requests where expires_at < :before", before=before
    )
