"""`grantway crm`: an account's data, moved in and out."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any, BinaryIO

import click
import msgspec

from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.cli.output import moment, print_json, print_rows
from grantway.cli.target import Store, administrator, with_store
from grantway.cli.transfer_files import Input, RefusedRows, Written, output
from grantway.cli.transfer_progress import Shown
from grantway.crm.transfer import exporting, importing
from grantway.crm.transfer.importing import Import
from grantway.crm.transfer.json_stream import read_values
from grantway.crm.transfer.model import KINDS, Maps, Options, Progress, read_maps
from grantway.crm.transfer.rows import read_rows

_ONE = {
    "companies": "company",
    "contacts": "contact",
    "leads": "lead",
    "tasks": "task",
    "notes": "note",
}
_ACCOUNT = click.option("--account", required=True, metavar="SUBDOMAIN")


@click.group()
def crm() -> None:
    """Move an account's data in and out: leads, contacts, companies, tasks and notes."""


@crm.command("export")
@_ACCOUNT
@click.option("--kind", type=click.Choice([*KINDS, "all"]), default="all", show_default=True)
@click.option(
    "--output", "to", default="-", metavar="FILE", help="Default: standard output, which is -."
)
@with_store
async def export(store: Store, *, account: str, kind: str, to: str, as_json: bool) -> None:
    """Write an account's data as lines of JSON, each an entity as the API prints it.

    Companies come first, then contacts, leads, tasks and notes, as an import
    wants them. What is in the bin is written as well and says so.

    \b
    Example:  grantway crm export --account acme --output acme.jsonl
    """
    kinds = KINDS if kind == "all" else (kind,)
    async with store.db.write() as tx:
        found, actor = await administrator(tx, account, None)
        await exporting.record(tx, actor, kind, store.now())
    origin = store.addresses.origin(found.subdomain)
    try:
        counts = await _write(store, actor, kinds, origin, to)
    except asyncio.CancelledError:
        raise click.ClickException("interrupted: the file is not complete") from None
    if as_json:
        click.echo(msgspec.json.encode({"written": counts}), err=to == "-")
    else:
        click.echo(_told(counts) + " written.", err=to == "-")


async def _write(
    store: Store, actor: Actor, kinds: Sequence[str], origin: str, to: str
) -> dict[str, int]:
    counts: dict[str, int] = {}
    async with store.db.read() as reader:
        ends = await exporting.last_ids(reader, actor.account_id)
    with ExitStack() as stack:
        written: Written = stack.enter_context(output(to))
        shown = stack.enter_context(Shown("exporting"))
        for kind in kinds:
            counts[kind] = 0
            async for lines in exporting.export(store.db, actor, kind, ends.get(kind, 0), origin):
                written.lines(lines)
                counts[kind] += len(lines)
                shown.at(sum(counts.values()))
                # SQLite is read without waiting for anything: who interrupts us is heard here.
                await asyncio.sleep(0)
    return counts


