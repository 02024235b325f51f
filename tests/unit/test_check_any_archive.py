"""No archive keeps a rule from being judged, whoever packed it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grantway.moderation.checks.checklist import check
from grantway.moderation.checks.model import Report, Surroundings
from grantway.moderation.checks.outputs import as_json, as_sarif, as_text
from grantway.moderation.checks.sources.apart import read_here
from tests.unit.archive_cases import menu, svg
from tests.unit.archived import (
    FILES,
    LANGUAGES,
    STYLE,
    WITH_WIDGET,
    archive,
    beside,
    manifest,
    on_save,
)
from tests.unit.checked import around
from tests.widget_archives import png

Files = Mapping[str, bytes | str | None]
SOUND_SOURCES = read_here(FILES)
# One language is enough: nothing here is about the form.
CONTENT = msgspec.structs.replace(WITH_WIDGET, presentations=WITH_WIDGET.presentations[:1])


def judged(changes: Files, *, are_sources_sound: bool = False) -> Report:
    """Return what all rules say, after it was written in each form."""
    surroundings: Surroundings = beside(changes)
    if are_sources_sound:
        surroundings = around(archive=archive(changes), reading=lambda _: SOUND_SOURCES)
    report = check(CONTENT, surroundings)
    assert not [one for one in report.findings if "could not judge" in one.text]
    for document in (as_json(report), as_sarif(report)):
        msgspec.json.decode(document)
    assert as_text(report)
    return report


STYLES = [
    *("{position:fixed;bottom:0}", ",{position:fixed;bottom:0}", ",a{position:fixed;bottom:0}"),
    *("/**/{bottom:0;position:fixed}", "@media print{{position:fixed;bottom:0}}", "{}", ",,{}"),
    *("a{position:fixed;bottom:", "a{position:;bottom:}", "a{:0}", "a{--:}", "a{", "}", "{", "\\"),
    *(":is(){}", ":is(,:is(*)){}", ":not(", "[{}", "[]{}", "*|*{}", ">{}", "#{}", ".{}", "::{}"),
    *("@import;", "@import url(", "@import url(https://[);", "@import 'https://a]b/x.css';"),
    *("@media{", "@layer;", "@{}", "@charset", "<!-- -->", "/*", "/* a{b:c} */", "\0{}", "😀{}"),
    *(":root{--palette-:0}", "@import '//\u2100/a.css';", "a{b:c}}}}", "(" * 50, "[" * 50),
]
ADDRESSES = [
    *(
        "https://a]b/x.js",
        "https://\u2100/x.js",
        "https://[/x.js",
        "https://[::1]/x.js",
        "//[",
        "//",
    ),
    *("https://[::1/x.css", "https://a:b/x.js", "//@:/x.js", "https://%/x.css", "javascript:[", ""),
    *(
        "https://a b/x.js",
        "//\ufffc/x.js",
        "https://xn--/x.js",
        "//\\\\/x.js",
        "https://ws:1:2/[.js",
    ),
]
"""The first two make `urlsplit` raise an error."""
STATEMENTS = [
    "s.src = %s;",
    "s.href = %s;",
    "s.setAttribute('href', %s);",
    "define([%s], f);",
    "require([%s]);",
    "$.getScript(%s);",
    "import(%s);",
    "new Worker(%s);",
    "$('<link href=' + %s + '>').appendTo('head');",
    "$.ajax({ url: %s, async: false, dataType: 'script' });",
    "self.say('<link rel=stylesheet href=' + %s + '>');",
]
SCRIPTS = [
    *(
        "define();",
        "require();",
        "$();",
        "$()();",
        "import();",
        "new Worker();",
        "eval;",
        "a[0]();",
    ),
    *("addEventListener('message');", "on('message', x.y.z);", "on('message', () => 1);", "[]();"),
    *("setTimeout();", "APP;", "APP();", "APP.data;", "APP..x;", "console;", "console[1]();"),
    *("Object.assign();", "x.click();", "x.trigger();", "open('GET', '', false);", "[].join();"),
    *("['a', b].join('\ud7ff');", "'\\ud83d';", "'\\u{110000}';", "'\\u{ffffff}';", "`${`${1}`}`;"),
    *("tag`\\u`;", "({ async: false, [x]: 1, ...y });", "document.head.append();", "x = = 1;", "{"),
    *(
        "<b>",
        "#!x",
        "@x",
        "'",
        "`",
        "/*",
        "// if (a) {",
        "\0",
        "\u2028",
        "export default 1;",
        "(((",
    ),
    *(
        "$('head').append();",
        "createElement();",
        "window.window.x = y;",
        "EventTarget.prototype.x=1;",
    ),
]


def odd_scripts() -> Iterator[str]:
    yield from SCRIPTS
    for one in ADDRESSES:
        yield from (statement % json.dumps(one) for statement in STATEMENTS)


def test_odd_styles_addresses_and_code_are_judged() -> None:
    """Each in a file of its own, so that one of them spoils no other."""
    styles = {f"odd/{number}.css": one for number, one in enumerate(STYLES)}
    scripts = {f"odd/{number}.js": one for number, one in enumerate(odd_scripts())}

    assert judged(styles | scripts).findings


def pieces(of: list[str]) -> st.SearchStrategy[str]:
    strange = st.text(st.characters(exclude_categories=["Cs"]), max_size=4)
    return st.lists(st.sampled_from(of) | strange, max_size=10).map("".join)


MARKS = [
    "{",
    "}",
    ",",
    ":",
    ";",
    "(",
    ")",
    "[",
    "]",
    '"',
    "'",
    "//",
    "/*",
    "*/",
    ".",
    "#",
    "@",
    "=",
]


@given(style=pieces([*STYLES, *MARKS]))
@settings(max_examples=50, deadline=None)
def test_any_style_sheet_is_judged(style: str) -> None:
    judged({"style.css": STYLE + style})


@given(script=pieces([*odd_scripts(), *MARKS, "function () {", "() => {"]))
@settings(max_examples=50, deadline=None)
def test_any_script_is_judged(script: str) -> None:
    judged({"script.js": on_save(script), "lib/parcels.js": script})


DEEP: Any = "images/a.svg"
for _ in range(15):
    DEEP = {"light": DEEP, "dark": [None]}
SHAPES: list[Any] = [None, -1, "", [], {}, [[None]], {"": ""}, DEEP]
ODD: list[Any] = [
    *SHAPES,
    *(True, False, 0, 1.5, 1e300, 10**4000, "\0", "/", ".", "\u202e\x00", "a." * 500, ["x", 1]),
    *("\ud83d", ["\udfff"], {"\ud800": 1}, "widget.name", "en", ["en"], {"en": ["/images/x"]}),
]
JSON = st.recursive(
    st.sampled_from(ODD) | st.text(max_size=6) | st.floats() | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)
ITEM = {"title": "widget.name", "icon": {"light": "images/a.svg", "dark": "/images/b.svg"}}
FULL: dict[str, Any] = json.loads(
    manifest(
        ("lcard-1", "settings", "widget_page", "advanced_settings", "ai_agent", "digital_pipeline"),
        left_menu={"parcels": ITEM | {"sort": {"after": "leads"}, "submenu": {"all": ITEM}}},
        advanced={"title": "widget.name"},
        dp={"settings": {}, "action_multiple": True},
        settings={"depot": {"name": "widget.name", "type": "text", "required": True}},
    )
)
DRAWINGS: Files = {"images/a.svg": svg("#808080"), "images/b.svg": svg("#808080")}


def places(document: Any, above: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Return the ways to all that a document says."""
    inner: Any = ()
    if isinstance(document, dict):
        inner = document.items()
    elif isinstance(document, list):
        inner = enumerate(document)
    for key, one in inner:
        yield (*above, key)
        yield from places(one, (*above, key))


