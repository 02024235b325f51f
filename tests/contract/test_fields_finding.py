"""Lists by custom fields, however they are found, hold what looking at each lead would hold."""

import random
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from grantway.accounts.rights import Right
from grantway.crm.entities import reading, writing
from grantway.crm.entities.model import EntityQuery, EntityWrite, Range
from grantway.crm.fields import finding
from grantway.crm.fields import service as fields
from grantway.crm.fields.model import field_filter
from grantway.crm.fields.wire import NEW_FIELD, field_change
from grantway.crm.leads.kind import LEADS
from grantway.crm.pipelines import service as pipelines
from grantway.db import Database
from tests.contract.crm_cast import ACME, ALICE, BOB, NOW, open_accounts
from tests.reading import read_each

_COUNT = 120
_FIELDS = (
    {"type": "text", "name": "Note"},
    {"type": "numeric", "name": "Size"},
    {"type": "date", "name": "Day"},
    {"type": "checkbox", "name": "Ready"},
    {
        "type": "multiselect",
        "name": "Colour",
        "enums": [{"value": one, "sort": n} for n, one in enumerate(("Red", "Green", "Blue"))],
    },
)
_LONG = "x" * 5_000


class World(msgspec.Struct):
    """Leads with values by field, as they were written; *ids* of fields, *enums* by text."""

    db: Database
    ids: dict[str, int]
    enums: dict[str, int]
    leads: list[dict[str, Any]]


@pytest.fixture
async def world(db: Database) -> World:
    """Fill acme with leads, some changed in the same second, and put a few in the bin."""
    await open_accounts(db)
    choose = random.Random(4)
    async with db.write() as tx:
        await pipelines.create_default(tx, ACME, NOW)
        wanted = read_each(_FIELDS, NEW_FIELD, field_change)
        made = await fields.add(tx, ALICE, "leads", wanted, has_stage=lambda *_: True, now=NOW)
        note, size, day, ready, colour = (one.id for one in made)
        enums = {one.value: one.id for one in made[-1].enums}
        leads: list[dict[str, Any]] = []
        for n in range(_COUNT):
            values: dict[int, list[Any]] = {size: [choose.randrange(10)]}
            if n % 3:
                values[note] = [choose.choice(("one", "two", _LONG))]
            if n % 4:
                values[day] = [1_000_000 * choose.randrange(5)]
            if n % 5 == 0:
                values[ready] = [True]
            if n % 7:
                values[colour] = choose.sample(sorted(enums), choose.randrange(1, 3))
            user = choose.choice((ALICE.user_id, BOB.user_id))
            leads.append({"values": values, "at": NOW + choose.randrange(30), "user": user})
        written = await writing.add(
            tx, ALICE, LEADS, [_write(one) for one in leads], NOW, is_strict=False
        )
        for one, lead in zip(written, leads, strict=True):
            lead["id"] = one.id
        binned, leads = leads[::17], [one for n, one in enumerate(leads) if n % 17]
        await writing.rewrite(tx, ACME, LEADS, {one["id"]: {"is_deleted": True} for one in binned})
        owners = {one["id"]: {"responsible_user_id": one["user"]} for one in leads}
        await writing.rewrite(tx, ACME, LEADS, owners)
        # What happens to a lead from beside moves it in the lists as well.
        leads[3]["at"] = NOW - 5
        await writing.rewrite(tx, ACME, LEADS, {leads[3]["id"]: {"updated_at": NOW - 5}})
    ids = {"note": note, "size": size, "day": day, "ready": ready, "colour": colour}
    return World(db, ids, enums, leads)


def _write(lead: dict[str, Any]) -> EntityWrite:
    values = [
        {"field_id": field_id, "values": [{"value": one} for one in some]}
        for field_id, some in lead["values"].items()
    ]
    return EntityWrite(
        "0",
        {
            "custom_fields_values": values,
            "updated_at": lead["at"],
        },
    )


Fits = Callable[[dict[str, list[Any]]], bool]
_ASKED: list[tuple[dict[str, Any], Fits]] = [
    ({"note": "one"}, lambda v: "one" in v["note"]),
    ({"note": ["one", _LONG, "one"]}, lambda v: bool({"one", _LONG} & set(v["note"]))),
    ({"note": "on"}, lambda _: False),
    ({"size": "3.0"}, lambda v: 3 in v["size"]),
    ({"size": {"from": "2", "to": "4"}}, lambda v: 2 <= v["size"][0] <= 4),
    ({"size": {"from": "9"}}, lambda v: v["size"] == [9]),
    ({"day": {"to": "2000000"}}, lambda v: bool(v["day"]) and v["day"][0] <= 2_000_000),
    ({"day": {"from": "1970-01-30T00:00:00Z"}}, lambda v: max(v["day"], default=0) > 2_500_000),
    ({"ready": "1"}, lambda v: bool(v["ready"])),
    ({"ready": "0"}, lambda v: not v["ready"]),
    ({"colour": ["Red", "Blue"]}, lambda v: bool({"Red", "Blue"} & set(v["colour"]))),
    (
        {"note": ["one", "two", _LONG], "ready": "1"},
        lambda v: bool(v["note"]) and bool(v["ready"]),
    ),
    (
        {"colour": ["Red", "Blue"], "size": {"to": "3"}},
        lambda v: bool({"Red", "Blue"} & set(v["colour"])) and v["size"][0] <= 3,
    ),
    ({"colour": "Green", "ready": "0"}, lambda v: "Green" in v["colour"] and not v["ready"]),
    ({"colour": "Green", "ready": "1"}, lambda v: "Green" in v["colour"] and bool(v["ready"])),
    (
        {"colour": "Red", "size": {"to": "3"}, "note": "two"},
        lambda v: "Red" in v["colour"] and v["size"][0] <= 3 and "two" in v["note"],
    ),
]


