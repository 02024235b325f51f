"""The shapes of request bodies: read them, name everything that is wrong, describe them.

One table per entity says which fields a client may send. Reading returns what
was sent and understood, and every violation at once, in the contract's words
(api-v4.md 2.12). Members that the table does not name are ignored, as clients
send read-only members all the time (2.10). Whole numbers may come as `1.0`
(2.3).
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import UNSET

from grantway.kernel.errors import Violation, field_missing, invalid_type, not_supported_choice

Json = Any
MAX_WHOLE = 2**53 - 1  # above it, JavaScript reads another number than was written
MAX_MOMENT = 253_402_300_799  # 9999-12-31T23:59:59Z
MAX_SORT = 2**31 - 1
NAME_LIMIT = 255


def join(path: str, name: str | int) -> str:
    """Return the dotted path of a member.

    >>> join("_embedded", "tags"), join("", "price")
    ('_embedded.tags', 'price')
    """
    return f"{path}.{name}" if path else str(name)


def is_storable(text: str) -> bool:
    r"""Tell whether *text* has neither NUL, which PostgreSQL refuses, nor halves of characters.

    >>> is_storable("Añn"), is_storable("A\0"), is_storable("\ud800")
    (True, False, False)
    """
    if "\0" in text:
        return False
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def text_fault(text: str, path: str, longest: int) -> Violation | None:
    """Return what is wrong with *text*, or None (S-177).

    >>> text_fault("Ann", "name", 255) is None
    True
    >>> text_fault("Ann", "name", 2).code
    'TooLong'
    """
    if len(text) > longest:
        told = f"This value is too long. It should have {longest} characters or less."
        return Violation("TooLong", path, told)
    if not is_storable(text):
        told = "This value contains characters that cannot be stored."
        return Violation("InvalidCharacters", path, told)
    return None


def whole_number(raw: Json) -> int | None:
    """Return *raw* as an integer that every client reads exactly, or None when it is none.

    Clients send integers as floats (api-v4.md 2.3); true and false are no numbers.

    >>> whole_number(1700000000.0), whole_number("5"), whole_number(True)
    (1700000000, None, None)
    """
    number = _integer(raw)
    return None if number is None or not -MAX_WHOLE <= number <= MAX_WHOLE else number


def _integer(raw: Json) -> int | None:
    if isinstance(raw, float) and raw.is_integer():
        return int(raw)
    return raw if isinstance(raw, int) and not isinstance(raw, bool) else None


def given(values: Mapping[str, Any], name: str) -> Any:
    """Return what was sent for *name*; UNSET when nothing was, or null.

    >>> given({"sort": 5, "name": None}, "sort"), given({"sort": 5, "name": None}, "name")
    (5, UNSET)
    """
    value = values.get(name)
    return UNSET if value is None else value


class Field(ABC):
    """One member of an object.

    *required* fields must be there, and null is as good as absent; *nullable*
    ones may be null, which is read as None.
    """

    expected: str

    def __init__(self, about: str = "", *, required: bool = False, nullable: bool = False) -> None:
        self.about = about
        self.required = required
        self.nullable = nullable

    def read(self, raw: Json, path: str, violations: list[Violation]) -> Any:
        """Return the value of *raw*, having noted all that is wrong with it."""
        if raw is None and self.nullable:
            return None
        if raw is None and self.required:
            violations.append(field_missing(path))
            return None
        return self._read(raw, path, violations)

    @abstractmethod
    def _read(self, raw: Json, path: str, violations: list[Violation]) -> Any: ...

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of this field."""
        schema = self._schema()
        if self.nullable and isinstance(schema.get("type"), str):
            schema["type"] = [schema["type"], "null"]
            if "enum" in schema:
                schema["enum"] = [*schema["enum"], None]
        if self.about:
            schema["description"] = self.about
        return schema

    @abstractmethod
    def _schema(self) -> dict[str, Any]: ...


class Whole(Field):
    """A whole number."""

    expected = "int"

    def __init__(
        self,
        about: str = "",
        *,
        required: bool = False,
        nullable: bool = False,
        least: int = 0,
        most: int = MAX_WHOLE,
    ) -> None:
        super().__init__(about, required=required, nullable=nullable)
        self.least = least
        self.most = most

    def _read(self, raw: Json, path: str, violations: list[Violation]) -> Any:
        number = raw if type(raw) is int else _integer(raw)
        if number is None:
            violations.append(invalid_type(path, self.expected))
            return None
        if not self.least <= number <= self.most:
            violations.append(not_supported_choice(path))
            return None
        return number

    def _schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


class Moment(Whole):
    """A moment in Unix seconds."""

    def __init__(self, about: str = "", *, required: bool = False, nullable: bool = False) -> None:
        super().__init__(about, required=required, nullable=nullable, most=MAX_MOMENT)

    def _schema(self) -> dict[str, Any]:
        return super()._schema() | {"format": "unix-time"}


class Money(Field):
    """An amount, given with or without decimals; read as hundredths."""

    expected = "int"
    most = 10**13

    def _read(self, raw: Json, path: str, violations: list[Violation]) -> Any:
        if not isinstance(raw, int | float) or isinstance(raw, bool):
            violations.append(invalid_type(path, self.expected))
            return None
        if not -self.most <= raw <= self.most:
            violations.append(not_supported_choice(path))
            return None
        return raw * 100 if isinstance(raw, int) else round(raw * 100)

    def _schema(self) -> dict[str, Any]:
        return {"type": "number", "minimum": -self.most, "maximum": self.most}


