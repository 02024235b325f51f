"""The rows of a request, written by a driver and nothing else: the limit of storing them."""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import apsw
import asyncpg

from benchmarks.accounts import Account
from benchmarks.in_process import keep_to
from benchmarks.processes import SERVER_CORE, Process
from grantway.db.opening import sqlite_path

WINDOWS = 16
"""Changes go to so many batches of rows in turn, so that those at the same time seldom meet."""
_ACCOUNT, _ID = 0, 1  # places of columns
_FIRST_ID = 10_000_000_000  # above all that anybody else gives
_Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """So many rows of a table in one transaction: new ones, or changes of those that are there."""

    table: str
    count: int
    are_new: bool = True

    def sample(self, account: Account) -> str:
        """Return the query of the rows that others are made from."""
        count = self.count if self.are_new else self.count * WINDOWS
        return (
            f"select * from {self.table} where account_id = {account.account_id} "
            f"order by id limit {count}"
        )

    def statement(self, columns: Sequence[str], mark: Callable[[int], str]) -> str:
        """Return what writes one row; *mark* makes the placeholder of the so-maniest value."""
        marks = [mark(n) for n in range(1, len(columns) + 1)]
        if self.are_new:
            return f"insert into {self.table} values ({', '.join(marks)})"
        *changed, of_account, of_id = (
            f"{column} = {value}"
            for column, value in zip((*columns[_ID + 1 :], "account_id", "id"), marks, strict=True)
        )
        return f"update {self.table} set {', '.join(changed)} where {of_account} and {of_id}"

    def batches(
        self, sample: Sequence[_Row], columns: Sequence[str], begin: int
    ) -> Iterator[list[_Row]]:
        """Yield the values of the same rows again and again, each time with new ids or moments."""
        ids = itertools.count(begin)
        if self.are_new:
            while True:
                yield [(*row[:_ID], next(ids), *row[_ID + 1 :]) for row in sample]
        moved = columns.index("updated_at")
        for turn in itertools.count():
            for start in range(0, len(sample), self.count):
                yield [
                    (
                        *row[_ID + 1 : moved],
                        row[moved] + turn,
                        *row[moved + 1 :],
                        row[_ACCOUNT],
                        row[_ID],
                    )
                    for row in sample[start : start + self.count]
                ]


@dataclass(frozen=True, slots=True)
class Written:
    """So many batches, each stored durably, and what they took."""

    batches: int
    seconds: float
    cpu: float


def into_sqlite(url: str, account: Account, seconds: float, rows: Rows) -> Written:
    """Write with bare apsw: one `executemany` in one transaction with `synchronous=full`."""
    connection = apsw.Connection(sqlite_path(url))
    connection.set_busy_timeout(5_000)
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = full")
    connection.execute("pragma foreign_keys = on")
    found = connection.execute(rows.sample(account))
    columns = [name for name, _ in found.get_description()]
    sample = found.fetchall()
    begin: Any = connection.execute(f"select max(id) + 1 from {rows.table}").fetchall()[0][0]
    sql = rows.statement(columns, lambda _: "?")
    batches = rows.batches(sample, columns, max(begin, _FIRST_ID))
    before = keep_to(SERVER_CORE)
    done = 0
    started, cpu = time.monotonic(), time.process_time()
    while time.monotonic() - started < seconds:
        connection.execute("begin immediate")
        connection.executemany(sql, next(batches))
        connection.execute("commit")
        done += 1
    written = Written(done, time.monotonic() - started, time.process_time() - cpu)
    os.sched_setaffinity(0, before)
    connection.close()
    return written


def into_postgresql(
    url: str, account: Account, seconds: float, rows: Rows, connections: int, server: Process
) -> Written:
    """Write with bare asyncpg: one `executemany` in one transaction, on so many connections."""
    before = keep_to(SERVER_CORE)
    try:
        return asyncio.run(_into_postgresql(url, account, seconds, rows, connections, server))
    finally:
        os.sched_setaffinity(0, before)


async def _into_postgresql(
    url: str, account: Account, seconds: float, rows: Rows, connections: int, server: Process
) -> Written:
    pool = await asyncpg.create_pool(url, min_size=connections, max_size=connections)
    sample = await pool.fetch(rows.sample(account))
    begin = await pool.fetchval(f"select max(id) + 1 from {rows.table}")
    columns = list(sample[0].keys())
    sql = rows.statement(columns, lambda n: f"${n}")
    batches = rows.batches([tuple(row) for row in sample], columns, max(begin, _FIRST_ID))
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
