"""What one request may cost, whatever it carries."""

from typing import Any

import pytest

from grantway.asgi.answers import refusal
from grantway.crm.fields.model import Fields, parse_values
from grantway.crm.fields.model.parsing import MOST_FAULTS, MOST_ITEMS
from grantway.crm.tags.model import MOST_REFS, read_refs
from grantway.db.database import spread
from grantway.db.errors import OutcomeUnknown, StorageUnavailable


def test_no_more_faults_are_told_than_anybody_mends() -> None:
    _, faults = parse_values(Fields("leads"), [0] * MOST_ITEMS, strict=False)

    assert len(faults) == MOST_FAULTS


@pytest.mark.parametrize("strict", [False, True])
def test_a_list_with_more_values_than_fields_can_be_is_refused_as_one(*, strict: bool) -> None:
    changed, faults = parse_values(Fields("leads"), [0] * (MOST_ITEMS + 1), strict=strict)

    assert changed == {}
    assert [(one.code, one.path) for one in faults] == [("TooMany", "custom_fields_values")]


def test_so_many_tags_fit_into_a_request_and_no_more() -> None:
    tags: list[Any] = [{"name": f"tag {n}"} for n in range(MOST_REFS)]
    most, none_wrong = read_refs(tags, "tags_to_add")
    nothing, faults = read_refs([*tags, {"name": "one more"}], "tags_to_add")

    assert (len(most), none_wrong) == (MOST_REFS, [])
    assert (nothing, [one.code for one in faults]) == ([], ["TooMany"])


def test_lists_of_any_length_make_few_statements() -> None:
    texts = {spread("id in (:ids)", {"ids": list(range(n))})[0] for n in range(1, 257)}
    _, values = spread("id in (:ids)", {"ids": [4, 5, 6]})

    assert len(texts) == 9
    assert list(values.values()) == [4, 5, 6, 6]


def test_only_what_is_surely_not_stored_may_be_sent_again_by_itself() -> None:
    again = dict(refusal(StorageUnavailable("locked")).headers)
    unknown = refusal(OutcomeUnknown("cut"))

    assert again[b"retry-after"] == b"1"
    assert unknown.status == 503
    assert b"retry-after" not in dict(unknown.headers)
