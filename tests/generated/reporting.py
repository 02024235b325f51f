"""The page of the reference that tells what generated requests were answered."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec

from tests.generated.running import Tally

_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


class KeptRun(msgspec.Struct, frozen=True):
    """What one run was answered, by operation and status."""

    date: str
    statuses: dict[str, dict[str, int]]
    faults: int

    def total(self) -> Counter[str]:
        """Return how often each status came in all."""
        return sum((Counter(one) for one in self.statuses.values()), Counter[str]())


class Kept(msgspec.Struct):
    """The last run that was kept, of each kind of database."""

    runs: dict[str, KeptRun] = {}

    @classmethod
    def read(cls, path: Path) -> Kept:
        return msgspec.json.decode(path.read_bytes(), type=cls) if path.is_file() else cls()

    def write(self, path: Path) -> None:
        text = msgspec.json.format(msgspec.json.encode(self, order="deterministic"), indent=1)
        path.write_bytes(text + b"\n")

    def keep(self, database: str, date: str, tally: Tally) -> None:
        """Remember a run in place of the last one on that kind of database."""
        statuses = {
            label: {str(status): times for status, times in sorted(one.statuses.items())}
            for label, one in tally.counted.items()
        }
        faults = sum(one.times for one in tally.faults.values())
        self.runs[database] = KeptRun(date, statuses, faults)


def page(kept: Kept) -> str:
    """Return the page."""
    return _HEAD + "".join(_section(name, run) for name, run in sorted(kept.runs.items())[::-1])


def _section(database: str, run: KeptRun) -> str:
    total = run.total()
    rows = "".join(_row(label, Counter(one)) for label, one in run.statuses.items())
    return (
        f"\n## On {_NAMES[database]}: {total.total():,} requests on {run.date}, "
        f"{run.faults} faults\n\n"
        f"{_told(total)}.\n\n"
        "| operation | requests | successes | statuses |\n|---|--:|--:|---|\n" + rows
    )


def _row(label: str, counts: Counter[str]) -> str:
    return f"| `{label}` | {counts.total():,} | {_share(counts)} | {_told(counts)} |\n"


def _share(counts: Counter[str]) -> str:
    succeeded = sum(times for status, times in counts.items() if status < "300")
    return f"{succeeded * 100 // counts.total()} %"


def _told(counts: Counter[str]) -> str:
    return ", ".join(f"{status}: {times:,}" for status, times in sorted(counts.items()))


_HEAD = """\
# Generated requests

<!-- Written by `make fuzz ARGS="--write"`. Do not edit. -->

Requests are drawn from the OpenAPI document and sent to every operation, with a real token, to an
account that has something of everything. No answer may be a server error, and each must be as the
document tells: status, content type, headers, and every member of the body. What the document
forbids must not be taken, and what it allows must not be refused for its shape.

- Half of them lie at the edges, as [Schemathesis](https://schemathesis.io/) draws them: each part
  of a request at its bounds and beyond, of other types, missing.
- Three of ten are honest: the operation's example, about things that exist, with some members
  drawn.
- One of eight is twisted, an honest request whose bytes are wrong: NUL, halves of characters,
  `1e400`, deep nesting, a member twice, huge pages, ids beyond every integer.
- The rest is anything, by Schemathesis and Hypothesis: half as the document tells, half not.

Ids of what exists take the place of most that are drawn; otherwise every request would be about
nothing. A third to half of the requests are wrong by intention, so that the shares of successes stay
well below all. What the dialect takes although its schema does not fit, and why, stands in
`tests/generated/judging.py`.

CI sends 2,500 of them each time. `make fuzz ARGS="--requests 100000 --write"` sends more and writes
this page; `--database postgresql` does so there, `--seed 7` draws others, `--only tasks` asks some
operations alone.
"""
