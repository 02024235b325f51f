"""Checks of what is stored: what the database tells them, and what a review makes of them."""

import io

import msgspec
import pytest
from PIL import Image

from grantway.db import Database, Transaction
from grantway.kernel.addresses import Addresses
from grantway.marketplace.vetting import report_on
from grantway.moderation import drafts, submissions
from grantway.moderation.checks.checklist import check_version
from grantway.moderation.checks.errors import NotReady
from grantway.moderation.checks.gathering import surroundings_of
from grantway.moderation.checks.model import Report
from grantway.moderation.model import Version
from grantway.moderation.states import State
from grantway.pictures import service as pictures
from grantway.pictures.model import KINDS
from grantway.pictures.reading import read
from tests.contract.integration_cast import NOW, People, open_people
from tests.contract.listing_cast import list_it
from tests.contract.version_cast import make_draft, make_mo, newest

ADDRESSES = Addresses("https", "kommo.com", 443)


@pytest.fixture
async def people(db: Database) -> People:
    return await open_people(db)


async def add_picture(tx: Transaction, people: People, kind: str) -> str:
    drawn = io.BytesIO()
    Image.new("RGB", KINDS[kind].size, "white").save(drawn, "PNG")
    return await pictures.add(tx, people.dana, read(drawn.getvalue(), kind), NOW)


async def finish(people: People, draft: Version, **changes: object) -> Version:
    """Fill in what a draft of the cast lacks."""
    async with people.db.write() as tx:
        added = {kind: await add_picture(tx, people, kind) for kind in KINDS}
        main = msgspec.structs.replace(
            draft.content.main,
            **{
                "name": "Parcels via Dana",
                "description": "Shows each parcel. Connect at https://parcel.example/connect",
                "support_uri": "https://parcel.example/help",
                "support_email": "help@parcel.example",
                "icon": added["icon"],
                "logo": added["logo"],
                "gallery": (added["slide"],),
                **changes,
            },
        )
        content = draft.content.with_presentation(main)
        return await drafts.save(
            tx, people.dana, draft.client_id, content, NOW, seen_hash=draft.content_hash
        )


async def checked(people: People, version: Version) -> Report:
    async with people.db.read() as reader:
        return check_version(version, await surroundings_of(reader, version, ADDRESSES))


async def test_an_unfinished_draft_is_not_reviewed_and_a_finished_one_is(people: People) -> None:
    draft = await make_draft(people)
    report = await checked(people, draft)

    with pytest.raises(NotReady, match="C1 icon: The icon: nothing is filled in"):
        async with people.db.write() as tx:
            await submissions.request_review(tx, people.dana, draft.client_id, report, NOW)
    finished = await finish(people, draft)
    report = await checked(people, finished)
    async with people.db.write() as tx:
        await submissions.request_review(tx, people.dana, draft.client_id, report, NOW)

    assert report.findings == ()
    assert report.content_hash == finished.content_hash
    assert (await newest(people, draft.client_id)).state == State.IN_REVIEW


async def test_pictures_are_known_by_what_is_stored_of_them(people: People) -> None:
    finished = await finish(people, await make_draft(people))
    one = finished.content.main
    mixed_up = msgspec.structs.replace(one, icon=one.logo, logo=one.icon)
    content = finished.content.with_presentation(mixed_up)
    async with people.db.write() as tx:
        exchanged = await drafts.save(
            tx, people.dana, finished.client_id, content, NOW, seen_hash=finished.content_hash
        )

    found = (await checked(people, exchanged)).findings

    assert [(one.rule, one.field) for one in found] == [("I1", "icon"), ("I1", "logo")]
    assert (await checked(people, finished)).findings == ()


async def test_the_platform_is_called_by_its_domain_too(people: People) -> None:
    draft = await make_draft(people)

    named = await checked(people, await finish(people, draft, name="Kommo parcels via Dana"))
    (found,) = named.findings

    assert (found.rule, found.field) == ("N4", "name")


async def test_another_version_has_to_differ_from_the_published_one(people: People) -> None:
    finished = await finish(people, await make_draft(people))
    async with people.db.write() as tx:
        await tx.change("update versions set state = 'published'")
        again = await drafts.add_version(tx, people.dana, finished.client_id, NOW)
    published = msgspec.structs.replace(finished, state=State.PUBLISHED)

    assert [one.rule for one in (await checked(people, again)).findings] == ["A5"]
    assert (await checked(people, published)).findings == ()


async def test_names_that_look_like_those_in_the_marketplace_are_told_of_others(
    people: People,
) -> None:
    async with people.db.write() as tx:
        mo = await make_mo(tx)
    listed = await list_it(people, mo, ("Letters via Dana", "Letters beside your leads"))
    alike = await finish(people, await make_draft(people), name="Leters via Dana")
    apart = await finish(people, await make_draft(people), name="Invoices via Dana")
    itself = await newest(people, listed)

    async with people.db.read() as reader:
        (found,) = (await report_on(reader, alike, ADDRESSES)).findings
        others = [await report_on(reader, one, ADDRESSES) for one in (apart, itself)]

    assert (found.rule, found.place) == ("N5", "en/name")
    assert "Letters via Dana" in found.text
    assert "N5" not in {one.rule for report in others for one in report.findings}
