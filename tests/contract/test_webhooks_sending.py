"""Deliveries from the claim to the end: at least once, in the schedule, switched off (S-215)."""

import asyncio

import pytest

from grantway.crm.webhooks import sending, service
from grantway.crm.webhooks.errors import CannotSendAgain
from grantway.crm.webhooks.model import (
    BAD_ANSWERS,
    BAD_SECONDS,
    CLAIM_LIFETIME,
    KEPT,
    MAX_ATTEMPTS,
    Answer,
)
from grantway.db import Database
from grantway.notices.model import Kind
from grantway.worker.webhooks import tell_switched_off
from tests.contract.crm_cast import ACME, CHARLIE, audited, open_accounts
from tests.contract.integration_cast import open_people
from tests.contract.notice_cast import told
from tests.contract.webhook_cast import ALICE, BAD, GOOD, HOOK, NOW, SILENCE, Webhooks, added

MINUTE = 60
HOUR = 3600


@pytest.fixture
async def hooks(db: Database) -> Webhooks:
    await open_accounts(db)
    return Webhooks(db)


async def test_a_good_answer_ends_it(hooks: Webhooks) -> None:
    webhook = await hooks.subscribe()
    await hooks.plan(added(1))
    claim = await hooks.claim()
    assert claim is not None
    assert (claim.destination, claim.subdomain, claim.number) == (HOOK, "acme", 1)
    assert await hooks.states(webhook) == ["under_way"]
    await hooks.settle(claim, GOOD, NOW + 1)

    (delivery,) = await hooks.deliveries(webhook)
    (attempt,) = await hooks.attempts(webhook, delivery.id)
    assert (delivery.state, delivery.last_status, delivery.last_milliseconds) == (
        *("delivered", 200, 12),
    )
    assert (attempt.started_at, attempt.finished_at, attempt.answer) == (NOW, NOW + 1, "thanks")
    assert await hooks.claim(NOW + KEPT) is None


@pytest.mark.parametrize(
    ("answer", "waits"),
    [
        (BAD, [5 * MINUTE, 15 * MINUTE, 15 * MINUTE, HOUR]),
        (Answer(404, 5), [5 * MINUTE, 15 * MINUTE]),
        (SILENCE, [5 * MINUTE, 15 * MINUTE]),
    ],
)
async def test_bad_answers_are_followed_by_the_schedule(
    hooks: Webhooks, answer: Answer, waits: list[int]
) -> None:
    webhook = await hooks.subscribe()
    await hooks.plan(added(1))
    now = NOW
    names = set()
    for wait in waits:
        claim = await hooks.claim(now)
        assert claim is not None
        names.add(claim.message_id)
        assert (await hooks.settle(claim, answer, now)).state == "put_off"
        assert await hooks.claim(now + wait - 1) is None
        now += wait
    settled = await hooks.send(answer, now)

    assert settled is not None
    assert settled.state == "failed"
    assert await hooks.states(webhook) == ["failed"]
    assert len(names) == 1, "the id is the same in each attempt"
    assert await hooks.claim(now + KEPT) is None


async def test_of_many_who_claim_it_one_gets_it(hooks: Webhooks) -> None:
    await hooks.subscribe()
    await hooks.plan(added(1))
    claims = await asyncio.gather(*(hooks.claim() for _ in range(8)))

    assert len([one for one in claims if one is not None]) == 1


async def test_what_somebody_did_not_live_to_send_is_sent_by_another(hooks: Webhooks) -> None:
    webhook = await hooks.subscribe()
    await hooks.plan(added(1))
    lost = await hooks.claim()
    before = await hooks.claim(NOW + CLAIM_LIFETIME - 1)
    again = await hooks.claim(NOW + CLAIM_LIFETIME)
    assert lost is not None
    assert again is not None
    assert before is None
    assert (again.message_id, again.body, again.number) == (lost.message_id, lost.body, 2)
    # The first one lives after all, and is late to tell: the other has it now.
    await hooks.settle(lost, BAD, NOW + CLAIM_LIFETIME)
    assert await hooks.states(webhook) == ["under_way"]
    await hooks.settle(again, GOOD, NOW + CLAIM_LIFETIME)

    assert await hooks.states(webhook) == ["delivered"]
    statuses = [one.status for one in await hooks.attempts(webhook, again.id)]
    assert statuses == [503, 200]


