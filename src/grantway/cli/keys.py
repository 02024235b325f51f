"""`grantway key`: the keys that sign tokens, and the key that seals secrets."""

from __future__ import annotations

import base64
import secrets

import click

from grantway.cli.output import moment, print_json, print_rows
from grantway.cli.target import Store, with_store
from grantway.kernel.sealing import KEY_BYTES
from grantway.oauth import key_rotation, keys


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


@key.command("rotate")
@click.option("--at-once", is_flag=True, help="Do not wait until the new key is known everywhere.")
@with_store
async def rotate(store: Store, *, at_once: bool, as_json: bool) -> None:
    """Bring in another signing key, in two steps with a quarter of an hour between.

    The first call announces a key: it is published and signs nothing. The second
    lets it sign, and retires the one before it. No token stops working.

    \b
    Example:  grantway key rotate && sleep 900 && grantway key rotate
    """
    new = await keys.make_key()
    async with store.db.write() as tx:
        is_announced = any(one.state == "next" for one in await keys.all_keys(tx))
        if not is_announced:
            await key_rotation.announce(tx, new, store.seal, store.now())
        kid, state = new.kid, "next"
        if is_announced or at_once:
            kid = await key_rotation.activate(tx, store.now(), at_once=at_once)
            state = "active"
    if as_json:
        print_json({"kid": kid, "state": state})
    elif state == "next":
        minutes = key_rotation.AHEAD // 60
        click.echo(f"Signing key {kid} is announced. In {minutes} minutes: grantway key rotate")
    else:
        click.echo(f"Signing key {kid} signs from now on; tokens of the one before stay good.")


@key.command("compromise")
@click.argument("kid")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_store
async def compromise(store: Store, *, kid: str, yes: bool, as_json: bool) -> None:
    """Give up a key that leaked: all its tokens are refused within a second.

    Integrations go on with their next refresh. Long-lived tokens of the key are
    dead, and administrators have to generate others.

    \b
    Example:  grantway key compromise 5c6e1a52-0b8f-4a39-9a0d-1f4f0b7a9d11
    """
    if not yes:
        click.confirm(f"Refuse every token that {kid} signed?", abort=True)
    replacement = await keys.make_key()
    async with store.db.write() as tx:
        successor = await key_rotation.compromise(tx, kid, replacement, store.seal, store.now())
    if as_json:
        print_json({"kid": kid, "state": "compromised", "active": successor})
    else:
        click.echo(f"Tokens of {kid} are refused from now on.")
        if successor is not None:
            click.echo(f"Signing key {successor} signs from now on.")


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
