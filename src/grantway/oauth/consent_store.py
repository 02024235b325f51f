"""The SQL of authorization requests that wait for an answer."""

from __future__ import annotations

import msgspec

from grantway.db import Reader, Transaction
from grantway.oauth.consent_model import Person, StoredRequest


async def add_request(
    tx: Transaction, request_hash: str, person: Person, request: StoredRequest
) -> None:
    """Add a question that nobody has answered yet."""
    values = msgspec.structs.asdict(request)
    del values["answered_at"]
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
        **values,
    )


async def find_request(reader: Reader, request_hash: str, person: Person) -> StoredRequest | None:
    """Return the question that was put to this very person in this very browser."""
    return await reader.one(
        StoredRequest,
        """
        select client_id, proposal, redirect_uri, state, mode, opener, code_challenge, shown_hash,
               shown_at_ms, expires_at, answered_at
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
         where request_hash = :request_hash and answered_at is null
        """,
        request_hash=request_hash,
        shown_at_ms=shown_at_ms,
    )


async def claim_request(tx: Transaction, request_hash: str, person: Person, now: int) -> bool:
    """Mark the question as answered; False if it was, is too old, or is somebody else's.

    One statement both decides and marks, so of two answers one counts (S-23).
    """
    changed = await tx.change(
        """
        update authorization_requests set answered_at = :now
         where request_hash = :request_hash and session_id = :session_id and user_id = :user_id
           and answered_at is null and expires_at > :now
        """,
        request_hash=request_hash,
        session_id=person.session_id,
        user_id=person.user_id,
        now=now,
    )
    return changed == 1


async def sweep_requests(tx: Transaction, before: int) -> int:
    """Remove questions that were too old to be answered before *before*."""
    return await tx.sweep(
        "delete from authorization_requests where expires_at < :before", before=before
    )
