"""No content makes a check fail, or take long, whoever wrote it."""

import time
from typing import NoReturn

import msgspec
import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from grantway.integrations.model import LANGUAGES
from grantway.moderation.checks.checklist import check, human_rules
from grantway.moderation.checks.model import Finding, Severity
from grantway.moderation.checks.outputs import as_json, as_sarif, as_text
from grantway.moderation.model import Content, Presentation, encoded, hash_of
from tests.unit.checked import AROUND, SOUND, around, with_texts

# What texts are made of that rules look at, so that chance puts them together.
PIECES = st.sampled_from(
    [
        *("<", ">", "</", "<a", "<b>", "</b>", "<br/>", ' href="', "='", '"', "&#", "&lt;", "<!--"),
        *("http://", "https://", "[", "]", "[::1", ":", ":x", "@", "//", "?lang=", "#", "%", "\\"),
        *(" via ", "Grantway", "grant way", "free", "day", "$", "5", "+7 495", "password", ".ru"),
        *("xn--", ".", " ", "\n", "й", "ş", "😀", "\u0301", "\u200b"),
    ]
)
TEXTS = st.lists(
    PIECES | st.text(st.characters(exclude_categories=["Cs"]), max_size=8), max_size=12
).map("".join)


def presentations(language: str) -> st.SearchStrategy[Presentation]:
    fields = {
        name: TEXTS
        for name in Presentation.__struct_fields__
        if name not in {"language", "gallery"}
    }
    return st.builds(
        Presentation,
        language=st.just(language),
        gallery=st.lists(TEXTS, max_size=7).map(tuple),
        **fields,
    )


@st.composite
def contents(draw: st.DrawFn) -> Content:
    """Return anything with texts in its main language, the texts being whatever they are."""
    languages = draw(
        st.lists(st.sampled_from(list(LANGUAGES)), min_size=1, max_size=2, unique=True)
    )
    return Content(
        language=draw(st.sampled_from(languages)),
        presentations=tuple(draw(presentations(one)) for one in sorted(languages)),
        redirect_uri=draw(TEXTS),
        revoke_hook_uri=draw(TEXTS),
        scopes=tuple(draw(st.lists(TEXTS, max_size=3))),
        owner_name=draw(TEXTS),
        owner_uri=draw(TEXTS),
        has_widget=draw(st.booleans()),
        price=draw(st.sampled_from(["free", "external", "", "$5"])),
    )


@given(content=contents(), host=TEXTS)
@settings(max_examples=100, deadline=None)
def test_any_content_is_checked_and_its_report_written(content: Content, host: str) -> None:
    report = check(content, around(host_names=("Grantway", host)))

    assert report.content_hash == hash_of(encoded(content))
    assert human_rules(content)
    for document in (as_json(report), as_sarif(report)):
        msgspec.json.decode(document)
    assert as_text(report)


@pytest.mark.parametrize(
    "piece",
    [
        *("<", "<a ", "<a href=", '<a href="', "<b>", "</b>", "<a href='x' ", "&#", "&lt;", "<!--"),
        *("a", " ", "\n", "-", "1", "1.", "@", "https://", "https://a.example ", "http://["),
        *("$", "free day. ", "Grantway support. ", "grant way ", "password ", "+7", "+7 ("),
    ],
)
def test_a_text_as_long_as_can_be_stored_is_checked_at_once(piece: str) -> None:
    text = piece * (65_000 // len(piece))
    content = with_texts(description=text, instructions=f"{text}.")
    started = time.perf_counter()

    report = check(content, AROUND)

    # A pattern that went over such a text again and again would take minutes.
    assert time.perf_counter() - started < 5
    assert len(report.findings) < 100
    assert check(SOUND, AROUND).findings == ()


class Broken(tuple[str]):
    """Stands for a fault of ours: whoever reads it meets an error that nobody expected."""

    __slots__ = ()

    def __iter__(self) -> NoReturn:
        raise LookupError


def test_a_rule_that_cannot_be_judged_is_left_to_a_moderator_and_stops_no_other() -> None:
    content = with_texts(short_description="")
    with structlog.testing.capture_logs() as logged:
        report = check(content, around(archive_of_others=Broken()))
        sound = check(content, around())

    (one,) = [one for one in report.findings if one.rule == "G6"]
    assert one == Finding(
        rule="G6",
        severity=Severity.WARNING,
        text="The machine could not judge this rule: a moderator does",
    )
    assert [one for one in report.findings if one.rule != "G6"] == list(sound.findings) != []
    (line,) = logged
    assert (line["event"], line["rule"]) == ("checklist.failed", "G6")
    assert line["content"] == report.content_hash
