"""Widgets of public integrations: in drafts, under review, published (contract: 6.3; S-138)."""

import msgspec
import pytest

from grantway.accounts import service as accounts
from grantway.accounts import technical
from grantway.accounts.actor import Actor
from grantway.accounts.model import Role
from grantway.db import Database
from grantway.installations import service as installations
from grantway.installing import service as installing
from grantway.installing.errors import WidgetNotFound
from grantway.integrations.errors import SettingsRefused, TechnicalAccountNeeded, WrongState
from grantway.kernel.errors import Forbidden
from grantway.moderation import archives, desk, drafts, forms, publication, submissions
from grantway.moderation import trials as tries
from grantway.moderation.archives import ArchiveChange
from grantway.moderation.desk import Moderator
from grantway.moderation.model import Content, Presentation, Version, encoded
from grantway.widgets import service as widgets
from grantway.widgets.model import FileChanges
from grantway.widgets.service import UNUSED_LIFETIME
from tests.contract.integration_cast import NOW, People, open_people
from tests.contract.version_cast import REASONS, RULES, make_draft, make_mo, newest, submit
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


@pytest.fixture
async def people(db: Database) -> People:
    return await open_people(db)


@pytest.fixture
async def mo(people: People) -> Moderator:
    async with people.db.write() as tx:
        return await make_mo(tx)


@pytest.fixture
async def draft(people: People) -> Version:
    return await make_draft(people)


async def publish(people: People, mo: Moderator, client_id: str) -> None:
    """Bring the newest draft before the public."""
    seen = await submit(people, await newest(people, client_id))
    async with people.db.write() as tx:
        await desk.approve(tx, mo, client_id, seen.number, seen.content_hash, NOW)
        await publication.publish(tx, people.dana, client_id, "other", NOW)


async def add_version(people: People, client_id: str) -> None:
    async with people.db.write() as tx:
        await drafts.add_version(tx, people.dana, client_id, NOW)


def test_what_has_no_archive_is_stored_as_it_was_before_there_were_any() -> None:
    page = Presentation(language="en", name="Parcels via Dana")
    without = Content(language="en", presentations=(page,), has_widget=True)

    assert "archive" not in encoded(without)
    assert "archive" in encoded(msgspec.structs.replace(without, archive="a" * 64))


async def test_a_draft_takes_the_upload_and_works_by_it(people: People, draft: Version) -> None:
    made = await upload(people, people.dana, draft.client_id)
    changed = await newest(people, draft.client_id)

    assert changed.content.archive == made.content_hash
    assert changed.content.has_widget
    assert changed.content_hash != draft.content_hash
    assert await version_in_force(people, draft.client_id) == "1.0.0"
    assert await may_read(people, made.code, 1, people.dana.account_id)
    assert not await may_read(people, made.code, 1, people.charlie.account_id)


async def test_only_a_draft_takes_uploads(people: People, mo: Moderator, draft: Version) -> None:
    client_id = draft.client_id
    await upload(people, people.dana, client_id)
    seen = await submit(people, await newest(people, client_id))
    with pytest.raises(WrongState):
        await upload(people, people.dana, client_id, archive("2"))
    async with people.db.write() as tx:
        await desk.reject(tx, mo, client_id, 1, seen.content_hash, REASONS, RULES, NOW)
    with pytest.raises(WrongState):
        await upload(people, people.dana, client_id, archive("2"))

    assert not await stored(people, people.dana, client_id, 2)
    await add_version(people, client_id)
    assert (await upload(people, people.dana, client_id, archive("2"))).number == 2


async def test_a_published_widget_is_everybodys_to_read_and_its_drafts_are_not(
    people: People, mo: Moderator, draft: Version
) -> None:
    client_id, bolt = draft.client_id, people.charlie.account_id
    code = (await upload(people, people.dana, client_id)).code
    await publish(people, mo, client_id)
    assert await may_read(people, code, 1, bolt)
    async with people.db.write() as tx:
        await installations.install(tx, people.charlie, client_id, NOW)
    await add_version(people, client_id)
    await upload(people, people.dana, client_id, archive("2"))

    # What is published is what works, also where it was made or is installed.
    assert await version_in_force(people, client_id) == "1.0.0"
    assert not await may_read(people, code, 2, bolt)
    assert await may_read(people, code, 2, people.dana.account_id)

    await publish(people, mo, client_id)
    assert await version_in_force(people, client_id) == "2"
    for number in (None, 1, 2):
        assert await may_read(people, code, number, bolt)