async def test_dying_takes_nothing_from_the_schedule(hooks: Webhooks) -> None:
    webhook = await hooks.subscribe()
    await hooks.plan(added(1))
    now = NOW
    for _ in range(3):
        assert await hooks.claim(now) is not None
        now += CLAIM_LIFETIME
    settled = await hooks.send(BAD, now)

    assert settled is not None
    assert settled.state == "put_off"
    (delivery,) = await hooks.deliveries(webhook)
    assert delivery.due_at == now + 5 * MINUTE


async def test_one_that_kills_whoever_sends_it_is_given_up(hooks: Webhooks) -> None:
    webhook = await hooks.subscribe()
    await hooks.plan(added(1))
    now = NOW
    for _ in range(MAX_ATTEMPTS):
        assert await hooks.claim(now) is not None
        now += CLAIM_LIFETIME

    assert await hooks.claim(now) is None
    assert await hooks.states(webhook) == ["failed"]


async def fail(hooks: Webhooks, count: int, now: int = NOW, answer: Answer = BAD) -> list[bool]:
    """Have so many deliveries answered badly; return which answer switched something off."""
    await hooks.plan(*(added(n) for n in range(count)), now=now)
    off = []
    for _ in range(count):
        settled = await hooks.send(answer, now)
        assert settled is not None
        off.append(settled.switched_off is not None)
    return off


async def test_more_than_a_hundred_bad_answers_switch_it_off(hooks: Webhooks) -> None:
    webhook = await hooks.subscribe()
    other = await hooks.subscribe("https://other.example/", receiver="other.example:443")
    await hooks.subscribe(actor=CHARLIE)
    async with hooks.db.write() as tx:
        await service.remove(tx, ALICE, other.id, NOW)
    off = await fail(hooks, BAD_ANSWERS)
    assert not any(off)
    assert not (await hooks.get(webhook)).is_disabled
    await hooks.plan(added(1), added(2))
    settled = await hooks.send(SILENCE)

    assert settled is not None
    assert settled.switched_off == webhook
    assert (await hooks.get(webhook)).is_disabled
    assert (await audited(hooks.db, ACME))[-1][0] == "webhook.switched_off"
    # Nothing more is planned for it, and what waits is not sent.
    async with hooks.db.read() as reader:
        assert await service.subscribed(reader, ACME) == frozenset()
    assert await hooks.plan(added(3)) == 0
    assert await hooks.claim() is None
    assert (await hooks.states(webhook))[-2:] == ["put_off", "dropped"]


async def test_a_good_answer_in_between_does_not_count(hooks: Webhooks) -> None:
    webhook = await hooks.subscribe()
    await fail(hooks, BAD_ANSWERS)
    await hooks.plan(added(1))
    await hooks.send(GOOD)
    assert not (await hooks.get(webhook)).is_disabled

    assert await fail(hooks, 1) == [True], "the last one is bad, and it is the 101st"


async def test_old_bad_answers_are_forgotten(hooks: Webhooks) -> None:
    await hooks.subscribe()
    await fail(hooks, BAD_ANSWERS, answer=Answer(404, 1))
    async with hooks.db.write() as tx:
        # Their repeats are another matter.
        await tx.change("update webhook_deliveries set state = 'failed'")

    assert await fail(hooks, 1, NOW + BAD_SECONDS) == [False]


async def test_switched_on_again_it_begins_anew(hooks: Webhooks) -> None:
    webhook = await hooks.subscribe()
    await fail(hooks, BAD_ANSWERS + 1)
    now = NOW + 1
    async with hooks.db.write() as tx:
        await service.enable(tx, ALICE, webhook.id, now)
    assert await fail(hooks, 1, now) == [False]
    assert (await audited(hooks.db, ACME))[-1][0] == "webhook.switched_on"
    async with hooks.db.write() as tx:
        await tx.change("update webhooks set is_disabled = true")

    again = await hooks.subscribe(now=now + 1)
    assert (again.id, again.is_disabled) == (webhook.id, False)
    assert await fail(hooks, 1, now + 1) == [False]


