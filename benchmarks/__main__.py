"""`make bench`, or of some parts: `make bench ARGS="pages --quick"`."""

from __future__ import annotations

import argparse
import sys
import time

from benchmarks import (
    archives,
    card,
    entities,
    flatness,
    importing,
    installs,
    marketplace,
    pages,
    refresh,
    start,
    writes,
)
from benchmarks.processes import Fault
from benchmarks.reports import FOLDER, Goal

PARTS = {
    "pages": pages.report,
    "refresh": refresh.report,
    "writes": writes.report,
    "flatness": flatness.report,
    "entities": entities.report,
    "importing": importing.report,
    "marketplace": marketplace.report,
    "archives": archives.report,
    "card": card.report,
    "installs": installs.report,
    "start": start.report,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    given = parser.parse_args()
    if unknown := set(given.parts) - set(PARTS):
        parser.error(
            f"no part is called {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}"
        )
    goals: list[Goal] = []
    for name in given.parts or PARTS:
        started = time.monotonic()
        print(f"{name} ...", flush=True)
        try:
            report = PARTS[name](quick=given.quick)
        except Fault as fault:
            print(f"{name}: {fault}", file=sys.stderr)
            return 1
        file = report.write(quick=given.quick)
        seconds = time.monotonic() - started
        print(f"  {seconds:.0f} s, written to {file.relative_to(FOLDER.parents[1])}")
        if warning := report.noise():
            print(f"  warning: {warning}")
        goals += report.goals
    print("\nGoals")
    for goal in goals:
        print(f"  {goal}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
