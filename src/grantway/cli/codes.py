"""`grantway code`: a fresh authorization code, as the *Keys and scopes* tab gives it."""

from __future__ import annotations

import click

from grantway.cli.output import print_json
from grantway.cli.target import Store, administrator, with_store
from grantway.oauth.codes import issue_code


@click.command()
@click.option("--account", required=True, metavar="SUBDOMAIN")
@click.option("--integration", "client_id", required=True, metavar="ID")
@click.option("--user", "email", metavar="EMAIL", help="Whose; else the first administrator's.")
@with_store
async def code(
    store: Store, *, account: str, client_id: str, email: str | None, as_json: bool
) -> None:
    """Print a fresh authorization code, good once for 20 minutes.

    \b
    Example:  grantway code --account acme --integration 0f3c9a52-…
    """
    async with store.db.write() as tx:
        _, actor = await administrator(tx, account, email)
        issued = await issue_code(tx, actor, client_id, store.now())
    if as_json:
        print_json({"code": issued.code, "expires_at": issued.expires_at})
    else:
        click.echo(issued.code)
