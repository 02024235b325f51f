"""Publishing, taking back, stopping everywhere, deleting (S-79, S-83, S-147, S-153, S-154)."""

import asyncio

import msgspec
import pytest

from grantway.db import Database
from grantway.installations import everywhere
from grantway.installations import service as installations
from grantway.integrations import clients, public, state_store, states
from grantway.integrations import service as integrations
from grantway.integrations.errors import IntegrationNotFound, Unfinished, WrongState
from grantway.integrations.model import Texts
from grantway.integrations.states import MOVES, Move
from grantway.kernel.errors import Unprocessable
from grantway.moderation import forms, publication
from grantway.oauth.codes import issue_code
from tests.contract.crm_cast import audited
from tests.contract.integration_cast import COMPLETE, NOW, SEAL, People, open_people

NOBODYS = "00000000-0000-4000-8000-000000000000"


class World(People):
    """The people, a draft of Dana's and a private integration of Alice's, each with a secret."""

    draft: str
    draft_secret: str
    private: str


@pytest.fixture
async def world(db: Database) -> World:
    world = World()
    world.__dict__.update(vars(await open_people(db)))
    async with db.write() as tx:
        world.draft = (await public.create_public(tx, world.dana, COMPLETE, NOW)).client_id
        world.private = (await integrations.create_private(tx, world.alice, NOW)).client_id
        world.draft_secret = await integrations.generate_secret(
            tx, world.dana, world.draft, SEAL, NOW
        )
    return world


async def where(world: World, client_id: str) -> set[str]:
    """Return the accounts in which users may be asked for consent."""
    async with world.db.read() as reader:
        client = await clients.find_client(reader, client_id)
    assert client is not None
    actors = {"danalabs": world.dana, "acme": world.alice, "bolt": world.charlie}
    return {
        name
        for name, actor in actors.items()
        if clients.may_be_authorized_in(client, actor.account_id)
    }


PUBLISH = "publish"
UNPUBLISH = "unpublish"
"""What moderation does for the operator, beside the moves of the integration as a whole."""


async def move(world: World, client_id: str, wanted: str) -> None:
    async with world.db.write() as tx:
        match wanted:
            case "publish":
                await publication.publish_unreviewed(tx, client_id, NOW)
            case "unpublish":
                await publication.unpublish(tx, client_id, NOW)
            case Move.DISABLE:
                if not await states.disable(tx, client_id, "It was sold.", NOW):
                    raise WrongState("It is stopped already")
            case Move.ENABLE:
                await states.enable(tx, client_id, NOW)
            case _:
                actor = world.alice if client_id == world.private else world.dana
                await integrations.delete(tx, actor, client_id, NOW)


async def install(world: World, client_id: str) -> None:
    async with world.db.write() as tx:
        for actor in (world.dana, world.alice, world.charlie):
            await installations.install(tx, actor, client_id, NOW)


async def test_a_draft_works_where_it_was_made_and_a_published_one_everywhere(
    world: World,
) -> None:
    assert await where(world, world.draft) == {"danalabs"}
    await move(world, world.draft, PUBLISH)
    assert await where(world, world.draft) == {"danalabs", "acme", "bolt"}
    await move(world, world.draft, UNPUBLISH)
    assert await where(world, world.draft) == {"danalabs"}
    await move(world, world.draft, PUBLISH)
    await move(world, world.draft, Move.DISABLE)
    assert await where(world, world.draft) == set()
    await move(world, world.draft, Move.ENABLE)
    assert await where(world, world.draft) == {"danalabs", "acme", "bolt"}
    assert await where(world, world.private) == {"acme"}
    await move(world, world.private, Move.DELETE)
    assert await where(world, world.private) == set()


WAYS: dict[str, list[str]] = {
    "private": [],
    "draft": [],
    "published": [PUBLISH],
    "taken back": [PUBLISH, UNPUBLISH],
    "disabled": [Move.DISABLE],
}


@pytest.mark.parametrize("wanted", list(Move))
@pytest.mark.parametrize("state", list(WAYS))
async def test_every_move_leads_from_its_own_states_only(
    world: World, state: str, wanted: Move
) -> None:
    client_id = world.private if state == "private" else world.draft
    for earlier in WAYS[state]:
        await move(world, client_id, earlier)
    before = "draft" if state == "taken back" else state
    possible = before in MOVES[wanted].before and (state, wanted) != ("taken back", Move.DELETE)

    if possible:
        await move(world, client_id, wanted)
    else:
        with pytest.raises(WrongState):
            await move(world, client_id, wanted)
    async with world.db.read() as reader:
        client = await clients.find_client(reader, client_id)

    assert client is not None
    assert client.status == ((MOVES[wanted].after or "draft") if possible else before)


