"""Pictures that are stored, used and swept, on both databases."""

import asyncio
import hashlib

import pytest

from grantway.db import Database
from grantway.kernel.errors import Forbidden
from grantway.moderation import drafts
from grantway.moderation.model import Version
from grantway.pictures import service as pictures
from grantway.pictures.errors import PictureUnknown, TooManyPictures
from grantway.pictures.model import Picture, PictureFacts
from grantway.pictures.service import MAX_UNUSED, UNUSED_LIFETIME
from tests.contract.integration_cast import NOW, People, open_people
from tests.contract.version_cast import make_draft

DAY_LATER = NOW + UNUSED_LIFETIME


@pytest.fixture
async def people(db: Database) -> People:
    return await open_people(db)


def picture(n: int, kind: str = "icon") -> Picture:
    """Return a picture as reading would have made it; what is in it does not matter here."""
    content = b"\x89PNG\0" + n.to_bytes(4)
    return Picture(
        kind=kind,
        width=400,
        height=272,
        margin_is_plain=n % 2 == 0,
        hash=hashlib.sha256(content).hexdigest(),
        content=content,
    )


async def add(people: People, *numbers: int, now: int = NOW) -> list[str]:
    async with people.db.write() as tx:
        return [await pictures.add(tx, people.dana, picture(n), now) for n in numbers]


async def use(people: People, version: Version, *hashes: str, now: int = NOW) -> None:
    account_id = people.dana.account_id
    async with people.db.write() as tx:
        await pictures.use(tx, account_id, version.client_id, version.number, hashes, now)


async def sweep(people: People, now: int) -> int:
    async with people.db.write() as tx:
        return await pictures.sweep(tx, now)


async def stored(people: People, *hashes: str) -> list[bool]:
    async with people.db.read() as reader:
        return [await pictures.find(reader, one) is not None for one in hashes]


async def kept_draft(people: People, name: str = "Parcel tracker") -> Version:
    """Return a draft that is stored as a version."""
    draft = await make_draft(people, name=name)
    async with people.db.write() as tx:
        return await drafts.held(tx, people.dana, draft.client_id)


async def test_what_is_added_can_be_read_by_its_name(people: People) -> None:
    even, odd = await add(people, 2, 3)
    async with people.db.read() as reader:
        content = await pictures.find(reader, even)
        nothing = await pictures.find(reader, "0" * 64)
        facts = await pictures.facts(reader, [even, odd, "0" * 64])

    assert (content, nothing) == (picture(2).content, None)
    assert facts == {
        even: PictureFacts("image/png", 400, 272, margin_is_plain=True, size=9),
        odd: PictureFacts("image/png", 400, 272, margin_is_plain=False, size=9),
    }


async def test_of_no_pictures_nothing_is_known(people: People) -> None:
    async with people.db.read() as reader:
        assert await pictures.facts(reader, []) == {}


async def test_only_administrators_add_pictures(people: People) -> None:
    with pytest.raises(Forbidden):
        async with people.db.write() as tx:
            await pictures.add(tx, people.bob, picture(1), NOW)

    async with people.db.write() as tx:
        assert await pictures.add(tx, people.alice, picture(1), NOW) == picture(1).hash


async def test_adding_again_changes_nothing_but_the_day(people: People) -> None:
    first = await add(people, 1, 1)
    again = await add(people, 1, now=NOW + 100)

    assert set(first + again) == {picture(1).hash}
    assert await sweep(people, DAY_LATER + 100) == 0
    assert await sweep(people, DAY_LATER + 101) == 1


async def test_those_who_add_the_same_at_once_all_have_it(people: People) -> None:
    hashes = await asyncio.gather(*(add(people, 1) for _ in range(5)))

    assert hashes == [[picture(1).hash]] * 5


async def test_an_account_keeps_so_many_unused_pictures_and_no_more(people: People) -> None:
    draft = await kept_draft(people)
    hashes = await add(people, *range(MAX_UNUSED))

    with pytest.raises(TooManyPictures):
        await add(people, MAX_UNUSED)
    assert await add(people, 0) == hashes[:1]  # it is there
    async with people.db.write() as tx:  # others have their own
        await pictures.add(tx, people.alice, picture(MAX_UNUSED), NOW)
    await use(people, draft, hashes[0])
    await add(people, MAX_UNUSED)


