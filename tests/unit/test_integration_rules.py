"""What may be written into the fields of an integration (S-03, S-07, S-08, S-152)."""

import pytest

from grantway.integrations.rules import optional_text_problem, text_problem, uri_problem

HONEST_NAMES = [
    "Parcel tracker",
    "Доставка посылок",
    "Ευρετήριο",
    "宅配便トラッカー 24",
    "Éclair & Söhne, 1ª Nº 2",
    "CRM-система",  # two words, each of one alphabet
    "e\u0301clair",  # the accent is a mark of its own
    "100% organic™",
    "متجر",
]


@pytest.mark.parametrize("name", HONEST_NAMES)
def test_names_of_all_languages_are_taken(name: str) -> None:
    assert text_problem(name, 255) is None


@pytest.mark.parametrize(
    "name",
    [
        "P\u0430rcel",  # Cyrillic a
        "Parc\u0435l tracker",  # Cyrillic e
        "\u03a1arcel",  # Greek Rho
        "P1\u0430",  # digits do not separate
        "P_\u0430",
        "Pa\u0301\u0430",  # nor do marks
        "\uff30arcel",  # full width
        "\U0001d40farcel",  # mathematical bold
        "o\ufb03ce",  # a ligature hides three letters
    ],
)
def test_letters_that_imitate_others_are_refused_in_names(name: str) -> None:
    assert text_problem(name, 255) is not None


@pytest.mark.parametrize(
    "hidden",
    [
        *("\u200b", "\u200d", "\u202e", "\u2066", "\u2028", "\x00", "\x7f", "\ud800", "\ue000"),
        *("\u3164", "\u115f", "\u2800", "\ufe0f", "\u034f", "\u180e", "\U000e0041", "\uffff"),
    ],
)
def test_what_nobody_sees_is_refused_everywhere(hidden: str) -> None:
    for lines in (False, True):
        problem = text_problem(f"Parcel{hidden} tracker", 255, lines=lines)
        assert problem is not None
        assert f"U+{ord(hidden):04X}" in problem


def test_only_descriptions_have_lines() -> None:
    assert text_problem("one\n\ttwo", 255, lines=True) is None
    assert text_problem("one\ntwo", 255) is not None


def test_what_is_optional_may_be_empty_and_no_more() -> None:
    assert optional_text_problem("", 5) is None
    assert optional_text_problem("  ", 5) is None
    assert optional_text_problem("five5", 5) is None
    assert optional_text_problem("sixsix", 5) == "write 1 to 5 characters"


@pytest.mark.parametrize(
    ("uri", "is_redirect", "is_private", "is_good"),
    [
        ("https://parcel.example/agreed", True, False, True),
        ("http://localhost:8080/agreed", True, True, True),
        ("http://localhost:8080/agreed", True, False, False),
        ("http://127.0.0.1/agreed", True, False, False),
        ("http://localhost/revoked", False, True, False),
        ("http://parcel.example/agreed", True, True, False),
        ("https://parcel.example/privacy?code=1", False, False, True),
        ("https://parcel.example/agreed?code=1", True, False, False),
        ("https://parcel.example/agreed?%2563ode=1", True, False, False),
        ("HTTPS://parcel.example/", True, False, False),
        ("//parcel.example/", True, False, False),
        ("https://", True, False, False),
        ("https:///agreed", True, False, False),
        ("https://[::1", True, False, False),
        ("https://parcel.example:port/", True, False, False),
        ("https://пример.example/", True, False, False),
        ("java\tscript:alert(1)", False, False, False),
    ],
)
def test_addresses(uri: str, *, is_redirect: bool, is_private: bool, is_good: bool) -> None:
    problem = uri_problem(uri, is_redirect=is_redirect, is_private=is_private)

    assert (problem is None) == is_good


@pytest.mark.parametrize(
    ("uri", "is_good"),
    [
        ("http://localhost:9000/callback", True),
        ("http://127.0.0.1:9000/callback", True),
        ("http://[::1]:9000/callback", True),
        ("http://site.localhost:9000/callback", True),
        ("http://localhost:9001/callback", False),  # another port
        ("http://localhost/callback", False),  # port 80
        ("http://192.168.1.5:9000/callback", False),  # a code would cross a network in the clear
        ("http://192.168.1.5:9100/callback", False),  # even where hooks may go
        ("http://localhost:9100/callback", False),  # opened for that machine, not for this one
        ("http://integration.example:9000/callback", False),
        ("ftp://localhost:9000/callback", False),
        ("https://integration.example/callback", True),
    ],
)
def test_an_opened_address_of_this_machine_may_be_spoken_to_in_plain_http(
    uri: str, *, is_good: bool
) -> None:
    opened = ["127.0.0.1:9000", "192.168.1.5:9100"]

    for is_redirect in (True, False):
        problem = uri_problem(uri, is_redirect=is_redirect, is_private=False, opened=opened)
        assert (problem is None) is is_good
        if uri.startswith("http:"):
            assert uri_problem(uri, is_redirect=is_redirect, is_private=False) is not None
