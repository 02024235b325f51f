"""`grantway integration check`: the machine's part of the checklist, on a version or on a file."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click
import msgspec

from grantway.accounts import service as accounts
from grantway.cli.integration_file import read_file
from grantway.cli.target import administrator, find_target, opened, target_options
from grantway.integrations import service as integrations
from grantway.marketplace.vetting import report_on
from grantway.moderation import drafts
from grantway.moderation.checks.checklist import check as check_content
from grantway.moderation.checks.gathering import PRODUCT
from grantway.moderation.checks.model import Report, Surroundings
from grantway.moderation.checks.outputs import as_json, as_sarif, as_text, summary
from grantway.pictures.model import STORED_AS, Picture, PictureFacts
from grantway.widgets.archives.errors import ArchiveRefused
from grantway.widgets.archives.model import Archive
from grantway.widgets.archives.reading import read_archive

_WRITE = {"text": as_text, "json": as_json, "sarif": as_sarif}


@click.command("check")
@click.argument("client_id", required=False)
@click.option("--account", metavar="SUBDOMAIN", help="The account that made it.")
@click.option(
    "--file",
    "source",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Check this file in place of a stored version; no platform is needed. "
    "Its pictures are named by their paths beside it.",
)
@click.option(
    "--host-name",
    "host_names",
    multiple=True,
    metavar="NAME",
    help="With --file: what the platform is called, spelled as it spells it. Repeatable.",
)
@click.option(
    "--archive",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="With --file: the archive of its widget.",
)
@click.option("--format", "output_format", type=click.Choice(tuple(_WRITE)), default="text")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the report into this file.",
)
@click.option("--strict", is_flag=True, help="Let warnings fail, too.")
@target_options
@click.pass_context
def check(
    context: click.Context,
    *,
    client_id: str | None,
    account: str | None,
    source: Path | None,
    host_names: tuple[str, ...],
    archive: Path | None,
    output_format: str,
    output: Path | None,
    strict: bool,
    data: str | None,
    database: str | None,
    as_json: bool,
) -> None:
    """Check the newest version of a public integration against the checklist of moderation.

    What only a moderator can judge is not told. Exit status: 0 nothing stands in the
    way of a review; 1 something does, or there is no such integration; 2 wrong use, or
    a file that cannot be read. --json is --format json.

    \b
    Example:  grantway integration check 0f3c9a52-… --account danalabs
              grantway integration check --file integration.json --format sarif --output r.sarif
    """
    if (client_id is None) == (source is None):
        raise click.UsageError("name an integration or a --file, and not both")
    if source is not None:
        if account or data or database:
            raise click.UsageError("a --file is checked without --account, --data and --database")
        report = _check_file(source, host_names, archive)
    else:
        if host_names:
            raise click.UsageError("--host-name is for a --file; a platform knows its name")
        if archive is not None:
            raise click.UsageError("--archive is for a --file; a platform knows the archive")
        report = asyncio.run(_check_stored(client_id or "", account, data, database))
    document = _WRITE["json" if as_json else output_format](report)
    if output is None:
        click.echo(document, nl=False)
    else:
        _save(output, document)
        click.echo(summary(report))
    context.exit(1 if report.errors or (strict and report.warnings) else 0)


def _save(output: Path, document: str) -> None:
    try:
        output.write_text(document, "utf-8")
    except OSError as error:
        raise click.BadParameter(str(error.strerror), param_hint="--output") from error


async def _check_stored(
    client_id: str, account: str | None, data: str | None, database: str | None
) -> Report:
    async with opened(find_target(data, database)) as store, store.db.read() as reader:
        found = await integrations.of_any_account(reader, client_id)
        owner = await accounts.account_by_id(reader, found.account_id)
        _, actor = await administrator(reader, account or owner.subdomain, None)
        if (await integrations.get_own(reader, actor, client_id)).is_private:
            raise click.UsageError("this integration is private, and only public ones are reviewed")
        version = await drafts.newest(reader, actor, client_id)
        return await report_on(reader, version, store.addresses, store.rules)


def _check_file(source: Path, host_names: tuple[str, ...], archive: Path | None) -> Report:
    file = read_file(source)
    drawn, refused = file.pictures()
    widget = None if archive is None else _read_archive(archive)
    content = msgspec.structs.replace(file.content, archive="" if widget is None else widget.hash)
    around = Surroundings(
        pictures={name: _facts(one) for name, one in drawn.items()},
        refused_pictures=refused,
        host_names=(PRODUCT, *host_names),
        archive=widget,
    )
    report = check_content(content, around)
    return msgspec.structs.replace(report, findings=tuple(map(file.placed, report.findings)))


def _read_archive(path: Path) -> Archive:
    try:
        return read_archive(path.read_bytes())
    except ArchiveRefused as error:
        faults = "; ".join(f"{one.path}: {one.detail}" for one in error.faults)
        raise click.BadParameter(f"{error.detail}: {faults}", param_hint="--archive") from error
    except OSError as error:
        raise click.BadParameter(str(error.strerror), param_hint="--archive") from error


def _facts(one: Picture) -> PictureFacts:
    return PictureFacts(STORED_AS, one.width, one.height, one.margin_is_plain, len(one.content))
