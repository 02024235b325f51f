"""`grantway moderation`: the moderators' desk, for those who prefer a terminal."""

from __future__ import annotations

from typing import Any

import click

from grantway.accounts import moderators
from grantway.accounts import service as accounts
from grantway.cli.output import moment, print_json, print_one, print_rows
from grantway.cli.target import Store, with_store
from grantway.db import Reader
from grantway.marketplace import publishing
from grantway.moderation import desk
from grantway.moderation.checks.checklist import RULES
from grantway.moderation.desk import Moderator
from grantway.moderation.differences import differences
from grantway.moderation.model import Message, Reason, Version

_AS = click.option(
    "--as", "email", required=True, metavar="EMAIL", help="The moderator who decides."
)
_NUMBER = click.option(
    "--version", "number", type=click.IntRange(1), required=True, metavar="NUMBER"
)
_SEEN = click.option(
    "--seen", required=True, metavar="HASH", help="The content that was looked at, as `show` says."
)


@click.group()
def moderation() -> None:
    """Versions of public integrations that wait for a verdict, and moderators."""


@moderation.command("queue")
@_AS
@with_store
async def queue(store: Store, *, email: str, as_json: bool) -> None:
    """List what waits, the most urgent first.

    \b
    Example:  grantway moderation queue --as mo@moderation.example
    """
    rows: list[dict[str, object]] = []
    async with store.db.read() as reader:
        moderator = await _moderator(reader, email)
        page = await desk.queue(reader, moderator)
        while page:
            rows += [
                {
                    "client_id": one.client_id,
                    "name": one.name,
                    "account": one.account_name,
                    "version": one.number,
                    "submitted": moment(one.submitted_at),
                    "due": moment(one.due_at),
                    "first": one.is_first,
                    "own": one.is_own,
                }
                for one in page
            ]
            page = await desk.queue(reader, moderator, after=(page[-1].due_at, page[-1].client_id))
    print_rows(rows, as_json=as_json, empty="Nothing waits.")


@moderation.command("show")
@click.argument("client_id")
@_NUMBER
@_AS
@with_store
async def show(store: Store, *, client_id: str, number: int, email: str, as_json: bool) -> None:
    """Show a version: what it changes, and what was said about it.

    \b
    Example:  grantway moderation show 0f3c9a52-… --version 2 --as mo@moderation.example
    """
    async with store.db.read() as reader:
        moderator = await _moderator(reader, email)
        integration, version, before = await desk.look(reader, moderator, client_id, number)
        said = await desk.conversation(reader, moderator, client_id, number)
    changed = differences(before.content if before else None, version.content)
    shown = {
        "client_id": client_id,
        "name": integration.name,
        "version": version.number,
        "state": version.state,
        "content_hash": version.content_hash,
        "submitted": moment(version.submitted_at),
        "due": moment(version.due_at),
        "published_version": before.number if before else None,
    }
    changes = [
        {
            "field": f"{one.field}.{one.language}" if one.language else one.field,
            "before": one.before,
            "after": one.after,
        }
        for one in changed
    ]
    messages = [_shown(store, version, one) for one in said]
    if as_json:
        print_json({**shown, "changes": changes, "messages": messages})
        return
    print_one(shown, as_json=False)
    click.echo()
    print_rows(changes, as_json=False, empty="It says what is published already.")
    if messages:
        click.echo()
        print_rows(messages, as_json=False, empty="")


@moderation.command("approve")
@click.argument("client_id")
@_NUMBER
@_SEEN
@_AS
@with_store
async def approve(
    store: Store, *, client_id: str, number: int, seen: str, email: str, as_json: bool
) -> None:
    """Let the integrator publish exactly what was looked at.

    \b
    Example:  grantway moderation approve 0f3c9a52-… --version 2 --seen 6b1f… \\
                --as mo@moderation.example
    """
    async with store.db.write() as tx:
        moderator = await _moderator(tx, email)
        made = await desk.approve(tx, moderator, client_id, number, seen, store.now())
    _done(made, "Approved.", as_json=as_json)


@moderation.command("reject")
@click.argument("client_id")
@click.option(
    "--reason",
    "given",
    multiple=True,
    required=True,
    metavar="RULE=TEXT",
    help="A rule of the checklist, and what it means here. Repeatable.",
)
@_NUMBER
@_SEEN
@_AS
@with_store
async def reject(
    store: Store,
    *,
    client_id: str,
    given: tuple[str, ...],
    number: int,
    seen: str,
    email: str,
    as_json: bool,
) -> None:
    """Send a version back, with one reason for each rule that it breaks.

    \b
    Example:  grantway moderation reject 0f3c9a52-… --version 2 --seen 6b1f… \\
                --reason "T9=The link leads nowhere." --as mo@moderation.example
    """
    pairs = [one.partition("=") for one in given]
    if not all(equals for _, equals, _ in pairs):
        raise click.BadParameter("write a rule, = and a text, like T9=…", param_hint="--reason")
    reasons = [Reason(rule.strip(), text.strip()) for rule, _, text in pairs]
    async with store.db.write() as tx:
        moderator = await _moderator(tx, email)
        made = await desk.reject(
            tx, moderator, client_id, number, seen, reasons, RULES, store.now()
        )
    _done(made, "Rejected.", as_json=as_json)


