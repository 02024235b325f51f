"""What a page complains about is put down to whose fault it is, and what failed is told as such."""

import pytest

from tests.conformance.real_widgets.hearing import Heard, judge_message, place_of, whose_code
from tests.conformance.real_widgets.outcomes import Outcome
from tests.conformance.real_widgets.widgets import WIDGETS, Widget
from tools.real_widgets import KEPT, kept_run

ROOT = "localhost:9400"
HERE = f"http://acme.{ROOT}"
LIBRARY = f"    at e.each ({HERE}/assets/websdk/lib/jquery.js?v=1:1:2)\n"
OF_HOST = f"    at call ({HERE}/assets/websdk/host.js?v=1:3:4)\n"
OF_WIDGET = f"    at render ({HERE}/upl/abc/1/widget/script.js?version=1.0:5:6)\n"


@pytest.mark.parametrize(
    ("stack", "whose"),
    [
        (OF_WIDGET + OF_HOST, "widget"),
        (OF_HOST + OF_WIDGET, "host"),
        (LIBRARY + OF_WIDGET + OF_HOST, "widget"),
        (LIBRARY + OF_HOST + OF_WIDGET, "host"),
        ("    at eval (/upl/abc/1/widget/script.js?version=1:2:3)\n", "widget"),
        ("    at load (https://cdn.example/app.js:1:2)\n", "widget"),
        (LIBRARY, "host"),
        ("", "host"),
    ],
)
def test_who_threw_is_who_stands_above_all_others_but_libraries(stack: str, whose: str) -> None:
    assert whose_code(f"TypeError: no\n{stack}", ROOT) == whose
    told = f"Widget abc: render failed. TypeError: no\n{stack}"
    assert judge_message(told, f"{HERE}/assets/websdk/host.js", ROOT) == whose


@pytest.mark.parametrize(
    ("text", "address", "whose"),
    [
        ("Failed to load resource: 404", f"{HERE}/upl/abc/1/widget/style.css", "network"),
        ("Failed to load resource: net::ERR_FAILED", "https://api.example/", "network"),
        ("Access … has been blocked by CORS policy", f"{HERE}/leads/", "network"),
        ("Connecting to 'https://api.example/' violates …", f"{HERE}/leads/", "network"),
        ("Refused to run the inline script", f"{HERE}/leads/", "host"),
        ("my own words", f"{HERE}/upl/abc/1/widget/script.js", "widget"),
        ("my own words", "https://cdn.example/app.js", "widget"),
    ],
)
def test_a_line_of_the_console_is_of_who_wrote_it(text: str, address: str, whose: str) -> None:
    assert judge_message(text, address, ROOT) == whose


def test_a_place_is_told_without_what_changes_from_upload_to_upload() -> None:
    assert place_of(LIBRARY + OF_WIDGET) == " (script.js:5)"


def test_what_is_known_as_the_widgets_own_is_a_note_and_everything_else_fails() -> None:
    outcome = Outcome(1, Widget("a/b", "c0ffee", own={"^widget: no": "It says no."}))
    outcome.begin("upload")
    outcome.hear("cards", [Heard("widget", "no"), Heard("widget", "no")])
    had_passed = outcome.has_passed
    outcome.hear("cards", [Heard("host", "no")])

    assert (had_passed, outcome.has_passed) == (True, False)
    assert (outcome.notes, outcome.passed) == (["It says no."], 1)
    assert outcome.kept.steps == {"upload": "", "cards": "host: no"}
    assert outcome.kept.verdict == "fails: cards"


def test_nothing_walked_is_nothing_passed() -> None:
    assert not Outcome(1, WIDGETS[1]).has_passed


def test_the_results_that_are_kept_are_of_the_widgets_of_the_table() -> None:
    kept = {one.number: (one.repository, one.commit) for one in kept_run().widgets}

    assert KEPT.is_file()
    assert kept == {
        number: (one.repository, one.commit) for number, one in WIDGETS.items() if number in kept
    }
