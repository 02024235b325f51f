"""Account webhooks as their receivers meet them (api-v4.md 3.13; S-159, S-161 to S-165, S-216)."""

import asyncio
import base64
import hashlib
import hmac
import time
from collections.abc import Sequence

import pytest

from grantway.asgi.metrics import Metrics
from grantway.crm.webhooks import service
from grantway.crm.webhooks.encoding import fields_of
from grantway.crm.webhooks.model import BAD_ANSWERS, DEADLINE, MAX_ANSWER, RETRIES, Webhook
from grantway.hooks.addresses import Rules, Target
from grantway.hooks.names import Names
from grantway.hooks.sender import DEADLINE as INTEGRATIONS_DEADLINE
from grantway.hooks.sender import Sender
from grantway.kernel.sealing import Seal
from grantway.worker.fairness import Shares
from grantway.worker.webhooks import Teller
from tests.contract.crm_cast import CHARLIE
from tests.contract.webhook_cast import Webhooks, added
from tests.integration.hooks.receiver import Received, Receiver, receiving
from tests.integration.hooks.world import ACME, ALICE, NOW, OWN, SEAL, World


class Told(Webhooks):
    """Subscriptions to receivers on loopback, and who tells them."""

    def __init__(self, world: World) -> None:
        super().__init__(world.db)
        self.world = world

    async def to(self, path: str, receiver: Receiver | None = None) -> Webhook:
        """Subscribe a path of the receiver."""
        port = (receiver or self.world.receiver).port
        name = f"127.0.0.1:{port}"
        return await self.subscribe(f"http://{name}{path}", receiver=name)

    def teller(
        self,
        *receivers: Receiver,
        shares: Shares | None = None,
        metrics: Metrics | None = None,
        seal: Seal = SEAL,
    ) -> Teller:
        ports = [one.port for one in (self.world.receiver, *receivers)]
        rules = Rules(OWN, frozenset(Target("127.0.0.1", port) for port in ports))
        names = Names(lambda host, port: ["10.0.0.1"])
        count = (metrics or Metrics(None)).count_delivery
        sender = Sender(rules, names=names)
        return Teller(self.db, sender, seal, OWN, self.world.clock, shares=shares, count=count)

    async def tell(self, *leads: int) -> None:
        await self.plan(*(added(one) for one in leads or (1,)), now=self.world.clock())
        await self.teller().deliver_all()

    async def secret(self, webhook: Webhook) -> str:
        async with self.db.write() as tx:
            return await service.show_secret(tx, ALICE, webhook.id, SEAL, NOW)


@pytest.fixture
def told(world: World) -> Told:
    return Told(world)


def is_genuine(request: Received, secret: str) -> bool:
    """Check a signature as a receiver does, by nothing but the published convention."""
    head = request.headers
    signed = f"{head['webhook-id']}.{head['webhook-timestamp']}.{request.body.decode()}"
    key = base64.b64decode(secret.removeprefix("whsec_"))
    right = base64.b64encode(hmac.new(key, signed.encode(), hashlib.sha256).digest()).decode()
    return f"v1,{right}" in head["webhook-signature"].split(" ")


async def test_a_delivery_as_it_arrives(told: Told) -> None:
    webhook = await told.to("/in?key=1")
    await told.tell(9001)

    (request,) = told.world.receiver.received
    head = request.headers
    assert (request.method, request.target) == ("POST", "/in?key=1")
    assert head["content-type"] == "application/x-www-form-urlencoded"
    assert head["user-agent"] == "amoCRM-WebHook-client/1.0"
    assert fields_of(request.body.decode()) == [
        ("leads[add][0][id]", "9001"),
        ("account[subdomain]", "acme"),
        ("account[id]", str(ACME)),
        ("account[_links][self]", "https://acme.grantway.test"),
    ]
    (delivery,) = await told.deliveries(webhook)
    assert head["webhook-id"] == delivery.message_id
    assert (head["webhook-timestamp"], head["x-grantway-attempt"]) == (str(NOW), "1")
    assert is_genuine(request, await told.secret(webhook))
    assert not is_genuine(request, "whsec_" + base64.b64encode(bytes(32)).decode())
    (attempt,) = await told.attempts(webhook, delivery.id)
    assert (attempt.status, attempt.answer) == (200, "ok")


async def test_a_repeat_bears_the_same_id_and_its_own_signature(told: Told) -> None:
    webhook = await told.to("/status/500")
    await told.tell()
    told.world.clock.advance(5 * 60)
    teller = told.teller()
    await teller.keep_house()
    await teller.deliver_all()

    first, second = told.world.receiver.received
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]
    assert second.headers["x-grantway-attempt"] == "2"
    secret = await told.secret(webhook)
    assert is_genuine(first, secret)
    assert is_genuine(second, secret)


async def outcomes(
    told: Told, paths: Sequence[str], *others: Receiver
) -> list[tuple[str, int | None, str | None]]:
    webhooks = [await told.to(path) for path in paths]
    await told.plan(added(1))
    await told.teller(*others).deliver_all()
    found = []
    for one in webhooks:
        (delivery,) = await told.deliveries(one)
        found.append((delivery.state, delivery.last_status, delivery.last_why))
    return found


async def test_what_counts_as_taken(told: Told) -> None:
    paths = ["/status/200", "/status/299", "/redirect", "/status/404", "/close", "/half", "/reset"]

    assert await outcomes(told, paths) == [
        ("delivered", 200, None),
        ("delivered", 299, None),
        ("put_off", 302, None),
        ("put_off", 404, None),
        *[("put_off", None, "no_answer")] * 3,
    ]
    assert len(told.world.receiver.received) == len(paths), "no redirect is followed"


