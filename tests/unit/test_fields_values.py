"""Values of custom fields: read from requests, kept, merged, and rendered again."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grantway.crm.fields.model import (
    NO_VALUES,
    ChangedValues,
    EnumChoice,
    FieldDefinition,
    Fields,
    FieldType,
    merge,
    parse_values,
    render_values,
    search_words,
)
from grantway.crm.fields.model.field_types import RULES, Shape
from grantway.kernel.errors import Violation

CHOICES = (EnumChoice(1, "Red", 1, "RED"), EnumChoice(2, "Green", 2), EnumChoice(3, "Blue", 3))
KINDS = (EnumChoice(11, "WORK", 0), EnumChoice(12, "MOB", 1))


def field(number: int, of: FieldType) -> FieldDefinition:
    enums = {Shape.CHOICE: CHOICES, Shape.KIND: KINDS}.get(RULES[of].shape, ())
    return FieldDefinition(
        id=500 + number,
        entity_type="leads",
        type=of,
        name=f"A {of}",
        code=of.upper(),
        sort=number,
        enums=enums,
    )


FIELDS = Fields("leads", [field(n, of) for n, of in enumerate(FieldType)])


def id_of(of: str) -> int:
    found = FIELDS.by_code(of.upper())
    assert found is not None
    return found.id


def read(of: str, *values: Any, strict: bool = False) -> tuple[Any, list[Violation]]:
    """Return what is stored for *values* of the field of type *of*, and what is wrong."""
    changed, faults = parse_values(
        FIELDS, [{"field_id": id_of(of), "values": list(values)}], strict=strict
    )
    return changed.get(id_of(of)), faults


def shown(of: str, stored: list[Any]) -> Any:
    rendered = render_values(FIELDS, merge(NO_VALUES, {id_of(of): stored}))
    assert rendered is not None
    return rendered[0]["values"]


ADDRESS = [{"value": "1 Main St", "enum_id": 1}, {"value": "Springfield", "enum_code": "city"}]

HONEST: list[tuple[str, list[Any], list[Any]]] = [
    ("text", [{"value": "Text"}], [{"value": "Text"}]),
    ("text", [{"value": 15}], [{"value": "15"}]),
    ("textarea", [{"value": "two\nlines"}], [{"value": "two\nlines"}]),
    ("url", [{"value": "https://example.com/?a=1"}], [{"value": "https://example.com/?a=1"}]),
    ("streetaddress", [{"value": "Main St"}], [{"value": "Main St"}]),
    ("tracking_data", [{"value": "utm"}], [{"value": "utm"}]),
    ("numeric", [{"value": "1.5"}], [{"value": "1.5"}]),
    ("numeric", [{"value": 1000.0}], [{"value": "1000"}]),
    ("numeric", [{"value": -3}], [{"value": "-3"}]),
    ("monetary", [{"value": "12.30"}], [{"value": "12.30"}]),
    ("price", [{"value": 0}], [{"value": "0"}]),
    ("checkbox", [{"value": True}], [{"value": True}]),
    ("checkbox", [{"value": False}], [{"value": False}]),
    ("checkbox", [{"value": "1"}], [{"value": True}]),
    ("date", [{"value": 1_700_000_000}], [{"value": 1_700_000_000}]),
    ("date", [{"value": 1_700_000_000.0}], [{"value": 1_700_000_000}]),
    ("date", [{"value": "2023-11-14T22:13:20+00:00"}], [{"value": 1_700_000_000}]),
    ("date_time", [{"value": "2023-11-15T00:13:20+02:00"}], [{"value": 1_700_000_000}]),
    ("birthday", [{"value": "1969-12-31T00:00:00Z"}], [{"value": -86_400}]),
    ("select", [{"value": "Red"}], [{"value": "Red", "enum_id": 1, "enum_code": "RED"}]),
    ("select", [{"enum_id": 2}], [{"value": "Green", "enum_id": 2, "enum_code": None}]),
    ("select", [{"enum_code": "RED"}], [{"value": "Red", "enum_id": 1, "enum_code": "RED"}]),
    ("radiobutton", [{"value": "Blue"}], [{"value": "Blue", "enum_id": 3, "enum_code": None}]),
    ("category", [{"value": "Blue"}], [{"value": "Blue", "enum_id": 3, "enum_code": None}]),
    (
        "multiselect",
        [{"value": "Blue"}, {"enum_id": 1}, {"enum_code": "RED"}],
        [
            {"value": "Blue", "enum_id": 3, "enum_code": None},
            {"value": "Red", "enum_id": 1, "enum_code": "RED"},
        ],
    ),
    (
        "multitext",
        [{"value": "+15550100", "enum_code": "MOB"}, {"value": "+15550101"}],
        [
            {"value": "+15550100", "enum_id": 12, "enum_code": "MOB"},
            {"value": "+15550101", "enum_id": 11, "enum_code": "WORK"},
        ],
    ),
    (
        "smart_address",
        ADDRESS,
        [
            {"value": "1 Main St", "enum_id": 1, "enum_code": "address_line_1"},
            {"value": "Springfield", "enum_id": 3, "enum_code": "city"},
        ],
    ),
    (
        "legal_entity",
        [{"value": {"name": "Acme Ltd", "entity_type": 2, "vat_id": "123", "address": None}}],
        [{"value": {"name": "Acme Ltd", "entity_type": 2, "vat_id": "123"}}],
    ),
    (
        "chained_list",
        [{"catalog_id": 1001, "catalog_element_id": 5}],
        [{"catalog_id": 1001, "catalog_element_id": 5}],
    ),
    (
        "file",
        [{"value": {"file_uuid": "u", "version_uuid": "v", "file_name": "n", "file_size": 3}}],
        [{"value": {"file_uuid": "u", "version_uuid": "v", "file_name": "n", "file_size": 3}}],
    ),
    (
        "items",
        [{"value": {"sku": "A", "quantity": 2, "discount": {"type": "amount", "value": 1}}}],
        [{"value": {"sku": "A", "quantity": "2", "discount": {"type": "amount", "value": "1"}}}],
    ),
    ("linked_entity", [{"value": {"entity_id": 7}}], [{"value": {"entity_id": 7}}]),
    ("payer", [{"value": {"name": "Acme"}}], [{"value": {"name": "Acme"}}]),
    ("supplier", [{"value": {"entity_id": 7}}], [{"value": {"entity_id": 7}}]),
]


@pytest.mark.parametrize(("of", "sent", "answered"), HONEST)
def test_a_value_comes_back_as_the_contract_prints_it(
    of: str, sent: list[Any], answered: list[Any]
) -> None:
    stored, faults = read(of, *sent)

    assert faults == []
    assert shown(of, stored) == answered


def test_every_type_has_an_honest_value() -> None:
    assert {of for of, _, _ in HONEST} == set(FieldType)


@pytest.mark.parametrize(("of", "sent", "answered"), HONEST)
def test_what_was_answered_can_be_sent_back_even_in_strict_mode(
    of: str, sent: list[Any], answered: list[Any]
) -> None:
    stored, faults = read(of, *answered, strict=True)

    assert faults == []
    assert shown(of, stored) == answered


REFUSED: list[tuple[str, Any, str, str]] = [
    ("text", {"value": "a", "enum_code": "WORK"}, "FieldNotExpected", "enum_code"),
    ("text", {"value": "a", "enum_code": None}, "FieldNotExpected", "enum_code"),
    ("text", {"value": "a\0"}, "InvalidCharacters", "value"),
    ("text", {"value": "\ud800"}, "InvalidCharacters", "value"),
    ("text", {"value": "a" * 65_536}, "TooLong", "value"),
    ("text", {"value": True}, "InvalidType", "value"),
    ("text", {"value": ["a"]}, "InvalidType", "value"),
    ("text", {}, "FieldMissing", "value"),
    ("text", "a", "InvalidType", ""),
    ("numeric", {"value": "a lot"}, "InvalidType", "value"),
    ("numeric", {"value": "1e5"}, "InvalidType", "value"),
    ("numeric", {"value": "NaN"}, "InvalidType", "value"),
    ("numeric", {"value": 10**80}, "InvalidType", "value"),
    ("numeric", {"value": "9" * 65}, "InvalidType", "value"),
    ("numeric", {"value": float("inf")}, "InvalidType", "value"),
    ("checkbox", {"value": "yes"}, "InvalidType", "value"),
    ("checkbox", {"value": 2}, "InvalidType", "value"),
    ("date", {"value": "tomorrow"}, "InvalidType", "value"),
    ("date", {"value": "2023-02-30T00:00:00Z"}, "InvalidType", "value"),
    ("date", {"value": 10**12}, "InvalidType", "value"),
    ("date", {"value": True}, "InvalidType", "value"),
    ("select", {"value": "red"}, "NotSupportedChoice", "value"),
    ("select", {"enum_id": 99}, "NotSupportedChoice", "enum_id"),
    ("select", {"enum_id": "1"}, "InvalidType", "enum_id"),
    ("select", {"enum_code": "PINK"}, "NotSupportedChoice", "enum_code"),
    ("select", {}, "FieldMissing", "value"),
    ("multitext", {"value": "+1", "enum_code": "MOON"}, "NotSupportedChoice", "enum_code"),
    ("smart_address", {"value": "x"}, "FieldMissing", "enum_id"),
    ("smart_address", {"value": "x", "enum_id": 7}, "NotSupportedChoice", "enum_id"),
    ("legal_entity", {"value": {"vat_id": "1"}}, "FieldMissing", "value.name"),
    ("legal_entity", {"value": "Acme"}, "InvalidType", "value"),
    ("legal_entity", {"value": {"name": "A", "address": 1j}}, "InvalidType", "value.address"),
    ("chained_list", {"catalog_id": 1}, "FieldMissing", "catalog_element_id"),
    ("file", {"value": {"file_name": "n"}}, "FieldMissing", "value.file_uuid"),
    (
        "items",
        {"value": {"discount": {"type": "gift", "value": 1}}},
        "NotSupportedChoice",
        "value.discount.type",
    ),
]


@pytest.mark.parametrize(("of", "value", "code", "path"), REFUSED)
def test_a_wrong_value_is_refused_by_its_path(of: str, value: Any, code: str, path: str) -> None:
    _, faults = read(of, value)

    where = f"custom_fields_values.0.values.0.{path}".removesuffix(".")
    assert [(one.code, one.path) for one in faults] == [(code, where)]


def test_the_position_of_field_and_value_stands_in_the_path() -> None:
    item = {"field_id": id_of("multiselect"), "values": [{"value": "Red"}, {"value": "Pink"}]}
    _, faults = parse_values(FIELDS, [{"field_id": 500, "values": None}] * 6 + [item], strict=False)

    assert [one.path for one in faults] == ["custom_fields_values.6.values.1.value"]


def test_a_second_value_is_refused_where_one_belongs() -> None:
    _, faults = read("text", {"value": "a"}, {"value": "b"})

    assert [(one.code, one.path) for one in faults] == [
        ("FieldNotExpected", "custom_fields_values.0.values.1")
    ]


def test_unknown_members_of_a_value_are_refused_only_in_strict_mode() -> None:
    value = {"value": "a", "colour": "red"}

    assert read("text", value) == (["a"], [])
    assert [one.path for one in read("text", value, strict=True)[1]] == [
        "custom_fields_values.0.values.0.colour"
    ]


def test_numbers_are_texts_only_outside_strict_mode() -> None:
    assert read("text", {"value": 1})[1] == []
    assert [one.code for one in read("text", {"value": 1}, strict=True)[1]] == ["InvalidType"]


@pytest.mark.parametrize(
    ("item", "code", "path"),
    [
        ({"values": []}, "FieldMissing", "0.field_id"),
        ({"field_id": None, "field_code": None, "values": []}, "FieldMissing", "0.field_id"),
        ({"field_id": 1, "values": []}, "NotSupportedChoice", "0.field_id"),
        ({"field_id": "500", "values": []}, "InvalidType", "0.field_id"),
        ({"field_code": "NOPE", "values": []}, "NotSupportedChoice", "0.field_code"),
        ({"field_code": 5, "values": []}, "InvalidType", "0.field_code"),
        ({"field_id": 500}, "FieldMissing", "0.values"),
        ({"field_id": 500, "values": "a"}, "InvalidType", "0.values"),
        ("text", "InvalidType", "0"),
    ],
)
def test_an_item_has_to_name_a_field_and_values(item: Any, code: str, path: str) -> None:
    _, faults = parse_values(FIELDS, [item], strict=False)

    assert [(one.code, one.path) for one in faults] == [(code, f"custom_fields_values.{path}")]


@pytest.mark.parametrize(
    "item",
    [
        {"field_id": 500, "field_code": None},
        {"field_id": None, "field_code": "TEXT"},
        {"field_id": 500.0, "field_name": "old name", "field_type": "select"},
    ],
)
def test_a_field_is_named_by_id_or_by_code(item: dict[str, Any]) -> None:
    changed, faults = parse_values(FIELDS, [item | {"values": [{"value": "x"}]}], strict=True)

    assert (changed, faults) == ({500: ["x"]}, [])


@pytest.mark.parametrize("values", [None, [], [{"value": None}], [{"value": ""}]])
def test_a_field_is_cleared_by_nothing(values: Any) -> None:
    raw = [{"field_code": "TEXT", "values": values}]

    assert parse_values(FIELDS, raw, strict=True) == ({500: []}, [])
    assert parse_values(FIELDS, raw, strict=True, partial=False) == ({}, [])
    assert merge('{"500":["old"]}', {500: []}) == NO_VALUES


@pytest.mark.parametrize("raw", [None, [], {}])
def test_no_list_changes_nothing(raw: Any) -> None:
    assert parse_values(FIELDS, raw, strict=True) == ({}, [])


@pytest.mark.parametrize("raw", ["x", 5, {"0": {}}])
def test_another_type_than_a_list_is_refused(raw: Any) -> None:
    assert [one.path for one in parse_values(FIELDS, raw, strict=False)[1]] == [
        "custom_fields_values"
    ]


def test_fields_are_rendered_in_their_order_with_name_code_and_type() -> None:
    rendered = render_values(FIELDS, merge(NO_VALUES, {501: ["5"], 500: ["x"]}))

    assert rendered is not None
    assert [one["field_id"] for one in rendered] == [500, 501]
    assert rendered[0] == {
        "field_id": 500,
        "field_name": "A text",
        "field_code": "TEXT",
        "field_type": "text",
        "values": [{"value": "x"}],
        "is_computed": False,
    }


@pytest.mark.parametrize("stored", ["", "{}", '{"999":["gone"]}', '{"503":[99]}'])
def test_nothing_to_show_is_null(stored: str) -> None:
    assert render_values(FIELDS, stored) is None


def test_a_renamed_choice_shows_its_new_name() -> None:
    renamed = FieldDefinition(
        id=503,
        entity_type="leads",
        type=FieldType.SELECT,
        name="Colour",
        enums=(EnumChoice(1, "Crimson", 1),),
    )
    rendered = render_values(Fields("leads", [renamed]), '{"503":[1]}')

    assert rendered is not None
    assert rendered[0]["values"][0]["value"] == "Crimson"


def test_searches_find_texts_but_neither_choices_nor_dates() -> None:
    stored = merge(
        NO_VALUES,
        {
            id_of("text"): ["needle"],
            id_of("select"): [1],
            id_of("date"): [1_700_000_000],
            id_of("multitext"): [["+15550100", 11]],
            id_of("legal_entity"): [{"name": "Acme Ltd"}],
        },
    )

    assert search_words(FIELDS, stored) == ["needle", "+15550100", "Acme Ltd"]


texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=50
)
moments = st.integers(-62_135_596_800, 253_402_300_799)
values_of: dict[str, st.SearchStrategy[Any]] = {
    "text": texts,
    "numeric": st.one_of(
        st.integers(-(10**30), 10**30).map(str),
        st.decimals(allow_nan=False, allow_infinity=False, places=3).map(lambda d: format(d, "f")),
    ).filter(lambda text: len(text) <= 64),
    "checkbox": st.booleans(),
    "date": moments,
}


@st.composite
def honest_requests(draw: Callable[[st.SearchStrategy[Any]], Any]) -> list[dict[str, Any]]:
    types = draw(st.lists(st.sampled_from(sorted(values_of)), unique=True))
    items: list[dict[str, Any]] = [
        {"field_id": id_of(of), "values": [{"value": draw(values_of[of])}]} for of in types
    ]
    enum = draw(st.sampled_from(CHOICES))
    items.append({"field_code": "SELECT", "values": [{"value": enum.value}]})
    chosen = draw(st.lists(st.sampled_from(CHOICES), unique=True, min_size=1))
    items.append({"field_code": "MULTISELECT", "values": [{"enum_id": e.id} for e in chosen]})
    return items


@given(honest_requests())
def test_reading_what_was_rendered_gives_the_same_values(request: list[dict[str, Any]]) -> None:
    changed, faults = parse_values(FIELDS, request, strict=True)
    stored = merge(NO_VALUES, changed)
    rendered = render_values(FIELDS, stored)
    again, faults_again = parse_values(FIELDS, rendered, strict=True)

    assert faults == faults_again == []
    assert again == changed
    assert merge(stored, again) == stored


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["field_id", "field_code", "values", "value", "enum_id", "enum_code"])
            | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(of=st.sampled_from(sorted(FieldType)), value=junk, strict=st.booleans())
def test_any_value_is_stored_as_it_can_be_shown_or_refused(
    *, of: str, value: Any, strict: bool
) -> None:
    for sent in (value, {"value": value}, {"value": {"name": value, "file_uuid": value}}):
        stored, faults = read(of, sent, strict=strict)
        if not faults:
            json.dumps(render_values(FIELDS, merge(NO_VALUES, {id_of(of): stored}))).encode()


@given(raw=junk, strict=st.booleans())
def test_any_request_is_read_without_an_accident(*, raw: Any, strict: bool) -> None:
    parse_values(FIELDS, raw, strict=strict)


values = st.lists(texts, max_size=3)
changes = st.dictionaries(st.integers(1, 6), values, max_size=4)


@given(changes, changes)
def test_merging_touches_only_what_is_named(first: ChangedValues, second: ChangedValues) -> None:
    merged = merge(merge(NO_VALUES, first), second)

    expected = {key: kept for key, kept in (first | second).items() if kept}
    assert {int(key): kept for key, kept in json.loads(merged).items()} == expected