def changed(document: Any, place: tuple[str | int, ...], value: Any) -> Any:
    if not place:
        return value
    inner: Any = document.copy()
    inner[place[0]] = changed(inner[place[0]], place[1:], value)
    return inner


@pytest.mark.parametrize("odd", SHAPES, ids=lambda odd: ascii(odd)[:12])
def test_a_manifest_of_another_shape_in_any_place_is_judged(odd: Any) -> None:
    for place in places(FULL):
        raw = json.dumps(changed(FULL, place, odd))
        judged({"manifest.json": raw, **DRAWINGS}, are_sources_sound=True)


@given(value=JSON, place=st.sampled_from(list(places(FULL))), texts=JSON)
@settings(max_examples=50, deadline=None)
def test_a_manifest_and_texts_with_anything_in_them_are_judged(
    value: Any, place: tuple[str | int, ...], texts: Any
) -> None:
    said = {"widget": {"name": texts}, "page": texts}
    changes: Files = {
        "manifest.json": json.dumps(changed(FULL, place, value)),
        "i18n/en.json": json.dumps(said),
        "i18n/es.json": json.dumps(texts),
    }
    judged({**changes, **DRAWINGS}, are_sources_sound=True)


PNG = png(130, 100)
SVGS = [
    *(
        "<svg",
        "<svg>",
        "</svg>",
        "<text",
        "<image ",
        "fill=",
        "stroke:",
        "#fff",
        "#ffffff",
        "white",
    ),
    *("currentColor", "stop-color='#FFF'", 'fill="#12', "<!--", "]]>", "\0", "\ufeff", "&#x0;"),
]


@given(
    drawing=pieces(SVGS),
    at=st.integers(0, len(PNG)),
    other=st.binary(max_size=12),
)
@example(drawing="<svg>", at=8, other=b"\0\0\0\0IHDR")
@settings(max_examples=50, deadline=None)
def test_any_picture_is_judged(drawing: str, at: int, other: bytes) -> None:
    broken = PNG[:at] + other + PNG[at + len(other) :]
    names = ("images/logo.png", *(f"images/tour_{one}.png" for one in LANGUAGES))
    cut = dict.fromkeys(names, PNG[:at] + other)
    jpeg = {"images/tour_en.png": b"\xff\xd8\xff" + other + PNG[at:]}
    for pictures in ({"images/logo.png": broken} | jpeg, cut):
        judged({**menu("images/a.svg", a=drawing), **pictures}, are_sources_sound=True)


@given(template=pieces(["<script", "<link href=//", ".css", *ADDRESSES, *MARKS]))
@settings(max_examples=30, deadline=None)
def test_any_template_is_judged(template: str) -> None:
    judged({"a.twig": template, "b.html": template.encode("utf-16")}, are_sources_sound=True)