async def test_two_who_note_the_last_bad_answers_at_once_switch_it_off(hooks: Webhooks) -> None:
    webhook = await hooks.subscribe()
    await fail(hooks, BAD_ANSWERS - 1)
    await hooks.plan(added(1), added(2))
    first, second = await hooks.claim(), await hooks.claim()
    assert first is not None
    assert second is not None
    async with hooks.db.write() as tx:
        early = await sending.settle(tx, first, BAD, NOW)
        late = asyncio.create_task(hooks.settle(second, BAD))
        await asyncio.sleep(0.1)  # it comes before the first one is stored
    settled = await late

    assert (early.switched_off, settled.switched_off) == (None, webhook)
    assert (await hooks.get(webhook)).is_disabled


async def test_administrators_are_told_that_it_is_off(db: Database) -> None:
    people = await open_people(db)
    hooks = Webhooks(db)
    webhook = await hooks.subscribe(actor=people.alice)
    async with db.write() as tx:
        await tell_switched_off(tx, webhook, NOW)

    (notice,) = await told(people, people.alice.user_id)
    assert (notice.kind, notice.facts) == (Kind.WEBHOOK_OFF, {"receiver": "hook.example"})
    assert notice.href == f"/accounts/acme/webhooks/{webhook.id}"
    assert await told(people, people.bob.user_id) == []


async def test_what_waits_for_a_removed_subscription_is_not_sent(hooks: Webhooks) -> None:
    webhook = await hooks.subscribe()
    await hooks.plan(added(1))
    async with hooks.db.write() as tx:
        await service.remove(tx, ALICE, webhook.id, NOW)

    assert await hooks.claim() is None
    assert await hooks.waiting() == []
    # Nor is it told to who subscribes the same address afterwards.
    again = await hooks.subscribe()
    assert await hooks.deliveries(again) == []


async def test_what_is_not_sent_counts_as_no_attempt(hooks: Webhooks) -> None:
    webhook = await hooks.subscribe()
    await hooks.plan(added(1))
    await hooks.send(BAD)
    async with hooks.db.write() as tx:
        await tx.change("update webhooks set is_disabled = true")
    assert await hooks.claim(NOW + HOUR) is None
    (dropped,) = await hooks.deliveries(webhook)
    assert (dropped.state, dropped.attempts, dropped.last_status) == ("dropped", 1, 503)

    await hooks.send_again(webhook, dropped.id)
    await hooks.send(GOOD)
    attempts = await hooks.attempts(webhook, dropped.id)
    assert [(one.number, one.status) for one in attempts] == [(1, 503), (2, 200)]


@pytest.mark.parametrize("status", ["suspended", "deleted"])
async def test_what_waits_while_the_account_does_not_work_is_not_sent(
    hooks: Webhooks, status: str
) -> None:
    webhook = await hooks.subscribe()
    theirs = await hooks.subscribe(HOOK, actor=CHARLIE)
    await hooks.plan(added(1))
    await hooks.plan(added(2), actor=CHARLIE)
    sql = "update accounts set status = :status where id = :account_id"
    async with hooks.db.write() as tx:
        await tx.change(sql, status=status, account_id=ACME)
    claimed = await hooks.claim()
    assert claimed is not None
    assert (claimed.account_id, claimed.webhook_id) == (CHARLIE.account_id, theirs.id)
    await hooks.settle(claimed, GOOD)

    assert await hooks.claim() is None
    assert await hooks.states(webhook) == ["dropped"]
    # Once it works again, its administrators may have it sent.
    async with hooks.db.write() as tx:
        await tx.change(sql, status="active", account_id=ACME)
    (delivery,) = await hooks.deliveries(webhook)
    await hooks.send_again(webhook, delivery.id)
    assert await hooks.send(GOOD) is not None
    assert await hooks.states(webhook) == ["delivered"]


