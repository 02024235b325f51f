"""`grantway installation`: which integrations work in an account."""

from __future__ import annotations

import click

from grantway.cli.output import moment, print_json, print_rows
from grantway.cli.target import Store, administrator, with_store
from grantway.installations import everywhere
from grantway.installations import service as installations
from grantway.installations.errors import InstallationNotFound
from grantway.installing import frames
from grantway.installing import service as installing
from grantway.installing.model import Channel
from grantway.oauth import grants


@click.group()
def installation() -> None:
    """Integrations that are installed in an account, whoever made them."""


@installation.command("list")
@click.option("--account", required=True, metavar="SUBDOMAIN")
@with_store
async def list_(store: Store, *, account: str, as_json: bool) -> None:
    """List what is installed, and what the operator stopped everywhere.

    \b
    Example:  grantway installation list --account acme
    """
    async with store.db.read() as reader:
        _, actor = await administrator(reader, account, None)
        live = await installations.live(reader, actor)
        stopped = await everywhere.stopped_in(reader, actor)
        usage = await grants.usage(reader, actor, store.now())
    rows: list[dict[str, object]] = []
    for one in live:
        used = usage.get(one.client_id)
        rows.append(
            {
                "client_id": one.client_id,
                "name": one.name,
                "kind": one.kind,
                "owner": one.owner_name,
                "verified": one.is_verified,
                "state": "installed",
                "scopes": one.scopes,
                "since": moment(one.installed_at),
                "by": one.installed_by,
                "live_grants": used.live if used else 0,
                "last_used": moment(used.last_used_at) if used else None,
            }
        )
    rows += [
        {
            "client_id": one.client_id,
            "name": one.name,
            "kind": one.kind,
            "owner": None,
            "verified": False,
            "state": "stopped",
            "scopes": "",
            "since": moment(one.stopped_at),
            "by": "the operator",
            "live_grants": 0,
            "last_used": None,
        }
        for one in stopped
    ]
    print_rows(rows, as_json=as_json, empty=f"Nothing is installed in {account}.")


@installation.command("install")
@click.argument("client_id")
@click.option("--account", required=True, metavar="SUBDOMAIN")
@with_store
async def install(store: Store, *, client_id: str, account: str, as_json: bool) -> None:
    """Install an integration with its widget in an account, in place of its administrators.

    The integration is told once, with an authorization code, by a running
    server. One that is installed already stays as it is.

    \b
    Example:  grantway installation install 0f3c9a52-… --account acme
    """
    async with store.db.write() as tx:
        _, actor = await administrator(tx, account, None)
        made = await installing.install(
            tx, actor, client_id, channel=Channel.OPERATOR, now=store.now()
        )
    if as_json:
        print_json({"client_id": client_id, "status": made.status, "is_new": made.is_new})
    else:
        click.echo(("Installed" if made.is_new else "Installed before") + f": {made.status}.")


@installation.command("others")
@click.option("--account", required=True, metavar="SUBDOMAIN")
@click.option(
    "--allow/--refuse",
    "allowed",
    default=None,
    help="Let tokens of one integration install others by the API, or not. Without: say it.",
)
@with_store
async def others(store: Store, *, account: str, allowed: bool | None, as_json: bool) -> None:
    """Tell, or choose, whether a token may install other integrations than its own.

    \b
    Example:  grantway installation others --account acme --allow
    """
    async with store.db.write() as tx:
        _, actor = await administrator(tx, account, None)
        if allowed is not None:
            await installing.let_install_others(tx, actor, store.now(), allowed=allowed)
        is_allowed = await installing.may_install_others(tx, actor.account_id)
    if as_json:
        print_json({"account": account, "api_may_install_others": is_allowed})
    else:
        told = "may" if is_allowed else "may not"
        click.echo(f"In {account}, tokens {told} install other integrations than their own.")


@installation.command("frames")
@click.option("--account", required=True, metavar="SUBDOMAIN")
@click.option(
    "--use/--no-use",
    "in_frames",
    default=None,
    help="Run each widget in a frame that reaches neither the page nor others, or in the page. "
    "Without: say it.",
)
@with_store
async def in_frames(store: Store, *, account: str, in_frames: bool | None, as_json: bool) -> None:
    """Tell, or choose, whether the widgets of an account run in frames of their own.

    A frame keeps a widget from the page, from the session and from other widgets. Those that
    change the page beside their own block, or call the API as their user, do not work in it.

    \b
    Example:  grantway installation frames --account acme --use
    """
    async with store.db.write() as tx:
        _, actor = await administrator(tx, account, None)
        if in_frames is not None:
            await frames.let_run_in_frames(tx, actor, store.now(), in_frames=in_frames)
        is_framed = await frames.runs_in_frames(tx, actor.account_id)
    if as_json:
        print_json({"account": account, "widgets_in_frames": is_framed})
    else:
        told = "frames of their own" if is_framed else "the page itself"
        click.echo(f"In {account}, widgets run in {told}.")


@installation.command("end")
@click.argument("client_id")
@click.option("--account", required=True, metavar="SUBDOMAIN")
@click.confirmation_option(prompt="All its access in this account ends at once. Uninstall it?")
@with_store
async def end(store: Store, *, client_id: str, account: str, as_json: bool) -> None:
    """Uninstall an integration from an account; all its tokens there are dead at once.

    The integration is told once, by its revoke hook. Installing it again later
    brings none of them back.

    \b
    Example:  grantway installation end 0f3c9a52-… --account acme --yes
    """
    async with store.db.write() as tx:
        _, actor = await administrator(tx, account, None)
        if not await installing.uninstall(
            tx, actor, client_id, store.now(), channel=Channel.OPERATOR
        ):
            raise InstallationNotFound
    if as_json:
        print_json({"client_id": client_id, "installed": False})
    else:
        click.echo("Uninstalled.")
