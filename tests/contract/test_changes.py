"""What every write of an entity tells: events, and deliveries, on both databases."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from grantway.crm.entities import telling, writing
from grantway.crm.entities.model import EntityWrite
from grantway.crm.leads.kind import LEADS
from grantway.db import Database
from grantway.kernel.errors import Invalid
from tests.contract.changes_world import Happened, World, make_world
from tests.contract.crm_cast import ACME, ALICE, BOB, NOW

_LATER = 60


@pytest.fixture
async def world(db: Database) -> World:
    return await make_world(db)


class Case(NamedTuple):
    """A change of a lead that was just added, and what it tells."""

    change: Callable[[World], dict[str, Any]]
    happened: Callable[[World], list[Happened]]
    told: dict[str, Callable[[World], dict[str, Any]]]
    begins: Callable[[World], dict[str, Any]] = lambda _: {}


def _value(field_id: int, **value: Any) -> dict[str, Any]:
    return {"custom_fields_values": [{"field_id": field_id, "values": [value] if value else None}]}


def _shown(field_id: int, number: int, text: str, enum_id: int | None = None) -> dict[str, Any]:
    return {
        "custom_field_value": {
            "field_id": field_id,
            "field_type": number,
            "enum_id": enum_id,
            "text": text,
        }
    }


def _stage(world: World, status_id: int) -> dict[str, Any]:
    return {"lead_status": {"id": status_id, "pipeline_id": world.main}}


CASES = {
    "name": Case(
        lambda _: {"name": "Second"},
        lambda _: [
            (
                "name_field_changed",
                [{"name_field_value": {"name": "First"}}],
                [{"name_field_value": {"name": "Second"}}],
            )
        ],
        {"update_lead": lambda _: {"name": "Second"}},
    ),
    "price": Case(
        lambda _: {"price": 1050},  # as doors read 10.5
        lambda _: [
            (
                "sale_field_changed",
                [{"sale_field_value": {"sale": 0}}],
                [{"sale_field_value": {"sale": 10.5}}],
            )
        ],
        {"update_lead": lambda _: {"price": 11}},
    ),
    "stage": Case(
        lambda world: {"status_id": world.stages[1]},
        lambda world: [
            (
                "lead_status_changed",
                [_stage(world, world.stages[0])],
                [_stage(world, world.stages[1])],
            )
        ],
        {
            "status_lead": lambda world: {
                "status_id": world.stages[1],
                "old_status_id": world.stages[0],
            },
            "update_lead": lambda world: {"status_id": world.stages[1]},
        },
    ),
    "responsible user": Case(
        lambda _: {"responsible_user_id": BOB.user_id},
        lambda _: [
            (
                "entity_responsible_changed",
                [{"responsible_user": {"id": ALICE.user_id}}],
                [{"responsible_user": {"id": BOB.user_id}}],
            )
        ],
        {
            "responsible_lead": lambda _: {
                "responsible_user_id": BOB.user_id,
                "old_responsible_user_id": ALICE.user_id,
            },
            "update_lead": lambda _: {"responsible_user_id": BOB.user_id},
        },
    ),
    "tags": Case(
        lambda _: {"_embedded": {"tags": [{"name": "hot"}, {"name": "big"}]}},
        lambda _: [
            ("entity_tag_added", [], [{"tag": {"name": "hot"}}, {"tag": {"name": "big"}}]),
            ("entity_tag_deleted", [{"tag": {"name": "cold"}}], []),
        ],
        {"update_lead": lambda _: {"tags][0][name": "hot", "tags][1][name": "big"}},
        lambda _: {"tags_to_add": [{"name": "cold"}]},
    ),
    "text of a field": Case(
        lambda world: _value(world.text, value="Site"),
        lambda world: [
            (f"custom_field_{world.text}_value_changed", [], [_shown(world.text, 1, "Site")])
        ],
        {
            "update_lead": lambda world: {
                "custom_fields][0][id": world.text,
                "custom_fields][0][name": "Source",
                "custom_fields][0][code": "SOURCE",
                "custom_fields][0][values][0][value": "Site",
            }
        },
    ),
    "choice of a field": Case(
        lambda world: _value(world.choice, enum_id=world.enums[1]),
        lambda world: [
            (
                f"custom_field_{world.choice}_value_changed",
                [_shown(world.choice, 4, "red", world.enums[0])],
                [_shown(world.choice, 4, "green", world.enums[1])],
            )
        ],
        {
            "update_lead": lambda world: {
                "custom_fields][0][values][0][value": "green",
                "custom_fields][0][values][0][enum": world.enums[1],
            }
        },
        lambda world: _value(world.choice, enum_id=world.enums[0]),
    ),
    "field cleared": Case(
        lambda world: _value(world.text),
        lambda world: [
            (f"custom_field_{world.text}_value_changed", [_shown(world.text, 1, "Site")], [])
        ],
        {"update_lead": lambda _: {}},
        lambda world: _value(world.text, value="Site"),
    ),
    "nothing": Case(lambda _: {"name": "First"}, lambda _: [], {}),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_a_change_tells_what_changed(world: World, case: Case) -> None:
    (lead_id,) = await world.add("lead", {"name": "First"} | case.begins(world))
    await world.forget()
    world.now += _LATER
    await world.change("lead", {"id": lead_id} | case.change(world))

    assert await world.happened() == case.happened(world)
    told = dict(await world.told())
    assert list(told) == list(case.told)
    for event, members in case.told.items():
        action = event.partition("_")[0]
        expected = {"id": lead_id, "last_modified": NOW + _LATER} | members(world)
        sent = {f"leads[{action}][0][{name}]": str(one) for name, one in expected.items()}
        assert sent.items() <= told[event].items()


@pytest.mark.parametrize("noun", ["lead", "contact", "company"])
async def test_entities_come_and_go_and_come_back(world: World, noun: str) -> None:
    (entity_id,) = await world.add(noun, {"name": "First"})
    await world.put_away(noun, entity_id)
    await world.restore(noun, entity_id)

    happened: list[Happened] = [
        (f"{noun}_{one}", [], []) for one in ("added", "deleted", "restored")
    ]
    assert await world.happened() == happened
    among = "leads" if noun == "lead" else "contacts"
    own = {"status_id", "pipeline_id"} if noun == "lead" else {"type"}
    told = await world.told()
    assert [event for event, _ in told] == [f"{one}_{noun}" for one in ("add", "delete", "restore")]
    added, deleted, restored = (
        {
            name.removeprefix(f"{among}[{action}][0]").strip("[]"): value
            for name, value in sent.items()
        }
        for action, (_, sent) in zip(("add", "delete", "restore"), told, strict=True)
    )
    assert set(deleted) == {"id"} | own
    assert added == restored
    assert added["name"] == "First"
    if noun != "lead":
        assert added["type"] == deleted["type"] == noun


async def test_a_new_lead_is_told_as_the_dialect_does(world: World) -> None:
    lead = {"name": "First order", "price": 100_000}  # as doors read 1000
    (lead_id,) = await world.add("lead", lead)

    ((event, sent),) = await world.told()
    assert event == "add_lead"
    assert sent == {
        f"leads[add][0][{name}]": str(value)
        for name, value in {
            "id": lead_id,
            "name": "First order",
            "status_id": world.stages[0],
            "price": 1000,
            "responsible_user_id": ALICE.user_id,
            "last_modified": NOW,
            "modified_user_id": ALICE.user_id,
            "created_user_id": ALICE.user_id,
            "date_create": NOW,
            "pipeline_id": world.main,
            "account_id": ACME,
            "created_at": NOW,
            "updated_at": NOW,
        }.items()
    }


async def test_contacts_and_companies_tell_what_they_are_linked_with(world: World) -> None:
    (company,) = await world.add("company", {"name": "Acme Ltd"})
    (contact,) = await world.add("contact", {"name": "Ann"})
    (lead,) = await world.add(
        "lead", {"_embedded": {"contacts": [{"id": contact}], "companies": [{"id": company}]}}
    )
    linked = [one for one in await world.happened() if one[0] == "entity_linked"]
    await world.forget()
    await world.change("contact", {"id": contact, "name": "Anna"})
    await world.change("company", {"id": company, "name": "Acme Inc"})

    assert [after for _, _, after in linked] == [
        [{"link": {"entity": {"type": "contact", "id": contact}}}],
        [{"link": {"entity": {"type": "company", "id": company}}}],
    ]
    for (_, sent), noun in zip(await world.told(), ("contact", "company"), strict=True):
        assert sent[f"contacts[update][0][linked_leads_id][{lead}][ID]"] == str(lead)
        assert sent["contacts[update][0][type]"] == noun


async def test_what_a_request_names_twice_is_told_once(world: World) -> None:
    (lead_id,) = await world.add("lead", {"name": "First"})
    await world.forget()
    await world.change("lead", {"id": lead_id, "name": "Second"}, {"id": lead_id, "name": "Third"})

    assert await world.happened() == [
        (
            "name_field_changed",
            [{"name_field_value": {"name": "First"}}],
            [{"name_field_value": {"name": "Third"}}],
        )
    ]
    assert [event for event, _ in await world.told()] == ["update_lead"]


async def test_a_refused_request_tells_nothing(world: World) -> None:
    with pytest.raises(Invalid):
        await world.add("lead", {"name": "First"}, {"status_id": 999})
    assert (await world.happened(), await world.told()) == ([], [])

    async def add_and_fail() -> None:
        async with world.db.write() as tx:
            write = EntityWrite("0", {"name": "First"})
            await writing.add(tx, ALICE, LEADS, [write], NOW, is_strict=False)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await add_and_fail()
    assert (await world.happened(), await world.told()) == ([], [])

    await world.add("lead", {"name": "First"})
    assert (len(await world.happened()), len(await world.told())) == (1, 1)


async def test_without_a_subscription_events_are_kept_all_the_same(world: World) -> None:
    async with world.db.write() as tx:
        await tx.change("delete from webhooks")
    await world.add("lead", *({"name": str(n)} for n in range(3)))

    assert [one for one, _, _ in await world.happened()] == ["lead_added"] * 3


async def test_long_texts_are_cut_in_events_alone(world: World) -> None:
    (lead_id,) = await world.add("lead", {})
    await world.forget()
    await world.change("lead", {"id": lead_id} | _value(world.text, value="x" * 3_000))

    ((_, _, (value,)),) = await world.happened()
    assert len(value["custom_field_value"]["text"]) == 500
    ((_, sent),) = await world.told()
    assert len(sent["leads[update][0][custom_fields][0][values][0][value]"]) == 3_000


async def test_more_in_fields_than_a_delivery_holds_is_left_to_the_api(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "_MOST_VALUES", 1_000)
    await world.add("lead", *(_value(world.text, value="x" * n) for n in (900, 1_001)))

    (_, whole), (_, cut) = await world.told()
    value = "leads[add][0][custom_fields][0][values][0][value]"
    assert len(whole[value]) == 900
    assert not any("custom_fields" in name for name in cut)
    assert cut["leads[add][0][name]"].startswith("Lead #")