async def test_a_hidden_widget_is_read_where_it_is_installed(
    people: People, mo: Moderator, draft: Version
) -> None:
    client_id = draft.client_id
    code = (await upload(people, people.dana, client_id)).code
    await publish(people, mo, client_id)
    async with people.db.write() as tx:
        await installations.install(tx, people.charlie, client_id, NOW)
        await publication.hide(tx, mo, client_id, "It sends letters.", NOW)

    assert await may_read(people, code, 1, people.charlie.account_id)
    assert not await may_read(people, code, 1, people.alice.account_id)
    async with people.db.write() as tx:
        await installations.uninstall(tx, people.charlie, client_id, NOW)
    assert not await may_read(people, code, 1, people.charlie.account_id)


async def test_a_moderator_tries_the_widget_of_the_version_under_review(
    people: People, mo: Moderator, draft: Version
) -> None:
    client_id = draft.client_id
    code = (await upload(people, people.dana, client_id)).code
    await publish(people, mo, client_id)
    await add_version(people, client_id)
    await upload(people, people.dana, client_id, archive("2"))
    await submit(people, await newest(people, client_id))
    async with people.db.write() as tx:
        tried = await tries.begin(tx, mo, client_id, 2, NOW)

    at, by = tried.account.id, mo.user_id
    assert await version_in_force(people, client_id, at=at, by=by) == "2"
    assert await version_in_force(people, client_id) == "1.0.0"
    assert await may_read(people, code, 2, at, by=by)
    async with people.db.read() as reader:
        script = await widgets.file(reader, code, None, "manifest.json", at=at, by=by)
        assert script is not None
        assert script.number == 2

    async with people.db.write() as tx:
        await tries.end(tx, mo, client_id, NOW)
    assert not await may_read(people, code, 2, at, by=by)
    assert await version_in_force(people, client_id, at=at, by=by) == "1.0.0"


@pytest.mark.parametrize("is_published", [False, True])
async def test_whoever_else_is_let_into_a_trial_learns_nothing_of_what_is_tried(
    people: People, mo: Moderator, draft: Version, *, is_published: bool
) -> None:
    """By the list, by its code, or by its files, until it is installed there."""
    client_id = draft.client_id
    code = (await upload(people, people.dana, client_id)).code
    if is_published:
        await publish(people, mo, client_id)
        await add_version(people, client_id)
    last = await upload(people, people.dana, client_id, archive("2"))
    seen = await submit(people, await newest(people, client_id))
    async with people.db.write() as tx:
        tried = await tries.begin(tx, mo, client_id, seen.number, NOW)
        at = tried.account.id
        await accounts.add_user_to_account(tx, at, people.bob.user_id, Role.ADMINISTRATOR, NOW)
        found = [
            await accounts.actor_for(tx, at, one, "tests")
            for one in (mo.user_id, people.bob.user_id)
        ]
    by_mo, by_bob = [one for one in found if one is not None]

    async def told(actor: Actor) -> tuple[list[str], list[str], bool]:
        async with people.db.read() as reader:
            listed = await installing.known(reader, actor, 50, 0)
            try:
                single = [await installing.known_by_code(reader, actor, code)]
            except WidgetNotFound:
                single = []
        versions = [
            [one.state.widget.manifest.version for one in part] for part in (listed, single)
        ]
        may = await may_read(people, code, last.number, at, by=actor.user_id)
        return versions[0], versions[1], may

    before = [await told(by_mo), await told(by_bob)]
    async with people.db.write() as tx:
        await installations.install(tx, by_mo, client_id, NOW)
    after = [await told(by_mo), await told(by_bob)]
    is_tried = (["2"], ["2"], True)
    older = ["1.0.0"] if is_published else []

    assert before == [is_tried, (older, older, False)]
    assert after == [is_tried, is_tried]


async def test_other_forms_leave_the_archive_alone(people: People, draft: Version) -> None:
    client_id = draft.client_id
    made = await upload(people, people.dana, client_id)
    seen = await newest(people, client_id)
    settings = msgspec.structs.replace(seen.content.settings, owner_name="Dana Labs S.L.")
    async with people.db.write() as tx:
        await forms.write_settings(tx, people.dana, client_id, settings, NOW)
    assert (await newest(people, client_id)).content.archive == made.content_hash

    async with people.db.write() as tx:
        without = msgspec.structs.replace(settings, has_widget=False)
        await forms.write_settings(tx, people.dana, client_id, without, NOW)
    assert (await newest(people, client_id)).content.archive == ""
    assert await in_force(people, client_id) is None


@pytest.mark.parametrize("wrong", ["a" * 64, "../x", "\0"])
async def test_a_draft_names_only_archives_of_its_own(
    people: People, draft: Version, wrong: str
) -> None:
    await upload(people, people.alice, await make_private(people))
    for name in (wrong, archive().hash):
        content = msgspec.structs.replace(draft.content, archive=name, has_widget=True)
        with pytest.raises(SettingsRefused, match="archive"):
            async with people.db.write() as tx:
                await drafts.save(
                    tx, people.dana, draft.client_id, content, NOW, seen_hash=draft.content_hash
                )
    await upload(people, people.dana, draft.client_id)
    assert (await newest(people, draft.client_id)).content.archive == archive().hash