def _spec(world: World, name: str, spec: Any) -> Any:
    if name != "colour":
        return spec
    return [str(world.enums[one]) for one in ([spec] if isinstance(spec, str) else spec)]


def _expected(world: World, fits: Fits, query: EntityQuery) -> list[int]:
    names = {field_id: name for name, field_id in world.ids.items()}
    found = []
    for lead in world.leads:
        values: dict[str, list[Any]] = {name: [] for name in world.ids}
        values |= {names[field_id]: some for field_id, some in lead["values"].items()}
        users, at = query.responsible_user_ids, query.updated_at
        if (
            fits(values)
            and (users is None or lead["user"] in users)
            and (at is None or at.least is None or lead["at"] >= at.least)
            and (query.ids is None or lead["id"] in query.ids)
        ):
            found.append(lead)
    key = "id" if query.order == "id" else "at"
    found.sort(key=lambda one: (one[key], one["id"]), reverse=query.descending)
    return [one["id"] for one in found][query.offset : query.offset + query.limit]


@pytest.mark.parametrize(
    ("few", "sorted_", "rare"),
    [
        (500, 20_000, 5_000),
        (0, 20_000, 0),
        (0, 0, 0),
        (40, 0, 0),
        (12, 20_000, 5_000),
        (12, 60, 25),
    ],
)
async def test_a_list_by_fields_is_the_list_of_those_that_fit(
    world: World, monkeypatch: pytest.MonkeyPatch, few: int, sorted_: int, rare: int
) -> None:
    monkeypatch.setattr(finding, "_FEW", few)
    monkeypatch.setattr(finding, "_RARE", rare)
    monkeypatch.setattr(finding, "_MOST_PARTS", 2)
    monkeypatch.setattr(finding, "_SORTED", sorted_)
    ids = [lead["id"] for lead in world.leads]
    restrictions: list[dict[str, Any]] = [
        {},
        {"descending": True, "offset": 4},
        {"order": "id"},
        {"responsible_user_ids": [BOB.user_id]},
        {"updated_at": Range(NOW + 10, None), "descending": True},
        {"ids": ids[:60]},
    ]
    wrong = []
    for asked, fits in _ASKED:
        by_id = {world.ids[name]: _spec(world, name, spec) for name, spec in asked.items()}
        for restriction in restrictions:
            query = EntityQuery(fields=by_id, limit=25, **restriction)
            async with world.db.read() as reader:
                page = await reading.page(reader, ALICE, LEADS, query)
            found = [msgspec.json.decode(one.replace(b"\x01", b""))["id"] for one in page.documents]
            further = msgspec.structs.replace(query, offset=query.offset + 25)
            has_next = bool(_expected(world, fits, further))
            if (found, page.has_next) != (_expected(world, fits, query), has_next):
                wrong.append((asked, restriction, found))

    assert wrong == []


async def test_few_that_meet_two_filters_of_many_are_named(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looking for them among all entities would take longer the fewer there are."""
    monkeypatch.setattr(finding, "_FEW", 25)
    asked = {
        world.ids["colour"]: _spec(world, "colour", "Green"),
        world.ids["size"]: {"from": "3", "to": "6"},
    }

    async with world.db.read() as reader:
        definitions = await fields.definitions(reader, ACME, "leads")
        filters = [
            one for field in asked.items() if (one := field_filter(definitions, *field)) is not None
        ]
        alone = [await finding.narrowed(reader, ACME, "leads", [one]) for one in filters]
        together = await finding.narrowed(reader, ACME, "leads", filters)

    def fits(v: dict[str, list[Any]]) -> bool:
        return "Green" in v["colour"] and 3 <= v["size"][0] <= 6

    assert [one.ids for one in alone] == [None, None]
    assert together.ids == frozenset(_expected(world, fits, EntityQuery(limit=250)))
    assert together.conditions == []


async def test_who_sees_only_their_own_finds_no_others_by_fields(world: World) -> None:
    rights = msgspec.structs.replace(
        BOB.rights, leads=msgspec.structs.replace(BOB.rights.leads, view=Right.OWN)
    )
    bob = msgspec.structs.replace(BOB, rights=rights)
    query = EntityQuery(fields={world.ids["note"]: "one"}, limit=250)

    async with world.db.read() as reader:
        mine = await reading.page(reader, bob, LEADS, query)
        all_of_them = await reading.page(reader, ALICE, LEADS, query)

    own = msgspec.structs.replace(query, responsible_user_ids=[BOB.user_id])
    assert len(mine.documents) == len(_expected(world, _ASKED[0][1], own))
    assert 0 < len(mine.documents) < len(all_of_them.documents)
