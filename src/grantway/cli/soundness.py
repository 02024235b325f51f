"""`grantway settings` and `grantway doctor`: what is set, and whether it is sound."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from grantway.cli.mail import mail_problem
from grantway.cli.output import print_json, print_rows
from grantway.db import SchemaError, open_database
from grantway.db.migrations import check_schema
from grantway.kernel.clock import SystemClock
from grantway.kernel.errors import Unavailable
from grantway.kernel.sealing import Seal, UnsealError
from grantway.notices.mailer import Mailer
from grantway.oauth.keys import Keyring, NoSigningKey
from grantway.settings import SETTINGS, Setting, Settings, SettingsError, read_settings


@click.command()
@click.option("as_json", "--json", is_flag=True, help="Print JSON.")
def settings(*, as_json: bool) -> None:
    """List every setting: what it is for, and what it is now. Secrets are not shown.

    \b
    Example:  grantway settings
    """
    print_rows(
        [
            {
                "setting": one.variable,
                "value": _shown(one, os.environ),
                "default": one.default,
                "what_for": one.about,
            }
            for one in SETTINGS
        ],
        as_json=as_json,
        empty="",
    )


def _shown(setting: Setting, environment: Mapping[str, str]) -> str:
    if setting.variable not in environment:
        return "" if setting.default is not None else "(not set)"
    return "(set)" if setting.is_secret else environment[setting.variable]


@click.command()
@click.option("as_json", "--json", is_flag=True, help="Print JSON.")
def doctor(*, as_json: bool) -> None:
    """Check settings, database, keys, limits and mail server; exit with 1 if any is wrong.

    The mail server is asked whether it lets us in; nothing is sent.

    \b
    Example:  grantway doctor
    """
    found = asyncio.run(_examine())
    if as_json:
        print_json([{"check": name, "problem": problem} for name, problem in found])
    else:
        for name, problem in found:
            click.echo(f"{'ok     ' if problem is None else 'WRONG  '} {name}")
            if problem is not None:
                click.echo("        " + problem.replace("\n", "\n        "))
    if any(problem is not None for _, problem in found):
        sys.exit(1)


async def _examine() -> list[tuple[str, str | None]]:
    try:
        found = read_settings(os.environ)
    except SettingsError as error:
        return [("settings", "\n".join(error.problems))]
    return [
        ("settings", None),
        ("addresses", _addresses(found)),
        ("certificate", tls_problem(found)),
        *await _database(found),
        *await _limits(found),
        *await _mail(found),
    ]


def _addresses(found: Settings) -> str | None:
    if found.addresses.scheme == "http" and not found.addresses.root.endswith("localhost"):
        return "clients would send tokens and passwords unencrypted: set GRANTWAY_SCHEME=https"
    return None


def tls_problem(found: Settings) -> str | None:
    """Say what is wrong with the certificate that the server itself shows, or None."""
    files = {"GRANTWAY_TLS_CERTIFICATE": found.tls_certificate, "GRANTWAY_TLS_KEY": found.tls_key}
    unset = [variable for variable, file in files.items() if file is None]
    if len(unset) == 1:
        return f"{unset[0]} is not set, and the other of the two is: a server needs both"
    for variable, file in files.items():
        if file is not None and not Path(file).is_file():
            return f"{variable}: there is no file {file}"
    return None


async def _limits(found: Settings) -> list[tuple[str, str | None]]:
    if found.limits_server is None or not found.limits:
        return []
    return [("limits server", await limits_problem(found.limits_server))]


async def limits_problem(address: str) -> str | None:
    """Say why the limits' server cannot count, or None."""
    # Its client takes a while to load, which no other command needs to wait for.
    from grantway.asgi.shared_limits import problem_with  # noqa: PLC0415 - told above

    return await problem_with(address)


async def _mail(found: Settings) -> list[tuple[str, str | None]]:
    if found.mail_server is None:
        return []
    return [("mail server", await mail_problem(Mailer(found.mail_server, found.mail_from)))]


async def _database(found: Settings) -> list[tuple[str, str | None]]:
    try:
        await check_schema(found.database)
    except SchemaError as error:
        return [("database", None), ("schema", str(error))]
    except Unavailable as error:
        return [("database", f"it cannot be reached: {error.why}")]
    db = await open_database(found.database)
    key: str | None = None
    try:
        async with db.read() as reader:
            await Keyring(Seal(found.secret_keys), SystemClock()).active(reader)
    except NoSigningKey:
        key = "there is none: run `grantway key create`"
    except UnsealError:
        key = "GRANTWAY_SECRET_KEY is not the key that sealed it"
    finally:
        await db.close()
    return [("database", None), ("schema", None), ("signing key", key)]
