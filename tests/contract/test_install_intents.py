"""Intents: harmless wishes, confirmed once by the person who had them (contract 5.4, 5.6)."""

import asyncio
from typing import Any

import msgspec
import pytest

from grantway.accounts.actor import Actor
from grantway.db import Database, Transaction
from grantway.installing import intents, service
from grantway.installing.errors import AlreadyInstalled, NotInstalled, TooManyIntents
from grantway.installing.model import (
    Action,
    Again,
    Decided,
    Given,
    Intent,
    Moment,
    Outcome,
    Person,
    Question,
    Reason,
    Refused,
)
from grantway.installing.service import uninstall
from grantway.kernel.credentials import Kind, new_credential
from grantway.kernel.errors import Forbidden
from tests.contract.installing_cast import give_widget, manifest
from tests.contract.integration_cast import COMPLETE, NOW, People, open_people
from tests.contract.test_installing import make_published, put

DWELL = 800
SESSION = "session of the control origin"


class Asked:
    """Alice wants a widget; `show` and `answer` are honest but for what a test changes."""

    def __init__(self, people: People, client_id: str) -> None:
        self.people = people
        self.client_id = client_id
        self.ms = NOW * 1000
        self.action = Action.INSTALL

    @property
    def person(self) -> Person:
        return Person(self.people.alice.user_id, SESSION, "203.0.113.5")

    @property
    def moment(self) -> Moment:
        return Moment(self.ms // 1000, self.ms)

    async def open(self, actor: Actor | None = None, client_id: str = "", **more: Any) -> Intent:
        async with self.people.db.write() as tx:
            return await intents.open_intent(
                tx,
                actor or self.people.alice,
                more.get("session", SESSION),
                client_id or self.client_id,
                self.action,
                self.moment.now,
            )

    async def show(self, intent: Intent, person: Person | None = None) -> Any:
        """Open the page; return its nonce, or why there is none."""
        async with self.people.db.write() as tx:
            found = await intents.prepare(
                tx, person or self.person, intent.id, self.action, "en", self.moment.now
            )
            nonce = (
                await intents.show(tx, found, self.moment) if isinstance(found, Question) else None
            )
        self.ms += 1000
        return nonce or found

    async def answer(
        self, intent: Intent, nonce: str, person: Person | None = None, **changes: Any
    ) -> Outcome:
        given = Given(is_confirmed=True, is_consented=True, nonce=nonce)
        async with self.people.db.write() as tx:
            return await intents.answer(
                tx,
                person or self.person,
                intent.id,
                changes.pop("action", self.action),
                msgspec.structs.replace(given, **changes),
                "en",
                self.moment,
                DWELL,
            )

    async def installed(self) -> int:
        async with self.people.db.read() as reader:
            count: int = await reader.value(
                "select count(*) from installations where ended_at is null"
            )
        return count


@pytest.fixture
async def asked(db: Database) -> Asked:
    people = await open_people(db)
    return Asked(people, await make_published(people))


def reason(outcome: Outcome | Question) -> Reason | None:
    return outcome.reason if isinstance(outcome, Refused) else None


async def test_a_wish_changes_nothing_and_its_confirmation_installs(asked: Asked) -> None:
    intent = await asked.open()
    nonce = await asked.show(intent)
    before = await asked.installed()
    outcome = await asked.answer(intent, nonce)
    async with asked.people.db.read() as reader:
        actor = asked.people.alice
        state = await intents.state_of(reader, actor, intent.id, asked.moment.now)
        others = [
            await intents.state_of(reader, one, intent.id, asked.moment.now)
            for one in (asked.people.bob, asked.people.charlie)
        ]

    assert before == 0
    assert isinstance(outcome, Decided)
    assert (state, others) == ("done", [None, None])
    assert await asked.installed() == 1


async def test_what_was_shown_is_what_is_agreed_whatever_changes_meanwhile(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    install = service.install
    intent = await asked.open()
    nonce = await asked.show(intent)

    async def overtaken(tx: Transaction, *args: Any, **more: Any) -> Any:
        await tx.change("update integrations set scopes = 'crm files files_delete'")
        return await install(tx, *args, **more)

    monkeypatch.setattr(service, "install", overtaken)
    await asked.answer(intent, nonce)
    by_api = (await put(asked.people, asked.people.charlie, asked.client_id)).id
    async with asked.people.db.read() as reader:
        agreed = await reader.column("select agreed_scopes from installations order by id")

    assert agreed == [" ".join(COMPLETE.scopes), "crm files files_delete"]
    assert by_api


async def test_a_nonce_answers_once_and_only_the_newest_page(asked: Asked) -> None:
    intent = await asked.open()
    older = await asked.show(intent)
    nonce = await asked.show(intent)
    stale = await asked.answer(intent, older)
    other = await asked.answer(intent, new_credential(Kind.INSTALL))
    session = await asked.answer(intent, new_credential(Kind.SESSION))
    untouched = await asked.installed()
    done = await asked.answer(intent, nonce)
    replayed = await asked.answer(intent, nonce)

    assert [reason(one) for one in (stale, other, session)] == [Reason.STALE] * 3
    assert untouched == 0
    assert isinstance(done, Decided)
    assert reason(replayed) is Reason.OVER
    assert await asked.installed() == 1


async def test_of_two_confirmations_at_once_one_counts(asked: Asked) -> None:
    intent = await asked.open()
    nonce = await asked.show(intent)
    outcomes = await asyncio.gather(*(asked.answer(intent, nonce) for _ in range(6)))

    assert sum(isinstance(one, Decided) for one in outcomes) == 1
    assert {reason(one) for one in outcomes} <= {None, Reason.STALE, Reason.OVER}
    assert await asked.installed() == 1


async def test_another_person_session_or_action_gets_no_question(asked: Asked) -> None:
    intent = await asked.open()
    nonce = await asked.show(intent)
    alice = asked.person
    strangers = [
        msgspec.structs.replace(alice, session_id="another"),
        msgspec.structs.replace(alice, user_id=asked.people.charlie.user_id),
        msgspec.structs.replace(alice, user_id=asked.people.bob.user_id),
    ]
    refused = [await asked.answer(intent, nonce, one) for one in strangers]
    refused += [await asked.show(intent, one) for one in strangers]
    refused.append(await asked.answer(intent, nonce, action=Action.UNINSTALL))

    assert {reason(one) for one in refused} == {Reason.UNKNOWN}
    assert isinstance(await asked.answer(intent, nonce), Decided)


async def test_too_soon_or_without_consent_it_is_asked_again(asked: Asked) -> None:
    intent = await asked.open()
    nonce = await asked.show(intent)
    asked.ms -= 1000 - DWELL + 1
    soon = await asked.answer(intent, nonce)
    asked.ms += DWELL
    untick = await asked.answer(intent, nonce, is_consented=False)
    untouched = await asked.installed()
    asked.ms += DWELL - 1
    still = await asked.answer(intent, nonce)
    asked.ms += DWELL
    done = await asked.answer(intent, nonce)

    assert isinstance(soon, Again)
    assert isinstance(untick, Again)
    assert isinstance(still, Again)
    assert [soon.is_soon, untick.is_soon, still.is_soon] == [True, False, True]
    assert untouched == 0
    assert isinstance(done, Decided)


async def test_an_old_intent_is_over(asked: Asked) -> None:
    intent = await asked.open()
    nonce = await asked.show(intent)
    asked.ms = (NOW + intents.LIFETIME) * 1000
    late = [await asked.answer(intent, nonce), await asked.show(intent)]
    async with asked.people.db.read() as reader:
        state = await intents.state_of(reader, asked.people.alice, intent.id, asked.moment.now)
    fresh = await asked.open()
    done = await asked.answer(fresh, await asked.show(fresh))

    assert [reason(one) for one in late] == [Reason.EXPIRED] * 2
    assert state == "expired"
    assert fresh.id != intent.id
    assert isinstance(done, Decided)


async def test_another_version_is_not_what_was_asked_about(asked: Asked) -> None:
    intent = await asked.open()
    nonce = await asked.show(intent)
    async with asked.people.db.write() as tx:
        dana = asked.people.dana
        await give_widget(tx, dana, asked.client_id, manifest(version="2.0.0"))
    changed = [await asked.answer(intent, nonce), await asked.show(intent)]
    untouched = await asked.installed()
    fresh = await asked.open()
    done = await asked.answer(fresh, await asked.show(fresh))

    assert [reason(one) for one in changed] == [Reason.NEW_VERSION] * 2
    assert untouched == 0
    assert isinstance(done, Decided)


async def test_what_the_page_said_is_what_is_confirmed(asked: Asked) -> None:
    intent = await asked.open()
    nonce = await asked.show(intent)

    async def rename(owner: str) -> None:
        async with asked.people.db.write() as tx:
            await tx.change(
                "update integrations set owner_name = :owner where client_id = :client_id",
                owner=owner,
                client_id=asked.client_id,
            )

    await rename("Mallory")
    changed = await asked.answer(intent, nonce)
    untouched = await asked.installed()
    done = await asked.answer(intent, await asked.show(intent))

    assert (reason(changed), untouched) == (Reason.CHANGED, 0)
    assert isinstance(done, Decided)


async def test_the_role_counts_at_the_moment_of_the_answer(asked: Asked) -> None:
    intent = await asked.open()
    nonce = await asked.show(intent)

    async def set_role(role: str) -> None:
        async with asked.people.db.write() as tx:
            await tx.change(
                "update account_users set role = :role where user_id = :user_id",
                role=role,
                user_id=asked.people.alice.user_id,
            )

    await set_role("user")
    demoted = await asked.answer(intent, nonce)
    untouched = await asked.installed()
    await set_role("administrator")
    done = await asked.answer(intent, nonce)

    assert (reason(demoted), untouched) == (Reason.NOT_ALLOWED, 0)
    assert isinstance(done, Decided)


async def test_cancelling_needs_no_consent_and_ends_it(asked: Asked) -> None:
    intent = await asked.open()
    nonce = await asked.show(intent)
    cancelled = await asked.answer(intent, nonce, is_confirmed=False, is_consented=False)
    late = await asked.answer(intent, nonce)

    assert isinstance(cancelled, Decided)
    assert cancelled.intent.stored_state == "cancelled"
    assert reason(late) is Reason.OVER
    assert await asked.installed() == 0


async def test_only_so_many_wait_for_a_user_and_the_same_wish_waits_once(asked: Asked) -> None:
    others = [await make_published(asked.people) for _ in range(intents.MAX_OPEN)]
    first = [await asked.open() for _ in range(3)]
    for one in others[1:]:
        await asked.open(client_id=one)
    with pytest.raises(TooManyIntents) as refused:
        await asked.open(client_id=others[0])
    again = await asked.open()
    elsewhere = await asked.open(asked.people.charlie, others[0])
    await asked.answer(first[0], await asked.show(first[0]))
    after = await asked.open(client_id=others[0])

    assert {one.id for one in (*first, again)} == {first[0].id}
    assert 0 < refused.value.retry_after <= intents.LIFETIME
    assert elsewhere.account_id != after.account_id


async def test_wishes_to_install_leave_room_for_other_accounts_and_for_removing(
    asked: Asked,
) -> None:
    """What a hostile widget opens stops neither its own removal nor what is done elsewhere."""
    people = asked.people
    beside = msgspec.structs.replace(people.alice, account_id=people.charlie.account_id)
    others = [await make_published(people) for _ in range(intents.MAX_OPEN + 1)]
    await put(people, people.alice, asked.client_id)
    for one in others[:-1]:
        await asked.open(client_id=one)
    with pytest.raises(TooManyIntents):
        await asked.open(client_id=others[-1])
    elsewhere = await asked.open(beside, others[-1])
    asked.action = Action.UNINSTALL
    removal = await asked.open()

    assert elsewhere.account_id == beside.account_id
    assert isinstance(await asked.answer(removal, await asked.show(removal)), Decided)


async def test_only_administrators_wish_for_what_can_come_true(asked: Asked) -> None:
    with pytest.raises(Forbidden):
        await asked.open(asked.people.bob)
    asked.action = Action.UNINSTALL
    with pytest.raises(NotInstalled):
        await asked.open()
    asked.action = Action.INSTALL
    await put(asked.people, asked.people.alice, asked.client_id)
    with pytest.raises(AlreadyInstalled):
        await asked.open()


async def test_disabling_is_confirmed_in_the_same_way_without_a_box(asked: Asked) -> None:
    await put(asked.people, asked.people.alice, asked.client_id)
    asked.action = Action.UNINSTALL
    intent = await asked.open()
    nonce = await asked.show(intent)
    replaced = await asked.show(intent)
    stale = await asked.answer(intent, nonce, is_consented=False)
    kept = await asked.installed()
    done = await asked.answer(intent, replaced, is_consented=False)

    assert (reason(stale), kept) == (Reason.STALE, 1)
    assert isinstance(done, Decided)
    assert await asked.installed() == 0


async def test_what_was_decided_otherwise_meanwhile_is_over(asked: Asked) -> None:
    intent = await asked.open()
    nonce = await asked.show(intent)
    await put(asked.people, asked.people.alice, asked.client_id)
    over = await asked.answer(intent, nonce)
    async with asked.people.db.write() as tx:
        await uninstall(tx, asked.people.alice, asked.client_id, NOW)
    done = await asked.answer(intent, nonce)

    assert reason(over) is Reason.OVER
    assert isinstance(done, Decided)


async def test_old_intents_are_swept(asked: Asked) -> None:
    await asked.open()
    swept = []
    for later in (intents.LIFETIME, 2 * 24 * 3600):
        async with asked.people.db.write() as tx:
            swept.append(await intents.sweep(tx, NOW + later))

    assert swept == [0, 1]
