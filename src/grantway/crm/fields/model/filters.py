"""`filter[custom_fields_values][77]` as a condition of SQL (api-v4.md 2.7)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from grantway.crm.fields.model.definitions import FieldDefinition, Fields
from grantway.crm.fields.model.field_types import TEXT_LIMIT, Shape
from grantway.crm.fields.model.index import index_text
from grantway.crm.fields.model.reading import moment, number_text
from grantway.db import Value
from grantway.kernel.shapes import text_fault

_ID = re.compile(r"\d{1,15}", re.ASCII)
_MOST_VALUES = 250


class Condition(msgspec.Struct, frozen=True):
    """A condition and its values, for the `where` of a query.

    The query must bind `:account_id` itself. The names in *values* begin with
    `field_` and the field's id, so conditions on several fields go together.
    """

    sql: str
    values: Mapping[str, Value]


_NOTHING = Condition("1 = 0", {})


def field_filter(
    fields: Fields, field_id: int, spec: Any, *, column: str = "id"
) -> Condition | None:
    """Return the condition that *spec* means; None when the filter is to be ignored.

    *spec* is what the query string holds for the field: a text, a list of texts,
    or `{"from": …, "to": …}`. An unknown field is ignored, as unknown filters
    are; a value that no entity can have matches nothing. *column* is where the
    query has the entity's id.
    """
    field = fields.by_id(field_id)
    if field is None:
        return None
    if isinstance(spec, Mapping) and ("from" in spec or "to" in spec):
        return _between(field, spec, column)
    given = _texts(spec)
    match field.rule.shape:
        case _ if not given:
            return None
        case Shape.TEXT | Shape.KIND | Shape.ADDRESS:
            return _any_of(field, "text_value", _storable(given), column)
        case Shape.NUMBER:
            return _any_of(field, "number_value", _numbers(map(number_text, given)), column)
        case Shape.MOMENT:
            return _any_of(field, "number_value", _numbers(map(moment, given)), column)
        case Shape.CHOICE:
            ids = [int(one) for one in given if _ID.fullmatch(one)]
            return _any_of(field, "enum_id", ids, column)
        case Shape.TRUTH:
            return _is_checked(field, given, column)
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


def _numbers(given: Any) -> list[float]:
    return [float(one) for one in given if one is not None]


def _rows(field: FieldDefinition) -> tuple[str, dict[str, Value]]:
    name = f"field_{field.id}"
    sql = (
        "select entity_id from field_values"  # noqa: S608 - the only variable part is our own name
        f" where account_id = :account_id and field_id = :{name}"
    )
    return sql, {name: field.id}


def _any_of(
    field: FieldDefinition, index: str, wanted: list[Any], column: str, *, negated: str = ""
) -> Condition:
    if not wanted:
        return _NOTHING
    rows, values = _rows(field)
    name = f"field_{field.id}_any"
    return Condition(
        f"{column} {negated}in ({rows} and {index} in (:{name}))", {**values, name: wanted}
    )


def _is_checked(field: FieldDefinition, given: list[str], column: str) -> Condition | None:
    asked = set(given)
    if asked == {"1"}:
        return _any_of(field, "number_value", [1.0], column)
    if asked == {"0"}:
        # What was never checked has no row.
        return _any_of(field, "number_value", [1.0], column, negated="not ")
    return None if asked == {"0", "1"} else _NOTHING


def _between(field: FieldDefinition, spec: Mapping[str, Any], column: str) -> Condition | None:
    match field.rule.shape:
        case Shape.NUMBER:
            read: Any = number_text
        case Shape.MOMENT:
            read = moment
        case _:
            return None
    rows, values = _rows(field)
    sql = rows
    for key, comparison in (("from", ">="), ("to", "<=")):
        if spec.get(key) in (None, ""):
            continue
        end = read(spec[key])
        if end is None:
            return _NOTHING
        name = f"field_{field.id}_{key}"
        sql += f" and number_value {comparison} :{name}"
        values[name] = float(end)
    if sql == rows:
        return None
    return Condition(f"{column} in ({sql})", values)
