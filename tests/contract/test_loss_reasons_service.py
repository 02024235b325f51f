"""Loss reasons, on both databases."""

import pytest

from grantway.crm.loss_reasons import service
from grantway.crm.loss_reasons.errors import LossReasonInUse, LossReasonNotFound
from grantway.crm.loss_reasons.model import (
    NEW_LOSS_REASON,
    LossReason,
    NewLossReason,
    new_loss_reason,
)
from grantway.db import Database, Reader
from grantway.kernel.errors import Forbidden, Invalid
from tests.contract.crm_cast import ACME, ALICE, BOB, BOLT, NOW, open_accounts
from tests.reading import read_each


@pytest.fixture
async def crm(db: Database) -> Database:
    await open_accounts(db)
    return db


@pytest.fixture
async def reasons(crm: Database) -> list[LossReason]:
    new = [NewLossReason("Too dear"), NewLossReason("Too late"), NewLossReason("Other", sort=1)]
    async with crm.write() as tx:
        return await service.add(tx, ACME, new, now=NOW)


async def listed(crm: Database) -> list[LossReason]:
    async with crm.read() as reader:
        return await service.list_reasons(reader, ACME)


async def no_leads(reader: Reader, account_id: int, reason_id: int) -> int:
    return 0


async def one_lead(reader: Reader, account_id: int, reason_id: int) -> int:
    return 1


async def test_reasons_stand_in_their_order(crm: Database, reasons: list[LossReason]) -> None:
    async with crm.read() as reader:
        foreign = await service.list_reasons(reader, BOLT)

    assert [(one.name, one.sort) for one in await listed(crm)] == [
        ("Other", 1),
        ("Too dear", 10),
        ("Too late", 20),
    ]
    assert foreign == []


async def test_a_reason_is_found_in_its_account_alone(
    crm: Database, reasons: list[LossReason]
) -> None:
    async with crm.read() as reader:
        assert await service.get(reader, ACME, reasons[0].id) == reasons[0]
        with pytest.raises(LossReasonNotFound, match="Loss reason not found"):
            await service.get(reader, BOLT, reasons[0].id)


async def test_a_reason_is_removed_by_an_administrator_when_no_lead_names_it(
    crm: Database, reasons: list[LossReason]
) -> None:
    reason_id = reasons[0].id
    with pytest.raises(Forbidden):
        async with crm.write() as tx:
            await service.remove(tx, BOB, reason_id, count_leads=no_leads)
    with pytest.raises(LossReasonInUse):
        async with crm.write() as tx:
            await service.remove(tx, ALICE, reason_id, count_leads=one_lead)
    assert await listed(crm) == reasons[2:] + reasons[:2]

    async with crm.write() as tx:
        await service.remove(tx, ALICE, reason_id, count_leads=no_leads)
    assert await listed(crm) == [reasons[2], reasons[1]]
    with pytest.raises(LossReasonNotFound):
        async with crm.write() as tx:
            await service.remove(tx, ALICE, reason_id, count_leads=no_leads)


def test_a_new_reason_needs_a_name() -> None:
    honest = {"name": "Too dear", "request_id": "x"}
    assert read_each([honest], NEW_LOSS_REASON, new_loss_reason) == [
        NewLossReason("Too dear", None, "x")
    ]

    with pytest.raises(Invalid):
        read_each([honest, {"sort": 1}], NEW_LOSS_REASON, new_loss_reason)
