"""What `filter[custom_fields_values][77]` means (api-v4.md 2.7)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import msgspec

from grantway.crm.fields.model.definitions import FieldDefinition, Fields
from grantway.crm.fields.model.field_types import TEXT_LIMIT, Shape
from grantway.crm.fields.model.index import index_text
from grantway.crm.fields.model.reading import moment, number_text
from grantway.kernel.shapes import text_fault

_ID = re.compile(r"\d{1,15}", re.ASCII)
_MOST_VALUES = 250

Column = Literal["text_value", "number_value", "enum_id"]
"""Where the index has what a filter compares."""


class FieldFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Entities that have any of these values in the field, or one between both ends.

    None does not restrict; an empty *any_of* is met by no entity. *is_negated*: those
    that have no such value, or none at all.
    """

    field_id: int
    column: Column
    any_of: list[Any] | None = None
    least: float | None = None
    most: float | None = None
    is_negated: bool = False


def field_filter(fields: Fields, field_id: int, spec: Any) -> FieldFilter | None:
    """Return what *spec* means for the field; None when the filter is to be ignored.

    *spec* is what the query string holds for the field: a text, a list of texts,
    or `{"from": …, "to": …}`. An unknown field is ignored, as unknown filters
    are; a value that no entity can have matches nothing.
    """
    field = fields.by_id(field_id)
    if field is None:
        return None
    if isinstance(spec, Mapping) and ("from" in spec or "to" in spec):
        return _between(field, spec)
    given = _texts(spec)
    match field.rule.shape:
        case _ if not given:
            return None
        case Shape.TEXT | Shape.KIND | Shape.ADDRESS:
            return FieldFilter(field_id=field_id, column="text_value", any_of=_storable(given))
        case Shape.NUMBER:
            return _numbers(field_id, map(number_text, given))
        case Shape.MOMENT:
            return _numbers(field_id, map(moment, given))
        case Shape.CHOICE:
            ids = [int(one) for one in given if _ID.fullmatch(one)]
            return FieldFilter(field_id=field_id, column="enum_id", any_of=ids)
        case Shape.TRUTH:
            return _is_checked(field_id, set(given))
        case _:
            return None


def _texts(spec: Any) -> list[str]:
    """Return the values of a scalar, a list, or a list with its positions as keys."""
    if isinstance(spec, Mapping):
        spec = list(spec.values())
    given = [spec] if isinstance(spec, str) else spec
    if not isinstance(given, Sequence):
        return []
    return [one for one in given if isinstance(one, str)][:_MOST_VALUES]


def _storable(given: list[str]) -> list[str]:
    """Return the texts as the index has them, without those that no entity can have."""
    return [index_text(one) for one in given if text_fault(one, "", TEXT_LIMIT) is None]


def _numbers(field_id: int, given: Iterable[Any]) -> FieldFilter:
    numbers = [float(one) for one in given if one is not None]
    return FieldFilter(field_id=field_id, column="number_value", any_of=numbers)


def _is_checked(field_id: int, asked: set[str]) -> FieldFilter | None:
    if asked == {"0", "1"}:
        return None
    return FieldFilter(
        field_id=field_id,
        column="number_value",
        any_of=[1.0] if asked in ({"0"}, {"1"}) else [],
        is_negated=asked == {"0"},  # what was never checked has no value
    )


def _between(field: FieldDefinition, spec: Mapping[str, Any]) -> FieldFilter | None:
    match field.rule.shape:
        case Shape.NUMBER:
            read: Any = number_text
        case Shape.MOMENT:
            read = moment
        case _:
            return None
    given = {key: spec[key] for key in ("from", "to") if spec.get(key) not in (None, "")}
    if not given:
        return None
    ends = {key: read(end) for key, end in given.items()}
    if None in ends.values():
        return FieldFilter(field_id=field.id, column="number_value", any_of=[])
    least, most = ends.get("from"), ends.get("to")
    return FieldFilter(
        field_id=field.id,
        column="number_value",
        least=None if least is None else float(least),
        most=None if most is None else float(most),
    )
