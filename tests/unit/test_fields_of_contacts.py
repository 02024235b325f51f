"""Values that contacts and companies have: phones in lists and searches."""

import pytest

from grantway.crm.fields.model import (
    NO_VALUES,
    EnumChoice,
    FieldDefinition,
    Fields,
    FieldType,
    merge,
    parse_values,
    render_values,
    search_words,
    searched_texts,
)

PHONE = FieldDefinition(
    id=301,
    entity_type="contacts",
    type=FieldType.MULTITEXT,
    name="Phone",
    code="PHONE",
    enums=(EnumChoice(11, "WORK", 0), EnumChoice(12, "MOB", 1)),
)


@pytest.mark.parametrize(
    ("kept", "query", "is_found"),
    [
        ("+1 (555) 01-00", "5550100", True),
        ("+1 (555) 01-00", "+1 555 0100", True),
        ("+1 (555) 01-00", "(555) 01", True),
        ("+15550100", "+1 555 0100", True),
        ("+15550100", "+1-555-01.00", True),
        ("+15550100", "1 555 0101", False),
        ("+15550100", "x 555", False),
        ("+1 555 0100 ext. 7", "555 01007", True),
        ("on request", "555", False),
    ],
)
def test_a_phone_is_found_however_it_is_written(kept: str, query: str, *, is_found: bool) -> None:
    stored = merge(NO_VALUES, {PHONE.id: [[kept, 11]]})
    words = "\n".join(search_words(Fields("contacts", [PHONE]), stored))

    assert any(text in words for text in searched_texts(query)) is is_found


def test_only_leads_tell_whether_a_value_is_computed() -> None:
    stored = merge(NO_VALUES, {PHONE.id: [["+15550100", 12]]})

    assert render_values(Fields("contacts", [PHONE]), stored) == [
        {
            "field_id": 301,
            "field_name": "Phone",
            "field_code": "PHONE",
            "field_type": "multitext",
            "values": [{"value": "+15550100", "enum_id": 12, "enum_code": "MOB"}],
        }
    ]


def test_the_old_name_of_a_kind_is_no_member_of_a_value() -> None:
    raw = [{"field_code": "PHONE", "values": [{"value": "+1", "enum": "MOB"}]}]
    fields = Fields("contacts", [PHONE])

    assert parse_values(fields, raw, strict=False) == ({301: [["+1", 11]]}, [])
    assert [(one.code, one.path) for one in parse_values(fields, raw, strict=True)[1]] == [
        ("FieldNotExpected", "custom_fields_values.0.values.0.enum")
    ]
