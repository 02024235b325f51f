"""Take published clients, unmodified, through their use of a running demo: `make test-clients`.

The drivers are not ours to give away with the project. Where their folder is
missing this says so and is content.
"""

import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click

from tests.clients.drivers import DRIVERS, Driver
from tests.clients.environments import ROOT, CannotInstall, Place, prepare
from tests.clients.running import Outcome, run
from tests.demos import GRANTWAY, RunningDemo, clean_environment, running_demo
from tools.install import alone

SCRIPTS = Path(os.environ.get("GRANTWAY_CLIENT_DRIVERS", ROOT.parent / "shared" / "clients"))
RECORD = ROOT / "docs" / "reference" / "drivers.json"

# The domain is the one that clients have compiled in; drivers lead it to the demo's port.
DEMO = ("--domain", "kommo.com", "--tls", "--public-port", "443", "--no-limits", "--no-example")


def fresh_code(demo: RunningDemo) -> str:
    whose = ("--account", demo.keys["account"], "--integration", demo.keys["client_id"])
    done = subprocess.run(
        [*GRANTWAY, "code", *whose, "--data", str(demo.data)],
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def told(demo: RunningDemo) -> dict[str, str]:
    """Return what a driver reads from its environment."""
    keys = demo.keys
    return clean_environment(
        SUBDOMAIN=keys["account"],
        CLIENT_ID=keys["client_id"],
        CLIENT_SECRET=keys["client_secret"],
        REDIRECT_URI=keys["redirect_uri"],
        AUTH_CODE=fresh_code(demo),
        LONG_LIVED_TOKEN=keys["long_lived_token"],
        REVOKED_TOKEN=keys["revoked_token"],
        CA_BUNDLE=demo.ready["ca_file"],
        PORT=str(demo.ready["port"]),
        PAUSE="0",
        CHECK_CONSENT_PAGE="1",
    )


def prepare_all(drivers: Iterable[Driver]) -> dict[str, Place | CannotInstall]:
    """Install all clients, two at once; those that cannot be had say why."""

    def one(driver: Driver) -> Place | CannotInstall:
        try:
            return prepare(driver)
        except CannotInstall as reason:
            return reason

    chosen = list(drivers)
    with alone(), ThreadPoolExecutor(2) as installers:
        return dict(
            zip((driver.script for driver in chosen), installers.map(one, chosen), strict=True)
        )


def outcomes(drivers: list[Driver]) -> list[Outcome]:
    """Run the drivers one after another against one demo, telling each as it ends."""
    places = prepare_all(drivers)
    found = []
    with tempfile.TemporaryDirectory() as folder:
        data = ("--data", str(Path(folder, "data")))
        with running_demo(Path(folder), *DEMO, *data) as demo:
            for driver in drivers:
                place = places[driver.script]
                script = SCRIPTS / driver.script
                if isinstance(place, CannotInstall):
                    outcome = Outcome(driver, why=str(place))
                elif not script.is_file():
                    outcome = Outcome(driver, why="there is no such driver")
                else:
                    outcome = run(script, driver, place, told(demo))
                found.append(outcome)
                click.echo(f"  {driver.name:<24} {outcome.line}")
                for line in (*outcome.failed, *outcome.known, *outcome.skipped):
                    click.echo(f"      {line}")
    return found


def strays() -> list[str]:
    """Return the drivers in the folder that nobody told us how to run."""
    there = {path.name for path in SCRIPTS.glob("*_driver.*")}
    return sorted(there - {driver.script for driver in DRIVERS})


def write(found: list[Outcome]) -> None:
    """Keep the outcome for the page about coverage."""
    rows = [
        {
            "driver": one.driver.script,
            "client": one.driver.shown_client[0],
            "version": one.driver.shown_client[1],
            "language": one.driver.language,
            "passed": one.passed,
            "failed": len(one.failed),
            "known": one.known,
            "skipped": len(one.skipped),
            "why": one.why,
        }
        for one in found
    ]
    today = dt.datetime.now(dt.UTC).date().isoformat()
    RECORD.write_text(json.dumps({"date": today, "drivers": rows}, indent=2) + "\n", "utf-8")


def closing(found: list[Outcome]) -> str:
    verdicts = [one.verdict for one in found]
    counted = ", ".join(
        f"{verdicts.count(word)} {word}" for word in ("passed", "failed", "skipped")
    )
    steps = (
        f"{sum(one.passed for one in found)} passed",
        f"{sum(len(one.failed) for one in found)} failed",
        f"{sum(len(one.known) for one in found)} failed as they must",
    )
    return f"{len(found)} drivers: {counted}; steps: {', '.join(steps)}."


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--write", "is_kept", is_flag=True, help=f"Write {RECORD.relative_to(ROOT)}.")
def main(names: tuple[str, ...], *, is_kept: bool) -> None:
    """Run all drivers, or those of these names."""
    if not SCRIPTS.is_dir():
        click.echo(f"No drivers of clients in {SCRIPTS}; GRANTWAY_CLIENT_DRIVERS names another.")
        return
    drivers = [one for one in DRIVERS if not names or one.name in names]
    if unknown := set(names) - {one.name for one in DRIVERS}:
        raise click.UsageError(f"no such drivers: {', '.join(sorted(unknown))}")
    if names and is_kept:
        raise click.UsageError("--write is for a run of all drivers")
    found = outcomes(drivers)
    for script in strays():
        click.echo(f"  {script:<24} skipped: it has no row in tests/clients/drivers.py")
    click.echo(closing(found))
    if is_kept:
        write(found)
    sys.exit(any(one.verdict == "failed" for one in found))


if __name__ == "__main__":
    main()
