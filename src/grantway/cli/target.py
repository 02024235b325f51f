"""Which platform a command acts on: a demo's folder, or what the settings name."""

from __future__ import annotations

import asyncio
import functools
import os
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.accounts.errors import UserNotFound
from grantway.accounts.model import Account
from grantway.db import Database, Reader, open_database
from grantway.db.migrations import check_schema
from grantway.demo.folder import Folder
from grantway.hooks.addresses import Rules, read_target
from grantway.kernel.addresses import Addresses
from grantway.kernel.clock import Clock, SystemClock
from grantway.kernel.sealing import Seal
from grantway.oauth.keys import Keyring
from grantway.oauth.long_lived import LongLivedTokens
from grantway.oauth.tokens import TokenCodec
from grantway.settings import Settings, SettingsError, read_settings

F = TypeVar("F", bound=Callable[..., Any])


class Target(msgspec.Struct, frozen=True):
    """Where the data is, and the key that opens what is sealed in it."""

    database: str
    secret_keys: tuple[bytes, ...]
    addresses: Addresses
    clock_offset: int = 0
    opened: tuple[str, ...] = ()


class Store(msgspec.Struct, frozen=True):
    """An open platform without its doors. *rules* say what it may call."""

    db: Database
    now: Clock
    seal: Seal
    long_lived: LongLivedTokens
    addresses: Addresses
    rules: Rules


def environment_settings(**overrides: str) -> Settings:
    """Return the settings of the environment; a usage error names all that is wrong."""
    try:
        return read_settings({**os.environ, **overrides})
    except SettingsError as error:
        raise click.UsageError("\n".join(error.problems)) from error


def find_target(data: str | None, database: str | None) -> Target:
    """Return what `--data`, `--database` or the environment name."""
    if data is None:
        overrides = {} if database is None else {"GRANTWAY_DATABASE": database}
        settings = environment_settings(**overrides)
        return Target(
            settings.database,
            settings.secret_keys,
            settings.addresses,
            settings.clock_offset,
            tuple(map(str, settings.allow_targets)),
        )
    if not Path(data).is_dir():
        raise click.UsageError(f"--data: there is no folder {data}")
    folder = Folder(Path(data))
    state = folder.read()
    if state is None:
        raise click.UsageError(f"--data: no demo was ever started in {data}")
    return Target(
        database or state.database,
        (folder.secret_key(),),
        state.addresses,
        state.clock_offset,
        state.opened,
    )


@asynccontextmanager
async def opened(target: Target) -> AsyncIterator[Store]:
    """Open the target; raises SchemaError when its schema is another one."""
    await check_schema(target.database)
    db = await open_database(target.database)
    try:
        now = SystemClock(target.clock_offset)
        seal = Seal(target.secret_keys)
        long_lived = LongLivedTokens(TokenCodec(Keyring(seal, now)), target.addresses)
        rules = Rules(target.addresses, frozenset(map(read_target, target.opened)))
        yield Store(db, now, seal, long_lived, target.addresses, rules)
    finally:
        await db.close()


def target_options(command: F) -> F:
    """Add `--data`, `--database` and `--json`."""
    for option in (
        click.option("as_json", "--json", is_flag=True, help="Print JSON."),
        click.option("--database", metavar="URL", help="sqlite:////path or postgresql://…"),
        click.option(
            "--data", metavar="DIR", help="The folder of a demo (`grantway demo --data`)."
        ),
    ):
        command = option(command)
    return command


def with_store(
    run: Callable[..., Coroutine[Any, Any, None]],
) -> Callable[..., None]:
    """Turn a coroutine that takes a `Store` first into a command with the target's options."""

    @functools.wraps(run)
    def command(data: str | None, database: str | None, **options: Any) -> None:
        async def inside() -> None:
            async with opened(find_target(data, database)) as store:
                await run(store, **options)

        asyncio.run(inside())

    return target_options(command)


async def administrator(reader: Reader, subdomain: str, email: str | None) -> tuple[Account, Actor]:
    """Return the account and one of its administrators, the first unless *email* names one."""
    account = await accounts.account_by_subdomain(reader, subdomain)
    for user in await accounts.all_users(reader, account.id):
        if user.is_administrator and user.is_active and email in (None, user.email):
            actor = await accounts.actor_for(reader, account.id, user.id, "command line")
            if actor is not None:
                # Who named nobody acts as the operator; the rights are the administrator's.
                return account, msgspec.structs.replace(actor, is_operator=email is None)
    raise UserNotFound(why="no such administrator")
