"""The SQL of grants, and what a request with a token must know of the world."""

from __future__ import annotations

import msgspec

from grantway.db import Reader, Transaction
from grantway.oauth.model import HeldGrant, LongLivedToken, NewGrant, Standing
from grantway.oauth.shown_store import UNUSED_SINCE

_LONG_LIVED = """
select g.id, g.client_id, g.user_id, u.name, g.scopes, g.created_at, g.expires_at,
       g.last_used_at, g.last_used_from, coalesce(g.ended_at, i.ended_at), e.name, g.uuid
  from grants g
  join installations i on i.account_id = g.account_id and i.id = g.installation_id
  join users u on u.id = g.user_id
  left join users e on e.id = coalesce(g.ended_by, i.ended_by)
"""


async def find_standing(reader: Reader, account_id: int, uuid: str) -> Standing | None:
    """Return the grant if it and all above it are live: one read, on every request."""
    return await reader.one(
        Standing,
        """
        select g.id, g.client_id, g.user_id, g.by_administrator, g.last_used_at, g.token_id_hash,
               a.subdomain, n.fidelity, g.generation, g.used_generation, g.pair_issued_at
          from grants g
          join installations i on i.account_id = g.account_id and i.id = g.installation_id
          join integrations n on n.client_id = g.client_id
          join accounts a on a.id = g.account_id
         where g.account_id = :account_id and g.uuid = :uuid
           and g.ended_at is null and i.ended_at is null
           and n.status not in ('disabled', 'deleted') and a.status = 'active'
        """,
        account_id=account_id,
        uuid=uuid,
    )


async def find_held(reader: Reader, account_id: int, uuid: str) -> HeldGrant | None:
    """Return whose the grant is, live or not."""
    return await reader.one(
        HeldGrant,
        """
        select account_id, id, client_id
          from grants where account_id = :account_id and uuid = :uuid
        """,
        account_id=account_id,
        uuid=uuid,
    )


async def add_long_lived_grant(tx: Transaction, account_id: int, grant: NewGrant) -> int:
    """Add a grant with a long-lived token; return its id."""
    (grant_id,) = await tx.take_ids("grant")
    await tx.change(
        """
        insert into grants (account_id, id, uuid, installation_id, client_id, user_id, kind, scopes,
                            by_administrator, created_at, token_id_hash, expires_at)
        values (:account_id, :id, :uuid, :installation_id, :client_id, :user_id, 'long_lived',
                :scopes, true, :created_at, :token_id_hash, :expires_at)
        """,
        account_id=account_id,
        id=grant_id,
        **msgspec.structs.asdict(grant),
    )
    return grant_id


async def list_long_lived(reader: Reader, account_id: int, client_id: str) -> list[LongLivedToken]:
    """Return the integration's long-lived tokens in the account, the newest first."""
    return await reader.all(
        LongLivedToken,
        f"""{_LONG_LIVED}
         where g.account_id = :account_id and g.client_id = :client_id and g.kind = 'long_lived'
         order by g.created_at desc, g.id desc""",
        account_id=account_id,
        client_id=client_id,
    )


async def find_long_lived(reader: Reader, account_id: int, grant_id: int) -> LongLivedToken | None:
    """Return one long-lived token of the account."""
    return await reader.one(
        LongLivedToken,
        f"""{_LONG_LIVED}
         where g.account_id = :account_id and g.id = :grant_id and g.kind = 'long_lived'""",
        account_id=account_id,
        grant_id=grant_id,
    )


async def end_grant(
    tx: Transaction, account_id: int, grant_id: int, user_id: int | None, now: int
) -> int:
    """End one grant of the account; return 0 if it is not there or has ended.

    *user_id* is who ended it, None when nobody did but a rule of ours.
    """
    return await tx.change(
        """
        update grants set ended_at = :now, ended_by = :user_id
         where account_id = :account_id and id = :grant_id and ended_at is null
        """,
        account_id=account_id,
        grant_id=grant_id,
        user_id=user_id,
        now=now,
    )


async def note_use(
    tx: Transaction,
    account_id: int,
    grant_id: int,
    source: str,
    *,
    generation: int,
    used_before: int,
    now: int,
) -> None:
    """Note that the grant is in use, unless that was noted later than *used_before*.

    A *generation* whose access token was not seen before is noted in any case.
    One statement, so requests at the same moment need not see one another.
    """
    await tx.change(
        """
        update grants
           set last_used_at = :now, last_used_from = :source,
               used_generation = case when used_generation < :generation then :generation
                                      else used_generation end
         where account_id = :account_id and id = :grant_id
           and (last_used_at is null or last_used_at <= :used_before
                or used_generation < :generation)
        """,
        account_id=account_id,
        grant_id=grant_id,
        source=source,
        generation=generation,
        used_before=used_before,
        now=now,
    )


async def end_unused(
    tx: Transaction, account_id: int, grant_id: int, unused_before: int, now: int
) -> int:
    """End a grant unless it ended or was used at this moment; return 0 then.

    One statement both decides and marks: whoever uses or refreshes it at the
    same moment keeps it, or comes too late.
    """
    return await tx.change(
        f"""
        update grants as g set ended_at = :now, ended_by = null
         where g.account_id = :account_id and g.id = :grant_id and g.ended_at is null
           and {UNUSED_SINCE} <= :unused_before
        """,
        account_id=account_id,
        grant_id=grant_id,
        unused_before=unused_before,
        now=now,
    )


async def end_grants_of(
    tx: Transaction, account_id: int, client_id: str, user_id: int | None, now: int
) -> int:
    """End every grant of the installed integration in the account; return how many."""
    return await tx.sweep(
        """
        update grants set ended_at = :now, ended_by = :user_id
         where account_id = :account_id and client_id = :client_id and ended_at is null
           and installation_id in (
               select id from installations
                where account_id = :account_id and client_id = :client_id and ended_at is null)
        """,
        account_id=account_id,
        client_id=client_id,
        user_id=user_id,
        now=now,
    )


async def end_long_lived_of(
    tx: Transaction, account_id: int, client_id: str, user_id: int | None, now: int
) -> list[int]:
    """End the long-lived tokens of the installed integration in the account; return their ids."""
    return await tx.column(
        """
        update grants set ended_at = :now, ended_by = :user_id
         where account_id = :account_id and client_id = :client_id and ended_at is null
           and kind = 'long_lived'
           and installation_id in (
               select id from installations
                where account_id = :account_id and client_id = :client_id and ended_at is null)
        returning id
        """,
        account_id=account_id,
        client_id=client_id,
        user_id=user_id,
        now=now,
    )


async def list_accounts_with_families(reader: Reader, client_id: str) -> list[int]:
    """Return the accounts in which the integration has live grants that were made of codes."""
    return await reader.column(
        """
        select distinct account_id from grants
         where client_id = :client_id and kind = 'code' and ended_at is null order by account_id
        """,
        client_id=client_id,
    )


async def end_families_everywhere(
    tx: Transaction, client_id: str, account_id: int, user_id: int | None, now: int
) -> int:
    """End every grant of the integration that was made of a code; return how many.

    *user_id* of *account_id* is kept as who did it there, and nobody elsewhere.
    """
    return await tx.sweep(
        """
        update grants
           set ended_at = :now,
               ended_by = case when account_id = :account_id then cast(:user_id as bigint) end
         where client_id = :client_id and kind = 'code' and ended_at is null
        """,
        client_id=client_id,
        account_id=account_id,
        user_id=user_id,
        now=now,
    )
