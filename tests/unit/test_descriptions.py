"""Descriptions as pages show them: nothing that runs, loads or leads to another scheme (S-155)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grantway.web.listings.descriptions import first_link, shown_description

OUTWARD = 'target="_blank" referrerpolicy="no-referrer" rel="noopener noreferrer"'


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        '<a href="http://parcel.example">x</a>',
        '<a href="//parcel.example">x</a>',
        '<a href="/oauth">x</a>',
        '<a href="data:text/html,x">x</a>',
        '<b style="position:fixed" onclick="x()">x</b>',
        "<svg><style><img src=x></style></svg>",
        '<p class="button">x',
        "<form action=/sign-out><input></form>",
        "javascript:alert(1)",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
    ],
)
def test_what_is_not_allowed_is_not_shown(text: str) -> None:
    shown = str(shown_description(text))

    assert "<script" not in shown
    assert "href" not in shown
    assert not [one for one in ("<img", "<svg", "<form", "<style", " on", "class=") if one in shown]


def test_what_is_allowed_stays() -> None:
    text = '<p>A <b>b</b> <i>c</i> <a href="https://parcel.example/?a=1&b=2">here</a></p><ul><li>x</li></ul>'
    shown = str(shown_description(text))

    assert shown.startswith("<p>A <b>b</b> <i>c</i> <a href=")
    assert 'href="https://parcel.example/?a=1&amp;b=2"' in shown
    assert all(one in shown for one in ('target="_blank"', 'referrerpolicy="no-referrer"'))
    assert 'rel="noopener noreferrer"' in shown
    assert shown.endswith("<ul><li>x</li></ul>")


def test_plain_text_keeps_its_lines_and_its_links() -> None:
    shown = str(shown_description("One\nTwo: (https://parcel.example/a?b=1&c=2)."))

    address = "https://parcel.example/a?b=1&amp;c=2"
    assert shown == f'One<br>\nTwo: (<a href="{address}" {OUTWARD}>{address}</a>).'


def test_a_link_is_not_put_into_a_link() -> None:
    shown = str(shown_description('<a href="https://a.example/?x=>">https://a.example</a>'))

    assert shown.count("<a ") == 1
    assert shown.count("</a>") == 1


@given(
    st.text(alphabet="<>\"'=&/ abhilnopruse:;#\n", max_size=80).map("https://x.example{}".format)
)
def test_cleaning_what_was_shown_changes_nothing_that_matters(text: str) -> None:
    shown = str(shown_description(text))

    assert shown.count("<a ") == shown.count("</a>")
    assert str(shown_description(shown)).count("<a ") == shown.count("<a ")


@pytest.mark.parametrize(
    ("text", "uri"),
    [
        ("http://a.example https://b.example/x.", "https://b.example/x"),
        ('<a href="https://b.example/?x=1&amp;y=2">here</a>', "https://b.example/?x=1&y=2"),
        ('<img src="https://a.example/x"> https://b.example', "https://b.example"),
        ('<a href="javascript:alert(1)">here</a>', ""),
        ("", ""),
    ],
)
def test_the_first_link_is_one_that_is_shown(text: str, uri: str) -> None:
    assert first_link(shown_description(text)) == uri


@pytest.mark.parametrize(
    "text", ["http://localhost:9000/", '<a href="http://localhost:9000/">x</a>']
)
def test_what_the_operator_opened_on_this_machine_is_led_to_without_tls(text: str) -> None:
    assert first_link(shown_description(text, ["127.0.0.1:9000"])) == "http://localhost:9000/"
    assert first_link(shown_description(text, ["127.0.0.1:9001"])) == ""
    assert first_link(shown_description(text)) == ""


def test_opening_an_address_opens_no_other() -> None:
    for uri in ("http://parcel.example:9000/", "http://localhost/", "javascript:alert(1)"):
        shown = shown_description(f'{uri} <a href="{uri}">x</a>', ["127.0.0.1:9000"])
        assert "href" not in shown


@pytest.mark.parametrize(
    "uri",
    [
        "https://[parcel",
        "https://[parcel]/",
        "https://grantway.example@parcel.example/",
        "https://parcel.example\\@grantway.example/",
        "https://parcel.example:99999/",
        "https://:443/",
    ],
)
def test_what_is_no_address_of_one_plain_host_is_led_to_by_nothing(uri: str) -> None:
    shown = shown_description(f'{uri} <a href="{uri}">x</a> https://honest.example/')

    assert shown.count("href") == 1
    assert first_link(shown) == "https://honest.example/"
