"""Every rule about archives: what breaks it, and what comes close and does not.

Rules of widgets-and-marketplace.md 6.8, and 5.4 row 10.
"""

from collections import Counter
from collections.abc import Mapping

import msgspec
import pytest

from grantway.moderation.checks.checklist import CHECKS, RULES, check
from grantway.moderation.checks.model import Finding, Severity, Surroundings
from grantway.moderation.model import Content
from tests.unit import archive_cases, archive_code_cases
from tests.unit.archive_cases import HOST, Case
from tests.unit.archived import WITH_WIDGET, beside, manifest, on_save, widget
from tests.unit.checked import SOUND, around, with_settings

ICON = "images/a.svg"
CASES = (*archive_cases.CASES, *archive_code_cases.CASES)


def fired(rule: str, surroundings: Surroundings, content: Content = WITH_WIDGET) -> list[Finding]:
    return [one for one in check(content, surroundings).findings if one.rule == rule]


def test_a_sound_widget_breaks_no_rule() -> None:
    assert check(WITH_WIDGET, beside()).findings == ()


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, id=f"{case.rule} {number}") for number, case in enumerate(CASES)],
)
def test_a_rule_fires_where_it_is_broken_and_not_where_it_is_nearly(case: Case) -> None:
    found = fired(case.rule, beside(case.broken), case.content)

    assert case.place in {one.place for one in found}
    assert all(one.text for one in found)
    assert case.place not in {one.place for one in fired(case.rule, beside(case.sound))}


def test_no_rule_of_the_machine_is_without_an_example() -> None:
    ours = {one.rule.id for one in CHECKS if one.look_inside}

    assert {case.rule for case in CASES} == ours


def test_the_machine_decides_where_the_contract_lets_it_and_points_elsewhere() -> None:
    ours = {one.rule.id for one in CHECKS if one.look_inside}
    decided = {rule.id for rule in RULES if rule.severity is Severity.ERROR} & ours

    assert decided == {
        *("I1", "I5", "I6", "I7", "T7"),
        *("A4", "A6", "A8", "A9", "A10", "A11", "A12", "A13"),
        *("F1", "F3", "F4", "J1", "S1", "S2", "S4", "E1", "E2", "E3", "E6", "B4"),
    }
    assert ours - decided == {"G9", "A2", "A3", "A7", "A14", "F2", "J2", "S3", "E4", "E5"} | {
        *("B1", "B3", "B5"),
    }


def test_without_a_widget_nothing_is_asked_of_an_archive() -> None:
    rules = {one.rule for one in check(SOUND, around()).findings}

    assert rules == set()
    (missing,) = fired("A6", around())
    assert missing.place == "archive"


def test_what_repeats_itself_in_a_file_is_told_a_few_times() -> None:
    found = fired("A10", beside({"script.js": widget("console.log(1);\n" * 12)}))

    assert len(found) == 5
    assert found[-1].text.endswith("(and 7 more in this file)")


def test_what_repeats_itself_in_many_files_is_told_up_to_a_number() -> None:
    many = {f"lib/a{number}.js": "alert(1);\n" for number in range(60)}
    found = fired("A8", beside(many))

    assert len(found) == 40
    assert found[-1].text.endswith("(and there is more in other places)")


@pytest.mark.parametrize(
    ("rule", "sure", "hint"),
    [
        ("A9", 'new Function("return that")();', 'new Function("return this")();'),
        ("A9", "window.eval(1);", "self.parser.formula.eval(1);"),
        ("A10", "console.log(1);", "console.debug(1);"),
        ("A8", "alert(1);", 'self.load("https://127.0.0.1/");'),
        ("A12", "APP.lang_id = 1;", "APP.x();"),
        ("E1", '$("head").append("<style>");', '$("head").append(card);'),
        ("E2", f'$.getScript("{HOST}");', "$.getScript(card);"),
    ],
)
def test_what_may_be_honest_is_a_hint(rule: str, sure: str, hint: str) -> None:
    found = [
        {one.severity for one in fired(rule, beside({"script.js": on_save(body)}))}
        for body in (sure, hint)
    ]

    assert found == [{Severity.ERROR}, {Severity.WARNING}]


class Counted(dict[str, bytes]):
    """Files that count how often each is read."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__(files)
        self.times = Counter[str]()

    def __getitem__(self, path: str) -> bytes:
        self.times[path] += 1
        return super().__getitem__(path)


def test_an_icon_is_looked_at_as_often_for_five_hundred_items_as_for_one() -> None:
    """A small manifest has hundreds, and whoever looks holds up others (S-132)."""
    times, found = [], []
    for number in (1, 500):
        items = {str(at): {"title": "widget.name", "icon": ICON} for at in range(number)}
        raw = manifest(("lcard-1", "widget_page"), left_menu=items)
        surroundings = beside({"manifest.json": raw, ICON: '<svg><path fill="#000"/></svg>\n'})
        assert surroundings.archive is not None
        files = Counted(surroundings.archive.files)
        counted = msgspec.structs.replace(surroundings.archive, files=files)
        found.append(fired("I7", msgspec.structs.replace(surroundings, archive=counted)))
        times.append(files.times[ICON])

    assert times[0] == times[1] > 0
    assert len(found[0]) == 1
    assert found[0] == found[1]


def test_rules_about_widgets_are_for_integrations_with_one() -> None:
    concerned = {one.rule.id for one in CHECKS if one.concerns(with_settings(has_widget=True))}
    without = {one.rule.id for one in CHECKS if one.concerns(SOUND)}

    assert {"A9", "B1", "B2", "B6", "B7", "B8", "S1"} <= concerned - without
    assert {"A1", "A5", "G6", "I1", "I5"} <= without
