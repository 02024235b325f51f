"""Notices: who is told, what they read of it, and whose e-mail is due."""

import asyncio
import string

import pytest

from grantway.accounts import activation, renaming
from grantway.accounts import service as accounts
from grantway.accounts.model import Role
from grantway.db import Database
from grantway.notices import mailing
from grantway.notices import service as notices
from grantway.notices.model import (
    CLAIM_LIFETIME,
    FACTS,
    MAIL_LIFETIME,
    MAILS_AN_HOUR,
    MAX_FACT,
    MAX_TRIES,
    MOST_ALIKE,
    RETRIES,
    SEEN_LIFETIME,
    UNSEEN_LIFETIME,
    Kind,
    Mailed,
    Notice,
)
from grantway.notices.phrases import PHRASES
from grantway.notices.words import WORDS, say
from tests.contract.integration_cast import NOW, People, open_people

DAY = 24 * 3600
SHOWN = {"integration": "Parcels", "version": "1"}
REVIEW = "integrations/c/review"


@pytest.fixture
async def people(db: Database) -> People:
    return await open_people(db)


async def tell(people: People, account_id: int | None = None, now: int = NOW) -> None:
    async with people.db.write() as tx:
        await notices.tell_administrators(
            tx,
            account_id or people.alice.account_id,
            Kind.LISTING_SHOWN,
            now,
            facts=SHOWN,
            path=REVIEW,
        )


async def told(people: People, user_id: int) -> list[Notice]:
    async with people.db.read() as reader:
        return (await notices.page(reader, user_id)).notices


async def claim(people: People, now: int = NOW, limit: int = 20) -> list[Mailed]:
    async with people.db.write() as tx:
        return list((await mailing.claim(tx, limit, now)).mails)


async def mail_states(people: People) -> list[str]:
    async with people.db.read() as reader:
        return await reader.column("select mail from notices order by id")


# Who is told


async def test_every_administrator_who_may_work_is_told_and_nobody_else(people: People) -> None:
    async with people.db.write() as tx:
        acme = await accounts.account_by_id(tx, people.alice.account_id)
        bob = await accounts.user_by_id(tx, people.bob.user_id)
        await accounts.add_user_to_account(
            tx, acme.id, people.charlie.user_id, Role.ADMINISTRATOR, NOW
        )
    await tell(people)
    async with people.db.write() as tx:
        await accounts.add_user_to_account(tx, acme.id, bob.id, Role.ADMINISTRATOR, NOW)
        await activation.deactivate_in_account(tx, acme, bob, NOW)
    await tell(people)

    assert len(await told(people, people.alice.user_id)) == 2
    assert len(await told(people, people.charlie.user_id)) == 2
    assert await told(people, bob.id) == []
    assert await told(people, people.dana.user_id) == []


async def test_a_person_is_told_unless_they_are_deactivated(people: People) -> None:
    async def tell_bob() -> None:
        async with people.db.write() as tx:
            await notices.tell_person(
                tx,
                people.bob.user_id,
                Kind.RATING_ANSWERED,
                NOW,
                facts={"integration": "Parcels", "quote": "Thank you."},
                path="/grants",
            )

    await tell_bob()
    async with people.db.write() as tx:
        await activation.deactivate(tx, await accounts.user_by_id(tx, people.bob.user_id), NOW)
    await tell_bob()

    (notice,) = await told(people, people.bob.user_id)
    assert (notice.href, notice.account_id) == ("/grants", None)
    assert await told(people, people.alice.user_id) == []


async def test_whole_numbers_of_time_go_on_after_2038(people: People) -> None:
    await tell(people, now=2**31 + 5)

    (notice,) = await told(people, people.alice.user_id)
    assert notice.told_at == 2**31 + 5


async def test_what_is_undone_was_never_told(people: People) -> None:
    async def tell_and_fail() -> None:
        async with people.db.write() as tx:
            await notices.tell_administrators(
                tx, people.alice.account_id, Kind.LISTING_SHOWN, NOW, facts=SHOWN, path=REVIEW
            )
            raise RuntimeError("undone")

    with pytest.raises(RuntimeError, match="undone"):
        await tell_and_fail()

    assert await told(people, people.alice.user_id) == []


@pytest.mark.parametrize("facts", [{}, {"integration": "Parcels"}, SHOWN | {"secret": "s"}])
async def test_a_notice_is_told_with_exactly_its_facts(
    people: People, facts: dict[str, str]
) -> None:
    async with people.db.write() as tx:
        with pytest.raises(ValueError, match="listing_shown is told with integration, version"):
            await notices.tell_administrators(
                tx, people.alice.account_id, Kind.LISTING_SHOWN, NOW, facts=facts, path=REVIEW
            )


