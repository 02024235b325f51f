"""Forward-only migrations: numbered plain SQL, each in a transaction of its own.

A file is SQL that both databases understand. A statement that only one needs
has a line `-- only postgresql` or `-- only sqlite` before it.
"""

from __future__ import annotations

import asyncio
import re
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import apsw
import asyncpg
import msgspec

from grantway.db.errors import StorageUnavailable
from grantway.db.opening import sqlite_path
from grantway.db.sqlite import connect, translated

_NAME = re.compile(r"(\d{4})_(\w+)\.sql")
_ONLY = re.compile(r"^-- only (\w+)$", re.MULTILINE)
_ON_SQLITE = re.compile(r"/\* sqlite: (.*?) \*/")
_LOCK = 0x6772616E  # any number that is ours: two migrating processes take turns
_CREATE_HISTORY = """
create table if not exists schema_migrations (
    version bigint primary key,
    name text not null
)
"""


class SchemaError(Exception):
    """The database's schema and this program do not fit together."""


class Migration(msgspec.Struct, frozen=True):
    """One step from a schema to the next."""

    version: int
    name: str
    text: str

    def statements(self, kind: str) -> list[str]:
        """Return the statements for a database of *kind*."""
        chosen = []
        for part in re.split(r";[ \t]*(?:\n|$)", self.text):
            statement = part.strip()
            if kind == "sqlite":
                statement = _ON_SQLITE.sub(r"\1", statement)
                statement = statement.replace("bigint primary key", "integer primary key")
            only = _ONLY.search(statement)
            if statement and (only is None or only[1] == kind):
                chosen.append(statement)
        return chosen


def migrations(folder: Traversable | None = None) -> list[Migration]:
    """Return every migration of this program, oldest first."""
    folder = folder or resources.files("grantway.db") / "migrations"
    found = [(_NAME.fullmatch(f.name), f) for f in folder.iterdir()]
    return sorted(
        (Migration(int(m[1]), m[2], f.read_text("utf-8")) for m, f in found if m),
        key=lambda one: one.version,
    )


async def migrate(url: str, steps: list[Migration] | None = None) -> list[str]:
    """Bring the database to the current schema; return the names of the steps taken.

    A step that was interrupted left nothing behind and is taken again (S-221).
    Raises SchemaError when the database is newer than this program.
    """
    steps = migrations() if steps is None else steps
    if url.startswith("sqlite:"):
        return await asyncio.to_thread(_migrate_sqlite, sqlite_path(url), steps)
    return await _migrate_postgresql(url, steps)


async def check_schema(url: str) -> None:
    """Raise SchemaError unless the database has exactly the current schema."""
    known = {step.version for step in migrations()}
    there = await _versions(url)
    if there - known:
        raise SchemaError("the database is newer than this program: install the newer version")
    if known - there:
        raise SchemaError("the database is not up to date: run `grantway migrate`")


async def _versions(url: str) -> set[int]:
    if url.startswith("sqlite:"):
        return await asyncio.to_thread(_versions_sqlite, sqlite_path(url))
    pg = await _connect_postgresql(url)
    try:
        if await pg.fetchval("select to_regclass('schema_migrations')") is None:
            return set()
        return {row[0] for row in await pg.fetch("select version from schema_migrations")}
    finally:
        await pg.close()


def _versions_sqlite(path: str) -> set[int]:
    if not Path(path).exists():
        return set()  # looking must not make the file
    connection = _connect_sqlite(path)
    try:
        if not connection.table_exists("main", "schema_migrations"):
            return set()
        return {row[0] for row in connection.execute("select version from schema_migrations")}
    finally:
        connection.close()


def _pending(steps: list[Migration], done: set[int]) -> list[Migration]:
    newest = max((step.version for step in steps), default=0)
    if any(version > newest for version in done):
        raise SchemaError("the database is newer than this program: install the newer version")
    return [step for step in steps if step.version not in done]


def _migrate_sqlite(path: str, steps: list[Migration]) -> list[str]:
    connection = _connect_sqlite(path)
    try:
        taken = []
        connection.execute(_CREATE_HISTORY)
        for step in steps:
            with _immediate(connection):
                done = {v for (v,) in connection.execute("select version from schema_migrations")}
                if step not in _pending(steps, done):
                    continue
                for statement in step.statements("sqlite"):
                    connection.execute(statement)
                connection.execute(
                    "insert into schema_migrations (version, name) values (?, ?)",
                    (step.version, step.name),
                )
                taken.append(f"{step.version:04} {step.name}")
        return taken
    finally:
        connection.close()


class _immediate:  # noqa: N801 - reads as a statement
    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        self._connection.execute("begin immediate")

    def __exit__(self, kind: type[BaseException] | None, *exc: object) -> None:
        self._connection.execute("commit" if kind is None else "rollback")


def _connect_sqlite(path: str) -> apsw.Connection:
    try:
        return connect(path)
    except apsw.Error as error:
        raise translated(error) from error


async def _connect_postgresql(url: str) -> Any:
    # Whoever migrates or starts a server must hear of a wrong name or password in a sentence.
    try:
        return await asyncpg.connect(url)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        raise StorageUnavailable(str(error)) from error


async def _migrate_postgresql(url: str, steps: list[Migration]) -> list[str]:
    connection = await _connect_postgresql(url)
    try:
        await connection.execute("select pg_advisory_lock($1)", _LOCK)
        await connection.execute(_CREATE_HISTORY)
        done = {row[0] for row in await connection.fetch("select version from schema_migrations")}
        taken = []
        for step in _pending(steps, done):
            async with connection.transaction():
                for statement in step.statements("postgresql"):
                    await connection.execute(statement)
                await connection.execute(
                    "insert into schema_migrations (version, name) values ($1, $2)",
                    step.version,
                    step.name,
                )
            taken.append(f"{step.version:04} {step.name}")
        return taken
    finally:
        await connection.close()
