"""Data moved out of one account and into another."""

import io
import json
from typing import Any

import pytest

from grantway.crm.transfer import importing
from grantway.crm.transfer.errors import ImportOvertaken
from grantway.crm.transfer.importing import Import
from grantway.crm.transfer.json_stream import read_values
from grantway.crm.transfer.model import KINDS, Options, Refusal
from grantway.crm.transfer.rows import read_rows
from grantway.db import Database
from tests.contract.transfer_cast import NOW, World, lines, without_ids


@pytest.fixture
async def world(db: Database) -> World:
    return await World(db).open()


def lead(old_id: int, **members: Any) -> dict[str, Any]:
    href = f"https://old.example/api/v4/leads/{old_id}"
    return {"id": old_id, "name": f"Lead {old_id}", "_links": {"self": {"href": href}}, **members}


async def count(db: Database, sql: str) -> int:
    async with db.read() as reader:
        counted: int = await reader.value(f"select count(*) from {sql}")
    return counted


async def test_what_goes_out_of_one_account_is_the_same_in_another(world: World) -> None:
    exported = await world.exported(world.alice)
    before = await count(world.db, "events")
    done, refused = await world.take(lines(exported), creates_fields=True)
    again = await world.exported(world.charlie)

    assert refused == []
    assert done.counts == {"companies": 1, "contacts": 2, "leads": 3, "tasks": 2, "notes": 2}
    assert without_ids(again) == without_ids(exported, world.maps)
    assert await count(world.db, "events") == before
    solar = next(one for one in again if one.get("name") == "Solar roof")
    assert solar["closest_task_at"] == NOW + 60
    assert [one["is_main"] for one in solar["_embedded"]["contacts"]] == [True, False]
    assert [one["color"] for one in solar["_embedded"]["tags"]] == ["D1A4DC", None]
    assert [one["is_deleted"] for one in again if "price" in one] == [False, False, True]
    # The second time it is the same file, and everything is there.
    assert (await world.begin(lines(exported))).finished_at == NOW


async def test_pages_and_arrays_are_read_as_lines_are(world: World) -> None:
    def page(*rows: Any) -> dict[str, Any]:
        return {"_page": 1, "_links": {}, "_embedded": {"leads": [*rows]}}

    text = (
        json.dumps(page(lead(1), lead(2)), indent=2)
        + json.dumps(page(lead(3)))
        + json.dumps([lead(4), lead(5)], indent=1)
    )
    done, refused = await world.take(text.encode())

    assert (done.counts, refused) == ({"leads": 5}, [])


async def test_faulty_rows_are_told_with_their_lines_and_lose_none_of_the_others(
    world: World,
) -> None:
    rows: list[tuple[Any, str, str]] = [
        (lead(10), "", ""),
        (lead(11, price="much"), "price", '"much"'),
        (lead(12, name="n" * 256), "name", "n"),
        (lead(13, responsible_user_id=4711), "responsible_user_id", "4711"),
        (lead(14, pipeline_id=77, status_id=78), "status_id", "78"),
        (lead(15, status_id=142, pipeline_id=1, loss_reason_id=99), "loss_reason_id", "99"),
        (lead(16, custom_fields_values=[{"field_name": "X", "field_type": "text"}]),
         "custom_fields_values.0", "X"),
        (lead(17, _embedded={"contacts": [{"id": 5}]}), "_embedded.contacts.0.id", "5"),
        (lead(18, _embedded={"tags": [{"name": 5}]}), "_embedded.tags.0.name", "5"),
        (lead(19, is_deleted="no"), "is_deleted", '"no"'),
        (lead(10), "id", "10"),
        ({"id": 20, "name": "Of no kind"}, "_links.self.href", "nothing"),
        ("text", "_links.self.href", "nothing"),
        (lead(21), "", ""),
    ]  # fmt: skip
    text = lines([row for row, _, _ in rows]) + b'{"id": 22,\n' + lines([lead(23)])
    done, refused = await world.take(text)

    wrong = [(n, field, came) for n, (_, field, came) in enumerate(rows, start=1) if field]
    told = [(one.line, one.reasons[0].field, one.reasons[0].came) for one in refused]
    assert [(line, field) for line, field, _ in told[:-1]] == [one[:2] for one in wrong]
    assert all(came in seen for (_, _, came), (_, _, seen) in zip(wrong, told, strict=False))
    assert (refused[-1].line, refused[-1].reasons[0].expected) == (15, "JSON")
    assert all(reason.expected for one in refused for reason in one.reasons)
    assert (done.counts, done.refused) == ({"leads": 3}, len(refused))
    names = [one["name"] for one in await world.exported(world.charlie, "leads")]
    assert names == ["Lead 10", "Lead 21", "Lead 23"]