@moderation.command("ask")
@click.argument("client_id")
@click.argument("text")
@_NUMBER
@_AS
@with_store
async def ask(
    store: Store, *, client_id: str, text: str, number: int, email: str, as_json: bool
) -> None:
    """Ask the integrator something about a version that is reviewed.

    \b
    Example:  grantway moderation ask 0f3c9a52-… "What does it cost?" --version 2 \\
                --as mo@moderation.example
    """
    async with store.db.write() as tx:
        moderator = await _moderator(tx, email)
        await desk.ask(tx, moderator, client_id, number, text, store.now())
    _said("question", as_json=as_json)


@moderation.command("note")
@click.argument("client_id")
@click.argument("text")
@_NUMBER
@_AS
@with_store
async def note(
    store: Store, *, client_id: str, text: str, number: int, email: str, as_json: bool
) -> None:
    """Write something down that moderators alone read.

    \b
    Example:  grantway moderation note 0f3c9a52-… "Tried it: works." --version 2 \\
                --as mo@moderation.example
    """
    async with store.db.write() as tx:
        moderator = await _moderator(tx, email)
        await desk.note(tx, moderator, client_id, number, text, store.now())
    _said("note", as_json=as_json)


@moderation.command("hide")
@click.argument("client_id")
@click.option("--reason", required=True, help="The integrator reads it.")
@_AS
@with_store
async def hide(store: Store, *, client_id: str, reason: str, email: str, as_json: bool) -> None:
    """Take a published integration from the public; where it is installed it goes on working.

    \b
    Example:  grantway moderation hide 0f3c9a52-… --reason "Its support link is dead." \\
                --as mo@moderation.example
    """
    async with store.db.write() as tx:
        moderator = await _moderator(tx, email)
        made = await publishing.hide(tx, moderator, client_id, reason, store.now())
    _done(made, "Hidden.", as_json=as_json)


@moderation.command("unhide")
@click.argument("client_id")
@_AS
@with_store
async def unhide(store: Store, *, client_id: str, email: str, as_json: bool) -> None:
    """Put a hidden integration before the public again.

    \b
    Example:  grantway moderation unhide 0f3c9a52-… --as mo@moderation.example
    """
    async with store.db.write() as tx:
        moderator = await _moderator(tx, email)
        made = await publishing.show(tx, moderator, client_id, store.now())
    _done(made, "Shown again.", as_json=as_json)


@moderation.command("appoint")
@click.argument("email")
@with_store
async def appoint(store: Store, *, email: str, as_json: bool) -> None:
    """Let a person moderate for the platform.

    \b
    Example:  grantway moderation appoint mo@moderation.example
    """
    async with store.db.write() as tx:
        user = await accounts.user_by_email(tx, email)
        await moderators.appoint(tx, user.id, store.now())
    print_json({"id": user.id}) if as_json else click.echo("Appointed.")


@moderation.command("dismiss")
@click.argument("email")
@with_store
async def dismiss(store: Store, *, email: str, as_json: bool) -> None:
    """Let a person moderate no more.

    \b
    Example:  grantway moderation dismiss mo@moderation.example
    """
    async with store.db.write() as tx:
        user = await accounts.user_by_email(tx, email)
        was_one = await moderators.dismiss(tx, user.id, store.now())
    if as_json:
        print_json({"id": user.id, "was_moderator": was_one})
    else:
        click.echo("Dismissed." if was_one else "That person was no moderator.")


@moderation.command("people")
@with_store
async def people(store: Store, *, as_json: bool) -> None:
    """List who moderates.

    \b
    Example:  grantway moderation people
    """
    async with store.db.read() as reader:
        found = await moderators.list_all(reader)
    rows: list[dict[str, object]] = [
        {"id": one.id, "name": one.name, "email": one.email} for one in found
    ]
    print_rows(rows, as_json=as_json, empty="Nobody moderates.")


async def _moderator(reader: Reader, email: str) -> Moderator:
    user = await accounts.user_by_email(reader, email)
    return await desk.moderator_for(reader, user.id, "command line")


def _shown(store: Store, version: Version, one: Message) -> dict[str, Any]:
    reasons = [f"{reason.rule}: {reason.text}" for reason in one.reasons]
    comment = desk.comment(store.seal, version, one)
    return {
        "at": moment(one.at),
        "by": one.name,
        "kind": one.kind,
        "text": "\n".join(filter(None, [one.text, comment, *reasons])),
    }


def _done(version: Version, words: str, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "client_id": version.client_id,
                "version": version.number,
                "state": version.state,
                "content_hash": version.content_hash,
            }
        )
    else:
        click.echo(words)


def _said(kind: str, *, as_json: bool) -> None:
    print_json({"kind": kind}) if as_json else click.echo("Kept.")
