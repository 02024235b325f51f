"""Custom fields, their filter index and their epochs, on both databases."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from grantway.crm.fields import finding, service
from grantway.crm.fields.errors import FieldNotDeletable, FieldNotFound, TooManyFields
from grantway.crm.fields.model import FieldDefinition, Fields, Indexed, index_rows
from grantway.crm.fields.wire import CHANGED_FIELD, NEW_FIELD, FieldChange, field_change
from grantway.db import Database, Transaction
from grantway.kernel.errors import Forbidden, Invalid
from tests.contract.crm_cast import ACME, ALICE, BOB, BOLT, CHARLIE, NOW, audited, open_accounts
from tests.reading import read_each

COLOUR = {
    "type": "select",
    "name": "Colour",
    "code": "COLOUR",
    "enums": [{"value": "Red", "sort": 2, "code": "RED"}, {"value": "Green", "sort": 1}],
}
NOTE = {"type": "text", "name": "Note"}


@pytest.fixture
async def crm(db: Database) -> Database:
    await open_accounts(db)
    return db


def has_stage(pipeline_id: int, stage_id: int) -> bool:
    return (pipeline_id, stage_id) == (1, 142)


async def add(crm: Database, *raw: dict[str, Any], to: str = "leads") -> list[FieldDefinition]:
    wanted = read_each(raw, NEW_FIELD, field_change)
    async with crm.write() as tx:
        return await service.add(tx, ALICE, to, wanted, has_stage=has_stage, now=NOW)


async def change(crm: Database, *raw: dict[str, Any]) -> list[FieldDefinition]:
    wanted = read_each(raw, CHANGED_FIELD, field_change)
    async with crm.write() as tx:
        return await service.change(tx, ALICE, "leads", wanted, has_stage=has_stage, now=NOW)


async def loaded(crm: Database, account_id: int = ACME, entity_type: str = "leads") -> Fields:
    async with crm.read() as reader:
        return await service.definitions(reader, account_id, entity_type)


async def epoch(crm: Database, account_id: int = ACME, entity_type: str = "leads") -> int:
    async with crm.read() as reader:
        return await service.epoch(reader, account_id, entity_type)


def faults(refused: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str, str]]:
    assert refused.value.violations is not None
    return [
        (one.request_id, error.code, error.path)
        for one in refused.value.violations
        for error in one.errors
    ]


async def test_fields_are_added_with_their_choices_in_order(crm: Database) -> None:
    full = NOTE | {
        "code": "NOTE",
        "sort": 3,
        "group_id": "statistic",
        "is_api_only": True,
        "required_statuses": [{"status_id": 142, "pipeline_id": 1}],
        "currency": "USD",
    }
    colour, note = await add(crm, COLOUR, full)

    fields = await loaded(crm)
    assert fields.all == (note, colour)
    assert [one.value for one in colour.enums] == ["Green", "Red"]
    assert (note.group_id, note.is_api_only, note.is_deletable) == ("statistic", True, True)
    assert note.required_statuses[0].status_id == 142
    assert note.currency is None
    assert await audited(crm, ACME) == [
        ("custom_field.changed", f"field {colour.id}"),
        ("custom_field.changed", f"field {note.id}"),
    ]


async def test_fields_belong_to_an_account_and_a_type_of_entity(crm: Database) -> None:
    (note,) = await add(crm, NOTE)

    async with crm.read() as reader:
        assert await service.get(reader, BOB, "leads", note.id) == note
        for actor, entity_type in ((CHARLIE, "leads"), (ALICE, "contacts")):
            with pytest.raises(FieldNotFound, match="Custom field not found"):
                await service.get(reader, actor, entity_type, note.id)
    assert (await loaded(crm, BOLT)).all == ()


async def test_a_multitext_gets_the_kinds_of_its_code(crm: Database) -> None:
    phone, other = await add(
        crm,
        {"type": "multitext", "name": "Phone", "code": "PHONE"},
        {"type": "multitext", "name": "Address"},
        to="contacts",
    )

    assert [one.value for one in phone.enums][:3] == ["WORK", "WORKDD", "MOB"]
    assert [one.value for one in other.enums] == ["WORK", "PRIV", "OTHER"]


async def test_a_code_is_given_once_and_a_refused_request_adds_nothing(crm: Database) -> None:
    await add(crm, COLOUR)
    with pytest.raises(Invalid) as refused:
        await add(
            crm, NOTE, COLOUR | {"request_id": "x"}, NOTE | {"code": "N"}, NOTE | {"code": "N"}
        )

    assert faults(refused) == [
        ("x", "NotSupportedChoice", "code"),
        ("3", "NotSupportedChoice", "code"),
    ]
    assert len((await loaded(crm)).all) == 1
    assert len(await add(crm, COLOUR | {"code": "OTHER"}, NOTE, NOTE)) == 3
    assert len(await add(crm, NOTE | {"code": "COLOUR"}, to="contacts")) == 1


async def test_of_two_who_want_one_code_at_once_one_gets_it(crm: Database) -> None:
    outcomes = await asyncio.gather(
        *(add(crm, NOTE | {"code": "SAME"}) for _ in range(4)), return_exceptions=True
    )

    assert sorted(type(one).__name__ for one in outcomes) == ["Invalid"] * 3 + ["list"]
    assert len((await loaded(crm)).all) == 1


async def test_a_stage_that_a_field_names_has_to_exist(crm: Database) -> None:
    stage = {"status_id": 142, "pipeline_id": 1}
    with pytest.raises(Invalid) as refused:
        await add(crm, NOTE | {"hidden_statuses": [stage, stage | {"pipeline_id": 2}]})

    assert faults(refused) == [("0", "NotSupportedChoice", "hidden_statuses.1.status_id")]
    assert await add(crm, NOTE | {"hidden_statuses": [stage]})


async def test_there_are_at_most_1000_fields(crm: Database) -> None:
    for _ in range(4):
        await add(crm, *[NOTE] * 250)
    with pytest.raises(TooManyFields):
        await add(crm, NOTE)

    assert len((await loaded(crm)).all) == 1_000


async def test_a_page_is_filtered_and_ordered(crm: Database) -> None:
    first, second, third = await add(
        crm, NOTE | {"sort": 9}, COLOUR | {"sort": 1}, NOTE | {"sort": 5}
    )
    async with crm.read() as reader:
        by_sort = await service.page(reader, BOB, "leads", page=1, limit=2)
        rest = await service.page(reader, BOB, "leads", page=2, limit=2)
        by_id = await service.page(
            reader, BOB, "leads", page=1, limit=50, order="id", descending=True
        )
        texts = await service.page(reader, BOB, "leads", page=1, limit=50, types=["text"])
        nothing = await service.page(reader, BOB, "leads", page=3, limit=2)

    assert (by_sort.fields, by_sort.total) == ([second, third], 3)
    assert (rest.fields, rest.total) == ([first], 3)
    assert by_id.fields == [third, second, first]
    assert (texts.fields, texts.total) == ([third, first], 2)
    assert (nothing.fields, nothing.total) == ([], 3)


async def test_a_change_touches_what_is_said_and_starts_an_epoch(crm: Database) -> None:
    (colour,) = await add(crm, COLOUR)
    before = await epoch(crm)
    (renamed,) = await change(crm, {"id": colour.id, "name": "Paint", "code": None})

    assert (renamed.name, renamed.code, renamed.enums) == ("Paint", None, colour.enums)
    assert (await loaded(crm)).by_id(colour.id) == renamed
    assert await epoch(crm) == before + 1


async def test_nothing_is_rendered_again_for_what_nobody_sees(crm: Database) -> None:
    (colour,) = await add(crm, COLOUR)
    before = await epoch(crm)
    await change(crm, {"id": colour.id, "is_api_only": True})
    await add(crm, NOTE)

    assert await epoch(crm) == before
    async with crm.write() as tx:
        await service.start_epoch(tx, ACME, "leads")
    assert await epoch(crm) == before + 1
    assert await epoch(crm, BOLT) == await epoch(crm, entity_type="contacts") == 0


async def test_given_choices_take_the_place_of_the_old_ones(crm: Database) -> None:
    (colour,) = await add(crm, COLOUR)
    green, red = colour.enums
    wanted = [{"id": red.id, "value": "Crimson", "sort": 1}, {"value": "Blue", "sort": 2}]
    (changed,) = await change(crm, {"id": colour.id, "enums": wanted})

    assert [(one.value, one.code) for one in changed.enums] == [("Crimson", "RED"), ("Blue", None)]
    assert changed.enums[0].id == red.id
    assert changed.enums[1].id not in {red.id, green.id}
    assert (await loaded(crm)).by_id(colour.id) == changed


async def test_a_wrong_change_changes_nothing(crm: Database) -> None:
    colour, note = await add(crm, COLOUR, NOTE)
    before = (await loaded(crm)).all
    with pytest.raises(Invalid) as refused:
        await change(
            crm,
            {"id": note.id, "name": "Fine"},
            {"id": 987_654, "name": "x"},
            {"id": note.id, "code": "COLOUR"},
            {"id": colour.id, "enums": [{"id": 987_654, "value": "x"}]},
        )

    assert [(where, path) for where, _, path in faults(refused)] == [
        ("1", "id"),
        ("2", "code"),
        ("3", "enums.0.id"),
    ]
    assert (await loaded(crm)).all == before
    assert (await change(crm, {"id": note.id, "name": "Fine"}))[0].name == "Fine"


async def index(crm: Database, values: dict[int, str]) -> None:
    fields = await loaded(crm)
    async with crm.write() as tx:
        await finding.replace_index(
            tx,
            ACME,
            "leads",
            [Indexed(one, NOW, index_rows(fields, stored)) for one, stored in values.items()],
        )


async def test_what_is_removed_takes_its_values_along(crm: Database) -> None:
    note, colour = await add(crm, NOTE, COLOUR)
    green, red = colour.enums
    values = {
        1: f'{{"{note.id}":["kept"],"{colour.id}":[{green.id}]}}',
        2: f'{{"{colour.id}":[{red.id}]}}',
    }

    async def choices() -> list[int]:
        async with crm.read() as reader:
            return await reader.column("select enum_id from field_values where enum_id > 0")

    await index(crm, values)
    assert set(await choices()) == {green.id, red.id}
    await change(crm, {"id": colour.id, "enums": [{"id": red.id, "value": "Red"}]})
    kept = await choices()
    # Entities that are written afterwards still have the bytes of the choice.
    await index(crm, values)
    again = await choices()
    before = await epoch(crm)
    async with crm.write() as tx:
        await service.remove(tx, ALICE, "leads", colour.id, now=NOW)
    async with crm.read() as reader:
        left = await reader.column("select field_id from field_values")

    assert kept == again == [red.id]
    assert left == [note.id]
    assert (await loaded(crm)).all == (note,)
    assert await epoch(crm) == before + 1
    assert ("custom_field.deleted", f"field {colour.id}") in await audited(crm, ACME)
    with pytest.raises(FieldNotFound):
        async with crm.write() as tx:
            await service.remove(tx, ALICE, "leads", colour.id, now=NOW)


async def test_a_field_of_the_system_stays(crm: Database) -> None:
    system, own = await add(crm, NOTE, NOTE)
    async with crm.write() as tx:
        await tx.change(
            "update custom_fields set is_deletable = false where account_id = :a and id = :id",
            a=ACME,
            id=system.id,
        )
    with pytest.raises(FieldNotDeletable):
        async with crm.write() as tx:
            await service.remove(tx, ALICE, "leads", system.id, now=NOW)
    async with crm.write() as tx:
        await service.remove(tx, ALICE, "leads", own.id, now=NOW)

    assert [one.id for one in (await loaded(crm)).all] == [system.id]


WRITES: dict[str, Callable[[Transaction, Any, int], Awaitable[object]]] = {
    "add": lambda tx, who, one: service.add(
        tx, who, "leads", read_each([NOTE], NEW_FIELD, field_change), has_stage=has_stage, now=NOW
    ),
    "change": lambda tx, who, one: service.change(
        tx, who, "leads", [FieldChange(id=one, name="x")], has_stage=has_stage, now=NOW
    ),
    "remove": lambda tx, who, one: service.remove(tx, who, "leads", one, now=NOW),
}


@pytest.mark.parametrize("write", list(WRITES))
async def test_only_the_accounts_administrators_write(crm: Database, write: str) -> None:
    (note,) = await add(crm, NOTE)
    with pytest.raises(Forbidden, match="Insufficient rights"):
        async with crm.write() as tx:
            await WRITES[write](tx, BOB, note.id)
    if write != "add":
        with pytest.raises((Invalid, FieldNotFound)):
            async with crm.write() as tx:
                await WRITES[write](tx, CHARLIE, note.id)
    assert (await loaded(crm)).all == (note,)

    async with crm.write() as tx:
        await WRITES[write](tx, ALICE, note.id)
    assert (await loaded(crm)).all != (note,)
