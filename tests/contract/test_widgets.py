"""Archives of widgets that are stored, in force, read and swept (S-130, S-138)."""

import asyncio
import random

import pytest

from grantway.db import Database, Reader
from grantway.installing.wording import texts_of
from grantway.integrations import service as integrations
from grantway.integrations import states
from grantway.integrations.errors import IntegrationNotFound, WrongState
from grantway.kernel.errors import Forbidden
from grantway.widgets import file_store
from grantway.widgets import service as widgets
from grantway.widgets.archives.reading import read_archive
from grantway.widgets.errors import TooMuchStored
from grantway.widgets.model import StoredArchive, StoredFile
from grantway.widgets.service import MAX_UNUSED, UNUSED_LIFETIME
from tests.contract.crm_cast import audited
from tests.contract.integration_cast import NOW, People, open_people
from tests.contract.widget_cast import (
    archive,
    in_force,
    make_private,
    may_read,
    stored,
    sweep,
    upload,
    version_in_force,
)
from tests.widget_archives import SCRIPT, manifest, widget_files, widget_zip

DAY_LATER = NOW + UNUSED_LIFETIME + 1


@pytest.fixture
async def people(db: Database) -> People:
    return await open_people(db)


@pytest.fixture
async def client_id(people: People) -> str:
    return await make_private(people)


async def test_an_upload_of_a_private_integration_is_in_force_at_once(
    people: People, client_id: str
) -> None:
    assert await in_force(people, client_id) is None
    made = await upload(people, people.alice, client_id)
    found = await in_force(people, client_id)

    assert found is not None
    assert (made.number, made.is_new, made.warnings) == (1, True, ())
    assert (found.account_id, found.client_id, found.code) == (
        people.alice.account_id,
        client_id,
        made.code,
    )
    assert (found.number, found.content_hash) == (1, archive().hash)
    assert found.manifest == archive().manifest
    async with people.db.read() as reader:
        assert await widgets.of_code(reader, made.code) == found
        assert await widgets.of_code(reader, "w" * 16) is None
    said = await audited(people.db, people.alice.account_id)
    assert ("widget.uploaded", f"{client_id} 1") in said


async def test_uploads_are_numbered_and_the_same_files_are_the_same_upload(
    people: People, client_id: str
) -> None:
    first = await upload(people, people.alice, client_id)
    second = await upload(people, people.alice, client_id, archive("2"))
    again = await upload(people, people.alice, client_id)

    assert [(one.number, one.is_new) for one in (first, second, again)] == [
        (1, True),
        (2, True),
        (1, False),
    ]
    assert len({one.code for one in (first, second, again)}) == 1
    assert await version_in_force(people, client_id) == "1.0.0"


async def test_every_widget_has_a_code_and_a_number_of_its_own(people: People) -> None:
    made = [await upload(people, people.alice, await make_private(people)) for _ in range(2)]
    widgets_ = [await in_force(people, one) for one in (await _mine(people))]

    assert len({one.code for one in made}) == 2
    assert len({one.id for one in widgets_ if one is not None}) == 2


async def _mine(people: People) -> list[str]:
    async with people.db.read() as reader:
        return [one.client_id for one in await integrations.made_in(reader, people.alice)]


async def test_the_files_of_an_upload_come_back_as_they_were(
    people: People, client_id: str
) -> None:
    made = await upload(people, people.alice, client_id)
    async with people.db.read() as reader:
        found = await widgets.load(reader, people.alice.account_id, client_id, made.content_hash)
        nothing = await widgets.load(reader, people.bob.account_id, client_id, "0" * 64)
        script = await widgets.file(reader, made.code, None, "script.js")
        by_number = await widgets.file(reader, made.code, 1, "script.js")

    assert found == archive()
    assert nothing is None
    assert script is not None
    assert script == by_number
    assert (script.content, script.is_open, script.number) == (SCRIPT, False, 1)


