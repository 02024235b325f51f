"""`grantway integration`: the integrations of an account, and what the operator does to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from grantway.accounts import service as accounts
from grantway.cli.integration_calls import calls
from grantway.cli.integration_check import check
from grantway.cli.integration_fields import all_fields, row
from grantway.cli.integration_ratings import ratings, statistics
from grantway.cli.integration_states import disable, enable, publish, unpublish
from grantway.cli.integration_texts import texts
from grantway.cli.integration_versions import version
from grantway.cli.output import moment, print_json, print_one, print_rows
from grantway.cli.target import Store, administrator, with_store
from grantway.installations import service as installations
from grantway.integrations import public
from grantway.integrations import service as integrations
from grantway.integrations.model import (
    FIDELITIES,
    FIRST_DESCRIPTION,
    FIRST_NAME,
    LANGUAGES,
    PRICES,
)
from grantway.integrations.public import PublicSettings
from grantway.integrations.scopes import OFFERED
from grantway.integrations.service import Changes, Settings
from grantway.moderation import forms
from grantway.oauth import grants

F = TypeVar("F", bound=Callable[..., Any])


@click.group()
def integration() -> None:
    """Integrations and their keys."""


for _command in (
    *(texts, version, check, calls, ratings, statistics),
    *(publish, unpublish, disable, enable),
):
    integration.add_command(_command)


_FIDELITY = click.option(
    "--fidelity",
    type=click.Choice(FIDELITIES),
    help="kommo: the dialect with the liberties that its clients rely on. strict: without them, "
    "and all its tokens stop when the user who gave them is deactivated. "
    "A strict server reads every integration strictly.",
)


_PUBLIC_OPTIONS = (
    click.option("--short-description", help="At most 50 characters."),
    click.option("--instructions", help="How it is installed."),
    click.option("--owner-name", help="Whom users will find named as its owner."),
    click.option("--owner-uri", help="Where its owner is found."),
    click.option("--privacy-uri", help="Where its privacy policy is found."),
    click.option(
        "--price",
        type=click.Choice(PRICES),
        help="external: users pay for it, outside of this Marketplace.",
    ),
    click.option("--widget/--no-widget", "has_widget", default=None, help="Whether it has one."),
)


def _with_public_options(command: F) -> F:
    """Add the options that only public integrations have."""
    for option in reversed(_PUBLIC_OPTIONS):
        command = option(command)
    return command


@integration.command("create")
@click.option("--account", required=True, metavar="SUBDOMAIN")
@click.option("--name", show_default=FIRST_NAME)
@click.option("--description", show_default=FIRST_DESCRIPTION)
@click.option("--redirect-uri", default="", help="Where authorization codes are sent.")
@click.option("--revoke-hook-uri", default="", help="Called when access is revoked.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(OFFERED),
    help="Repeatable; else all, and for a public one none.",
)
@_FIDELITY
@click.option(
    "--public",
    "is_public",
    is_flag=True,
    help="A draft of a public integration; the account must be a technical one.",
)
@click.option(
    "--language",
    type=click.Choice(list(LANGUAGES)),
    help="The main language of a public integration; else en.",
)
@_with_public_options
@with_store
async def create(
    store: Store,
    *,
    account: str,
    is_public: bool,
    as_json: bool,
    scopes: tuple[str, ...],
    fidelity: str | None,
    language: str | None,
    has_widget: bool | None,
    **texts: str | None,
) -> None:
    """Create an integration and print its keys; the secret key is shown this once.

    It is private, unless --public is given. The options from --language on are for
    public ones.

    \b
    Example:  grantway integration create --account acme --name "Warehouse export" --json
    """
    given = {name: text for name, text in texts.items() if text is not None}
    of_public = {"language": language, "has_widget": has_widget} | {
        name: given.get(name) for name in given if name not in Settings.__struct_fields__
    }
    if not is_public and any(value is not None for value in of_public.values()):
        raise click.UsageError("only public integrations have that: add --public, or leave it out")
    if is_public and "name" not in given:
        raise click.UsageError("--public needs --name: users will read it")
    now = store.now()
    async with store.db.write() as tx:
        _, actor = await administrator(tx, account, None)
        if is_public:
            draft = PublicSettings(
                **given,
                language=language or "en",
                has_widget=bool(has_widget),
                scopes=scopes,
                fidelity=fidelity,
            )
            made = await public.create_public(tx, actor, draft, now, rules=store.rules)
        else:
            settings = Settings(**given, scopes=scopes or OFFERED, fidelity=fidelity)
            made = await integrations.create_private(tx, actor, now, settings, rules=store.rules)
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
        [row(one, installed) for one in listed],
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
    fields = all_fields(found, owner) | {
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
@_with_public_options
@with_store
async def edit(
    store: Store,
    *,
    client_id: str,
    account: str,
    scopes: tuple[str, ...],
    as_json: bool,
    **fields: Any,
) -> None:
    """Change settings of an integration; those that are not named stay.

    Of a public one the newest draft is changed (`integration version add` begins
    one). The options from --short-description on are for public ones.

    \b
    Example:  grantway integration edit 0f3c9a52-… --account acme --fidelity strict
    """
    changes = Changes(scopes=scopes or None, **fields)
    if not changes.given():
        raise click.UsageError("name what is to change, like --fidelity or --name")
    async with store.db.write() as tx:
        owner, actor = await administrator(tx, account, None)
        changed = await forms.edit(tx, actor, client_id, changes, store.now(), rules=store.rules)
    print_one(all_fields(changed, owner), as_json=as_json)


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
        # In this order: a deleted integration is told nothing any more.
        await installations.uninstall(tx, actor, client_id, now)
        await integrations.delete(tx, actor, client_id, now)
    if as_json:
        print_json({"client_id": client_id, "deleted": True})
    else:
        click.echo("Deleted.")
