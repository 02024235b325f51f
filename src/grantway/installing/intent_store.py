"""The SQL of intents: questions that wait for a confirmation."""

from __future__ import annotations

from grantway.db import Reader, Transaction
from grantway.installing.model import Intent, Person

_COLUMNS = """
account_id, id, client_id, user_id, session_id, action, number, state, nonce_hash, shown_hash,
shown_at_ms, expires_at
"""


async def hold_user(tx: Transaction, user_id: int) -> None:
    """Let those who open intents of one user take turns, or each would count itself alone."""
    await tx.lock_values("select 1 from users where id = :user_id", user_id=user_id)


async def list_open(reader: Reader, user_id: int, now: int) -> list[Intent]:
    """Return the user's open intents, whichever ends first before the others."""
    return await reader.all(
        Intent,
        f"""
        select {_COLUMNS} from install_intents
         where user_id = :user_id and state = 'open' and expires_at > :now
         order by expires_at, id
        """,
        user_id=user_id,
        now=now,
    )


async def add_intent(tx: Transaction, intent: Intent, now: int) -> None:
    """Add an intent that nobody has looked at yet."""
    await tx.change(
        """
        insert into install_intents (id, account_id, client_id, user_id, session_id, action,
                                     number, state, created_at, expires_at)
        values (:id, :account_id, :client_id, :user_id, :session_id, :action,
                :number, 'open', :now, :expires_at)
        """,
        id=intent.id,
        account_id=intent.account_id,
        client_id=intent.client_id,
        user_id=intent.user_id,
        session_id=intent.session_id,
        action=intent.action,
        number=intent.number,
        now=now,
        expires_at=intent.expires_at,
    )


async def find_intent(reader: Reader, intent_id: str, user_id: int) -> Intent | None:
    """Return the user's intent."""
    return await reader.one(
        Intent,
        f"select {_COLUMNS} from install_intents where id = :id and user_id = :user_id",
        id=intent_id,
        user_id=user_id,
    )


async def note_shown(
    tx: Transaction, intent_id: str, nonce_hash: str, shown_hash: str, shown_at_ms: int
) -> None:
    """Keep what was shown, and the one nonce that its answer carries."""
    await tx.change(
        """
        update install_intents
           set nonce_hash = :nonce_hash, shown_hash = :shown_hash, shown_at_ms = :shown_at_ms
         where id = :id and state = 'open'
        """,
        id=intent_id,
        nonce_hash=nonce_hash,
        shown_hash=shown_hash,
        shown_at_ms=shown_at_ms,
    )


async def show_again(tx: Transaction, intent_id: str, shown_at_ms: int) -> None:
    """Note that the page was shown once more, with the same nonce."""
    await tx.change(
        "update install_intents set shown_at_ms = :shown_at_ms where id = :id and state = 'open'",
        id=intent_id,
        shown_at_ms=shown_at_ms,
    )


async def claim_intent(
    tx: Transaction, intent_id: str, person: Person, nonce_hash: str, state: str, now: int
) -> bool:
    """Decide the intent; False if it is decided, too old, somebody else's, or the nonce is another.

    One statement both decides and marks, so of two answers one counts.
    """
    changed = await tx.change(
        """
        update install_intents set state = :state, decided_at = :now, nonce_hash = null
         where id = :id and user_id = :user_id and session_id = :session_id
           and nonce_hash = :nonce_hash and state = 'open' and expires_at > :now
        """,
        id=intent_id,
        user_id=person.user_id,
        session_id=person.session_id,
        nonce_hash=nonce_hash,
        state=state,
        now=now,
    )
    return changed == 1


async def sweep_intents(tx: Transaction, before: int) -> int:
    """Remove intents that were too old to be answered before *before*."""
    return await tx.sweep("delete from install_intents where expires_at < :before", before=before)
