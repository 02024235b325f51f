"""`grantway grant`: what users of an account gave to integrations."""

from __future__ import annotations

import click

from grantway.cli.output import moment, print_json, print_rows
from grantway.cli.target import Store, administrator, with_store
from grantway.oauth import grants
from grantway.oauth.grants import GrantShown


@click.group()
def grant() -> None:
    """Access that users gave to integrations, whatever kind of tokens it has."""


@grant.command("list")
@click.option("--account", required=True, metavar="SUBDOMAIN")
@click.option("--integration", "client_id", metavar="ID", help="Of this integration alone.")
@with_store
async def list_(store: Store, *, account: str, client_id: str | None, as_json: bool) -> None:
    """List the grants of an account: those that are live first, then the newest.

    Of each: the user, the scopes, and when and from where it was last used. A
    grant that is *stopped* is refused until its user may work in the account again.

    \b
    Example:  grantway grant list --account acme
    """
    async with store.db.read() as reader:
        _, actor = await administrator(reader, account, None)
        found = (
            await grants.of_account(reader, actor)
            if client_id is None
            else await grants.of_integration(reader, actor, client_id)
        )
    print_rows(
        [_shown(one, store.now()) for one in found],
        as_json=as_json,
        empty="Nobody in this account gave access to an integration.",
    )


@grant.command("revoke")
@click.argument("grant_id", type=int, required=False)
@click.option("--account", required=True, metavar="SUBDOMAIN")
@click.option("--all", "is_all", is_flag=True, help="All grants of one integration.")
@click.option("--integration", "client_id", metavar="ID", help="Which one, with --all.")
@with_store
async def revoke(
    store: Store,
    *,
    grant_id: int | None,
    account: str,
    is_all: bool,
    client_id: str | None,
    as_json: bool,
) -> None:
    """Revoke a grant by its number in `grant list`, or all of one integration.

    Its tokens are refused at once, and the integration is told by its revoke
    hook. It stays installed; `grantway installation end` ends that as well.

    \b
    Example:  grantway grant revoke 7 --account acme
    Example:  grantway grant revoke --all --integration 0f3c9a52-… --account acme
    """
    if is_all != (grant_id is None) or is_all != (client_id is not None):
        raise click.UsageError("name one grant, or --all with --integration")
    async with store.db.write() as tx:
        _, actor = await administrator(tx, account, None)
        ended = 1
        if grant_id is not None:
            await grants.revoke(tx, actor, grant_id, store.now())
        elif client_id is not None:
            ended = await grants.revoke_all(tx, actor, client_id, store.now())
    if as_json:
        print_json({"revoked": ended})
    else:
        click.echo("Revoked." if client_id is None else f"Revoked: {ended}.")


def _shown(one: GrantShown, now: int) -> dict[str, object]:
    return {
        "id": one.grant_id,
        "state": one.state(now),
        "kind": one.kind,
        "integration": one.integration_name,
        "client_id": one.client_id,
        "user": one.user_name,
        "scopes": one.scopes,
        "given": moment(one.created_at),
        "ends": moment(one.ended_at or one.expires_at),
        "last_used": moment(one.last_used_at),
        "last_used_from": one.last_used_from,
        "spent_token_came_back": moment(one.reused_at),
        "user_has_left": not one.is_authorizer_active,
    }
