"""`grantway integration publish`, `unpublish`, `disable`, `enable`: the operator moves it."""

from __future__ import annotations

import click

from grantway.accounts import service as accounts
from grantway.accounts.model import Account
from grantway.cli.integration_fields import all_fields
from grantway.cli.output import print_json
from grantway.cli.target import Store, with_store
from grantway.installations import everywhere
from grantway.integrations import service as integrations
from grantway.integrations.model import Integration
from grantway.marketplace import publishing


@click.command("publish")
@click.argument("client_id")
@with_store
async def publish(store: Store, *, client_id: str, as_json: bool) -> None:
    """Publish the newest version without a review: users of every account may allow it.

    For the platform's own integrations, and for tests; everybody else asks for a review.
    It needs texts in each of its languages, a redirect URI, scopes, an owner and a
    link to its privacy policy. From now on it cannot be deleted.

    \b
    Example:  grantway integration publish 0f3c9a52-…
    """
    async with store.db.write() as tx:
        await publishing.publish_unreviewed(tx, client_id, store.now())
        moved = await integrations.of_any_account(tx, client_id)
        owner = await accounts.account_by_id(tx, moved.account_id)
    _tell(moved, owner, "Published: users of every account may allow it now.", as_json=as_json)


@click.command("unpublish")
@click.argument("client_id")
@with_store
async def unpublish(store: Store, *, client_id: str, as_json: bool) -> None:
    """Hide a published integration; `publish` shows it again.

    Where it is installed it goes on working; no other account can begin with it.

    \b
    Example:  grantway integration unpublish 0f3c9a52-…
    """
    async with store.db.write() as tx:
        await publishing.unpublish(tx, client_id, store.now())
        moved = await integrations.of_any_account(tx, client_id)
        owner = await accounts.account_by_id(tx, moved.account_id)
    _tell(moved, owner, "Hidden; it works on where it is installed.", as_json=as_json)


@click.command("disable")
@click.argument("client_id")
@click.option(
    "--reason", required=True, help="For the account that made it. At most 500 characters."
)
@with_store
async def disable(store: Store, *, client_id: str, reason: str, as_json: bool) -> None:
    """Stop an integration everywhere: its tokens and its secret key are refused at once.

    All its installations end, and each account is told in its activity. Run it again
    when it was interrupted: it ends what is left. `integration enable` lets the
    integration work again, and brings none of its installations and tokens back.

    \b
    Example:  grantway integration disable 0f3c9a52-… --reason "Its keys leaked."
    """
    is_stopped_now, ended = await everywhere.stop(
        store.db, client_id, reason, store.now(), also=publishing.take_down
    )
    if as_json:
        print_json({"client_id": client_id, "status": "disabled", "installations_ended": ended})
        return
    click.echo(
        f"{'Stopped' if is_stopped_now else 'It was stopped before'}; "
        f"installations that ended now: {ended}. "
        f"`grantway integration enable {client_id}` lets it work again."
    )


@click.command("enable")
@click.argument("client_id")
@with_store
async def enable(store: Store, *, client_id: str, as_json: bool) -> None:
    """Let a stopped integration work again; every account has to install it anew.

    \b
    Example:  grantway integration enable 0f3c9a52-…
    """
    moved = await everywhere.let_work(store.db, client_id, store.now(), also=publishing.put_back)
    async with store.db.read() as reader:
        owner = await accounts.account_by_id(reader, moved.account_id)
    _tell(moved, owner, "It may work again, and is installed nowhere.", as_json=as_json)


def _tell(moved: Integration, owner: Account, words: str, *, as_json: bool) -> None:
    if as_json:
        print_json(all_fields(moved, owner))
    else:
        click.echo(words)
