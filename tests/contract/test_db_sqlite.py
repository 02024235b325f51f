"""What is SQLite's alone: one writer, shared commits, locks and full disks (S-205 to S-208)."""

import asyncio
import time
from pathlib import Path
from typing import Any

import apsw
import pytest

from grantway.db.errors import StorageUnavailable
from grantway.db.sqlite import SqliteDatabase, connect

ADD = "insert into sign_in_failures (subject, failures, first_at, last_at) values (:name, 1, 1, 1)"


@pytest.fixture
def path(sqlite_url: str) -> Path:
    return Path(sqlite_url.removeprefix("sqlite:///"))


async def add(db: SqliteDatabase, name: str) -> None:
    async with db.write() as tx:
        await tx.change(ADD, name=name)


async def count(db: SqliteDatabase) -> int:
    async with db.read() as reader:
        found: int = await reader.value("select count(*) from sign_in_failures")
    return found


def test_commits_reach_the_disk(path: Path) -> None:
    connection = connect(str(path))

    assert connection.pragma("journal_mode") == "wal"
    assert connection.pragma("synchronous") == 2  # full
    assert connection.pragma("foreign_keys") == 1
    connection.close()


async def test_a_lock_of_another_process_is_waited_for_and_then_told(path: Path) -> None:
    db = SqliteDatabase(str(path), lock_wait_ms=200)
    await add(db, "before")
    other = connect(str(path))
    other.execute("begin immediate")
    started = time.monotonic()
    refused = await asyncio.gather(*(add(db, f"{n}") for n in range(3)), return_exceptions=True)
    waited = time.monotonic() - started

    assert [type(one) for one in refused] == [StorageUnavailable] * 3
    assert 0.15 < waited < 2
    assert await count(db) == 1, "reading goes on"
    waiting = asyncio.create_task(add(db, "patient"))
    await asyncio.sleep(0.05)
    other.execute("commit")
    await waiting
    assert await count(db) == 2
    other.close()
    await db.close()


async def test_while_it_waits_for_a_lock_the_loop_runs_on(path: Path) -> None:
    db = SqliteDatabase(str(path), lock_wait_ms=300)
    other = connect(str(path))
    other.execute("begin immediate")
    waiting = asyncio.create_task(add(db, "patient"))
    reads = 0
    while not waiting.done():
        assert await count(db) == 0
        reads += 1
        await asyncio.sleep(0.01)
    other.execute("rollback")

    assert isinstance(waiting.exception(), StorageUnavailable)
    assert reads > 5
    other.close()
    await db.close()


async def test_a_full_disk_refuses_changes_and_lets_reading_go_on(path: Path) -> None:
    db = SqliteDatabase(str(path))
    await add(db, "before")

    async def set_pages(pages: int) -> None:
        async with db.write() as tx:
            await tx.value(f"pragma max_page_count = {pages}")

    async with db.read() as reader:
        pages = await reader.value("pragma page_count")
    await set_pages(pages)
    big = "x" * 200_000
    results = await asyncio.gather(
        *(add(db, f"{n} {big if n % 2 else ''}") for n in range(8)), return_exceptions=True
    )
    refused = [one for one in results if one is not None]
    assert refused
    assert {type(one) for one in refused} == {StorageUnavailable}
    assert await count(db) == 1 + sum(one is None for one in results), "success means stored"
    await set_pages(1_000_000)
    await add(db, big)
    assert await count(db) == 2 + sum(one is None for one in results)
    await db.close()


class Faulty:
    """A connection of which one kind of statement fails."""

    def __init__(self, connection: apsw.Connection, fails: str) -> None:
        self._connection = connection
        self._fails = fails
        self.is_broken = True

    def execute(self, sql: str, *values: Any) -> Any:
        if self.is_broken and sql.startswith(self._fails):
            raise apsw.IOError("put in by a test")
        return self._connection.execute(sql, *values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


@pytest.mark.parametrize(
    "fails", ["begin", "savepoint", "insert", "release", "rollback to", "commit"]
)
async def test_a_fault_at_any_single_point_is_told_to_everybody_concerned(
    path: Path, fails: str
) -> None:
    db = SqliteDatabase(str(path))
    writer = db._writer  # noqa: SLF001 - a fault is put in
    faulty = Faulty(writer._connection, fails)  # noqa: SLF001
    writer._connection = faulty  # type: ignore[assignment] # noqa: SLF001

    async def fail() -> None:
        async with db.write() as tx:
            await tx.change(ADD, name="lost")
            raise KeyError

    work = [add(db, "a"), fail(), add(db, "b"), add(db, "c")]
    results = await asyncio.wait_for(asyncio.gather(*work, return_exceptions=True), 5)
    stored = sum(one is None for one in results)
    assert await count(db) == stored, results
    assert {type(one) for one in results} <= {type(None), KeyError, StorageUnavailable}
    if fails != "rollback to":
        assert stored == 0

    faulty.is_broken = False
    await add(db, "after")
    assert await count(db) == stored + 1
    await db.close()


async def test_those_who_wait_share_a_commit(path: Path) -> None:
    db = SqliteDatabase(str(path))
    writer = db._writer  # noqa: SLF001 - commits are counted
    commits = 0

    def commit() -> bool:
        nonlocal commits
        commits += 1
        return False

    writer._connection.set_commit_hook(commit)  # noqa: SLF001
    await asyncio.gather(*(add(db, f"{n}") for n in range(60)))

    assert await count(db) == 60
    assert commits <= 3
    await db.close()
