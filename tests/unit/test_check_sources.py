"""Scripts and styles are taken apart by a child process, which may crash or be given too much."""

import pytest

from grantway.moderation.checks.sources.apart import MOST_BYTES, read_apart, read_here
from grantway.moderation.checks.sources.model import Marks
from grantway.moderation.checks.sources.scripts import read_script
from grantway.moderation.checks.sources.styles import read_style
from tests.unit.archived import FILES, SCRIPT

CRASHING = b"{a:" * 100_000
"""The parser of scripts, which is written in C, overflows its stack on this."""


def test_a_child_finds_what_this_process_finds() -> None:
    assert read_apart(FILES) == read_here(FILES)


def test_a_file_that_ends_the_child_stays_unread_and_those_after_it_are_read() -> None:
    read = read_apart({"script.js": SCRIPT.encode(), "b.js": CRASHING, "c.js": b"//" * 200_000})

    assert read.unread == ("b.js",)
    assert [len(one.calls) > 0 for one in read.scripts] == [False, False, True]


def test_who_ends_the_child_again_and_again_has_the_rest_unread() -> None:
    hostile = {f"{name}.js": CRASHING for name in "abcd"}

    assert read_apart(hostile).unread == ("a.js", "b.js", "c.js", "d.js")


def test_what_says_too_much_stays_unread_and_those_after_it_are_read() -> None:
    read = read_apart({"script.js": b"a=1;" * 400_000, "b.js": b"a=1;" * 100_000})

    assert read.unread == ("script.js",)
    assert [len(one.assignments) for one in read.scripts] == [100_000, 0]


def test_more_than_a_processor_should_see_stays_unread_and_the_entry_is_read_first() -> None:
    most = MOST_BYTES[".js"]
    files = {"a.js": b"a();\n" * 10, "script.js": b" " * (most - 10), "lib/b.js": b"b();\n"}

    read = read_here(files)

    assert read.unread == ("a.js",)
    assert [one.path for one in read.scripts] == ["a.js", "lib/b.js", "script.js"]
    assert read_here({"a.css": b" " * (MOST_BYTES[".css"] + 1)}).unread == ("a.css",)


@pytest.mark.parametrize(
    "source",
    [
        b"(" * 50_000,
        b"[" * 50_000,
        b"`${" * 20_000,
        b"!" * 50_000,
        b"a" + b".b" * 50_000,
        b"\0\xff",
    ],
)
def test_odd_scripts_are_read_without_recursion(source: bytes) -> None:
    assert read_script("script.js", source).path == "script.js"


@pytest.mark.parametrize("source", [b"{" * 50_000, b"(" * 50_000, b"a," * 20_000, b"\0\xff}"])
def test_odd_styles_are_read_or_said_to_be_unread(source: bytes) -> None:
    assert read_style("style.css", source).path == "style.css"


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (".a-" + "b" * 3, None),
        ("'.js-' + 'widget' + \"-install\"", ".js-widget-install"),
        ("`js-${which}-install`", "js-\ufffc-install"),
        (r"'\x6as\u002d\u{77}idget'", "js-widget"),
        (r"'\ud83d\ude00'", "\U0001f600"),
        ("['js', 'widget'].join('-')", "js-widget"),
    ],
)
def test_texts_are_told_however_they_are_put_together(source: str, told: str | None) -> None:
    texts = {one.text for one in read_script("a.js", f"use({source});".encode()).texts}

    assert told is None or told in texts


def test_calls_know_what_surrounds_them() -> None:
    source = b"""
      list.forEach(() => { inLoop(); });
      try { plain(); } catch { refused(); }
      go().then(plain, function () { refused(); }).catch(named);
      const named = () => refused();
      for (;;) go({ error() { inLoop(); }, error: function () { both(); } });
    """
    calls = {one.name: one.marks for one in read_script("a.js", source).calls}

    assert calls["inLoop"] == Marks.LOOP
    assert calls["plain"] == Marks.NONE
    assert calls["refused"] == Marks.REFUSED
    assert calls["both"] == Marks.LOOP | Marks.REFUSED


def test_selectors_are_taken_apart() -> None:
    style = read_style("a.css", b".a > b:hover, :is(#c, .d)::before, [e=f] {}\n@media x { g {} }")
    parts = [one.parts for rule in style.rules for one in rule.selectors]

    assert parts == [
        ((".a",), ("b", ":hover")),
        ((":is()", "#c", ".d", "::before"),),
        (("[e=f]",),),
        (("g",),),
    ]
