"""Reading one value of a field, by the shape of its type."""

from __future__ import annotations

import datetime as dt
import decimal
import math
import re
from typing import Any

from grantway.crm.fields.model.definitions import EnumChoice, FieldDefinition
from grantway.crm.fields.model.field_types import (
    ADDRESS_KINDS,
    NUMBER_LIMIT,
    TEXT_LIMIT,
    Member,
    Shape,
    TypeRule,
)
from grantway.kernel.errors import (
    Violation,
    field_missing,
    field_not_expected,
    invalid_type,
    not_supported_choice,
)
from grantway.kernel.shapes import text_fault, whole_number

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_SECONDS = re.compile(r"-?\d{1,12}", re.ASCII)
_RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)?)?", re.ASCII
)
_FIRST_MOMENT = -62_135_596_800  # the years 1 to 9999, which every client can write as a date
_LAST_MOMENT = 253_402_300_799
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_TRUTHS = {True: True, False: False, "1": True, "0": False, "true": True, "false": False}
_ENUM_KEYS = ("enum_id", "enum_code")
_KEYS = {
    Shape.CHOICE: frozenset({"value", *_ENUM_KEYS}),
    Shape.KIND: frozenset({"value", *_ENUM_KEYS}),
    Shape.ADDRESS: frozenset({"value", *_ENUM_KEYS}),
    Shape.CHAIN: frozenset({"catalog_id", "catalog_element_id"}),
}
_VALUE_ALONE = frozenset({"value"})


def number_text(raw: Any) -> str | None:
    """Return a number, or a text that holds one, written out without exponent; None otherwise.

    >>> number_text(1.5), number_text("1e3"), number_text(1000.0), number_text(1e21)
    ('1.5', None, '1000', '1000000000000000000000')
    """
    text: str | None = None
    if isinstance(raw, str):
        text = raw.strip()
        if not _NUMBER.fullmatch(text):
            return None
    elif isinstance(raw, bool):
        return None
    elif isinstance(raw, int) and abs(raw) < 10**NUMBER_LIMIT:
        text = str(raw)
    elif isinstance(raw, float) and math.isfinite(raw):
        text = format(decimal.Decimal(repr(raw)), "f").removesuffix(".0")
    return text if text is not None and len(text) <= NUMBER_LIMIT else None


def moment(raw: Any) -> int | None:
    """Return Unix seconds from Unix seconds or RFC 3339 text; None when it is neither.

    A text without an offset means UTC.

    >>> moment("2026-01-02T03:04:05+02:00"), moment("1970-01-02"), moment("tomorrow")
    (1767315845, 86400, None)
    """
    seconds = whole_number(raw)
    if isinstance(raw, str):
        text = raw.strip().upper()
        if _SECONDS.fullmatch(text):
            seconds = int(text)
        elif _RFC3339.fullmatch(text):
            try:
                at = dt.datetime.fromisoformat(text)
            except ValueError:
                return None
            at = at if at.tzinfo is not None else at.replace(tzinfo=dt.UTC)
            seconds = (at - _EPOCH) // dt.timedelta(seconds=1)
    if seconds is None or not _FIRST_MOMENT <= seconds <= _LAST_MOMENT:
        return None
    return seconds


