"""Migrations: from nothing, from every earlier version filled, interrupted, at once (S-221)."""

import asyncio
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest
from msgspec.structs import replace

from grantway.crm.fields import service as fields
from grantway.crm.fields.model import FieldDefinition
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
# Tables into which a later step puts rows of its own.
GIVEN = {"custom_fields", "custom_field_enums"}
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
        row = msgspec.defstruct(table, [(name, Any) for name in shown])
        async with db.read() as reader:
            rows = await reader.all(row, f"select {', '.join(shown)} from {table}")
        found[table] = [{name: str(getattr(one, name)) for name in shown} for one in rows]
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


def kept(row: dict[str, Any], later: dict[str, Any]) -> bool:
    """Tell whether *later* says the same as *row* in the columns that are still there."""
    return all(row[name] == later[name] for name in row if name in later)


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
        left = after[table]
        for row in rows:
            same = [one for one in left if kept(row, one)]
            assert same, (table, row)
            left.remove(same[0])
        assert table in GIVEN or not left, table
    await check_schema(empty_url)
    await db.close()


async def test_accounts_that_are_there_get_the_fields_that_new_ones_begin_with(
    empty_url: str,
) -> None:
    await migrate(empty_url, [one for one in STEPS if one.version < 18])
    db = await open_database(empty_url)
    await fill(db, 1)
    async with db.write() as tx:
        (field_id,) = await tx.take_ids("field")
        await tx.change(
            """
            insert into custom_fields values (1, :id, 'companies', 'url', 'Site', 'WEB', 1, 'gone',
                false, false, true, null, null, null, '[]', '[]', '[]')
            """,
            id=field_id,
        )
    await db.close()
    await migrate(empty_url)
    db = await open_database(empty_url)
    async with db.write() as tx:
        await tx.change(
            """
            insert into accounts (id, uuid, subdomain, name, status, is_technical, country,
                                  currency, language, timezone, created_at, created_by,
                                  updated_at, updated_by)
            values (9, 'u9', 'new', 'New', 'active', false, 'US', 'USD', 'en', 'UTC', 1, 0, 1, 0)
            """
        )
        await fields.create_default(tx, 9)

    async def begun(account_id: int, entity_type: str) -> dict[str | None, FieldDefinition]:
        async with db.read() as reader:
            found = await fields.definitions(reader, account_id, entity_type)
        return {one.code: replace(one, id=0, enums=()) for one in found.all}

    async def kinds(account_id: int) -> list[str]:
        async with db.read() as reader:
            found = await fields.definitions(reader, account_id, "contacts")
        return [enum.value for one in found.all for enum in one.enums]

    assert await begun(1, "contacts") == await begun(9, "contacts") != {}
    ours, new = await begun(1, "companies"), await begun(9, "companies")
    site = ours.pop("WEB")
    assert (site.name, site.group_id, site.is_deletable) == ("Site", None, False)
    new.pop("WEB")
    assert ours == new != {}
    assert await kinds(1) == await kinds(9) != []
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
