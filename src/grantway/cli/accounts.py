"""`grantway account`: the tenants."""

from __future__ import annotations

import click

from grantway.accounts import grant_rule, renaming, suspension
from grantway.accounts import service as accounts
from grantway.accounts.model import Account
from grantway.accounts.service import NewAccount
from grantway.cli.output import moment, print_json, print_one, print_rows
from grantway.cli.target import Store, administrator, with_store
from grantway.cli.technical_accounts import technical
from grantway.crm import beginnings
from grantway.oauth import unused


@click.group()
def account() -> None:
    """Accounts by subdomain."""


account.add_command(technical)


@account.command("create")
@click.argument("subdomain")
@click.option("--name", help="What people call it; the subdomain if left out.")
@click.option("--technical", is_flag=True, help="An account of an integrator, without end.")
@click.option("--currency", default="USD", show_default=True, metavar="CODE")
@click.option("--country", default="US", show_default=True, metavar="CODE")
@click.option("--language", default="en", show_default=True)
@click.option("--timezone", default="UTC", show_default=True)
@with_store
async def create(
    store: Store,
    *,
    subdomain: str,
    name: str | None,
    technical: bool,
    currency: str,
    country: str,
    language: str,
    timezone: str,
    as_json: bool,
) -> None:
    """Create an account with its first pipeline.

    \b
    Example:  grantway account create acme --name "Acme Ltd" --currency EUR
    """
    new = NewAccount(
        subdomain=subdomain,
        name=name or subdomain,
        is_technical=technical,
        country=country,
        currency=currency,
        language=language,
        timezone=timezone,
    )
    async with store.db.write() as tx:
        made = await accounts.create_account(tx, new, store.now())
        await beginnings.begin(tx, made.id, store.now())
    if as_json:
        print_json(_shown(made, store))
    else:
        click.echo(f"Account {made.id} is at {store.addresses.origin(made.subdomain)}")


@account.command("list")
@with_store
async def list_(store: Store, *, as_json: bool) -> None:
    """List all accounts.

    \b
    Example:  grantway account list --json
    """
    async with store.db.read() as reader:
        found = await accounts.list_accounts(reader)
    print_rows(
        [_shown(one, store) for one in found],
        as_json=as_json,
        empty="There is no account yet; `grantway account create` makes one.",
    )


@account.command("show")
@click.argument("subdomain")
@with_store
async def show(store: Store, *, subdomain: str, as_json: bool) -> None:
    """Show one account.

    \b
    Example:  grantway account show acme
    """
    async with store.db.read() as reader:
        found = await accounts.account_by_subdomain(reader, subdomain)
    print_one(_shown(found, store), as_json=as_json)


@account.command("suspend")
@click.argument("subdomain")
@with_store
async def suspend(store: Store, *, subdomain: str, as_json: bool) -> None:
    """Suspend an account: its tokens are refused at once, and nobody enters its workspace.

    Sessions in its workspace end. Its people can still sign in for their other
    accounts. Data, integrations and tokens are kept; `account resume` makes
    the tokens work again.

    \b
    Example:  grantway account suspend acme
    """
    async with store.db.write() as tx:
        suspended = await suspension.suspend(tx, subdomain, store.now())
    if as_json:
        print_json(_shown(suspended, store))
    else:
        click.echo(f"{subdomain} is suspended. `grantway account resume {subdomain}` ends that.")


@account.command("rename")
@click.argument("subdomain")
@click.argument("new")
@with_store
async def rename(store: Store, *, subdomain: str, new: str, as_json: bool) -> None:
    """Give an account another subdomain; tokens, people and data stay.

    The old address answers 404 from now on, and stays reserved for this account.
    Integrations find the new one with their refresh token.

    \b
    Example:  grantway account rename acme acme-europe
    """
    async with store.db.write() as tx:
        renamed = await renaming.rename(tx, subdomain, new, store.now())
    if as_json:
        print_json(_shown(renamed, store))
    else:
        click.echo(f"{subdomain} is {new} now: {store.addresses.origin(new)}")


@account.command("resume")
@click.argument("subdomain")
@with_store
async def resume(store: Store, *, subdomain: str, as_json: bool) -> None:
    """Let a suspended account work again: its tokens, its pages, its people.

    \b
    Example:  grantway account resume acme
    """
    async with store.db.write() as tx:
        resumed = await suspension.resume(tx, subdomain, store.now())
    if as_json:
        print_json(_shown(resumed, store))
    else:
        click.echo(f"{subdomain} is active again.")


@account.command("rule")
@click.argument("subdomain")
@click.option(
    "--unused-days",
    type=click.Choice([*map(str, grant_rule.CHOICES), "off"]),
    help="After how many days without use access ends; else the rule is only shown.",
)
@with_store
async def rule(store: Store, *, subdomain: str, unused_days: str | None, as_json: bool) -> None:
    """Show or change the account's rule about access that nobody uses.

    What the rule ends, long-lived tokens as well, ends within an hour, and does not
    come back with another rule.

    \b
    Example:  grantway account rule acme --unused-days 90
    """
    async with store.db.write() as tx:
        found, actor = await administrator(tx, subdomain, None)
        if unused_days is not None:
            wanted = None if unused_days == "off" else int(unused_days)
            await grant_rule.change_unused_grant_days(tx, actor, wanted, store.now())
        days = await grant_rule.unused_grant_days(tx, found.id)
        soon = [] if days is None else await unused.foreseen(tx, actor, days, store.now())
    if as_json:
        print_json({"account": subdomain, "unused_days": days, "ending_soon": len(soon)})
    elif days is None:
        click.echo("Access does not end for want of use.")
    else:
        click.echo(
            f"Access that nobody uses for {days} days ends; "
            f"now and in the next two weeks: {len(soon)}."
        )


def _shown(account: Account, store: Store) -> dict[str, object]:
    return {
        "id": account.id,
        "subdomain": account.subdomain,
        "name": account.name,
        "address": store.addresses.origin(account.subdomain),
        "status": account.status,
        "technical": account.is_technical,
        "technical_until": moment(account.technical_until),
        "currency": account.currency,
        "created": moment(account.created_at),
    }
