"""Whether users pay for an integration: stored, reviewed and listed (contract: 6.2; rule M2)."""

import msgspec
import pytest

from grantway.db import Database
from grantway.integrations.errors import SettingsRefused, WrongState
from grantway.integrations.model import Integration
from grantway.integrations.service import Changes
from grantway.marketplace import catalogue, publishing
from grantway.marketplace.model import Tile
from grantway.moderation import desk, drafts, forms
from grantway.moderation.desk import Moderator
from grantway.moderation.model import Content, Presentation, encoded, hash_of
from tests.contract.integration_cast import NOW, People, open_people
from tests.contract.listing_cast import list_it
from tests.contract.version_cast import make_draft, make_mo, newest, submit

PAGE = Presentation(language="en", name="Parcels via Dana")


@pytest.fixture
async def people(db: Database) -> People:
    return await open_people(db)


@pytest.fixture
async def mo(people: People) -> Moderator:
    async with people.db.write() as tx:
        return await make_mo(tx)


async def set_price(people: People, client_id: str, price: str) -> Integration:
    async with people.db.write() as tx:
        return await forms.edit(tx, people.dana, client_id, Changes(price=price), NOW)


async def tile(people: People, client_id: str) -> Tile:
    async with people.db.read() as reader:
        return (await catalogue.listing(reader, "en", client_id)).tile


async def test_a_draft_is_free_until_somebody_says_otherwise(people: People) -> None:
    draft = await make_draft(people)
    changed = await set_price(people, draft.client_id, "external")
    kept = await newest(people, draft.client_id)

    assert draft.content.price == "free"
    assert (changed.price, kept.content.price) == ("external", "external")
    assert kept.content_hash != draft.content_hash
    back = await set_price(people, draft.client_id, "free")
    assert (back.price, (await newest(people, draft.client_id)).content_hash) == (
        "free",
        draft.content_hash,
    )


@pytest.mark.parametrize("price", ["", "cheap", "FREE", "in_market"])
async def test_there_are_no_other_prices(people: People, price: str) -> None:
    draft = await make_draft(people)
    with pytest.raises(SettingsRefused) as refused:
        await set_price(people, draft.client_id, price)

    assert refused.value.problems == {"price": "choose one of free, external"}
    assert (await newest(people, draft.client_id)).content.price == "free"


async def test_another_price_of_a_published_one_waits_for_its_review(
    people: People, mo: Moderator
) -> None:
    client_id = await list_it(people, mo)
    with pytest.raises(WrongState):
        await set_price(people, client_id, "external")
    async with people.db.write() as tx:
        await drafts.add_version(tx, people.dana, client_id, NOW)
    unreviewed = await set_price(people, client_id, "external")
    before = await tile(people, client_id)
    seen = await submit(people, await newest(people, client_id))
    async with people.db.write() as tx:
        await desk.approve(tx, mo, client_id, seen.number, seen.content_hash, NOW)
    approved = await tile(people, client_id)
    async with people.db.write() as tx:
        await publishing.publish(tx, people.dana, client_id, "other", NOW)

    assert (unreviewed.price, before.price, approved.price) == ("free", "free", "free")
    after = await tile(people, client_id)
    assert (before.is_paid, after.is_paid, after.price) == (False, True, "external")


def test_what_was_stored_before_there_were_prices_is_free_and_keeps_its_hash() -> None:
    stored = (
        '{"language":"en","presentations":[{"language":"en","name":"Parcels via Dana",'
        '"short_description":"","description":"","instructions":"","privacy_uri":"",'
        '"support_uri":"","support_email":"","icon":"","logo":"","gallery":[]}],'
        '"redirect_uri":"","revoke_hook_uri":"","scopes":[],"owner_name":"","owner_uri":"",'
        '"has_widget":false}'
    )
    content = msgspec.json.decode(stored, type=Content)
    paid = msgspec.structs.replace(content, price="external")

    assert content == Content(language="en", presentations=(PAGE,))
    assert encoded(content) == stored
    assert msgspec.json.decode(encoded(paid), type=Content) == paid
    assert hash_of(encoded(paid)) != hash_of(stored)
