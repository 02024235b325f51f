"""`grantway serve`: production, from the settings of the environment."""

from __future__ import annotations

import asyncio
import os

import click
from granian.log import LogLevels

from grantway.cli.allowing import allow_target
from grantway.cli.serving import must_be_free, server_of
from grantway.cli.soundness import limits_problem, tls_problem
from grantway.cli.target import environment_settings
from grantway.db import open_database
from grantway.db.migrations import check_schema
from grantway.hooks.addresses import Target
from grantway.kernel.clock import SystemClock
from grantway.kernel.sealing import Seal
from grantway.oauth.keys import Keyring, NoSigningKey
from grantway.settings import PREFIX, Settings

_ALLOWED = f"{PREFIX}ALLOW_TARGETS"
_LIMITS_SERVER = f"{PREFIX}LIMITS_SERVER"


@click.command()
@allow_target
def serve(*, allow_targets: tuple[Target, ...]) -> None:
    """Serve in production; every setting comes from the environment.

    The database must have the current schema (`grantway migrate`) and a signing
    key (`grantway key create`).

    \b
    Example:
      export GRANTWAY_DATABASE=postgresql://grantway@db/grantway
      export GRANTWAY_SECRET_KEY=$(grantway key new-secret) GRANTWAY_DOMAIN=example.com
      grantway migrate && grantway key create && grantway serve
    """
    if allow_targets:
        # Every process of the server reads the environment.
        given = [os.environ.get(_ALLOWED, ""), *map(str, allow_targets)]
        os.environ[_ALLOWED] = ",".join(filter(None, given))
    settings = environment_settings()
    if problem := tls_problem(settings):
        raise click.UsageError(problem)
    asyncio.run(_must_be_sound(settings))
    must_be_free(settings.listen, settings.port)
    if settings.clock_offset:
        click.echo(f"warning: the clock is moved by {settings.clock_offset} s", err=True)
    if settings.allow_targets:
        allowed = ", ".join(map(str, settings.allow_targets))
        click.echo(f"warning: hooks may reach {allowed}, although not public", err=True)
    if not settings.limits:
        click.echo("warning: the rate limits are off", err=True)
    elif settings.limits_server is not None:
        if problem := asyncio.run(limits_problem(settings.limits_server)):
            click.echo(
                f"warning: the limits server cannot count, and until it can each process counts "
                f"by itself: {problem}",
                err=True,
            )
    elif settings.processes > 1:
        click.echo(
            f"warning: each of the {settings.processes} processes counts the rate limits by "
            f"itself; with {_LIMITS_SERVER} they count together",
            err=True,
        )
    server_of(settings, LogLevels.warning).serve()


async def _must_be_sound(settings: Settings) -> None:
    """Refuse before any worker starts what would make every one of them fail."""
    await check_schema(settings.database)
    db = await open_database(settings.database)
    try:
        async with db.read() as reader:
            await Keyring(Seal(settings.secret_keys), SystemClock()).active(reader)
    except NoSigningKey:
        raise click.ClickException(
            "there is no signing key: run `grantway key create` once"
        ) from None
    finally:
        await db.close()
