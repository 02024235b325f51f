"""`grantway integration version`: drafts, reviews and publishing, as an integrator does it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
import msgspec

from grantway.accounts.actor import Actor
from grantway.cli.integration_file import read_file
from grantway.cli.output import moment, print_json, print_rows
from grantway.cli.target import Store, administrator, with_store
from grantway.db import Reader
from grantway.marketplace import publishing
from grantway.marketplace.categories import CATEGORIES
from grantway.marketplace.vetting import report_on
from grantway.moderation import drafts, submissions
from grantway.moderation.model import Version
from grantway.pictures import service as pictures

_ACCOUNT = click.option("--account", required=True, metavar="SUBDOMAIN", help="Whose it is.")
_AS = click.option(
    "--as", "email", metavar="EMAIL", help="The administrator who does it; else the first one."
)


@click.group("version")
def version() -> None:
    """Versions of a public integration: drafts, reviews, what is published."""


@version.command("list")
@click.argument("client_id")
@_ACCOUNT
@with_store
async def list_(store: Store, *, client_id: str, account: str, as_json: bool) -> None:
    """List the versions of an integration, the newest first.

    \b
    Example:  grantway integration version list 0f3c9a52-… --account danalabs
    """
    async with store.db.read() as reader:
        actor = await _actor(reader, account, None)
        found = await drafts.list_versions(reader, actor, client_id)
    print_rows([_row(one) for one in found], as_json=as_json, empty="")


@version.command("add")
@click.argument("client_id")
@_ACCOUNT
@_AS
@with_store
async def add(
    store: Store, *, client_id: str, account: str, email: str | None, as_json: bool
) -> None:
    """Begin another draft with what the newest version says.

    \b
    Example:  grantway integration version add 0f3c9a52-… --account danalabs
    """
    async with store.db.write() as tx:
        actor = await _actor(tx, account, email)
        made = await drafts.add_version(tx, actor, client_id, store.now())
    _tell(made, f"Version {made.number} is a draft.", as_json=as_json)


@version.command("write")
@click.argument("client_id")
@click.option(
    "--file",
    "source",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="What it says, as `grantway integration check --file` reads it.",
)
@_ACCOUNT
@_AS
@with_store
async def write(
    store: Store, *, client_id: str, source: Path, account: str, email: str | None, as_json: bool
) -> None:
    """Let the draft say what a file says, pictures included, and nothing else.

    \b
    Example:  grantway integration version write 0f3c9a52-… --account danalabs --file it.json
    """
    file = read_file(source)
    drawn, refused = file.pictures()
    if refused:
        raise click.BadParameter(
            "; ".join(f"{name}: {why}" for name, why in refused.items()), param_hint="--file"
        )
    async with store.db.write() as tx:
        actor, now = await _actor(tx, account, email), store.now()
        draft = await drafts.held_draft(tx, actor, client_id)
        hashes = {name: await pictures.add(tx, actor, one, now) for name, one in drawn.items()}
        # A file cannot name an archive: `grantway widget upload` brings one.
        content = msgspec.structs.replace(file.content_with(hashes), archive=draft.content.archive)
        made = await drafts.save(
            tx,
            actor,
            client_id,
            content,
            now,
            seen_hash=draft.content_hash,
            rules=store.rules,
        )
    _tell(made, f"Version {made.number} says what {source.name} says.", as_json=as_json)


@version.command("delete")
@click.argument("client_id")
@_ACCOUNT
@_AS
@click.confirmation_option(prompt="What the draft says is gone then. Delete it?")
@with_store
async def delete(
    store: Store, *, client_id: str, account: str, email: str | None, as_json: bool
) -> None:
    """Throw the newest draft away.

    \b
    Example:  grantway integration version delete 0f3c9a52-… --account danalabs --yes
    """
    async with store.db.write() as tx:
        actor = await _actor(tx, account, email)
        await drafts.delete_version(tx, actor, client_id, store.now())
        left = await drafts.newest(tx, actor, client_id)
    _tell(left, f"Version {left.number} is the newest again.", as_json=as_json)


@version.command("submit")
@click.argument("client_id")
@_ACCOUNT
@_AS
@click.option(
    "--comment-stdin", is_flag=True, help="Read a comment for moderators alone, such as a sign-in."
)
@with_store
async def submit(
    store: Store,
    *,
    client_id: str,
    account: str,
    email: str | None,
    comment_stdin: bool,
    as_json: bool,
) -> None:
    """Ask for a review of the newest draft; from now on it stays what it is.

    `grantway integration check` says beforehand what stands in the way.

    \b
    Example:  grantway integration version submit 0f3c9a52-… --account danalabs
    """
    comment = sys.stdin.read() if comment_stdin else ""
    async with store.db.read() as reader:
        draft = await drafts.newest(reader, await _actor(reader, account, email), client_id)
        report = await report_on(reader, draft, store.addresses, store.rules)
    async with store.db.write() as tx:
        actor = await _actor(tx, account, email)
        made = await submissions.request_review(
            tx, actor, client_id, report, store.now(), comment=comment, seal=store.seal
        )
    words = f"Version {made.number} is reviewed; a decision is due by {moment(made.due_at)}."
    _tell(made, words, as_json=as_json)


@version.command("withdraw")
@click.argument("client_id")
@_ACCOUNT
@_AS
@with_store
async def withdraw(
    store: Store, *, client_id: str, account: str, email: str | None, as_json: bool
) -> None:
    """Take back a version that is reviewed, or approved and not published.

    \b
    Example:  grantway integration version withdraw 0f3c9a52-… --account danalabs
    """
    async with store.db.write() as tx:
        actor = await _actor(tx, account, email)
        made = await submissions.withdraw(tx, actor, client_id, store.now())
    _tell(made, f"Version {made.number} is withdrawn.", as_json=as_json)


@version.command("publish")
@click.argument("client_id")
@_ACCOUNT
@_AS
@click.option("--category", type=click.Choice(list(CATEGORIES)), default="other", show_default=True)
@with_store
async def publish(
    store: Store, *, client_id: str, account: str, email: str | None, category: str, as_json: bool
) -> None:
    """Put the approved version before the public, in place of the one before it.

    \b
    Example:  grantway integration version publish 0f3c9a52-… --account danalabs
    """
    async with store.db.write() as tx:
        actor = await _actor(tx, account, email)
        made = await publishing.publish(tx, actor, client_id, category, store.now())
    _tell(made, f"Version {made.number} is published.", as_json=as_json)


@version.command("answer")
@click.argument("client_id")
@click.argument("text")
@_ACCOUNT
@_AS
@with_store
async def answer(
    store: Store, *, client_id: str, text: str, account: str, email: str | None, as_json: bool
) -> None:
    """Answer the moderators.

    \b
    Example:  grantway integration version answer 0f3c9a52-… "It is free." --account danalabs
    """
    async with store.db.write() as tx:
        actor = await _actor(tx, account, email)
        await submissions.answer(tx, actor, client_id, text, store.now())
    print_json({"kind": "answer"}) if as_json else click.echo("Sent.")


@version.command("history")
@click.argument("client_id")
@click.option("--version", "number", type=click.IntRange(1), required=True, metavar="NUMBER")
@_ACCOUNT
@with_store
async def history(
    store: Store, *, client_id: str, number: int, account: str, as_json: bool
) -> None:
    """Show what moderators and integrator said about a version.

    \b
    Example:  grantway integration version history 0f3c9a52-… --version 1 --account danalabs
    """
    async with store.db.read() as reader:
        actor = await _actor(reader, account, None)
        said = await submissions.conversation(reader, actor, client_id, number)
    rows: list[dict[str, Any]] = [
        {
            "at": moment(one.at),
            "by": one.name,
            "kind": one.kind,
            "text": "\n".join(
                filter(None, [one.text, *(f"{why.rule}: {why.text}" for why in one.reasons)])
            ),
        }
        for one in said
    ]
    print_rows(rows, as_json=as_json, empty="Nothing was said.")


async def _actor(reader: Reader, subdomain: str, email: str | None) -> Actor:
    _, actor = await administrator(reader, subdomain, email)
    return actor


def _row(one: Version) -> dict[str, object]:
    return {
        "version": one.number,
        "state": one.state,
        "submitted": moment(one.submitted_at),
        "due": moment(one.due_at),
        "published": moment(one.published_at),
        "category": one.category,
        "content_hash": one.content_hash,
    }


def _tell(one: Version, words: str, *, as_json: bool) -> None:
    print_json({"client_id": one.client_id, **_row(one)}) if as_json else click.echo(words)
