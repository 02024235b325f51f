"""`grantway token`: long-lived tokens."""

from __future__ import annotations

import datetime as dt

import click

from grantway.cli.output import moment, print_json, print_rows
from grantway.cli.target import Store, administrator, with_store
from grantway.oauth.model import LongLivedToken


@click.group()
def token() -> None:
    """Long-lived tokens of private integrations."""


@token.command("create")
@click.option("--account", required=True, metavar="SUBDOMAIN")
@click.option("--integration", "client_id", required=True, metavar="ID")
@click.option(
    "--expires",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="The token ends when this day begins, UTC: from tomorrow to five years from now.",
)
@click.option("--user", "email", metavar="EMAIL", help="Whose; else the first administrator's.")
@with_store
async def create(
    store: Store,
    *,
    account: str,
    client_id: str,
    expires: dt.datetime,
    email: str | None,
    as_json: bool,
) -> None:
    """Generate a long-lived token and print it, this once.

    \b
    Example:  grantway token create --account acme --integration 0f3c9a52-… --expires 2027-01-01
    """
    async with store.db.write() as tx:
        _, actor = await administrator(tx, account, email)
        issued = await store.long_lived.issue(tx, actor, client_id, expires.date(), store.now())
    if as_json:
        print_json({"id": issued.grant_id, "token": issued.token, "expires_at": issued.expires_at})
    else:
        click.echo(issued.token)


@token.command("list")
@click.option("--account", required=True, metavar="SUBDOMAIN")
@click.option("--integration", "client_id", required=True, metavar="ID")
@with_store
async def list_(store: Store, *, account: str, client_id: str, as_json: bool) -> None:
    """List every token there ever was, the newest first; never the tokens themselves.

    \b
    Example:  grantway token list --account acme --integration 0f3c9a52-…
    """
    async with store.db.read() as reader:
        _, actor = await administrator(reader, account, None)
        found = await store.long_lived.list(reader, actor, client_id)
    print_rows(
        [_shown(one, store.now()) for one in found],
        as_json=as_json,
        empty="This integration has no long-lived token.",
    )


@token.command("revoke")
@click.argument("token_id", type=int)
@click.option("--account", required=True, metavar="SUBDOMAIN")
@with_store
async def revoke(store: Store, *, token_id: int, account: str, as_json: bool) -> None:
    """Revoke a token by its number in `token list`; it is refused at once.

    \b
    Example:  grantway token revoke 7 --account acme
    """
    async with store.db.write() as tx:
        _, actor = await administrator(tx, account, None)
        await store.long_lived.revoke(tx, actor, token_id, store.now())
    if as_json:
        print_json({"id": token_id, "state": "revoked"})
    else:
        click.echo("Revoked.")


def _shown(one: LongLivedToken, now: int) -> dict[str, object]:
    return {
        "id": one.grant_id,
        "state": one.state(now),
        "issued_by": one.user_name,
        "issued": moment(one.issued_at),
        "expires": moment(one.expires_at),
        "last_used": moment(one.last_used_at),
        "last_used_from": one.last_used_from,
    }
