"""`grantway moderation`: the moderators' desk, for those who prefer a terminal."""

from __future__ import annotations

from typing import Any

import click

from grantway.cli.moderation_listings import (
    feature,
    hide,
    published,
    rating,
    ratings,
    unfeature,
    unhide,
)
from grantway.cli.moderation_trials import end_trial, trials, try_it
from grantway.cli.moderators import (
    AS,
    NUMBER,
    appoint,
    dismiss,
    moderator_called,
    people,
    tell_moved,
)
from grantway.cli.output import moment, print_json, print_one, print_rows
from grantway.cli.target import Store, with_store
from grantway.moderation import archives, attention, desk, history
from grantway.moderation.checks.checklist import RULES
from grantway.moderation.history import Past
from grantway.moderation.model import Message, Reason, Version

_SEEN = click.option(
    "--seen", required=True, metavar="HASH", help="The content that was looked at, as `show` says."
)


@click.group()
def moderation() -> None:
    """Versions that wait for a verdict, what is published, and who moderates."""


for _command in (
    *(try_it, trials, end_trial),
    *(published, hide, unhide, feature, unfeature, ratings, rating),
    *(appoint, dismiss, people),
):
    moderation.add_command(_command)


@moderation.command("queue")
@AS
@with_store
async def queue(store: Store, *, email: str, as_json: bool) -> None:
    """List what waits, the most urgent first.

    \b
    Example:  grantway moderation queue --as mo@moderation.example
    """
    rows: list[dict[str, object]] = []
    async with store.db.read() as reader:
        moderator = await moderator_called(reader, email)
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
                    "why": "\n".join(why.text for why in attention.of_waiting(one, store.now())),
                }
                for one in page
            ]
            page = await desk.queue(reader, moderator, after=(page[-1].due_at, page[-1].client_id))
    print_rows(rows, as_json=as_json, empty="Nothing waits.")


@moderation.command("show")
@click.argument("client_id")
@NUMBER
@AS
@with_store
async def show(store: Store, *, client_id: str, number: int, email: str, as_json: bool) -> None:
    """Show a version: what it changes, and what was said about it.

    \b
    Example:  grantway moderation show 0f3c9a52-… --version 2 --as mo@moderation.example
    """
    async with store.db.read() as reader:
        moderator = await moderator_called(reader, email)
        integration, version, before = await desk.look(reader, moderator, client_id, number)
        said = await desk.conversation(reader, moderator, client_id, number)
        past = await history.of_integration(reader, moderator, client_id)
        changed = await archives.differences_told(reader, before, version)
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
    others = [_past(one) for one in past if one.version.number != number]
    if as_json:
        print_json({**shown, "changes": changes, "messages": messages, "other_versions": others})
        return
    print_one(shown, as_json=False)
    click.echo()
    print_rows(changes, as_json=False, empty="It says what is published already.")
    if messages:
        click.echo()
        print_rows(messages, as_json=False, empty="")
    if others:
        click.echo()
        print_rows(others, as_json=False, empty="")


@moderation.command("approve")
@click.argument("client_id")
@NUMBER
@_SEEN
@AS
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
        moderator = await moderator_called(tx, email)
        made = await desk.approve(tx, moderator, client_id, number, seen, store.now())
    tell_moved(made, "Approved.", as_json=as_json)


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
@NUMBER
@_SEEN
@AS
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
        moderator = await moderator_called(tx, email)
        made = await desk.reject(
            tx, moderator, client_id, number, seen, reasons, RULES, store.now()
        )
    tell_moved(made, "Rejected.", as_json=as_json)


@moderation.command("ask")
@click.argument("client_id")
@click.argument("text")
@NUMBER
@AS
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
        moderator = await moderator_called(tx, email)
        await desk.ask(tx, moderator, client_id, number, text, store.now())
    _said("question", as_json=as_json)


@moderation.command("note")
@click.argument("client_id")
@click.argument("text")
@NUMBER
@AS
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
        moderator = await moderator_called(tx, email)
        await desk.note(tx, moderator, client_id, number, text, store.now())
    _said("note", as_json=as_json)


def _shown(store: Store, version: Version, one: Message) -> dict[str, Any]:
    reasons = [f"{reason.rule}: {reason.text}" for reason in one.reasons]
    comment = desk.comment(store.seal, version, one)
    return {
        "at": moment(one.at),
        "by": one.name,
        "kind": one.kind,
        "text": "\n".join(filter(None, [one.text, comment, *reasons])),
    }


def _past(one: Past) -> dict[str, object]:
    reasons = [f"{why.rule}: {why.text}" for said in one.verdicts for why in said.reasons]
    return {
        "version": one.version.number,
        "state": one.version.state,
        "submitted": moment(one.version.submitted_at),
        "decided": moment(one.version.decided_at),
        "verdict": "\n".join([*(said.text for said in one.verdicts if said.text), *reasons]),
    }


def _said(kind: str, *, as_json: bool) -> None:
    print_json({"kind": kind}) if as_json else click.echo("Kept.")
