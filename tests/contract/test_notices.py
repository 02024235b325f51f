"""Notices: who is told, and what they read of it."""

import string

import pytest

from grantway.accounts import activation, renaming
from grantway.accounts import service as accounts
from grantway.accounts.model import Role
from grantway.db import Database
from grantway.notices import service as notices
from grantway.notices.model import (
    FACTS,
    MAX_FACT,
    SEEN_LIFETIME,
    UNSEEN_LIFETIME,
    Kind,
)
from grantway.notices.phrases import PHRASES
from grantway.notices.words import WORDS, say
from tests.contract.integration_cast import NOW, People, open_people
from tests.contract.notice_cast import REVIEW, SHOWN, claim, tell, told


@pytest.fixture
async def people(db: Database) -> People:
    return await open_people(db)


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


@pytest.mark.parametrize("role", [Role.USER, Role.ADMINISTRATOR])
async def test_who_administers_an_account_no_more_reads_what_is_their_own(
    people: People, role: Role
) -> None:
    await tell(people)
    async with people.db.write() as tx:
        await notices.tell_person(
            tx,
            people.alice.user_id,
            Kind.RATING_ANSWERED,
            NOW,
            facts={"integration": "Parcels", "quote": "Thank you."},
            path="installed/c/rating",
            account_id=people.alice.account_id,
        )
        await tx.change(
            "update account_users set role = :role where user_id = :user_id",
            role=str(role),
            user_id=people.alice.user_id,
        )
    wanted = ["rating_answered"]
    if role == Role.ADMINISTRATOR:
        wanted.append("listing_shown")
    mailed = sorted(one.notice.kind for one in await claim(people))
    async with people.db.read() as reader:
        unseen = await notices.unseen(reader, people.alice.user_id)

    assert [one.kind for one in await told(people, people.alice.user_id)] == wanted
    assert (mailed, unseen) == (sorted(wanted), len(wanted))


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