class ValueReader:
    """Reads values; what is wrong is added to *faults*, and then the answer counts for nothing."""

    def __init__(self, faults: list[Violation], *, strict: bool) -> None:
        self.faults = faults
        self._strict = strict

    def read(self, field: FieldDefinition, raw: dict[str, Any], at: str) -> Any:
        """Return the stored form of a value; None when it is empty or wrong."""
        rule = field.rule
        self._refuse_unknown(raw, _KEYS.get(rule.shape, _VALUE_ALONE), at)
        match rule.shape:
            case Shape.CHOICE:
                return self._choice(field, raw, at)
            case Shape.ADDRESS:
                return self._address(raw, at)
            case Shape.CHAIN:
                return self._chain(raw, at)
        if "value" not in raw:
            self._add(field_missing(f"{at}.value"))
            return None
        value, at_value = raw["value"], f"{at}.value"
        if value is None or value == "":
            return None
        if rule.shape is Shape.KIND:
            return self._kind(field, raw, at)
        if rule.shape is Shape.OBJECT:
            return self._object(rule, value, at_value)
        return self._scalar(rule.shape, value, at_value)

    def _scalar(self, shape: Shape, value: Any, at: str) -> Any:
        match shape:
            case Shape.NUMBER:
                return self._or_fault(number_text(value), at, "numeric")
            case Shape.TRUTH:
                known = isinstance(value, str | int) and value in _TRUTHS
                return self._or_fault(_TRUTHS[value] if known else None, at, "bool")
            case Shape.MOMENT:
                return self._or_fault(moment(value), at, "int")
            case _:
                return self._text(value, at)

    def _add(self, fault: Violation) -> None:
        self.faults.append(fault)

    def _or_fault(self, value: Any, at: str, expected: str) -> Any:
        if value is None:
            self._add(invalid_type(at, expected))
        return value

    def _refuse_unknown(self, raw: dict[str, Any], known: frozenset[str], at: str) -> None:
        # A key of another type's values is refused by the dialect itself, other junk is not.
        for key in raw:
            if key not in known and (self._strict or key in _ENUM_KEYS):
                fault = text_fault(key, at, TEXT_LIMIT)
                self._add(fault or field_not_expected(f"{at}.{key}"))

    def _text(self, value: Any, at: str) -> str | None:
        if not self._strict and isinstance(value, int | float) and not isinstance(value, bool):
            value = number_text(value)
        if not isinstance(value, str):
            self._add(invalid_type(at, "string"))
            return None
        fault = text_fault(value, at, TEXT_LIMIT)
        if fault is not None:
            self._add(fault)
            return None
        return value

    def _enum(
        self,
        raw: dict[str, Any],
        at: str,
        by_id: dict[int, EnumChoice],
        by_code: dict[str, EnumChoice],
    ) -> EnumChoice | None:
        """Return what `enum_id`, or else `enum_code`, names; None when neither is given."""
        if raw.get("enum_id") is not None:
            enum_id = whole_number(raw["enum_id"])
            if enum_id is None:
                self._add(invalid_type(f"{at}.enum_id", "int"))
                return None
            enum, key = by_id.get(enum_id), "enum_id"
        elif raw.get("enum_code") is not None:
            code = raw["enum_code"]
            if not isinstance(code, str):
                self._add(invalid_type(f"{at}.enum_code", "string"))
                return None
            enum, key = by_code.get(code), "enum_code"
        else:
            return None
        if enum is None:
            self._add(not_supported_choice(f"{at}.{key}"))
        return enum

    def _choice(self, field: FieldDefinition, raw: dict[str, Any], at: str) -> int | None:
        if _names_an_enum(raw):
            enum = self._enum(raw, at, field.enums_by_id, field.enums_by_code)
            return None if enum is None else enum.id
        if "value" not in raw:
            self._add(field_missing(f"{at}.value"))
            return None
        value = raw["value"]
        if value is None or value == "":
            return None
        text = self._text(value, f"{at}.value")
        if text is None:
            return None
        enum = field.enums_by_value.get(text)
        if enum is None:
            self._add(not_supported_choice(f"{at}.value"))
            return None
        return enum.id

    def _kind(self, field: FieldDefinition, raw: dict[str, Any], at: str) -> list[Any] | None:
        text = self._text(raw["value"], f"{at}.value")
        if not _names_an_enum(raw):
            # The first kind is the default one.
            enum = next(iter(field.enums), None)
        else:
            enum = self._enum(raw, at, field.enums_by_id, field.kinds_by_code)
            if enum is None:
                return None
        return None if text is None else [text, enum.id if enum is not None else 0]

    def _address(self, raw: dict[str, Any], at: str) -> list[Any] | None:
        value = raw.get("value")
        if not _names_an_enum(raw):
            self._add(field_missing(f"{at}.enum_id"))
            return None
        enum = self._enum(raw, at, _ADDRESS_BY_ID, _ADDRESS_BY_CODE)
        if "value" not in raw:
            self._add(field_missing(f"{at}.value"))
            return None
        if enum is None or value is None or value == "":
            return None
        text = self._text(value, f"{at}.value")
        return None if text is None else [text, enum.id]

    def _chain(self, raw: dict[str, Any], at: str) -> list[int] | None:
        ids = []
        for key in ("catalog_id", "catalog_element_id"):
            one = self._member(Member.WHOLE, raw.get(key), f"{at}.{key}", required=True)
            if one is not None:
                ids.append(one)
        return ids if len(ids) == 2 else None

    def _object(self, rule: TypeRule, value: Any, at: str) -> dict[str, Any] | None:
        if not isinstance(value, dict):
            self._add(invalid_type(at, "object"))
            return None
        self._refuse_unknown(value, rule.known_members, at)
        stored: dict[str, Any] = {}
        for key, member in rule.members.items():
            one = self._member(member, value.get(key), f"{at}.{key}", required=key in rule.required)
            if one is not None:
                stored[key] = one
        return stored or None

    def _member(self, member: Member, value: Any, at: str, *, required: bool = False) -> Any:
        if value is None or (required and value == ""):
            if required:
                self._add(field_missing(at))
            return None
        match member:
            case Member.TEXT:
                return self._text(value, at)
            case Member.WHOLE:
                return self._or_fault(whole_number(value), at, "int")
            case Member.NUMBER:
                return self._or_fault(number_text(value), at, "numeric")
            case Member.TRUTH:
                return self._or_fault(value if isinstance(value, bool) else None, at, "bool")
            case Member.DISCOUNT:
                return self._discount(value, at)

    def _discount(self, value: Any, at: str) -> dict[str, Any] | None:
        if not isinstance(value, dict):
            self._add(invalid_type(at, "object"))
            return None
        self._refuse_unknown(value, frozenset({"type", "value"}), at)
        kind = value.get("type")
        if kind not in ("percentage", "amount"):
            self._add(not_supported_choice(f"{at}.type"))
        amount = self._member(Member.NUMBER, value.get("value"), f"{at}.value", required=True)
        return {"type": kind, "value": amount}


def _names_an_enum(raw: dict[str, Any]) -> bool:
    return raw.get("enum_id") is not None or raw.get("enum_code") is not None


_ADDRESS_BY_ID = {kind: EnumChoice(kind, code, kind, code) for kind, code in ADDRESS_KINDS.items()}
_ADDRESS_BY_CODE = {one.value: one for one in _ADDRESS_BY_ID.values()}
