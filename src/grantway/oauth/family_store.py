"""The SQL of families: grants that were made of a code."""

from __future__ import annotations

import msgspec

from grantway.db import Reader, Transaction
from grantway.oauth.model import Family, NewFamily


async def add_family(tx: Transaction, account_id: int, family: NewFamily) -> None:
    """Add a grant with its first pair of tokens."""
    await tx.change(
        """
        insert into grants (account_id, id, uuid, installation_id, client_id, user_id, kind, scopes,
                            by_administrator, created_at, seed_sealed, generation, pair_issued_at,
                            refresh_expires_at, refreshed_from)
        values (:account_id, :id, :uuid, :installation_id, :client_id, :user_id, 'code', :scopes,
                :by_administrator, :now, :seed_sealed, 1, :now,
                :refresh_expires_at, :source)
        """,
        account_id=account_id,
        **msgspec.structs.asdict(family),
    )


async def find_family(reader: Reader, account_id: int, uuid: str) -> Family | None:
    """Return the family as it stands, and whether it and all above it are live."""
    return await reader.one(
        Family,
        """
        select g.account_id, g.id, g.uuid, g.client_id, g.user_id, g.scopes, g.by_administrator,
               g.created_at, g.seed_sealed, g.generation, g.pair_issued_at, g.refresh_expires_at,
               g.previous_expires_at, g.used_generation, a.subdomain, n.fidelity,
               g.ended_at is null and i.ended_at is null and a.status = 'active'
               and n.status not in ('disabled', 'deleted')
          from grants g
          join installations i on i.account_id = g.account_id and i.id = g.installation_id
          join integrations n on n.client_id = g.client_id
          join accounts a on a.id = g.account_id
         where g.account_id = :account_id and g.uuid = :uuid and g.kind = 'code'
        """,
        account_id=account_id,
        uuid=uuid,
    )


async def claim_generation(
    tx: Transaction, family: Family, refresh_expires_at: int, source: str, now: int
) -> bool:
    """Begin the next generation; False if the family is no longer as *family* says.

    One statement both decides and marks: of racing requests one makes the next
    pair, and whoever revokes at the same moment wins (S-47, S-82).
    """
    changed = await tx.change(
        """
        update grants
           set generation = generation + 1, pair_issued_at = :now,
               previous_expires_at = refresh_expires_at, refresh_expires_at = :refresh_expires_at,
               refreshed_from = :source
         where account_id = :account_id and uuid = :uuid and generation = :generation
           and ended_at is null
        """,
        account_id=family.account_id,
        uuid=family.uuid,
        generation=family.generation,
        refresh_expires_at=refresh_expires_at,
        source=source,
        now=now,
    )
    return changed == 1


async def note_reuse(
    tx: Transaction, account_id: int, grant_id: int, noted_before: int, now: int
) -> bool:
    """Note that a spent refresh token came back, for the administrator to see (S-50).

    False when that was noted later than *noted_before*.
    """
    changed = await tx.change(
        """
        update grants set reused_at = :now
         where account_id = :account_id and id = :grant_id
           and (reused_at is null or reused_at <= :noted_before)
        """,
        account_id=account_id,
        grant_id=grant_id,
        noted_before=noted_before,
        now=now,
    )
    return changed == 1
