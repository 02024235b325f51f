"""Roles: named sets of rights, which are those of everybody who has one (api-v4.md 3.8).

For administrators. A changed role changes what its users may do from the next
request on (S-115). When a role goes, its users keep the rights that it gave
them: removing a name must not take work away from people, nor give them any.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import UNSET, UnsetType

from grantway import audit
from grantway.accounts import role_store, store
from grantway.accounts.actor import Actor
from grantway.accounts.errors import RoleNotFound, TooManyOfThem, UserNotFound
from grantway.accounts.model import RightsRole
from grantway.accounts.rights_wire import NOTHING, HasStage, RightsSent
from grantway.audit import Event
from grantway.db import Reader, Transaction
from grantway.kernel.errors import field_missing, refuse

MAX_ROLES = 100


class RoleSent(msgspec.Struct, frozen=True):
    """What a request says about a role."""

    request_id: str
    rights: RightsSent
    name: str | UnsetType = UNSET


async def page(
    reader: Reader, actor: Actor, *, page: int, limit: int
) -> tuple[list[RightsRole], int]:
    """Return a page of the account's roles with their users, and how many there are in all."""
    actor.must_administer()
    found = await role_store.list_roles(reader, actor.account_id, limit, (page - 1) * limit)
    total = await role_store.count_roles(reader, actor.account_id)
    return await _with_users(reader, actor.account_id, found), total


async def get(reader: Reader, actor: Actor, role_id: int) -> RightsRole:
    """Return one role with its users; raise RoleNotFound."""
    actor.must_administer()
    found = await _find(reader, actor.account_id, role_id)
    return (await _with_users(reader, actor.account_id, [found]))[0]


async def add(
    tx: Transaction, actor: Actor, sent: Sequence[RoleSent], *, has_stage: HasStage, now: int
) -> list[RightsRole]:
    """Add roles and return them in that order. Raises Invalid, TooManyOfThem."""
    actor.must_administer()
    account_id = actor.account_id
    refuse(
        (
            one.request_id,
            [
                *(field_missing(f"rights.{name}") for name in one.rights.missing()),
                *one.rights.faults(has_stage),
            ],
        )
        for one in sent
    )
    await store.lock_account(tx, account_id)
    if await role_store.count_roles(tx, account_id) + len(sent) > MAX_ROLES:
        raise TooManyOfThem("roles", MAX_ROLES)
    added = [
        RightsRole(role_id, str(one.name), _json(one.rights.applied_to(NOTHING)), now, now)
        for role_id, one in zip(await tx.take_ids("user_role", len(sent)), sent, strict=True)
    ]
    await role_store.add_roles(tx, account_id, added)
    for role in added:
        await _record(tx, actor, Event.RIGHTS_ROLE_ADDED, role.id, now)
    return added


async def change(
    tx: Transaction, actor: Actor, role_id: int, sent: RoleSent, *, has_stage: HasStage, now: int
) -> RightsRole:
    """Change what was sent of a role, and return it. Raises RoleNotFound, Invalid."""
    actor.must_administer()
    refuse([(sent.request_id, sent.rights.faults(has_stage))])
    await store.lock_account(tx, actor.account_id)
    before = await _find(tx, actor.account_id, role_id)
    changed = msgspec.structs.replace(
        before,
        name=before.name if isinstance(sent.name, UnsetType) else sent.name,
        rights_json=_json(sent.rights.applied_to(before.rights)),
        updated_at=now,
    )
    await role_store.change_role(tx, actor.account_id, changed)
    await _record(tx, actor, Event.RIGHTS_ROLE_CHANGED, role_id, now)
    return (await _with_users(tx, actor.account_id, [changed]))[0]


async def remove(tx: Transaction, actor: Actor, role_id: int, now: int) -> None:
    """Remove a role; its users keep the rights that they had by it. Raises RoleNotFound."""
    actor.must_administer()
    await store.lock_account(tx, actor.account_id)
    role = await _find(tx, actor.account_id, role_id)
    await role_store.remove_role(tx, actor.account_id, role)
    await _record(tx, actor, Event.RIGHTS_ROLE_DELETED, role_id, now)


async def give(tx: Transaction, actor: Actor, user_id: int, role_id: int | None, now: int) -> None:
    """Give a user the role, or with None only what is kept of their own.

    Raises UserNotFound, RoleNotFound.
    """
    actor.must_administer()
    await store.lock_account(tx, actor.account_id)
    user = await store.find_account_user(tx, actor.account_id, user_id)
    if user is None:
        raise UserNotFound
    if role_id is not None:
        await _find(tx, actor.account_id, role_id)
    if user.role_id == role_id:
        return
    await role_store.give_role(tx, actor.account_id, user_id, role_id)
    subject = f"user {user_id}, {'no role' if role_id is None else f'role {role_id}'}"
    await audit.record(tx, actor.did(Event.ACCOUNT_USER_CHANGED, at=now, subject=subject))


async def _find(reader: Reader, account_id: int, role_id: int) -> RightsRole:
    found = await role_store.find_role(reader, account_id, role_id)
    if found is None:
        raise RoleNotFound(why=f"no role {role_id}")
    return found


async def _with_users(
    reader: Reader, account_id: int, found: Sequence[RightsRole]
) -> list[RightsRole]:
    have = await role_store.list_who_has(reader, account_id)
    return [
        msgspec.structs.replace(
            role, user_ids=tuple(one.user_id for one in have if one.role_id == role.id)
        )
        for role in found
    ]


async def _record(tx: Transaction, actor: Actor, event: Event, role_id: int, now: int) -> None:
    await audit.record(tx, actor.did(event, at=now, subject=f"role {role_id}"))


def _json(rights: msgspec.Struct) -> str:
    return msgspec.json.encode(rights).decode()
