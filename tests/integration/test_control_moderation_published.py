"""What is published, before moderators: the list, featuring, ratings (contract 7; S-151, S-154)."""

import pytest

from grantway.accounts.actor import Actor
from grantway.installations import service as installations
from grantway.marketplace import catalogue, publishing, ratings
from grantway.marketplace.model import Rating
from grantway.moderation import drafts
from grantway.moderation.model import Content
from tests.integration.moderation_world import (
    PLAIN,
    REASON,
    Desk,
    act,
    client_id_of,
    saying,
)
from tests.integration.web_client import ALICE, BOB, CHARLIE, Browser, Web

LIST = "/moderation/published"


async def publish(world: Desk, content: Content = PLAIN) -> str:
    """Return the page on which moderators see a published integration of acme."""
    page = await world.add(content)
    await world.publish(page)
    return f"{LIST}/{client_id_of(page)}"


async def rate(world: Desk, page: str, text: str = "Parcels arrive.") -> Rating:
    """Let Charlie say what he thinks."""
    charlie: Actor = world.web.api.bolt.actor
    client_id, now = client_id_of_published(page), world.web.clock()
    async with world.web.api.db.write() as tx:
        await installations.install(tx, charlie, client_id, now)
        return await ratings.rate(tx, charlie, client_id, stars=2, text=text, now=now)


def client_id_of_published(page: str) -> str:
    return page.removeprefix(f"{LIST}/")


async def tile(world: Desk, page: str) -> tuple[bool, int]:
    """Return whether it is featured, and how many ratings count."""
    async with world.web.api.db.read() as reader:
        found = await catalogue.listing(reader, "en", client_id_of_published(page))
    return found.tile.is_featured, found.tile.rating_count


@pytest.mark.parametrize("email", [ALICE, BOB, CHARLIE])
async def test_to_whoever_does_not_moderate_there_is_nothing(
    web: Web, world: Desk, email: str
) -> None:
    page = await publish(world)
    rating = await rate(world, page)
    somebody = await web.signed_in(email)
    unknown = await somebody.get("/nothing-of-this-kind")
    words = somebody.text().partition("Request number")[0]
    for path in (LIST, page, f"{LIST}?q=parcel"):
        assert (await somebody.get(path)).status_code == unknown.status_code == 404
        assert somebody.text().partition("Request number")[0] == words
    for path in ("feature", "unfeature", *(f"ratings/{rating.id}/{one}" for one in RATED)):
        await somebody.get("/sessions")
        assert (await somebody.submit(f"{page}/{path}", ("reason", REASON))).status_code == 404
    assert await tile(world, page) == (False, 1)


RATED = ("remove", "restore")


async def test_the_list_tells_what_each_is(mo: Browser, world: Desk) -> None:
    await mo.get(LIST)
    assert "Nothing is published" in mo.text()
    await world.add(saying(name="Waiting via Dana Labs"))
    first = await publish(world)
    await rate(world, first)
    world.web.clock.advance(60)
    second = await publish(world, saying(name="Letters via Dana Labs"))
    await mo.get(f"/moderation/{client_id_of_published(second)}/1")
    await act(mo, f"/moderation/{client_id_of_published(second)}/1", "hide", reason=REASON)
    await mo.get(LIST)

    assert mo.page.index(second) < mo.page.index(first)
    assert "Waiting via Dana Labs" not in mo.text()
    assert 'aria-current="page">Published' in mo.page
    row = mo.text().partition("Parcel tracker via Dana Labs")[2]
    assert row.strip().startswith("Acme")
    for words in ("Published Version 1", "Other EN ES PT", "2.0 1 rating"):
        assert words in row, words
    letters = mo.text().partition("Letters via Dana Labs")[2]
    assert letters.index("Hidden") < letters.index("Parcel tracker")
    for missing in ("?at=nonsense", "?q=%00", "/nobody"):
        assert (await mo.get(LIST + missing)).status_code == 404


async def test_names_and_ids_find_it(mo: Browser, world: Desk) -> None:
    first = await publish(world)
    second = await publish(world, saying(name="100% of_letters!"))
    for wanted, found in (
        ("PARCEL", [first]),
        ("paquetes", [first, second]),
        (client_id_of_published(second), [second]),
        ("100%", [second]),
        ("of_let", [second]),
        ("letters!", [second]),
        ("0%tr", []),
        ("_arcel", []),
        ("nobody", []),
    ):
        assert (await mo.get(f"{LIST}?q={wanted.replace('%', '%25')}")).status_code == 200
        shown = [one for one in (first, second) if f'href="{one}"' in mo.page]
        assert shown == found, wanted
    assert "Nothing is called so" in mo.text()


async def test_the_list_goes_on_behind_fifty(mo: Browser, world: Desk) -> None:
    page = await world.add()
    await world.publish(page)
    async with world.web.api.db.write() as tx:
        for n in range(50):
            await tx.change(
                """
                insert into integrations
                    (client_id, account_id, kind, status, name, description, scopes, fidelity,
                     created_at, created_by, updated_at, updated_by, published_at)
                select :id, account_id, kind, status, 'Another', description, scopes, fidelity,
                       created_at, created_by, updated_at, updated_by, published_at
                  from integrations where client_id = :like
                """,
                id=f"00000000-0000-4000-8000-{n:012}",
                like=client_id_of(page),
            )
    await mo.get(LIST)
    shown = mo.page.count('data-label="State"')
    following = mo.page.partition('" rel="next"')[0].rpartition('href="')[2].replace("&amp;", "&")
    await mo.get(following)

    assert (shown, mo.page.count('data-label="State"')) == (50, 1)
    assert 'rel="next"' not in mo.page
    await mo.get(f"{LIST}?q=another")
    assert mo.page.count('data-label="State"') == 50
    assert 'rel="next"' not in mo.page


