"""Installing and setting up beside whatever else happens to the same integration (S-204)."""

import asyncio
from typing import Any

import pytest

from grantway.db import Database, Overtaken, Transaction
from grantway.installing import service
from grantway.installing.errors import NotInstallable, WidgetNotFound
from grantway.installing.service import save_settings, uninstall
from grantway.integrations import service as integrations
from tests.contract.installing_cast import DEPOT, manifest
from tests.contract.integration_cast import NOW, People, open_people
from tests.contract.test_installing import do, make_private, make_published, put, status

_A_WHILE = 0.2


@pytest.fixture
async def people(db: Database) -> People:
    return await open_people(db)


async def beside(people: People, first: Any, second: Any) -> Any:
    """Do the first in a transaction that lasts while the second is asked for; return the latter."""
    async with people.db.write() as tx:
        await first(tx)
        waiting = asyncio.create_task(second())
        await asyncio.sleep(_A_WHILE)
    return await asyncio.gather(waiting, return_exceptions=True)


async def live(people: People, client_id: str) -> int:
    async with people.db.read() as reader:
        count: int = await reader.value(
            "select count(*) from installations where client_id = :client_id and ended_at is null",
            client_id=client_id,
        )
    return count


async def test_what_is_deleted_meanwhile_is_not_installed(people: People) -> None:
    alice = people.alice
    deleted, kept = [await make_private(people, alice) for _ in range(2)]

    async def delete(tx: Transaction) -> None:
        await integrations.delete(tx, alice, deleted, NOW)

    (refused,) = await beside(people, delete, lambda: put(people, alice, deleted))
    await put(people, alice, kept)

    # Whoever is overtaken decides anew, and finds nothing any more.
    assert isinstance(refused, Overtaken | WidgetNotFound)
    with pytest.raises(WidgetNotFound):
        await put(people, alice, deleted)
    assert [await live(people, one) for one in (deleted, kept)] == [0, 1]


async def test_of_two_savings_at_once_both_are_kept(people: People) -> None:
    fields = {name: DEPOT | {"required": False} for name in ("depot", "gate")}
    client_id = await make_published(people, manifest(fields))
    alice = people.alice
    await put(people, alice, client_id)

    async def first(tx: Transaction) -> None:
        await save_settings(tx, alice, client_id, {"depot": "North"}, NOW)

    async def second() -> None:
        await do(people, save_settings, alice, client_id, {"gate": "7"}, NOW)

    assert await beside(people, first, second) == [None]
    assert (await status(people, alice, client_id))[1] == {"depot": "North", "gate": "7"}


async def test_nothing_is_saved_for_what_is_removed_meanwhile(people: People) -> None:
    client_id = await make_published(people, manifest({"depot": DEPOT}))
    alice = people.alice
    await put(people, alice, client_id)

    async def remove(tx: Transaction) -> None:
        await uninstall(tx, alice, client_id, NOW)

    async def save() -> None:
        await do(people, save_settings, alice, client_id, {"depot": "North"}, NOW)

    (refused,) = await beside(people, remove, save)

    assert "not installed" in str(refused)
    assert (await status(people, alice, client_id))[1] == {}


async def test_an_account_has_as_many_widgets_as_its_pages_can_host(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_AT_WORK", 2)
    first, second, third = [await make_published(people) for _ in range(3)]
    for one in (first, second):
        await put(people, people.alice, one)
    with pytest.raises(NotInstallable):
        await put(people, people.alice, third)
    again = await put(people, people.alice, first)
    elsewhere = await put(people, people.charlie, third)
    await do(people, uninstall, people.alice, first, NOW)
    await put(people, people.alice, third)
    async with people.db.read() as reader:
        at_work = [one.widget.client_id for one in await service.at_work(reader, people.alice)]

    assert (again.is_new, elsewhere.is_new) == (False, True)
    assert set(at_work) == {second, third}
