"""Ratings that are given at the same moment."""

import asyncio

from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.accounts.model import Role
from grantway.db import Database
from grantway.db.postgresql import PostgresqlDatabase
from grantway.marketplace import catalogue, ratings
from tests.contract.integration_cast import NOW, open_people
from tests.contract.listing_cast import install, list_it
from tests.contract.version_cast import make_mo


async def test_those_who_rate_at_once_all_add_up(db: Database) -> None:
    """Each counts what is committed, so without waiting for the others some would be forgotten."""
    people = await open_people(db)
    async with db.write() as tx:
        mo = await make_mo(tx)
    listed = await list_it(people, mo)
    await install(people, people.alice, listed)
    raters = []
    async with people.db.write() as tx:
        for n in range(6):
            email = f"erin{n}@acme.example"
            user = await accounts.create_user(
                tx, email=email, name="Erin", password_hash=None, now=NOW
            )
            acme = people.alice.account_id
            await accounts.add_user_to_account(tx, acme, user.id, Role.ADMINISTRATOR, NOW)
            raters.append(await accounts.actor_for(tx, acme, user.id, "tests"))
    together = asyncio.Barrier(len(raters))

    async def rate_together(actor: Actor) -> None:
        async with people.db.write() as tx:
            # On SQLite a transaction begins when the one before it is over.
            if isinstance(people.db, PostgresqlDatabase):
                await together.wait()
            await ratings.rate(tx, actor, listed, stars=4, text="", now=NOW)

    await asyncio.gather(*(rate_together(one) for one in raters if one is not None))
    async with people.db.read() as reader:
        found = (await catalogue.listing(reader, "en", listed)).tile

    assert (found.rating_sum, found.rating_count) == (24, 6)