async def test_of_two_who_add_the_last_one_at_once_the_second_is_refused(people: People) -> None:
    await add(people, *range(MAX_UNUSED - 1))
    async with people.db.write() as tx:
        await pictures.add(tx, people.dana, picture(MAX_UNUSED), NOW)
        second = asyncio.create_task(add(people, MAX_UNUSED + 1))
        await asyncio.sleep(0.1)  # it counts now, or waits for its turn

    with pytest.raises(TooManyPictures):
        await second


async def test_unused_pictures_go_after_a_day(people: People) -> None:
    draft = await kept_draft(people)
    used, unused = await add(people, 1, 2)
    await use(people, draft, used)

    assert await sweep(people, DAY_LATER) == 0
    assert await stored(people, used, unused) == [True, True]
    assert await sweep(people, DAY_LATER + 1) == 1
    assert await stored(people, used, unused) == [True, False]
    assert await sweep(people, DAY_LATER * 2) == 0


async def test_using_others_gives_the_former_another_day(people: People) -> None:
    draft = await kept_draft(people)
    first, second = await add(people, 1, 2)
    await use(people, draft, first)
    await use(people, draft, second, now=DAY_LATER * 2)

    assert await sweep(people, DAY_LATER * 2 + 1) == 0
    assert await sweep(people, DAY_LATER * 2 + UNUSED_LIFETIME + 1) == 1
    assert await stored(people, first, second) == [False, True]


async def test_a_version_may_use_a_picture_in_several_places_and_then_none(people: People) -> None:
    draft = await kept_draft(people)
    (one,) = await add(people, 1)
    await use(people, draft, one, one)
    await use(people, draft)

    assert await sweep(people, DAY_LATER + 1) == 1


async def test_what_another_version_uses_stays(people: People) -> None:
    """In turn and at once: neither waits for the other in a circle."""
    drafts_ = [await kept_draft(people, f"Parcel tracker {n}") for n in range(4)]
    hashes = await add(people, *range(6))
    await asyncio.gather(*(use(people, draft, *hashes) for draft in drafts_))
    await asyncio.gather(*(use(people, draft) for draft in drafts_[1:]))

    assert await sweep(people, DAY_LATER + 1) == 0
    await use(people, drafts_[0])
    assert await sweep(people, DAY_LATER + 1) == 6


async def test_a_picture_that_is_not_stored_cannot_be_used(people: People) -> None:
    draft = await kept_draft(people)
    one, other = await add(people, 1, 2)
    await use(people, draft, one)

    with pytest.raises(PictureUnknown) as refused:
        await use(people, draft, other, "0" * 64)
    assert refused.value.hashes == {"0" * 64}
    # Nothing has changed: the one is still used, and the other is not.
    assert await sweep(people, DAY_LATER + 1) == 1
    assert await stored(people, one, other) == [True, False]


async def test_a_picture_of_another_account_has_to_be_added_first(people: People) -> None:
    draft = await kept_draft(people)
    async with people.db.write() as tx:
        theirs = await pictures.add(tx, people.alice, picture(1), NOW)

    with pytest.raises(PictureUnknown):
        await use(people, draft, theirs)
    await add(people, 1)
    await use(people, draft, theirs)
    assert await sweep(people, DAY_LATER + 1) == 1  # theirs, and ours is in use
    assert await stored(people, theirs) == [True]


async def test_what_a_removed_version_used_is_not_used_any_more(people: People) -> None:
    draft = await kept_draft(people)
    kept, gone = await add(people, 1, 2)
    await use(people, draft, kept)
    async with people.db.write() as tx:
        await tx.change(
            "update versions set state = 'withdrawn' where client_id = :client_id",
            client_id=draft.client_id,
        )
        second = await drafts.add_version(tx, people.dana, draft.client_id, NOW)
    await use(people, second, kept, gone)
    async with people.db.write() as tx:
        await drafts.delete_version(tx, people.dana, draft.client_id, NOW)

    assert await sweep(people, DAY_LATER + 1) == 1
    assert await stored(people, kept, gone) == [True, False]


async def test_a_sweep_and_a_use_at_once_leave_nothing_without_its_picture(
    people: People,
) -> None:
    draft = await kept_draft(people)
    for n in range(10):
        (one,) = await add(people, n)
        swept, used = await asyncio.gather(
            sweep(people, DAY_LATER + 1),
            use(people, draft, one, now=DAY_LATER + 1),
            return_exceptions=True,
        )
        is_stored = (await stored(people, one))[0]

        assert isinstance(swept, int)
        assert is_stored == (used is None)
        assert used is None or isinstance(used, PictureUnknown)
        await use(people, draft, now=NOW)
        await sweep(people, DAY_LATER * 3)
