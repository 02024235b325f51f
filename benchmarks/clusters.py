"""A PostgreSQL server to measure on, on one core; its filled databases are kept between runs."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import msgspec

from benchmarks.accounts import CACHE, CLUSTER, Account, make, recipe
from benchmarks.filling import LEADS_ALONE
from benchmarks.processes import Process
from tools.postgresql import Server, server_in

# A modest machine's settings; what is not named is as PostgreSQL comes.
_SETTINGS = {
    "shared_buffers": "512MB",
    "max_wal_size": "1GB",
    "effective_cache_size": "4GB",
    "random_page_cost": "1.1",
}


class Cluster:
    """A running server with one database for each size of account."""

    def __init__(self, server: Server, folder: Path) -> None:
        self._server = server
        self._folder = folder
        pid = (folder / "data" / "postmaster.pid").read_text().split()[0]
        self.process = Process(int(pid))

    def account(self, size: int, parts: Sequence[str] = LEADS_ALONE) -> tuple[str, Account]:
        """Return the address of a database with so many of each part, and its account."""
        prefix = f"{'_'.join(parts)}_{size}_"
        name = f"{prefix}{recipe()}"
        url = self._server.url(name)
        described = self._folder / f"{name}.json"
        if described.exists():
            return url, msgspec.json.decode(described.read_bytes(), type=Account)
        asyncio.run(self._begin(name, prefix))
        account = asyncio.run(make(url, size, parts))
        asyncio.run(self._settle(url))
        described.touch(mode=0o600)
        described.write_bytes(msgspec.json.encode(account))
        return url, account

    def files(self, url: str) -> list[Path]:
        """Return the files of the database."""
        number = asyncio.run(self._number(url))
        return list((self._folder / "data" / "base" / str(number)).iterdir())

    async def _number(self, url: str) -> int:
        connection = await asyncpg.connect(url)
        try:
            found: int = await connection.fetchval(
                "select oid from pg_database where datname = current_database()"
            )
            return found
        finally:
            await connection.close()

    def empty(self, name: str) -> str:
        """Return the address of a new database without tables, in place of an earlier one."""
        return self.copy("template1", name)

    def copy(self, url: str, name: str) -> str:
        """Return the address of a new copy of the database, in place of an earlier one."""
        asyncio.run(self._copy(url.rpartition("/")[2], name))
        return self._server.url(name)

    async def _copy(self, source: str, name: str) -> None:
        connection = await asyncpg.connect(self._server.url("postgres"))
        try:
            await connection.execute(f'drop database if exists "{name}" with (force)')
            await connection.execute(f'create database "{name}" template "{source}"')
        finally:
            await connection.close()

    async def _begin(self, name: str, prefix: str) -> None:
        connection = await asyncpg.connect(self._server.url("postgres"))
        try:
            for (stale,) in await connection.fetch(
                "select datname from pg_database where starts_with(datname, $1)", prefix
            ):
                await connection.execute(f'drop database "{stale}" with (force)')
                (self._folder / f"{stale}.json").unlink(missing_ok=True)
            await connection.execute(f'create database "{name}"')
        finally:
            await connection.close()

    async def _settle(self, url: str) -> None:
        """Do at once what PostgreSQL does in the background within minutes."""
        connection = await asyncpg.connect(url)
        try:
            await connection.execute("vacuum analyze")
            await connection.execute("checkpoint")
        finally:
            await connection.close()


@contextmanager
def cluster(*cores: int) -> Iterator[Cluster]:
    """Run a durable server on these cores alone."""
    folder = _folder()
    ours = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)  # children keep to the cores of who starts them
    try:
        running = server_in(folder, durable=True, **_SETTINGS)
        server = running.__enter__()
    finally:
        os.sched_setaffinity(0, ours)
    try:
        yield Cluster(server, folder)
    finally:
        running.__exit__(None, None, None)


def _folder() -> Path:
    """Return where the server's data lie: in the cache, if the server's own user may go there."""
    folder = CACHE / CLUSTER
    folder.mkdir(parents=True, exist_ok=True)
    reachable = all(one.stat().st_mode & 0o001 for one in folder.parents)
    if os.geteuid() != 0 or reachable:
        return folder
    other = Path(tempfile.gettempdir()) / "grantway-benchmarks-postgresql"
    other.mkdir(mode=0o700, exist_ok=True)
    return other
