"""Run a driver, and judge by its lines what became of it."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.clients.drivers import Driver
from tests.clients.environments import Place

RUN_DEADLINE = 300  # seconds; the longest takes ten, and more when the machine is busy
COULD_NOT_RUN = 77  # a driver's own word for that


@dataclass(slots=True)
class Outcome:
    """What became of a driver's steps; *why* says why it was not run at all."""

    driver: Driver
    passed: int = 0
    failed: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    why: str = ""

    @property
    def verdict(self) -> str:
        """Return `failed`, `skipped` or `passed`: what failed anywhere has not passed."""
        if self.failed:
            return "failed"
        return "skipped" if self.why else "passed"

    @property
    def line(self) -> str:
        """Return the one line about it."""
        if self.why:
            return f"skipped: {self.why}"
        counted = (
            (self.passed, "passed"),
            (len(self.failed), "failed"),
            (len(self.known), "failed as they must"),
            (len(self.skipped), "skipped"),
        )
        return "steps: " + ", ".join(f"{count} {what}" for count, what in counted if count)


def judge(driver: Driver, status: int, printed: str, errors: str) -> Outcome:
    """Return what the lines of a driver say that ended with *status*."""
    outcome = Outcome(driver)
    for line in printed.splitlines():
        _note(outcome, line)
    if outcome.why and status == COULD_NOT_RUN:
        return outcome
    has_failure = bool(outcome.failed or outcome.known)
    said = (errors.strip().splitlines() or ["nothing on standard error"])[-1]
    if status != 0 and not (status == 1 and has_failure):
        outcome.failed.append(f"ended with status {status}: {said}")
    elif not outcome.passed and not has_failure:
        outcome.failed.append(f"tried nothing: {said}")
    return outcome


def _note(outcome: Outcome, line: str) -> None:
    known = outcome.driver.known
    word, _, rest = line.partition(" ")
    name, _, why = rest.partition(": ")
    match word:
        case "ok":
            outcome.passed += 1
            if name in known:
                outcome.failed.append(f"{name}: passes, and is listed as one that cannot")
        case "FAIL" if name in known:
            outcome.known.append(f"{name}: {known[name]}")
        case "FAIL":
            outcome.failed.append(rest)
        case "skip" if name == "all":
            outcome.why = why
        case "skip":
            outcome.skipped.append(rest)


def run(script: Path, driver: Driver, place: Place, environment: Mapping[str, str]) -> Outcome:
    """Run the driver's *script* to its end."""
    try:
        done = subprocess.run(
            [*place.command, str(script)],
            cwd=place.folder,
            env={**environment, **place.environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=RUN_DEADLINE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Outcome(driver, failed=[f"still running after {RUN_DEADLINE} s"])
    except FileNotFoundError:
        return Outcome(driver, why=f"{place.command[0]} was not found")
    return judge(driver, done.returncode, done.stdout, done.stderr)
