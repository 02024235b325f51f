"""What is sent and what is shown of calls to the outside."""

import hashlib
import hmac

import pytest

from grantway.hooks.addresses import MAX_URI as MAX_CALLED
from grantway.hooks.model import (
    WHY_TEXTS,
    Attempt,
    Why,
    revoke_uri,
    shown,
    signature,
    with_parameters,
)
from grantway.integrations.model import MAX_URI


@pytest.mark.parametrize(
    ("uri", "becomes"),
    [
        ("https://a.example/off", "https://a.example/off?"),
        ("https://a.example", "https://a.example?"),
        ("https://a.example/off?x=1", "https://a.example/off?x=1&"),
        ("https://a.example/off?", "https://a.example/off?"),
        ("https://a.example/off?x=1?2", "https://a.example/off?x=1?2&"),
    ],
)
def test_where_a_revoke_hook_goes(uri: str, becomes: str) -> None:
    assert revoke_uri(uri, "c", 7) == f"{becomes}client_uuid=c&account_id=7&client_id=c"


def test_parameters_are_encoded() -> None:
    assert with_parameters("https://a.example/", {"state": "a b&c=d"}).endswith(
        "?state=a%20b%26c%3Dd"
    )


def test_the_signature_is_that_of_the_contract() -> None:
    client_id = "6d2f0000-0000-4000-8000-000000000000"
    expected = hmac.new(b"k" * 64, f"{client_id}|31000000".encode(), hashlib.sha256).hexdigest()

    assert signature("k" * 64, client_id, 31000000) == expected


@pytest.mark.parametrize(
    ("uri", "becomes"),
    [
        ("https://a.example/", "https://a.example/"),
        ("https://a.example/?x=1", "https://a.example/?x=1"),
        ("https://a.example/?code=def50200&x=1", "https://a.example/?code=[hidden]&x=1"),
        ("https://a.example/?CODE=1&c%6fde=2", "https://a.example/?CODE=[hidden]&c%6fde=[hidden]"),
        ("https://a.example/?a=1&signature=0f", "https://a.example/?a=1&signature=[hidden]"),
        ("https://a.example/?token", "https://a.example/?token=[hidden]"),
    ],
)
def test_secrets_are_not_shown(uri: str, becomes: str) -> None:
    assert shown(uri) == becomes


def attempt(**changes: object) -> Attempt:
    given: dict[str, object] = {
        "id": 1, "account_id": 7, "subdomain": "acme", "kind": "revoke", "method": "GET",
        "uri": "https://a.example/off?client_uuid=c&account_id=7", "created_at": 1,
        "claimed_at": None, "finished_at": None, "result": None, "status": None, "why": None,
        "milliseconds": None,
    }  # fmt: skip
    return Attempt(**given | changes)  # type: ignore[arg-type] # fields by name, each of its type


def test_the_state_of_an_attempt() -> None:
    assert attempt().state == "waiting"
    assert attempt(claimed_at=2).state == "under_way"
    for result in ("answered", "failed", "unknown"):
        assert attempt(claimed_at=2, finished_at=3, result=result).state == result


def test_an_attempt_shows_that_it_is_signed_and_not_how() -> None:
    assert attempt().shown_uri.endswith("?client_uuid=c&account_id=7&signature=[hidden]")
    assert attempt(kind="secrets", uri="https://a.example/").shown_uri == "https://a.example/"


def test_every_reason_has_its_words() -> None:
    assert set(WHY_TEXTS) == set(Why)
    assert attempt(why="too_late").why_text == WHY_TEXTS[Why.TOO_LATE]
    assert attempt().why_text == ""


def test_the_longest_uri_of_an_integration_can_be_called_with_its_parameters() -> None:
    longest = revoke_uri("https://a.example/".ljust(MAX_URI, "x"), "c" * 36, 2**62)
    signed = with_parameters(longest, {"signature": "0" * 64})

    assert len(signed) <= MAX_CALLED
