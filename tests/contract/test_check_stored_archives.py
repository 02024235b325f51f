"""Checks of archives that are stored: what is loaded for them, and how often they run."""

import asyncio
from collections import OrderedDict

import msgspec
import pytest

from grantway.db import Database, Reader
from grantway.kernel.addresses import Addresses
from grantway.marketplace import vetting
from grantway.moderation import desk, publication, submissions
from grantway.moderation.checks.checklist import check_version
from grantway.moderation.checks.errors import NotReady
from grantway.moderation.checks.gathering import archive_of
from grantway.moderation.checks.model import Report, Surroundings
from grantway.moderation.model import Version
from grantway.widgets.archives.model import Archive
from tests.contract.integration_cast import NOW, People, open_people
from tests.contract.version_cast import make_draft, make_mo, newest, submit
from tests.contract.widget_cast import archive, upload

ADDRESSES = Addresses("https", "kommo.com", 443)
CALLS_EVAL = b"define([]);\neval(1);\n"


@pytest.fixture
async def people(db: Database) -> People:
    return await open_people(db)


@pytest.fixture
async def draft(people: People) -> Version:
    return await make_draft(people)


async def reported(people: People, version: Version) -> Report:
    async with people.db.read() as reader:
        asked = await vetting.question(reader, version, ADDRESSES)
    return await vetting.answer(asked, people.db.read)


def places(report: Report, rule: str) -> list[str]:
    return [one.place for one in report.findings if one.rule == rule]


async def test_findings_in_a_stored_archive_have_a_file_and_a_line(
    people: People, draft: Version
) -> None:
    assert places(await reported(people, draft), "A9") == []

    await upload(people, people.dana, draft.client_id, archive(bad=CALLS_EVAL))
    bad = await newest(people, draft.client_id)
    report = await reported(people, bad)

    assert report.content_hash == bad.content_hash
    assert places(report, "A9") == ["bad.js:2"]
    async with people.db.write() as tx:
        with pytest.raises(NotReady, match=r"A9 bad\.js:2: eval runs"):
            await submissions.request_review(tx, people.dana, draft.client_id, report, NOW)

    await upload(people, people.dana, draft.client_id, archive(good=b"define([]);\n"))
    assert places(await reported(people, await newest(people, draft.client_id)), "A9") == []


async def test_an_archive_is_checked_once_and_the_page_goes_on_meanwhile(
    people: People, draft: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    await upload(people, people.dana, draft.client_id, archive(once=CALLS_EVAL))
    version = await newest(people, draft.client_id)
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    counting = asyncio.create_task(count())
    first = await reported(people, version)
    counting.cancel()

    def refuse(*_: object) -> Report:
        raise AssertionError("it was checked again")

    monkeypatch.setattr(vetting, "check_version", refuse)
    async with people.db.read() as reader:
        asked = await vetting.question(reader, version, ADDRESSES)
    assert await vetting.answer(asked, people.db.read) == first
    # While a child process took the archive apart, others had their turns.
    assert turns > 100


async def test_few_archives_are_loaded_at_once_and_each_for_all_who_ask(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = []
    for n in range(4):
        one = await make_draft(people)
        await upload(people, people.dana, one.client_id, archive(many=b"define([%d]);\n" % n))
        versions.append(await newest(people, one.client_id))
    loading: set[str] = set()
    most: list[int] = []

    async def load(reader: Reader, version: Version) -> Archive | None:
        loading.add(version.client_id)
        most.append(len(loading))
        return await archive_of(reader, version)

    def check(version: Version, around: Surroundings) -> Report:
        report = check_version(version, around)
        loading.remove(version.client_id)
        return report

    monkeypatch.setattr(vetting, "_kept", OrderedDict())
    monkeypatch.setattr(vetting, "archive_of", load)
    monkeypatch.setattr(vetting, "check_version", check)
    reports = await asyncio.gather(*(reported(people, one) for one in versions * 3))

    assert [one.content_hash for one in reports] == [one.content_hash for one in versions * 3]
    assert len(most) == len(versions)
    assert max(most) == 2


async def test_what_another_account_published_is_told(people: People, draft: Version) -> None:
    await upload(people, people.dana, draft.client_id)
    async with people.db.write() as tx:
        mo = await make_mo(tx)
    seen = await submit(people, await newest(people, draft.client_id))
    async with people.db.write() as tx:
        await desk.approve(tx, mo, draft.client_id, seen.number, seen.content_hash, NOW)
        await publication.publish(tx, people.dana, draft.client_id, "other", NOW)
    published = await newest(people, draft.client_id)
    copied = msgspec.structs.replace(published, account_id=people.charlie.account_id)

    assert places(await reported(people, published), "G6") == []
    assert places(await reported(people, copied), "G6") == [""]