async def test_nobody_decides_about_what_their_own_account_publishes(
    insider: Browser, mo: Browser, world: Desk
) -> None:
    page = await publish(world)
    rating = await rate(world, page)
    await insider.get(LIST)
    assert "yours" in insider.text()
    assert f'href="{page}"' not in insider.page
    assert (await insider.get(page)).status_code == 403
    for path in ("feature", "unfeature", *(f"ratings/{rating.id}/{one}" for one in RATED)):
        await insider.get("/moderation")
        answered = await insider.submit(f"{page}/{path}", ("reason", REASON))
        assert answered.status_code == 403, path
        assert "Another moderator decides" in insider.text()
    assert await tile(world, page) == (False, 1)
    await mo.get(page)
    assert (await mo.submit(f"{page}/feature")).status_code == 303


async def test_featuring_and_back(mo: Browser, world: Desk) -> None:
    page = await publish(world)
    await mo.get(page)
    assert "Open in the Marketplace" in mo.text()
    await mo.open((await mo.submit(f"{page}/feature")).headers["location"])
    assert "Featured: it stands before the others now" in mo.text()
    assert await tile(world, page) == (True, 0)
    assert await world.web.events("listing.featured") == 1

    await mo.open((await mo.submit(f"{page}/unfeature")).headers["location"])
    assert "Back among the others" in mo.text()
    assert await tile(world, page) == (False, 0)


async def test_what_is_hidden_is_not_featured(mo: Browser, world: Desk) -> None:
    page = await publish(world)
    await mo.get(page)
    async with world.web.api.db.write() as tx:
        await publishing.hide(tx, world.mo, client_id_of_published(page), REASON, world.web.clock())

    assert (await mo.submit(f"{page}/feature")).status_code == 409
    assert "It is not listed any more." in mo.text()
    assert "It is listed nowhere now." in mo.text()
    assert "Open in the Marketplace" not in mo.text()


async def test_a_rating_is_removed_with_a_reason_and_restored(mo: Browser, world: Desk) -> None:
    page = await publish(world)
    rating = await rate(world, page, "Call <b>me</b> at 555-0199.")
    await mo.get(page)
    assert "&lt;b&gt;me" in mo.page
    for reason in ("", "x" * 501):
        answered = await mo.submit(f"{page}/ratings/{rating.id}/remove", ("reason", reason))
        assert answered.status_code == 422
        assert await tile(world, page) == (False, 1)
    removed = await mo.submit(f"{page}/ratings/{rating.id}/remove", ("reason", REASON))
    await mo.open(removed.headers["location"])
    assert "The rating is removed" in mo.text()
    assert "The link leads to a page that is &lt;b&gt;not" in mo.page
    assert await tile(world, page) == (False, 0)
    again = await mo.submit(f"{page}/ratings/{rating.id}/remove", ("reason", REASON))
    assert again.status_code == 409

    await mo.get(page)
    await mo.open((await mo.submit(f"{page}/ratings/{rating.id}/restore")).headers["location"])
    assert "seen and counts again" in mo.text()
    assert await tile(world, page) == (False, 1)
    assert await world.web.events("listing.rating_removed") == 2, "told to both accounts"


async def test_another_integrations_rating_is_not_there(mo: Browser, world: Desk) -> None:
    first = await publish(world)
    second = await publish(world, saying(name="Letters via Dana Labs"))
    rating = await rate(world, first)
    await mo.get(second)

    refused = await mo.submit(f"{second}/ratings/{rating.id}/remove", ("reason", REASON))
    assert refused.status_code == 409
    assert await tile(world, first) == (False, 1)


async def test_the_password_is_asked_for_again_and_what_was_typed_stays(
    mo: Browser, world: Desk
) -> None:
    page = await publish(world)
    rating = await rate(world, page)
    await mo.get(page)
    world.web.clock.advance(3600)
    refused = await mo.submit(
        f"{page}/ratings/{rating.id}/remove", ("reason", "It names a person.")
    )
    assert refused.status_code == 422
    assert "It names a person." in mo.page
    assert "Confirm it in another tab" in mo.text()
    asked = await mo.submit(f"{page}/feature")
    assert asked.headers["location"].startswith("/confirm-password?for=moderate")
    assert await tile(world, page) == (False, 1)


async def test_a_draft_was_never_published(mo: Browser, world: Desk) -> None:
    page = await world.add()
    assert (await mo.get(f"{LIST}/{client_id_of(page)}")).status_code == 404
    await world.publish(page)
    async with world.web.api.db.write() as tx:
        await drafts.add_version(
            tx, world.web.api.acme.actor, client_id_of(page), world.web.clock()
        )
    assert (await mo.get(f"{LIST}/{client_id_of(page)}")).status_code == 200
    assert "Version 1" in mo.text()
