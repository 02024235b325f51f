"""E-mail of notices: whose is due, who sends it, and what floods nobody."""

import asyncio

import pytest

from grantway.db import Database
from grantway.notices import mailing
from grantway.notices import service as notices
from grantway.notices.model import (
    CLAIM_LIFETIME,
    MAIL_LIFETIME,
    MAILS_AN_HOUR,
    MAX_TRIES,
    MOST_ALIKE,
    RETRIES,
    Kind,
)
from tests.contract.integration_cast import NOW, People, open_people
from tests.contract.notice_cast import DAY, REVIEW, claim, mail_states, tell, told


@pytest.fixture
async def people(db: Database) -> People:
    return await open_people(db)


async def test_of_several_postmen_each_gets_others(people: People) -> None:
    for _ in range(12):
        await tell(people)
    found = await asyncio.gather(*(claim(people, limit=5) for _ in range(6)))
    found.append(await claim(people))
    ids = [one.notice.id for some in found for one in some]

    assert len(ids) == len(set(ids)) == 12
    assert await claim(people) == []


async def test_what_somebody_claimed_and_did_not_live_to_send_is_sent_by_another(
    people: People,
) -> None:
    await tell(people)
    (lost,) = await claim(people)
    before = await claim(people, NOW + CLAIM_LIFETIME - 1)
    (again,) = await claim(people, NOW + CLAIM_LIFETIME)
    async with people.db.write() as tx:
        # The first one lives after all, and is late to tell: the other has it now.
        await mailing.note_put_off(tx, lost, NOW + CLAIM_LIFETIME)
    assert before == []
    assert (again.notice, again.tries) == (lost.notice, 2)
    assert await mail_states(people) == ["claimed"]
    async with people.db.write() as tx:
        await mailing.note_sent(tx, again, NOW + CLAIM_LIFETIME)

    assert await mail_states(people) == ["sent"]
    assert await claim(people, NOW + DAY) == []


async def test_an_email_that_is_put_off_is_due_again_later_and_later(people: People) -> None:
    await tell(people)
    now = NOW
    for wait in RETRIES:
        (mailed,) = await claim(people, now)
        async with people.db.write() as tx:
            assert await mailing.note_put_off(tx, mailed, now)
        assert await claim(people, now + wait - 1) == []
        now += wait
    (mailed,) = await claim(people, now)
    async with people.db.write() as tx:
        assert not await mailing.note_put_off(tx, mailed, now)

    assert mailed.tries == MAX_TRIES
    assert await mail_states(people) == ["given_up"]
    assert await claim(people, now + DAY) == []


async def test_an_email_that_kills_whoever_sends_it_is_given_up(people: People) -> None:
    await tell(people)
    now = NOW
    for _ in range(MAX_TRIES):
        assert await claim(people, now)
        now += CLAIM_LIFETIME
    async with people.db.write() as tx:
        claims = await mailing.claim(tx, 20, now)

    assert (list(claims.mails), claims.given_up) == ([], 1)
    assert await mail_states(people) == ["given_up"]


async def test_what_is_given_back_has_not_been_tried(people: People) -> None:
    await tell(people)
    mailed = await claim(people)
    async with people.db.write() as tx:
        await mailing.give_back(tx, mailed, NOW)

    assert await claim(people) == mailed


async def test_who_wants_no_email_gets_none_and_is_told_all_the_same(people: People) -> None:
    await tell(people)
    async with people.db.write() as tx:
        await notices.choose_mail(tx, people.alice.user_id, by_mail=False)
        assert not await notices.wants_mail(tx, people.alice.user_id)
    await tell(people)
    assert await claim(people) == []
    assert await mail_states(people) == ["none", "none"]
    async with people.db.write() as tx:
        await notices.choose_mail(tx, people.alice.user_id, by_mail=True)
    await tell(people)

    assert len(await claim(people)) == 1
    assert len(await told(people, people.alice.user_id)) == 3


@pytest.mark.parametrize("all_at_once", [False, True])
async def test_what_was_read_in_the_product_is_not_sent(people: People, all_at_once: bool) -> None:  # noqa: FBT001 - a parameter
    await tell(people)
    await tell(people)
    newest, oldest = await told(people, people.alice.user_id)
    async with people.db.write() as tx:
        if all_at_once:
            await notices.see_all(tx, people.alice.user_id, oldest.id, NOW)
        else:
            await notices.see(tx, people.alice.user_id, oldest.id, NOW)

    assert [one.notice.id for one in await claim(people)] == [newest.id]


async def test_what_was_read_while_it_was_on_its_way_is_not_tried_again(people: People) -> None:
    await tell(people)
    await tell(people)
    for one in await claim(people):
        async with people.db.write() as tx:
            if one.notice.id == 1:
                await notices.see(tx, people.alice.user_id, one.notice.id, NOW)
            await mailing.note_put_off(tx, one, NOW)
    again = await claim(people, NOW + RETRIES[0])

    assert [one.notice.id for one in again] == [2]
    assert await mail_states(people) == ["none", "claimed"]


async def test_a_server_that_is_set_later_does_not_send_old_news(people: People) -> None:
    await tell(people)
    await tell(people, now=NOW + MAIL_LIFETIME)
    async with people.db.write() as tx:
        assert await mailing.sweep(tx, NOW + MAIL_LIFETIME) == 1
    (mailed,) = await claim(people, NOW + MAIL_LIFETIME)

    assert mailed.notice.told_at == NOW + MAIL_LIFETIME
    assert await mail_states(people) == ["none", "claimed"]


async def test_nobody_gets_more_than_so_many_emails_an_hour(people: People) -> None:
    for _ in range(MAILS_AN_HOUR + 3):
        await tell(people)
    await tell(people, people.charlie.account_id)
    await tell(people, now=NOW + 3600)
    emails = [one.email for one in await claim(people, NOW + 3600, limit=100)]

    assert emails.count("alice@acme.example") == MAILS_AN_HOUR + 1
    assert emails.count("charlie@bolt.example") == 1
    async with people.db.read() as reader:
        assert await notices.unseen(reader, people.alice.user_id) == MAILS_AN_HOUR + 4


# What users cause, over and over


async def rated(people: People, now: int = NOW, client_id: str = "c") -> None:
    async with people.db.write() as tx:
        await notices.tell_administrators(
            tx,
            people.alice.account_id,
            Kind.LISTING_RATING_CHANGED,
            now,
            facts={"integration": "Parcels", "stars": "1", "quote": ""},
            path=f"integrations/{client_id}/ratings",
        )


async def test_what_users_do_over_and_over_is_told_a_few_times_an_hour(people: People) -> None:
    for _ in range(MOST_ALIKE + 5):
        await rated(people)
    await rated(people, client_id="another")
    await tell(people)
    await rated(people, now=NOW + 3600)
    async with people.db.read() as reader:
        found = (await notices.page(reader, people.alice.user_id, limit=100)).notices
    paths = [one.path for one in found]

    assert paths.count("integrations/c/ratings") == MOST_ALIKE + 1
    assert paths.count("integrations/another/ratings") == 1
    assert paths.count(REVIEW) == 1


async def test_what_users_do_takes_no_email_from_what_the_platform_decides(people: People) -> None:
    for n in range(MAILS_AN_HOUR + 2):
        await rated(people, client_id=f"c{n}")
    await tell(people)
    kinds = [one.notice.kind for one in await claim(people, limit=100)]

    assert kinds.count(Kind.LISTING_RATING_CHANGED) == MAILS_AN_HOUR
    assert kinds.count(Kind.LISTING_SHOWN) == 1