@crm.command("import")
@click.argument("file", metavar="FILE")
@_ACCOUNT
@click.option(
    "--kind", type=click.Choice(KINDS), help="What rows are that do not say it themselves."
)
@click.option(
    "--map",
    "map_file",
    type=click.File("rb"),
    help="What old ids are here: a JSON object of users, stages and loss_reasons.",
)
@click.option("--responsible", metavar="EMAIL", help="Stands for users who are not in the account.")
@click.option(
    "--create-fields", is_flag=True, help="Add custom fields and choices that are missing."
)
@click.option("--skip-links", is_flag=True, help="Leave out links to what was not imported.")
@click.option(
    "--name",
    help="Whose ids the rows have; files of one name refer to each other. "
    "Default: the host in the addresses of the rows.",
)
@click.option(
    "--refused",
    metavar="FILE",
    help="Where refused rows are kept. Default: FILE.refused.jsonl.",
)
@click.option(
    "--restart", is_flag=True, help="Begin anew; what was imported before stays, and comes twice."
)
@with_store
async def import_(
    store: Store,
    *,
    file: str,
    account: str,
    kind: str | None,
    map_file: BinaryIO | None,
    responsible: str | None,
    create_fields: bool,
    skip_links: bool,
    name: str | None,
    refused: str | None,
    restart: bool,
    as_json: bool,
) -> None:
    """Import entities from a file of JSON as the API prints it; - is standard input.

    The file has an entity on each line, pages of the API, or an array. Rows with
    faults are refused one by one, and told with their lines; the exit status is 1
    then. When the import was interrupted, the same command goes on where it was.

    \b
    Example:  grantway crm import acme.jsonl --account bolt --map ids.json
    """
    maps = Maps() if map_file is None else read_maps(map_file.read())
    with ExitStack() as stack:
        source = stack.enter_context(Input(file))
        kept = stack.enter_context(RefusedRows(refused or f"{source.name}.refused.jsonl"))
        described = source.described(name)
        async with store.db.write() as tx:
            found, actor = await administrator(tx, account, None)
            responsible_id = None
            if responsible is not None:
                person = await accounts.user_by_email(tx, responsible)
                user = await accounts.actor_for(tx, found.id, person.id, "command line")
                if user is None:
                    raise click.ClickException(f"{responsible} is no active user of {account}")
                responsible_id = person.id
            begun = await importing.begin(tx, actor, described, store.now(), restart=restart)
        if begun.finished_at is not None:
            _tell(begun, kept, as_json=as_json, is_new=False)
            return
        options = Options(
            kind=kind,
            maps=maps,
            responsible_user_id=responsible_id,
            creates_fields=create_fields,
            skips_links=skip_links,
        )
        running = Import(store.db, actor, begun, options, found.currency, kept.keep, store.now)
        source.skip(begun.byte_offset)
        rows = read_rows(read_values(source, begun.cursor.place), kind, begun.cursor)
        shown = stack.enter_context(Shown("importing", source.size))
        # Millions of short-lived rows, none in a circle: looking for circles takes a tenth of it.
        gc.set_threshold(100_000, 20, 100)
        try:
            done = await running.run(rows, shown.batch)
        except asyncio.CancelledError:
            raise click.ClickException(
                "interrupted: what was imported is stored, and the same command goes on behind it"
            ) from None
        finally:
            shown.stop()
        if done.refused:
            kept.keep(done.refused_bytes, [])  # nothing behind it, should a run have been killed
        _tell(done, kept, as_json=as_json, is_new=True)
        if done.refused:
            # Whoever removes the old data next must not take this for the whole.
            raise click.exceptions.Exit(1)


def _tell(done: Progress, kept: RefusedRows, *, as_json: bool, is_new: bool) -> None:
    if as_json:
        print_json(_fields(done) | {"refused_rows": kept.path if done.refused else None})
        return
    if not is_new:
        click.echo(
            f"This file was imported already, {moment(done.finished_at)}; "
            "--restart imports it once more."
        )
    click.echo(f"{_told(done.counts)} imported, {done.refused:,} refused.")
    if done.refused:
        click.echo(f"Refused rows, with the reasons: {kept.path}")


def _told(counts: dict[str, int]) -> str:
    return (
        ", ".join(_counted(counts[kind], kind) for kind in KINDS if counts.get(kind)) or "Nothing"
    )


def _counted(count: int, kind: str) -> str:
    return f"{count:,} {kind}" if count != 1 else f"1 {_ONE[kind]}"


def _fields(one: Progress) -> dict[str, Any]:
    return {
        "id": one.id,
        "file": one.file,
        "name": one.source,
        "line": one.line,
        "imported": one.counts,
        "refused": one.refused,
        "begun_at": one.begun_at,
        "updated_at": one.updated_at,
        "finished_at": one.finished_at,
    }


@crm.command("imports")
@_ACCOUNT
@with_store
async def imports(store: Store, *, account: str, as_json: bool) -> None:
    """List the imports into an account, and how far each has come.

    \b
    Example:  grantway crm imports --account acme
    """
    async with store.db.read() as reader:
        found = await accounts.account_by_subdomain(reader, account)
        listed = await importing.list_imports(reader, found.id)
    rows = [_fields(one) for one in listed]
    if not as_json:
        rows = [
            row
            | {"imported": _told(row["imported"])}
            | {name: moment(row[name]) for name in ("begun_at", "updated_at", "finished_at")}
            for row in rows
        ]
    print_rows(rows, as_json=as_json, empty=f"Nothing was ever imported into {account}.")
