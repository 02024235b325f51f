"""Send generated requests to every operation of the API: `make fuzz ARGS="--requests 100000"`.

With `--write` the results stay in `docs/reference/generated-requests.md`.
"""

import datetime as dt
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

import click

from tests.generated.platforms import databases
from tests.generated.reporting import Kept, page
from tests.generated.running import Tally, one_run

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"
SPAWN = get_context("spawn")  # a fork would share the threads of the command's own process
_A_RUN = 12_500
"""After how many requests an account begins anew, so that lists stay quick to read."""


def tell(tally: Tally) -> None:
    """Print what was wrong, with a request that shows it."""
    for one in tally.faults.values():
        click.echo(f"{one.operation} ({one.times} times): {one.title}")
        click.echo(f"    sent      {one.request}\n    answered  {one.answer}")


@click.command(help=__doc__)
@click.option("--requests", default=3_000, show_default=True, help="How many to send in all.")
@click.option("--database", type=click.Choice(["sqlite", "postgresql"]), default="sqlite")
@click.option("--seed", default=1, show_default=True, help="Another one draws other requests.")
@click.option("--only", default="", help="Only operations in whose method and path this occurs.")
@click.option("--processes", default=2, show_default=True, help="How many runs at once.")
@click.option("--write", is_flag=True, help="Keep the results in the reference.")
def main(
    requests: int, database: str, seed: int, only: str, processes: int, *, write: bool
) -> None:
    """Run, and tell what was found; the exit status says whether anything was."""
    date = dt.datetime.now(dt.UTC).date().isoformat()  # of the page alone
    runs = -(-requests // _A_RUN)
    tally = Tally()
    with databases(database) as urls, ProcessPoolExecutor(processes, SPAWN) as pool:
        begun = [
            pool.submit(one_run, next(urls), seed + n, -(-requests // runs), only)
            for n in range(runs)
        ]
        for n, one in enumerate(as_completed(begun), start=1):
            found = one.result()
            click.echo(f"run {n} of {runs}: {found.requests} requests")
            tell(found)
            tally.add(found)
    for label in tally.counted:
        click.echo(tally.line(label))
    click.echo(f"{tally.requests} requests, {len(tally.faults)} kinds of faults")
    if write:
        kept = Kept.read(REFERENCE / "generated-requests.json")
        kept.keep(database, date, tally)
        kept.write(REFERENCE / "generated-requests.json")
        (REFERENCE / "generated-requests.md").write_text(page(kept))
    sys.exit(1 if tally.faults else 0)


if __name__ == "__main__":
    main()
