"""`grantway key`: the keys that sign tokens, and the key that seals secrets."""

from __future__ import annotations

import base64
import secrets

import click

from grantway.cli.output import moment, print_json, print_rows
from grantway.cli.target import Store, with_store
from grantway.kernel.sealing import KEY_BYTES
from grantway.oauth import keys


@click.group()
def key() -> None:
    """Signing keys, and new sealing keys."""


@key.command("new-secret")
def new_secret() -> None:
    """Print a new value for GRANTWAY_SECRET_KEY; nothing is stored.

    \b
    Example:  export GRANTWAY_SECRET_KEY=$(grantway key new-secret)
    """
    click.echo(base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode())


@key.command("create")
@with_store
async def create(store: Store, *, as_json: bool) -> None:
    """Make the first signing key; refuse when there is one.

    \b
    Example:  grantway key create
    """
    new = await keys.make_key()
    async with store.db.write() as tx:
        stored = await keys.store_first_key(tx, new, store.seal, store.now())
    if not stored:
        raise click.ClickException("there is a signing key already; `grantway key list` shows it")
    if as_json:
        print_json({"kid": new.kid, "state": "active"})
    else:
        click.echo(f"Signing key {new.kid} is active.")


@key.command("list")
@with_store
async def list_(store: Store, *, as_json: bool) -> None:
    """List the signing keys; never the keys themselves.

    \b
    Example:  grantway key list
    """
    async with store.db.read() as reader:
        found = await keys.all_keys(reader)
    print_rows(
        [{"kid": one.kid, "state": one.state, "created": moment(one.created_at)} for one in found],
        as_json=as_json,
        empty="There is no signing key yet; `grantway key create` makes one.",
    )
