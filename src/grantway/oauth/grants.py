"""What integrations hold of an account, whatever kind of grant it is, and ending it.

Contract: authorization.md 11; rules S-53, S-57, S-73, S-78, S-82.
"""

from __future__ import annotations

from grantway import audit
from grantway.accounts.actor import Actor
from grantway.audit import Event
from grantway.db import Reader, Transaction
from grantway.oauth import grant_store as store
from grantway.oauth.errors import GrantNotFound
from grantway.oauth.model import GrantShown

__all__ = [
    "GrantShown",
    "count_live",
    "end_all_of_integration",
    "of_integration",
    "of_user",
    "revoke",
    "revoke_all",
]


async def count_live(reader: Reader, account_id: int, client_id: str, now: int) -> int:
    """Return how many grants of the integration work in the account now, for the operator."""
    return await store.count_live(reader, account_id, client_id, now)


async def of_integration(reader: Reader, actor: Actor, client_id: str) -> list[GrantShown]:
    """Return what every user of the account granted the integration. For administrators."""
    actor.must_administer()
    return await store.list_shown(reader, actor.account_id, client_id)


async def of_user(reader: Reader, user_id: int) -> list[GrantShown]:
    """Return what a person granted and what still works, in all their accounts."""
    return await store.list_of_user(reader, user_id)


async def revoke(tx: Transaction, actor: Actor, grant_id: int, now: int) -> GrantShown:
    """End a grant; from the commit on its tokens are refused everywhere.

    Administrators end anybody's, users their own. Raises GrantNotFound, also
    for one that had ended and for one that the actor may not end.
    """
    grant = await store.find_shown(tx, actor.account_id, grant_id)
    if grant is None or not (actor.is_administrator or grant.user_id == actor.user_id):
        raise GrantNotFound
    if not await store.end_grant(tx, actor.account_id, grant_id, actor.user_id, now):
        raise GrantNotFound
    await audit.record(
        tx,
        actor.did(Event.GRANT_REVOKED, at=now, subject=f"{grant.client_id} grant {grant_id}"),
    )
    return grant


async def revoke_all(tx: Transaction, actor: Actor, client_id: str, now: int) -> int:
    """End every grant of the integration in the account; return how many. For administrators.

    One statement, so it takes as long as there are grants, however often each
    was refreshed (S-58). The integration stays installed.
    """
    actor.must_administer()
    ended = await store.end_grants_of(tx, actor.account_id, client_id, actor.user_id, now)
    if ended:
        subject = f"{client_id} all {ended} grants"
        await audit.record(tx, actor.did(Event.GRANT_REVOKED, at=now, subject=subject))
    return ended


async def end_all_of_integration(tx: Transaction, actor: Actor, client_id: str, now: int) -> int:
    """End every grant of the integration in every account, as its owner; return how many.

    For a new secret key (authorization.md 5.4). The caller has checked that the
    integration is the actor's.
    """
    ended = await store.end_grants_everywhere(tx, client_id, actor.user_id, now)
    if ended:
        subject = f"{client_id} all {ended} grants in all accounts"
        await audit.record(tx, actor.did(Event.GRANT_REVOKED, at=now, subject=subject))
    return ended