async def test_sending_again_is_one_attempt_of_that_person(hooks: Webhooks) -> None:
    webhook = await hooks.subscribe()
    await hooks.plan(added(1))
    await hooks.send(GOOD)
    (delivery,) = await hooks.deliveries(webhook)
    await hooks.send_again(webhook, delivery.id)
    settled = await hooks.send(BAD)

    assert settled is not None
    assert settled.state == "failed", "its schedule is over"
    attempts = await hooks.attempts(webhook, delivery.id)
    assert [(one.wanted_by, one.status) for one in attempts] == [(None, 200), (ALICE.user_id, 503)]
    assert (await audited(hooks.db, ACME))[-1] == (
        "webhook.sent_again",
        f"{delivery.id} of webhook {webhook.named}",
    )


async def test_sending_what_is_put_off_does_not_end_its_schedule(hooks: Webhooks) -> None:
    webhook = await hooks.subscribe()
    await hooks.plan(added(1))
    await hooks.send(BAD)
    (delivery,) = await hooks.deliveries(webhook)
    await hooks.send_again(webhook, delivery.id)
    settled = await hooks.send(BAD)

    assert settled is not None
    assert settled.state == "put_off"
    (delivery,) = await hooks.deliveries(webhook)
    assert delivery.due_at == NOW + 15 * MINUTE


async def test_what_is_on_its_way_is_not_sent_again(hooks: Webhooks) -> None:
    webhook = await hooks.subscribe()
    await hooks.plan(added(1))
    (delivery,) = await hooks.deliveries(webhook)
    with pytest.raises(CannotSendAgain, match="already"):
        await hooks.send_again(webhook, delivery.id)
    claim = await hooks.claim()
    assert claim is not None
    with pytest.raises(CannotSendAgain, match="already"):
        await hooks.send_again(webhook, delivery.id)
    await hooks.settle(claim, GOOD)
    await hooks.send_again(webhook, delivery.id)


async def test_a_person_may_send_to_what_is_switched_off(hooks: Webhooks) -> None:
    webhook = await hooks.subscribe()
    await fail(hooks, BAD_ANSWERS + 1)
    newest = (await hooks.deliveries(webhook))[0]
    await hooks.send_again(webhook, newest.id)
    settled = await hooks.send(GOOD)

    assert settled is not None
    assert settled.state == "delivered"
    assert (await hooks.get(webhook)).is_disabled


async def test_one_delivery_is_sent_so_often_and_no_more(hooks: Webhooks) -> None:
    webhook = await hooks.subscribe()
    await hooks.plan(added(1))
    await hooks.send(GOOD)
    (delivery,) = await hooks.deliveries(webhook)
    for _ in range(MAX_ATTEMPTS - 11):
        await hooks.send_again(webhook, delivery.id)
        await hooks.send(GOOD)
    with pytest.raises(CannotSendAgain, match="as often"):
        await hooks.send_again(webhook, delivery.id)


async def test_old_deliveries_are_swept_with_their_attempts(hooks: Webhooks) -> None:
    webhook = await hooks.subscribe()
    await hooks.plan(added(1))
    await hooks.send(GOOD)
    await hooks.plan(added(2), now=NOW + 1)

    assert await sending.sweep(hooks.db, NOW + KEPT) == 0
    assert await sending.sweep(hooks.db, NOW + KEPT + 1) == 1
    assert [one.created_at for one in await hooks.deliveries(webhook)] == [NOW + 1]
    async with hooks.db.read() as reader:
        assert await reader.value("select count(*) from webhook_attempts") == 0


async def test_an_account_keeps_so_many_and_what_waits(
    hooks: Webhooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "MOST_KEPT", 3)
    webhook = await hooks.subscribe()
    other = await hooks.subscribe(actor=CHARLIE)
    await hooks.plan(*(added(n) for n in range(6)))
    for _ in range(6):
        await hooks.send(GOOD)
    await hooks.plan(added(6), added(7))
    await hooks.plan(*(added(n) for n in range(3)), actor=CHARLIE)

    assert await sending.sweep(hooks.db, NOW) == 5
    assert await hooks.states(webhook) == ["delivered", "waiting", "waiting"]
    assert len(await hooks.deliveries(other, CHARLIE)) == 3
    await hooks.plan(*(added(n) for n in range(5)))
    await sending.sweep(hooks.db, NOW)
    assert await hooks.states(webhook) == ["waiting"] * 7, "what waits is never swept for room"
