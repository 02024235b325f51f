"""Who moderates, and how the commands of moderators begin and end."""

from __future__ import annotations

import click

from grantway.accounts import moderators
from grantway.accounts import service as accounts
from grantway.cli.output import print_json, print_rows
from grantway.cli.target import Store, with_store
from grantway.db import Reader
from grantway.moderation import closing_trials, desk
from grantway.moderation.desk import Moderator
from grantway.moderation.model import Version

AS = click.option(
    "--as", "email", required=True, metavar="EMAIL", help="The moderator who decides."
)
NUMBER = click.option(
    "--version", "number", type=click.IntRange(1), required=True, metavar="NUMBER"
)


async def moderator_called(reader: Reader, email: str) -> Moderator:
    """Return the moderator with this address. Raises UserNotFound, NotAModerator."""
    user = await accounts.user_by_email(reader, email)
    return await desk.moderator_for(reader, user.id, "command line")


def tell_moved(version: Version, words: str, *, as_json: bool) -> None:
    """Tell what became of a version."""
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


@click.command("appoint")
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


@click.command("dismiss")
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
        await closing_trials.end_of_moderator(tx, user.id, store.now())
    if as_json:
        print_json({"id": user.id, "was_moderator": was_one})
    else:
        click.echo("Dismissed." if was_one else "That person was no moderator.")


@click.command("people")
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