@pytest.mark.parametrize("wanted", [*Move, PUBLISH, UNPUBLISH])
async def test_nothing_is_moved_that_is_not_there(world: World, wanted: str) -> None:
    with pytest.raises(IntegrationNotFound):
        await move(world, NOBODYS, wanted)
    await move(world, world.private, Move.DELETE)
    with pytest.raises(IntegrationNotFound):
        await move(world, world.private, wanted)


async def test_a_draft_is_published_only_when_it_is_complete_in_every_language(
    world: World,
) -> None:
    async with world.db.write() as tx:
        bare = await public.create_public(tx, world.dana, public.PublicSettings(name="Bare"), NOW)
        with pytest.raises(Unfinished) as refused:
            await publication.publish_unreviewed(tx, bare.client_id, NOW)
        await forms.write_texts(tx, world.dana, world.draft, Texts("es", "Uno"), NOW)
        with pytest.raises(Unfinished) as in_spanish:
            await publication.publish_unreviewed(tx, world.draft, NOW)
        await forms.write_texts(
            tx, world.dana, world.draft, Texts("es", "Uno", "Dos", "Tres", "Cuatro"), NOW
        )
        await publication.publish_unreviewed(tx, world.draft, NOW + 5)
        published = await integrations.of_any_account(tx, world.draft)
        await publication.unpublish(tx, world.draft, NOW + 6)
        await publication.publish_unreviewed(tx, world.draft, NOW + 7)
        again = await integrations.of_any_account(tx, world.draft)

    assert refused.value.problems.keys() == {
        *("redirect_uri", "scopes", "owner_name", "privacy_uri"),
        *("short_description", "description", "instructions"),
    }
    assert list(in_spanish.value.problems) == [
        *("short_description.es", "description.es", "instructions.es"),
    ]
    assert published.status == "published"
    assert published.published_at == again.published_at == NOW + 5


async def test_a_published_one_is_never_deleted(world: World) -> None:
    await move(world, world.draft, PUBLISH)
    for _ in range(2):
        with pytest.raises(WrongState, match="was published"):
            await move(world, world.draft, Move.DELETE)
        async with world.db.write() as tx:
            if (await integrations.of_any_account(tx, world.draft)).status == "published":
                await publication.unpublish(tx, world.draft, NOW)

    await move(world, world.private, Move.DELETE)


