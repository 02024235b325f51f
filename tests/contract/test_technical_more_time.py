"""An account that is technical for a while asks for more time, in its last thirty days."""

import pytest

from grantway.accounts.technical import months_later
from grantway.db import Database
from grantway.moderation import technical_accounts
from grantway.moderation.desk import Moderator
from grantway.moderation.errors import AlreadyTechnical, NoRequestWaits, RequestWaiting
from grantway.moderation.technical_accounts import LAST_DAYS
from tests.contract.integration_cast import People, open_people
from tests.contract.technical_cast import (
    ABOUT,
    DAY,
    END,
    OPERATOR,
    SITE,
    WHY,
    acme,
    approve,
    ask,
    entries,
    sweep,
)
from tests.contract.version_cast import make_mo

LATE = END - LAST_DAYS * DAY


@pytest.fixture
async def people(db: Database) -> People:
    """Return the cast, with acme a technical account until END."""
    people = await open_people(db)
    await ask(people)
    await approve(people, OPERATOR)
    return people


@pytest.fixture
async def mo(people: People) -> Moderator:
    async with people.db.write() as tx:
        return await make_mo(tx)


async def may_ask(people: People, now: int) -> bool:
    async with people.db.read() as reader:
        return (await technical_accounts.standing(reader, people.alice, now)).may_ask


async def stages(people: People) -> list[str]:
    async with people.db.read() as reader:
        _, asked = await technical_accounts.look(reader, OPERATOR, people.alice.account_id)
    return [one.state for one in asked]


async def told(people: People) -> list[str]:
    async with people.db.read() as reader:
        return await reader.column(
            "select kind from notices where user_id = :user_id order by id",
            user_id=people.alice.user_id,
        )


async def test_more_time_is_asked_for_in_the_last_thirty_days(people: People) -> None:
    with pytest.raises(AlreadyTechnical):
        await ask(people, LATE - 1)
    assert not await may_ask(people, LATE - 1)
    assert await may_ask(people, LATE)
    await ask(people, LATE)

    assert not await may_ask(people, LATE)
    with pytest.raises(RequestWaiting):
        await ask(people, LATE)
    async with people.db.read() as reader:
        (asking,) = await technical_accounts.requests(reader, OPERATOR)
    assert (asking.number, asking.until, asking.about, asking.site) == (2, END, ABOUT, SITE)
    assert (await entries(people))[-1].subject == "more time"


async def test_extending_answers_what_was_asked_and_tells(people: People, mo: Moderator) -> None:
    await ask(people, LATE)
    async with people.db.write() as tx:
        until = await technical_accounts.extend(
            tx, mo, people.alice.account_id, LATE, months=1, seen_until=END, number=2
        )

    assert until == months_later(END, 1) == (await acme(people)).technical_until
    assert await stages(people) == ["approved", "approved"]
    assert await told(people) == ["technical_approved", "technical_extended"]
    async with people.db.read() as reader:
        assert await technical_accounts.requests(reader, mo) == []


async def test_the_operator_who_extends_answers_what_waits(people: People) -> None:
    await ask(people, LATE)
    async with people.db.write() as tx:
        await technical_accounts.extend(tx, OPERATOR, people.alice.account_id, LATE)

    assert await stages(people) == ["approved", "approved"]


async def test_only_the_request_that_was_read_gets_more_time(people: People, mo: Moderator) -> None:
    account_id = people.alice.account_id
    await ask(people, LATE)
    for number in (1, 3):
        with pytest.raises(NoRequestWaits):
            async with people.db.write() as tx:
                await technical_accounts.extend(tx, mo, account_id, LATE, number=number)
    assert (await acme(people)).technical_until == END
    assert await stages(people) == ["waiting", "approved"]
    async with people.db.write() as tx:
        await technical_accounts.extend(tx, mo, account_id, LATE, number=2)

    assert (await acme(people)).technical_until == months_later(END, 3)


async def test_who_read_a_request_that_was_refused_meanwhile_gives_no_time(
    people: People, mo: Moderator
) -> None:
    account_id = people.alice.account_id
    await ask(people, LATE)
    async with people.db.write() as tx:
        await technical_accounts.refuse(tx, OPERATOR, account_id, WHY, LATE)
    with pytest.raises(NoRequestWaits):
        async with people.db.write() as tx:
            await technical_accounts.extend(tx, mo, account_id, LATE, seen_until=END, number=2)
    assert (await acme(people)).technical_until == END
    async with people.db.write() as tx:
        await technical_accounts.extend(tx, mo, account_id, LATE, seen_until=END)

    assert (await acme(people)).technical_until == months_later(END, 3)
    assert await stages(people) == ["refused", "approved"]


async def test_who_gets_no_more_time_stays_technical_until_the_end(
    people: People, mo: Moderator
) -> None:
    await ask(people, LATE)
    async with people.db.write() as tx:
        await technical_accounts.refuse(tx, mo, people.alice.account_id, WHY, LATE, number=2)

    assert (await acme(people)).technical_until == END
    assert await told(people) == ["technical_approved", "technical_not_extended"]
    assert await stages(people) == ["refused", "approved"]
    assert (await entries(people))[-1].subject == "more time"
    assert await may_ask(people, LATE)


async def test_what_nobody_answered_in_time_is_answered_afterwards(
    people: People, mo: Moderator
) -> None:
    await ask(people, END - DAY)
    assert await sweep(people, END) == 1
    assert await stages(people) == ["waiting", "ended"]
    until = await approve(people, mo, END + DAY)

    assert (await acme(people)).technical_until == until == months_later(END + DAY, 3)
    assert await stages(people) == ["approved", "ended"]
