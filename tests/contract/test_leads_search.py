"""Finding leads by what they and their contacts contain (api-v4.md 5, row 18)."""

from typing import Any

import msgspec
import pytest

from grantway.accounts.actor import Actor
from grantway.accounts.rights import Right
from grantway.crm import beginnings
from grantway.crm.contacts.kind import CONTACTS
from grantway.crm.entities import reading, writing
from grantway.crm.entities.model import EntityQuery, EntityWrite
from grantway.crm.leads.kind import LEADS
from grantway.db import Database
from tests.contract.crm_cast import ACME, ALICE, BOB, NOW, open_accounts

_PHONE = [{"field_code": "PHONE", "values": [{"value": "+1 (555) 0100-77"}]}]


async def _add(db: Database, kind: Any, **values: Any) -> int:
    async with db.write() as tx:
        (added,) = await writing.add(
            tx, ALICE, kind, [EntityWrite("0", values)], NOW, is_strict=False
        )
    return added.id


async def _found(db: Database, actor: Actor, search: str) -> list[int]:
    async with db.read() as reader:
        page = await reading.page(reader, actor, LEADS, EntityQuery(search=search))
    return [msgspec.json.decode(one.replace(b"\x01", b""))["id"] for one in page.documents]


@pytest.fixture
async def ids(db: Database) -> tuple[int, int]:
    """Add a contact with a telephone, its lead, and a lead of nobody; return contact and lead."""
    await open_accounts(db)
    async with db.write() as tx:
        await beginnings.begin(tx, ACME, NOW)
    ann = await _add(db, CONTACTS, name="Ann Lee", custom_fields_values=_PHONE)
    lead = await _add(db, LEADS, name="Order 50%", _embedded={"contacts": [{"id": ann}]})
    await _add(db, LEADS, name="Order 500")
    return ann, lead


@pytest.mark.parametrize(
    "search", ["555010077", "+1 555 0100 77", "(555) 0100", "ann LEE", "order 50%"]
)
async def test_a_lead_is_found_by_its_name_and_its_contacts(
    db: Database, ids: tuple[int, int], search: str
) -> None:
    assert await _found(db, ALICE, search) == [ids[1]]
    assert await _found(db, ALICE, "nobody") == []


async def test_contacts_out_of_reach_or_in_the_bin_find_nothing(
    db: Database, ids: tuple[int, int]
) -> None:
    rights = msgspec.structs.replace(
        BOB.rights, contacts=msgspec.structs.replace(BOB.rights.contacts, view=Right.OWN)
    )
    bob = msgspec.structs.replace(BOB, rights=rights)

    assert await _found(db, bob, "555010077") == []
    assert await _found(db, bob, "order 50%") == [ids[1]]
    assert await _found(db, BOB, "555010077") == [ids[1]]

    async with db.write() as tx:
        await writing.rewrite(tx, ACME, CONTACTS, {ids[0]: {"is_deleted": True}})
    assert await _found(db, ALICE, "555010077") == []