async def test_a_loss_reason_that_is_missing_is_named(world: World) -> None:
    lost = {"status_id": 142, "pipeline_id": 1, "loss_reason_id": 99}
    names: list[object] = ["Too late", "A\x1b[2J" + "n" * 255, 5]
    rows = [
        lead(n, **lost, _embedded={"loss_reason": [{"id": 99, "name": name}]})
        for n, name in enumerate(names)
    ]
    _, refused = await world.take(lines([*rows, lead(9, **lost)]))

    told = [one.reasons[-1].expected for one in refused]
    assert 'add "Too late", or write in the map which one "99" is here' in told[0]
    assert ("\x1b" in told[1], len(told[1]) < 250) == (False, True)
    assert told[2] == told[3] == told[0].replace('add "Too late", or ', "")


async def test_refused_rows_are_taken_once_they_are_mended(world: World) -> None:
    _, refused = await world.take(lines([lead(1, responsible_user_id=4711)]))
    kept = [{"line": one.line, "reasons": [], "row": one.row} for one in refused]
    done, still = await world.take(lines(kept), responsible_user_id=world.charlie.user_id)

    assert (done.counts, still) == ({"leads": 1}, [])


async def test_links_to_what_is_not_there_are_left_out_when_asked(world: World) -> None:
    row = lead(1, _embedded={"contacts": [{"id": 5}]})
    _, refused = await world.take(lines([row]))
    done, none = await world.take(lines([row | {"name": "again"}]), skips_links=True)

    assert (len(refused), done.counts, none) == (1, {"leads": 1}, [])


async def test_a_second_file_of_the_same_source_refers_to_the_first(world: World) -> None:
    exported = await world.exported(world.alice)
    for kind in KINDS:
        rows = [one for one in exported if _kind(one) == kind]
        _, refused = await world.take(lines(rows), creates_fields=True)
        assert refused == []

    again = await world.exported(world.charlie)
    assert without_ids(again) == without_ids(exported, world.maps)


def _kind(row: dict[str, Any]) -> str:
    parts = row["_links"]["self"]["href"].split("/")
    return str(parts[-2])


async def test_an_import_goes_on_behind_what_is_stored(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 4)
    page = {"_embedded": {"leads": [lead(n, price="x" if n % 5 == 0 else n) for n in range(1, 18)]}}
    text = json.dumps(page).encode()
    begun = await world.begin(text)
    kept: list[Refusal] = []

    def keep(behind: int, refusals: Any) -> int:
        kept[behind:] = refusals
        return len(kept)

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    for told in (stop, stop, lambda *_: None):
        begun = await world.begin(text)

        rows = read_rows(read_values(io.BytesIO(text)), None, begun.cursor)
        options = Options(maps=world.maps)
        running = Import(world.db, world.charlie, begun, options, "USD", keep, lambda: NOW)
        try:
            await running.run(rows, told)
        except KeyboardInterrupt:
            continue

    done = await world.begin(text)
    assert (done.counts, done.refused, done.finished_at) == ({"leads": 14}, 3, NOW)
    prices = [one["price"] for one in await world.exported(world.charlie, "leads")]
    assert prices == [n for n in range(1, 18) if n % 5]
    assert [one.row["id"] for one in kept] == [5, 10, 15]


async def test_two_at_once_do_not_import_the_same_file(world: World) -> None:
    text = lines([lead(1)])
    begun = await world.begin(text)
    await world.take(text)

    def late() -> Import:
        return Import(world.db, world.charlie, begun, Options(), "USD", lambda *_: 0, lambda: NOW)

    with pytest.raises(ImportOvertaken):
        await late().run(
            read_rows(read_values(io.BytesIO(text)), None, begun.cursor), lambda *_: None
        )
    assert await count(world.db, "leads where account_id = 2") == 1


async def test_beginning_anew_imports_everything_again(world: World) -> None:
    text = lines([lead(1), lead(2, price="x")])
    await world.take(text)
    done, refused = await world.take(text, restart=True)

    assert (done.counts, len(refused)) == ({"leads": 1}, 1)
    assert await count(world.db, "leads where account_id = 2") == 2


async def test_one_row_that_cannot_be_stored_with_others_goes_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which lead of a company is one too many shows only when they are stored."""
    monkeypatch.setattr("grantway.crm.links.service.MOST_LINKS", 3)
    company = {"id": 7, "_links": {"self": {"href": "https://old.example/api/v4/companies/7"}}}
    leads = [lead(n, _embedded={"companies": [{"id": 7}]}) for n in range(1, 6)]
    done, refused = await world.take(lines([company, *leads]))

    assert done.counts == {"companies": 1, "leads": 3}
    assert [one.line for one in refused] == [5, 6]