class Text(Field):
    """A string that every database of ours can store exactly."""

    expected = "string"

    def __init__(
        self,
        about: str = "",
        *,
        required: bool = False,
        nullable: bool = False,
        longest: int = 65_535,
    ) -> None:
        super().__init__(about, required=required, nullable=nullable)
        self.longest = longest

    def _read(self, raw: Json, path: str, violations: list[Violation]) -> Any:
        if not isinstance(raw, str):
            violations.append(invalid_type(path, self.expected))
            return None
        fault = text_fault(raw, path, self.longest)
        if fault is not None:
            violations.append(fault)
            return None
        return raw

    def _schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": self.longest}


class Line(Text):
    """A short text without the spaces around it; a blank one is as good as absent.

    *blank* lets it be empty. *fold* is applied before *choices* or *pattern*
    say what is allowed.
    """

    def __init__(
        self,
        about: str = "",
        *,
        required: bool = False,
        nullable: bool = False,
        longest: int = NAME_LIMIT,
        blank: bool = False,
        choices: Sequence[str] | None = None,
        pattern: str | None = None,
        fold: Callable[[str], str] = str,
    ) -> None:
        super().__init__(about, required=required, nullable=nullable, longest=longest)
        self.blank = blank
        self.choices = choices
        self.pattern = pattern
        self.fold = fold

    def _read(self, raw: Json, path: str, violations: list[Violation]) -> Any:
        before = len(violations)
        text = super()._read(raw.strip() if isinstance(raw, str) else raw, path, violations)
        if len(violations) > before:
            return None
        if not text and not self.blank:
            violations.append(field_missing(path))
            return None
        text = self.fold(text)
        if (self.choices is not None and text not in self.choices) or (
            self.pattern is not None and not re.fullmatch(self.pattern, text, re.ASCII)
        ):
            violations.append(not_supported_choice(path))
            return None
        return text

    def _schema(self) -> dict[str, Any]:
        if self.choices is not None:
            return {"type": "string", "enum": list(self.choices)}
        if self.pattern is not None:
            return {"type": "string", "pattern": f"^{self.pattern}$"}
        return super()._schema() | ({} if self.blank else {"minLength": 1})


class Flag(Field):
    """True or false."""

    expected = "bool"

    def _read(self, raw: Json, path: str, violations: list[Violation]) -> Any:
        if not isinstance(raw, bool):
            violations.append(invalid_type(path, self.expected))
            return None
        return raw

    def _schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


class Nested(Field):
    """An object of another shape. PHP writes an empty one as an empty array."""

    expected = "object"

    def __init__(
        self,
        shape: Shape,
        about: str = "",
        *,
        required: bool = False,
        nullable: bool = False,
    ) -> None:
        super().__init__(about, required=required, nullable=nullable)
        self.shape = shape

    def _read(self, raw: Json, path: str, violations: list[Violation]) -> Any:
        if raw == []:
            raw = {}
        if not isinstance(raw, dict):
            violations.append(invalid_type(path, self.expected))
            return None
        return self.shape.read(raw, path, violations)

    def _schema(self) -> dict[str, Any]:
        return self.shape.schema()


class Items(Field):
    """An array whose items have one shape."""

    expected = "array"

    def __init__(
        self,
        item: Field,
        about: str = "",
        *,
        required: bool = False,
        nullable: bool = False,
        most: int = 250,
    ) -> None:
        super().__init__(about, required=required, nullable=nullable)
        self.item = item
        self.most = most

    def _read(self, raw: Json, path: str, violations: list[Violation]) -> Any:
        if not isinstance(raw, list):
            violations.append(invalid_type(path, self.expected))
            return None
        if len(raw) > self.most:
            told = f"This list should have {self.most} items or less."
            violations.append(Violation("TooMany", path, told))
            return None
        return [self.item.read(one, join(path, n), violations) for n, one in enumerate(raw)]

    def _schema(self) -> dict[str, Any]:
        return {"type": "array", "items": self.item.schema(), "maxItems": self.most}


class Anything(Field):
    """Something that the domain reads by rules of its own, described by *described*."""

    expected = "object"

    def __init__(
        self, about: str = "", *, nullable: bool = True, described: dict[str, Any] | None = None
    ) -> None:
        super().__init__(about, nullable=nullable)
        self.described = described or {}

    def _read(self, raw: Json, path: str, violations: list[Violation]) -> Any:  # noqa: ARG002  # as the others
        return raw

    def _schema(self) -> dict[str, Any]:
        return dict(self.described)


class Shape:
    """The table of an object's fields. Of *some_of*, at least one must be there."""

    def __init__(self, fields: Mapping[str, Field], *, some_of: Sequence[str] = ()) -> None:
        self.fields = fields
        self._required = [name for name, field in fields.items() if field.required]
        self._some_of = some_of

    def read(self, raw: dict[str, Json], path: str, violations: list[Violation]) -> dict[str, Any]:
        """Return the fields that were sent; note everything that is wrong in *violations*."""
        fields = self.fields
        within = f"{path}." if path else ""
        values = {
            name: fields[name].read(value, within + name, violations)
            for name, value in raw.items()
            if name in fields
        }
        violations.extend(
            field_missing(join(path, name)) for name in self._required if name not in raw
        )
        if self._some_of and all(raw.get(name) is None for name in self._some_of):
            violations.append(field_missing(join(path, self._some_of[0])))
        return values

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the object."""
        schema: dict[str, Any] = {
            "type": "object",
            "properties": {name: field.schema() for name, field in self.fields.items()},
        }
        if self._required:
            schema["required"] = self._required
        if self._some_of:
            schema["anyOf"] = [{"required": [name]} for name in self._some_of]
        return schema
