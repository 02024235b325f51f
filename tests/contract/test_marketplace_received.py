"""Ratings as integrators read them, and what a user may rate and has given."""

import pytest

from grantway.accounts.model import Role
from grantway.db import Database
from grantway.integrations import states
from grantway.integrations.errors import IntegrationNotFound
from grantway.kernel.errors import Forbidden
from grantway.marketplace import publishing, ratings, received
from grantway.marketplace.received import Given
from grantway.moderation.desk import Moderator
from tests.contract.integration_cast import NOW, People, open_people
from tests.contract.listing_cast import install, join, list_it, uninstall
from tests.contract.version_cast import make_draft, make_mo


@pytest.fixture
async def people(db: Database) -> People:
    return await open_people(db)


@pytest.fixture
async def mo(people: People) -> Moderator:
    async with people.db.write() as tx:
        return await make_mo(tx)


@pytest.fixture
async def listed(people: People, mo: Moderator) -> str:
    """List danalabs' integration, and let Alice give it four stars."""
    client_id = await list_it(people, mo)
    await install(people, people.alice, client_id)
    async with people.db.write() as tx:
        await ratings.rate(tx, people.alice, client_id, stars=4, text="Fine.", now=NOW)
    return client_id


async def given(people: People, name: str) -> dict[str, Given]:
    async with people.db.read() as reader:
        return await received.given(reader, getattr(people, name))


async def test_a_user_finds_what_they_may_rate_and_what_they_gave(
    people: People, mo: Moderator, listed: str
) -> None:
    other = await list_it(people, mo, ("Invoices", "Send invoices"))
    draft = (await make_draft(people)).client_id
    for client_id in (other, draft):
        await install(people, people.alice, client_id)
    await install(people, people.dana, listed)
    assert await given(people, "alice") == {
        listed: Given(listed, 4, is_removed=False),
        other: Given(other, None, is_removed=False),
    }
    assert await given(people, "charlie") == {}
    assert await given(people, "dana") == {}

    await uninstall(people, people.alice, other)
    assert list(await given(people, "alice")) == [listed]
    await join(people, people.dana, people.alice, Role.USER)
    # They rate no more what is their own account's, and may delete what they gave before.
    assert list(await given(people, "alice")) == [listed]
    async with people.db.write() as tx:
        assert await ratings.delete(tx, people.alice, listed, NOW)
    assert await given(people, "alice") == {}
    with pytest.raises(Forbidden):
        await given(people, "bob")


async def test_what_was_removed_is_known_as_such_and_what_is_hidden_to_its_author_alone(
    people: People, mo: Moderator, listed: str
) -> None:
    async with people.db.read() as reader:
        rating = await ratings.own(reader, people.alice, listed)
    assert rating is not None
    async with people.db.write() as tx:
        await ratings.remove(tx, mo, listed, rating.id, "It insults people.", NOW)
    assert await given(people, "alice") == {listed: Given(listed, 4, is_removed=True)}

    async with people.db.write() as tx:
        await ratings.restore(tx, mo, listed, rating.id, NOW)
        await publishing.hide(tx, mo, listed, "Its site is gone.", NOW)
    assert await given(people, "alice") == {listed: Given(listed, 4, is_removed=False)}
    async with people.db.write() as tx:
        await ratings.delete(tx, people.alice, listed, NOW)
    assert await given(people, "alice") == {}


async def test_integrators_read_theirs_alone_hidden_or_stopped_too(
    people: People, mo: Moderator, listed: str
) -> None:
    async def read(name: str) -> tuple[int, int, float | None]:
        actor = getattr(people, name)
        async with people.db.read() as reader:
            page = await received.page(reader, actor, listed)
            sums = await received.sum_up(reader, actor, listed)
            assert await received.unanswered(reader, actor, listed) == sums.unanswered
        return len(page.ratings), sums.unanswered, sums.mean

    assert await read("dana") == (1, 1, 4.0)
    async with people.db.write() as tx:
        await publishing.hide(tx, mo, listed, "Its site is gone.", NOW)
    assert await read("dana") == (1, 1, 4.0)
    async with people.db.write() as tx:
        await states.disable(tx, listed, "Its keys leaked.", NOW)
    assert await read("dana") == (1, 1, 4.0)
    async with people.db.read() as reader:
        for ask in (
            received.page(reader, people.alice, listed),
            received.sum_up(reader, people.alice, listed),
            received.unanswered(reader, people.alice, listed),
        ):
            with pytest.raises(IntegrationNotFound):
                await ask
