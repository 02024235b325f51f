"""`grantway moderation try`, `trials`, `end-trial`: throw-away accounts of moderators."""

from __future__ import annotations

import click

from grantway.cli.moderators import AS, NUMBER, moderator_called
from grantway.cli.output import moment, print_json, print_rows
from grantway.cli.target import Store, with_store
from grantway.kernel.addresses import CONTROL
from grantway.moderation import trials as tries
from grantway.moderation.trials import Tried


@click.command("try")
@click.argument("client_id")
@NUMBER
@AS
@with_store
async def try_it(store: Store, *, client_id: str, number: int, email: str, as_json: bool) -> None:
    """Open a throw-away account in which a version under review may be installed.

    It closes with the verdict, after a week, or by `grantway moderation end-trial`.
    What works in it is what is in force: for an update, the version before.

    \b
    Example:  grantway moderation try 0f3c9a52-… --version 1 --as mo@moderation.example
    """
    async with store.db.write() as tx:
        moderator = await moderator_called(tx, email)
        made = await tries.begin(tx, moderator, client_id, number, store.now())
    shown = _row(store, made)
    if as_json:
        print_json(shown)
    else:
        click.echo(f"{shown['address']} is there until {shown['ends']}.")
        if made.is_strict:
            click.echo("It is strict: connect it on its own site, and choose this account.")
        else:
            click.echo(f"Consent is asked for at {shown['consent']}")


@click.command("trials")
@AS
@with_store
async def trials(store: Store, *, email: str, as_json: bool) -> None:
    """List the throw-away accounts that a moderator has.

    \b
    Example:  grantway moderation trials --as mo@moderation.example
    """
    async with store.db.read() as reader:
        found = await tries.of_moderator(reader, await moderator_called(reader, email))
    rows = [_row(store, one) for one in found]
    print_rows(rows, as_json=as_json, empty="Nothing is tried.")


@click.command("end-trial")
@click.argument("client_id")
@AS
@with_store
async def end_trial(store: Store, *, client_id: str, email: str, as_json: bool) -> None:
    """Close the account in which a moderator tries an integration; its tokens end at once.

    \b
    Example:  grantway moderation end-trial 0f3c9a52-… --as mo@moderation.example
    """
    async with store.db.write() as tx:
        moderator = await moderator_called(tx, email)
        await tries.end(tx, moderator, client_id, store.now())
    print_json({"client_id": client_id, "ended": True}) if as_json else click.echo("Closed.")


def _row(store: Store, one: Tried) -> dict[str, object]:
    consent = f"{store.addresses.origin(CONTROL)}/oauth?client_id={one.trial.client_id}"
    return {
        "client_id": one.trial.client_id,
        "version": one.trial.number,
        "account": one.account.subdomain,
        "address": store.addresses.origin(one.account.subdomain),
        "installed": one.has_it,
        "ends": moment(one.trial.ends_at),
        "consent": "" if one.is_strict else consent,
    }
