"""SQLite: reads on the event loop, one writer whose commits are shared.

A page of leads takes a fraction of a millisecond, so reading on the loop beats
handing the work to a thread. A statement that turns out to be long is stopped
after `_LOOP_STEPS` and done again on a thread, so one account's slow search
does not hold up the others (S-199).

Writes are taken in turn by one task. Transactions that wait at the same moment
share one commit to the disk; each is a savepoint of its own, so one that fails
takes nobody with it. `synchronous=full` puts the commit on stable storage
before any of them answers (S-207).
"""

from __future__ import annotations

import asyncio
import collections
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeVar

import apsw

from grantway.db.database import R, Reader, Transaction, Value, make_rows, plain_insert, spread
from grantway.db.errors import AlreadyThere, StorageUnavailable

T = TypeVar("T")

_LOOP_STEPS = 100_000  # of SQLite's virtual machine: some three milliseconds
_LOCK_WAIT_MS = 5_000  # rule S-208
_LOG_WAIT_MS = 20
_SHARED_COMMITS = 64
_READER_THREADS = 2
_DUPLICATE = {apsw.SQLITE_CONSTRAINT_UNIQUE, apsw.SQLITE_CONSTRAINT_PRIMARYKEY}
_UNAVAILABLE = (
    apsw.BusyError,
    apsw.LockedError,
    apsw.FullError,
    apsw.IOError,
    apsw.CantOpenError,
    apsw.ReadOnlyError,
    apsw.NoMemError,
)


def connect(path: str) -> apsw.Connection:
    """Open the file with our settings."""
    connection = apsw.Connection(path, statementcachesize=400)
    connection.set_busy_timeout(_LOCK_WAIT_MS)
    _use_log(connection)
    connection.execute("pragma synchronous = full")
    # Else SQLite looks at the values that are bound and plans a join anew at every run, which
    # takes longer than running it; our plans depend on the indexes alone.
    connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
    connection.execute("pragma foreign_keys = on")
    connection.execute("pragma cache_size = -65536")
    connection.execute("pragma mmap_size = 1073741824")
    connection.execute("pragma temp_store = memory")
    return connection


