"""Databases for tests: every test of stored data runs on SQLite and on PostgreSQL.

Tests commit for real. SQLite gets a copy of a migrated file for each test;
PostgreSQL is one server and one database for a test process, emptied before
each test.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import pytest

from grantway.db import Database, migrate, open_database
from tools.postgresql import Server, temporary_server

R = TypeVar("R")

# Not emptied: it tells which migrations the database has seen.
HISTORY = "schema_migrations"

# A connection that a test left inside a transaction must not stop the suite.
LOCK_TIMEOUT = "5s"


class EmptiedDatabase:
    """A migrated PostgreSQL database, and the connection that empties it between tests."""

    def __init__(self, url: str) -> None:
        self.url = url
        # Of its own, so that emptying does not touch the loop that a test runs in.
        self._loop = asyncio.new_event_loop()
        self._connection: asyncpg.Connection = self._run(self._prepare())
        self._tables: list[str] = self._run(self._table_names())

    def _run(self, work: Coroutine[Any, Any, R]) -> R:
        return self._loop.run_until_complete(work)

    async def _prepare(self) -> asyncpg.Connection:
        await migrate(self.url)
        connection: asyncpg.Connection = await asyncpg.connect(self.url)
        # Rows go in any order then; foreign keys are not asked.
        await connection.execute("set session_replication_role = replica")
        await connection.execute(f"set lock_timeout = '{LOCK_TIMEOUT}'")
        return connection

    async def _table_names(self) -> list[str]:
        rows = await self._connection.fetch(
            "select quote_ident(tablename) from pg_tables"
            " where schemaname = 'public' and tablename <> $1",
            HISTORY,
        )
        tables = [row[0] for row in rows]
        # Emptying takes away what a migration put in: then it has to be put back here.
        for table in tables:
            if await self._connection.fetchval(f"select exists (select from {table})"):
                raise AssertionError(f"a migration fills {table}, and tests would empty it")
        return tables

    def empty(self) -> None:
        """Delete every row and begin every series of identifiers anew."""
        self._run(self._connection.execute(";".join(f"delete from {t}" for t in self._tables)))
        self._run(
            self._connection.fetch(
                "select setval(quote_ident(sequencename)::regclass, start_value, false)"
                " from pg_sequences where schemaname = 'public'"
            )
        )

    def close(self) -> None:
        self._run(self._connection.close())
        self._loop.close()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    """Run a server for this test process, from the first test that wants it to the last test."""
    with temporary_server() as server:
        yield server


@pytest.fixture(scope="session")
def emptied_database(postgresql_server: Server) -> Iterator[EmptiedDatabase]:
    database = EmptiedDatabase(postgresql_server.url("postgres"))
    yield database
    database.close()


@pytest.fixture
def postgresql_url(emptied_database: EmptiedDatabase) -> str:
    emptied_database.empty()
    return emptied_database.url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "grantway.db"
    with asyncio.Runner() as runner:
        runner.run(migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    copy = tmp_path / "grantway.db"
    shutil.copyfile(sqlite_template, copy)
    return f"sqlite:///{copy}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Return the address of an empty, migrated database, once of each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    """Open the test's database, once of each kind."""
    database = await open_database(database_url)
    yield database
    await database.close()
