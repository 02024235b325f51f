"""Values as clients send them (api-v4.md 3.10), checked and brought into the stored form."""

from __future__ import annotations

from typing import Any

import msgspec

from grantway.crm.fields.model.definitions import MOST_FIELDS, FieldDefinition, Fields
from grantway.crm.fields.model.reading import ValueReader
from grantway.crm.fields.model.stored import ChangedValues
from grantway.kernel.errors import (
    Violation,
    field_missing,
    field_not_expected,
    invalid_type,
    not_supported_choice,
    too_many,
)
from grantway.kernel.shapes import whole_number

MOST_ITEMS = MOST_FIELDS
MOST_FAULTS = 100  # whoever sends more wrong values mends none of them one by one


def parse_values(
    fields: Fields,
    raw: Any,
    *,
    strict: bool,
    path: str = "custom_fields_values",
    partial: bool = True,
) -> tuple[ChangedValues, list[Violation]]:
    """Return what *raw* changes, and everything that is wrong with it.

    *strict* also refuses what the dialect lets pass: members of a value that
    nobody knows, numbers where a text belongs. A new entity has nothing to
    clear: with *partial* false, empty fields are left out of the answer.
    When there is any violation, nothing of the changes may be used.
    """
    if raw is None or raw == {}:
        return {}, []
    if not isinstance(raw, list):
        return {}, [invalid_type(path, "array")]
    if len(raw) > MOST_ITEMS:
        return {}, [too_many(path, MOST_ITEMS)]
    changed: ChangedValues = {}
    faults: list[Violation] = []
    reader = ValueReader(faults, strict=strict)
    for n, item in enumerate(raw):
        if len(faults) >= MOST_FAULTS:
            break
        _read_item(fields, item, f"{path}.{n}", changed, reader)
    if not partial:
        changed = {field_id: values for field_id, values in changed.items() if values}
    return changed, faults


def _read_item(
    fields: Fields, item: Any, path: str, changed: ChangedValues, reader: ValueReader
) -> None:
    if not isinstance(item, dict):
        reader.faults.append(invalid_type(path, "object"))
        return
    field = _meant(fields, item, path, reader.faults)
    if field is None:
        return
    if "values" not in item:
        reader.faults.append(field_missing(f"{path}.values"))
        return
    values = item["values"]
    if values is None:
        values = []
    if not isinstance(values, list):
        reader.faults.append(invalid_type(f"{path}.values", "array"))
        return
    changed[field.id] = _read_list(field, values, f"{path}.values", reader)


def _meant(
    fields: Fields, item: dict[str, Any], path: str, faults: list[Violation]
) -> FieldDefinition | None:
    field: FieldDefinition | None = None
    raw_id, code = item.get("field_id"), item.get("field_code")
    if raw_id is not None:
        at = f"{path}.field_id"
        field_id = whole_number(raw_id)
        if field_id is None:
            faults.append(invalid_type(at, "int"))
        elif (field := fields.by_id(field_id)) is None:
            faults.append(not_supported_choice(at))
    elif code is not None:
        at = f"{path}.field_code"
        if not isinstance(code, str):
            faults.append(invalid_type(at, "string"))
        elif (field := fields.by_code(code)) is None:
            faults.append(not_supported_choice(at))
    else:
        faults.append(field_missing(f"{path}.field_id"))
    return field


def _read_list(
    field: FieldDefinition, values: list[Any], path: str, reader: ValueReader
) -> list[Any]:
    most = field.rule.most
    if len(values) > most:
        reader.faults.append(field_not_expected(f"{path}.{most}"))
        return []
    stored: list[Any] = []
    seen: set[Any] = set()
    for n, value in enumerate(values):
        if len(reader.faults) >= MOST_FAULTS:
            break
        at = f"{path}.{n}"
        if not isinstance(value, dict):
            reader.faults.append(invalid_type(at, "object"))
            continue
        one = reader.read(field, value, at)
        if one is None:
            continue
        if len(values) == 1:
            return [one]
        mark = msgspec.json.encode(one)
        if mark not in seen:
            seen.add(mark)
            stored.append(one)
    return stored
