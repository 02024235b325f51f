"""Groups of an account's users: the right G reaches what others of the own group answer for.

The first group is in every account, cannot be renamed or removed, and has
everybody who is in no other. For administrators.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from grantway import audit
from grantway.accounts import role_store, store
from grantway.accounts.actor import Actor
from grantway.accounts.errors import FieldRefused, GroupNotFound, TooManyOfThem, UserNotFound
from grantway.accounts.model import FIRST_GROUP, NamedGroup
from grantway.audit import Event
from grantway.db import Reader, Transaction
from grantway.kernel.shapes import is_storable

MAX_GROUPS = 100
MAX_GROUP_NAME = 100
_SHOW_GROUPS = ("leads", "contacts", "companies", "tasks")

Outdate = Callable[[Transaction, int, str], Awaitable[None]]
"""Makes what is rendered of the entities of (account, entity type) out of date."""


async def list_all(reader: Reader, account_id: int) -> list[NamedGroup]:
    """Return the account's groups, the first one first."""
    return [NamedGroup(0, FIRST_GROUP), *await role_store.list_groups(reader, account_id)]


async def add(tx: Transaction, actor: Actor, name: str, now: int) -> NamedGroup:
    """Add a group. Raises FieldRefused, TooManyOfThem."""
    actor.must_administer()
    name = await _named(tx, actor, name)
    if len(await role_store.list_groups(tx, actor.account_id)) >= MAX_GROUPS:
        raise TooManyOfThem("groups", MAX_GROUPS)
    (group_id,) = await tx.take_ids("user_group")
    group = NamedGroup(group_id, name)
    await role_store.add_group(tx, actor.account_id, group, now)
    await _record(tx, actor, Event.USER_GROUP_ADDED, f"group {group_id}", now)
    return group


async def rename(tx: Transaction, actor: Actor, group_id: int, name: str, now: int) -> None:
    """Give a group another name. Raises FieldRefused, GroupNotFound."""
    actor.must_administer()
    name = await _named(tx, actor, name, but=group_id)
    if not await role_store.rename_group(tx, actor.account_id, NamedGroup(group_id, name)):
        raise GroupNotFound(why=f"no group {group_id}")
    await _record(tx, actor, Event.USER_GROUP_CHANGED, f"group {group_id}", now)


async def remove(
    tx: Transaction, actor: Actor, group_id: int, *, outdate: Outdate, now: int
) -> None:
    """Remove a group; its users go back to the first one. Raises GroupNotFound."""
    actor.must_administer()
    await store.lock_account(tx, actor.account_id)
    if not await role_store.remove_group(tx, actor.account_id, group_id):
        raise GroupNotFound(why=f"no group {group_id}")
    await _outdate(tx, actor.account_id, outdate)
    await _record(tx, actor, Event.USER_GROUP_DELETED, f"group {group_id}", now)


async def move(
    tx: Transaction, actor: Actor, user_id: int, group_id: int, *, outdate: Outdate, now: int
) -> None:
    """Put a user into another group. Raises UserNotFound, GroupNotFound."""
    actor.must_administer()
    await store.lock_account(tx, actor.account_id)
    user = await store.find_account_user(tx, actor.account_id, user_id)
    if user is None:
        raise UserNotFound
    if all(one.id != group_id for one in await list_all(tx, actor.account_id)):
        raise GroupNotFound(why=f"no group {group_id}")
    if user.group_id == group_id:
        return
    await role_store.put_into_group(tx, actor.account_id, user_id, group_id)
    await _outdate(tx, actor.account_id, outdate)
    subject = f"user {user_id}, group {group_id}"
    await _record(tx, actor, Event.ACCOUNT_USER_CHANGED, subject, now)


async def _named(tx: Transaction, actor: Actor, name: str, *, but: int = 0) -> str:
    """Return the name as it is kept, having locked the account, so that names stay apart."""
    name = name.strip()
    if not 1 <= len(name) <= MAX_GROUP_NAME or not is_storable(name):
        raise FieldRefused("name", f"write 1 to {MAX_GROUP_NAME} characters")
    await store.lock_account(tx, actor.account_id)
    others = [one for one in await list_all(tx, actor.account_id) if one.id != but or not but]
    if name.casefold() in {one.name.casefold() for one in others}:
        raise FieldRefused("name", "another group is called so; choose another name")
    return name


async def _outdate(tx: Transaction, account_id: int, outdate: Outdate) -> None:
    for entity_type in _SHOW_GROUPS:
        await outdate(tx, account_id, entity_type)


async def _record(tx: Transaction, actor: Actor, event: Event, subject: str, now: int) -> None:
    await audit.record(tx, actor.did(event, at=now, subject=subject))
