"""`grantway group`: groups of an account's users, which the right G reaches."""

from __future__ import annotations

import click

from grantway.accounts import groups
from grantway.accounts import service as accounts
from grantway.cli.output import print_json, print_rows
from grantway.cli.target import Store, administrator, with_store
from grantway.crm.fields import service as fields

_ACCOUNT = click.option("--account", required=True, metavar="SUBDOMAIN")


@click.group()
def group() -> None:
    """Name groups of users, and put users into them.

    Who may see "those of the own group" sees what anybody in the group answers for.
    """


@group.command("list")
@_ACCOUNT
@with_store
async def list_(store: Store, *, account: str, as_json: bool) -> None:
    """List the groups of an account and how many users each has.

    \b
    Example:  grantway group list --account acme
    """
    async with store.db.read() as reader:
        found = await accounts.account_by_subdomain(reader, account)
        users = await accounts.all_users(reader, found.id)
        named = await groups.list_all(reader, found.id)
    rows = [
        {"id": one.id, "name": one.name, "users": sum(u.group_id == one.id for u in users)}
        for one in named
    ]
    print_rows(rows, as_json=as_json, empty="")


@group.command("create")
@click.argument("name")
@_ACCOUNT
@with_store
async def create(store: Store, *, name: str, account: str, as_json: bool) -> None:
    """Add a group to an account.

    \b
    Example:  grantway group create "North" --account acme
    """
    async with store.db.write() as tx:
        _, actor = await administrator(tx, account, None)
        made = await groups.add(tx, actor, name, store.now())
    if as_json:
        print_json({"id": made.id, "name": made.name})
    else:
        click.echo(f"Group {made.id}, {made.name}")


@group.command("rename")
@click.argument("group_id", type=int)
@click.argument("name")
@_ACCOUNT
@with_store
async def rename(store: Store, *, group_id: int, name: str, account: str, as_json: bool) -> None:
    """Give a group, named by its number in `group list`, another name.

    \b
    Example:  grantway group rename 3 "North and east" --account acme
    """
    async with store.db.write() as tx:
        _, actor = await administrator(tx, account, None)
        await groups.rename(tx, actor, group_id, name, store.now())
    if as_json:
        print_json({"id": group_id, "name": name.strip()})
    else:
        click.echo(f"Group {group_id} is called {name.strip()} now.")


@group.command("delete")
@click.argument("group_id", type=int)
@_ACCOUNT
@with_store
async def delete(store: Store, *, group_id: int, account: str, as_json: bool) -> None:
    """Delete a group; its users go back to the first one, Sales department.

    \b
    Example:  grantway group delete 3 --account acme
    """
    async with store.db.write() as tx:
        _, actor = await administrator(tx, account, None)
        await groups.remove(tx, actor, group_id, outdate=fields.start_epoch, now=store.now())
    if as_json:
        print_json({"deleted": group_id})
    else:
        click.echo(f"Group {group_id} is deleted.")


@group.command("assign")
@click.argument("group_id", type=int)
@click.argument("email")
@_ACCOUNT
@with_store
async def assign(store: Store, *, group_id: int, email: str, account: str, as_json: bool) -> None:
    """Put a user of the account into a group; 0 is the first one.

    \b
    Example:  grantway group assign 3 bob@acme.example --account acme
    """
    async with store.db.write() as tx:
        _, actor = await administrator(tx, account, None)
        person = await accounts.user_by_email(tx, email)
        await groups.move(
            tx, actor, person.id, group_id, outdate=fields.start_epoch, now=store.now()
        )
    if as_json:
        print_json({"email": person.email, "account": account, "group": group_id})
    else:
        click.echo(f"{person.email} is in group {group_id} of {account}.")