async def test_a_deleted_draft_gives_the_archive_before_it_back(
    people: People, draft: Version
) -> None:
    client_id = draft.client_id
    await upload(people, people.dana, client_id)
    await submit(people, await newest(people, client_id))
    async with people.db.write() as tx:
        await submissions.withdraw(tx, people.dana, client_id, NOW)
    await add_version(people, client_id)
    await upload(people, people.dana, client_id, archive("2"))
    assert await version_in_force(people, client_id) == "2"
    async with people.db.write() as tx:
        await drafts.delete_version(tx, people.dana, client_id, NOW)

    assert await version_in_force(people, client_id) == "1.0.0"
    await sweep(people, NOW + UNUSED_LIFETIME + 1)
    assert await stored(people, people.dana, client_id, 1)
    assert not await stored(people, people.dana, client_id, 2)


async def test_what_versions_use_is_kept(people: People, mo: Moderator, draft: Version) -> None:
    client_id = draft.client_id
    await upload(people, people.dana, client_id)
    await upload(people, people.dana, client_id, archive("2"))
    await publish(people, mo, client_id)
    await add_version(people, client_id)
    await upload(people, people.dana, client_id, archive("3"))
    await publish(people, mo, client_id)
    await sweep(people, NOW + 9 * UNUSED_LIFETIME)

    kept = [await stored(people, people.dana, client_id, n) for n in (1, 2, 3)]
    assert kept == [False, True, True]


async def test_only_administrators_of_a_technical_account_upload(
    people: People, draft: Version
) -> None:
    for actor in (people.alice, people.charlie):
        with pytest.raises(Exception, match="Integration not found"):
            await upload(people, actor, draft.client_id)
    with pytest.raises(Forbidden):
        await upload(people, people.bob, draft.client_id)
    async with people.db.write() as tx:
        await technical.end(tx, people.dana.account_id, NOW)
    with pytest.raises(TechnicalAccountNeeded):
        await upload(people, people.dana, draft.client_id)


async def test_what_changed_in_an_archive(people: People, mo: Moderator, draft: Version) -> None:
    client_id = draft.client_id
    await upload(people, people.dana, client_id, archive(old=b"1", both=b"1"))
    await publish(people, mo, client_id)
    first = await newest(people, client_id)
    await add_version(people, client_id)
    second = await newest(people, client_id)
    async with people.db.read() as reader:
        assert await archives.change(reader, first, second) is None
        mine = people.dana.account_id
        assert await widgets.number_of_version(reader, mine, client_id, second.number) == 1
    await upload(people, people.dana, client_id, archive("2", new=b"1", both=b"2"))
    async with people.db.read() as reader:
        found = await archives.change(reader, first, await newest(people, client_id))
        fresh = await archives.change(reader, None, first)
        last = await archives.newest(reader, people.dana, client_id)

    async with people.db.read() as reader:
        told = await archives.differences_told(reader, first, await newest(people, client_id))
        whole = await archives.differences_told(reader, None, first)
    (shown,) = [one for one in told if one.field == "archive"]
    assert shown.before == "Version 1.0.0, upload 1"
    assert shown.after.split("\n") == [
        "Version 2, upload 2 (files: 1 added, 2 changed, 1 removed)",
        "+ new.js",
        "~ both.js",
        "~ manifest.json",
        "- old.js",
    ]
    assert [one.after for one in whole if one.field == "archive"] == [
        "Version 1.0.0, upload 1 (files: 11)"
    ]
    assert isinstance(found, ArchiveChange)
    assert found.before is not None
    assert found.after is not None
    assert (found.before.manifest.version, found.after.manifest.version) == ("1.0.0", "2")
    assert found.files == FileChanges(("new.js",), ("both.js", "manifest.json"), ("old.js",))
    assert fresh is not None
    assert fresh.before is None
    assert "script.js" in fresh.files.added
    assert last == found.after


async def test_who_published_the_same(people: People, mo: Moderator, draft: Version) -> None:
    await upload(people, people.dana, draft.client_id)

    async def elsewhere(account_id: int) -> list[str]:
        async with people.db.read() as reader:
            return await widgets.published_elsewhere(reader, account_id, archive().hash)

    assert await elsewhere(people.alice.account_id) == []
    await publish(people, mo, draft.client_id)
    assert await elsewhere(people.alice.account_id) == ["Parcel tracker"]
    assert await elsewhere(people.dana.account_id) == []
