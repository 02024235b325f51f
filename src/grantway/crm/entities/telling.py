"""What adding, changing, binning and restoring entities tells: events, and account webhooks.

Contract: api-v4.md 3.13, 4.3.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from grantway.accounts.actor import Actor
from grantway.crm.changes.model import (
    FIELD_CHANGED,
    SINGULAR,
    Element,
    NewEvent,
    shortened,
)
from grantway.crm.changes.service import tell
from grantway.crm.entities import naming
from grantway.crm.entities.document import Surroundings
from grantway.crm.entities.kind import Kind, Watched
from grantway.crm.entities.model import E, Entity
from grantway.crm.fields.model import render_values
from grantway.crm.fields.model.changed import Shown, changed_fields, text_of
from grantway.crm.fields.model.definitions import FieldDefinition
from grantway.crm.fields.model.field_types import FieldType
from grantway.crm.links import service as links
from grantway.crm.webhooks.model import Occurrence
from grantway.db import Reader, Transaction

Change = tuple[E | None, E]
"""An entity as it was before the request, and as it is after it; None: it was not there."""

_MOST_LINKED = 100
"""So many leads of a contact or company are named in a delivery."""
_MOST_VALUES = 100_000
"""So many characters of custom fields are told: each subscription keeps a copy (S-167)."""

_ALWAYS: Sequence[Watched[Any]] = (
    Watched(
        event="name_field_changed",
        value=lambda one: {"name_field_value": {"name": one.name}},
    ),
    Watched(
        event="entity_responsible_changed",
        value=lambda one: {"responsible_user": {"id": one.responsible_user_id}},
        action="responsible",
        former=lambda before, _: {"old_responsible_user_id": before.responsible_user_id},
    ),
)
_NOBODY_CHANGED = frozenset({"updated_at", "updated_by"})
"""Members that differ after every write, and are no change by themselves."""

_LEGACY_FIELD_TYPES: Mapping[FieldType, int] = {
    FieldType.TEXT: 1,
    FieldType.NUMERIC: 2,
    FieldType.CHECKBOX: 3,
    FieldType.SELECT: 4,
    FieldType.MULTISELECT: 5,
    FieldType.DATE: 6,
    FieldType.URL: 7,
    FieldType.MULTITEXT: 8,
    FieldType.TEXTAREA: 9,
    FieldType.RADIOBUTTON: 10,
    FieldType.STREETADDRESS: 11,
    FieldType.SMART_ADDRESS: 13,
    FieldType.BIRTHDAY: 14,
    FieldType.LEGAL_ENTITY: 15,
    FieldType.ITEMS: 16,
    FieldType.DATE_TIME: 19,
    FieldType.PRICE: 20,
    FieldType.CATEGORY: 21,
    FieldType.TRACKING_DATA: 23,
    FieldType.LINKED_ENTITY: 24,
    FieldType.CHAINED_LIST: 25,
    FieldType.MONETARY: 26,
    FieldType.FILE: 27,
    FieldType.PAYER: 28,
    FieldType.SUPPLIER: 29,
}
"""The numbers by which events name types of fields."""
_BARE = frozenset({FieldType.CHECKBOX, FieldType.DATE, FieldType.DATE_TIME, FieldType.BIRTHDAY})
"""Types whose values stand in deliveries without names of their parts (api-v4.md 3.13)."""


async def tell_entities(
    tx: Transaction,
    actor: Actor,
    kind: Kind[E],
    changes: Sequence[Change[E]],
    around: Surroundings,
    now: int,
) -> None:
    """Tell what happened to entities; each stands in *changes* once.

    *around* has what their documents show, before and after.
    """
    events = [event for one in changes for event in _events(kind, *one, around)]

    async def occur(wanted: frozenset[str]) -> Sequence[Occurrence]:
        noun = SINGULAR[kind.entity_type]
        actions = [
            (action, entity, former)
            for before, entity in changes
            for action, former in _actions(kind, before, entity)
            if f"{action}_{noun}" in wanted
        ]
        whole = {entity.id for action, entity, _ in actions if action != "delete"}
        beside = await _beside(tx, actor.account_id, kind, whole)

        def told(action: str, entity: E) -> dict[str, Any]:
            if action == "delete":
                return {"id": entity.id, **kind.told(entity)}
            return _told(kind, entity, around) | beside.get(entity.id, {})

        return [
            Occurrence(
                f"{action}_{noun}",
                {kind.told_among: {action: [told(action, entity) | former]}},
            )
            for action, entity, former in actions
        ]

    await tell(tx, actor, events, occur, now)


def _events(kind: Kind[E], before: E | None, after: E, around: Surroundings) -> Iterator[NewEvent]:
    noun = SINGULAR[kind.entity_type]

    def event(
        name: str,
        old: Sequence[Element] = (),
        new: Sequence[Element] = (),
        field_id: int | None = None,
    ) -> NewEvent:
        return NewEvent(name, noun, after.id, old, new, field_id)

    if before is None:
        yield event(f"{noun}_added")
    elif before.is_deleted != after.is_deleted:
        yield event(f"{noun}_deleted" if after.is_deleted else f"{noun}_restored")
    else:
        for one in (*_ALWAYS, *kind.watched):
            was, is_now = one.value(before), one.value(after)
            if was != is_now:
                yield event(one.event, [was], [is_now])
        gone, put = (_tags(around, *pair) for pair in ((before, after), (after, before)))
        if put:
            yield event("entity_tag_added", new=put)
        if gone:
            yield event("entity_tag_deleted", old=gone)
        for changed in changed_fields(around.fields, before.field_values, after.field_values):
            old, new = (_elements(changed.field, one) for one in (changed.before, changed.after))
            yield event(FIELD_CHANGED, old, new, changed.field.id)


def _tags(around: Surroundings, has: Entity, lacks: Entity) -> list[Element]:
    """Return the tags that one of two has and the other lacks."""
    only = (around.tags.get(one) for one in has.tag_ids if one not in lacks.tag_ids)
    return [{"tag": {"name": tag.name}} for tag in only if tag is not None]


def _elements(field: FieldDefinition, shown: Shown) -> list[Element]:
    return [
        {
            "custom_field_value": {
                "field_id": field.id,
                "field_type": _LEGACY_FIELD_TYPES[field.type],
                "enum_id": value.get("enum_id"),
                "text": shortened(text_of(value)),
            }
        }
        for value in shown
    ]


def _actions(kind: Kind[E], before: E | None, after: E) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return what happened to an entity, for webhooks, with what is told beside the entity."""
    if before is None:
        yield "add", {}
    elif before.is_deleted != after.is_deleted:
        yield ("delete" if after.is_deleted else "restore"), {}
    else:
        for one in (*_ALWAYS, *kind.watched):
            if one.action and one.value(before) != one.value(after):
                yield one.action, one.former(before, after)
        if _differ(before, after):
            yield "update", {}


