"""What is SQLite's alone: one writer, shared commits, locks and full disks (S-205 to S-208)."""

import asyncio
import threading
import time
from pathlib import Path
from typing import Any

import apsw
import pytest

from grantway.db import sqlite
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
    """A connection of which some kinds of statements fail."""

    def __init__(self, connection: apsw.Connection, *fails: str) -> None:
        self._connection = connection
        self._fails = fails
        self.is_broken = True

    def execute(self, sql: str, *values: Any) -> Any:
        if self.is_broken and sql.startswith(self._fails):
            raise apsw.IOError("put in by a test")
        return self._connection.execute(sql, *values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def break_writer(db: SqliteDatabase, *fails: str) -> Faulty:
    """Let statements that begin so fail until the connection is mended or given up."""
    writer = db._writer  # noqa: SLF001 - a fault is put in
    faulty = Faulty(writer._connection, *fails)  # noqa: SLF001
    writer._connection = faulty  # type: ignore[assignment] # noqa: SLF001
    return faulty


@pytest.mark.parametrize(
    "fails", ["begin", "savepoint", "insert", "release", "rollback to", "commit"]
)
async def test_a_fault_at_any_single_point_is_told_to_everybody_concerned(
    path: Path, fails: str
) -> None:
    db = SqliteDatabase(str(path))
    faulty = break_writer(db, fails)

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


# What fails in a shared transaction, and then again when that is to be undone.
DOUBTFUL = [("commit", "rollback"), ("release", "rollback"), ("insert", "rollback")]


async def write_many(db: SqliteDatabase) -> list[BaseException | None]:
    """Write as several do at once, each of them bounded: nobody may wait for ever."""
    work = (asyncio.wait_for(add(db, f"{time.monotonic()} {n}"), 5) for n in range(5))
    results = await asyncio.gather(*work, return_exceptions=True)
    assert {type(one) for one in results if one is not None} == {StorageUnavailable}
    return results


@pytest.mark.parametrize("fails", DOUBTFUL)
async def test_a_connection_that_cannot_roll_back_is_replaced_by_a_new_one(
    path: Path, fails: tuple[str, ...]
) -> None:
    db = SqliteDatabase(str(path))
    await add(db, "before")
    faulty = break_writer(db, *fails)
    results = await write_many(db)
    # Nobody mends the old connection: it would go on failing if anybody asked it.
    await asyncio.gather(*(add(db, f"after {n}") for n in range(5)))

    # Who shared the transaction is told; who came later finds a new connection.
    assert results.count(None) == (0 if fails[0] == "commit" else 4)
    assert await count(db) == 6 + results.count(None), "nothing half-written stays"
    connection: Any = db._writer._connection  # noqa: SLF001 - it must be as careful as the first
    assert connection is not faulty
    assert connection.pragma("synchronous") == 2  # full
    assert connection.pragma("foreign_keys") == 1
    with pytest.raises(apsw.ConnectionClosedError):
        faulty.execute("select 1")
    await db.close()


async def test_a_connection_that_is_given_up_lets_go_of_its_lock(path: Path) -> None:
    db = SqliteDatabase(str(path), lock_wait_ms=200)
    break_writer(db, "commit", "rollback")
    await write_many(db)
    other = SqliteDatabase(str(path), lock_wait_ms=200)
    await add(other, "of another process")
    await add(db, "after")

    assert [await count(one) for one in (db, other)] == [2, 2]
    await other.close()
    await db.close()


@pytest.mark.parametrize("attempts", [1, 3])
async def test_while_no_new_connection_is_to_be_had_everybody_is_told(
    path: Path, attempts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = SqliteDatabase(str(path))
    await add(db, "before")
    break_writer(db, "commit", "rollback")
    left = attempts

    def connect_later(where: str) -> apsw.Connection:
        nonlocal left
        if left:
            left -= 1
            raise apsw.CantOpenError("put in by a test")
        return connect(where)

    monkeypatch.setattr(sqlite, "connect", connect_later)
    while left:
        assert None not in await write_many(db)
        assert await count(db) == 1, "reading goes on"
    await add(db, "after")

    assert await count(db) == 2
    await db.close()


async def test_a_disk_that_fails_again_and_again_is_told_each_time(path: Path) -> None:
    db = SqliteDatabase(str(path))
    stored = 0
    for fails in DOUBTFUL * 2:
        break_writer(db, *fails)
        stored += (await write_many(db)).count(None)
        await add(db, f"after {stored}")
        stored += 1
        assert await count(db) == stored

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


def test_a_new_file_is_opened_while_somebody_writes_its_first_rows(tmp_path: Path) -> None:
    path = str(tmp_path / "new.db")
    first = apsw.Connection(path)
    first.execute("begin immediate")
    later = threading.Timer(0.2, first.execute, ["commit"])
    later.start()
    opened = connect(path)
    later.join()

    assert opened.pragma("journal_mode") == "wal"
