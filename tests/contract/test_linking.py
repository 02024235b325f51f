"""Links made by several at once, and the bound of what one answer shows."""

import asyncio
from typing import Any

import pytest

from grantway.crm import beginnings
from grantway.crm.companies.kind import COMPANIES
from grantway.crm.contacts.kind import CONTACTS
from grantway.crm.entities import writing
from grantway.crm.entities.kind import Kind
from grantway.crm.entities.model import EntityWrite
from grantway.crm.leads.kind import LEADS
from grantway.crm.linking import service
from grantway.crm.linking.model import Chosen, Wish
from grantway.crm.links import service as links
from grantway.crm.links.errors import TooManyLinks
from grantway.crm.links.model import Neighbour
from grantway.db import Database
from tests.contract.crm_cast import ACME, ALICE, NOW, open_accounts

_AT_ONCE = 6


@pytest.fixture
async def acme(db: Database) -> Database:
    await open_accounts(db)
    async with db.write() as tx:
        await beginnings.begin(tx, ACME, NOW)
    return db


async def added(db: Database, kind: Kind[Any], count: int, **values: Any) -> list[int]:
    writes = [EntityWrite(str(n), values) for n in range(count)]
    async with db.write() as tx:
        made = await writing.add(tx, ALICE, kind, writes, NOW, is_strict=False)
    return [one.id for one in made]


def wish(entity_id: int, other: Kind[Any], other_id: int, *, is_main: bool = False) -> Wish:
    return Wish(
        request_id="0",
        entity_id=entity_id,
        to_type=other.entity_type,
        to_id=other_id,
        is_main=is_main,
        updated_by=None,
    )


async def link(db: Database, kind: Kind[Any], *wishes: Wish, now: int = NOW) -> list[Neighbour]:
    async with db.write() as tx:
        return await service.link(tx, ALICE, kind, wishes, now)


async def unlink(db: Database, kind: Kind[Any], *wishes: Wish) -> None:
    async with db.write() as tx:
        await service.unlink(tx, ALICE, kind, wishes, NOW)


async def linked(db: Database, kind: Kind[Any], entity_id: int) -> list[Neighbour]:
    async with db.read() as reader:
        return await service.list_of_one(reader, ALICE, kind, entity_id, Chosen())


async def test_who_links_at_once_leaves_one_main_contact_and_one_company(acme: Database) -> None:
    leads = await added(acme, LEADS, 2)
    contacts = await added(acme, CONTACTS, _AT_ONCE)
    companies = await added(acme, COMPANIES, _AT_ONCE)

    async def one(n: int) -> None:
        # From either side, and the leads in either order: nobody may wait in a circle.
        ordered = leads if n % 2 else leads[::-1]
        if n % 3:
            wishes = [wish(lead, CONTACTS, contacts[n], is_main=True) for lead in ordered]
            await link(acme, LEADS, *wishes)
        else:
            wishes = [wish(contacts[n], LEADS, lead, is_main=True) for lead in ordered]
            await link(acme, CONTACTS, *wishes)
        await link(acme, LEADS, *(wish(lead, COMPANIES, companies[n]) for lead in ordered))

    await asyncio.gather(*(one(n) for n in range(_AT_ONCE)))

    for lead in leads:
        found = await linked(acme, LEADS, lead)
        people = [one for one in found if one.other_type == "contacts"]
        assert sorted(one.other_id for one in people) == contacts
        assert [one.is_main for one in people] == [True] + [False] * (_AT_ONCE - 1)
        assert [one.other_type for one in found].count("companies") == 1


async def test_who_unlinks_main_contacts_at_once_leaves_one(acme: Database) -> None:
    (lead,) = await added(acme, LEADS, 1)
    contacts = await added(acme, CONTACTS, _AT_ONCE)
    for n, contact in enumerate(contacts):
        await link(acme, LEADS, wish(lead, CONTACTS, contact), now=NOW + n)

    gone = [wish(lead, CONTACTS, one) for one in contacts[:-2]]
    await asyncio.gather(*(unlink(acme, LEADS, one) for one in gone))

    found = [(one.other_id, one.is_main) for one in await linked(acme, LEADS, lead)]
    assert found == [(contacts[-2], True), (contacts[-1], False)]


async def test_the_links_of_an_entity_are_bounded_from_both_sides(
    acme: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "MOST_LINKS", 3)
    contacts = await added(acme, CONTACTS, 4)
    (company,) = await added(acme, COMPANIES, 1)
    (lead,) = await added(acme, LEADS, 1)
    embedded = {"_embedded": {"companies": [{"id": company}]}}

    with pytest.raises(TooManyLinks, match="At most 3 entities of a type"):
        await link(acme, LEADS, *(wish(lead, CONTACTS, one) for one in contacts))
    with pytest.raises(TooManyLinks):
        await link(acme, COMPANIES, *(wish(company, CONTACTS, one) for one in contacts))
    with pytest.raises(TooManyLinks):
        await added(acme, LEADS, 4, **embedded)
    assert await linked(acme, COMPANIES, company) == []

    await link(acme, LEADS, *(wish(lead, CONTACTS, one) for one in contacts[:3]))
    await link(acme, COMPANIES, *(wish(company, CONTACTS, one) for one in contacts[:3]))
    await added(acme, LEADS, 3, **embedded)
    # What is linked already may be said again; one more is too many.
    await link(acme, COMPANIES, wish(company, CONTACTS, contacts[0]))
    assert len(await linked(acme, COMPANIES, company)) == 6
    with pytest.raises(TooManyLinks):
        await added(acme, LEADS, 1, **embedded)
    with pytest.raises(TooManyLinks):
        await link(acme, CONTACTS, wish(contacts[3], COMPANIES, company))
