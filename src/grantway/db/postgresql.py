"""PostgreSQL: a pool of connections, each statement prepared once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from typing import Any

import asyncpg

from grantway.db.database import (
    R,
    Reader,
    Transaction,
    Value,
    make_rows,
    numbered,
    plain_insert,
    spread,
)
from grantway.db.errors import AlreadyThere, OutcomeUnknown, Overtaken, StorageUnavailable

_POOL_SIZE = 10
_LOCK_WAIT_MS = 5_000
_ACQUIRE_SECONDS = 5
_STATEMENT_MS = 30_000  # one account's slow search must not keep the pool's connections (S-199)
_FORGOTTEN_MS = 60_000  # a process that hangs inside a transaction keeps its locks no longer
_COPIED = 100  # rows; of fewer, beginning to copy takes longer than running a known statement
_UNAVAILABLE = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.DiskFullError,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    OSError,
    TimeoutError,
)
_OVERTAKEN = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    # What a row refers to was there when we looked, and somebody else has removed it.
    asyncpg.ForeignKeyViolationError,
)


@contextmanager
def translating() -> Iterator[None]:
    """Turn the driver's errors into ours."""
    try:
        yield
    except asyncpg.UniqueViolationError as error:
        raise AlreadyThere(str(error)) from error
    except _OVERTAKEN as error:
        raise Overtaken(f"{type(error).__name__}: {error}") from error
    except _UNAVAILABLE as error:
        if isinstance(error, ValueError):
            raise  # a value of the wrong type: a mistake of ours, and no trouble of the server
        raise StorageUnavailable(f"{type(error).__name__}: {error}") from error


class PostgresqlTransaction:
    """One connection, inside a transaction or not."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def _rows(self, sql: str, values: Mapping[str, Value]) -> list[Any]:
        sql, single = spread(sql, values)
        text, names = numbered(sql)
        with translating():
            rows: list[Any] = await self._connection.fetch(text, *[single[n] for n in names])
        return rows

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

    async def change(self, sql: str, /, **values: Value) -> int:
        sql, single = spread(sql, values)
        text, names = numbered(sql)
        with translating():
            status: str = await self._connection.execute(text, *[single[n] for n in names])
        return int(status.rpartition(" ")[2])

    async def change_many(self, sql: str, rows: Sequence[Mapping[str, Value]], /) -> None:
        text, names = numbered(sql)
        with translating():
            await self._connection.executemany(text, [[row[n] for n in names] for row in rows])

    async def add_many(self, sql: str, rows: Sequence[Mapping[str, Value]], /) -> None:
        table, columns = plain_insert(sql)
        if len(rows) < _COPIED:
            await self.change_many(sql, rows)
            return
        with translating():
            await self._connection.copy_records_to_table(
                table, columns=columns, records=[[row[name] for name in columns] for row in rows]
            )

    async def lock(self, sql: str, /, **values: Value) -> None:
        await self._rows(f"{sql} for update", values)

    async def lock_values(self, sql: str, /, **values: Value) -> None:
        await self._rows(f"{sql} for no key update", values)

    async def sweep(self, sql: str, /, **values: Value) -> int:
        with translating():
            await self._connection.execute("set local statement_timeout = 0")
        return await self.change(sql, **values)

    async def take_ids(self, name: str, count: int = 1) -> Sequence[int]:
        # A sequence makes nobody wait, at the price of gaps.
        with translating():
            rows = await self._connection.fetch(
                "select nextval($1::text::regclass) from generate_series(1, $2)",
                f"{name}_ids",
                count,
            )
        return [row[0] for row in rows]


class PostgresqlDatabase:
    """A server, through a pool."""

    kind = "postgresql"

    def __init__(self, pool: Any, acquire_seconds: float) -> None:
        self._pool = pool
        self._acquire_seconds = acquire_seconds

    @classmethod
    async def connect(
        cls, url: str, *, acquire_seconds: float = _ACQUIRE_SECONDS
    ) -> PostgresqlDatabase:
        with translating():
            pool = await asyncpg.create_pool(
                url,
                min_size=1,
                max_size=_POOL_SIZE,
                reset=_leave_as_it_is,
                init=_make_durable,
                server_settings={
                    "lock_timeout": str(_LOCK_WAIT_MS),
                    "statement_timeout": str(_STATEMENT_MS),
                    "idle_in_transaction_session_timeout": str(_FORGOTTEN_MS),
                },
            )
        return cls(pool, acquire_seconds)

    def read(self) -> AbstractAsyncContextManager[Reader]:
        return self._reading()

    def write(self) -> AbstractAsyncContextManager[Transaction]:
        return self._writing()

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[Reader]:
        with translating():
            connection = await self._pool.acquire(timeout=self._acquire_seconds)
        try:
            yield PostgresqlTransaction(connection)
        finally:
            await self._pool.release(connection)

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[Transaction]:
        with translating():
            connection = await self._pool.acquire(timeout=self._acquire_seconds)
        try:
            transaction = connection.transaction()
            with translating():
                await transaction.start()
            try:
                yield PostgresqlTransaction(connection)
            except BaseException:
                with translating():
                    await transaction.rollback()
                raise
            else:
                try:
                    with translating():
                        await transaction.commit()
                except Overtaken:
                    raise
                except StorageUnavailable as error:
                    # The server may have stored it and died before it could say so.
                    raise OutcomeUnknown(error.why) from error
        finally:
            await self._pool.release(connection)

    async def analyze(self, *tables: str) -> None:
        with translating():
            async with (
                self._pool.acquire(timeout=self._acquire_seconds) as connection,
                connection.transaction(),
            ):
                await connection.execute("set local statement_timeout = 0")
                await connection.execute(f"analyze {', '.join(tables)}")

    async def close(self) -> None:
        await self._pool.close()


async def _leave_as_it_is(connection: object) -> None:
    """Spare a round trip: our code leaves nothing behind on a connection."""


async def _make_durable(connection: Any) -> None:
    """Wait for the disk before success is answered, whatever the role's default is (S-207).

    A stronger setting than ours, such as `remote_apply`, stays.
    """
    await connection.execute(
        """
        select set_config('synchronous_commit', 'on', false)
         where current_setting('synchronous_commit') in ('off', 'local')
        """
    )