async def test_a_long_fact_is_cut(people: People) -> None:
    async with people.db.write() as tx:
        await notices.tell_person(
            tx,
            people.bob.user_id,
            Kind.RATING_ANSWERED,
            NOW,
            facts={"integration": "Parcels", "quote": "word " * 1000},
            path="/",
        )

    (notice,) = await told(people, people.bob.user_id)
    assert len(notice.facts["quote"]) <= MAX_FACT


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("language", PHRASES)
def test_every_kind_is_said_in_every_language(kind: Kind, language: str) -> None:
    facts = {name: f"<{name}>" for name in FACTS[kind]}
    said = say(kind, facts, language)
    holes = {
        hole
        for part in WORDS[kind][language]
        for _, hole, _, _ in string.Formatter().parse(part)
        if hole
    }

    assert said.language == language
    assert holes <= FACTS[kind] - {"quote"}
    assert said.quote == facts.get("quote", "")
    assert "{" not in said.subject + said.text


def test_an_unknown_language_is_told_in_english() -> None:
    assert say(Kind.LISTING_SHOWN, SHOWN, "tr").language == "en"


# Reading


async def test_a_path_in_the_account_follows_its_name(people: People) -> None:
    await tell(people)
    before = await told(people, people.alice.user_id)
    async with people.db.write() as tx:
        await renaming.rename(tx, "acme", "acme-group", NOW)
    (after,) = await told(people, people.alice.user_id)

    assert [one.href for one in before] == ["/accounts/acme/integrations/c/review"]
    assert after.href == "/accounts/acme-group/integrations/c/review"


async def test_who_left_an_account_reads_nothing_of_it_and_gets_no_mail(people: People) -> None:
    async with people.db.write() as tx:
        acme = await accounts.account_by_id(tx, people.alice.account_id)
        charlie = await accounts.user_by_id(tx, people.charlie.user_id)
        await accounts.add_user_to_account(tx, acme.id, charlie.id, Role.ADMINISTRATOR, NOW)
    await tell(people)
    await tell(people, people.charlie.account_id)
    async with people.db.write() as tx:
        await activation.deactivate_in_account(tx, acme, charlie, NOW)
    mailed = await claim(people)
    async with people.db.read() as reader:
        (own,) = (await notices.page(reader, charlie.id)).notices
        unseen = await notices.unseen(reader, charlie.id)

    assert own.account_id == people.charlie.account_id
    assert unseen == 1
    assert sorted((one.email, one.notice.account_id) for one in mailed) == [
        ("alice@acme.example", acme.id),
        ("charlie@bolt.example", people.charlie.account_id),
    ]


async def test_reading_changes_only_ones_own(people: People) -> None:
    async with people.db.write() as tx:
        await accounts.add_user_to_account(
            tx, people.alice.account_id, people.bob.user_id, Role.ADMINISTRATOR, NOW
        )
    await tell(people)
    await tell(people)
    newest, oldest = await told(people, people.alice.user_id)
    async with people.db.write() as tx:
        assert await notices.see(tx, people.alice.user_id, oldest.id, NOW + 5)
        assert not await notices.see(tx, people.alice.user_id, oldest.id, NOW + 9)
        assert not await notices.see(tx, people.bob.user_id, newest.id, NOW + 5)
        assert await notices.unseen(tx, people.alice.user_id) == 1
        assert await notices.see_all(tx, people.alice.user_id, newest.id, NOW + 5) == 1
        assert await notices.unseen(tx, people.alice.user_id) == 0
        assert await notices.unseen(tx, people.bob.user_id) == 2

        with pytest.raises(notices.NoticeNotFound):
            await notices.find(tx, people.bob.user_id, newest.id)


async def test_pages_turn_both_ways(people: People) -> None:
    for _ in range(5):
        await tell(people)
    async with people.db.read() as reader:
        user = people.alice.user_id
        first = await notices.page(reader, user, limit=2)
        second = await notices.page(reader, user, before_id=first.next_before_id, limit=2)
        third = await notices.page(reader, user, before_id=second.next_before_id, limit=2)
        back = await notices.page(reader, user, after_id=third.previous_after_id, limit=2)

    assert [len(one.notices) for one in (first, second, third)] == [2, 2, 1]
    assert (first.previous_after_id, third.next_before_id) == (None, None)
    assert back.notices == second.notices


async def test_read_ones_go_after_90_days_and_others_after_a_year(people: People) -> None:
    await tell(people)
    await tell(people)
    read, unread = await told(people, people.alice.user_id)
    async with people.db.write() as tx:
        await notices.see(tx, people.alice.user_id, read.id, NOW + 9)

    async def left(now: int) -> list[int]:
        async with people.db.write() as tx:
            await notices.sweep(tx, now)
        return [one.id for one in await told(people, people.alice.user_id)]

    assert await left(NOW + 9 + SEEN_LIFETIME) == [read.id, unread.id]
    assert await left(NOW + 10 + SEEN_LIFETIME) == [unread.id]
    assert await left(NOW + UNSEEN_LIFETIME) == [unread.id]
    assert await left(NOW + 1 + UNSEEN_LIFETIME) == []


# E-mail


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
