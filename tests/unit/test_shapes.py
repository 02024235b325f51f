"""Tables of members: what they read, what they refuse, and what they say of themselves."""

from typing import Any

import jsonschema
import pytest
from msgspec import UNSET

from grantway.kernel.errors import Violation
from grantway.kernel.shapes import (
    Anything,
    Field,
    Flag,
    Items,
    Line,
    Money,
    Nested,
    Shape,
    Text,
    Whole,
    given,
)

INNER = Shape({"id": Whole(required=True)})


def read(field: Field, raw: Any) -> tuple[Any, list[tuple[str, str]]]:
    """Return what *field* reads, and code and path of what is wrong."""
    violations: list[Violation] = []
    value = field.read(raw, "x", violations)
    return value, [(one.code, one.path) for one in violations]


@pytest.mark.parametrize(
    ("field", "raw", "value"),
    [
        (Whole(), 5.0, 5),
        (Whole(nullable=True), None, None),
        (Money(), 10.5, 1050),
        (Text(), " kept ", " kept "),
        (Line(), " trimmed ", "trimmed"),
        (Line(blank=True), "  ", ""),
        (Line(choices=["a"], fold=str.lower), "A", "a"),
        (Line(pattern="[A-Z]{3}", fold=str.upper), "eur", "EUR"),
        (Flag(), False, False),
        (Nested(INNER), {"id": 1, "other": []}, {"id": 1}),
        (Nested(Shape({})), [], {}),
        (Items(Whole(), most=2), [1, 2.0], [1, 2]),
        (Anything(), {"a": [1]}, {"a": [1]}),
    ],
)
def test_what_fits_is_read(field: Field, raw: Any, value: Any) -> None:
    assert read(field, raw) == (value, [])


@pytest.mark.parametrize(
    ("field", "raw", "fault"),
    [
        (Whole(), "5", ("InvalidType", "x")),
        (Whole(), True, ("InvalidType", "x")),
        (Whole(), 1.5, ("InvalidType", "x")),
        (Whole(), -1, ("NotSupportedChoice", "x")),
        (Whole(), 2**53, ("NotSupportedChoice", "x")),
        (Whole(), None, ("InvalidType", "x")),
        (Whole(required=True), None, ("FieldMissing", "x")),
        (Text(longest=2), "abc", ("TooLong", "x")),
        (Text(), "a\0", ("InvalidCharacters", "x")),
        (Line(), "\n", ("FieldMissing", "x")),
        (Line(choices=["a"]), "A", ("NotSupportedChoice", "x")),
        (Line(pattern="[A-Z]{3}"), "EURO", ("NotSupportedChoice", "x")),
        (Line(pattern="[A-Z]{3}"), "ÄÖÜ", ("NotSupportedChoice", "x")),
        (Flag(), 1, ("InvalidType", "x")),
        (Nested(INNER), [1], ("InvalidType", "x")),
        (Nested(INNER), [], ("FieldMissing", "x.id")),
        (Items(Whole(), most=2), [1, 2, 3], ("TooMany", "x")),
        (Items(Whole()), [1, "2"], ("InvalidType", "x.1")),
        (Items(Whole()), {"0": 1}, ("InvalidType", "x")),
    ],
)
def test_what_does_not_fit_is_refused_by_its_path(
    field: Field, raw: Any, fault: tuple[str, str]
) -> None:
    assert read(field, raw)[1] == [fault]


def test_of_some_members_one_must_be_there() -> None:
    field = Nested(Shape({"a": Whole(nullable=True), "b": Whole(nullable=True)}, some_of="ab"))

    assert read(field, {"a": None, "c": 5}) == ({"a": None}, [("FieldMissing", "x.a")])
    assert read(field, {"b": 1}) == ({"b": 1}, [])


def test_null_and_nothing_are_told_apart_only_where_it_matters() -> None:
    values = {"cleared": None, "set": 0}

    assert [given(values, name) for name in ("cleared", "set", "absent")] == [UNSET, 0, UNSET]


@pytest.mark.parametrize(
    ("field", "fits", "refused"),
    [
        (Whole(nullable=True), [0, 5, None], [-1, "5"]),
        (Line(), ["a"], ["", "a" * 256, None]),
        (Line(choices=["a", "b"], nullable=True), ["a", None], ["c"]),
        (Line(pattern="[A-Z]{3}"), ["EUR"], ["EURO"]),
        (Items(Nested(INNER), most=1), [[{"id": 1}], []], [[{}], [{"id": 1}] * 2]),
        (Anything(described={"type": ["array", "null"]}), [[], None], [5]),
    ],
)
def test_the_schema_says_what_is_read(field: Field, fits: list[Any], refused: list[Any]) -> None:
    schema = field.schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)

    assert [validator.is_valid(one) for one in fits + refused] == [True] * len(fits) + [
        False
    ] * len(refused)
