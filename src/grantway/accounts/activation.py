"""Deactivating people and activating them again, in one account or everywhere (S-78, S-115).

Who is deactivated cannot work from the next request on, and their sessions
end for good. Grants that they gave as an administrator go on, as the contract
has it (authorization.md 11), unless their integration is strict; others stop
and come back with the person. An account always keeps an administrator.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import msgspec

from grantway import audit
from grantway.accounts import session_store, store
from grantway.accounts.actor import Actor
from grantway.accounts.errors import OneselfRefused, StateRefused, UserNotFound
from grantway.accounts.model import Account, Role, User
from grantway.accounts.service import account_by_id, must_keep_administrator, user_by_id
from grantway.audit import Entry, Event
from grantway.db import Transaction
from grantway.kernel.errors import not_supported_choice, refuse

_EVERYWHERE = "everywhere"
_HERE = "in this account"


class Wanted(msgspec.Struct, frozen=True):
    """A user whom a request names."""

    request_id: str
    user_id: int


async def deactivate_in_account(
    tx: Transaction, account: Account, user: User, now: int, *, actor: Actor | None = None
) -> None:
    """Deactivate the person in one account; the *actor* is None for the operator.

    Raises UserNotFound when they are not in it, StateRefused when they are
    deactivated already, LastAdministrator, OneselfRefused, Forbidden.
    """
    _must_be_let(actor, account)
    if actor is not None and actor.user_id == user.id:
        raise OneselfRefused
    await store.lock_account(tx, account.id)
    place = await store.find_account_user(tx, account.id, user.id)
    if place is None:
        raise UserNotFound
    if not await store.switch_account_user(tx, account.id, user.id, is_active=False):
        raise StateRefused(f"This user is deactivated in {account.subdomain} already")
    if place.is_administrator and place.is_active:
        await must_keep_administrator(tx, account.id)
    await session_store.end_sessions_in_account(tx, account.id, user.id, now)
    if actor is None:
        await _record(tx, Event.USER_DEACTIVATED, user, now, _HERE, account.id)
    else:
        await _record_by(tx, actor, Event.ACCOUNT_USER_DEACTIVATED, user.id, now)


async def activate_in_account(
    tx: Transaction, account: Account, user: User, now: int, *, actor: Actor | None = None
) -> None:
    """Activate the person again in one account; the *actor* is None for the operator.

    Raises UserNotFound when they are not in it, StateRefused when they are not
    deactivated, Forbidden.
    """
    _must_be_let(actor, account)
    if await store.find_account_user(tx, account.id, user.id) is None:
        raise UserNotFound
    if not await store.switch_account_user(tx, account.id, user.id, is_active=True):
        raise StateRefused(f"This user is not deactivated in {account.subdomain}")
    if actor is None:
        await _record(tx, Event.USER_ACTIVATED, user, now, _HERE, account.id)
    else:
        await _record_by(tx, actor, Event.ACCOUNT_USER_ACTIVATED, user.id, now)


async def switch_all(
    tx: Transaction,
    actor: Actor,
    wanted: Sequence[Wanted],
    *,
    is_active: bool,
    now: int,
) -> None:
    """Activate or deactivate all these users of the actor's account, or none.

    Who is so already stays so. Raises Invalid that names whom the account has
    not, LastAdministrator, OneselfRefused, Forbidden.
    """
    account = await account_by_id(tx, actor.account_id)
    _must_be_let(actor, account)
    present = {
        one.user_id: await store.find_account_user(tx, account.id, one.user_id) for one in wanted
    }
    refuse(
        (one.request_id, [not_supported_choice("id")])
        for one in wanted
        if present[one.user_id] is None
    )
    switch = activate_in_account if is_active else deactivate_in_account
    for user_id in present:
        user = await user_by_id(tx, user_id)
        with suppress(StateRefused):
            await switch(tx, account, user, now, actor=actor)


async def deactivate(tx: Transaction, user: User, now: int) -> None:
    """Deactivate the person everywhere; they cannot sign in any more.

    Raises StateRefused when they are deactivated already, LastAdministrator.
    """
    for place in await store.list_places(tx, user.id):
        await store.lock_account(tx, place.account_id)
    if not await store.switch_user(tx, user.id, is_active=False, now=now):
        raise StateRefused("This user is deactivated already")
    places = await store.list_places(tx, user.id)  # as they are now that nobody changes them
    for place in places:
        if place.role == Role.ADMINISTRATOR and place.is_active:
            await must_keep_administrator(tx, place.account_id)
    await session_store.end_sessions_of_user(tx, user.id, now)
    await _record_everywhere(tx, Event.USER_DEACTIVATED, user, now)


async def activate(tx: Transaction, user: User, now: int) -> None:
    """Let the person sign in again; raise StateRefused when they are not deactivated."""
    if not await store.switch_user(tx, user.id, is_active=True, now=now):
        raise StateRefused("This user is not deactivated")
    await _record_everywhere(tx, Event.USER_ACTIVATED, user, now)


def _must_be_let(actor: Actor | None, account: Account) -> None:
    if actor is not None:
        actor.must_administer()
        if actor.account_id != account.id:
            raise UserNotFound(why=f"actor of account {actor.account_id}")


async def _record_by(tx: Transaction, actor: Actor, event: Event, user_id: int, now: int) -> None:
    await audit.record(tx, actor.did(event, at=now, subject=f"user {user_id}"))


async def _record_everywhere(tx: Transaction, event: Event, user: User, now: int) -> None:
    """Tell it to the platform, and to each account whose user it was."""
    await _record(tx, event, user, now, _EVERYWHERE)
    for place in await store.list_places(tx, user.id):
        await _record(tx, event, user, now, _EVERYWHERE, place.account_id)


async def _record(
    tx: Transaction,
    event: Event,
    user: User,
    now: int,
    subject: str,
    account_id: int = audit.PLATFORM,
) -> None:
    await audit.record(
        tx,
        Entry(
            at=now,
            event=event,
            account_id=account_id,
            actor="operator",
            user_id=user.id,
            subject=subject,
        ),
    )
