"""The categories of error that a domain may raise; doors turn them into answers by one table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec


class GrantwayError(Exception):
    """Something that undoes the transaction and is told to the caller.

    *detail* is public: fixed, harmless, free of input and of secrets. *why* is
    for the log alone.
    """

    def __init__(self, detail: str, *, why: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.why = why


class NotFound(GrantwayError):
    """What was asked for does not exist, or belongs to somebody else."""


class Conflict(GrantwayError):
    """The request is sound, but what is stored stands against it."""


class Unprocessable(Conflict):
    """The request is sound and its object is in a state that does not allow it (422)."""


class Forbidden(GrantwayError):
    """The caller is known and may not do this."""

    def __init__(
        self, detail: str = "Insufficient rights to call this method", *, why: str = ""
    ) -> None:
        super().__init__(detail, why=why)


class Unauthorized(GrantwayError):
    """The caller has not proved who they are."""


class TooMany(GrantwayError):
    """A limit is reached; *retry_after* seconds make the request possible again."""

    def __init__(self, detail: str, *, retry_after: int, why: str = "") -> None:
        super().__init__(detail, why=why)
        self.retry_after = retry_after


class TooLarge(GrantwayError):
    """The request is bigger than the server reads."""


class TooSlow(GrantwayError):
    """The request did not arrive in the time that the server waits for one."""


class Unavailable(GrantwayError):
    """The server cannot do its part, through no fault of the caller.

    Trying again is safe, because nothing was stored, unless *is_safe_to_repeat*
    says that this is not known.
    """

    is_safe_to_repeat = True


class Violation(msgspec.Struct, frozen=True):
    """One thing wrong with one field, as the contract words it (api-v4.md 2.12)."""

    code: str
    path: str
    detail: str


class Violations(msgspec.Struct, frozen=True):
    """All that is wrong with one entity of a request."""

    request_id: str
    errors: list[Violation]


class Invalid(GrantwayError):
    """The request is well-formed and cannot be carried out as it stands.

    *violations* names entity, field and expectation; without it, *detail* says
    all there is to say.
    """

    def __init__(
        self,
        detail: str = "Request validation failed",
        *,
        violations: list[Violations] | None = None,
        errors: dict[str, Any] | None = None,
        why: str = "",
    ) -> None:
        super().__init__(detail, why=why)
        self.violations = violations
        self.errors = errors


def not_supported_choice(path: str) -> Violation:
    """Say that the value at *path* names nothing that may be named there."""
    return Violation("NotSupportedChoice", path, "The value you selected is not a valid choice.")


def invalid_type(path: str, expected: str) -> Violation:
    """Say that the value at *path* is of another JSON type than *expected*."""
    return Violation("InvalidType", path, f"This value should be of type {expected}.")


def field_missing(path: str) -> Violation:
    """Say that the field at *path* is required and absent."""
    return Violation("FieldMissing", path, "This field is missing.")


def too_many(path: str, most: int) -> Violation:
    """Say that the list at *path* has more than *most* items."""
    return Violation("TooMany", path, f"This list should have {most} items or less.")


def field_not_expected(path: str) -> Violation:
    """Say that there is no field at *path*."""
    return Violation("FieldNotExpected", path, "This field was not expected.")


def refuse(faults: Iterable[tuple[str, Sequence[Violation]]]) -> None:
    """Raise Invalid when there is any violation; *faults* are by `request_id`."""
    found = [Violations(request_id, list(errors)) for request_id, errors in faults if errors]
    if found:
        raise Invalid(violations=found)