def _use_log(connection: apsw.Connection) -> None:
    """Have the file's write-ahead log used.

    While somebody else writes the first rows of a new file, SQLite refuses this
    at once, however long it would wait for a lock.
    """
    for _ in range(_LOCK_WAIT_MS // _LOG_WAIT_MS):
        try:
            connection.execute("pragma journal_mode = wal")
        except apsw.BusyError:
            time.sleep(_LOG_WAIT_MS / 1000)
        else:
            return
    connection.execute("pragma journal_mode = wal")


def translated(error: apsw.Error) -> Exception:
    """Return our error for the driver's, or the driver's own when it is a mistake of ours."""
    if getattr(error, "extendedresult", None) in _DUPLICATE:
        return AlreadyThere(str(error))
    if isinstance(error, _UNAVAILABLE):
        return StorageUnavailable(str(error))
    return error


class SqliteReader:
    """Reads on the loop, and long statements on a thread."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._connection = connect(path)
        self._connection.set_progress_handler(self._is_long, _LOOP_STEPS)
        self._ticks = 0
        self._threads = ThreadPoolExecutor(_READER_THREADS, thread_name_prefix="sqlite-read")
        self._local = threading.local()

    def _is_long(self) -> bool:
        # SQLite counts steps over all runs of a prepared statement, so the first tick of a run
        # says nothing; between the first and the second lie `_LOOP_STEPS` steps of this run.
        self._ticks += 1
        return self._ticks > 1

    async def _rows(self, sql: str, values: Mapping[str, Value]) -> list[tuple[Any, ...]]:
        sql, single = spread(sql, values)
        self._ticks = 0
        try:
            return self._connection.execute(sql, single).fetchall()
        except apsw.InterruptError:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, self._rows_on_thread, sql, single)
        except apsw.Error as error:
            raise translated(error) from error

    def _rows_on_thread(self, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        connection: apsw.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = connect(self._path)
        try:
            return connection.execute(sql, values).fetchall()
        except apsw.Error as error:
            raise translated(error) from error

    async def all(self, row: type[R], sql: str, /, **values: Value) -> list[R]:
        return make_rows(row, await self._rows(sql, values))

    async def one(self, row: type[R], sql: str, /, **values: Value) -> R | None:
        rows = await self._rows(sql, values)
        return make_rows(row, rows[:1])[0] if rows else None

    async def column(self, sql: str, /, **values: Value) -> list[Any]:
        return [one[0] for one in await self._rows(sql, values)]

    async def value(self, sql: str, /, **values: Value) -> Any:
        rows = await self._rows(sql, values)
        return rows[0][0] if rows else None

    async def __aenter__(self) -> Reader:
        return self

    async def __aexit__(self, *exc: object) -> None:
        return None

    def close(self) -> None:
        self._threads.shutdown(cancel_futures=True)
        self._connection.close()


class SqliteTransaction:
    """One turn at the writing connection."""

    def __init__(self, connection: apsw.Connection, on_thread: Callable[..., Any]) -> None:
        self._connection = connection
        self._on_thread = on_thread

    def _rows(self, sql: str, values: Mapping[str, Value]) -> list[tuple[Any, ...]]:
        sql, single = spread(sql, values)
        try:
            return self._connection.execute(sql, single).fetchall()
        except apsw.Error as error:
            raise translated(error) from error

    async def all(self, row: type[R], sql: str, /, **values: Value) -> list[R]:
        return make_rows(row, self._rows(sql, values))

    async def one(self, row: type[R], sql: str, /, **values: Value) -> R | None:
        rows = self._rows(sql, values)
        return make_rows(row, rows[:1])[0] if rows else None

    async def column(self, sql: str, /, **values: Value) -> list[Any]:
        return [one[0] for one in self._rows(sql, values)]

    async def value(self, sql: str, /, **values: Value) -> Any:
        rows = self._rows(sql, values)
        return rows[0][0] if rows else None

    async def change(self, sql: str, /, **values: Value) -> int:
        self._rows(sql, values)
        return self._connection.changes()

    async def change_many(self, sql: str, rows: Sequence[Mapping[str, Value]], /) -> None:
        try:
            self._connection.executemany(sql, rows)
        except apsw.Error as error:
            raise translated(error) from error

    async def add_many(self, sql: str, rows: Sequence[Mapping[str, Value]], /) -> None:
        _, columns = plain_insert(sql)
        # By their places: looking twenty names up for each row takes as long as storing it.
        values = [tuple([row[name] for name in columns]) for row in rows]
        try:
            self._connection.executemany(sql, values)
        except apsw.Error as error:
            raise translated(error) from error

    async def lock(self, sql: str, /, **values: Value) -> None:
        """Do nothing: the whole database is ours until the end."""

    async def lock_values(self, sql: str, /, **values: Value) -> None:
        """Do nothing, for the same reason."""

    async def sweep(self, sql: str, /, **values: Value) -> int:
        await self._on_thread(self._rows, sql, values)
        return self._connection.changes()

    async def take_ids(self, name: str, count: int = 1) -> Sequence[int]:
        last = await self.value(
            """
            insert into id_series (name, last_id) values (:name, :count)
            on conflict (name) do update set last_id = id_series.last_id + :count
            returning last_id
            """,
            name=name,
            count=count,
        )
        return range(last - count + 1, last + 1)


class _Turn:
    """One transaction that waits for the writer: given out, done, and committed."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.given: asyncio.Future[None] = loop.create_future()
        self.done: asyncio.Future[bool] = loop.create_future()
        self.stored: asyncio.Future[None] = loop.create_future()
        # A turn whose owner was cancelled has nobody to hear of its end.
        self.stored.add_done_callback(lambda f: f.cancelled() or f.exception())
        self.given.add_done_callback(lambda f: f.cancelled() or f.exception())

    def tell(self, lost: Exception | None) -> None:
        """Tell the owner that its changes are stored, or why they are not."""
        if self.stored.done():
            return  # it did not wait to hear
        if lost is None:
            self.stored.set_result(None)
        else:
            self.stored.set_exception(lost)


class SqliteWriter:
    """Owns the writing connection and lends it to one transaction at a time."""

    def __init__(self, path: str, lock_wait_ms: int) -> None:
        self._path = path
        self._connection = connect(path)
        self._is_lost = False
        self._lock_wait_ms = lock_wait_ms
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite-write")
        self._turns: collections.deque[_Turn] = collections.deque()
        self._wanted = asyncio.Event()
        self._is_idle = asyncio.Event()
        self._is_idle.set()
        self._task: asyncio.Task[None] | None = None

    async def _on_thread(self, work: Callable[..., T], *args: Any) -> T:
        running = asyncio.get_running_loop().run_in_executor(self._thread, work, *args)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            # Nobody else may touch the connection before the thread lets go of it.
            await asyncio.wait([running])
            raise

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(), name="sqlite-writer")
        turn = _Turn()
        self._turns.append(turn)
        self._is_idle.clear()
        self._wanted.set()
        succeeded = False
        try:
            await turn.given
            yield SqliteTransaction(self._connection, self._on_thread)
            succeeded = True
        finally:
            turn.done.set_result(succeeded)
        await turn.stored

    async def _run(self) -> None:
        while True:
            await self._wanted.wait()
            self._is_idle.clear()
            members: list[_Turn] = []
            lost: Exception | None = None
            try:
                await self._share_a_commit(members)
            except Exception as error:  # noqa: BLE001 - the writer must outlive any one fault
                self._start_over()
                lost = StorageUnavailable(str(error))
            for turn in members:
                turn.tell(lost)
            if not self._turns:
                self._wanted.clear()
                self._is_idle.set()

    async def _share_a_commit(self, members: list[_Turn]) -> None:
        """Lend the connection to all who wait and commit what they did.

        Who succeeded is put into *members*, and hears by the end of this whether
        it is stored. Raises when nothing was.
        """
        try:
            await self._begin()
        except apsw.Error as error:
            self._refuse_all(translated(error))
            return
        while self._turns and len(members) < _SHARED_COMMITS:
            await self._lend(self._turns.popleft(), members)
        if members:
            await self._on_thread(self._connection.execute, "commit")
        else:
            self._connection.execute("rollback")

    async def _lend(self, turn: _Turn, members: list[_Turn]) -> None:
        if turn.done.done():
            return  # its owner gave up while it waited
        try:
            self._connection.execute("savepoint turn")
        except apsw.Error as error:
            self._refuse(turn, StorageUnavailable(str(error)))
            raise
        if not turn.given.done():
            turn.given.set_result(None)
        succeeded = await turn.done
        if succeeded:
            members.append(turn)
        if not self._connection.in_transaction:
            # A full disk rolls everything back by itself; nobody may answer success.
            raise StorageUnavailable("the shared transaction was rolled back")
        if not succeeded:
            self._connection.execute("rollback to turn")
        self._connection.execute("release turn")

    async def _begin(self) -> None:
        if self._is_lost:
            self._connection = connect(self._path)
            self._is_lost = False
        # The lock is free unless another process writes: try on the loop, wait on the thread.
        self._connection.set_busy_timeout(0)
        try:
            self._connection.execute("begin immediate")
        except apsw.BusyError:
            self._connection.set_busy_timeout(self._lock_wait_ms)
            await self._on_thread(self._connection.execute, "begin immediate")

    def _start_over(self) -> None:
        try:
            if self._connection.in_transaction:
                self._connection.execute("rollback")
        except apsw.Error:
            # Nothing may be served from a doubtful state: a new connection has none (S-206).
            # It is opened by whoever writes next, who can be told when that is impossible.
            self._connection.close(force=True)
            self._is_lost = True

    def _refuse_all(self, error: Exception) -> None:
        while self._turns:
            self._refuse(self._turns.popleft(), error)

    def _refuse(self, turn: _Turn, error: Exception) -> None:
        if not turn.given.done():
            turn.given.set_exception(error)

    async def close(self) -> None:
        if self._task is not None:
            await self._is_idle.wait()
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._thread.shutdown()
        self._connection.close()


class SqliteDatabase:
    """A file."""

    kind = "sqlite"

    def __init__(self, path: str, *, lock_wait_ms: int = _LOCK_WAIT_MS) -> None:
        self._writer = SqliteWriter(path, lock_wait_ms)
        self._reader = SqliteReader(path)

    def read(self) -> AbstractAsyncContextManager[Reader]:
        return self._reader

    def write(self) -> AbstractAsyncContextManager[Transaction]:
        return self._writer.transaction()

    async def analyze(self, *tables: str) -> None:
        pass

    async def close(self) -> None:
        await self._writer.close()
        self._reader.close()
