"""What each connection to PostgreSQL promises, whatever the defaults are (S-207, S-208)."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

import asyncpg
import pytest

from grantway.db import AlreadyThere, Database, open_database, postgresql
from grantway.db.errors import StorageUnavailable

ADD = "insert into sign_in_failures (subject, failures, first_at, last_at) values (:name, 1, 1, 1)"
POOL = 10
ROLE = "careless"
PROMISED = {
    "synchronous_commit": "on",
    "lock_timeout": "5s",
    "statement_timeout": "30s",
    "idle_in_transaction_session_timeout": "1min",
}


@asynccontextmanager
async def direct(url: str) -> AsyncIterator[asyncpg.Connection]:
    """Connect as somebody else does, with the server's own defaults."""
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


@contextmanager
def as_role(url: str, **defaults: str) -> Iterator[str]:
    """Make a role with *defaults* of its own; give the address under which it connects."""

    async def run(*statements: str) -> None:
        async with direct(url) as connection:
            for statement in statements:
                await connection.execute(statement)

    with asyncio.Runner() as runner:
        runner.run(
            run(
                f"create role {ROLE} login superuser",
                *(f"alter role {ROLE} set {name} = '{to}'" for name, to in defaults.items()),
            )
        )
        try:
            scheme, _, rest = url.partition("://")
            yield f"{scheme}://{ROLE}@{rest.partition('@')[2]}"
        finally:
            runner.run(run(f"drop role {ROLE}"))


async def shown(db: Database) -> list[dict[str, str]]:
    """Return what every connection of the pool says when it is asked, all of them at once."""
    async with AsyncExitStack() as held:
        readers = [await held.enter_async_context(db.read()) for _ in range(POOL)]
        pids = {await one.value("select pg_backend_pid()") for one in readers}
        assert len(pids) == POOL
        return [{name: await one.value(f"show {name}") for name in PROMISED} for one in readers]


async def add(db: Database, name: str) -> None:
    async with db.write() as tx:
        await tx.change(ADD, name=name)


async def names(db: Database) -> list[str]:
    async with db.read() as reader:
        return await reader.column("select subject from sign_in_failures order by subject")


async def test_a_server_that_forgets_is_told_to_remember(postgresql_url: str) -> None:
    async with direct(postgresql_url) as connection:
        assert await connection.fetchval("show synchronous_commit") == "off"
        for name in PROMISED.keys() - {"synchronous_commit"}:
            assert await connection.fetchval(f"show {name}") == "0"
    db = await open_database(postgresql_url)

    assert await shown(db) == [PROMISED] * POOL
    await db.close()


@pytest.fixture(
    params=[
        ("off", "on"),
        ("local", "on"),
        ("on", "on"),
        ("remote_write", "remote_write"),
        ("remote_apply", "remote_apply"),
    ],
    ids=lambda pair: pair[0],
)
def of_role(request: pytest.FixtureRequest, postgresql_url: str) -> Iterator[tuple[str, str]]:
    """Return the address of a role with a default of its own, and what is to become of it."""
    given, expected = request.param
    endless = dict.fromkeys(PROMISED, "0") | {"synchronous_commit": given}
    with as_role(postgresql_url, **endless) as url:
        yield url, expected


async def test_a_role_that_asks_for_less_gets_more_and_one_that_asks_for_more_keeps_it(
    of_role: tuple[str, str],
) -> None:
    url, expected = of_role
    db = await open_database(url)

    assert await shown(db) == [PROMISED | {"synchronous_commit": expected}] * POOL
    await db.close()


async def test_an_address_that_asks_for_less_gets_more(postgresql_url: str) -> None:
    db = await open_database(f"{postgresql_url}?synchronous_commit=off&lock_timeout=0")

    assert await shown(db) == [PROMISED] * POOL
    await db.close()


