"""Take real widgets through their life: `python -m tests.conformance.real_widgets FOLDER`.

The archives are not ours to give away with the project: FOLDER holds zip files, or folders that are
packed as they are, each beginning with its number in `widgets.py`. Others are walked too.
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import QUIET, Served
from tests.conformance.real_widgets.outcomes import Outcome
from tests.conformance.real_widgets.trying import packed, try_widget
from tests.conformance.real_widgets.widgets import number_of
from tests.demos import running_demo
from tools.real_widgets import KEPT, KeptRun, keep
from tools.system_parts import find_chromium


@contextmanager
def chromium() -> Iterator[Browser]:
    path = find_chromium()
    if not path:
        raise click.ClickException("Chromium is missing: `make parts` installs it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


def told(outcome: Outcome, name: str) -> None:
    """Print a line for the widget, and one for each thing that went wrong."""
    verdict = "passed" if outcome.has_passed else "FAILED"
    click.echo(f"{name:<46} {verdict}: {outcome.passed} of {len(outcome.steps)} steps")
    for step, troubles in outcome.steps.items():
        for words in troubles:
            click.echo(f"    {step}: {words}")
    for words in outcome.notes:
        click.echo(f"    its own: {words}")


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--only", type=int, multiple=True, help="Only those of these numbers.")
@click.option("--port", default=0, help="Where the demo listens; 0 picks a port.")
@click.option("--pictures", type=click.Path(path_type=Path), help="Keep pictures of pages here.")
@click.option("--write", "is_kept", is_flag=True, help=f"Keep the results in {KEPT.name}.")
def main(
    folder: Path, *, only: tuple[int, ...], port: int, pictures: Path | None, is_kept: bool
) -> None:
    """Walk all widgets of FOLDER, and tell what became of each."""
    if only and is_kept:
        raise click.UsageError("--write is for a run of all widgets")
    archives = [
        path
        for path in sorted(folder.iterdir())
        if (path.is_dir() or path.suffix == ".zip") and (not only or number_of(path) in only)
    ]
    outcomes: list[Outcome] = []
    with (
        tempfile.TemporaryDirectory() as place,
        running_demo(Path(place), "--no-limits", "--no-example", "--port", str(port)) as demo,
        chromium() as browser,
    ):
        served = Served(demo.ready)
        for path in archives:
            outcome = try_widget(browser, served, path, packed(path), pictures)
            outcomes.append(outcome)
            told(outcome, path.name)
    good = sum(one.has_passed for one in outcomes)
    click.echo(f"{len(outcomes)} widgets: {good} passed, {len(outcomes) - good} failed.")
    if is_kept:
        today = dt.datetime.now(dt.UTC).date().isoformat()
        keep(KeptRun(today, [one.kept for one in outcomes if one.number]))
    sys.exit(good < len(outcomes))


if __name__ == "__main__":
    main()