@pytest.mark.parametrize(
    ("number", "path"),
    [
        (None, "Script.js"),
        (None, "missing.js"),
        (None, ""),
        (None, "../1/script.js"),
        (None, "images"),
        (2, "script.js"),
        (0, "script.js"),
        (-1, "script.js"),
        (2**31, "script.js"),
        (2**70, "script.js"),
    ],
)
async def test_files_that_are_not_there(
    people: People, client_id: str, number: int | None, path: str
) -> None:
    made = await upload(people, people.alice, client_id)
    async with people.db.read() as reader:
        assert await widgets.file(reader, made.code, number, path) is None


async def test_each_content_is_stored_once_in_an_account(people: People) -> None:
    for n in range(3):
        await upload(people, people.alice, await make_private(people), archive(str(n)))
    other = await make_private(people, people.charlie)
    await upload(people, people.charlie, other, archive())
    async with people.db.read() as reader:
        counted = await reader.value(
            "select count(*) from widget_blobs where account_id = :id", id=people.alice.account_id
        )

    # The manifests differ, and everything else is the same.
    assert counted == len(set(widget_files().values())) + 2


async def test_an_upload_that_fails_leaves_nothing(
    people: People, client_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(widgets, "MAX_STORED", -1)
    with pytest.raises(TooMuchStored):
        await upload(people, people.alice, client_id)

    assert await in_force(people, client_id) is None
    async with people.db.read() as reader:
        for table in ("widgets", "widget_archives", "widget_blobs", "widget_files"):
            assert await reader.value(f"select count(*) from {table}") == 0


async def test_texts_are_told_as_they_were_read_at_the_upload(
    people: People, client_id: str
) -> None:
    said = b'{"a":1e400,"a":"\\ud83d","a":"Parcels"}'
    odd = read_archive(widget_zip({"i18n/en.json": said}))
    await upload(people, people.alice, client_id, odd)
    found = await in_force(people, client_id)
    assert found is not None
    async with people.db.read() as reader:
        assert await texts_of(reader, found, ["en"]) == odd.texts["en"] == {"a": "Parcels"}


# Who may.


async def test_only_administrators_of_its_account_upload(people: People, client_id: str) -> None:
    with pytest.raises(Forbidden):
        await upload(people, people.bob, client_id)
    with pytest.raises(IntegrationNotFound):
        await upload(people, people.charlie, client_id)
    assert (await upload(people, people.alice, client_id)).number == 1


async def test_private_files_are_read_in_their_own_account_alone(
    people: People, client_id: str
) -> None:
    made = await upload(people, people.alice, client_id)

    for number in (None, 1):
        assert await may_read(people, made.code, number, people.alice.account_id)
        assert not await may_read(people, made.code, number, people.charlie.account_id)


async def test_an_integration_that_was_stopped_or_deleted_has_no_widget(
    people: People, client_id: str
) -> None:
    made = await upload(people, people.alice, client_id)
    async with people.db.write() as tx:
        await states.disable(tx, client_id, "Abuse", NOW)
    assert await in_force(people, client_id) is None
    assert not await may_read(people, made.code, 1, people.alice.account_id)
    with pytest.raises(WrongState):
        await upload(people, people.alice, client_id)
    async with people.db.write() as tx:
        await states.enable(tx, client_id, NOW)
    assert await may_read(people, made.code, 1, people.alice.account_id)

    async with people.db.write() as tx:
        await integrations.delete(tx, people.alice, client_id, NOW)
    assert not await may_read(people, made.code, 1, people.alice.account_id)
    assert await sweep(people, DAY_LATER) > 0
    assert not await stored(people, people.alice, client_id, 1)


async def test_what_a_private_widget_may_not_have_is_told(people: People, client_id: str) -> None:
    menu = read_archive(widget_zip({"manifest.json": manifest(locations=["widget_page"])}))
    made = await upload(people, people.alice, client_id, menu)

    assert [one.code for one in made.warnings] == ["LOCATIONS"]


# What nothing refers to.


async def test_what_is_not_in_force_any_more_goes_after_a_day(
    people: People, client_id: str
) -> None:
    await upload(people, people.alice, client_id)
    await upload(people, people.alice, client_id, archive("2"), now=NOW + 100)

    assert await sweep(people, DAY_LATER) == 0
    # The archive, and its manifest: the new one has the other files as well.
    assert await sweep(people, DAY_LATER + 100) == 2
    assert not await stored(people, people.alice, client_id, 1)
    assert await version_in_force(people, client_id) == "2"
    assert (await upload(people, people.alice, client_id)).number == 3


async def test_what_goes_while_it_is_read_is_not_there(
    people: People, client_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await upload(people, people.alice, client_id, archive(old=b"1"))
    await upload(people, people.alice, client_id)
    whole = people.alice.account_id, client_id, made.content_hash
    list_files = widgets.files_of

    async def and_sweep(reader: Reader, archive: StoredArchive) -> list[StoredFile]:
        found = await list_files(reader, archive)
        await sweep(people, DAY_LATER)
        return found

    async with people.db.read() as reader:
        row = await widgets.locate(reader, made.code, 1, "old.js")
        assert row is not None
        assert await widgets.content_of(reader, row) == b"1"
        assert await widgets.load(reader, *whole) is not None
        monkeypatch.setattr(widgets, "files_of", and_sweep)
        assert await widgets.load(reader, *whole) is None
        assert await widgets.content_of(reader, row) is None


@pytest.mark.parametrize("wanted", [("a" * 64, "b" * 64), ("b" * 64, "a" * 64)])
async def test_a_sweep_and_an_upload_do_not_wait_for_each_other(
    people: People, wanted: tuple[str, str]
) -> None:
    """What is wanted again in that moment stays, in whichever order; what is not goes."""
    account_id = people.alice.account_id
    async with people.db.write() as tx:
        for content_hash in ("a" * 64, "b" * 64, "c" * 64):
            await file_store.add_blob(tx, account_id, content_hash, b"x", NOW)

    async with people.db.write() as tx:
        await file_store.lock_adding(tx, account_id)
        await file_store.want_blobs(tx, account_id, wanted[:1], DAY_LATER)
        sweeping = asyncio.create_task(sweep(people, DAY_LATER))
        await asyncio.sleep(0.2)
        found = await file_store.want_blobs(tx, account_id, wanted[1:], DAY_LATER)
    swept = await sweeping

    assert (found, swept) == ([wanted[1]], 1)
    async with people.db.read() as reader:
        kept = await reader.column("select hash from widget_blobs order by hash")
    assert kept == sorted(wanted)


async def test_of_many_uploads_the_oldest_go_at_once(people: People, client_id: str) -> None:
    for n in range(MAX_UNUSED + 3):
        await upload(people, people.alice, client_id, archive(str(n)))

    numbers = range(1, MAX_UNUSED + 4)
    kept = [n for n in numbers if await stored(people, people.alice, client_id, n)]
    assert kept == list(numbers)[2:]


async def test_uploads_that_share_many_files_do_not_stop_each_other(people: People) -> None:
    chance = random.Random(5)
    shared = {f"f{n}": b"%d" % n for n in range(1100)}
    mine = [await make_private(people) for _ in range(4)]
    archives = [
        archive(str(n), **{name: shared[name] for name in chance.sample(sorted(shared), 600)})
        for n in range(8)
    ]
    made = await asyncio.gather(
        *(upload(people, people.alice, mine[n % 4], one) for n, one in enumerate(archives))
    )

    assert [one.number for one in made].count(2) == 4


async def test_two_uploads_at_once_are_both_kept(people: People, client_id: str) -> None:
    made = await asyncio.gather(
        *(upload(people, people.alice, client_id, archive(str(n))) for n in range(5))
    )

    assert sorted(one.number for one in made) == [1, 2, 3, 4, 5]
    assert len({one.code for one in made}) == 1
