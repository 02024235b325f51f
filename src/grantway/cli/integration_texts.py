"""`grantway integration texts`: what a public integration says in its languages."""

from __future__ import annotations

import click
import msgspec

from grantway.accounts import service as accounts
from grantway.cli.output import print_json, print_rows
from grantway.cli.target import Store, administrator, with_store
from grantway.integrations import service as integrations
from grantway.integrations.model import LANGUAGES, Texts
from grantway.moderation import forms

_ACCOUNT = click.option("--account", required=True, metavar="SUBDOMAIN")
_LANGUAGE = click.option("--language", required=True, type=click.Choice(list(LANGUAGES)))


@click.group("texts")
def texts() -> None:
    """Texts of a public integration, by language."""


@texts.command("list")
@click.argument("client_id")
@with_store
async def list_(store: Store, *, client_id: str, as_json: bool) -> None:
    """List the texts of a public integration, those of its main language first.

    \b
    Example:  grantway integration texts list 0f3c9a52-… --json
    """
    async with store.db.read() as reader:
        found = await integrations.of_any_account(reader, client_id)
        owner = await accounts.account_by_id(reader, found.account_id)
        _, actor = await administrator(reader, owner.subdomain, None)
        spoken = await forms.texts_of(reader, actor, client_id)
    rows = [
        {"language": one.language, "is_main": one.language == found.language}
        | {k: v for k, v in msgspec.structs.asdict(one).items() if k != "language"}
        for one in spoken
    ]
    print_rows(rows, as_json=as_json, empty="It says nothing.")


@texts.command("set")
@click.argument("client_id")
@_ACCOUNT
@_LANGUAGE
@click.option("--name", required=True)
@click.option("--short-description", default="", help="At most 50 characters.")
@click.option("--description", default="")
@click.option("--instructions", default="", help="How it is installed.")
@with_store
async def set_(
    store: Store, *, client_id: str, account: str, language: str, as_json: bool, **fields: str
) -> None:
    """Write what a draft says in a further language, in place of what it said there.

    Texts that are left out are empty, and it is published only when none is. Those of
    the main language are changed by `integration edit`.

    \b
    Example:  grantway integration texts set 0f3c9a52-… --account danalabs --language es \\
                --name "Paquetes" --short-description "Paquetes junto a sus leads"
    """
    written = Texts(language, **fields)
    async with store.db.write() as tx:
        _, actor = await administrator(tx, account, None)
        await forms.write_texts(tx, actor, client_id, written, store.now(), rules=store.rules)
    if as_json:
        print_json(written)
    else:
        click.echo(f"It speaks {LANGUAGES[language]} now.")


@texts.command("main")
@click.argument("client_id")
@_ACCOUNT
@_LANGUAGE
@with_store
async def main(store: Store, *, client_id: str, account: str, language: str, as_json: bool) -> None:
    """Make a further language the main one of a draft, and the main one a further one.

    The main one is shown to everybody whose language the integration does not speak.

    \b
    Example:  grantway integration texts main 0f3c9a52-… --account danalabs --language es
    """
    async with store.db.write() as tx:
        _, actor = await administrator(tx, account, None)
        await forms.make_main_language(
            tx, actor, client_id, language, store.now(), rules=store.rules
        )
    if as_json:
        print_json({"client_id": client_id, "main": language})
    else:
        click.echo(f"{LANGUAGES[language]} is its main language now.")


@texts.command("remove")
@click.argument("client_id")
@_ACCOUNT
@_LANGUAGE
@with_store
async def remove(
    store: Store, *, client_id: str, account: str, language: str, as_json: bool
) -> None:
    """Take a further language away from a draft.

    \b
    Example:  grantway integration texts remove 0f3c9a52-… --account danalabs --language es
    """
    async with store.db.write() as tx:
        _, actor = await administrator(tx, account, None)
        if not await forms.remove_language(
            tx, actor, client_id, language, store.now(), rules=store.rules
        ):
            raise click.ClickException(f"It has no texts in {LANGUAGES[language]}")
    if as_json:
        print_json({"client_id": client_id, "removed": language})
    else:
        click.echo(f"It does not speak {LANGUAGES[language]} any more.")
