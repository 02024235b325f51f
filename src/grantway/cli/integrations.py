"""`grantway integration`: private integrations of an account."""

from __future__ import annotations

import click

from grantway.accounts import service as accounts
from grantway.accounts.model import Account
from grantway.cli.output import moment, print_json, print_one, print_rows
from grantway.cli.target import Store, administrator, with_store
from grantway.installations import service as installations
from grantway.integrations import service as integrations
from grantway.integrations.model import FIDELITIES, FIRST_DESCRIPTION, FIRST_NAME, Integration
from grantway.integrations.scopes import OFFERED
from grantway.integrations.service import Changes, Settings
from grantway.oauth import grants


@click.group()
def integration() -> None:
    """Integrations and their keys."""


_FIDELITY = click.option(
    "--fidelity",
    type=click.Choice(FIDELITIES),
    help="kommo: the dialect with the liberties that its clients rely on. strict: without them, "
    "and all its tokens stop when the user who gave them is deactivated. "
    "A strict server reads every integration strictly.",
)


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
@_FIDELITY
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
    fidelity: str | None,
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
        fidelity=fidelity,
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


@integration.command("show")
@click.argument("client_id")
@with_store
async def show(store: Store, *, client_id: str, as_json: bool) -> None:
    """Show an integration of any account: its settings, where it works, never a secret.

    A token names its integration in `aud`. Live grants are those that work now,
    long-lived tokens among them.

    \b
    Example:  grantway integration show 0f3c9a52-…
    """
    async with store.db.read() as reader:
        found = await integrations.of_any_account(reader, client_id)
        owner = await accounts.account_by_id(reader, found.account_id)
        installed_in = [
            (one, await grants.count_live(reader, one.account_id, client_id, store.now()))
            for one in await installations.accounts_with(reader, client_id)
        ]
    fields = _settings(found, owner) | {
        "live_grants": sum(live for _, live in installed_in),
        "installations": [
            {
                "account": one.subdomain,
                "installed": moment(one.installed_at),
                "live_grants": live,
            }
            for one, live in installed_in
        ],
    }
    if not as_json:
        fields["installations"] = "\n".join(
            f"{one.subdomain}, since {moment(one.installed_at)}, live grants: {live}"
            for one, live in installed_in
        )
    print_one(fields, as_json=as_json)


@integration.command("edit")
@click.argument("client_id")
@click.option("--account", required=True, metavar="SUBDOMAIN")
@click.option("--name")
@click.option("--description")
@click.option("--redirect-uri", help="Where authorization codes are sent; '' for none.")
@click.option("--revoke-hook-uri", help="Called when access is revoked; '' for none.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(OFFERED),
    help="Repeatable, instead of the present ones. Tokens keep those that they were given.",
)
@_FIDELITY
@with_store
async def edit(
    store: Store,
    *,
    client_id: str,
    account: str,
    name: str | None,
    description: str | None,
    redirect_uri: str | None,
    revoke_hook_uri: str | None,
    scopes: tuple[str, ...],
    fidelity: str | None,
    as_json: bool,
) -> None:
    """Change settings of an integration; those that are not named stay.

    \b
    Example:  grantway integration edit 0f3c9a52-… --account acme --fidelity strict
    """
    changes = Changes(
        name=name,
        description=description,
        redirect_uri=redirect_uri,
        revoke_hook_uri=revoke_hook_uri,
        scopes=scopes or None,
        fidelity=fidelity,
    )
    if not changes.given():
        raise click.UsageError("name what is to change, like --fidelity or --name")
    async with store.db.write() as tx:
        owner, actor = await administrator(tx, account, None)
        changed = await integrations.edit(tx, actor, client_id, changes, store.now())
    print_one(_settings(changed, owner), as_json=as_json)


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


def _settings(one: Integration, owner: Account) -> dict[str, object]:
    return {
        "client_id": one.client_id,
        "account": owner.subdomain,
        "name": one.name,
        "description": one.description,
        "kind": one.kind,
        "status": one.status,
        "fidelity": one.fidelity,
        "scopes": one.scopes,
        "redirect_uri": one.redirect_uri,
        "revoke_hook_uri": one.revoke_hook_uri,
        "secret_key_issued": moment(one.secret_issued_at),
        "created": moment(one.created_at),
        "changed": moment(one.updated_at),
    }


def _shown(one: Integration, installed: set[str]) -> dict[str, object]:
    return {
        "client_id": one.client_id,
        "name": one.name,
        "kind": one.kind,
        "installed": one.client_id in installed,
        "scopes": one.scopes,
        "fidelity": one.fidelity,
        "redirect_uri": one.redirect_uri,
        "created": moment(one.created_at),
    }
