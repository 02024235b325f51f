"""`grantway integration`: private integrations of an account."""

from __future__ import annotations

import click

from grantway.cli.output import moment, print_json, print_rows
from grantway.cli.target import Store, administrator, with_store
from grantway.installations import service as installations
from grantway.integrations import service as integrations
from grantway.integrations.model import FIRST_DESCRIPTION, FIRST_NAME, Integration
from grantway.integrations.scopes import OFFERED
from grantway.integrations.service import Settings


@click.group()
def integration() -> None:
    """Integrations and their keys."""


@integration.command("create")
@click.option("--account", required=True, metavar="SUBDOMAIN")
@click.option("--name", default=FIRST_NAME, show_default=True)
@click.option("--description", default=FIRST_DESCRIPTION, show_default=True)
@click.option("--redirect-uri", default="", help="Where authorization codes are sent.")
@click.option("--revoke-hook-uri", default="", help="Called when access is revoked.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(OFFERED),
    help="Repeatable; else all.",
)
@with_store
async def create(
    store: Store,
    *,
    account: str,
    name: str,
    description: str,
    redirect_uri: str,
    revoke_hook_uri: str,
    scopes: tuple[str, ...],
    as_json: bool,
) -> None:
    """Create a private integration and print its keys; the secret key is shown this once.

    \b
    Example:  grantway integration create --account acme --name "Warehouse export" --json
    """
    settings = Settings(
        name=name,
        description=description,
        redirect_uri=redirect_uri,
        revoke_hook_uri=revoke_hook_uri,
        scopes=scopes or OFFERED,
    )
    now = store.now()
    async with store.db.write() as tx:
        _, actor = await administrator(tx, account, None)
        made = await integrations.create_private(tx, actor, now, settings)
        secret = await integrations.generate_secret(tx, actor, made.client_id, store.seal, now)
    shown = {"client_id": made.client_id, "client_secret": secret}
    if as_json:
        print_json(shown)
    else:
        click.echo(f"integration ID  {made.client_id}\nsecret key      {secret}")


@integration.command("list")
@click.option("--account", required=True, metavar="SUBDOMAIN")
@with_store
async def list_(store: Store, *, account: str, as_json: bool) -> None:
    """List an account's own integrations.

    \b
    Example:  grantway integration list --account acme
    """
    async with store.db.read() as reader:
        found, actor = await administrator(reader, account, None)
        listed = await integrations.integrations_of(reader, actor)
        installed = set(await installations.installed(reader, found.id))
    print_rows(
        [_shown(one, installed) for one in listed],
        as_json=as_json,
        empty=f"{account} has no integration yet.",
    )


@integration.command("delete")
@click.argument("client_id")
@click.option("--account", required=True, metavar="SUBDOMAIN")
@click.confirmation_option(prompt="All its tokens stop working at once. Delete it?")
@with_store
async def delete(store: Store, *, client_id: str, account: str, as_json: bool) -> None:
    """Delete an integration for good; its tokens are dead at once.

    \b
    Example:  grantway integration delete 0f3c9a52-… --account acme --yes
    """
    now = store.now()
    async with store.db.write() as tx:
        _, actor = await administrator(tx, account, None)
        await integrations.delete(tx, actor, client_id, now)
        await installations.uninstall(tx, actor, client_id, now)
    if as_json:
        print_json({"client_id": client_id, "deleted": True})
    else:
        click.echo("Deleted.")


def _shown(one: Integration, installed: set[str]) -> dict[str, object]:
    return {
        "client_id": one.client_id,
        "name": one.name,
        "kind": one.kind,
        "installed": one.client_id in installed,
        "scopes": one.scopes,
        "redirect_uri": one.redirect_uri,
        "created": moment(one.created_at),
    }
