"""Which field of this account a value of another account belongs to, and which choice of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET

from grantway.crm.fields.model import EnumChoice, FieldDefinition, Fields, FieldType
from grantway.crm.fields.model.field_types import ENUM_TYPES, Shape
from grantway.crm.fields.wire import EnumWish, FieldChange
from grantway.kernel.errors import Violation

_NAMED_BY = ("field_code", "field_id", "field_name", "field_type")
_WITH_ENUMS = (Shape.CHOICE, Shape.KIND)
_TYPES = {one.value for one in FieldType}


class Matcher:
    """Knows the fields of one type of entity.

    A field is the same by its code, or by its id if name and type agree, or by name
    and type; what a row does not say cannot disagree.
    """

    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        self._by_name = {(one.name, one.type.value): one for one in reversed(fields.all)}
        self._found: dict[tuple[Any, ...], FieldDefinition | None] = {}
        self.has_missed = False

    def find(self, item: Mapping[str, Any]) -> FieldDefinition | None:
        """Return the field that *item* has a value of."""
        key = tuple([item.get(name) for name in _NAMED_BY])
        try:
            if key in self._found:
                return self._found[key]
        except TypeError:
            return None  # a list or an object where a text belongs
        field = self._found[key] = self._meant(*key)
        self.has_missed = self.has_missed or field is None
        return field

    def _meant(self, code: Any, field_id: Any, name: Any, kind: Any) -> FieldDefinition | None:
        if isinstance(code, str):
            field = self._fields.by_code(code)
            if field is not None and kind in (None, field.type.value):
                return field
        if isinstance(field_id, int):
            field = self._fields.by_id(field_id)
            if field is not None and name in (None, field.name) and kind in (None, field.type):
                return field
        return self._by_name.get((name, kind))

    def translated(self, raw: Any, violations: list[Violation]) -> Any:
        """Return values as they are sent for the fields of this account, at the same places."""
        if not isinstance(raw, list):
            return raw
        sent: list[Any] = []
        for n, item in enumerate(raw):
            if not isinstance(item, dict):
                sent.append(item)
                continue
            field = self.find(item)
            if field is None:
                violations.append(_no_field(f"custom_fields_values.{n}", item))
                continue
            values = item.get("values")
            if field.rule.shape in _WITH_ENUMS and isinstance(values, list):
                values = [_value(field, one) for one in values]
            sent.append({"field_id": field.id, "values": values})
        return sent


def _value(field: FieldDefinition, value: Any) -> Any:
    """Return a value without the old account's id of its choice."""
    if not isinstance(value, dict):
        return value
    sent = {name: one for name, one in value.items() if name not in ("enum_id", "enum_code")}
    code = value.get("enum_code")
    if field.rule.shape is Shape.KIND:
        # A kind that is not there is refused: a fax number would become one to call.
        return sent if code is None else sent | {"enum_code": code}
    is_known = isinstance(code, str) and code in field.enums_by_code
    return sent | {"enum_code": code} if is_known else sent


def _no_field(path: str, item: Mapping[str, Any]) -> Violation:
    name, kind = (_shown(item.get(one)) for one in ("field_name", "field_type"))
    told = (
        f"A field of this account: add one called {name} of type {kind}, or import with "
        "--create-fields."
    )
    return Violation("NotSupportedChoice", path, told)


def _shown(value: Any) -> str:
    return value[:100] if isinstance(value, str) else "?"


class Lacking(msgspec.Struct):
    """A field or the choices that rows have and the account has not."""

    name: str
    type: FieldType
    code: str | None
    field: FieldDefinition | None
    texts: dict[str, str | None]

    def wish(self, currency: str) -> FieldChange:
        """Return what is to be added, or changed."""
        there = () if self.field is None else self.field.enums
        old = [_kept(one, n) for n, one in enumerate(there)]
        new = [
            EnumWish(None, text, len(old) + n, code, f"enums.{len(old) + n}")
            for n, (text, code) in enumerate(self.texts.items())
        ]
        enums = (*old, *new) if self.type in ENUM_TYPES else UNSET
        if self.field is not None:
            return FieldChange(id=self.field.id, enums=enums)
        return FieldChange(
            type=self.type,
            name=self.name,
            code=self.code,
            enums=enums,
            currency=currency if self.type is FieldType.MONETARY else UNSET,
        )


def _kept(one: EnumChoice, n: int) -> EnumWish:
    return EnumWish(one.id, one.value, one.sort, UNSET, f"enums.{n}")


def lacking(matcher: Matcher, rows: Sequence[Any]) -> list[Lacking]:
    """Return what the values of *rows* need that the account has not."""
    found: dict[Any, Lacking] = {}
    for raw in rows:
        items = raw.get("custom_fields_values") if isinstance(raw, dict) else None
        for item in items if isinstance(items, list) else ():
            if isinstance(item, dict):
                _note(matcher, item, found)
    return [one for one in found.values() if one.field is None or one.texts]


def _note(matcher: Matcher, item: Mapping[str, Any], found: dict[Any, Lacking]) -> None:
    field = matcher.find(item)
    name, kind, code = (item.get(one) for one in ("field_name", "field_type", "field_code"))
    if field is None and not (isinstance(name, str) and kind in _TYPES):
        return
    if field is not None and field.type not in ENUM_TYPES:
        return
    key = (name, kind) if field is None else field.id
    one = found.get(key)
    if one is None:
        code = code if isinstance(code, str) and code else None
        of = FieldType(str(kind)) if field is None else field.type
        one = found[key] = Lacking(str(name), of, code, field, {})
    if one.type not in ENUM_TYPES:
        return
    values = item.get("values")
    for value in values if isinstance(values, list) else ():
        if not isinstance(value, dict):
            continue
        text, enum_code = value.get("value"), value.get("enum_code")
        if not isinstance(text, str) or not text:
            continue
        if field is not None and (text in field.enums_by_value or enum_code in field.enums_by_code):
            continue
        one.texts.setdefault(text, enum_code if isinstance(enum_code, str) else None)
