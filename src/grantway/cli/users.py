"""`grantway user`: people, and what they are in accounts."""

from __future__ import annotations

import sys

import click

from grantway.accounts import activation, sessions
from grantway.accounts import service as accounts
from grantway.accounts.errors import FieldRefused
from grantway.accounts.model import FIRST_LANGUAGE, LANGUAGES, Account, Role
from grantway.accounts.passwords import hash_password, password_problem
from grantway.cli.output import print_json, print_rows
from grantway.cli.target import Store, with_store
from grantway.moderation import closing_trials

_PASSWORD_STDIN = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input; else ask."
)
_IN_ACCOUNT = click.option(
    "--account", "subdomain", metavar="SUBDOMAIN", help="In this account alone; else everywhere."
)

_LANGUAGE = click.Choice(list(LANGUAGES))


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
    "--language",
    type=_LANGUAGE,
    help="What they read; else the account's, or English.",
)
@_PASSWORD_STDIN
@with_store
async def create(
    store: Store,
    *,
    email: str,
    name: str,
    subdomain: str | None,
    role: str,
    language: str | None,
    password_stdin: bool,
    as_json: bool,
) -> None:
    """Create a person who can sign in.

    \b
    Example:  grantway user create alice@acme.example --name Alice \\
                --account acme --role administrator
    """
    password_hash = await _new_password(name=name, email=email, from_stdin=password_stdin)
    now = store.now()
    async with store.db.write() as tx:
        account = None
        if subdomain is not None:
            account = await accounts.account_by_subdomain(tx, subdomain)
        made = await accounts.create_user(
            tx,
            email=email,
            name=name,
            password_hash=password_hash,
            now=now,
            language=language or _read_in(account),
        )
        if account is not None:
            await accounts.add_user_to_account(tx, account.id, made.id, Role(role), now)
    if as_json:
        print_json(
            {"id": made.id, "email": made.email, "name": made.name, "language": made.language}
        )
    else:
        click.echo(f"User {made.id}, {made.email}")


@user.command("edit")
@click.argument("email")
@click.option("--language", required=True, type=_LANGUAGE, help="What they read.")
@with_store
async def edit(store: Store, *, email: str, language: str, as_json: bool) -> None:
    """Change what is kept of a person: the language of the Marketplace, notices and e-mail.

    They can change it themselves, on their page Profile.

    \b
    Example:  grantway user edit alice@acme.example --language es
    """
    async with store.db.write() as tx:
        person = await accounts.user_by_email(tx, email)
        await accounts.set_language(tx, person.id, language, actor="operator", now=store.now())
    if as_json:
        print_json({"email": person.email, "language": language})
    else:
        click.echo(f"{person.email} reads {LANGUAGES[language]} now.")


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


@user.command("deactivate")
@click.argument("email")
@_IN_ACCOUNT
@with_store
async def deactivate(store: Store, *, email: str, subdomain: str | None, as_json: bool) -> None:
    """Deactivate a person, everywhere or in one account; their sessions end at once.

    The last administrator of an account cannot be deactivated. Tokens that
    they generated as an administrator go on, unless their integration is
    strict: `grantway token revoke` ends them.

    \b
    Example:  grantway user deactivate bob@acme.example --account acme
    """
    async with store.db.write() as tx:
        person = await accounts.user_by_email(tx, email)
        if subdomain is None:
            # Accounts that were made for a moderator alone keep nobody from going.
            await closing_trials.end_of_moderator(tx, person.id, store.now())
            await activation.deactivate(tx, person, store.now())
        else:
            account = await accounts.account_by_subdomain(tx, subdomain)
            await activation.deactivate_in_account(tx, account, person, store.now())
    if as_json:
        print_json({"email": person.email, "account": subdomain, "active": False})
    else:
        click.echo(f"{person.email} is deactivated{f' in {subdomain}' if subdomain else ''}.")


@user.command("activate")
@click.argument("email")
@_IN_ACCOUNT
@with_store
async def activate(store: Store, *, email: str, subdomain: str | None, as_json: bool) -> None:
    """Activate a person again who was deactivated, everywhere or in one account.

    Sessions that ended stay so: they sign in again. Who was deactivated in
    both ways has to be activated in both.

    \b
    Example:  grantway user activate bob@acme.example --account acme
    """
    async with store.db.write() as tx:
        person = await accounts.user_by_email(tx, email)
        if subdomain is None:
            await activation.activate(tx, person, store.now())
            is_active = True
        else:
            account = await accounts.account_by_subdomain(tx, subdomain)
            await activation.activate_in_account(tx, account, person, store.now())
            is_active = person.is_active
    if as_json:
        print_json({"email": person.email, "account": subdomain, "active": is_active})
    elif not is_active:
        click.echo(
            f"{person.email} is active in {subdomain}, and still deactivated everywhere: "
            f"`grantway user activate {person.email}`"
        )
    else:
        click.echo(f"{person.email} is active{f' in {subdomain}' if subdomain else ''} again.")


@user.command("password")
@click.argument("email")
@_PASSWORD_STDIN
@with_store
async def password(store: Store, *, email: str, password_stdin: bool, as_json: bool) -> None:
    """Set a person's password and end all their sessions; the one before is dead at once.

    \b
    Example:  grantway user password alice@acme.example
    """
    async with store.db.read() as reader:
        person = await accounts.user_by_email(reader, email)
    password_hash = await _new_password(
        name=person.name, email=person.email, from_stdin=password_stdin
    )
    async with store.db.write() as tx:
        ended = await sessions.set_password(tx, person.id, password_hash, store.now())
    if as_json:
        print_json({"email": person.email, "sessions_ended": ended})
    else:
        click.echo(f"{person.email} has another password; sessions ended: {ended}")


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
            "language": one.language,
            "role": one.role,
            "rights": "all" if one.is_administrator else one.role_name or "own",
            "group": one.group_name,
            "active": one.is_active,
        }
        for one in found
    ]
    print_rows(rows, as_json=as_json, empty=f"Nobody is in {subdomain} yet.")


def _read_in(account: Account | None) -> str:
    """Return what somebody new reads who chose nothing."""
    return account.language if account and account.language in LANGUAGES else FIRST_LANGUAGE


async def _new_password(*, name: str, email: str, from_stdin: bool) -> str:
    """Read a new password, never from an argument, and return its hash; raise FieldRefused."""
    if from_stdin:
        typed = sys.stdin.readline().rstrip("\r\n")
    else:
        typed = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    if problem := password_problem(typed, name=name, email=email):
        raise FieldRefused("password", problem)
    return await hash_password(typed)
