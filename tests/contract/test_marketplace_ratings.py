"""Ratings: who gives, answers and removes them, and what they add up to."""

from collections.abc import Awaitable, Callable

import msgspec
import pytest

from grantway.accounts.actor import Actor
from grantway.accounts.model import Role
from grantway.db import Database, Transaction
from grantway.integrations.errors import IntegrationNotFound
from grantway.kernel.errors import Forbidden, GrantwayError
from grantway.marketplace import catalogue, counting, publishing, ratings
from grantway.marketplace.errors import (
    ListingNotFound,
    NotInPerson,
    NotInstalledHere,
    OwnListing,
    RatingNotFound,
    RatingRefused,
    RatingRemoved,
)
from grantway.marketplace.model import Rating, Tile, score_of
from grantway.moderation.desk import Moderator
from grantway.moderation.errors import OwnIntegration
from grantway.moderation.states import State
from tests.contract.crm_cast import audited
from tests.contract.integration_cast import NOW, People, open_people
from tests.contract.listing_cast import install, join, list_it, uninstall
from tests.contract.version_cast import bring_to, make_mo


@pytest.fixture
async def people(db: Database) -> People:
    return await open_people(db)


@pytest.fixture
async def mo(people: People) -> Moderator:
    async with people.db.write() as tx:
        return await make_mo(tx)


@pytest.fixture
async def listed(people: People, mo: Moderator) -> str:
    """List danalabs' integration, and install it in acme, not in bolt."""
    client_id = await list_it(people, mo, es=("Rastreo", "Paquetes"))
    await install(people, people.alice, client_id)
    return client_id


async def rate(
    people: People, actor: Actor, client_id: str, stars: int = 4, text: str = "It works."
) -> Rating:
    async with people.db.write() as tx:
        return await ratings.rate(tx, actor, client_id, stars=stars, text=text, now=NOW)


async def shown(people: People, client_id: str) -> list[Rating]:
    async with people.db.read() as reader:
        return (await ratings.of_listing(reader, client_id)).ratings


async def tile(people: People, client_id: str, language: str = "en") -> Tile:
    async with people.db.read() as reader:
        return (await catalogue.listing(reader, language, client_id)).tile


# Caller x action. Alice has rated; every caller meets the same rating.

Act = Callable[[Transaction, Actor, str, int], Awaitable[object]]

ACTS: dict[str, Act] = {
    "rate": lambda tx, actor, client_id, _id: ratings.rate(
        tx, actor, client_id, stars=3, text="", now=NOW
    ),
    "delete": lambda tx, actor, client_id, _id: ratings.delete(tx, actor, client_id, NOW),
    "answer": lambda tx, actor, client_id, rating_id: ratings.answer(
        tx, actor, client_id, rating_id, "Thank you.", NOW
    ),
    "delete answer": lambda tx, actor, client_id, rating_id: ratings.delete_answer(
        tx, actor, client_id, rating_id, NOW
    ),
    "read what is unanswered": lambda tx, actor, _client_id, _id: ratings.unanswered(tx, actor),
    "read installs": lambda tx, actor, client_id, _id: counting.by_day(tx, actor, client_id, NOW),
    "count installs": lambda tx, actor, client_id, _id: counting.live(tx, actor, client_id),
}

NOT_OURS = dict.fromkeys(("answer", "delete answer", "read installs", "count installs"))
MAY: dict[str, dict[str, type[GrantwayError] | None]] = {
    "alice, who has it installed": dict.fromkeys(NOT_OURS, IntegrationNotFound),
    "bob, a user of the same account": {
        "rate": Forbidden,
        "read what is unanswered": Forbidden,
        **dict.fromkeys(NOT_OURS, Forbidden),
    },
    "charlie, who has not": {
        "rate": NotInstalledHere,
        **dict.fromkeys(NOT_OURS, IntegrationNotFound),
    },
    "dana, who made it": {"rate": OwnListing},
    "dana, in acme": {"rate": OwnListing, **dict.fromkeys(NOT_OURS, IntegrationNotFound)},
    "erin, a user of danalabs and administrator of acme": {
        "rate": OwnListing,
        **dict.fromkeys(NOT_OURS, IntegrationNotFound),
    },
    "an integration, for alice": {
        "rate": NotInPerson,
        "delete": NotInPerson,
        "answer": NotInPerson,
        "delete answer": NotInPerson,
        "read installs": IntegrationNotFound,
        "count installs": IntegrationNotFound,
    },
    "the operator, as alice": {
        "rate": NotInPerson,
        "delete": NotInPerson,
        "answer": NotInPerson,
        "delete answer": NotInPerson,
        "read installs": IntegrationNotFound,
        "count installs": IntegrationNotFound,
    },
}
"""What each caller is refused, and by which error; everything else they may do."""


