"""Listings: where, in which order, and when they are not met (S-154)."""

from collections.abc import Awaitable, Callable

import msgspec
import pytest

from grantway.db import Database, Reader
from grantway.installations import everywhere
from grantway.integrations.errors import IntegrationNotFound, WrongState
from grantway.integrations.model import LANGUAGES
from grantway.kernel.errors import Forbidden, NotFound
from grantway.marketplace import catalogue, publishing, ratings, search
from grantway.marketplace.categories import CATEGORIES, category_name
from grantway.marketplace.errors import CategoryUnknown, ListingNotFound
from grantway.marketplace.model import Page, Place
from grantway.moderation.desk import Moderator
from grantway.moderation.errors import OwnIntegration
from grantway.moderation.states import State
from tests.contract.crm_cast import audited
from tests.contract.integration_cast import NOW, People, open_people
from tests.contract.listing_cast import PARCELS, approved, install, list_it, renew
from tests.contract.version_cast import bring_to, make_draft, make_mo

SPANISH = ("Rastreo de paquetes", "Paquetes junto a sus leads")


@pytest.fixture
async def people(db: Database) -> People:
    return await open_people(db)


@pytest.fixture
async def mo(people: People) -> Moderator:
    async with people.db.write() as tx:
        return await make_mo(tx)


async def front(people: People, language: str = "en", after: str = "", limit: int = 24) -> Page:
    async with people.db.read() as reader:
        return await catalogue.front(reader, language, after=after, limit=limit)


def ids(page: Page) -> list[str]:
    return [tile.client_id for tile in page.tiles]


async def test_what_is_published_is_listed_with_all_that_its_page_shows(
    people: People, mo: Moderator
) -> None:
    client_id = await list_it(people, mo, category="storage")
    async with people.db.read() as reader:
        found = await catalogue.listing(reader, "en", client_id)

    tile = found.tile
    assert (tile.name, tile.short_description) == PARCELS
    assert (tile.category, tile.owner_name, tile.has_widget) == ("storage", "Dana Labs", False)
    assert (tile.published_at, tile.installs, tile.stars, tile.is_featured) == (NOW, 0, None, False)
    assert (tile.initials, tile.rating_count) == ("PT", 0)
    assert found.details.description.endswith("https://parcel.example/connect")
    assert found.details.instructions == "Press the button."
    assert found.details.owner_uri == "https://parcel.example/"
    assert found.details.privacy_uri == "https://parcel.example/privacy"
    assert found.details.support_uri == "https://parcel.example/help"
    assert found.details.support_email == "help@parcel.example"
    assert (found.updated_at, found.languages) == (NOW, ("en",))
    assert found.by_stars == {5: 0, 4: 0, 3: 0, 2: 0, 1: 0}


async def test_each_language_is_a_catalogue_of_its_own_and_none_falls_back(
    people: People, mo: Moderator
) -> None:
    both = await list_it(people, mo, es=SPANISH)
    english = await list_it(people, mo, ("Invoices", "Send invoices"))
    async with people.db.read() as reader:
        in_spanish = await catalogue.listing(reader, "es", both)
        with pytest.raises(ListingNotFound):
            await catalogue.listing(reader, "es", english)
        assert await catalogue.languages(reader, both) == ["en", "es"]

    assert in_spanish.tile.name == SPANISH[0]
    assert set(ids(await front(people))) == {both, english}
    assert ids(await front(people, "es")) == [both]
    assert ids(await front(people, "pt")) == []


async def test_a_language_whose_texts_are_not_all_written_is_not_listed(
    people: People, mo: Moderator
) -> None:
    client_id = await list_it(people, mo, es=("Rastreo", ""))
    async with people.db.read() as reader:
        assert await catalogue.languages(reader, client_id) == ["en"]


async def test_a_newer_version_changes_the_listing_and_keeps_what_users_made_of_it(
    people: People, mo: Moderator
) -> None:
    client_id = await list_it(people, mo, es=SPANISH)
    await install(people, people.alice, client_id)
    async with people.db.write() as tx:
        await ratings.rate(tx, people.alice, client_id, stars=5, text="", now=NOW)
        await publishing.feature(tx, mo, client_id, NOW, is_featured=True)
    await renew(
        people, mo, client_id, {"en": ("Shipments", "Where they are"), "pt": ("Envios", "Onde")}
    )
    async with people.db.read() as reader:
        found = await catalogue.listing(reader, "pt", client_id)
        by_old_name = await search.find(reader, "en", "parcel tracker")
        by_new_name = await search.find(reader, "en", "shipments")

    assert (found.tile.rating_sum, found.tile.rating_count, found.tile.installs) == (5, 1, 1)
    assert (found.tile.is_featured, found.tile.category) == (True, "storage")
    assert (found.tile.published_at, found.updated_at) == (NOW, NOW + 10)
    assert found.languages == ("en", "pt")
    assert ids(await front(people, "es")) == []
    assert (ids(by_old_name), ids(by_new_name)) == ([], [client_id])


