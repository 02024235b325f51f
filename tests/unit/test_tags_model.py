"""Tags as entities and clients name them."""

from typing import Any

import pytest

from grantway.crm.tags.model import COLORS, NEW_LEAD_TAG, NewTag, TagRef, new_tag, read_refs
from grantway.kernel.errors import Invalid
from tests.reading import read_one


def test_there_are_the_colours_of_the_contract() -> None:
    assert len(COLORS) == 23


@pytest.mark.parametrize(
    ("raw", "tag"),
    [
        ({"name": "hot"}, NewTag("hot", None, "0")),
        ({"name": " hot "}, NewTag("hot", None, "0")),
        ({"name": "hot", "color": "FF8F92"}, NewTag("hot", "FF8F92", "0")),
        ({"name": "hot", "color": "#ff8f92"}, NewTag("hot", "FF8F92", "0")),
        ({"name": "hot", "color": None, "request_id": "x"}, NewTag("hot", None, "x")),
    ],
)
def test_a_tag_has_a_name_and_may_have_a_colour(raw: dict[str, Any], tag: NewTag) -> None:
    assert read_one(raw, NEW_LEAD_TAG, new_tag) == tag


@pytest.mark.parametrize(
    ("raw", "code", "path"),
    [
        ({}, "FieldMissing", "name"),
        ({"name": ""}, "FieldMissing", "name"),
        ({"name": 5}, "InvalidType", "name"),
        ({"name": "a" * 256}, "TooLong", "name"),
        ({"name": "hot", "color": "123456"}, "NotSupportedChoice", "color"),
        ({"name": "hot", "color": 5}, "InvalidType", "color"),
    ],
)
def test_a_wrong_tag_is_refused(raw: dict[str, Any], code: str, path: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_one(raw, NEW_LEAD_TAG, new_tag)

    assert refused.value.violations is not None
    (fault,) = refused.value.violations[0].errors
    assert (fault.code, fault.path) == (code, path)


@pytest.mark.parametrize(
    ("raw", "refs"),
    [
        (None, []),
        ([], []),
        ([{"id": 5}], [TagRef(id=5, path="tags.0")]),
        ([{"id": 5, "name": "hot"}], [TagRef(id=5, path="tags.0")]),
        ([{"id": None, "name": " hot "}], [TagRef(name="hot", path="tags.0")]),
        ([{"name": "0"}], [TagRef(name="0", path="tags.0")]),
    ],
)
def test_an_entity_names_tags_by_id_or_by_name(raw: Any, refs: list[TagRef]) -> None:
    assert read_refs(raw, "tags") == (refs, [])


@pytest.mark.parametrize(
    ("raw", "code", "path"),
    [
        ("hot", "InvalidType", "tags"),
        (["hot"], "InvalidType", "tags.0"),
        ([{}], "FieldMissing", "tags.0.name"),
        ([{"name": " "}], "FieldMissing", "tags.0.name"),
        ([{"id": 1}, {"id": "5"}], "InvalidType", "tags.1.id"),
        ([{"name": 5}], "InvalidType", "tags.0.name"),
        ([{"name": "a\0"}], "InvalidCharacters", "tags.0.name"),
    ],
)
def test_a_wrong_naming_is_refused_by_its_path(raw: Any, code: str, path: str) -> None:
    _, faults = read_refs(raw, "tags")

    assert [(one.code, one.path) for one in faults] == [(code, path)]