async def caller(people: People, name: str) -> Actor:
    match name.partition(",")[0]:
        case "dana" if name.endswith("in acme"):
            return await join(people, people.alice, people.dana, Role.ADMINISTRATOR)
        case "erin":
            await join(people, people.dana, people.charlie, Role.USER)
            return await join(people, people.alice, people.charlie, Role.ADMINISTRATOR)
        case "an integration":
            return msgspec.structs.replace(people.alice, client_id="another", grant_id=1)
        case "the operator":
            return msgspec.structs.replace(people.alice, is_operator=True)
        case simple:
            actor: Actor = getattr(people, simple)
            return actor


@pytest.mark.parametrize("name", MAY)
@pytest.mark.parametrize("act", ACTS)
async def test_who_may_do_what(people: People, listed: str, name: str, act: str) -> None:
    rating = await rate(people, people.alice, listed)
    actor = await caller(people, name)
    refused: type[GrantwayError] | None = None
    try:
        async with people.db.write() as tx:
            await ACTS[act](tx, actor, listed, rating.id)
    except GrantwayError as error:
        refused = type(error)

    assert refused == MAY[name].get(act)


async def test_a_rating_is_shown_with_its_author_and_counts_in_every_language(
    people: People, listed: str
) -> None:
    await rate(people, people.alice, listed, 4, "  It works.\nMostly.  ")
    (found,) = await shown(people, listed)

    assert (found.author, found.stars, found.text) == ("alice", 4, "It works.\nMostly.")
    assert (found.rated_at, found.changed_at, found.answer) == (NOW, None, None)
    for language in ("en", "es"):
        one = await tile(people, listed, language)
        assert (one.rating_sum, one.rating_count, one.stars) == (4, 1, 4.0)
        assert one.rank == score_of(4, 1) * 10**10
    assert ("listing.rated", f"{listed} {found.id}") in await audited(
        people.db, people.alice.account_id
    )


async def test_a_user_has_one_rating_and_may_change_it(people: People, listed: str) -> None:
    first = await rate(people, people.alice, listed, 2, "Slow.")
    async with people.db.write() as tx:
        again = await ratings.rate(tx, people.alice, listed, stars=5, text="", now=NOW + 60)
    (found,) = await shown(people, listed)

    assert found == again
    assert (again.id, again.stars, again.text) == (first.id, 5, "")
    assert (again.rated_at, again.changed_at) == (NOW, NOW + 60)
    assert ((await tile(people, listed)).rating_sum, first.changed_at) == (5, None)
    events = [event for event, _ in await audited(people.db, people.alice.account_id)]
    assert events[-2:] == ["listing.rated", "listing.rating_changed"]


async def test_each_administrator_has_a_rating_of_their_own_in_whatever_account(
    people: People, listed: str
) -> None:
    await install(people, people.charlie, listed)
    in_bolt = await join(people, people.charlie, people.alice, Role.ADMINISTRATOR)
    await rate(people, people.alice, listed, 5)
    await rate(people, people.charlie, listed, 2)
    await rate(people, in_bolt, listed, 4)

    assert [(one.author, one.stars) for one in await shown(people, listed)] == [
        ("charlie", 2),
        ("alice", 4),
    ]
    one = await tile(people, listed)
    assert (one.rating_sum, one.rating_count, one.stars) == (6, 2, 3.0)
    async with people.db.read() as reader:
        found = await catalogue.listing(reader, "en", listed)
    assert found.by_stars == {5: 0, 4: 1, 3: 0, 2: 1, 1: 0}


async def test_a_rating_that_was_deleted_counts_no_more(people: People, listed: str) -> None:
    await rate(people, people.alice, listed, 1)
    async with people.db.write() as tx:
        assert await ratings.delete(tx, people.alice, listed, NOW)
        assert not await ratings.delete(tx, people.alice, listed, NOW)

    assert await shown(people, listed) == []
    assert (await tile(people, listed)).rank == score_of(0, 0) * 10**10
    await rate(people, people.alice, listed, 5)
    assert (await tile(people, listed)).stars == 5.0


async def test_whoever_uninstalled_it_may_delete_their_rating_and_change_it_no_more(
    people: People, listed: str
) -> None:
    await rate(people, people.alice, listed, 1)
    await uninstall(people, people.alice, listed)
    with pytest.raises(NotInstalledHere):
        await rate(people, people.alice, listed, 5)
    assert [one.stars for one in await shown(people, listed)] == [1]

    async with people.db.write() as tx:
        assert await ratings.delete(tx, people.alice, listed, NOW)
    assert await shown(people, listed) == []


