"""Platforms of their own for runs, on either kind of database."""

import asyncio
import itertools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from grantway.app import open_platform
from grantway.db import migrate
from grantway.kernel.clock import ManualClock
from grantway.oauth.keys import NewKey, make_key
from tests.generated.supplying import FEW
from tests.integration.api_client import NOW, Api, make_cast, settings
from tests.integration.offered_widgets import offer_widgets
from tools.postgresql import Server, temporary_server


async def _opened(url: str, key: NewKey) -> Api:
    await migrate(url)
    clock = ManualClock(NOW)
    platform = await open_platform(settings(url), clock)
    api = Api(platform, clock, await make_cast(platform, key), key)
    await offer_widgets(api, FEW)
    return api


@contextmanager
def databases(kind: str) -> Iterator[Iterator[str]]:
    """Yield the addresses of empty databases, one for each run."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield (f"sqlite:///{Path(folder, f'{n}.db')}" for n in itertools.count())
    else:
        with temporary_server() as server:
            yield _made(server)


def _made(server: Server) -> Iterator[str]:
    for n in itertools.count():
        asyncio.run(_make(server.url("postgres"), f"run{n}"))
        yield server.url(f"run{n}")


async def _make(url: str, name: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(f"create database {name}")
    await connection.close()


@contextmanager
def platform(url: str, loop: asyncio.Runner) -> Iterator[Api]:
    """Open a platform with the cast on an empty database."""
    api = loop.run(_opened(url, loop.run(make_key())))
    yield api
    loop.run(api.platform.close())
