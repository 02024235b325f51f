"""Objects as clients send them, read by a table of their members."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from grantway.kernel.errors import Invalid, Violation, Violations
from grantway.kernel.shapes import Shape

T = TypeVar("T")


def read_one(raw: dict[str, Any], shape: Shape, made: Callable[[dict[str, Any], str], T]) -> T:
    """Return what *made* makes of one object; raise Invalid that names all that is wrong."""
    return read_each([raw], shape, made)[0]


def read_each(
    raw: Sequence[dict[str, Any]], shape: Shape, made: Callable[[dict[str, Any], str], T]
) -> list[T]:
    """Do `read_one` for every object; one without a `request_id` has its position."""
    values, wrong = [], []
    for n, one in enumerate(raw):
        violations: list[Violation] = []
        request_id = str(one.get("request_id", n))
        values.append((shape.read(one, "", violations), request_id))
        if violations:
            wrong.append(Violations(request_id, violations))
    if wrong:
        raise Invalid(violations=wrong)
    return [made(*one) for one in values]
