"""The SQL of authorization codes."""

from __future__ import annotations

import msgspec

from grantway.db import Reader, Transaction
from grantway.oauth.model import CodeRow, NewCode


async def add_code(tx: Transaction, account_id: int, code: NewCode) -> None:
    """Add an authorization code."""
    await tx.change(
        """
        insert into authorization_codes (code_hash, account_id, installation_id, client_id, user_id,
                                         redirect_uri, scopes, by_administrator, code_challenge,
                                         created_at, expires_at)
        values (:code_hash, :account_id, :installation_id, :client_id, :user_id,
                :redirect_uri, :scopes, :by_administrator, :code_challenge,
                :created_at, :expires_at)
        """,
        account_id=account_id,
        **msgspec.structs.asdict(code),
    )


async def find_code(reader: Reader, code_hash: str) -> CodeRow | None:
    """Return the code, and whether all that it hangs on is live."""
    return await reader.one(
        CodeRow,
        """
        select c.account_id, c.installation_id, c.client_id, c.user_id, c.redirect_uri, c.scopes,
               c.by_administrator, c.code_challenge, c.wrong_verifiers, c.expires_at, c.used_at,
               c.grant_id, i.ended_at is null and a.status = 'active', a.subdomain
          from authorization_codes c
          join installations i on i.account_id = c.account_id and i.id = c.installation_id
          join accounts a on a.id = c.account_id
         where c.code_hash = :code_hash
        """,
        code_hash=code_hash,
    )


async def claim_code(tx: Transaction, code_hash: str, grant_id: int, now: int) -> bool:
    """Mark the code as used for the grant; False if somebody was faster.

    One statement both decides and marks, so of racing requests one wins (S-32).
    """
    changed = await tx.change(
        """
        update authorization_codes set used_at = :now, grant_id = :grant_id
         where code_hash = :code_hash and used_at is null
        """,
        code_hash=code_hash,
        grant_id=grant_id,
        now=now,
    )
    return changed == 1


async def spend_codes_of(tx: Transaction, account_id: int, client_id: str, now: int) -> int:
    """Mark every code of the integration in the account as used; return how many.

    A code that is being exchanged is waited for, so what is read afterwards
    knows the grant that it became (S-82).
    """
    return await tx.change(
        """
        update authorization_codes set used_at = :now
         where account_id = :account_id and client_id = :client_id and used_at is null
        """,
        account_id=account_id,
        client_id=client_id,
        now=now,
    )


async def note_replay(tx: Transaction, code_hash: str, now: int) -> bool:
    """Note that a used code came back; False when that was noted already."""
    changed = await tx.change(
        """
        update authorization_codes set replayed_at = :now
         where code_hash = :code_hash and replayed_at is null
        """,
        code_hash=code_hash,
        now=now,
    )
    return changed == 1


async def count_wrong_verifier(tx: Transaction, code_hash: str) -> None:
    """Count a verifier that was not the one (S-40)."""
    await tx.change(
        """
        update authorization_codes set wrong_verifiers = wrong_verifiers + 1
         where code_hash = :code_hash
        """,
        code_hash=code_hash,
    )


async def spend_codes_everywhere(tx: Transaction, client_id: str, now: int) -> int:
    """Spend the integration's codes in every account, those under way first; return how many.

    Whoever is redeeming one at this moment has the row: this waits, and sees the grant.
    """
    return await tx.sweep(
        """
        update authorization_codes set used_at = :now
         where client_id = :client_id and used_at is null
        """,
        client_id=client_id,
        now=now,
    )


async def sweep_codes(tx: Transaction, before: int) -> int:
    """Remove codes that expired before *before*; until then a replay can be told from noise."""
    return await tx.sweep(
        "delete from authorization_codes where expires_at < :before", before=before
    )