@pytest.mark.parametrize(
    ("stars", "text", "field"),
    [
        (0, "", "stars"),
        (6, "", "stars"),
        (-1, "", "stars"),
        (5, "a" * 2001, "text"),
        (5, "hidden\u202etext", "text"),
        (5, "a\u200bb", "text"),
        (5, "\x00", "text"),
    ],
)
async def test_a_rating_that_cannot_be_stored_is_refused_with_the_field(
    people: People, listed: str, stars: int, text: str, field: str
) -> None:
    with pytest.raises(RatingRefused) as refused:
        await rate(people, people.alice, listed, stars, text)
    assert list(refused.value.problems) == [field]
    assert await shown(people, listed) == []

    await rate(people, people.alice, listed, 1, "á" * 2000)
    assert len((await shown(people, listed))[0].text) == 2000


@pytest.mark.parametrize("state", [State.DRAFT, State.APPROVED])
async def test_what_is_not_listed_is_rated_by_nobody_and_named_to_nobody(
    people: People, mo: Moderator, state: State
) -> None:
    version = await bring_to(people, mo, state)
    await install(people, people.dana, version.client_id)
    for actor in (people.dana, people.alice):
        with pytest.raises(ListingNotFound):
            await rate(people, actor, version.client_id)
    async with people.db.read() as reader:
        for ask in (
            ratings.of_listing(reader, version.client_id),
            ratings.own(reader, people.alice, version.client_id),
        ):
            with pytest.raises(ListingNotFound):
                await ask


async def test_ratings_of_what_is_hidden_are_not_shown_until_it_is(
    people: People, mo: Moderator, listed: str
) -> None:
    await rate(people, people.alice, listed)
    async with people.db.write() as tx:
        await publishing.hide(tx, mo, listed, "It asks for passwords.", NOW)
    with pytest.raises(ListingNotFound):
        await shown(people, listed)
    with pytest.raises(ListingNotFound):
        await rate(people, people.alice, listed)

    async with people.db.write() as tx:
        await publishing.show(tx, mo, listed, NOW)
    assert len(await shown(people, listed)) == 1
    await rate(people, people.alice, listed)


async def test_the_form_is_shown_to_those_who_may_use_it(people: People, listed: str) -> None:
    async with people.db.read() as reader:
        may = {
            name: await ratings.may_rate(reader, getattr(people, name), listed)
            for name in ("alice", "bob", "charlie", "dana")
        }
        assert not await ratings.may_rate(reader, people.alice, "nothing")

    assert may == {"alice": True, "bob": False, "charlie": False, "dana": False}


async def test_the_integrator_has_one_answer_and_may_change_it_and_take_it_back(
    people: People, listed: str
) -> None:
    rating = await rate(people, people.alice, listed, 2, "Slow.")

    async def waiting() -> int:
        async with people.db.read() as reader:
            return await ratings.unanswered(reader, people.dana)

    async def say(text: str, now: int) -> None:
        async with people.db.write() as tx:
            await ratings.answer(tx, people.dana, listed, rating.id, text, now)

    assert await waiting() == 1
    await say("We are looking.", NOW + 1)
    await say("  It is mended. ", NOW + 2)
    (found,) = await shown(people, listed)
    assert (found.answer, found.answered_at) == ("It is mended.", NOW + 2)
    assert await waiting() == 0
    for text in ("", " ", "a" * 2001, "a\u202eb"):
        with pytest.raises(RatingRefused):
            await say(text, NOW + 3)

    async with people.db.write() as tx:
        assert await ratings.delete_answer(tx, people.dana, listed, rating.id, NOW)
        assert not await ratings.delete_answer(tx, people.dana, listed, rating.id, NOW)
    (found,) = await shown(people, listed)
    assert (found.answer, found.answered_at, found.stars) == (None, None, 2)
    events = [event for event, _ in await audited(people.db, people.dana.account_id)]
    assert events[-3:] == [
        *("listing.rating_answered", "listing.rating_answered", "listing.answer_deleted")
    ]


async def test_an_answer_stays_when_the_rating_changes(people: People, listed: str) -> None:
    rating = await rate(people, people.alice, listed, 2)
    async with people.db.write() as tx:
        await ratings.answer(tx, people.dana, listed, rating.id, "We are looking.", NOW)
    await rate(people, people.alice, listed, 5)

    assert [(one.stars, one.answer) for one in await shown(people, listed)] == [
        (5, "We are looking.")
    ]


