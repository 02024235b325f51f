"""Migrations: from nothing, from every earlier version filled, interrupted, at once (S-221)."""

import asyncio
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from grantway.db import Database, SchemaError, migrate, open_database
from grantway.db.migrations import Migration, check_schema, migrations
from tools.postgresql import Server

STEPS = migrations()
Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture
def empty_postgresql_url(postgresql_server: Server) -> Iterator[str]:
    """Make a database of its own: these tests take the schema apart."""

    async def run(sql: str) -> None:
        connection = await asyncpg.connect(postgresql_server.url("postgres"))
        await connection.execute(sql)
        await connection.close()

    with asyncio.Runner() as runner:
        runner.run(run("drop database if exists migrating with (force)"))
        runner.run(run("create database migrating"))
        yield postgresql_server.url("migrating")
        runner.run(run("drop database migrating with (force)"))


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new.db'}"
    url: str = request.getfixturevalue("empty_postgresql_url")
    return url


# What each version's tables hold before the next step is taken. A new migration adds a file here,
# and the test below says so when it is forgotten.
FILLED = Path(__file__).parent / "filled"


def statements(version: int, kind: str) -> list[str]:
    """Return what fills the tables of *version*."""
    text = re.sub(r"^--.*$", "", (FILLED / f"{version:04}.sql").read_text(), flags=re.MULTILINE)
    if kind == "sqlite":
        text = text.replace("/* document */ '{}'", "x'7b7d'")
    return [one.strip() for one in text.split(";\n") if one.strip()]


async def tables(db: Database) -> set[str]:
    sql = (
        "select name from sqlite_master where type = 'table' and name not like 'sqlite%'"
        if db.kind == "sqlite"
        else "select tablename from pg_tables where schemaname = 'public'"
    )
    async with db.read() as reader:
        return set(await reader.column(sql)) - {"schema_migrations", "id_series"}


async def fill(db: Database, version: int) -> None:
    """Put a row into every table that the step to *version* made."""
    async with db.write() as tx:
        for sql in statements(version, db.kind):
            await tx.change(sql)


async def columns(db: Database, table: str) -> list[str]:
    sql = (
        "select name from pragma_table_info(:table)"
        if db.kind == "sqlite"
        else "select column_name from information_schema.columns where table_name = :table"
    )
    async with db.read() as reader:
        return sorted(await reader.column(sql, table=table))


async def contents(db: Database, names: set[str]) -> Rows:
    """Return every row of the tables, as columns by name."""
    found: Rows = {}
    for table in sorted(names):
        shown = await columns(db, table)
        async with db.read() as reader:
            values = [
                [str(one) for one in await reader.column(f"select {name} from {table}")]
                for name in shown
            ]
        found[table] = [dict(zip(shown, row, strict=True)) for row in zip(*values, strict=True)]
    return found


async def test_from_nothing(empty_url: str) -> None:
    with pytest.raises(SchemaError, match="not up to date"):
        await check_schema(empty_url)
    taken = await migrate(empty_url)

    assert taken == [f"{one.version:04} {one.name}" for one in STEPS]
    await check_schema(empty_url)
    assert await migrate(empty_url) == []


@pytest.mark.parametrize("version", [one.version for one in STEPS])
async def test_every_table_of_every_version_is_filled_here(empty_url: str, version: int) -> None:
    before: set[str] = set()
    for step in STEPS[:version]:
        await migrate(empty_url, STEPS[: step.version])
        db = await open_database(empty_url)
        made = await tables(db) - before
        named = {sql.split()[2] for sql in statements(step.version, db.kind)}
        before |= made
        await db.close()
        assert named == made, f"fill the tables of version {step.version}"


@pytest.mark.parametrize("version", [one.version for one in STEPS])
async def test_from_a_filled_database_of_every_version(empty_url: str, version: int) -> None:
    await migrate(empty_url, STEPS[:version])
    db = await open_database(empty_url)
    for earlier in range(1, version + 1):
        await fill(db, earlier)
    before = await contents(db, await tables(db))
    await db.close()
    await migrate(empty_url)
    db = await open_database(empty_url)
    after = await contents(db, await tables(db))

    for table, rows in before.items():
        assert len(after[table]) == len(rows), table
        for row, later in zip(rows, after[table], strict=True):
            kept = {name: later[name] for name in row if name in later}
            assert kept == {name: row[name] for name in kept}, table
    await check_schema(empty_url)
    await db.close()


BROKEN = Migration(
    STEPS[-1].version + 1,
    "broken",
    "create table half_way (id bigint primary key);\ninsert into no_such_table values (1);\n",
)
MENDED = Migration(BROKEN.version, "mended", "create table half_way (id bigint primary key);\n")


async def test_an_interrupted_step_leaves_nothing_and_is_taken_again(empty_url: str) -> None:
    with pytest.raises(Exception, match="no_such_table"):
        await migrate(empty_url, [*STEPS, BROKEN])
    await check_schema(empty_url)
    db = await open_database(empty_url)
    assert "half_way" not in await tables(db)
    await db.close()

    assert await migrate(empty_url, [*STEPS, MENDED]) == [f"{MENDED.version:04} mended"]


async def test_a_newer_schema_is_refused_and_left_alone(empty_url: str) -> None:
    await migrate(empty_url, [*STEPS, MENDED])

    with pytest.raises(SchemaError, match="newer"):
        await check_schema(empty_url)
    with pytest.raises(SchemaError, match="newer"):
        await migrate(empty_url)
    assert await migrate(empty_url, [*STEPS, MENDED]) == []


_MIGRATE = "import asyncio, sys; from grantway.db import migrate; asyncio.run(migrate(sys.argv[1]))"


async def start_migrating(url: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(sys.executable, "-c", _MIGRATE, url)


async def test_processes_that_migrate_at_once_take_turns(empty_url: str) -> None:
    processes = [await start_migrating(empty_url) for _ in range(3)]
    for process in processes:
        assert await asyncio.wait_for(process.wait(), 60) == 0

    await check_schema(empty_url)


async def test_a_killed_migration_is_completed_by_the_next(empty_url: str) -> None:
    for delay in (0.15, 0.25, 0.35):
        process = await start_migrating(empty_url)
        await asyncio.sleep(delay)
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    await migrate(empty_url)

    await check_schema(empty_url)
    db = await open_database(empty_url)
    for step in STEPS:
        await fill(db, step.version)
    await db.close()


def test_versions_follow_each_other() -> None:
    assert [one.version for one in STEPS] == list(range(1, len(STEPS) + 1))