async def test_what_is_promised_outlives_use_and_faults(postgresql_url: str) -> None:
    db = await open_database(postgresql_url)
    await add(db, "taken")
    async with db.write() as tx:
        await tx.sweep("delete from sign_in_failures where subject = 'nobody'")
    results = await asyncio.gather(
        *(add(db, "taken" if n % 2 else f"{n}") for n in range(40)), return_exceptions=True
    )

    assert {type(one) for one in results} == {type(None), AlreadyThere}
    assert await shown(db) == [PROMISED] * POOL
    await db.close()


async def test_a_connection_in_place_of_one_that_was_cut_promises_the_same(
    postgresql_url: str,
) -> None:
    db = await open_database(postgresql_url)
    assert await shown(db) == [PROMISED] * POOL
    async with direct(postgresql_url) as connection:
        cut = await connection.fetch(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where pid <> pg_backend_pid() and query like 'show %'"
        )
    await asyncio.sleep(0.2)  # for the driver to hear of it

    assert len(cut) == POOL
    assert await shown(db) == [PROMISED] * POOL
    await db.close()


LOCKS = [
    "select 1 from sign_in_failures where subject = 'held' for update",
    "lock table sign_in_failures in share row exclusive mode",
    "lock table sign_in_failures in access exclusive mode",
]
WAIT = 0.6


@pytest.fixture
async def impatient(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Database]:
    """Open the database with connections that wait for a lock only briefly."""
    monkeypatch.setattr(postgresql, "_LOCK_WAIT_MS", int(WAIT * 1000))
    db = await open_database(postgresql_url)
    await add(db, "held")
    yield db
    await db.close()


async def change(db: Database) -> None:
    async with db.write() as tx:
        # What came before the lock is undone with the rest.
        await tx.take_ids("lead", 1)
        await tx.change("update sign_in_failures set failures = failures + 1")


async def failures(db: Database) -> int:
    async with db.read() as reader:
        found: int = await reader.value("select sum(failures) from sign_in_failures")
    return found


@pytest.mark.parametrize("lock", LOCKS)
async def test_a_lock_that_somebody_holds_is_waited_for_and_then_told(
    impatient: Database, postgresql_url: str, lock: str
) -> None:
    async with direct(postgresql_url) as other:
        holding = other.transaction()
        await holding.start()
        await other.execute(lock)
        began = time.monotonic()
        # More than the pool has connections: those who wait for one are told as well.
        work = (asyncio.wait_for(change(impatient), 10) for _ in range(POOL + 5))
        told = await asyncio.gather(*work, return_exceptions=True)
        waited = time.monotonic() - began
        await holding.rollback()

    assert {type(one) for one in told} == {StorageUnavailable}
    assert str(told[0]) == "The change could not be stored; please try again"
    assert WAIT * 0.9 < waited < WAIT * 8
    assert await failures(impatient) == 1
    await change(impatient)
    assert await failures(impatient) == 2


@pytest.mark.parametrize("lock", LOCKS)
async def test_a_lock_that_ends_in_time_costs_time_alone(
    impatient: Database, postgresql_url: str, lock: str
) -> None:
    async with direct(postgresql_url) as other:
        holding = other.transaction()
        await holding.start()
        await other.execute(lock)
        waiting = asyncio.create_task(change(impatient))
        await asyncio.sleep(WAIT / 6)
        assert not waiting.done()
        await holding.commit()
        await waiting

    assert await failures(impatient) == 2


async def test_reading_goes_on_beside_those_who_wait(
    impatient: Database, postgresql_url: str
) -> None:
    async with direct(postgresql_url) as other, other.transaction():
        await other.execute(LOCKS[0])
        waiting = asyncio.create_task(change(impatient))
        reads = 0
        while not waiting.done():
            assert await names(impatient) == ["held"]
            reads += 1
            assert reads < 1000, "it waits for ever"
            await asyncio.sleep(0.01)

    assert isinstance(waiting.exception(), StorageUnavailable)
    assert reads > 5
