"""What may be asked of custom fields and of what is kept of their values."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import cast

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from grantway import audit
from grantway.accounts.actor import Actor
from grantway.audit import Event
from grantway.crm.fields import groups, store
from grantway.crm.fields.errors import FieldNotDeletable, FieldNotFound, TooManyFields
from grantway.crm.fields.model import (
    MOST_FIELDS,
    EnumChoice,
    FieldDefinition,
    Fields,
    FieldType,
    StatusRef,
)
from grantway.crm.fields.model.definitions import shows_differently
from grantway.crm.fields.model.field_types import EMAIL_KINDS, PHONE_KINDS
from grantway.crm.fields.model.predefined import PREDEFINED
from grantway.crm.fields.wire import (
    DEFAULT_SORT,
    EnumWish,
    FieldChange,
    change_faults,
    new_faults,
)
from grantway.db import Reader, Transaction
from grantway.kernel.errors import Violation, not_supported_choice, refuse

HasStage = Callable[[int, int], bool]
"""Tells whether a (pipeline, stage) exists: `Pipelines.has`."""

PRESENT_EPOCH = store.PRESENT_EPOCH
"""The present epoch, for a statement that binds `:account_id` and `:entity_type`."""

__all__ = [
    "PRESENT_EPOCH",
    "FieldPage",
    "add",
    "change",
    "create_default",
    "definitions",
    "epoch",
    "get",
    "page",
    "remove",
    "start_epoch",
]


class FieldPage(msgspec.Struct, frozen=True):
    """Some fields, and how many there are in all."""

    fields: list[FieldDefinition]
    total: int


async def definitions(reader: Reader, account_id: int, entity_type: str) -> Fields:
    """Return all fields of the entity type.

    Who renders entities with them reads `epoch` first: if the definitions
    change in between, the entity is taken for older than it is, and is
    rendered once more; the other way round it would stay wrong.
    """
    return Fields(entity_type, await store.list_definitions(reader, account_id, entity_type))


async def epoch(reader: Reader, account_id: int, entity_type: str) -> int:
    """Return the present epoch: entities that were rendered in another one are out of date."""
    return await store.get_epoch(reader, account_id, entity_type)


async def start_epoch(tx: Transaction, account_id: int, entity_type: str) -> None:
    """Make every rendered entity of the type out of date."""
    await store.raise_epoch(tx, account_id, entity_type)


async def create_default(tx: Transaction, account_id: int) -> None:
    """Give a new account the fields that it has from its beginning."""
    field_ids = await tx.take_ids("field", len(PREDEFINED))
    for field_id, one in zip(field_ids, PREDEFINED, strict=True):
        field = FieldDefinition(
            id=field_id,
            entity_type=one.entity_type,
            type=one.type,
            name=one.name,
            code=one.code,
            sort=one.sort,
            is_predefined=True,
            is_deletable=False,
        )
        await store.put_definitions(tx, account_id, [field])
        if one.kinds:
            await _put_enums(tx, account_id, field, _kinds(one.kinds))


async def page(
    reader: Reader,
    actor: Actor,
    entity_type: str,
    *,
    page: int,
    limit: int,
    types: Iterable[str] = (),
    order: str = "sort",
    descending: bool = False,
) -> FieldPage:
    """Return a page of the fields of these *types*, or of all, by `sort` or by `id`."""
    wanted = set(types)
    fields = await definitions(reader, actor.account_id, entity_type)
    found = [one for one in fields.all if not wanted or one.type in wanted]
    if order == "id":
        found.sort(key=lambda one: one.id)
    if descending:
        found.reverse()
    start = (page - 1) * limit
    return FieldPage(found[start : start + limit], len(found))


async def get(reader: Reader, actor: Actor, entity_type: str, field_id: int) -> FieldDefinition:
    """Return one field; raise FieldNotFound when the account has none with this id."""
    return _found(await definitions(reader, actor.account_id, entity_type), field_id)


async def add(
    tx: Transaction,
    actor: Actor,
    entity_type: str,
    wanted: Sequence[FieldChange],
    *,
    has_stage: HasStage,
    now: int,
) -> list[FieldDefinition]:
    """Add fields and return them in that order; administrators only.

    *has_stage* is handed in, because fields know nothing of pipelines.
    """
    actor.must_administer()
    await store.lock_fields(tx, actor.account_id, entity_type)
    fields = await definitions(tx, actor.account_id, entity_type)
    if len(fields.all) + len(wanted) > MOST_FIELDS:
        raise TooManyFields(why=f"{len(fields.all)} and {len(wanted)} more")
    codes = {one.code for one in fields.all if one.code is not None}
    group_ids = await _group_ids(tx, actor, entity_type, wanted)
    faults: list[tuple[str, list[Violation]]] = []
    for one in wanted:
        errors = new_faults(one, entity_type) + _reference_faults(one, has_stage, group_ids)
        if isinstance(one.code, str):
            if one.code in codes:
                errors.append(not_supported_choice("code"))
            codes.add(one.code)
        faults.append((one.request_id, errors))
    refuse(faults)
    ids = await tx.take_ids("field", len(wanted))
    return [
        await _put(tx, actor, _blank(field_id, entity_type, one), one, now=now)
        for field_id, one in zip(ids, wanted, strict=True)
    ]


async def change(
    tx: Transaction,
    actor: Actor,
    entity_type: str,
    wanted: Sequence[FieldChange],
    *,
    has_stage: HasStage,
    now: int,
) -> list[FieldDefinition]:
    """Change fields and return them in that order; administrators only.

    Choices that are given take the place of the old ones: one with an id stays
    the choice that it was, the others are new, and what is left out is gone
    together with its values. When names that entities show change, a new epoch
    starts. An unknown id is a violation on `id`; who asks for one field by its
    address calls `get` first.
    """
    actor.must_administer()
    await store.lock_fields(tx, actor.account_id, entity_type)
    fields = await definitions(tx, actor.account_id, entity_type)
    codes = {one.code: one.id for one in fields.all if one.code is not None}
    group_ids = await _group_ids(tx, actor, entity_type, wanted)
    faults: list[tuple[str, list[Violation]]] = []
    for one in wanted:
        old = fields.by_id(one.id)
        if old is None:
            faults.append((one.request_id, [not_supported_choice("id")]))
            continue
        errors = change_faults(one, old) + _reference_faults(one, has_stage, group_ids)
        if isinstance(one.code, str) and codes.setdefault(one.code, one.id) != one.id:
            errors.append(not_supported_choice("code"))
        faults.append((one.request_id, errors))
    refuse(faults)
    present = {one.id: one for one in fields.all}
    changed: list[FieldDefinition] = []
    for one in wanted:
        new = await _put(tx, actor, present[one.id], one, now=now)
        present[new.id] = new
        changed.append(new)
    if any(shows_differently(old, present[old.id]) for old in fields.all):
        await start_epoch(tx, actor.account_id, entity_type)
    return changed


async def remove(
    tx: Transaction, actor: Actor, entity_type: str, field_id: int, *, now: int
) -> None:
    """Remove a field with its choices and values; administrators only.

    Entities keep the bytes of its values, which nobody sees any more: a field's
    id is never given out again.
    """
    actor.must_administer()
    await store.lock_fields(tx, actor.account_id, entity_type)
    field = _found(await definitions(tx, actor.account_id, entity_type), field_id)
    if not field.is_deletable:
        raise FieldNotDeletable(why=f"field {field_id}")
    await store.remove_definition(tx, actor.account_id, field_id)
    await start_epoch(tx, actor.account_id, entity_type)
    await audit.record(
        tx, actor.did(Event.CUSTOM_FIELD_DELETED, at=now, subject=f"field {field_id}")
    )


def _found(fields: Fields, field_id: int) -> FieldDefinition:
    field = fields.by_id(field_id)
    if field is None:
        raise FieldNotFound(why=f"field {field_id} of {fields.entity_type}")
    return field


async def _group_ids(
    reader: Reader, actor: Actor, entity_type: str, wanted: Sequence[FieldChange]
) -> Collection[str]:
    """Return the groups that there are, where any is named."""
    if not any(isinstance(one.group_id, str) for one in wanted):
        return ()
    return {one.id for one in await groups.list_groups(reader, actor.account_id, entity_type)}


def _reference_faults(
    wanted: FieldChange, has_stage: HasStage, group_ids: Collection[str]
) -> list[Violation]:
    """Return a violation for each stage and for the group that is named and does not exist."""
    faults = []
    if isinstance(wanted.group_id, str) and wanted.group_id not in group_ids:
        faults.append(not_supported_choice("group_id"))
    return faults + [
        not_supported_choice(f"{key}.{n}.status_id")
        for key in ("required_statuses", "hidden_statuses")
        for n, ref in enumerate(_refs(getattr(wanted, key)))
        if not has_stage(ref.pipeline_id, ref.status_id)
    ]


def _refs(refs: tuple[StatusRef, ...] | UnsetType) -> tuple[StatusRef, ...]:
    return () if isinstance(refs, UnsetType) else refs


def _blank(field_id: int, entity_type: str, wanted: FieldChange) -> FieldDefinition:
    return FieldDefinition(
        id=field_id,
        entity_type=entity_type,
        type=cast("FieldType", wanted.type),  # new_faults refuses one without
        name="",
        sort=DEFAULT_SORT,
    )


async def _put(
    tx: Transaction, actor: Actor, old: FieldDefinition, wanted: FieldChange, *, now: int
) -> FieldDefinition:
    new = replace(
        old,
        **{
            key: value
            for key in _PLAIN
            if (value := getattr(wanted, key)) is not UNSET and _applies(key, old.type)
        },
    )
    await store.put_definitions(tx, actor.account_id, [new])
    enums = _wanted_enums(old, wanted)
    if enums is not None:
        new = replace(new, enums=await _put_enums(tx, actor.account_id, old, enums))
    await audit.record(tx, actor.did(Event.CUSTOM_FIELD_CHANGED, at=now, subject=f"field {new.id}"))
    return new


_PLAIN = (
    "name",
    "code",
    "sort",
    "group_id",
    "is_api_only",
    "remind",
    "currency",
    "tracking_callback",
    "required_statuses",
    "hidden_statuses",
    "chained_lists",
)
_OF_ONE_TYPE = {
    "remind": FieldType.BIRTHDAY,
    "currency": FieldType.MONETARY,
    "tracking_callback": FieldType.TRACKING_DATA,
    "chained_lists": FieldType.CHAINED_LIST,
}


def _applies(key: str, to: FieldType) -> bool:
    # Clients send whole models back, in which these stand for every type.
    return _OF_ONE_TYPE.get(key, to) is to


def _wanted_enums(old: FieldDefinition, wanted: FieldChange) -> Sequence[EnumWish] | None:
    """Return all choices that the field shall have, or None when they stay as they are."""
    if not old.has_enums:
        return None
    if wanted.enums:
        return wanted.enums
    if old.type is not FieldType.MULTITEXT or old.enums:
        return None
    return _kinds(PHONE_KINDS if wanted.code == "PHONE" else EMAIL_KINDS)


def _kinds(names: Sequence[str]) -> list[EnumWish]:
    return [EnumWish(None, name, n, None, "") for n, name in enumerate(names)]


async def _put_enums(
    tx: Transaction, account_id: int, old: FieldDefinition, wanted: Sequence[EnumWish]
) -> tuple[EnumChoice, ...]:
    fresh = iter(await tx.take_ids("enum", sum(one.id is None for one in wanted) or 1))
    enums = []
    for one in wanted:
        enum_id = next(fresh) if one.id is None else one.id
        code = one.code
        if isinstance(code, UnsetType):
            there = old.enums_by_id.get(enum_id)
            code = None if there is None else there.code
        enums.append(EnumChoice(enum_id, one.value, one.sort, code))
    kept = {one.id for one in enums}
    await store.remove_enums(
        tx, account_id, old.id, [one.id for one in old.enums if one.id not in kept]
    )
    await store.put_enums(tx, account_id, old.id, enums)
    return tuple(sorted(enums, key=lambda one: (one.sort, one.id)))
