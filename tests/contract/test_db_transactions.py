"""What every user of `db` may rely on, on both databases (S-195, S-198, S-207, S-208)."""

import asyncio
from contextlib import suppress
from typing import Any

import msgspec
import pytest

from grantway.db import AlreadyThere, Database, Value, open_database
from grantway.kernel.errors import Conflict

ADD = "insert into sign_in_failures (subject, failures, first_at, last_at) values (:name, 1, 1, 1)"
COUNT = "select count(*) from sign_in_failures"


class Row(msgspec.Struct, frozen=True):
    subject: str
    failures: int


class Pair(msgspec.Struct, frozen=True):
    text: str | None
    is_so: bool


async def add(db: Database, name: str, *, fault: Exception | None = None) -> None:
    async with db.write() as tx:
        await tx.change(ADD, name=name)
        await asyncio.sleep(0)
        if fault is not None:
            raise fault


async def names(db: Database) -> list[str]:
    async with db.read() as reader:
        return await reader.column("select subject from sign_in_failures order by subject")


async def test_leaving_commits_and_raising_rolls_back(db: Database, database_url: str) -> None:
    await add(db, "kept")
    with pytest.raises(KeyError):
        await add(db, "lost", fault=KeyError())
    with pytest.raises(Conflict):
        await add(db, "lost too", fault=Conflict("no"))

    assert await names(db) == ["kept"]
    second = await open_database(database_url)
    assert await names(second) == ["kept"]
    await second.close()


async def test_of_many_at_once_those_that_fail_take_nobody_with_them(db: Database) -> None:
    results = await asyncio.gather(
        *(add(db, f"{n:03}", fault=KeyError(n) if n % 3 == 0 else None) for n in range(60)),
        return_exceptions=True,
    )

    failed = [n for n, one in enumerate(results) if isinstance(one, KeyError)]
    assert failed == [n for n in range(60) if n % 3 == 0]
    assert await names(db) == [f"{n:03}" for n in range(60) if n % 3]


async def test_a_statement_that_fails_takes_only_its_own_transaction(db: Database) -> None:
    await add(db, "taken")

    async def clash() -> None:
        async with db.write() as tx:
            await tx.change(ADD, name="before the clash")
            await tx.change(ADD, name="taken")

    results = await asyncio.gather(
        add(db, "a"), clash(), add(db, "b"), clash(), return_exceptions=True
    )

    assert [type(one) for one in results] == [type(None), AlreadyThere, type(None), AlreadyThere]
    assert await names(db) == ["a", "b", "taken"]


async def test_who_is_cancelled_leaves_nothing_and_holds_up_nobody(db: Database) -> None:
    holds, waits = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with db.write() as tx:
            await tx.change(ADD, name="cancelled inside")
            holds.set()
            await waits.wait()

    inside = asyncio.create_task(hold())
    await holds.wait()
    queued = [asyncio.create_task(add(db, f"queued {n}")) for n in range(3)]
    await asyncio.sleep(0.01)
    queued[1].cancel()
    inside.cancel()
    results = await asyncio.gather(inside, *queued, return_exceptions=True)

    assert isinstance(results[0], asyncio.CancelledError)
    assert results[1] is results[3] is None
    stored = await names(db)
    allowed = [["queued 0", "queued 2"]]
    if db.kind == "postgresql":
        # The second one need not wait there: it may be done before it is cancelled, or be
        # cancelled while it commits, and then it is stored or not, and nobody was told that it is.
        whole = ["queued 0", "queued 1", "queued 2"]
        allowed = [whole] if results[2] is None else [*allowed, whole]
    assert stored in allowed
    await add(db, "next")


async def test_who_is_cancelled_during_a_long_statement(db: Database) -> None:
    numbers = """
        with recursive n (i) as (select 1 union all select i + 1 from n where i < 200000)
        insert into sign_in_failures (subject, failures, first_at, last_at)
        select 'row ' || i, 1, 1, 1 from n
    """

    async def sweep() -> None:
        async with db.write() as tx:
            await tx.sweep(numbers)

    long = asyncio.create_task(sweep())
    await asyncio.sleep(0.05)
    long.cancel()
    results = await asyncio.gather(long, add(db, "next"), return_exceptions=True)

    assert isinstance(results[0], asyncio.CancelledError)
    assert results[1] is None
    assert await names(db) == ["next"]


async def test_nobody_sees_what_is_not_committed(db: Database, database_url: str) -> None:
    second = await open_database(database_url)
    async with db.write() as tx:
        await tx.change(ADD, name="secret")
        assert await tx.value(COUNT) == 1
        assert await names(db) == []
        assert await names(second) == []

    assert await names(db) == ["secret"]
    assert await names(second) == ["secret"]
    await second.close()


async def test_a_long_read_does_not_hold_up_others(db: Database) -> None:
    slow = """
        with recursive n (i) as (select 1 union all select i + 1 from n where i < 3000000)
        select count(*) from n
    """

    async def count() -> int:
        async with db.read() as reader:
            found: int = await reader.value(slow)
        return found

    long = asyncio.create_task(count())
    await asyncio.sleep(0)
    quick = 0
    while not long.done():
        await add(db, f"{quick}")
        assert len(await names(db)) == quick + 1
        quick += 1
        await asyncio.sleep(0)

    assert await long == 3_000_000
    assert quick >= 3