async def test_publishing_needs_a_category_that_exists(people: People, mo: Moderator) -> None:
    version = await approved(people, mo, {"en": PARCELS})
    with pytest.raises(CategoryUnknown):
        async with people.db.write() as tx:
            await publishing.publish(tx, people.dana, version.client_id, "games", NOW)
    assert ids(await front(people)) == []

    async with people.db.write() as tx:
        await publishing.publish(tx, people.dana, version.client_id, "other", NOW)
    assert ids(await front(people)) == [version.client_id]


@pytest.mark.parametrize("name", ["bob", "alice", "charlie"])
async def test_nobody_but_its_administrators_publishes(
    people: People, mo: Moderator, name: str
) -> None:
    version = await approved(people, mo, {"en": PARCELS})
    with pytest.raises((Forbidden, IntegrationNotFound)):
        async with people.db.write() as tx:
            await publishing.publish(tx, getattr(people, name), version.client_id, "other", NOW)
    assert ids(await front(people)) == []

    async with people.db.write() as tx:
        await publishing.publish(tx, people.dana, version.client_id, "other", NOW)
    assert ids(await front(people)) == [version.client_id]


def test_every_category_has_a_name_in_each_language_of_the_marketplace() -> None:
    for code in CATEGORIES:
        for language in LANGUAGES:
            assert category_name(code, language) == CATEGORIES[code][language]
    assert list(CATEGORIES)[-1] == "other"


# What must not be met, and how it comes to that. Each begins with a listing that everybody meets.


async def _hidden(people: People, mo: Moderator, client_id: str) -> None:
    async with people.db.write() as tx:
        await publishing.hide(tx, mo, client_id, "It asks for passwords.", NOW)


async def _taken_down(people: People, mo: Moderator, client_id: str) -> None:
    async with people.db.write() as tx:
        assert await publishing.take_down(tx, client_id)


async def _stopped(people: People, mo: Moderator, client_id: str) -> None:
    await everywhere.stop(people.db, client_id, "It asks for passwords.", NOW)


GONE: dict[str, Callable[[People, Moderator, str], Awaitable[None]]] = {
    "hidden": _hidden,
    "taken down": _taken_down,
    "stopped everywhere, and nobody told the Marketplace": _stopped,
}


async def met(reader: Reader, client_id: str) -> dict[str, bool]:
    """Return in which ways somebody meets the integration."""
    ways = {
        "front": client_id in ids(await catalogue.front(reader, "en")),
        "category": client_id in ids(await catalogue.in_category(reader, "en", "other")),
        "search": client_id in ids(await search.find(reader, "en", PARCELS[0])),
        "mistyped": client_id in ids(await search.find(reader, "en", "parcle")),
        "languages": await catalogue.languages(reader, client_id) != [],
        "alike": await search.names_like(reader, "en", PARCELS[0], "another") != [],
    }
    for way, ask in (
        ("id", catalogue.listing(reader, "en", client_id)),
        ("ratings", ratings.of_listing(reader, client_id)),
    ):
        try:
            await ask
            ways[way] = True
        except NotFound:
            ways[way] = False
    return ways


async def how_many(people: People) -> int:
    async with people.db.read() as reader:
        return sum((await catalogue.counts(reader, "en")).values())


@pytest.mark.parametrize("name", GONE)
async def test_what_the_public_must_not_see_is_met_in_no_way(
    people: People, mo: Moderator, name: str
) -> None:
    client_id = await list_it(people, mo)
    other = await list_it(people, mo, ("Invoices", "Send invoices"))
    async with people.db.read() as reader:
        before = await met(reader, client_id)
    await GONE[name](people, mo, client_id)
    async with people.db.read() as reader:
        after = await met(reader, client_id)

    assert set(before.values()) == {True}
    assert set(after.values()) == {False}
    assert ids(await front(people)) == [other]


@pytest.mark.parametrize("state", [State.DRAFT, State.IN_REVIEW, State.REJECTED, State.APPROVED])
async def test_what_was_never_published_is_met_in_no_way(
    people: People, mo: Moderator, state: State
) -> None:
    version = await bring_to(people, mo, state)
    async with people.db.read() as reader:
        assert set((await met(reader, version.client_id)).values()) == {False}
    assert await how_many(people) == 0


