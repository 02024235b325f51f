"""The shapes of widgets' settings, by type of field (widgets-and-marketplace.md 2.4)."""

from typing import Any

import pytest

from grantway.installing.settings import MAX_SETTINGS, MAX_TEXT, as_params, merged
from grantway.widgets.archives.model import SettingField

FIELDS = [
    SettingField("depot", "settings.depot", "text", is_required=True),
    SettingField("key", "settings.key", "pass"),
    SettingField("lines", "settings.lines", "users"),
    SettingField("logins", "settings.logins", "users_lp"),
    SettingField("own", "settings.own", "custom"),
]
PEOPLE = {7, 8}


@pytest.mark.parametrize(
    ("code", "sent", "kept"),
    [
        ("depot", "North", "North"),
        ("depot", 12, "12"),
        ("key", "s3cret", "s3cret"),
        ("lines", {"7": "101"}, {"7": "101"}),
        ("lines", '{"7":"101"}', {"7": "101"}),
        ("lines", {"7": "101", "8": ""}, {"7": "101"}),
        ("lines", {"7": "101", "9": ""}, {"7": "101"}),
        ("lines", [], None),
        ("lines", "", None),
        ("logins", {"7": {"login": "a", "password": "b"}}, {"7": {"login": "a", "password": "b"}}),
        ("logins", {"7": {"login": "a", "password": ""}}, {"7": {"login": "a"}}),
        ("own", '{"a":1}', '{"a":1}'),
        ("own", "41", "41"),
        ("own", 42, "42"),
        ("own", {"a": 1}, '{"a":1}'),
        ("own", "neither JSON nor a number", None),
        ("key", None, None),
    ],
)
def test_a_value_is_kept_as_its_type_has_it(code: str, sent: Any, kept: Any) -> None:
    settings, violations = merged(FIELDS, {"depot": "South"}, {code: sent}, PEOPLE)

    assert violations == []
    assert settings.get(code) == kept


@pytest.mark.parametrize(
    ("sent", "faults"),
    [
        ({}, [("depot", "FieldMissing")]),
        ({"depot": ""}, [("depot", "FieldMissing")]),
        ({"depot": None}, [("depot", "FieldMissing")]),
        ({"depot": ["North"]}, [("depot", "InvalidType")]),
        ({"depot": True}, [("depot", "InvalidType")]),
        ({"depot": "x" * (MAX_TEXT + 1)}, [("depot", "TooLong")]),
        ({"depot": "a\0b"}, [("depot", "InvalidCharacters")]),
        ({"depot": "x", "lines": {"seven": "101"}}, [("lines", "InvalidType")]),
        ({"depot": "x", "lines": "101"}, [("lines", "InvalidType")]),
        ({"depot": "x", "lines": {"7": ["101"]}}, [("lines.7", "InvalidType")]),
        ({"depot": "x", "logins": {"7": "a"}}, [("logins.7", "InvalidType")]),
        ({"depot": "x", "lines": {"7": "1", "9": "2"}}, [("lines.9", "NotSupportedChoice")]),
        ({"depot": "x", "lines": {"07": "1"}}, [("lines.07", "NotSupportedChoice")]),
        ({"depot": "x", "logins": {"9": {"login": "a"}}}, [("logins.9", "NotSupportedChoice")]),
        ({"depot": "x", "own": True}, [("own", "InvalidType")]),
        ({"key": 1, "own": "[" * 100_000}, [("own", "TooLong"), ("depot", "FieldMissing")]),
    ],
)
def test_every_fault_names_its_field(sent: dict[str, Any], faults: list[tuple[str, str]]) -> None:
    _, violations = merged(FIELDS, {}, sent, PEOPLE)

    assert [(one.path, one.code) for one in violations] == faults


def test_what_is_not_sent_stays_and_what_no_field_names_is_ignored() -> None:
    saved = {"depot": "North", "key": "k", "of_an_older_version": "x"}
    settings, violations = merged(FIELDS, saved, {"key": None, "active": "Y"}, PEOPLE)

    assert violations == []
    assert settings == {"depot": "North"}


def test_all_together_have_an_end() -> None:
    fields = [SettingField(f"f{n}", "x", "text") for n in range(MAX_SETTINGS // MAX_TEXT + 1)]
    within, none = merged(fields, {}, {one.code: "x" * MAX_TEXT for one in fields[:-2]}, PEOPLE)
    _, violations = merged(fields, {}, {one.code: "x" * MAX_TEXT for one in fields}, PEOPLE)

    assert (len(within), none) == (len(fields) - 2, [])
    assert [one.code for one in violations] == ["TooLong"]


def test_a_widget_reads_values_of_users_as_json() -> None:
    params = as_params(FIELDS, {"depot": "North", "lines": {"7": "101"}, "own": "42"})

    assert params == {"depot": "North", "lines": '{"7":"101"}', "own": "42"}
