"""`grantway widget`: check an archive without a platform, upload one, see what is uploaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from grantway.cli.output import moment, print_json, print_one, print_rows
from grantway.cli.target import Store, administrator, with_store
from grantway.cli.widget_report import ArchiveReport, as_json, as_sarif, as_text, summary
from grantway.moderation import archives
from grantway.widgets import service as widgets
from grantway.widgets.archives.errors import ArchiveRefused
from grantway.widgets.archives.model import LIMITS
from grantway.widgets.archives.reading import read_archive

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_ACCOUNT = click.option("--account", required=True, metavar="SUBDOMAIN", help="Whose it is.")


@click.group("widget")
def widget() -> None:
    """Widgets: archives of code that integrations bring into the workspace."""


@widget.command("check")
@click.argument("file", type=_FILE)
@click.option("--json", "is_json", is_flag=True, help="Print JSON.")
@click.option("--sarif", "is_sarif", is_flag=True, help="Print SARIF, which code hosts read.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the report into this file.",
)
@click.option(
    "--folder",
    default="",
    metavar="PATH",
    help="Where its files are in your repository: stands before their paths in the report.",
)
@click.option("--strict", is_flag=True, help="Let warnings fail, too.")
@click.pass_context
def check(
    context: click.Context,
    *,
    file: Path,
    is_json: bool,
    is_sarif: bool,
    output: Path | None,
    folder: str,
    strict: bool,
) -> None:
    """Check an archive as an upload does, without a platform.

    What it says of a file that can be uploaded are warnings. Exit status: 0 it can be
    uploaded; 1 it cannot; 2 wrong use, or a file that cannot be read.

    \b
    Example:  grantway widget check widget.zip
              grantway widget check widget.zip --sarif --folder widget --output widget.sarif
    """
    report = _report(_read(file), folder)
    write = as_json if is_json else as_sarif if is_sarif else as_text
    document = write(report)
    if output is None:
        click.echo(document, nl=False)
    else:
        try:
            output.write_text(document, "utf-8")
        except OSError as error:
            raise click.BadParameter(str(error.strerror), param_hint="--output") from error
        click.echo(summary(report))
    context.exit(1 if report.errors or (strict and report.warnings) else 0)


@widget.command("upload")
@click.argument("file", type=_FILE)
@click.argument("client_id")
@_ACCOUNT
@click.option(
    "--as", "email", metavar="EMAIL", help="The administrator who does it; else the first one."
)
@with_store
async def upload(
    store: Store, *, file: Path, client_id: str, account: str, email: str | None, as_json: bool
) -> None:
    """Upload an archive: a private integration works by it at once, a public one's draft has it.

    \b
    Example:  grantway widget upload widget.zip 0f3c9a52-… --account acme
    """
    try:
        archive = read_archive(_read(file))
    except ArchiveRefused as error:
        click.echo(as_text(ArchiveReport(errors=error.faults)), nl=False, err=True)
        raise
    async with store.db.write() as tx:
        _, actor = await administrator(tx, account, email)
        made = await archives.upload(tx, actor, client_id, archive, store.now(), rules=store.rules)
    shown = {
        "code": made.code,
        "number": made.number,
        "version": made.manifest.version,
        "is_new": made.is_new,
        "content_hash": made.content_hash,
    }
    if as_json:
        print_json({**shown, "warnings": made.warnings})
        return
    print_one(shown, as_json=False)
    if made.warnings:
        click.echo(as_text(ArchiveReport(warnings=made.warnings)), nl=False)


@widget.command("show")
@click.argument("client_id")
@_ACCOUNT
@with_store
async def show(store: Store, *, client_id: str, account: str, as_json: bool) -> None:
    """Show what is uploaded: in force, or of a public integration in its newest version.

    \b
    Example:  grantway widget show 0f3c9a52-… --account acme
    """
    async with store.db.read() as reader:
        _, actor = await administrator(reader, account, None)
        found = await archives.newest(reader, actor, client_id)
        if found is None:
            raise click.ClickException("no archive was uploaded for this integration")
        code = await widgets.code_of(reader, actor.account_id, client_id)
        files = await widgets.files_of(reader, found)
    manifest = found.manifest
    shown: dict[str, Any] = {
        "code": code,
        "number": found.number,
        "version": manifest.version,
        "locations": ", ".join(manifest.locations),
        "languages": ", ".join(manifest.locale),
        "settings": ", ".join(one.code for one in manifest.settings),
        "uploaded": moment(found.uploaded_at),
        "published": moment(found.published_at),
        "content_hash": found.content_hash,
    }
    rows = [{"path": one.path, "bytes": one.bytes} for one in files]
    if as_json:
        print_json({**shown, "files": rows, "warnings": found.warnings})
        return
    print_one(shown, as_json=False)
    click.echo()
    print_rows(rows, as_json=False, empty="")


def _read(file: Path) -> bytes:
    """Return what is in the file; of one that is too large, enough to be refused."""
    try:
        with file.open("rb") as opened:
            return opened.read(LIMITS.packed + 1)
    except OSError as error:
        raise click.BadParameter(str(error.strerror), param_hint="FILE") from error


def _report(raw: bytes, folder: str) -> ArchiveReport:
    try:
        found = ArchiveReport(warnings=read_archive(raw).warnings)
    except ArchiveRefused as error:
        found = ArchiveReport(errors=error.faults)
    return found.within(folder)