async def test_stopping_ends_it_in_every_account_and_tells_each(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(everywhere, "_AT_ONCE", 2)
    await move(world, world.draft, PUBLISH)
    await install(world, world.draft)
    async with world.db.write() as tx:
        await installations.install(tx, world.alice, world.private, NOW)
    stopped = await everywhere.stop(world.db, world.draft, " It was sold. ", NOW + 9)

    assert stopped == (True, 3)
    for actor in (world.dana, world.alice, world.charlie):
        assert ("installation.ended", world.draft) in await audited(world.db, actor.account_id)
        async with world.db.read() as reader:
            (shown,) = await everywhere.stopped_in(reader, actor)
            known = await integrations.names(reader, actor, [world.draft])
        assert (shown.client_id, shown.name, shown.stopped_at) == (
            *(world.draft, COMPLETE.name, NOW + 9),
        )
        assert known == {world.draft: COMPLETE.name}
    assert ("integration.disabled", world.draft) in await audited(world.db, world.dana.account_id)
    async with world.db.read() as reader:
        kept = await integrations.of_any_account(reader, world.draft)
        client = await clients.find_client(reader, world.draft)
        assert await clients.find_presented(reader, world.draft, "en") is None
        assert await installations.accounts_with(reader, world.draft) == []
        assert len(await installations.accounts_with(reader, world.private)) == 1
    assert (kept.disabled_at, kept.disabled_reason) == (NOW + 9, "It was sold.")
    assert not clients.is_secret_of(client, world.draft_secret)


async def test_what_an_interruption_left_is_ended_by_doing_it_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(everywhere, "_AT_ONCE", 2)
    await move(world, world.draft, PUBLISH)
    await install(world, world.draft)
    await move(world, world.draft, Move.DISABLE)
    async with world.db.write() as tx:
        assert (await everywhere.end_some(tx, NOW, world.draft)).found == 2
    # Here the process died.
    again = await everywhere.stop(world.db, world.draft, "It was sold.", NOW)
    async with world.db.write() as tx:
        assert await everywhere.sweep(tx, NOW) == 0

    assert again == (False, 1)
    told = [
        one
        for actor in (world.dana, world.alice, world.charlie)
        for one in await audited(world.db, actor.account_id)
        if one == ("installation.ended", world.draft)
    ]
    assert len(told) == 3
    assert len(await audited(world.db, world.dana.account_id)) == len(
        set(await audited(world.db, world.dana.account_id))
    )


async def test_the_sweep_touches_nothing_that_works(world: World) -> None:
    await install(world, world.draft)
    async with world.db.write() as tx:
        assert await everywhere.sweep(tx, NOW) == 0
        assert (await everywhere.end_some(tx, NOW, world.draft)).found == 0
        assert await installations.count_accounts_with(tx, world.draft) == 3
        await state_store.disable(tx, world.draft, ("draft",), "It was sold.", NOW)
        assert await everywhere.sweep(tx, NOW) == 3


async def test_working_again_revives_nothing(world: World) -> None:
    await move(world, world.draft, PUBLISH)
    await install(world, world.draft)
    await move(world, world.draft, Move.DISABLE)  # and the process died at once
    back = await everywhere.let_work(world.db, world.draft, NOW)

    assert (back.status, back.disabled_at, back.disabled_reason) == ("published", None, None)
    async with world.db.read() as reader:
        assert await installations.count_accounts_with(reader, world.draft) == 0
        assert await everywhere.stopped_in(reader, world.alice) == []
        client = await clients.find_client(reader, world.draft)
        assert clients.is_secret_of(client, world.draft_secret)
    events = await audited(world.db, world.dana.account_id)
    assert events[-1] == ("integration.enabled", world.draft)
    with pytest.raises(WrongState):
        await everywhere.let_work(world.db, world.draft, NOW)


async def test_whoever_installs_at_that_moment_is_waited_for_and_ended(world: World) -> None:
    await move(world, world.draft, PUBLISH)
    await move(world, world.draft, Move.DISABLE)
    async with world.db.write() as tx:
        # Somebody looked before it was stopped, and installs only now.
        await installations.install(tx, world.alice, world.draft, NOW)
        enabling = asyncio.create_task(everywhere.let_work(world.db, world.draft, NOW))
        await asyncio.sleep(0.3)
        assert not enabling.done()
    await enabling

    async with world.db.read() as reader:
        assert await installations.count_accounts_with(reader, world.draft) == 0


async def test_nothing_is_made_with_a_stopped_one(world: World) -> None:
    await move(world, world.draft, Move.DISABLE)
    async with world.db.write() as tx:
        for change in (
            integrations.generate_secret(tx, world.dana, world.draft, SEAL, NOW),
            forms.write_settings(tx, world.dana, world.draft, COMPLETE, NOW),
            forms.write_texts(tx, world.dana, world.draft, Texts("es", "Uno"), NOW),
            issue_code(tx, world.dana, world.draft, NOW),
            integrations.delete(tx, world.dana, world.draft, NOW),
        ):
            with pytest.raises(Unprocessable):
                await change
    await move(world, world.draft, Move.ENABLE)
    await move(world, world.draft, Move.DELETE)


@pytest.mark.parametrize("reason", ["", " ", "x" * 501, "one\u202etwo"])
async def test_a_reason_says_something(world: World, reason: str) -> None:
    with pytest.raises(WrongState, match="Reason"):
        await everywhere.stop(world.db, world.draft, reason, NOW)
    assert await where(world, world.draft) == {"danalabs"}


async def test_strangers_cannot_tell_a_draft_from_nothing(world: World) -> None:
    """Unknown, deleted, disabled, private and unpublished are the same to others (S-154)."""
    async with world.db.write() as tx:
        gone = (await integrations.create_private(tx, world.dana, NOW)).client_id
        await integrations.delete(tx, world.dana, gone, NOW)
        stopped = (await public.create_public(tx, world.dana, COMPLETE, NOW)).client_id
        await states.disable(tx, stopped, "It was sold.", NOW)
        out = (await public.create_public(tx, world.dana, COMPLETE, NOW)).client_id
        await publication.publish_unreviewed(tx, out, NOW)
    async with world.db.read() as reader:
        found = {
            one: await clients.find_client(reader, one)
            for one in (NOBODYS, gone, stopped, out, world.draft, world.private)
        }

    def known(*actors: msgspec.Struct) -> set[str]:
        ids = [actor.account_id for actor in actors]  # type: ignore[attr-defined] # an Actor each
        return {one for one, client in found.items() if clients.is_known_to(client, ids)}

    assert known() == known(world.charlie) == {out}
    assert known(world.dana) == {out, world.draft}
    assert known(world.alice, world.dana) == {out, world.draft, world.private}
