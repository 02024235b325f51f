"""Who decides about users of an account does not stand in the way of who works in it."""

import asyncio

from grantway.accounts import groups
from grantway.accounts.model import FIRST_GROUP, NamedGroup
from grantway.crm.fields import service as fields
from grantway.crm.tags import service as tags
from grantway.crm.tags.model import NewTag
from grantway.db import Database, Transaction
from tests.contract.crm_cast import ACME, ALICE, NOW, open_accounts


async def test_who_outdates_entities_and_who_adds_to_them_do_not_wait_in_a_circle(
    db: Database,
) -> None:
    await open_accounts(db)
    async with db.write() as tx:
        group = await groups.add(tx, ALICE, "North", NOW)
    is_changing, is_deciding = asyncio.Event(), asyncio.Event()

    async def outdate(tx: Transaction, account_id: int, entity_type: str) -> None:
        is_deciding.set()
        await fields.start_epoch(tx, account_id, entity_type)

    async def decide() -> None:
        await is_changing.wait()
        async with db.write() as tx:
            await groups.remove(tx, ALICE, group.id, outdate=outdate, now=NOW)

    async def change() -> None:
        async with db.write() as tx:
            await fields.start_epoch(tx, ACME, "leads")
            is_changing.set()
            if db.kind == "postgresql":  # on SQLite one writes after the other
                await is_deciding.wait()
            await tags.add(tx, ALICE, "leads", [NewTag("new", None, "0")])

    async with asyncio.timeout(30):
        await asyncio.gather(decide(), change())

    async with db.read() as reader:
        assert await groups.list_all(reader, ACME) == [NamedGroup(0, FIRST_GROUP)]
        assert len((await tags.page(reader, ALICE, "leads", page=1, limit=9)).tags) == 1