async def test_a_rating_of_something_else_is_not_answered(
    people: People, mo: Moderator, listed: str
) -> None:
    other = await list_it(people, mo, ("Invoices", "Send invoices"))
    rating = await rate(people, people.alice, listed)
    for client_id, rating_id in ((other, rating.id), (listed, rating.id + 1)):
        with pytest.raises(RatingNotFound):
            async with people.db.write() as tx:
                await ratings.answer(tx, people.dana, client_id, rating_id, "Thanks.", NOW)

    async with people.db.write() as tx:
        await ratings.answer(tx, people.dana, listed, rating.id, "Thanks.", NOW)


async def test_a_moderator_removes_a_rating_and_its_author_reads_why(
    people: People, mo: Moderator, listed: str
) -> None:
    await install(people, people.charlie, listed)
    await rate(people, people.charlie, listed, 5)
    rating = await rate(people, people.alice, listed, 1, "Rude words.")
    async with people.db.write() as tx:
        await ratings.remove(tx, mo, listed, rating.id, " It insults people. ", NOW)

    assert [one.author for one in await shown(people, listed)] == ["charlie"]
    assert ((await tile(people, listed)).rating_sum, (await tile(people, listed)).stars) == (5, 5.0)
    async with people.db.read() as reader:
        mine = await ratings.own(reader, people.alice, listed)
        all_of_them = (await ratings.for_moderator(reader, mo, listed)).ratings
        assert not await ratings.may_rate(reader, people.alice, listed)
        assert await ratings.unanswered(reader, people.dana) == 1
    assert mine is not None
    assert (mine.removed_at, mine.removed_reason) == (NOW, "It insults people.")
    assert [one.author for one in all_of_them] == ["alice", "charlie"]
    for account in (people.dana, people.alice):
        told = await audited(people.db, account.account_id)
        assert told[-1] == ("listing.rating_removed", f"{listed} {rating.id}")


async def test_what_was_removed_is_neither_written_anew_nor_answered_until_it_is_restored(
    people: People, mo: Moderator, listed: str
) -> None:
    rating = await rate(people, people.alice, listed, 1, "Rude words.")
    async with people.db.write() as tx:
        await ratings.remove(tx, mo, listed, rating.id, "It insults people.", NOW)
    with pytest.raises(RatingRemoved):
        await rate(people, people.alice, listed, 1, "Rude words.")
    async with people.db.write() as tx:
        assert not await ratings.delete(tx, people.alice, listed, NOW)
    with pytest.raises(RatingNotFound):
        async with people.db.write() as tx:
            await ratings.answer(tx, people.dana, listed, rating.id, "Thanks.", NOW)
    with pytest.raises(RatingNotFound):
        async with people.db.write() as tx:
            await ratings.remove(tx, mo, listed, rating.id, "Again.", NOW)
    assert (await tile(people, listed)).rating_count == 0

    async with people.db.write() as tx:
        await ratings.restore(tx, mo, listed, rating.id, NOW)
    assert [one.text for one in await shown(people, listed)] == ["Rude words."]
    assert (await tile(people, listed)).rating_count == 1
    await rate(people, people.alice, listed, 3, "Polite words.")
    with pytest.raises(RatingNotFound):
        async with people.db.write() as tx:
            await ratings.restore(tx, mo, listed, rating.id, NOW)


async def test_a_moderator_decides_nothing_about_their_own_account(
    people: People, mo: Moderator, listed: str
) -> None:
    rating = await rate(people, people.alice, listed, 1)
    async with people.db.write() as tx:
        insider = await make_mo(tx, in_account=people.dana.account_id)
    with pytest.raises(OwnIntegration):
        async with people.db.write() as tx:
            await ratings.remove(tx, insider, listed, rating.id, "It is untrue.", NOW)
    with pytest.raises(RatingRefused):
        async with people.db.write() as tx:
            await ratings.remove(tx, mo, listed, rating.id, " ", NOW)
    assert len(await shown(people, listed)) == 1

    async with people.db.write() as tx:
        await ratings.remove(tx, mo, listed, rating.id, "It is untrue.", NOW)
    with pytest.raises(OwnIntegration):
        async with people.db.write() as tx:
            await ratings.restore(tx, insider, listed, rating.id, NOW)


async def test_pages_of_ratings_go_from_the_newest_to_the_oldest(
    people: People, listed: str
) -> None:
    await install(people, people.charlie, listed)
    for actor in (people.alice, people.charlie):
        await rate(people, actor, listed)
    async with people.db.read() as reader:
        first = await ratings.of_listing(reader, listed, limit=1)
        second = await ratings.of_listing(reader, listed, before_id=first.before_id, limit=1)

    assert [one.author for one in first.ratings + second.ratings] == ["charlie", "alice"]
    assert (first.before_id, second.before_id) == (first.ratings[0].id, None)
