"""What a driver prints is counted: nothing that did not pass may look as if it had."""

import pytest

from tests.clients.drivers import DRIVERS, Driver
from tests.clients.environments import CannotInstall, find_python
from tests.clients.running import judge

DRIVER = Driver("one_driver.py", "Python", ("one==1",), known={"old": "contradicts a rule"})
GOOD = "ok read\nok write\n"


@pytest.mark.parametrize(
    ("status", "printed", "verdict", "line"),
    [
        (0, GOOD, "passed", "steps: 2 passed"),
        (0, GOOD + "skip page: no PHP\n", "passed", "steps: 2 passed, 1 skipped"),
        (1, GOOD + "FAIL write: HTTP 404\n", "failed", "steps: 2 passed, 1 failed"),
        (
            1,
            GOOD + "FAIL old: accepted\n",
            "passed",
            "steps: 2 passed, 1 failed as they must",
        ),
        (77, "skip all: no client\n", "skipped", "skipped: no client"),
    ],
)
def test_the_lines_are_counted(status: int, printed: str, verdict: str, line: str) -> None:
    outcome = judge(DRIVER, status, printed, "")

    assert (outcome.verdict, outcome.line) == (verdict, line)


@pytest.mark.parametrize(
    ("status", "printed", "why"),
    [
        (1, GOOD, "ended with status 1: Boom"),
        (-9, GOOD + "FAIL write: HTTP 404\n", "ended with status -9: Boom"),
        (0, "", "tried nothing: Boom"),
        (0, GOOD + "ok old\n", "old: passes, and is listed as one that cannot"),
        (1, "skip all: no client\n", "ended with status 1: Boom"),
    ],
)
def test_what_ends_otherwise_than_its_lines_say_has_failed(
    status: int, printed: str, why: str
) -> None:
    outcome = judge(DRIVER, status, printed, "Traceback\nBoom\n")

    assert outcome.verdict == "failed"
    assert why in outcome.failed


def test_a_python_that_does_not_exist_is_not_found() -> None:
    assert find_python((3, 11))
    with pytest.raises(CannotInstall, match=r"Python 3\.99 or newer was not found"):
        find_python((3, 99))


def test_drivers_have_names_of_their_own() -> None:
    assert len({driver.name for driver in DRIVERS}) == len(DRIVERS)
