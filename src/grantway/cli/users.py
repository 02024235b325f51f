"""`grantway user`: people, and what they are in accounts."""

from __future__ import annotations

import sys

import click

from grantway.accounts import service as accounts
from grantway.accounts.errors import FieldRefused
from grantway.accounts.model import Role
from grantway.accounts.passwords import hash_password, password_problem
from grantway.cli.output import print_json, print_rows
from grantway.cli.target import Store, with_store


@click.group()
def user() -> None:
    """People and their roles."""


@user.command("create")
@click.argument("email")
@click.option("--name", required=True, help="What people call them.")
@click.option("--account", "subdomain", metavar="SUBDOMAIN", help="Add them to this account, too.")
@click.option(
    "--role", type=click.Choice([role.value for role in Role]), default="user", show_default=True
)
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input; else ask."
)
@with_store
async def create(
    store: Store,
    *,
    email: str,
    name: str,
    subdomain: str | None,
    role: str,
    password_stdin: bool,
    as_json: bool,
) -> None:
    """Create a person who can sign in.

    \b
    Example:  grantway user create alice@acme.example --name Alice \\
                --account acme --role administrator
    """
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    if problem := password_problem(password, name=name, email=email):
        raise FieldRefused("password", problem)
    password_hash = await hash_password(password)
    now = store.now()
    async with store.db.write() as tx:
        made = await accounts.create_user(
            tx, email=email, name=name, password_hash=password_hash, now=now
        )
        if subdomain is not None:
            account = await accounts.account_by_subdomain(tx, subdomain)
            await accounts.add_user_to_account(tx, account.id, made.id, Role(role), now)
    if as_json:
        print_json({"id": made.id, "email": made.email, "name": made.name})
    else:
        click.echo(f"User {made.id}, {made.email}")


@user.command("role")
@click.argument("email")
@click.option("--account", "subdomain", required=True, metavar="SUBDOMAIN")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@with_store
async def role(store: Store, *, email: str, subdomain: str, role: str, as_json: bool) -> None:
    """Add a person to an account, or change their role in it; it works at once.

    \b
    Example:  grantway user role bob@acme.example --account acme --role administrator
    """
    async with store.db.write() as tx:
        person = await accounts.user_by_email(tx, email)
        account = await accounts.account_by_subdomain(tx, subdomain)
        await accounts.add_user_to_account(tx, account.id, person.id, Role(role), store.now())
    if as_json:
        print_json({"email": person.email, "account": subdomain, "role": role})
    else:
        click.echo(f"{person.email} is {role} of {subdomain}")


@user.command("list")
@click.option("--account", "subdomain", required=True, metavar="SUBDOMAIN")
@with_store
async def list_(store: Store, *, subdomain: str, as_json: bool) -> None:
    """List an account's people.

    \b
    Example:  grantway user list --account acme
    """
    async with store.db.read() as reader:
        account = await accounts.account_by_subdomain(reader, subdomain)
        found = await accounts.all_users(reader, account.id)
    rows = [
        {
            "id": one.id,
            "email": one.email,
            "name": one.name,
            "role": one.role,
            "active": one.is_active,
        }
        for one in found
    ]
    print_rows(rows, as_json=as_json, empty=f"Nobody is in {subdomain} yet.")
