"""Groups of custom fields, on both databases."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from grantway.crm.fields import groups, service
from grantway.crm.fields.errors import GroupNotDeletable, GroupNotFound, TooManyGroups
from grantway.crm.fields.group_wire import GroupChange
from grantway.crm.fields.model import FieldGroup, FieldType
from grantway.crm.fields.wire import CHANGED_FIELD, FieldChange, field_change
from grantway.db import Database, Transaction
from grantway.kernel.errors import Forbidden, Invalid
from tests.contract.crm_cast import ACME, ALICE, BOB, BOLT, CHARLIE, NOW, audited, open_accounts
from tests.reading import read_each

DELIVERY = GroupChange(name="Delivery", sort=5)


@pytest.fixture
async def crm(db: Database) -> Database:
    await open_accounts(db)
    return db


def has_stage(_pipeline_id: int, _stage_id: int) -> bool:
    return False


async def add(crm: Database, *wanted: GroupChange, to: str = "leads") -> list[FieldGroup]:
    async with crm.write() as tx:
        return await groups.add(tx, ALICE, to, wanted, now=NOW)


async def change(crm: Database, group_id: str, of: str = "leads", **wanted: Any) -> FieldGroup:
    async with crm.write() as tx:
        return await groups.change(tx, ALICE, of, GroupChange(id=group_id, **wanted), now=NOW)


async def listed(crm: Database, account_id: int = ACME, entity_type: str = "leads") -> list[str]:
    async with crm.read() as reader:
        found = await groups.list_groups(reader, account_id, entity_type)
    return [one.id for one in found]


async def add_fields(crm: Database, *group_ids: str | None, to: str = "leads") -> list[int]:
    wanted = [
        FieldChange(request_id=str(n), type=FieldType.TEXT, name="Note", group_id=one)
        for n, one in enumerate(group_ids)
    ]
    async with crm.write() as tx:
        added = await service.add(tx, ALICE, to, wanted, has_stage=has_stage, now=NOW)
    return [one.id for one in added]


async def change_field(crm: Database, field_id: int, group_id: str) -> None:
    wanted = read_each([{"id": field_id, "group_id": group_id}], CHANGED_FIELD, field_change)
    async with crm.write() as tx:
        await service.change(tx, ALICE, "leads", wanted, has_stage=has_stage, now=NOW)


async def groups_of(crm: Database, field_ids: list[int]) -> list[str | None]:
    async with crm.read() as reader:
        fields = await service.definitions(reader, ACME, "leads")
    return [one.group_id for one in fields.known(field_ids)]


@pytest.mark.parametrize("entity_type", ["leads", "contacts", "companies"])
async def test_two_groups_are_always_there_and_others_are_added(
    crm: Database, entity_type: str
) -> None:
    assert await listed(crm, entity_type=entity_type) == ["default", "statistic"]
    last, first = await add(crm, GroupChange(name="Z", sort=500), DELIVERY, to=entity_type)

    ids = ["default", "statistic", first.id, last.id]
    assert await listed(crm, entity_type=entity_type) == ids
    assert first.id.startswith(f"{entity_type}_")
    assert first.id != last.id
    async with crm.read() as reader:
        assert await groups.get(reader, ACME, entity_type, first.id) == first
        for account_id, another in ((BOLT, entity_type), (ACME, "nonsense")):
            with pytest.raises(GroupNotFound, match="Custom field group not found"):
                await groups.get(reader, account_id, another, first.id)
    assert await listed(crm, BOLT, entity_type) == ["default", "statistic"]
    assert await audited(crm, ACME) == [
        ("custom_field_group.changed", f"group {one.id}") for one in (last, first)
    ]


async def test_a_change_renames_and_moves_fields_in(crm: Database) -> None:
    (delivery,) = await add(crm, DELIVERY)
    first, second, third = await add_fields(crm, delivery.id, None, None)
    changed = await change(crm, delivery.id, name="Dispatch", field_ids=(third,))

    assert (changed.name, changed.sort, changed.field_ids) == ("Dispatch", 5, (first, third))
    assert await groups_of(crm, [first, second, third]) == [delivery.id, None, delivery.id]
    back = await change(crm, "default", field_ids=(first,))
    assert back.field_ids == (first, second)
    assert await groups_of(crm, [first, second, third]) == [None, None, delivery.id]


async def test_only_fields_of_the_same_entities_move_in(crm: Database) -> None:
    (delivery,) = await add(crm, DELIVERY)
    (ours,) = await add_fields(crm, None)
    (contacts,) = await add_fields(crm, None, to="contacts")
    for wrong in (contacts, 987_654):
        with pytest.raises(Invalid) as refused:
            await change(crm, delivery.id, name="X", field_ids=(ours, wrong))
        assert refused.value.violations is not None
        (fault,) = refused.value.violations[0].errors
        assert (fault.code, fault.path) == ("NotSupportedChoice", "fields.1")

    async with crm.read() as reader:
        assert await groups.get(reader, ACME, "leads", delivery.id) == delivery
    assert await groups_of(crm, [ours]) == [None]


async def test_a_field_names_a_group_of_its_own_entities(crm: Database) -> None:
    (ours,) = await add(crm, DELIVERY)
    (contacts,) = await add(crm, DELIVERY, to="contacts")
    async with crm.write() as tx:
        (foreign,) = await groups.add(tx, CHARLIE, "leads", [DELIVERY], now=NOW)
    for wrong in ("nonsense", contacts.id, foreign.id):
        with pytest.raises(Invalid) as refused:
            await add_fields(crm, ours.id, wrong)
        assert refused.value.violations is not None
        assert [(one.request_id, one.errors[0].path) for one in refused.value.violations] == [
            ("1", "group_id")
        ]

    (field_id,) = await add_fields(crm, ours.id)
    assert await groups_of(crm, [field_id]) == [ours.id]
    with pytest.raises(Invalid):
        await change_field(crm, field_id, contacts.id)
    for group_id, kept in (("statistic", "statistic"), ("default", None), ("", None)):
        await change_field(crm, field_id, group_id)
        assert await groups_of(crm, [field_id]) == [kept]


async def test_what_is_there_by_itself_keeps_name_and_place_and_stays(crm: Database) -> None:
    wishes: dict[str, Any] = {"name": "Start", "sort": 7}
    for key, value in wishes.items():
        with pytest.raises(Invalid) as refused:
            await change(crm, "default", **{key: value})
        assert refused.value.violations is not None
        assert [one.path for one in refused.value.violations[0].errors] == [key]
    with pytest.raises(GroupNotDeletable):
        async with crm.write() as tx:
            await groups.remove(tx, ALICE, "leads", "statistic", now=NOW)

    assert (await change(crm, "default", name="Main", sort=0)).is_predefined
    assert await listed(crm) == ["default", "statistic"]


async def test_the_fields_of_a_removed_group_move_to_the_first(crm: Database) -> None:
    gone, kept = await add(crm, DELIVERY, DELIVERY)
    fields = await add_fields(crm, gone.id, kept.id, None)
    async with crm.write() as tx:
        await groups.remove(tx, ALICE, "leads", gone.id, now=NOW)

    assert await listed(crm) == ["default", "statistic", kept.id]
    assert await groups_of(crm, fields) == [None, kept.id, None]
    assert ("custom_field_group.deleted", f"group {gone.id}") in await audited(crm, ACME)
    with pytest.raises(GroupNotFound):
        async with crm.write() as tx:
            await groups.remove(tx, ALICE, "leads", gone.id, now=NOW)


async def test_there_are_at_most_100_groups(crm: Database) -> None:
    await add(crm, *[DELIVERY] * 99)
    with pytest.raises(TooManyGroups):
        await add(crm, DELIVERY, DELIVERY)

    await add(crm, DELIVERY)
    assert len(await listed(crm)) == 102


WRITES: dict[str, Callable[[Transaction, Any, str], Awaitable[object]]] = {
    "add": lambda tx, who, one: groups.add(tx, who, "leads", [DELIVERY], now=NOW),
    "change": lambda tx, who, one: groups.change(
        tx, who, "leads", GroupChange(id=one, name="x"), now=NOW
    ),
    "remove": lambda tx, who, one: groups.remove(tx, who, "leads", one, now=NOW),
}


@pytest.mark.parametrize("write", list(WRITES))
async def test_only_the_accounts_administrators_write(crm: Database, write: str) -> None:
    (delivery,) = await add(crm, DELIVERY)
    with pytest.raises(Forbidden, match="Insufficient rights"):
        async with crm.write() as tx:
            await WRITES[write](tx, BOB, delivery.id)
    if write != "add":
        with pytest.raises(GroupNotFound):
            async with crm.write() as tx:
                await WRITES[write](tx, CHARLIE, delivery.id)
    async with crm.read() as reader:
        assert await groups.get(reader, ACME, "leads", delivery.id) == delivery

    async with crm.write() as tx:
        await WRITES[write](tx, ALICE, delivery.id)
    assert len(await audited(crm, ACME)) == 2