async def test_a_version_under_review_shows_nothing_of_itself(
    people: People, mo: Moderator
) -> None:
    client_id = await list_it(people, mo)
    waiting = await bring_to(people, mo, State.APPROVED)
    async with people.db.read() as reader:
        assert ids(await search.find(reader, "en", "parcel tracker")) == [client_id]
        assert not (await met(reader, waiting.client_id))["id"]


async def test_counts_follow_what_is_hidden_and_shown(people: People, mo: Moderator) -> None:
    client_id = await list_it(people, mo, category="storage", es=SPANISH)
    await list_it(people, mo, ("Invoices", "Send invoices"), "payments")
    async with people.db.read() as reader:
        counted = await catalogue.counts(reader, "en")
    assert list(counted) == list(CATEGORIES)
    assert {code: n for code, n in counted.items() if n} == {"storage": 1, "payments": 1}

    await _hidden(people, mo, client_id)
    assert await how_many(people) == 1
    async with people.db.write() as tx:
        await publishing.show(tx, mo, client_id, NOW)
    assert await how_many(people) == 2


async def test_what_was_hidden_comes_back_with_its_ratings(people: People, mo: Moderator) -> None:
    client_id = await list_it(people, mo)
    await install(people, people.alice, client_id)
    async with people.db.write() as tx:
        await ratings.rate(tx, people.alice, client_id, stars=4, text="Good.", now=NOW)
    await _hidden(people, mo, client_id)
    async with people.db.write() as tx:
        await ratings.delete(tx, people.alice, client_id, NOW)
        await publishing.show(tx, mo, client_id, NOW)
    async with people.db.read() as reader:
        assert set((await met(reader, client_id)).values()) == {True}
        found = await catalogue.listing(reader, "en", client_id)
    assert (found.tile.rating_sum, found.tile.rating_count) == (0, 0)


async def test_what_the_operator_stopped_comes_back_when_it_may_work_again(
    people: People, mo: Moderator
) -> None:
    client_id = await list_it(people, mo)
    await _stopped(people, mo, client_id)
    async with people.db.write() as tx:
        assert await publishing.take_down(tx, client_id)
        assert not await publishing.take_down(tx, client_id)
        assert not await publishing.put_back(tx, client_id), "it is still stopped"
    assert await how_many(people) == 0

    await everywhere.let_work(people.db, client_id, NOW)
    async with people.db.write() as tx:
        assert await publishing.put_back(tx, client_id)
        assert not await publishing.put_back(tx, client_id)
    async with people.db.read() as reader:
        assert set((await met(reader, client_id)).values()) == {True}


async def test_what_a_moderator_hid_does_not_come_back_by_being_put_back(
    people: People, mo: Moderator
) -> None:
    client_id = await list_it(people, mo)
    await _hidden(people, mo, client_id)
    async with people.db.write() as tx:
        assert not await publishing.put_back(tx, client_id)
    async with people.db.read() as reader:
        assert set((await met(reader, client_id)).values()) == {False}


async def test_a_refused_hiding_leaves_the_listing(people: People, mo: Moderator) -> None:
    client_id = await list_it(people, mo)
    async with people.db.write() as tx:
        insider = await make_mo(tx, in_account=people.dana.account_id)
    with pytest.raises(OwnIntegration):
        await _hidden(people, insider, client_id)
    assert ids(await front(people)) == [client_id]
    with pytest.raises(WrongState):
        async with people.db.write() as tx:
            await publishing.show(tx, mo, client_id, NOW)

    await _hidden(people, mo, client_id)
    assert ids(await front(people)) == []


async def test_what_the_operator_publishes_and_takes_back_is_listed_and_is_not(
    people: People,
) -> None:
    draft = await make_draft(people)
    with pytest.raises(CategoryUnknown):
        async with people.db.write() as tx:
            await publishing.publish_unreviewed(tx, draft.client_id, NOW, category="games")
    async with people.db.write() as tx:
        await publishing.publish_unreviewed(tx, draft.client_id, NOW)
    assert ids(await front(people)) == [draft.client_id]

    async with people.db.write() as tx:
        await publishing.unpublish(tx, draft.client_id, NOW)
    async with people.db.read() as reader:
        assert set((await met(reader, draft.client_id)).values()) == {False}
    async with people.db.write() as tx:
        await publishing.publish_unreviewed(tx, draft.client_id, NOW)
    assert ids(await front(people)) == [draft.client_id]