def _differ(before: E, after: E) -> bool:
    return any(
        getattr(before, name) != getattr(after, name)
        for name in before.__struct_fields__
        if name not in _NOBODY_CHANGED
    )


def _told(kind: Kind[E], entity: E, around: Surroundings) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": entity.id,
        "name": entity.name,
        **kind.told(entity),
        **kind.worth(entity),
        "responsible_user_id": entity.responsible_user_id,
        "last_modified": entity.updated_at,
        "modified_user_id": entity.updated_by,
        "created_user_id": entity.created_by,
        "date_create": entity.created_at,
    }
    if shown := around.tags_of(entity):
        found["tags"] = [{"id": tag.id, "name": tag.name} for tag in shown]
    found["account_id"] = around.account_id
    is_told = len(entity.field_values) <= _MOST_VALUES
    if is_told and (values := render_values(around.fields, entity.field_values)):
        found["custom_fields"] = [_field(one) for one in values]
    return found | {"created_at": entity.created_at, "updated_at": entity.updated_at}


def _field(shown: Mapping[str, Any]) -> dict[str, Any]:
    if shown["field_type"] in _BARE:
        values: list[Any] = [text_of(one) for one in shown["values"]]
    else:
        values = [
            {"value": text_of(one)} | ({"enum": one["enum_id"]} if "enum_id" in one else {})
            for one in shown["values"]
        ]
    return {
        "id": shown["field_id"],
        "name": shown["field_name"],
        **({"code": shown["field_code"]} if shown["field_code"] else {}),
        "values": values,
    }


async def _beside(
    reader: Reader, account_id: int, kind: Kind[E], ids: Collection[int]
) -> dict[int, dict[str, Any]]:
    """Return what deliveries about contacts and companies tell of what these are linked with."""
    if not ids or kind.entity_type == "leads":
        return {}
    linked = await links.neighbours(reader, account_id, kind.entity_type, ids)
    companies = {
        one.other_id
        for neighbours in linked.values()
        for one in neighbours
        if one.other_type == "companies"
    }
    names = await naming.names(reader, account_id, "companies", companies)
    found: dict[int, dict[str, Any]] = {}
    for entity_id, neighbours in linked.items():
        told = found[entity_id] = {}
        leads = [one.other_id for one in neighbours if one.other_type == "leads"][:_MOST_LINKED]
        if leads:
            told["linked_leads_id"] = {lead_id: {"ID": lead_id} for lead_id in leads}
        for one in neighbours:
            if one.other_type == "companies":
                told["linked_company_id"] = one.other_id
                told["company_name"] = names.get(one.other_id, "")
    return found
