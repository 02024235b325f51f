"""Definitions of fields: what clients may say about them, and what filters mean."""

from typing import Any

import msgspec
import pytest

from grantway.crm.fields.model import (
    AVAILABLE,
    EnumChoice,
    FieldDefinition,
    FieldFilter,
    Fields,
    FieldType,
    field_filter,
)
from grantway.crm.fields.model.definitions import shows_differently
from grantway.crm.fields.model.index import IndexRow, index_rows, index_text
from grantway.crm.fields.wire import (
    CHANGED_FIELD,
    NEW_FIELD,
    change_faults,
    field_change,
    new_faults,
)
from grantway.kernel.errors import Invalid, Violation
from tests.reading import read_each, read_one


def field(of: str = "select", **changes: Any) -> FieldDefinition:
    plain: dict[str, Any] = {
        "id": 77,
        "entity_type": "leads",
        "type": FieldType(of),
        "name": "Colour",
        "enums": (),
    }
    if of in {"select", "multiselect"}:
        plain["enums"] = (EnumChoice(1, "Red", 0), EnumChoice(2, "Blue", 1))
    return FieldDefinition(**plain | changes)


def faults_of_new(raw: dict[str, Any], entity_type: str = "leads") -> list[tuple[str, str]]:
    try:
        faults: list[Violation] = new_faults(read_one(raw, NEW_FIELD, field_change), entity_type)
    except Invalid as refused:
        faults = [error for one in refused.violations or [] for error in one.errors]
    return [(one.code, one.path) for one in faults]


HONEST: list[dict[str, Any]] = [
    {"type": "text", "name": "Note"},
    {"type": "text", "name": "Note", "code": "NOTE", "sort": 5, "group_id": None, "enums": None},
    {"type": "text", "name": "Note", "enums": [], "remind": None, "currency": None},
    {"type": "select", "name": "Colour", "enums": [{"value": "Red", "sort": 1, "code": "R"}]},
    {"type": "monetary", "name": "Budget", "currency": "eur"},
    {"type": "birthday", "name": "Birthday", "remind": "week"},
    {"type": "text", "name": "Note", "required_statuses": [{"status_id": 142, "pipeline_id": 1}]},
    {"type": "chained_list", "name": "Chain", "chained_lists": [{"title": "A", "catalog_id": 1}]},
]


@pytest.mark.parametrize("raw", HONEST)
def test_an_honest_definition_is_taken(raw: dict[str, Any]) -> None:
    assert faults_of_new(raw) == []


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"type": None}, "FieldMissing", "type"),
        ({"name": None}, "FieldMissing", "name"),
        ({"name": "  "}, "FieldMissing", "name"),
        ({"name": 5}, "InvalidType", "name"),
        ({"name": "a" * 256}, "TooLong", "name"),
        ({"name": "a\0"}, "InvalidCharacters", "name"),
        ({"type": "poem"}, "NotSupportedChoice", "type"),
        ({"type": "multitext"}, "NotSupportedChoice", "type"),
        ({"type": "monetary"}, "FieldMissing", "currency"),
        ({"type": "monetary", "currency": "EURO"}, "NotSupportedChoice", "currency"),
        ({"type": "select"}, "FieldMissing", "enums"),
        ({"type": "select", "enums": []}, "FieldMissing", "enums"),
        ({"type": "select", "enums": [{"sort": 1}]}, "FieldMissing", "enums.0.value"),
        (
            {"type": "select", "enums": [{"id": 1, "value": "A"}]},
            "NotSupportedChoice",
            "enums.0.id",
        ),
        (
            {"type": "select", "enums": [{"value": "A", "code": "X"}, {"value": "B", "code": "X"}]},
            "NotSupportedChoice",
            "enums.1.code",
        ),
        ({"enums": [{"value": "A"}]}, "FieldNotExpected", "enums"),
        ({"sort": "1"}, "InvalidType", "sort"),
        ({"sort": -1}, "NotSupportedChoice", "sort"),
        ({"is_api_only": "yes"}, "InvalidType", "is_api_only"),
        ({"remind": "hourly"}, "NotSupportedChoice", "remind"),
        (
            {"required_statuses": [{"status_id": 1}]},
            "FieldMissing",
            "required_statuses.0.pipeline_id",
        ),
        ({"hidden_statuses": 5}, "InvalidType", "hidden_statuses"),
    ],
)
def test_a_wrong_definition_is_refused_by_its_path(
    change: dict[str, Any], code: str, path: str
) -> None:
    assert faults_of_new({"type": "text", "name": "Note"} | change) == [(code, path)]


def test_everything_wrong_in_a_request_is_told_by_request_id() -> None:
    with pytest.raises(Invalid) as refused:
        read_each(
            [{"name": "A", "type": "text"}, {"request_id": "b"}, {"name": "B"}],
            NEW_FIELD,
            field_change,
        )

    assert refused.value.violations is not None
    assert {one.request_id: [e.path for e in one.errors] for one in refused.value.violations} == {
        "b": ["type", "name"],
        "2": ["type"],
    }


@pytest.mark.parametrize("of", list(FieldType))
def test_types_are_available_where_the_contract_says(of: FieldType) -> None:
    on_leads = {"multitext", "price", "category", "items", "linked_entity", "payer", "supplier"}

    assert ("leads" in AVAILABLE[of]) is (of not in on_leads)


