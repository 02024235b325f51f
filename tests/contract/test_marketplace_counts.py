"""How many have an integration: in lists, and by day for those who made it."""

import asyncio

import pytest

from grantway.accounts.model import Role
from grantway.db import Database
from grantway.marketplace import catalogue, counting, ratings
from grantway.marketplace.model import Day
from grantway.moderation.desk import Moderator
from grantway.worker.sweeping import Sweeper
from tests.contract.integration_cast import NOW, People, open_people
from tests.contract.listing_cast import install, join, list_it, uninstall
from tests.contract.version_cast import make_mo

DAY = 86_400
TODAY, YESTERDAY, LONG_AGO = "2027-01-15", "2027-01-14", "2025-01-15"


@pytest.fixture
async def people(db: Database) -> People:
    return await open_people(db)


@pytest.fixture
async def mo(people: People) -> Moderator:
    async with people.db.write() as tx:
        return await make_mo(tx)


async def installs(people: People, client_id: str, language: str = "en") -> int:
    async with people.db.read() as reader:
        return (await catalogue.listing(reader, language, client_id)).tile.installs


async def test_lists_tell_how_many_have_it_since_the_last_count(
    people: People, mo: Moderator
) -> None:
    client_id = await list_it(people, mo, es=("Rastreo", "Paquetes"))
    other = await list_it(people, mo, ("Invoices", "Send invoices"))
    await install(people, people.alice, client_id)
    await install(people, people.charlie, client_id)
    assert await installs(people, client_id) == 0

    assert await counting.sweep(people.db) == 2
    assert await counting.sweep(people.db) == 0
    assert [await installs(people, client_id, one) for one in ("en", "es")] == [2, 2]
    assert await installs(people, other) == 0
    async with people.db.read() as reader:
        page = await catalogue.front(reader, "en")
    assert [tile.client_id for tile in page.tiles] == [client_id, other]

    await uninstall(people, people.alice, client_id)
    assert await counting.sweep(people.db) == 2
    assert await installs(people, client_id) == 1


async def test_every_listing_is_counted_however_many_there_are(
    people: People, mo: Moderator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "_AT_ONCE", 2)
    made = [await list_it(people, mo, (f"Tracker {n}", "Something")) for n in range(5)]
    for client_id in made:
        await install(people, people.alice, client_id)

    assert await counting.sweep(people.db) == 5
    assert [await installs(people, client_id) for client_id in made] == [1] * 5


async def test_the_hourly_sweep_counts(people: People, mo: Moderator) -> None:
    client_id = await list_it(people, mo)
    await install(people, people.alice, client_id)
    await Sweeper(people.db, lambda: NOW).sweep()

    assert await installs(people, client_id) == 1


async def test_integrators_see_what_came_and_went_by_day_and_language(
    people: People, mo: Moderator
) -> None:
    client_id = await list_it(people, mo)
    other = await list_it(people, mo, ("Invoices", "Send invoices"))
    await install(people, people.charlie, client_id, NOW - 2 * 366 * DAY)
    await install(people, people.alice, client_id, NOW - DAY)
    await install(people, people.alice, other, NOW - DAY)
    await uninstall(people, people.alice, client_id, NOW - DAY + 5)
    await install(people, people.alice, client_id, NOW)
    async with people.db.write() as tx:
        await tx.change("update users set language = 'es' where name = 'charlie'")
    await uninstall(people, people.charlie, client_id, NOW)
    async with people.db.read() as reader:
        found = await counting.by_day(reader, people.dana, client_id, NOW)
        today = await counting.by_day(reader, people.dana, client_id, NOW, days=1)
        longest = await counting.by_day(reader, people.dana, client_id, NOW, days=10_000)
        assert await counting.live(reader, people.dana, client_id) == 1

    assert found == [
        Day(YESTERDAY, "en", 1, 1),
        Day(TODAY, "en", 1, 0),
        Day(TODAY, "es", 0, 1),
    ]
    assert today == found[1:]
    assert longest == found, "a year at most"


async def test_two_who_rate_at_once_both_count(people: People, mo: Moderator) -> None:
    client_id = await list_it(people, mo)
    await install(people, people.alice, client_id)
    raters = [people.alice]
    raters.append(await join(people, people.alice, people.charlie, Role.ADMINISTRATOR))

    async def rate(n: int, stars: int) -> None:
        async with people.db.write() as tx:
            await ratings.rate(tx, raters[n], client_id, stars=stars, text="", now=NOW)

    for stars in range(1, 6):
        await asyncio.gather(rate(0, stars), rate(1, 6 - stars))
        async with people.db.read() as reader:
            tile = (await catalogue.listing(reader, "en", client_id)).tile
        assert (tile.rating_sum, tile.rating_count) == (6, 2)
