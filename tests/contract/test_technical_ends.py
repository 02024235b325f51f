"""What happens when the time of a technical account is over, and what goes on behind it."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import pytest

from grantway.accounts.technical import months_later
from grantway.db import Database, Transaction
from grantway.integrations import public
from grantway.integrations.errors import TechnicalAccountNeeded
from grantway.integrations.model import Integration
from grantway.moderation import desk, drafts, publication, submissions, technical_accounts
from grantway.moderation.desk import Moderator
from tests.contract.integration_cast import COMPLETE, NOW, SEAL, People, open_people
from tests.contract.technical_cast import (
    DAY,
    END,
    OPERATOR,
    WHY,
    acme,
    approve,
    ask,
    bring_to,
    entries,
    state_of,
    sweep,
)
from tests.contract.version_cast import clean, make_mo


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


async def make_draft(people: People) -> Integration:
    async with people.db.write() as tx:
        return await public.create_public(tx, people.alice, COMPLETE, NOW)


async def bring_to_review(people: People) -> str:
    made = await make_draft(people)
    async with people.db.write() as tx:
        draft = await drafts.newest(tx, people.alice, made.client_id)
        await submissions.request_review(
            tx, people.alice, made.client_id, clean(draft), NOW, comment="", seal=SEAL
        )
    return made.client_id


async def bring_to_approved(people: People, mo: Moderator) -> str:
    client_id = await bring_to_review(people)
    async with people.db.write() as tx:
        _, seen, _ = await desk.look(tx, mo, client_id, 1)
        await desk.approve(tx, mo, client_id, 1, seen.content_hash, NOW)
    return client_id


async def bring_to_published(people: People, mo: Moderator) -> str:
    client_id = await bring_to_approved(people, mo)
    async with people.db.write() as tx:
        await publication.publish(tx, people.alice, client_id, "other", NOW)
    return client_id


async def events(people: People) -> list[tuple[str, str, str]]:
    return [
        (one.event.removeprefix("account.technical_"), one.actor, one.subject)
        for one in await entries(people)
    ][2:]


async def told(people: People) -> list[str]:
    """Return what Alice was told of technical accounts, the first first."""
    async with people.db.read() as reader:
        return await reader.column(
            """
            select kind from notices
             where user_id = :user_id and kind like 'technical_%' order by id
            """,
            user_id=people.alice.user_id,
        )


async def test_it_ends_after_two_reminders_each_once(people: People) -> None:
    ended = []
    for days in (15, 14, 13.9, 4, 3, 2.9, 0.1, 0, -1):
        moment = END - int(days * DAY)
        ended += [await sweep(people, moment), await sweep(people, moment)]

    assert ended == [0] * 14 + [1] + [0] * 3
    assert await told(people) == [
        "technical_approved",
        *["technical_ends_soon"] * 2,
        "technical_ended",
    ]
    reminded = ("reminded", "platform", "until 2027-04-15")
    assert await events(people) == [reminded, reminded, ("ended", "platform", "")]
    assert await state_of(people) == "ended"
    async with people.db.read() as reader:
        found = await technical_accounts.standing(reader, people.alice, NOW)
    assert found.request is not None
    assert (found.request.ended_at, found.request.reason, found.may_ask) == (END, "", True)


async def test_whoever_was_away_is_reminded_once_late(people: People) -> None:
    for _ in range(2):
        await sweep(people, END - DAY)

    assert [one[0] for one in await events(people)] == ["reminded"]


async def test_a_new_end_is_reminded_of_anew(people: People) -> None:
    await sweep(people, END - DAY)
    async with people.db.write() as tx:
        until = await technical_accounts.extend(
            tx, OPERATOR, people.alice.account_id, END - DAY, months=1
        )
    await sweep(people, END)
    await sweep(people, until - 14 * DAY)
    await sweep(people, until - 3 * DAY)

    assert [one[0] for one in await events(people)] == [
        "reminded",
        "extended",
        "reminded",
        "reminded",
    ]
    assert await state_of(people) == "technical"


async def test_who_has_something_published_is_renewed_without_a_word(
    people: People, mo: Moderator
) -> None:
    await bring_to_published(people, mo)
    for moment in (END - 14 * DAY, END - DAY, END - 1, END, END):
        assert await sweep(people, moment) == 0
    renewed = months_later(END, 3)

    assert (await acme(people)).technical_until == renewed
    assert await events(people) == [("extended", "platform", "until 2027-07-15")]
    assert await told(people) == ["technical_approved"]


async def test_what_is_hidden_at_the_end_counts_no_more(people: People, mo: Moderator) -> None:
    client_id = await bring_to_published(people, mo)
    async with people.db.write() as tx:
        await publication.hide(tx, mo, client_id, WHY, NOW)

    assert await sweep(people, END) == 1
    assert await state_of(people) == "ended"


async def test_an_account_without_end_stays(people: People) -> None:
    assert await sweep(people, END + 1000 * DAY) == 1  # acme
    async with people.db.read() as reader:
        found, _ = await technical_accounts.look(reader, OPERATOR, people.dana.account_id)

    assert found.is_technical


async def test_two_processes_that_sweep_end_it_once(people: People) -> None:
    ended = await asyncio.gather(*(sweep(people, END) for _ in range(3)))

    assert sum(ended) == 1
    assert await told(people) == ["technical_approved", "technical_ended"]


async def test_two_processes_that_sweep_remind_once(people: People) -> None:
    await asyncio.gather(*(sweep(people, END - DAY) for _ in range(3)))

    assert await told(people) == ["technical_approved", "technical_ends_soon"]


async def test_what_is_published_while_it_ends_is_published_in_a_technical_account(
    people: People, mo: Moderator
) -> None:
    client_id = await bring_to_approved(people, mo)

    async def publish() -> None:
        async with people.db.write() as tx:
            await publication.publish(tx, people.alice, client_id, "other", END)

    outcome, ended = await asyncio.gather(publish(), sweep(people, END), return_exceptions=True)
    async with people.db.read() as reader:
        version = await drafts.newest(reader, people.alice, client_id)

    if outcome is None:
        assert (ended, version.state, await state_of(people)) == (0, "published", "technical")
    else:
        assert isinstance(outcome, TechnicalAccountNeeded)
        assert (ended, version.state, await state_of(people)) == (1, "approved", "ended")


async def test_people_are_told_what_was_decided(people: People, mo: Moderator) -> None:
    async with people.db.write() as tx:
        await technical_accounts.end(tx, mo, people.alice.account_id, WHY, NOW)
    await ask(people)
    async with people.db.write() as tx:
        await technical_accounts.refuse(tx, mo, people.alice.account_id, WHY, NOW)
    async with people.db.read() as reader:
        quotes = await reader.column(
            "select facts from notices where user_id = :user_id and kind <> 'technical_approved'",
            user_id=people.alice.user_id,
        )

    assert await told(people) == ["technical_approved", "technical_ended", "technical_refused"]
    wanted = {"account": "acme", "quote": WHY}
    assert [msgspec.json.decode(one) for one in quotes] == [wanted, wanted]


async def test_without_it_nothing_new_is_made_public(people: People, mo: Moderator) -> None:
    published = await bring_to_published(people, mo)
    approved = await bring_to_approved(people, mo)
    reviewed = await bring_to_review(people)
    draft = await make_draft(people)
    async with people.db.write() as tx:
        await technical_accounts.end(tx, OPERATOR, people.alice.account_id, WHY, NOW)

    async with people.db.read() as reader:
        newest = await drafts.newest(reader, people.alice, draft.client_id)
    acts: dict[str, Callable[[Transaction], Awaitable[object]]] = {
        "create": lambda tx: public.create_public(tx, people.alice, COMPLETE, NOW),
        "add_version": lambda tx: drafts.add_version(tx, people.alice, published, NOW),
        "request_review": lambda tx: submissions.request_review(
            tx, people.alice, draft.client_id, clean(newest), NOW
        ),
        "publish": lambda tx: publication.publish(tx, people.alice, approved, "other", NOW),
    }
    for act in acts.values():
        with pytest.raises(TechnicalAccountNeeded):
            async with people.db.write() as tx:
                await act(tx)
    async with people.db.write() as tx:
        # What is there goes on: drafts are written, verdicts given, versions withdrawn.
        content = msgspec.structs.replace(newest.content, owner_name="Acme Labs")
        newest = await drafts.save(
            tx, people.alice, draft.client_id, content, NOW, seen_hash=newest.content_hash
        )
        _, seen, _ = await desk.look(tx, mo, reviewed, 1)
        await desk.approve(tx, mo, reviewed, 1, seen.content_hash, NOW)
        await submissions.withdraw(tx, people.alice, reviewed, NOW)
        stays = await drafts.newest(tx, people.alice, published)
    assert stays.state == "published"
    await ask(people)
    await approve(people, OPERATOR)
    for act in acts.values():
        async with people.db.write() as tx:
            await act(tx)


async def test_the_flag_that_programs_read_follows(people: People, mo: Moderator) -> None:
    assert (await acme(people)).is_technical
    await sweep(people, END)
    assert not (await acme(people)).is_technical
    await bring_to(people, mo, "technical")
    assert (await acme(people)).is_technical