async def test_the_whole_answer_must_be_there_in_two_seconds(told: Told) -> None:
    # A hook of an integration would have waited for it.
    async with receiving(pause=(DEADLINE + INTEGRATIONS_DEADLINE) / 2) as slow:
        late = await told.to("/slow", slow)
        paths = ["/hang", "/drip-body", "/drip-headers", "/drip-status", "/ok"]
        found = await outcomes(told, paths, slow)
        told.world.receiver.resume.set()
        (delivery,) = await told.deliveries(late)

    assert found == [*[("put_off", None, "too_late")] * 4, ("delivered", 200, None)]
    assert (delivery.state, delivery.last_why) == ("put_off", "too_late")


async def test_private_addresses_are_refused_when_it_is_sent(told: Told) -> None:
    webhook = await told.subscribe("https://inside.example/")
    other = await told.subscribe("https://127.0.0.1/", receiver="127.0.0.1:443")
    await told.tell()

    for one in (webhook, other):
        (delivery,) = await told.deliveries(one)
        assert (delivery.state, delivery.last_why) == ("put_off", "no_destination")
    assert told.world.receiver.connections == 0


async def test_of_a_flood_only_the_beginning_is_kept(told: Told) -> None:
    flooded, packed = await told.to("/flood"), await told.to("/zip")
    await told.tell()

    (delivery,) = await told.deliveries(flooded)
    (attempt,) = await told.attempts(flooded, delivery.id)
    assert attempt.answer == "x" * MAX_ANSWER
    (delivery,) = await told.deliveries(packed)
    (attempt,) = await told.attempts(packed, delivery.id)
    assert (attempt.status, attempt.answer) == (200, "")


async def until_received(receiver: Receiver, count: int) -> None:
    """Wait, but less than anything that hangs takes."""
    deadline = time.monotonic() + 1.5
    while len(receiver.received) < count:
        assert time.monotonic() < deadline, "it is held up"
        await asyncio.sleep(0.02)


async def test_a_receiver_that_hangs_holds_up_nobody_else(told: Told) -> None:
    async with receiving() as healthy:
        await told.to("/hang")
        await told.plan(*(added(n) for n in range(60)))
        await told.to("/healthy", healthy)
        foreign = f"127.0.0.1:{healthy.port}"
        await told.subscribe(f"http://{foreign}/bolt", receiver=foreign, actor=CHARLIE)
        await told.plan(added(1))
        await told.plan(added(2), actor=CHARLIE)
        teller = told.teller(healthy, shares=Shares(in_all=16))
        teller.start()
        try:
            await until_received(healthy, 2)
            assert len(told.world.receiver.received) <= Shares().to_a_destination
        finally:
            told.world.receiver.resume.set()
            await teller.stop()


async def test_a_stopped_worker_leaves_the_rest_to_others(told: Told) -> None:
    webhook = await told.to("/hang")
    await told.plan(added(1))
    teller = told.teller()
    teller.start()
    await until_received(told.world.receiver, 1)
    stopping = asyncio.create_task(teller.stop())
    await asyncio.sleep(0.05)
    await told.plan(added(2))
    told.world.receiver.resume.set()
    await stopping

    assert await told.states(webhook) == ["delivered", "waiting"]


async def test_too_many_bad_answers_switch_it_off_for_good(told: Told) -> None:
    webhook = await told.to("/status/500")
    await told.tell(*range(BAD_ANSWERS + 20))
    seen = len(told.world.receiver.received)

    assert (await told.get(webhook)).is_disabled
    # What was under way at that moment arrives; nothing is begun any more.
    assert BAD_ANSWERS < seen < BAD_ANSWERS + 1 + Shares().to_a_destination
    states = await told.states(webhook)
    assert states.count("dropped") == BAD_ANSWERS + 20 - seen


async def test_without_the_key_that_sealed_the_secret_nothing_is_sent(told: Told) -> None:
    webhook = await told.to("/in")
    await told.plan(added(1))
    await told.teller(seal=Seal([bytes(32)])).deliver_all()

    (delivery,) = await told.deliveries(webhook)
    assert (delivery.state, delivery.last_why) == ("put_off", "no_secret")
    assert told.world.receiver.received == []


async def test_a_lost_key_is_held_against_no_receiver(told: Told) -> None:
    webhook = await told.to("/in")
    leads = range(BAD_ANSWERS + 1)
    await told.plan(*(added(one) for one in leads))
    keyless = told.teller(seal=Seal([bytes(32)]))
    for _ in RETRIES:
        await keyless.deliver_all()
        told.world.clock.advance(RETRIES[0].after)
        await keyless.keep_house()
    assert not (await told.get(webhook)).is_disabled

    await told.teller().deliver_all()
    assert await told.states(webhook) == ["delivered"] * len(leads)


async def test_attempts_are_counted(told: Told) -> None:
    metrics = Metrics("operator")
    await told.to("/ok")
    await told.to("/status/503")
    await told.plan(added(1))
    await told.teller(metrics=metrics).deliver_all()
    answer = metrics.answer({"headers": [(b"authorization", b"Bearer operator")]})

    assert answer is not None
    for result in ("2xx", "5xx"):
        line = f'grantway_deliveries_total{{kind="webhook",result="{result}"}} 1.0'
        assert line in answer.body.decode()
