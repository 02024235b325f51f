"""Ending what nobody uses, when an account's administrators want that (S-57)."""

from __future__ import annotations

from grantway import audit
from grantway.accounts import grant_rule
from grantway.accounts.actor import Actor
from grantway.audit import Entry, Event
from grantway.db import Database, Reader, Transaction
from grantway.hooks.service import plan_revoke_hook
from grantway.oauth import grant_store as store
from grantway.oauth import grants, shown_store
from grantway.oauth.model import GrantShown

DAY = 24 * 3600
FORESIGHT = 14 * DAY
"""How long before its end a grant is listed."""
_AT_ONCE = 100  # grants that one transaction ends: on SQLite everybody else who writes waits
_MOST_LISTED = 200  # the first of what would end; nobody reads more


def ends_at(grant: GrantShown, days: int | None) -> int:
    """Return when the grant ends unless it is used before, by the rule or by itself."""
    if days is None:
        return grant.expires_at
    return min(grant.expires_at, grant.unused_since + days * DAY)


async def foreseen(reader: Reader, actor: Actor, days: int, now: int) -> list[GrantShown]:
    """Return what the rule *days* ends now and in the next two weeks, the first to end first.

    For administrators, whether it is the account's rule or only considered.
    """
    actor.must_administer()
    before = now + FORESIGHT - days * DAY
    return await shown_store.list_unused(reader, actor.account_id, before, now, _MOST_LISTED)


async def sweep(db: Database, now: int) -> int:
    """End what is unused for too long in every account, some at a time; return how many.

    In transactions of its own, so that others write in between.
    """
    count = 0
    async with db.read() as reader:
        accounts = await grant_rule.accounts_with_rule(reader)
    for account_id in accounts:
        while True:
            async with db.write() as tx:
                ended = await end_some(tx, account_id, now)
            count += ended
            if ended < _AT_ONCE:
                break
    return count


async def end_some(tx: Transaction, account_id: int, now: int) -> int:
    """End some of the account's unused grants by the rule that it has now; return how many."""
    days = await grant_rule.unused_grant_days(tx, account_id)
    if days is None:
        return 0
    before = now - days * DAY
    told: set[str] = set()
    ended = 0
    for grant in await shown_store.list_unused(tx, account_id, before, now, _AT_ONCE):
        if not await store.end_unused(tx, account_id, grant.grant_id, before, now):
            continue
        ended += 1
        name = grants.named(grant.client_id, grant.grant_id, is_long_lived=grant.is_long_lived)
        await audit.record(
            tx,
            Entry(
                at=now,
                event=Event.LONG_LIVED_TOKEN_REVOKED if grant.is_long_lived else Event.GRANT_UNUSED,
                account_id=account_id,
                actor="platform",
                grant_id=grant.grant_id,
                subject=f"{name}, unused for {days} days",
                outcome="unused" if grant.is_long_lived else "done",
            ),
        )
        if grant.client_id not in told:
            told.add(grant.client_id)
            await plan_revoke_hook(tx, account_id, grant.client_id, now)
    return ended