async def test_featured_comes_first_then_ratings_then_installs(
    people: People, mo: Moderator
) -> None:
    plain, installed, rated, featured = [
        await list_it(people, mo, (name, "Something")) for name in ("A", "B", "C", "D")
    ]
    for client_id in (installed, rated):
        await install(people, people.alice, client_id)
    await renew(people, mo, installed, {"en": ("B", "Something")})
    async with people.db.write() as tx:
        await ratings.rate(tx, people.alice, rated, stars=5, text="", now=NOW)
        assert await publishing.feature(tx, mo, featured, NOW, is_featured=True)
        assert not await publishing.feature(tx, mo, featured, NOW, is_featured=True)

    assert ids(await front(people)) == [featured, rated, installed, plain]
    async with people.db.write() as tx:
        assert await publishing.feature(tx, mo, featured, NOW, is_featured=False)
    assert ids(await front(people))[:2] == [rated, installed]
    events = [event for event, _ in await audited(people.db, people.dana.account_id)]
    assert events[-2:] == ["listing.featured", "listing.no_longer_featured"]


async def test_a_moderator_features_nothing_of_their_own_and_nothing_hidden(
    people: People, mo: Moderator
) -> None:
    client_id = await list_it(people, mo)
    async with people.db.write() as tx:
        insider = await make_mo(tx, in_account=people.dana.account_id)
    with pytest.raises(OwnIntegration):
        async with people.db.write() as tx:
            await publishing.feature(tx, insider, client_id, NOW, is_featured=True)
    await _taken_down(people, mo, client_id)
    with pytest.raises(ListingNotFound):
        async with people.db.write() as tx:
            await publishing.feature(tx, mo, client_id, NOW, is_featured=True)

    async with people.db.write() as tx:
        await publishing.put_back(tx, client_id)
        assert await publishing.feature(tx, mo, client_id, NOW, is_featured=True)


async def test_pages_follow_each_other_without_gap_or_repetition(
    people: People, mo: Moderator
) -> None:
    made = [await list_it(people, mo, (f"Tracker {n}", "Something")) for n in range(7)]
    async with people.db.write() as tx:
        await publishing.feature(tx, mo, made[3], NOW, is_featured=True)
    whole = ids(await front(people))
    assert sorted(whole) == sorted(made)

    async def turn(ask: Callable[[Reader, str], Awaitable[Page]]) -> list[str]:
        seen: list[str] = []
        after = ""
        while True:
            async with people.db.read() as reader:
                page = await ask(reader, after)
            seen += ids(page)
            after = page.after
            assert len(page.tiles) <= 3
            if not after:
                return seen

    assert await turn(lambda r, after: catalogue.front(r, "en", after=after, limit=3)) == whole
    assert (
        await turn(lambda r, after: catalogue.in_category(r, "en", "other", after=after, limit=3))
        == whole
    )
    found = await turn(lambda r, after: search.find(r, "en", "tracker", after=after, limit=3))
    assert found == whole


async def test_a_page_that_ends_with_the_last_listing_leads_nowhere(
    people: People, mo: Moderator
) -> None:
    for n in range(3):
        await list_it(people, mo, (f"Tracker {n}", "Something"))

    assert (await front(people, limit=3)).after == ""
    assert (await front(people, limit=2)).after != ""


async def test_a_category_that_does_not_exist_is_refused(people: People, mo: Moderator) -> None:
    client_id = await list_it(people, mo, category="storage")
    async with people.db.read() as reader:
        with pytest.raises(CategoryUnknown):
            await catalogue.in_category(reader, "en", "games")
        assert ids(await catalogue.in_category(reader, "en", "storage")) == [client_id]
        assert ids(await catalogue.in_category(reader, "en", "payments")) == []


@pytest.mark.parametrize(
    "text",
    [
        *("", "x", "1.1", "1.1.1.1", "1.-1.1", "1.1.1 ", "9" * 5000, f"1.{'9' * 19}.1"),
        "\u0661.1.1",
    ],
)
def test_what_is_no_place_in_a_list_leads_to_its_beginning(text: str) -> None:
    assert Place.read(text) == Place.read("")


async def test_a_place_from_elsewhere_shows_no_more_than_anybody_may_see(
    people: People, mo: Moderator
) -> None:
    client_id = await list_it(people, mo)
    place = Place.read("")
    forged = msgspec.structs.replace(place, points=0, rank=10**18 - 1, number=1)

    assert ids(await front(people, after=str(forged))) == [client_id]
    await _hidden(people, mo, client_id)
    assert ids(await front(people, after=str(forged))) == []
