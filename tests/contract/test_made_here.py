"""What an account knows of the integrations that it made, and what others do not."""

import pytest
from msgspec.structs import replace

from grantway.accounts.actor import Actor
from grantway.db import Database
from grantway.installations import service as installations
from grantway.integrations import service as integrations
from grantway.kernel.errors import Forbidden
from grantway.marketplace import catalogue, publishing, ratings
from grantway.moderation import desk, drafts, own
from grantway.moderation.desk import Moderator
from grantway.moderation.model import Reason
from grantway.moderation.own import Made
from grantway.moderation.states import State
from tests.contract.integration_cast import NOW, People, open_people
from tests.contract.listing_cast import install, list_it
from tests.contract.version_cast import REASONS, RULES, bring_to, make_draft, make_mo, submit


@pytest.fixture
async def people(db: Database) -> People:
    return await open_people(db)


@pytest.fixture
async def mo(people: People) -> Moderator:
    async with people.db.write() as tx:
        return await make_mo(tx)


async def made(people: People, actor: Actor) -> dict[str, Made]:
    async with people.db.read() as reader:
        return {one.integration.client_id: one for one in await own.made_in(reader, actor)}


async def unpublished(people: People, actor: Actor, client_id: str) -> bool:
    async with people.db.read() as reader:
        return await own.unpublished(reader, actor, client_id) is not None


@pytest.mark.parametrize("state", list(State)[:5])
async def test_a_version_is_known_in_its_account_alone(
    people: People, mo: Moderator, state: State
) -> None:
    version = await bring_to(people, mo, state)
    here = (await made(people, people.dana))[version.client_id]

    assert here.newest is not None
    assert (here.newest.number, here.newest.state) == (1, state)
    assert (here.in_force, here.is_published) == (None, False)
    assert here.reasons == (1 if state is State.REJECTED else 0)
    assert await made(people, people.alice) == {}
    assert await unpublished(people, people.dana, version.client_id)
    assert not await unpublished(people, people.alice, version.client_id)


async def test_a_newer_version_stands_beside_the_published_one(
    people: People, mo: Moderator
) -> None:
    client_id = await list_it(people, mo)
    async with people.db.write() as tx:
        await drafts.add_version(tx, people.dana, client_id, NOW + 1)
    here = (await made(people, people.dana))[client_id]

    assert here.newest is not None
    assert here.in_force is not None
    assert (here.newest.number, here.in_force.number, here.is_published) == (2, 1, True)
    assert not await unpublished(people, people.dana, client_id)
    async with people.db.write() as tx:
        await publishing.hide(tx, mo, client_id, "Its site is gone.", NOW + 2)
    assert (await made(people, people.dana))[client_id].in_force is not None
    assert await unpublished(people, people.dana, client_id)


async def test_reasons_are_those_of_the_newest_version(people: People, mo: Moderator) -> None:
    version = await bring_to(people, mo, State.REJECTED)
    async with people.db.write() as tx:
        draft = await drafts.add_version(tx, people.dana, version.client_id, NOW)
    assert (await made(people, people.dana))[version.client_id].reasons == 0

    seen = await submit(people, draft)
    reasons, rules = (*REASONS, Reason("N2", "Still.")), (*RULES, replace(RULES[0], id="N2"))
    async with people.db.write() as tx:
        await desk.reject(tx, mo, seen.client_id, 2, seen.content_hash, reasons, rules, NOW)
    assert (await made(people, people.dana))[version.client_id].reasons == 2


async def test_what_keeps_no_version_yet_is_told_from_its_record(
    people: People, mo: Moderator
) -> None:
    client_id = await list_it(people, mo)
    draft = await make_draft(people)
    async with people.db.write() as tx:
        for table in ("picture_uses", "version_messages", "versions"):
            await tx.change(f"delete from {table}")
    found = await made(people, people.dana)

    for one, state in ((client_id, "published"), (draft.client_id, "draft")):
        newest = found[one].newest
        assert newest is not None
        assert newest.state == state
    assert found[client_id].in_force == found[client_id].newest
    assert found[draft.client_id].in_force is None
    assert await unpublished(people, people.dana, draft.client_id)


async def test_private_ones_have_no_version_and_no_listing(people: People) -> None:
    async with people.db.write() as tx:
        private = await integrations.create_private(tx, people.alice, NOW)

    for actor in (people.alice, people.bob):
        found = await made(people, actor)
        assert [one.newest for one in found.values()] == [None]
        assert not await unpublished(people, actor, private.client_id)


async def test_integrators_count_who_has_what_they_made(people: People, mo: Moderator) -> None:
    used, unused = await list_it(people, mo), await list_it(people, mo)
    await install(people, people.alice, used)
    await install(people, people.charlie, used)
    async with people.db.write() as tx:
        await ratings.rate(tx, people.charlie, used, stars=2, text="", now=NOW)
        rating = await ratings.rate(tx, people.alice, used, stars=4, text="", now=NOW)
        await ratings.answer(tx, people.dana, used, rating.id, "Thank you!", NOW)
    async with people.db.read() as reader:
        assert await installations.count_of_made(reader, people.dana) == {used: 2}
        assert await ratings.unanswered_by_integration(reader, people.dana) == {used: 1}
        assert await installations.count_of_made(reader, people.alice) == {}
        assert await ratings.unanswered_by_integration(reader, people.alice) == {}
        with pytest.raises(Forbidden):
            await installations.count_of_made(reader, people.bob)
        with pytest.raises(Forbidden):
            await ratings.unanswered_by_integration(reader, people.bob)
    assert unused in await made(people, people.dana)


async def test_a_catalogue_is_there_as_long_as_something_is_listed_in_it(
    people: People, mo: Moderator
) -> None:
    async with people.db.read() as reader:
        assert await catalogue.spoken(reader) == []
    client_id = await list_it(people, mo, es=("Rastreo", "Paquetes"))
    await list_it(people, mo, pt=("Rastreador", "Encomendas"))
    async with people.db.read() as reader:
        assert await catalogue.spoken(reader) == ["en", "es", "pt"]
    async with people.db.write() as tx:
        await publishing.hide(tx, mo, client_id, "Its site is gone.", NOW)
    async with people.db.read() as reader:
        assert await catalogue.spoken(reader) == ["en", "pt"]
