"""The rows of fifty leads, written by a driver and nothing else: the limit of storing them."""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import apsw
import asyncpg

from benchmarks.accounts import Account
from benchmarks.in_process import keep_to
from benchmarks.processes import SERVER_CORE, Process
from grantway.db.opening import sqlite_path

BATCH = 50
_ID_COLUMN = 1
_FIRST_ID = 10_000_000_000  # above all that anybody else gives


@dataclass(frozen=True, slots=True)
class Written:
    """So many batches, each stored durably, and what they took."""

    batches: int
    seconds: float
    cpu: float


def into_sqlite(url: str, account: Account, seconds: float) -> Written:
    """Write with bare apsw: one `executemany` in one transaction with `synchronous=full`."""
    connection = apsw.Connection(sqlite_path(url))
    connection.set_busy_timeout(5_000)
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = full")
    connection.execute("pragma foreign_keys = on")
    sample = connection.execute(
        f"select * from leads where account_id = {account.account_id} order by id limit {BATCH}"
    ).fetchall()
    marks = ", ".join("?" for _ in sample[0])
    begin: Any = connection.execute("select max(id) + 1 from leads").fetchall()[0][0]
    batches = _batches(sample, max(begin, _FIRST_ID))
    before = keep_to(SERVER_CORE)
    done = 0
    started, cpu = time.monotonic(), time.process_time()
    while time.monotonic() - started < seconds:
        connection.execute("begin immediate")
        connection.executemany(f"insert into leads values ({marks})", next(batches))
        connection.execute("commit")
        done += 1
    written = Written(done, time.monotonic() - started, time.process_time() - cpu)
    os.sched_setaffinity(0, before)
    connection.close()
    return written


def into_postgresql(
    url: str, account: Account, seconds: float, connections: int, server: Process
) -> Written:
    """Write with bare asyncpg: one `executemany` in one transaction, on so many connections."""
    before = keep_to(SERVER_CORE)
    try:
        return asyncio.run(_into_postgresql(url, account, seconds, connections, server))
    finally:
        os.sched_setaffinity(0, before)


async def _into_postgresql(
    url: str, account: Account, seconds: float, connections: int, server: Process
) -> Written:
    pool = await asyncpg.create_pool(url, min_size=connections, max_size=connections)
    sample = await pool.fetch(
        f"select * from leads where account_id = {account.account_id} order by id limit {BATCH}"
    )
    begin = await pool.fetchval("select max(id) + 1 from leads")
    marks = ", ".join(f"${n}" for n in range(1, len(sample[0]) + 1))
    sql = f"insert into leads values ({marks})"
    batches = _batches([tuple(row) for row in sample], max(begin, _FIRST_ID))
    done = 0
    started = time.monotonic()

    async def write() -> None:
        nonlocal done
        async with pool.acquire() as connection:
            while time.monotonic() - started < seconds:
                async with connection.transaction():
                    await connection.executemany(sql, next(batches))
                done += 1

    cpu = time.process_time() + server.cpu_seconds()
    await asyncio.gather(*(write() for _ in range(connections)))
    wall = time.monotonic() - started
    cpu = time.process_time() + server.cpu_seconds() - cpu
    await pool.close()
    return Written(done, wall, cpu)


def _batches(sample: Sequence[Sequence[object]], begin: int) -> Iterator[list[tuple[object, ...]]]:
    """Yield the same rows again and again, each time with new ids."""
    ids = itertools.count(begin)
    while True:
        yield [(*row[:_ID_COLUMN], next(ids), *row[_ID_COLUMN + 1 :]) for row in sample]
