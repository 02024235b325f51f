"""Listings on a platform that answers: Dana makes them, Mo looks at them."""

from typing import Any

import msgspec
from msgspec.structs import replace

from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.accounts.model import Role
from grantway.accounts.service import NewAccount
from grantway.db import Database
from grantway.marketplace import publishing, ratings
from grantway.marketplace.model import Rating
from grantway.moderation import desk, drafts
from grantway.moderation.desk import Moderator
from grantway.moderation.model import Presentation
from tests.contract.integration_cast import NOW, People
from tests.contract.listing_cast import install, presentation
from tests.contract.version_cast import make_draft, make_mo, submit
from tests.integration.api_client import Api


class Market:
    """The people of a platform, and what they do in its Marketplace."""

    def __init__(self, people: People, mo: Moderator) -> None:
        self.people = people
        self.mo = mo
        self.db: Database = people.db

    async def approved(
        self, *said: Presentation, owner_name: str = "Dana Labs", **settings: Any
    ) -> str:
        """Return the id of an integration that says these texts, approved and not yet published."""
        draft = await make_draft(self.people, owner_name=owner_name, **settings)
        content = replace(draft.content, language=said[0].language, presentations=said)
        async with self.db.write() as tx:
            draft = await drafts.save(
                tx, self.people.dana, draft.client_id, content, NOW, seen_hash=draft.content_hash
            )
        seen = await submit(self.people, draft)
        async with self.db.write() as tx:
            await desk.approve(tx, self.mo, seen.client_id, seen.number, seen.content_hash, NOW)
        return seen.client_id

    async def listed(self, *said: Presentation, category: str = "other", **settings: Any) -> str:
        """Return the id of an integration that is in the Marketplace."""
        client_id = await self.approved(*said, **settings)
        async with self.db.write() as tx:
            await publishing.publish(tx, self.people.dana, client_id, category, NOW)
        return client_id

    async def hide(self, client_id: str) -> None:
        async with self.db.write() as tx:
            await publishing.hide(tx, self.mo, client_id, "Its site is gone.", NOW)

    async def rate(
        self, client_id: str, stars: int, text: str, *, by: Actor | None = None
    ) -> Rating:
        """Let somebody, Alice for example, install it and say what they think."""
        actor = by or self.people.alice
        await install(self.people, actor, client_id)
        async with self.db.write() as tx:
            return await ratings.rate(tx, actor, client_id, stars=stars, text=text, now=NOW)

    async def answer(self, rating: Rating, text: str) -> None:
        async with self.db.write() as tx:
            await ratings.answer(tx, self.people.dana, rating.client_id, rating.id, text, NOW)


async def open_market(api: Api) -> Market:
    """Return the Marketplace of a platform, with nothing in it."""
    people = People()
    people.db = api.db
    people.alice, people.charlie = api.acme.actor, api.bolt.actor
    async with api.db.write() as tx:
        mo = await make_mo(tx)
        new = NewAccount(subdomain="danalabs", name="Dana Labs", is_technical=True)
        account = await accounts.create_account(tx, new, NOW)
        dana = await accounts.create_user(
            tx, email="dana@danalabs.example", name="Dana", password_hash=None, now=NOW
        )
        await accounts.add_user_to_account(tx, account.id, dana.id, Role.ADMINISTRATOR, NOW)
        actor = await accounts.actor_for(tx, account.id, dana.id, "tests")
    assert actor is not None
    people.dana = actor
    return Market(people, mo)


def said(
    language: str = "en",
    name: str = "Parcel tracker",
    short: str = "Parcels beside your leads",
    **more: object,
) -> Presentation:
    """Return what a listing says in one language."""
    return msgspec.structs.replace(presentation(language, (name, short)), **more)
