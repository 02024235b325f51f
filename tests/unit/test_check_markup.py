"""The limited HTML of descriptions, and where their links lead (T5, T6, S-155)."""

import pytest

from grantway.hooks.addresses import Rules, read_target
from grantway.kernel.addresses import Addresses
from grantway.moderation.checks.links import link_problem
from grantway.moderation.checks.markup import read_markup
from grantway.moderation.checks.model import Surroundings

OPENED = Surroundings(
    rules=Rules(Addresses("http", "localhost", 8000), frozenset({read_target("127.0.0.1:9000")}))
)


def test_tags_are_left_out_of_what_is_read_and_breaks_stay() -> None:
    read = read_markup("<p>Press <b>Connect</b>.</p><ul><li>One</li><li>Two</li></ul>1 &lt; 2")

    assert read.plain.split() == ["Press", "Connect.", "One", "Two", "1", "<", "2"]
    assert read.problems == ()


def test_the_attributes_of_a_link_are_read_however_they_are_written() -> None:
    read = read_markup("<A HREF='https://a.example/?a=1&amp;b=2'  Target = \"_blank\" >x</A>")

    (link,) = read.links
    assert link.uri == "https://a.example/?a=1&b=2"
    assert link.attributes == {"href": link.uri, "target": "_blank"}
    assert read.problems == ()


def test_an_address_that_is_written_out_is_a_link_without_the_full_stop() -> None:
    read = read_markup("(See https://a.example/x, or HTTP://b.example.) <b>https://c.example</b>")

    uris = [link.uri for link in read.links]
    assert uris == ["https://a.example/x", "HTTP://b.example", "https://c.example"]
    assert [link.attributes for link in read.links] == [None] * 3


def test_a_link_that_shows_its_own_address_counts_once() -> None:
    read = read_markup('<a href="https://a.example/">https://a.example/</a>')

    assert len(read.links) == 1


def test_addresses_are_no_prose() -> None:
    read = read_markup("Write to\nhelp@parcel.example or see www.parcel.example now")

    assert read.prose.split() == ["Write", "to", "or", "see", "now"]


@pytest.mark.parametrize(
    "text", ["<a href=https://a.example>x</a>", "<b\n", "<b a='1\">", "<!doctype html>", "<?x?>"]
)
def test_what_is_no_complete_tag_is_told_with_its_beginning(text: str) -> None:
    problems = read_markup(f"Hello {text}").problems

    assert any("is no complete tag" in one for one in problems)
    assert repr(text[:4])[1:-1] in problems[0]


def test_a_tag_within_a_tag_is_none() -> None:
    assert read_markup('<a href="https://a.example/<script>">x</a>').problems != ()


@pytest.mark.parametrize(
    "uri",
    [
        "https://parcel.example/",
        "https://parcel.example:8443/a?b=c#d",
        "https://93.184.215.14/",
        "https://a.b.c.parcel.example./",
    ],
)
def test_a_link_to_the_world_is_taken(uri: str) -> None:
    assert link_problem(uri, Surroundings()) is None


@pytest.mark.parametrize(
    "uri",
    [
        *("http://parcel.example/", "ftp://parcel.example/", "//parcel.example/", "parcel.example"),
        *("https://", "https:///x", "https://parcels/", "https://.example/", "https://[::1/"),
        *("https://10.0.0.1/", "https://2130706433/", "https://0x7f.1/", "https://[fe80::1]/"),
        *("https://a.localhost/", "https://parcel.internal/", "https://router.lan/"),
        *("https://user@parcel.example/", "https://parcel.example\\@mallory.example/"),
        *("https://*.parcel.example/", "https://parcél.example/", "https://parcel.example:x/"),
    ],
)
def test_a_link_to_nowhere_or_to_ones_own_network_is_refused(uri: str) -> None:
    assert link_problem(uri, Surroundings())
    assert link_problem(uri, OPENED)


def test_what_the_operator_opened_for_tests_may_be_linked_to() -> None:
    uri = "http://127.0.0.1:9000/connect"

    assert link_problem(uri, OPENED) is None
    assert link_problem(uri, Surroundings()) is not None
    assert link_problem("http://127.0.0.1:9001/connect", OPENED) is not None
