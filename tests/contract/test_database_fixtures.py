from grantway.db import Database


async def _add_series(db: Database) -> list[int]:
    async with db.write() as tx:
        ids = await tx.take_ids("lead", 2)
        await tx.change(
            "insert into sign_in_failures (subject, failures, first_at, last_at)"
            " values (:subject, 1, 1, 1)",
            subject="mallory",
        )
    return list(ids)


async def test_a_test_begins_with_an_empty_database(db: Database) -> None:
    assert await _add_series(db) == [1, 2]


async def test_and_so_does_the_next(db: Database) -> None:
    assert await _add_series(db) == [1, 2]
    async with db.read() as reader:
        assert await reader.value("select count(*) from sign_in_failures") == 1
