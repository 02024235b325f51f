"""Send generated requests to every operation of the API: `make fuzz ARGS="--requests 100000"`.

With `--write` the results are kept, for the reference to tell: `python -m tools.reference`.
"""

import datetime as dt
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

import click

from tests.generated.platforms import databases
from tests.generated.running import Tally, one_run
from tools.generated_requests import KeptRun, keep

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
        statuses = {
            label: {str(status): times for status, times in sorted(one.statuses.items())}
            for label, one in tally.counted.items()
        }
        faults = sum(one.times for one in tally.faults.values())
        keep(database, KeptRun(date, statuses, faults))
    sys.exit(1 if tally.faults else 0)


if __name__ == "__main__":
    main()
