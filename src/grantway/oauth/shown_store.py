"""The SQL of grants as pages and commands list them.

The live ones stand first, then the newest. What ended keeps its place among those
that ended, so that whoever turns pages meets every grant, also while some end.
"""

from __future__ import annotations

from grantway.db import Reader
from grantway.oauth.families import ABSOLUTE_LIFETIME
from grantway.oauth.model import GrantShown, GrantUsage, Turn

# Refreshing is use as well. A family that nobody refreshes has ended with its last token.
_USED_AT = """case when coalesce(g.last_used_at, 0) >= coalesce(g.pair_issued_at, 0)
            then g.last_used_at else g.pair_issued_at end"""
UNUSED_SINCE = f"coalesce({_USED_AT}, g.created_at)"
_EXPIRES_AT = f"""case when g.kind = 'code' and n.fidelity = 'strict'
                 and g.created_at + {ABSOLUTE_LIFETIME} < g.refresh_expires_at
            then g.created_at + {ABSOLUTE_LIFETIME}
            else coalesce(g.expires_at, g.refresh_expires_at) end"""
_SHOWN = f"""
select g.id, g.account_id, a.name, a.subdomain, g.client_id, n.name, g.user_id, u.name, g.kind,
       g.uuid, g.scopes, g.by_administrator, n.fidelity = 'strict', g.created_at,
       {_EXPIRES_AT},
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
_HAS_ENDED = "case when coalesce(g.ended_at, i.ended_at) is null then 0 else 1 end"
_IS_WORKING = f"g.ended_at is null and i.ended_at is null and {_EXPIRES_AT} > :now"
_FIRST = Turn(has_ended=False, grant_id=2**62)


async def list_of_account(
    reader: Reader, account_id: int, client_id: str | None, turn: Turn | None, most: int
) -> list[GrantShown]:
    """Return grants of the account, of one integration or of all, from *turn* on."""
    of_one = "" if client_id is None else "and g.client_id = :client_id"
    turn = turn or _FIRST
    return await reader.all(
        GrantShown,
        f"{_SHOWN} where g.account_id = :account_id {of_one} {_turned(turn)}",
        account_id=account_id,
        **({} if client_id is None else {"client_id": client_id}),
        has_ended=int(turn.has_ended),
        place=-turn.grant_id,
        most=most,
    )


async def list_of_user(
    reader: Reader, user_id: int, turn: Turn | None, most: int
) -> list[GrantShown]:
    """Return the live grants that a person gave, in the accounts where they work."""
    turn = turn or _FIRST
    return await reader.all(
        GrantShown,
        f"""{_SHOWN}
         where g.user_id = :user_id and g.ended_at is null and i.ended_at is null
           and n.status not in ('disabled', 'deleted') and a.status = 'active'
           and u.is_active and m.is_active {_turned(turn)}""",
        user_id=user_id,
        has_ended=int(turn.has_ended),
        place=-turn.grant_id,
        most=most,
    )


def _turned(turn: Turn) -> str:
    """Return what a list says of its place, its order and its end."""
    than, order = ("<", "desc") if turn.is_back else (">", "asc")
    return f"""and ({_HAS_ENDED}, -g.id) {than} (:has_ended, :place)
         order by {_HAS_ENDED} {order}, -g.id {order} limit :most"""


async def list_to_look_at(
    reader: Reader, account_id: int, client_id: str, now: int, most: int
) -> list[GrantShown]:
    """Return the integration's working grants that an administrator should look at.

    Those whose spent token came back first, then those whose user's place in the
    account has changed.
    """
    return await reader.all(
        GrantShown,
        f"""{_SHOWN}
         where g.account_id = :account_id and g.client_id = :client_id and {_IS_WORKING}
           and (g.reused_at is not null or not coalesce(u.is_active and m.is_active, false)
                or (g.by_administrator and coalesce(m.role, '') <> 'administrator'))
         order by g.reused_at is null, g.id desc limit :most""",
        account_id=account_id,
        client_id=client_id,
        now=now,
        most=most,
    )


async def find_shown(reader: Reader, account_id: int, grant_id: int) -> GrantShown | None:
    """Return one grant of the account."""
    return await reader.one(
        GrantShown,
        f"{_SHOWN} where g.account_id = :account_id and g.id = :grant_id",
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
          join integrations n on n.client_id = g.client_id
         where g.account_id = :account_id and g.client_id = :client_id
           and g.ended_at is null and i.ended_at is null and {_EXPIRES_AT} > :now
        """,
        account_id=account_id,
        client_id=client_id,
        now=now,
    )
    return count


async def list_grant_usage(
    reader: Reader, account_id: int, client_id: str | None, now: int
) -> list[GrantUsage]:
    """Return what the grants of each integration that is installed now amount to, or of one."""
    of_one = "" if client_id is None else "and g.client_id = :client_id"
    return await reader.all(
        GrantUsage,
        f"""
        select g.client_id, sum(case when {_IS_WORKING} then 1 else 0 end),
               count(distinct case when {_IS_WORKING} then g.user_id end), max({_USED_AT})
          from grants g
          join installations i on i.account_id = g.account_id and i.id = g.installation_id
          join integrations n on n.client_id = g.client_id
         where g.account_id = :account_id and i.ended_at is null {of_one}
         group by g.client_id
        """,
        account_id=account_id,
        **({} if client_id is None else {"client_id": client_id}),
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
           and {_EXPIRES_AT} > :now and {UNUSED_SINCE} <= :unused_before
         order by {UNUSED_SINCE}, g.id limit :most""",
        account_id=account_id,
        unused_before=unused_before,
        now=now,
        most=most,
    )
