"""Reading the JSON objects of requests: what is wrong is noted, and told all at once.

A reader takes every member that it knows from a `Form` and ignores the others,
as the dialect does (api-v4.md 2.10). `read_each` raises one error for a whole
request, so nothing is written unless everything can be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from msgspec import UNSET, UnsetType

from grantway.kernel.errors import (
    Invalid,
    Violation,
    Violations,
    field_missing,
    invalid_type,
    not_supported_choice,
)

T = TypeVar("T")

MOST_AT_ONCE = 250  # entities of one write (api-v4.md 2.10)
NAME_LIMIT = 255
ID_LIMIT = 2**53 - 1  # above it, JavaScript reads another number than was written


def too_long(path: str, limit: int) -> Violation:
    """Say that the text at *path* has more than *limit* characters."""
    return Violation(
        "TooLong", path, f"This value is too long. It should have {limit} characters or less."
    )


def invalid_characters(path: str) -> Violation:
    """Say that the text at *path* cannot be stored exactly (S-177)."""
    return Violation(
        "InvalidCharacters", path, "This value contains characters that cannot be stored."
    )


def text_fault(text: str, path: str, limit: int) -> Violation | None:
    """Return what is wrong with *text*, or None.

    PostgreSQL stores no NUL, and half of a surrogate pair is no character.

    >>> text_fault("Ann", "name", 255) is None
    True
    >>> text_fault("Ann", "name", 2).code
    'TooLong'
    """
    if len(text) > limit:
        return too_long(path, limit)
    if text.isascii():
        return invalid_characters(path) if "\0" in text else None
    try:
        text.encode()
    except UnicodeEncodeError:
        return invalid_characters(path)
    return invalid_characters(path) if "\0" in text else None


def whole_number(raw: Any) -> int | None:
    """Return *raw* as an integer, or None when it is none.

    Clients send integers as floats (api-v4.md 2.3); true and false are no numbers.

    >>> whole_number(1700000000.0), whole_number("5"), whole_number(True)
    (1700000000, None, None)
    """
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int):
        number = raw
    elif isinstance(raw, float) and raw.is_integer():
        number = int(raw)
    else:
        return None
    return number if -ID_LIMIT <= number <= ID_LIMIT else None


class Form:
    """One JSON object of a request, at *path* inside its entity."""

    def __init__(
        self, raw: Any, *, path: str = "", position: int = 0, errors: list[Violation] | None = None
    ) -> None:
        self.errors: list[Violation] = [] if errors is None else errors
        self.position = position
        self._path = path
        self._members: dict[str, Any] = {}
        if isinstance(raw, dict):
            self._members = raw
        else:
            self.errors.append(invalid_type(path, "object"))

    @property
    def request_id(self) -> str:
        """What the answer to this entity is found by: the client's own, or the position."""
        given = self._members.get("request_id")
        return str(self.position) if given is None else str(given)

    def at(self, key: str) -> str:
        """Return the path of the member *key*."""
        return f"{self._path}.{key}" if self._path else key

    def has(self, key: str) -> bool:
        """Tell whether *key* is given and not null."""
        return self._members.get(key) is not None

    def clears(self, key: str) -> bool:
        """Tell whether *key* is given as null."""
        return key in self._members and self._members[key] is None

    def raw(self, key: str) -> Any:
        """Return what was given for *key*, or None."""
        return self._members.get(key)

    def text(self, key: str, *, limit: int = NAME_LIMIT, blank: bool = False) -> str | UnsetType:
        """Return a text without the spaces around it; UNSET when there is none, or a wrong one."""
        raw = self._members.get(key)
        if raw is None:
            return UNSET
        if not isinstance(raw, str):
            self.errors.append(invalid_type(self.at(key), "string"))
            return UNSET
        text = raw.strip()
        fault = text_fault(text, self.at(key), limit)
        if fault is None and not text and not blank:
            fault = field_missing(self.at(key))
        if fault is not None:
            self.errors.append(fault)
            return UNSET
        return text

    def must_text(self, key: str, *, limit: int = NAME_LIMIT) -> str:
        """Return a text that has to be there."""
        return self._must(key, self.text(key, limit=limit), otherwise="")

    def whole(self, key: str, *, least: int = 0, most: int = ID_LIMIT) -> int | UnsetType:
        """Return an integer; UNSET when there is none, or a wrong one."""
        raw = self._members.get(key)
        if raw is None:
            return UNSET
        number = whole_number(raw)
        if number is None:
            self.errors.append(invalid_type(self.at(key), "int"))
            return UNSET
        if not least <= number <= most:
            self.errors.append(not_supported_choice(self.at(key)))
            return UNSET
        return number

    def must_whole(self, key: str, *, least: int = 0, most: int = ID_LIMIT) -> int:
        """Return an integer that has to be there."""
        return self._must(key, self.whole(key, least=least, most=most), otherwise=0)

    def truth(self, key: str) -> bool | UnsetType:
        """Return a boolean; UNSET when there is none, or a wrong one."""
        raw = self._members.get(key)
        if raw is None:
            return UNSET
        if not isinstance(raw, bool):
            self.errors.append(invalid_type(self.at(key), "bool"))
            return UNSET
        return raw

    def must_truth(self, key: str) -> bool:
        """Return a boolean that has to be there."""
        return self._must(key, self.truth(key), otherwise=False)

    def choice(self, key: str, allowed: Iterable[str]) -> str | UnsetType:
        """Return one of *allowed*; UNSET when there is none, or a wrong one."""
        text = self.text(key)
        if text is not UNSET and text not in allowed:
            self.errors.append(not_supported_choice(self.at(key)))
            return UNSET
        return text

    def forms(self, key: str, *, most: int = MOST_AT_ONCE) -> list[Form] | UnsetType:
        """Return a list of objects as forms that note their faults here; UNSET without one."""
        raw = self._members.get(key)
        if raw is None:
            return UNSET
        if not isinstance(raw, list):
            self.errors.append(invalid_type(self.at(key), "array"))
            return UNSET
        if len(raw) > most:
            self.errors.append(
                Violation("TooMany", self.at(key), f"This list should have {most} items or less.")
            )
            return UNSET
        return [
            Form(one, path=f"{self.at(key)}.{n}", position=n, errors=self.errors)
            for n, one in enumerate(raw)
        ]

    def inside(self, key: str) -> Form:
        """Return the object at *key* as a form; an empty one when there is none."""
        raw = self._members.get(key)
        # PHP writes an empty object as an empty array.
        return Form({} if raw is None or raw == [] else raw, path=self.at(key), errors=self.errors)

    def _must(self, key: str, value: T | UnsetType, *, otherwise: T) -> T:
        if not isinstance(value, UnsetType):
            return value
        if not self.has(key):
            self.errors.append(field_missing(self.at(key)))
        return otherwise


def read_each(
    raw: Sequence[Any], read: Callable[[Form], T], *, most: int = MOST_AT_ONCE
) -> list[T]:
    """Read every object of a request; raise Invalid that names all that is wrong."""
    if len(raw) > most:
        raise Invalid(f"At most {most} items can be sent in one request")
    forms = [Form(one, position=n) for n, one in enumerate(raw)]
    read_ones = [read(form) for form in forms]
    refuse((form.request_id, form.errors) for form in forms)
    return read_ones


def read_one(raw: Any, read: Callable[[Form], T]) -> T:
    """Read the one object of a request."""
    return read_each([raw], read)[0]


def refuse(faults: Iterable[tuple[str, Sequence[Violation]]]) -> None:
    """Raise Invalid when there is any violation; *faults* are by `request_id`."""
    found = [Violations(request_id, list(errors)) for request_id, errors in faults if errors]
    if found:
        raise Invalid(violations=found)
