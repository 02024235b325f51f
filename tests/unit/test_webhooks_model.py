"""What account webhooks are told, when again, and what proves it (api-v4.md 3.12, 3.13; S-165)."""

from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grantway.crm.webhooks.encoding import account_block, fields_of, form_encode
from grantway.crm.webhooks.events import EVENTS
from grantway.crm.webhooks.model import (
    NEW_WEBHOOK,
    NO_ANSWER,
    is_good,
    seconds_until_next,
    wanted_of,
    whole_body,
)
from grantway.crm.webhooks.signing import new_secret, signature
from grantway.kernel.errors import Violation

ORDER = {
    "id": 9001,
    "name": "First order",
    "status_id": 7102,
    "price": 1000,
    "responsible_user_id": 4401,
    "last_modified": 1_700_000_200,
    "modified_user_id": 4401,
    "created_user_id": 4401,
    "date_create": 1_700_000_100,
    "pipeline_id": 7100,
    "account_id": 31_000_001,
    "created_at": 1_700_000_100,
    "updated_at": 1_700_000_200,
}
# The sample of the contract, its brackets encoded as they travel.
SAMPLE = (
    "leads[add][0][id]=9001&leads[add][0][name]=First+order&leads[add][0][status_id]=7102"
    "&leads[add][0][price]=1000&leads[add][0][responsible_user_id]=4401"
    "&leads[add][0][last_modified]=1700000200&leads[add][0][modified_user_id]=4401"
    "&leads[add][0][created_user_id]=4401&leads[add][0][date_create]=1700000100"
    "&leads[add][0][pipeline_id]=7100&leads[add][0][account_id]=31000001"
    "&leads[add][0][created_at]=1700000100&leads[add][0][updated_at]=1700000200"
    "&account[subdomain]=acme&account[id]=31000001"
    "&account[_links][self]=https%3A%2F%2Facme.kommo.com"
)


def test_the_sample_of_the_contract() -> None:
    body = form_encode({"leads": {"add": [ORDER]}})
    whole = whole_body(body, 31_000_001, "acme", "https://acme.kommo.com")

    assert whole == SAMPLE.replace("[", "%5B").replace("]", "%5D")


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, [("a", "")]),
        (True, [("a", "1")]),
        (False, [("a", "0")]),
        (0, [("a", "0")]),
        (1000.0, [("a", "1000")]),
        (10.5, [("a", "10.5")]),
        ("", [("a", "")]),
        ("Añn & Bob = 1+1 %", [("a", "Añn & Bob = 1+1 %")]),
        ([], []),
        ({}, []),
        (["x", "y"], [("a[0]", "x"), ("a[1]", "y")]),
        ({9001: {"ID": 9001}}, [("a[9001][ID]", "9001")]),
        (
            [{"id": 5, "values": [{"value": "+1"}, {"value": None}]}],
            [("a[0][id]", "5"), ("a[0][values][0][value]", "+1"), ("a[0][values][1][value]", "")],
        ),
    ],
)
def test_values_become_texts_with_brackets(value: Any, told: list[tuple[str, str]]) -> None:
    assert fields_of(form_encode({"a": value})) == told


@given(st.dictionaries(st.text(min_size=1), st.text(), min_size=1))
def test_whatever_was_written_is_read_back(values: dict[str, str]) -> None:
    body = form_encode({"leads": values})

    assert body.isascii()
    assert parse_qsl(body, keep_blank_values=True, strict_parsing=True) == [
        (f"leads[{name}]", value) for name, value in values.items()
    ]


def test_the_account_is_named_by_three_fields() -> None:
    assert fields_of(account_block(7, "acme", "https://acme.grantway.test")) == [
        ("account[subdomain]", "acme"),
        ("account[id]", "7"),
        ("account[_links][self]", "https://acme.grantway.test"),
    ]


MINUTE = 60


@pytest.mark.parametrize(
    ("status", "waits"),
    [
        (NO_ANSWER, [5 * MINUTE, 15 * MINUTE, None]),
        (99, [5 * MINUTE, 15 * MINUTE, None]),
        (300, [5 * MINUTE, 15 * MINUTE, None]),
        (404, [5 * MINUTE, 15 * MINUTE, None]),
        (498, [5 * MINUTE, 15 * MINUTE, None]),
        (499, [5 * MINUTE, 15 * MINUTE, 15 * MINUTE, 60 * MINUTE, None]),
        (500, [5 * MINUTE, 15 * MINUTE, 15 * MINUTE, 60 * MINUTE, None]),
        (599, [5 * MINUTE, 15 * MINUTE, 15 * MINUTE, 60 * MINUTE, None]),
    ],
)
def test_the_schedule(status: int, waits: list[int | None]) -> None:
    told = [seconds_until_next(bad, status) for bad in range(1, len(waits) + 1)]

    assert told == waits


def test_the_last_answer_decides_about_the_next_attempt() -> None:
    assert seconds_until_next(2, 404) == 15 * MINUTE
    assert seconds_until_next(3, 503) == 15 * MINUTE
    assert seconds_until_next(4, 404) is None
    assert seconds_until_next(6, 503) is None


def test_which_answers_are_good() -> None:
    good = [status for status in (0, 99, 100, 200, 204, 299, 300, 404, 500) if is_good(status)]

    assert good == [100, 200, 204, 299]


def test_the_names_of_the_events() -> None:
    assert len(set(EVENTS)) == len(EVENTS) == 33
    assert {"add_lead", "note_company", "update_task", "add_outgoing_message"} <= set(EVENTS)
    assert {"restore_task", "update_message", "restore_customer"}.isdisjoint(EVENTS)


def read(**sent: Any) -> tuple[dict[str, Any], list[Violation]]:
    violations: list[Violation] = []
    values = NEW_WEBHOOK.read({"destination": "https://a.example/"} | sent, "", violations)
    return values, violations


def test_what_is_wanted_is_read() -> None:
    values, violations = read(settings=["add_lead", "status_lead", "add_lead"], sort=3.0)
    wanted = wanted_of(values)

    assert violations == []
    assert (wanted.settings, wanted.sort) == (["add_lead", "status_lead"], 3)


def test_an_unknown_event_is_named_by_its_place() -> None:
    _, violations = read(settings=["add_lead", "eat_lead", 5])

    assert [(one.code, one.path) for one in violations] == [
        ("NotSupportedChoice", "settings.1"),
        ("InvalidType", "settings.2"),
    ]


def test_the_published_vector_of_standard_webhooks() -> None:
    signed = signature(
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1_614_265_330,
        '{"test": 2432232314}',
    )

    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_two_secrets_make_two_signatures() -> None:
    new, former = new_secret(), new_secret()
    both = signature([new, former], "msg_1", 1, "a=b").split()

    assert new != former
    assert both == [signature([one], "msg_1", 1, "a=b") for one in (new, former)]
