"""Reading the address of a question, as the dialect's button writes it and as others do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grantway.oauth.requests import Asked, Unreadable, origin_of, read_request, with_answer


def read(query: str) -> Asked:
    asked = read_request(query.encode())
    assert isinstance(asked, Asked), asked
    return asked


def test_the_first_state_and_mode_count_and_the_last_client() -> None:
    asked = read("state=a&state=b&mode=popup&mode=post_message&client_id=c&client_id=d")

    assert (asked.state, asked.mode, asked.client_id) == ("a", "popup", "d")


@pytest.mark.parametrize("name", ["redirect_uri", "code_challenge", "code_challenge_method"])
def test_nothing_else_may_be_named_twice(name: str) -> None:
    assert read_request(f"client_id=c&{name}=&{name}=".encode()) == Unreadable(
        name, "to be named once"
    )


def test_the_address_of_a_page_spills_over_only_when_it_is_raw() -> None:
    raw = "state=s&mode=popup&origin=https://a.example/?x=1&redirect_uri=/home&client_id=c"
    encoded = "origin=https%3A%2F%2Fa.example%2F%3Fx%3D1&redirect_uri=/home&state=s&client_id=c"

    assert read(raw).redirect_uri is None
    assert read(raw).opener == "https://a.example"
    assert read(encoded).redirect_uri == "/home"
    assert read(encoded).state == "s"


def test_a_proposal_is_read_with_its_last_values() -> None:
    asked = read(
        "state=s&mode=popup&origin=https://a.example/?name=evil&scopes[]=files"
        "&name=Shop&description=d&redirect_uri=https://a.example/r&secrets_uri=https://a.example/s"
        "&logo=&scopes[]=crm&scopes%5B%5D=notifications"
    )

    assert asked.proposal is not None
    assert asked.proposal.name == "Shop"
    assert list(asked.proposal.scopes) == ["crm", "notifications"]


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://A.example/x?y#z", "https://a.example"),
        ("http://localhost:9000", "http://localhost:9000"),
        ("https://[2001:db8::1]:8443/", "https://[2001:db8::1]:8443"),
        ("http://a.example:80/", "http://a.example"),
        ("https://user@a.example/", None),
        ("https://a.example\\@evil.example/", None),
        ("https://a.example:port/", None),
        ("https://ä.example/", None),
        ("data:text/html,x", None),
        ("//a.example", None),
        ("null", None),
        ("", None),
    ],
)
def test_an_origin_is_written_as_browsers_do(address: str, origin: str | None) -> None:
    assert origin_of(address) == origin


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(query: bytes) -> None:
    assert isinstance(read_request(query), Asked | Unreadable)
    assert isinstance(read_request(b"client_id=c&" + query), Asked | Unreadable)


@given(st.binary(min_size=1, max_size=200))
def test_any_state_comes_back_in_one_parameter(state: bytes) -> None:
    sent = "".join(f"%{byte:02x}" for byte in state)
    asked = read(f"client_id=c&state={sent}")
    back = with_answer("https://a.example/", [("code", "c")], asked.state)

    assert back.isascii()
    assert back.count("&") == 1
    assert back.count("=") == 2
    assert "#" not in back
