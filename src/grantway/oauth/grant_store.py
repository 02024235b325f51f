"""The SQL of grants, and what a request with a token must know of the world."""

from __future__ import annotations

import msgspec

from grantway.db import Reader, Transaction
from grantway.oauth.families import ABSOLUTE_LIFETIME
from grantway.oauth.model import (
    GrantShown,
    GrantUsage,
    HeldGrant,
    LongLivedToken,
    NewGrant,
    Standing,
)

_MOST_SHOWN = 1_000  # live ones come first, so what is left out has ended long ago
_LONG_LIVED = """
select g.id, g.client_id, g.user_id, u.name, g.scopes, g.created_at, g.expires_at,
       g.last_used_at, g.last_used_from, coalesce(g.ended_at, i.ended_at), e.name, g.uuid
  from grants g
  join installations i on i.account_id = g.account_id and i.id = g.installation_id
  join users u on u.id = g.user_id
  left join users e on e.id = coalesce(g.ended_by, i.ended_by)
"""

# Refreshing is use as well. A family that nobody refreshes has ended with its last token.
_USED_AT = """case when coalesce(g.last_used_at, 0) >= coalesce(g.pair_issued_at, 0)
            then g.last_used_at else g.pair_issued_at end"""
_UNUSED_SINCE = f"coalesce({_USED_AT}, g.created_at)"
_EXPIRES_AT = "coalesce(g.expires_at, g.refresh_expires_at)"
_SHOWN = f"""
select g.id, g.account_id, a.name, a.subdomain, g.client_id, n.name, g.user_id, u.name, g.kind,
       g.uuid, g.scopes, g.by_administrator, n.fidelity = 'strict', g.created_at,
       case when g.kind = 'code' and n.fidelity = 'strict'
                 and g.created_at + {ABSOLUTE_LIFETIME} < g.refresh_expires_at
            then g.created_at + {ABSOLUTE_LIFETIME} else {_EXPIRES_AT} end,
       {_USED_AT},
       case when coalesce(g.last_used_at, 0) >= coalesce(g.pair_issued_at, 0)
            then g.last_used_from else g.refreshed_from end,
       g.reused_at, coalesce(g.ended_at, i.ended_at), e.name,
       coalesce(case when g.ended_at is null then i.ended_by else g.ended_by end, -1) = 0,
       coalesce(u.is_active and m.is_active, false), coalesce(m.role = 'administrator', false)
  from grants g
  join installations i on i.account_id = g.account_id and i.id = g.installation_id
  join integrations n on n.client_id = g.client_id
  join accounts a on a.id = g.account_id
  join users u on u.id = g.user_id
  left join account_users m on m.account_id = g.account_id and m.user_id = g.user_id
  left join users e on e.id = case when g.ended_at is null then i.ended_by else g.ended_by end
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


async def count_live(reader: Reader, account_id: int, client_id: str, now: int) -> int:
    """Return how many grants of the integration in the account have neither ended nor expired."""
    count: int = await reader.value(
        f"""
        select count(*)
          from grants g
          join installations i on i.account_id = g.account_id and i.id = g.installation_id
         where g.account_id = :account_id and g.client_id = :client_id
           and g.ended_at is null and i.ended_at is null and {_EXPIRES_AT} > :now
        """,
        account_id=account_id,
        client_id=client_id,
        now=now,
    )
    return count


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


async def list_shown(reader: Reader, account_id: int, client_id: str) -> list[GrantShown]:
    """Return the integration's grants in the account: live ones first, then the newest."""
    return await reader.all(
        GrantShown,
        f"""{_SHOWN}
         where g.account_id = :account_id and g.client_id = :client_id
         order by coalesce(g.ended_at, i.ended_at) is not null, g.created_at desc, g.id desc
         limit {_MOST_SHOWN}""",
        account_id=account_id,
        client_id=client_id,
    )


async def list_of_account(reader: Reader, account_id: int) -> list[GrantShown]:
    """Return the account's grants, of all integrations: live ones first, then the newest."""
    return await reader.all(
        GrantShown,
        f"""{_SHOWN}
         where g.account_id = :account_id
         order by coalesce(g.ended_at, i.ended_at) is not null, g.created_at desc, g.id desc
         limit {_MOST_SHOWN}""",
        account_id=account_id,
    )


async def list_of_user(reader: Reader, user_id: int) -> list[GrantShown]:
    """Return the live grants that a person gave, in the accounts where they work, newest first."""
    return await reader.all(
        GrantShown,
        f"""{_SHOWN}
         where g.user_id = :user_id and g.ended_at is null and i.ended_at is null
           and n.status not in ('disabled', 'deleted') and a.status = 'active'
           and u.is_active and m.is_active
         order by g.created_at desc, g.id desc limit {_MOST_SHOWN}""",
        user_id=user_id,
    )


async def find_shown(reader: Reader, account_id: int, grant_id: int) -> GrantShown | None:
    """Return one grant of the account."""
    return await reader.one(
        GrantShown,
        f"{_SHOWN} where g.account_id = :account_id and g.id = :grant_id",
        account_id=account_id,
        grant_id=grant_id,
    )


async def list_grant_usage(reader: Reader, account_id: int, now: int) -> list[GrantUsage]:
    """Return what the grants of each integration that is installed now amount to."""
    is_live = f"g.ended_at is null and {_EXPIRES_AT} > :now"
    return await reader.all(
        GrantUsage,
        f"""
        select g.client_id, sum(case when {is_live} then 1 else 0 end),
               count(distinct case when {is_live} then g.user_id end), max({_USED_AT})
          from grants g
          join installations i on i.account_id = g.account_id and i.id = g.installation_id
         where g.account_id = :account_id and i.ended_at is null
         group by g.client_id
        """,
        account_id=account_id,
        now=now,
    )


async def list_unused(
    reader: Reader, account_id: int, unused_before: int, now: int, most: int
) -> list[GrantShown]:
    """Return the account's live grants that nobody used since *unused_before*, the oldest first."""
    return await reader.all(
        GrantShown,
        f"""{_SHOWN}
         where g.account_id = :account_id and g.ended_at is null and i.ended_at is null
           and n.status not in ('disabled', 'deleted')
           and {_EXPIRES_AT} > :now and {_UNUSED_SINCE} <= :unused_before
         order by {_UNUSED_SINCE}, g.id limit :most""",
        account_id=account_id,
        unused_before=unused_before,
        now=now,
        most=most,
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
           and {_UNUSED_SINCE} <= :unused_before
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
