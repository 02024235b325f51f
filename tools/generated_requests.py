"""The page that tells what generated requests were answered, written of what `make fuzz` keeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import msgspec

from tools.reference_markdown import page, rows

KEPT = Path(__file__).resolve().parents[1] / "docs" / "reference" / "generated-requests.json"
_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


class KeptRun(msgspec.Struct, frozen=True):
    """What one run was answered, by operation and status."""

    date: str
    statuses: dict[str, dict[str, int]]
    faults: int

    def total(self) -> Counter[str]:
        """Return how often each status came in all."""
        return sum((Counter(one) for one in self.statuses.values()), Counter[str]())


def kept_runs() -> dict[str, KeptRun]:
    """Return the last run that was kept, of each kind of database."""
    if not KEPT.is_file():
        return {}
    return msgspec.json.decode(KEPT.read_bytes(), type=dict[str, KeptRun])


def keep(database: str, run: KeptRun) -> None:
    """Remember a run in place of the last one on that kind of database."""
    text = msgspec.json.encode(kept_runs() | {database: run}, order="deterministic")
    KEPT.write_bytes(msgspec.json.format(text, indent=1) + b"\n")


def share_of_successes(counts: Mapping[str, int]) -> int:
    """Return how many of a hundred requests succeeded, rounded down.

    >>> share_of_successes({"200": 5, "204": 1, "400": 2})
    75
    """
    succeeded = sum(times for status, times in counts.items() if status < "300")
    return succeeded * 100 // sum(counts.values())


def generated_requests_page() -> str:
    """Return the page."""
    runs = kept_runs()
    sections = [_section(name, runs[name]) for name in _NAMES if name in runs]
    return page("Generated requests", _ABOUT, *sections)


def _section(database: str, run: KeptRun) -> str:
    total = run.total()
    table = rows(
        ["operation", "requests", "successes", "statuses"],
        [
            [f"`{label}`", str(sum(one.values())), f"{share_of_successes(one)} %", _told(one)]
            for label, one in run.statuses.items()
        ],
    )
    return (
        f"## On {_NAMES[database]}\n\n"
        f"On {run.date}: {total.total():,} requests, {run.faults} faults. Answers by status:\n"
        f"{_told(total)}.\n\n{table}"
    )


def _told(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{status}: {times:,}" for status, times in sorted(counts.items()))


_ABOUT = """\
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
nothing. A third to half of the requests are wrong by intention, so that the shares of successes
stay well below all. What the dialect takes although its schema does not fit, and why, stands in
`tests/generated/judging.py`.

The tests send some 2,000 of them each time. `make fuzz ARGS="--requests 100000 --write"` sends
more and keeps what it finds; `--database postgresql` does so there, `--seed 7` draws others,
`--only tasks` asks some operations alone."""
