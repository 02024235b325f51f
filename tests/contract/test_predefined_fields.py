"""The fields that every account begins with, on both databases."""

from typing import Any

import pytest

from grantway.crm.fields import service
from grantway.crm.fields.errors import FieldNotDeletable
from grantway.crm.fields.model import FieldDefinition, Fields
from grantway.crm.fields.wire import CHANGED_FIELD, NEW_FIELD, field_change
from grantway.db import Database
from grantway.kernel.errors import Invalid
from tests.contract.crm_cast import ACME, ALICE, BOLT, NOW, open_accounts
from tests.reading import read_each

PHONE_KINDS = ["WORK", "WORKDD", "MOB", "FAX", "HOME", "OTHER"]
EMAIL_KINDS = ["WORK", "PRIV", "OTHER"]


@pytest.fixture
async def crm(db: Database) -> Database:
    await open_accounts(db)
    async with db.write() as tx:
        await service.create_default(tx, ACME)
    return db


def has_stage(_pipeline_id: int, _stage_id: int) -> bool:
    return False


async def add(crm: Database, **raw: Any) -> FieldDefinition:
    wanted = read_each([raw], NEW_FIELD, field_change)
    async with crm.write() as tx:
        (field,) = await service.add(tx, ALICE, "contacts", wanted, has_stage=has_stage, now=NOW)
    return field


async def change(crm: Database, field_id: int, **raw: Any) -> FieldDefinition:
    wanted = read_each([{"id": field_id} | raw], CHANGED_FIELD, field_change)
    async with crm.write() as tx:
        (field,) = await service.change(tx, ALICE, "contacts", wanted, has_stage=has_stage, now=NOW)
    return field


async def loaded(crm: Database, account_id: int, entity_type: str) -> Fields:
    async with crm.read() as reader:
        return await service.definitions(reader, account_id, entity_type)


@pytest.mark.parametrize(
    ("entity_type", "expected"),
    [
        ("leads", []),
        (
            "contacts",
            [
                ("POSITION", "text", []),
                ("PHONE", "multitext", PHONE_KINDS),
                ("EMAIL", "multitext", EMAIL_KINDS),
            ],
        ),
        (
            "companies",
            [
                ("PHONE", "multitext", PHONE_KINDS),
                ("EMAIL", "multitext", EMAIL_KINDS),
                ("WEB", "url", []),
                ("ADDRESS", "textarea", []),
            ],
        ),
    ],
)
async def test_an_account_begins_with_the_fields_that_everybody_has(
    crm: Database, entity_type: str, expected: list[tuple[str, str, list[str]]]
) -> None:
    present = (await loaded(crm, ACME, entity_type)).all

    assert [(one.code, one.type, [e.value for e in one.enums]) for one in present] == expected
    assert all(one.is_predefined and not one.is_deletable for one in present)
    assert (await loaded(crm, BOLT, entity_type)).all == ()


async def test_a_predefined_field_keeps_its_code_and_stays(crm: Database) -> None:
    position = (await loaded(crm, ACME, "contacts")).by_code("POSITION")
    assert position is not None
    own = await add(crm, type="text", name="Note", code="OWN")
    for code in ("JOB", None):
        with pytest.raises(Invalid) as refused:
            await change(crm, position.id, code=code)
        assert refused.value.violations is not None
        assert [one.path for one in refused.value.violations[0].errors] == ["code"]
    with pytest.raises(FieldNotDeletable):
        async with crm.write() as tx:
            await service.remove(tx, ALICE, "contacts", position.id, now=NOW)
    with pytest.raises(Invalid):
        await add(crm, type="multitext", name="Mine", code="PHONE")

    renamed = await change(crm, position.id, name="Job", code="POSITION")
    assert (renamed.name, renamed.code, renamed.is_predefined) == ("Job", "POSITION", True)
    assert (await change(crm, own.id, code="FREE")).code == "FREE"
    async with crm.write() as tx:
        await service.remove(tx, ALICE, "contacts", own.id, now=NOW)
