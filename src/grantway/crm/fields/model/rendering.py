"""Values as the API answers them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grantway.crm.fields.model.definitions import FieldDefinition, Fields
from grantway.crm.fields.model.field_types import ADDRESS_KINDS, Shape
from grantway.crm.fields.model.stored import read_stored


def render_values(fields: Fields, stored: str) -> list[dict[str, Any]] | None:
    """Return the wire form of a read; None when nothing is there to show.

    What belongs to a field or choice that was deleted since is left out.
    """
    values = read_stored(stored)
    if not values:
        return None
    rendered = []
    for field in fields.known(values):
        shown = shown_values(field, values[field.id])
        if not shown:
            continue
        one: dict[str, Any] = {
            "field_id": field.id,
            "field_name": field.name,
            "field_code": field.code,
            "field_type": field.type.value,
            "values": shown,
        }
        if fields.entity_type == "leads":
            one["is_computed"] = False
        rendered.append(one)
    return rendered or None


def shown_values(field: FieldDefinition, values: list[Any]) -> list[Mapping[str, Any]]:
    """Return the values of one field; those whose choice was deleted are left out."""
    match field.rule.shape:
        case Shape.CHOICE:
            return [
                {"value": enum.value, "enum_id": enum.id, "enum_code": enum.code}
                for enum in (field.enums_by_id.get(one) for one in values)
                if enum is not None
            ]
        case Shape.KIND:
            return [_of_a_kind(field, text, enum_id) for text, enum_id in values]
        case Shape.ADDRESS:
            return [
                {"value": text, "enum_id": kind, "enum_code": ADDRESS_KINDS[kind]}
                for text, kind in values
            ]
        case Shape.CHAIN:
            return [
                {"catalog_id": catalog_id, "catalog_element_id": element_id}
                for catalog_id, element_id in values
            ]
        case _:
            return [{"value": one} for one in values]


def _of_a_kind(field: FieldDefinition, text: str, enum_id: int) -> Mapping[str, Any]:
    # A phone number is worth keeping even when its kind was deleted: it becomes the default one.
    enum = field.enums_by_id.get(enum_id) or next(iter(field.enums), None)
    if enum is None:
        return {"value": text}
    return {"value": text, "enum_id": enum.id, "enum_code": enum.code or enum.value}
