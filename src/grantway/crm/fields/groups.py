"""What may be asked of groups of fields (api-v4.md 3.10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from msgspec import UNSET
from msgspec.structs import replace

from grantway import audit
from grantway.accounts.actor import Actor
from grantway.audit import Event
from grantway.crm.fields import group_store, store
from grantway.crm.fields.errors import GroupNotDeletable, GroupNotFound, TooManyGroups
from grantway.crm.fields.group_wire import GroupChange
from grantway.crm.fields.model import FieldGroup
from grantway.crm.fields.model.definitions import Fields
from grantway.crm.fields.model.groups import DEFAULT, predefined_groups, stored_group_id
from grantway.db import Reader, Transaction
from grantway.kernel.errors import Violation, not_supported_choice, refuse

MOST_GROUPS = 100  # nobody leafs through more tabs


async def list_groups(reader: Reader, account_id: int, entity_type: str) -> list[FieldGroup]:
    """Return all groups in their order, those that are there by themselves included."""
    added = await group_store.list_groups(reader, account_id, entity_type)
    return sorted([*predefined_groups(entity_type), *added], key=lambda one: (one.sort, one.id))


async def get(reader: Reader, account_id: int, entity_type: str, group_id: str) -> FieldGroup:
    """Return one group; raise GroupNotFound when the account has none with this id."""
    for one in await list_groups(reader, account_id, entity_type):
        if one.id == group_id:
            return one
    raise GroupNotFound(why=f"group {group_id} of {entity_type}")


async def add(
    tx: Transaction, actor: Actor, entity_type: str, wanted: Sequence[GroupChange], *, now: int
) -> list[FieldGroup]:
    """Add groups, each with name and sort, and return them in that order; administrators only."""
    actor.must_administer()
    await store.lock_fields(tx, actor.account_id, entity_type)
    present = await group_store.list_groups(tx, actor.account_id, entity_type)
    if len(present) + len(wanted) > MOST_GROUPS:
        raise TooManyGroups(why=f"{len(present)} and {len(wanted)} more")
    numbers = await tx.take_ids("field_group", len(wanted))
    added = [
        FieldGroup(
            id=f"{entity_type}_{number}",
            entity_type=entity_type,
            name=cast("str", one.name),  # the shape of new ones requires both
            sort=cast("int", one.sort),
        )
        for number, one in zip(numbers, wanted, strict=True)
    ]
    await group_store.put_groups(tx, actor.account_id, added)
    for one in added:
        await _record(tx, actor, Event.CUSTOM_FIELD_GROUP_CHANGED, one.id, now)
    return added


async def change(
    tx: Transaction, actor: Actor, entity_type: str, wanted: GroupChange, *, now: int
) -> FieldGroup:
    """Change a group, move fields into it, and return it with them; administrators only.

    Of a group that is there by itself, name and sort stay.
    """
    actor.must_administer()
    await store.lock_fields(tx, actor.account_id, entity_type)
    old = await get(tx, actor.account_id, entity_type, wanted.id)
    fields = Fields(entity_type, await store.list_definitions(tx, actor.account_id, entity_type))
    refuse([(wanted.request_id, _faults(wanted, old, fields))])
    new = replace(
        old,
        name=old.name if wanted.name is UNSET else wanted.name,
        sort=old.sort if wanted.sort is UNSET else wanted.sort,
    )
    if not old.is_predefined:
        await group_store.put_groups(tx, actor.account_id, [new])
    if wanted.field_ids:
        await group_store.move_fields(
            tx, actor.account_id, wanted.field_ids, stored_group_id(old.id)
        )
    await _record(tx, actor, Event.CUSTOM_FIELD_GROUP_CHANGED, new.id, now)
    moved = frozenset(wanted.field_ids)
    inside = [
        one.id for one in fields.all if one.id in moved or (one.group_id or DEFAULT) == old.id
    ]
    return replace(new, field_ids=tuple(inside))


async def remove(
    tx: Transaction, actor: Actor, entity_type: str, group_id: str, *, now: int
) -> None:
    """Remove a group, whose fields move into the first one; administrators only."""
    actor.must_administer()
    await store.lock_fields(tx, actor.account_id, entity_type)
    group = await get(tx, actor.account_id, entity_type, group_id)
    if group.is_predefined:
        raise GroupNotDeletable(why=f"group {group_id}")
    await group_store.remove_group(tx, actor.account_id, entity_type, group_id)
    await _record(tx, actor, Event.CUSTOM_FIELD_GROUP_DELETED, group_id, now)


def _faults(wanted: GroupChange, old: FieldGroup, fields: Fields) -> list[Violation]:
    faults = [
        not_supported_choice(key)
        for key in ("name", "sort")
        if old.is_predefined and getattr(wanted, key) not in (UNSET, getattr(old, key))
    ]
    return faults + [
        not_supported_choice(f"fields.{n}")
        for n, field_id in enumerate(wanted.field_ids)
        if fields.by_id(field_id) is None
    ]


async def _record(tx: Transaction, actor: Actor, event: Event, group_id: str, now: int) -> None:
    await audit.record(tx, actor.did(event, at=now, subject=f"group {group_id}"))
