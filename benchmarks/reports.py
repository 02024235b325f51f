"""What the parts hand over: tables, goals, and how quiet the machine was."""

from __future__ import annotations

import platform
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import apsw

from benchmarks.load import Round

FOLDER = Path(__file__).parents[1] / "docs" / "benchmarks"
_NOISY = 0.15  # of one core: from here on others disturb what we measure


@dataclass(frozen=True, slots=True)
class Goal:
    """Something promised or asked, what came out, and whether a promise was kept."""

    promise: str
    found: str
    is_reached: bool | None = None

    @property
    def verdict(self) -> str:
        if self.is_reached is None:
            return "stated"
        return "reached" if self.is_reached else "MISSED"

    def __str__(self) -> str:
        return f"{self.verdict:<8} {self.promise}: {self.found}"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text below a head."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]

    def markdown(self) -> str:
        r"""Return the table as Markdown, numbers to the right.

        >>> print(Table(["case", "ms"], [["a", "1"], ["b", "2"]]).markdown())
        | case | ms |
        |---|---:|
        | a | 1 |
        | b | 2 |
        """
        lines = [_line(self.head), "|---|" + "---:|" * (len(self.head) - 1)]
        return "\n".join([*lines, *(_line(row) for row in self.rows)])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


@dataclass(frozen=True, slots=True)
class Report:
    """One part of the benchmark, to be written and to be told."""

    name: str
    title: str
    sections: Sequence[str]
    goals: Sequence[Goal] = ()
    foreign: Sequence[float] = field(default=())

    def noise(self) -> str | None:
        """Return a warning when others worked on the machine meanwhile."""
        noisy = sum(one > _NOISY for one in self.foreign)
        if noisy * 4 <= len(self.foreign):
            return None
        return (
            f"others used the machine in {noisy} of {len(self.foreign)} rounds, "
            f"up to {max(self.foreign):.1f} cores: measure again when it is quiet"
        )

    def markdown(self, *, quick: bool) -> str:
        parts = [f"# {self.title}", _circumstances(quick=quick)]
        if warning := self.noise():
            parts.append(f"**Warning:** {warning}.")
        parts += self.sections
        if self.goals:
            lines = "\n".join(
                f"- {one.promise}: **{one.found}**, {one.verdict.lower()}" for one in self.goals
            )
            parts.append(f"## Goals\n\n{lines}")
        return "\n\n".join(parts) + "\n"

    def write(self, *, quick: bool) -> Path:
        FOLDER.mkdir(parents=True, exist_ok=True)
        file = FOLDER / f"{self.name}.md"
        file.write_text(self.markdown(quick=quick))
        return file


def foreign(rounds: Iterable[Round]) -> list[float]:
    return [one.foreign for one in rounds]


def _circumstances(*, quick: bool) -> str:
    how = "a quick run, good to see that it works and no more" if quick else "a full run"
    return (
        f"Written by `make bench` on {time.strftime('%Y-%m-%d', time.gmtime())}, {how}. "
        f"[How to read it](README.md).  \n"
        f"{_processor()}, Linux {platform.release()}, Python {platform.python_version()}, "
        f"SQLite {apsw.sqlite_lib_version()}."
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()