async def test_identifiers_are_never_given_twice(db: Database, database_url: str) -> None:
    second = await open_database(database_url)

    async def take(one: Database, count: int) -> list[int]:
        async with one.write() as tx:
            return list(await tx.take_ids("lead", count))

    taken = await asyncio.gather(
        *(take(one, count) for one in (db, second) for count in (1, 2, 5, 10, 1))
    )
    with suppress(KeyError):
        async with db.write() as tx:
            await tx.take_ids("lead", 3)
            raise KeyError
    taken.append(await take(db, 2))
    every = [one for ids in taken for one in ids]

    assert len(every) == len(set(every)) == 40
    assert all(ids == sorted(ids) for ids in taken)
    assert min(every) == 1
    await second.close()


async def test_values_come_back_as_they_went_in(db: Database) -> None:
    texts: list[Any] = [
        "",
        "ä𝄞",
        "'; drop table users; --",
        ":name",
        "$1",
        "\x01\x7f",
        "a" * 10_000,
    ]
    for text in texts:
        await add(db, text)
    async with db.read() as reader:
        assert sorted(await names(db)) == sorted(texts)
        found = await reader.all(
            Row,
            "select subject, failures from sign_in_failures where subject in (:texts)",
            texts=texts[:3],
        )
        assert {one.subject for one in found} == set(texts[:3])
        assert (
            await reader.one(Row, "select subject, failures from sign_in_failures where 1 = 0")
            is None
        )
        assert (
            await reader.all(
                Row, "select subject, 1 from sign_in_failures where subject in (:no)", no=[]
            )
            == []
        )
        assert await reader.value("select :value", value="text") == "text"
        pair = await reader.one(Pair, "select null, 1 = 1")
        assert pair == Pair(None, is_so=True)
        assert pair.is_so is True


async def test_locked_rows_wait_for_the_end(db: Database) -> None:
    await add(db, "counter")
    select = "select subject from sign_in_failures where subject in (:names) order by subject"

    async def increment() -> None:
        async with db.write() as tx:
            await tx.lock(select, names=["counter"])
            value = await tx.value("select failures from sign_in_failures")
            await asyncio.sleep(0)
            await tx.change("update sign_in_failures set failures = :value", value=value + 1)

    await asyncio.gather(*(increment() for _ in range(20)))

    async with db.read() as reader:
        assert await reader.value("select failures from sign_in_failures") == 21


async def test_closing_finishes_what_runs(database_url: str) -> None:
    db = await open_database(database_url)
    running = [asyncio.create_task(add(db, f"{n}")) for n in range(10)]
    await asyncio.sleep(0)
    await asyncio.gather(*running)
    await db.close()
    again = await open_database(database_url)

    assert len(await names(again)) == 10
    await again.close()


MANY = """
insert into sign_in_failures (subject, failures, first_at, last_at)
values (:subject, :failures, :first_at, :last_at)
"""


def failed(subject: str, failures: int) -> dict[str, Value]:
    return {"subject": subject, "failures": failures, "first_at": 1, "last_at": 2}


async def add_and_raise(db: Database, row: dict[str, Value]) -> None:
    with suppress(KeyError):
        async with db.write() as tx:
            await tx.add_many(MANY, [row])
            raise KeyError


async def test_many_rows_are_added_with_the_rest_of_the_transaction(db: Database) -> None:
    rows = [failed(f"{n:04}", n) for n in range(999)]
    async with db.write() as tx:
        await tx.add_many(MANY, rows)
        await tx.add_many(MANY, [])
        counted = await tx.value(COUNT)
    await add_and_raise(db, failed("lost", 1))

    assert counted == 999
    assert await names(db) == [one["subject"] for one in rows]
    async with db.read() as reader:
        sql = "select failures from sign_in_failures where subject = '0007'"
        assert await reader.value(sql) == 7


async def test_one_of_many_rows_that_is_there_already_takes_all_with_it(db: Database) -> None:
    await add(db, "there")
    with pytest.raises(AlreadyThere):
        async with db.write() as tx:
            await tx.add_many(MANY, [failed("new", 1), failed("there", 1)])
    with pytest.raises(AlreadyThere):
        async with db.write() as tx:
            await tx.add_many(MANY, [*(failed(f"{n}", 1) for n in range(500)), failed("there", 1)])

    assert await names(db) == ["there"]


async def test_only_a_plain_insert_adds_many(db: Database) -> None:
    with pytest.raises(ValueError, match="plain insert"):
        async with db.write() as tx:
            await tx.add_many(f"{MANY} on conflict do nothing", [])
    with pytest.raises(ValueError, match="not named as their columns"):
        async with db.write() as tx:
            await tx.add_many(ADD, [])


async def test_a_table_that_has_just_grown_is_planned_for_as_it_is(db: Database) -> None:
    async with db.write() as tx:
        await tx.add_many(MANY, [failed(f"{n}", 1) for n in range(300)])
    await db.analyze("sign_in_failures", "leads")
    async with db.read() as reader:
        if db.kind == "postgresql":
            size = "select reltuples from pg_class where relname = 'sign_in_failures'"
            assert await reader.value(size) == 300
        assert await reader.value("select count(*) from sign_in_failures") == 300