@pytest.mark.parametrize(
    ("old", "raw", "faults"),
    [
        (field(), {"name": "Paint"}, []),
        (field(), {"type": "select", "enums": [{"id": 2, "value": "Navy"}]}, []),
        (field(), {"type": "text"}, ["type"]),
        (field(), {"enums": [{"id": 9, "value": "Navy"}]}, ["enums.0.id"]),
        (field(), {"enums": []}, ["enums"]),
        (field("text"), {"enums": None}, []),
        (field("monetary"), {"name": "Budget"}, ["currency"]),
        (field("monetary"), {"name": "Budget", "currency": "USD"}, []),
    ],
)
def test_a_change_fits_the_field_or_is_refused(
    old: FieldDefinition, raw: dict[str, Any], faults: list[str]
) -> None:
    wanted = read_one({"id": 77} | raw, CHANGED_FIELD, field_change)

    assert [one.path for one in change_faults(wanted, old)] == faults


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        ({"name": "Paint"}, True),
        ({"code": "PAINT"}, True),
        ({"sort": 1}, True),
        ({"enums": (EnumChoice(1, "Crimson", 0), EnumChoice(2, "Blue", 1))}, True),
        ({"enums": (EnumChoice(1, "Red", 0),)}, True),
        ({"is_api_only": True}, False),
        ({"enums": (EnumChoice(1, "Red", 7), EnumChoice(2, "Blue", 8))}, False),
    ],
)
def test_entities_are_rendered_again_only_when_they_would_look_different(
    change: dict[str, Any], *, differs: bool
) -> None:
    assert shows_differently(field(), field(**change)) is differs


def fields(of: str) -> Fields:
    return Fields("leads", [field(of)])


_PLAIN = FieldFilter(field_id=77, column="number_value")


@pytest.mark.parametrize(
    ("of", "spec", "meant"),
    [
        ("text", "x", {"column": "text_value", "any_of": ["x"]}),
        ("url", ["x", "y"], {"column": "text_value", "any_of": ["x", "y"]}),
        ("numeric", {"0": "1.50"}, {"any_of": [1.5]}),
        ("select", ["12"], {"column": "enum_id", "any_of": [12]}),
        ("checkbox", "1", {"any_of": [1.0]}),
        ("checkbox", "0", {"any_of": [1.0], "is_negated": True}),
        ("date", {"from": "5"}, {"least": 5.0}),
        ("numeric", {"to": "5"}, {"most": 5.0}),
    ],
)
def test_a_filter_looks_where_its_type_is_indexed(
    of: str, spec: Any, meant: dict[str, Any]
) -> None:
    found = field_filter(fields(of), 77, spec)

    assert found is not None
    assert msgspec.structs.asdict(found) == msgspec.structs.asdict(_PLAIN) | meant


@pytest.mark.parametrize(
    ("of", "spec"),
    [
        ("select", "Red"),
        ("numeric", "a lot"),
        ("numeric", {"from": "a lot"}),
        ("text", "a\0"),
        ("checkbox", "2"),
    ],
)
def test_a_filter_for_what_no_entity_can_have_matches_nothing(of: str, spec: Any) -> None:
    found = field_filter(fields(of), 77, spec)

    assert found is not None
    assert found.any_of == []


@pytest.mark.parametrize(
    ("of", "field_id", "spec"),
    [
        ("text", 78, "x"),
        ("text", 77, {}),
        ("text", 77, None),
        ("text", 77, {"from": "1"}),
        ("numeric", 77, {"from": "", "to": ""}),
        ("checkbox", 77, ["0", "1"]),
        ("file", 77, "x"),
    ],
)
def test_a_filter_without_meaning_is_ignored(of: str, field_id: int, spec: Any) -> None:
    assert field_filter(fields(of), field_id, spec) is None


@pytest.mark.parametrize(
    ("of", "stored", "rows"),
    [
        ("text", '{"77":["x"]}', [IndexRow(77, text_value="x")]),
        ("numeric", '{"77":["1.50"]}', [IndexRow(77, number_value=1.5)]),
        ("checkbox", '{"77":[true]}', [IndexRow(77, number_value=1.0)]),
        ("date", '{"77":[5]}', [IndexRow(77, number_value=5.0)]),
        ("multiselect", '{"77":[1,2]}', [IndexRow(77, enum_id=1), IndexRow(77, enum_id=2)]),
        ("multiselect", '{"77":[1,9]}', [IndexRow(77, enum_id=1)]),
        ("multitext", '{"77":[["+1",3]]}', [IndexRow(77, text_value="+1", enum_id=3)]),
        ("file", '{"77":[{"file_uuid":"u"}]}', []),
        ("text", '{"78":["of a deleted field"]}', []),
        ("text", "", []),
    ],
)
def test_values_are_indexed_by_their_shape(of: str, stored: str, rows: list[IndexRow]) -> None:
    assert index_rows(fields(of), stored) == rows


def test_long_texts_are_told_apart_by_more_than_their_beginning() -> None:
    assert index_text("a" * 5000) != index_text("a" * 5001)
    assert len(index_text("ä" * 5000).encode()) < 2_000
