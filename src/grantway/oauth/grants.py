"""What integrations hold of an account, whatever kind of grant it is, and ending it.

Whoever ends a grant tells the integration by its revoke hook, planned in the
same transaction: once for each grant that ends by itself, once for all that end
together. Contract: authorization.md 11, 14.2 and 21 row 18; rules S-53, S-57,
S-58, S-73, S-78, S-82.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from grantway import audit
from grantway.accounts.actor import Actor
from grantway.audit import Entry, Event
from grantway.db import Reader, Transaction
from grantway.hooks.service import plan_revoke_hook
from grantway.oauth import code_store, shown_store
from grantway.oauth import grant_store as store
from grantway.oauth.errors import GrantNotFound
from grantway.oauth.model import GrantShown, GrantUsage, Turn

__all__ = [
    "GrantShown",
    "GrantUsage",
    "Page",
    "Turn",
    "count_live",
    "end_by_rule",
    "end_families",
    "named",
    "of_account",
    "of_integration",
    "page_of_integration",
    "page_of_user",
    "revoke",
    "revoke_all",
    "to_look_at",
    "usage",
]

_BY_OPERATOR = 0  # as installations have it
_ALL = 2**62


class Page(msgspec.Struct, frozen=True):
    """Some grants, live ones first, then the newest; None where no more of them are."""

    grants: list[GrantShown]
    next: Turn | None
    previous: Turn | None


async def count_live(reader: Reader, account_id: int, client_id: str, now: int) -> int:
    """Return how many grants of the integration work in the account now, for the operator."""
    return await shown_store.count_live(reader, account_id, client_id, now)


async def usage(
    reader: Reader, actor: Actor, now: int, client_id: str | None = None
) -> dict[str, GrantUsage]:
    """Return what the grants of each installed integration, or of one, amount to, by client id.

    For administrators.
    """
    actor.must_administer()
    found = await shown_store.list_grant_usage(reader, actor.account_id, client_id, now)
    return {one.client_id: one for one in found}


async def of_integration(reader: Reader, actor: Actor, client_id: str) -> list[GrantShown]:
    """Return all that users of the account granted the integration. For administrators."""
    actor.must_administer()
    return await shown_store.list_of_account(reader, actor.account_id, client_id, None, _ALL)


async def of_account(reader: Reader, actor: Actor) -> list[GrantShown]:
    """Return all that users of the account granted, to whichever integration.

    For administrators.
    """
    actor.must_administer()
    return await shown_store.list_of_account(reader, actor.account_id, None, None, _ALL)


async def page_of_integration(
    reader: Reader, actor: Actor, client_id: str, turn: Turn | None, limit: int
) -> Page:
    """Return a page of what users of the account granted the integration. For administrators."""
    actor.must_administer()

    async def some(turn: Turn | None, most: int) -> list[GrantShown]:
        return await shown_store.list_of_account(reader, actor.account_id, client_id, turn, most)

    return await _page(some, turn, limit)


async def page_of_user(reader: Reader, user_id: int, turn: Turn | None, limit: int) -> Page:
    """Return a page of what a person granted and has not ended, where they may work now."""

    async def some(turn: Turn | None, most: int) -> list[GrantShown]:
        return await shown_store.list_of_user(reader, user_id, turn, most)

    return await _page(some, turn, limit)


async def _page(
    some: Callable[[Turn | None, int], Awaitable[list[GrantShown]]], turn: Turn | None, limit: int
) -> Page:
    rows = await some(turn, limit + 1)
    if turn is not None and not rows:
        return await _page(some, None, limit)  # what stood there has ended meanwhile
    is_more, rows = len(rows) > limit, rows[:limit]
    if turn is None or not turn.is_back:
        following = _turn(rows[-1]) if is_more else None
        return Page(rows, following, None if turn is None else _turn(rows[0], is_back=True))
    return Page(rows[::-1], _turn(rows[0]), _turn(rows[-1], is_back=True) if is_more else None)


def _turn(grant: GrantShown, *, is_back: bool = False) -> Turn:
    return Turn(grant.ended_at is not None, grant.grant_id, is_back)


async def to_look_at(
    reader: Reader, actor: Actor, client_id: str, now: int, most: int
) -> list[GrantShown]:
    """Return the integration's grants that work, and that somebody should look at (S-50, S-78).

    A spent token came back, or the user's place in the account has changed. For
    administrators.
    """
    actor.must_administer()
    return await shown_store.list_to_look_at(reader, actor.account_id, client_id, now, most)


async def revoke(
    tx: Transaction, actor: Actor, grant_id: int, now: int, *, client_id: str | None = None
) -> GrantShown:
    """End a grant and return it as it is then; from the commit on its tokens are refused.

    Administrators end anybody's, users their own. Raises GrantNotFound, also
    for one that had ended, for one that the actor may not end, and for one of
    another integration than *client_id*.
    """
    grant = await shown_store.find_shown(tx, actor.account_id, grant_id)
    if grant is None or grant.ended_at is not None or client_id not in (None, grant.client_id):
        raise GrantNotFound
    if not (actor.is_administrator or grant.user_id == actor.user_id):
        raise GrantNotFound
    if not await store.end_grant(tx, actor.account_id, grant_id, _who(actor), now):
        raise GrantNotFound
    subject = named(grant.client_id, grant_id, is_long_lived=grant.is_long_lived)
    await audit.record(tx, actor.did(_event(grant), at=now, subject=subject))
    await plan_revoke_hook(tx, actor.account_id, grant.client_id, now)
    ended = await shown_store.find_shown(tx, actor.account_id, grant_id)
    return ended or grant


async def revoke_all(tx: Transaction, actor: Actor, client_id: str, now: int) -> int:
    """End every grant of the integration in the account; return how many. For administrators.

    One statement, so it takes as long as there are grants, however often each
    was refreshed (S-58). Codes that wait for their exchange end before, or the
    next moment would bring access that nobody sees coming (S-82). The
    integration stays installed. Long-lived tokens are told each by itself, as
    wherever one ends.
    """
    actor.must_administer()
    codes = await code_store.spend_codes_of(tx, actor.account_id, client_id, now)
    tokens = await store.end_long_lived_of(tx, actor.account_id, client_id, _who(actor), now)
    ended = await store.end_grants_of(tx, actor.account_id, client_id, _who(actor), now)
    ended += len(tokens)
    for grant_id in tokens:
        subject = named(client_id, grant_id, is_long_lived=True)
        await audit.record(tx, actor.did(Event.LONG_LIVED_TOKEN_REVOKED, at=now, subject=subject))
    if ended or codes:
        subject = f"{client_id} all {ended} grants"
        await audit.record(tx, actor.did(Event.GRANT_REVOKED, at=now, subject=subject))
    if ended:
        await plan_revoke_hook(tx, actor.account_id, client_id, now)
    return ended


async def end_families(tx: Transaction, actor: Actor, client_id: str, now: int) -> int:
    """End what the integration got with its secret key, in every account; return how many.

    For a new secret key (authorization.md 5.4). Codes that were not exchanged yet
    are spent as well. Long-lived tokens were got without one, and are revoked by
    themselves. Each account is told in its own audit, which names nobody of
    another one. The caller has checked that the integration is the actor's. No
    hook tells it: it would be signed with a key that its receiver does not have yet.

    All in one transaction, because a grant is judged by its own row alone: ended
    in batches after the key was stored, the last ones would work on with the new
    key, and for good when the process dies in between. A hundred thousand grants
    take half a second on SQLite, in which others wait to write, and two on
    PostgreSQL, where nobody waits; in as many accounts it is 1.4 and three.
    """
    # First: an exchange that began with the old key has its code's row until its grant is there.
    await code_store.spend_codes_everywhere(tx, client_id, now)
    accounts = await store.list_accounts_with_families(tx, client_id)
    ended = await store.end_families_everywhere(tx, client_id, actor.account_id, _who(actor), now)
    subject = f"{client_id} all grants by code, for a new secret key"
    entry = Entry(
        at=now,
        event=Event.GRANT_REVOKED,
        actor="integration",
        client_id=client_id,
        subject=subject,
    )
    own = actor.did(Event.GRANT_REVOKED, at=now, subject=subject)
    told = [
        own if one == actor.account_id else msgspec.structs.replace(entry, account_id=one)
        for one in accounts
    ]
    await audit.record_all(tx, told)
    return ended


async def end_by_rule(
    tx: Transaction, account_id: int, grant_id: int, source: str, now: int
) -> bool:
    """End a grant because of what its integration sent; False when it had ended.

    The account and the integration are told as of any other end: what sent it
    need not be the server that keeps what was received (authorization.md 11).
    """
    grant = await shown_store.find_shown(tx, account_id, grant_id)
    if grant is None or grant.ended_at is not None:
        return False
    if not await store.end_grant(tx, account_id, grant_id, None, now):
        return False
    await audit.record(
        tx,
        Entry(
            at=now,
            event=_event(grant),
            account_id=account_id,
            actor="integration",
            user_id=grant.user_id,
            client_id=grant.client_id,
            grant_id=grant_id,
            source=source,
            subject=named(grant.client_id, grant_id, is_long_lived=grant.is_long_lived),
        ),
    )
    await plan_revoke_hook(tx, account_id, grant.client_id, now)
    return True


def named(client_id: str, grant_id: int, *, is_long_lived: bool) -> str:
    """Return how the audit names a grant.

    >>> named("0f3c9a52-1b7e-4c60-9d1f-5a8e2b4c7d90", 7, is_long_lived=True)
    '0f3c9a52-1b7e-4c60-9d1f-5a8e2b4c7d90 token 7'
    """
    return f"{client_id} {'token' if is_long_lived else 'grant'} {grant_id}"


def _event(grant: GrantShown) -> Event:
    return Event.LONG_LIVED_TOKEN_REVOKED if grant.is_long_lived else Event.GRANT_REVOKED


def _who(actor: Actor) -> int:
    """Return who is kept as having ended something: the operator only lends an actor's rights."""
    return _BY_OPERATOR if actor.is_operator else actor.user_id
