"""Who subscribes to what, and what is planned for whom (api-v4.md 3.12, 3.13; S-92, S-166)."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from grantway.accounts.actor import Actor
from grantway.crm.webhooks import history, service
from grantway.crm.webhooks.errors import DeliveryNotFound, TooManyWebhooks, WebhookNotFound
from grantway.crm.webhooks.model import MAX_WEBHOOKS, OVERLAP, Webhook
from grantway.db import Database, Transaction
from grantway.kernel.errors import Forbidden
from tests.contract.crm_cast import ACME, BOB, BOLT, CHARLIE, audited, open_accounts
from tests.contract.webhook_cast import ALICE, GOOD, HOOK, NOW, SEAL, Webhooks, added


@pytest.fixture
async def hooks(db: Database) -> Webhooks:
    await open_accounts(db)
    return Webhooks(db)


async def test_what_is_subscribed_to_is_known_account_by_account(hooks: Webhooks) -> None:
    async with hooks.db.read() as reader:
        assert await service.subscribed(reader, ACME) == frozenset()
    await hooks.subscribe(HOOK, "add_lead", "status_lead")
    await hooks.subscribe("https://other.example/", "add_lead", "add_task")
    await hooks.subscribe(HOOK, "add_contact", actor=CHARLIE)
    async with hooks.db.read() as reader:
        assert await service.subscribed(reader, ACME) == {"add_lead", "status_lead", "add_task"}
        assert await service.subscribed(reader, BOLT) == {"add_contact"}


async def test_the_same_address_again_replaces_its_subscription(hooks: Webhooks) -> None:
    first = await hooks.subscribe(HOOK, "add_lead", sort=3)
    async with hooks.db.write() as tx:
        secret = await service.show_secret(tx, ALICE, first.id, SEAL, NOW)
    again = await hooks.subscribe(HOOK, "delete_lead", now=NOW + 60)
    async with hooks.db.write() as tx:
        kept = await service.show_secret(tx, ALICE, first.id, SEAL, NOW)
        listed = await service.list_webhooks(tx, ALICE)

    assert (again.id, again.settings, again.sort) == (first.id, ["delete_lead"], 3)
    assert (again.created_at, again.updated_at) == (NOW, NOW + 60)
    assert kept == secret
    assert listed == [again]


async def test_they_are_listed_in_their_order_or_by_their_exact_address(hooks: Webhooks) -> None:
    late = await hooks.subscribe("https://a.example/", sort=20)
    first = await hooks.subscribe("https://b.example/", sort=5)
    usual = await hooks.subscribe("https://c.example/")
    async with hooks.db.read() as reader:
        assert await service.list_webhooks(reader, ALICE) == [first, usual, late]
        assert await service.list_webhooks(reader, ALICE, "https://b.example/") == [first]
        assert await service.list_webhooks(reader, ALICE, "https://b.example") == []
        assert await service.list_webhooks(reader, CHARLIE, "https://b.example/") == []


async def test_an_account_has_so_many_and_another_one_as_many(hooks: Webhooks) -> None:
    for n in range(MAX_WEBHOOKS - 1):
        await hooks.subscribe(f"https://hook.example/{n}")
    outcomes = await asyncio.gather(
        *(hooks.subscribe(f"https://hook.example/last{n}") for n in range(3)),
        return_exceptions=True,
    )

    assert sorted(type(one).__name__ for one in outcomes) == [
        *("TooManyWebhooks", "TooManyWebhooks", "Webhook")
    ]
    with pytest.raises(TooManyWebhooks):
        await hooks.subscribe("https://hook.example/more")
    await hooks.subscribe("https://hook.example/0", "add_task")
    await hooks.subscribe(actor=CHARLIE)


async def test_several_who_subscribe_the_same_at_once_make_one(hooks: Webhooks) -> None:
    made = await asyncio.gather(*(hooks.subscribe() for _ in range(6)))

    assert len({one.id for one in made}) == 1


Do = Callable[[Transaction, Actor, int], Awaitable[object]]
FOR_ADMINISTRATORS: dict[str, Do] = {
    "get": service.get,
    "remove": lambda tx, actor, n: service.remove(tx, actor, n, NOW),
    "enable": lambda tx, actor, n: service.enable(tx, actor, n, NOW),
    "see the secret": lambda tx, actor, n: service.show_secret(tx, actor, n, SEAL, NOW),
    "renew the secret": lambda tx, actor, n: service.renew_secret(tx, actor, n, SEAL, NOW),
    "read deliveries": history.deliveries,
    "read one": lambda tx, actor, n: history.delivery(tx, actor, n, 1),
    "send again": lambda tx, actor, n: history.send_again(tx, actor, n, 1, NOW),
}


@pytest.mark.parametrize("what", FOR_ADMINISTRATORS)
async def test_only_administrators_of_the_account_do_it(hooks: Webhooks, what: str) -> None:
    webhook = await hooks.subscribe()
    await hooks.plan(added(1))
    await hooks.send(GOOD)
    do = FOR_ADMINISTRATORS[what]
    for actor, refusal in ((BOB, Forbidden), (CHARLIE, WebhookNotFound)):
        with pytest.raises(refusal):
            async with hooks.db.write() as tx:
                await do(tx, actor, webhook.id)
    assert await hooks.get(webhook) == webhook
    async with hooks.db.write() as tx:
        await do(tx, ALICE, webhook.id)


async def test_a_delivery_is_found_below_its_own_subscription_alone(hooks: Webhooks) -> None:
    webhook = await hooks.subscribe()
    other = await hooks.subscribe("https://other.example/", "add_task")
    await hooks.plan(added(1))
    (delivery,) = await hooks.deliveries(webhook)
    async with hooks.db.read() as reader:
        found, _ = await history.delivery(reader, ALICE, webhook.id, delivery.id)
        assert found == delivery
        with pytest.raises(DeliveryNotFound):
            await history.delivery(reader, ALICE, other.id, delivery.id)


async def test_each_who_wants_it_is_told_each_occurrence(hooks: Webhooks) -> None:
    both = await hooks.subscribe(HOOK, "add_lead", "delete_lead")
    one = await hooks.subscribe("https://other.example/", "add_lead", receiver="other.example:443")
    foreign = await hooks.subscribe(HOOK, "add_lead", actor=CHARLIE)
    planned = await hooks.plan(added(1), added(2), added(1, "delete_lead"), added(3, "add_task"))

    assert planned == 5
    told = [(d.event, d.body) for d in await hooks.deliveries(both)][::-1]
    assert told == [
        ("add_lead", "leads%5Badd%5D%5B0%5D%5Bid%5D=1"),
        ("add_lead", "leads%5Badd%5D%5B0%5D%5Bid%5D=2"),
        ("delete_lead", "leads%5Bdelete%5D%5B0%5D%5Bid%5D=1"),
    ]
    assert [d.event for d in await hooks.deliveries(one)] == ["add_lead"] * 2
    assert await hooks.deliveries(foreign, CHARLIE) == []


async def test_what_is_rolled_back_is_told_to_nobody(hooks: Webhooks) -> None:
    webhook = await hooks.subscribe()

    async def plan_in_vain() -> None:
        async with hooks.db.write() as tx:
            assert await service.plan(tx, ACME, [added(1)], NOW) == 1
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await plan_in_vain()
    assert await hooks.deliveries(webhook) == []
    assert await hooks.waiting() == []


async def test_many_are_planned_at_once(hooks: Webhooks) -> None:
    webhook = await hooks.subscribe()
    for n in range(3):
        await hooks.subscribe(f"https://hook.example/{n}")

    assert await hooks.plan(*(added(n) for n in range(250))) == 1000
    assert len(await hooks.deliveries(webhook)) == 250


async def test_the_list_has_pages(hooks: Webhooks) -> None:
    webhook = await hooks.subscribe()
    await hooks.plan(*(added(n) for n in range(5)))
    await hooks.send(GOOD)
    ids = [one.id for one in await hooks.deliveries(webhook)]
    async with hooks.db.read() as reader:
        first = await history.deliveries(reader, ALICE, webhook.id, limit=2)
        second = await history.deliveries(
            reader, ALICE, webhook.id, limit=2, before_id=first.next_before_id
        )
        back = await history.deliveries(
            reader, ALICE, webhook.id, limit=2, after_id=second.previous_after_id
        )
        waiting = await history.deliveries(reader, ALICE, webhook.id, state="waiting")

    assert [one.id for one in first.deliveries] == ids[:2]
    assert [one.id for one in second.deliveries] == ids[2:4]
    assert (back.deliveries, back.previous_after_id) == (first.deliveries, None)
    assert [one.id for one in waiting.deliveries] == ids[:4]
    assert [one.id for one in await hooks.deliveries(webhook, state="delivered")] == ids[4:]


async def test_what_administrators_do_is_audited(hooks: Webhooks) -> None:
    webhook = await hooks.subscribe("https://hook.example/in?token=hidden")
    async with hooks.db.write() as tx:
        await service.enable(tx, ALICE, webhook.id, NOW)  # it is on: nothing happens
        await service.show_secret(tx, ALICE, webhook.id, SEAL, NOW)
        await service.renew_secret(tx, ALICE, webhook.id, SEAL, NOW)
        await service.unsubscribe(tx, ALICE, webhook.destination, NOW)
        with pytest.raises(WebhookNotFound):
            await service.unsubscribe(tx, ALICE, webhook.destination, NOW)
    named = f"{webhook.id} at hook.example:443"

    assert await audited(hooks.db, ACME) == [
        ("webhook.subscribed", named),
        ("webhook.secret_shown", named),
        ("webhook.secret_renewed", named),
        ("webhook.removed", named),
    ]


async def test_secrets_are_sealed_each_for_its_own_subscription(hooks: Webhooks) -> None:
    async def secret_of(webhook: Webhook) -> str:
        async with hooks.db.write() as tx:
            return await service.show_secret(tx, ALICE, webhook.id, SEAL, NOW)

    one, other = await hooks.subscribe(), await hooks.subscribe("https://other.example/")
    shown = [await secret_of(one), await secret_of(other)]
    async with hooks.db.read() as reader:
        stored = await reader.column("select secret_sealed from webhooks")

    assert shown[0] != shown[1]
    assert all(secret.startswith("whsec_") for secret in shown)
    assert not any(secret[6:] in sealed for secret in shown for sealed in stored)


async def test_a_renewed_secret_signs_beside_the_former_one_for_a_day(hooks: Webhooks) -> None:
    webhook = await hooks.subscribe()
    async with hooks.db.write() as tx:
        former = await service.show_secret(tx, ALICE, webhook.id, SEAL, NOW)
        present = await service.renew_secret(tx, ALICE, webhook.id, SEAL, NOW)
        assert await service.show_secret(tx, ALICE, webhook.id, SEAL, NOW) == present
    purpose = service.purpose(ACME, webhook.id)
    signing = []
    for now in (NOW + OVERLAP - 1, NOW + OVERLAP):
        await hooks.plan(added(1), now=now)
        claim = await hooks.claim(now)
        assert claim is not None
        await hooks.settle(claim, GOOD, now)
        sealed = (claim.secret_sealed, claim.former_secret_sealed)
        signing.append([SEAL.unseal(one, purpose) for one in sealed if one is not None])

    assert signing == [[present, former], [present]]
