"""How calls that wait are sent: once, fairly, and with a record (S-162, S-199, S-204, S-214)."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from grantway.asgi.metrics import Metrics
from grantway.db import Database, open_database
from grantway.hooks import service
from grantway.hooks.model import KEPT, MAX_UNDER_WAY, Answered, Failed, Kind, Planned, Why
from grantway.worker.delivering import Deliverer
from grantway.worker.fairness import POLL_SECONDS, Shares
from tests.integration.hooks.receiver import receiving
from tests.integration.hooks.world import ACME, BOLT, NOW, World


async def until(done: Callable[[], Awaitable[bool]], seconds: float = 5.0) -> None:
    """Wait until *done* answers true."""
    deadline = time.monotonic() + seconds
    while not await done():
        assert time.monotonic() < deadline, "it did not happen"
        await asyncio.sleep(0.02)


async def test_every_outcome_is_recorded(world: World) -> None:
    await world.plan("/ok", "/status/404", "/reset", "/garbage")
    async with world.db.write() as tx:
        await service.plan(tx, world.planned("https://127.0.0.1/"), NOW)
        await service.plan(tx, world.planned("nonsense"), NOW)
    await world.deliverer().deliver_all()

    told = [(one.state, one.status, one.why) for one in await world.attempts()]
    assert told == [
        ("answered", 200, None),
        ("answered", 404, None),
        ("failed", None, "no_answer"),
        ("failed", None, "no_answer"),
        ("failed", None, "no_destination"),
        ("failed", None, "no_destination"),
    ]
    assert all(one.milliseconds is not None for one in await world.attempts())


async def test_several_processes_send_each_call_once(world: World, database_url: str) -> None:
    paths = [f"/{n}" for n in range(60)]
    for account_id in (ACME, BOLT):
        await world.plan(*(f"{path}/{account_id}" for path in paths), account_id=account_id)
    others = [await open_database(database_url) for _ in range(3)]
    try:
        deliverers = [world.deliverer(db=db) for db in (world.db, *others)]
        await asyncio.gather(*(one.deliver_all() for one in deliverers))
    finally:
        for one in others:
            await one.close()

    got = world.receiver.paths()
    assert sorted(got) == sorted(f"{path}/{n}" for path in paths for n in (ACME, BOLT))
    assert await world.states() == ["answered"] * 120


async def test_one_of_many_claims_wins(world: World, database_url: str) -> None:
    other = await open_database(database_url)
    try:
        for _ in range(20):
            await world.plan("/off")
            async with world.db.read() as reader:
                (name,) = await service.destinations(reader, "", 10)
                (waiting,) = await service.waiting_for(reader, name, 0, 10)
            hooks = [world.hooks(), world.hooks(other)]
            claims = await asyncio.gather(*(hooks[n % 2].claim(waiting) for n in range(8)))
            assert len([one for one in claims if one is not None]) == 1
    finally:
        await other.close()


async def test_what_a_dead_process_claimed_becomes_unknown_and_is_never_sent(
    world: World,
) -> None:
    await world.plan("/lost", "/sent")
    async with world.db.write() as tx:
        lost = await service.waiting_for(tx, f"127.0.0.1:{world.receiver.port}", 0, 1)
        assert await service.claim(tx, lost[0], NOW)
    deliverer = world.deliverer()
    await deliverer.deliver_all()
    assert await world.states() == ["under_way", "answered"]

    world.clock.advance(MAX_UNDER_WAY)
    assert await deliverer.note_unknown() == 0, "its minute is not over"
    world.clock.advance(1)
    assert await deliverer.note_unknown() == 1
    await deliverer.deliver_all()

    assert await world.states() == ["unknown", "answered"]
    assert world.receiver.paths() == ["/sent"]


async def test_who_sent_it_may_tell_late(world: World) -> None:
    await world.plan("/off")
    name = f"127.0.0.1:{world.receiver.port}"
    async with world.db.write() as tx:
        (waiting,) = await service.waiting_for(tx, name, 0, 1)
        delivery = await service.claim(tx, waiting, NOW)
    assert delivery is not None
    async with world.db.write() as tx:
        await service.note_unknown(tx, NOW + 2 * MAX_UNDER_WAY)
    for outcome in (Answered(204, 5), Failed(Why.NO_ANSWER, 7)):
        async with world.db.write() as tx:
            await service.finish(tx, delivery, outcome, NOW)

    (attempt,) = await world.attempts()
    assert (attempt.state, attempt.status) == ("answered", 204), "the first word stands"


async def test_old_calls_are_swept(world: World) -> None:
    await world.plan("/old")
    world.clock.advance(1)
    await world.plan("/young")
    async with world.db.write() as tx:
        assert await service.sweep(tx, NOW + KEPT) == 0
    async with world.db.write() as tx:
        assert await service.sweep(tx, NOW + KEPT + 1) == 1

    (left,) = await world.attempts()
    assert left.uri.endswith("/young")


async def test_a_call_is_sent_soon_and_at_once_when_woken(world: World) -> None:
    hooks = world.hooks()
    deliverer = Deliverer(hooks)
    deliverer.start()
    try:
        await asyncio.sleep(0.3)

        async def is_sent() -> bool:
            return "waiting" not in await world.states()

        await world.plan("/polled")
        await until(is_sent, POLL_SECONDS + 1)
        await world.plan("/woken")
        hooks.wake()
        began = time.monotonic()
        await until(is_sent)
        assert time.monotonic() - began < POLL_SECONDS / 2
    finally:
        await deliverer.stop()


async def test_stopping_waits_for_what_is_under_way_and_begins_nothing(world: World) -> None:
    await world.plan("/hang")
    deliverer = world.deliverer()
    deliverer.start()

    async def is_under_way() -> bool:
        return bool(world.receiver.received)

    await until(is_under_way)
    stopping = asyncio.create_task(deliverer.stop())
    await asyncio.sleep(0.05)
    await world.plan("/later")
    world.receiver.resume.set()
    await stopping

    assert await world.states() == ["answered", "waiting"]


async def test_a_dead_receiver_delays_no_other(world: World) -> None:
    async with receiving() as healthy:
        await world.plan(*["/hang"] * 100)
        async with world.db.write() as tx:
            for account_id in (ACME, BOLT):
                uri = f"http://127.0.0.1:{healthy.port}/{account_id}"
                await service.plan(tx, world.planned(uri, account_id), NOW)
        deliverer = world.deliverer(healthy, shares=Shares(in_all=16))
        deliverer.start()
        try:

            async def is_healthy_served() -> bool:
                return len(healthy.received) == 2

            await until(is_healthy_served, 1.5)
            await asyncio.sleep(0.2)
            # Its eight are of all that is free; it has some itself by now.
            assert world.receiver.connections == 6
        finally:
            world.receiver.resume.set()
            await deliverer.stop()


async def test_many_dead_receivers_leave_room(world: World) -> None:
    async with AsyncExitStack() as stack:
        hanging = [await stack.enter_async_context(receiving()) for _ in range(8)]
        healthy = await stack.enter_async_context(receiving())
        shares = Shares(in_all=32, for_an_account=1_000)
        deliverer = world.deliverer(healthy, *hanging, shares=shares)
        async with world.db.write() as tx:
            for n, one in enumerate(hanging * 8):
                await service.plan(tx, world.planned(f"http://127.0.0.1:{one.port}/hang/{n}"), NOW)
        deliverer.start()
        try:

            async def are_all_begun() -> bool:
                return all(one.received for one in hanging)

            await until(are_all_begun, 1.5)
            async with world.db.write() as tx:
                uri = f"http://127.0.0.1:{healthy.port}/bolt"
                await service.plan(tx, world.planned(uri, BOLT), NOW)

            async def is_served() -> bool:
                return len(healthy.received) == 1

            await until(is_served, 1.5)
        finally:
            for one in hanging:
                one.resume.set()
            await deliverer.stop()


async def test_accounts_take_turns_at_a_receiver(world: World) -> None:
    await world.plan(*(f"/acme/{n}" for n in range(50)))
    await world.plan(*(f"/bolt/{n}" for n in range(3)), account_id=BOLT)
    shares = Shares(to_a_destination=1)
    await world.deliverer(shares=shares).deliver_all()

    got = world.receiver.paths()
    assert len(got) == 53
    assert sorted(got[:6]) == sorted(
        [f"/{account}/{n}" for account in ("acme", "bolt") for n in range(3)]
    )


async def test_an_account_has_a_share_of_all(world: World) -> None:
    async with receiving() as another, receiving() as healthy:
        async with world.db.write() as tx:
            for n in range(8):
                for one in (world.receiver, another):
                    uri = f"http://127.0.0.1:{one.port}/hang/{n}"
                    await service.plan(tx, world.planned(uri), NOW)
            uri = f"http://127.0.0.1:{healthy.port}/bolt"
            await service.plan(tx, world.planned(uri, BOLT), NOW)
        deliverer = world.deliverer(another, healthy, shares=Shares(for_an_account=3))
        deliverer.start()
        try:

            async def is_served() -> bool:
                return len(healthy.received) == 1

            await until(is_served, 1.5)
            await asyncio.sleep(0.2)
            assert world.receiver.connections + another.connections == 3
        finally:
            for one in (world.receiver, another):
                one.resume.set()
            await deliverer.stop()


async def test_destinations_and_accounts_are_walked_in_steps(world: World, db: Database) -> None:
    async with db.write() as tx:
        for name in ("a", "b", "c", "d"):
            for account_id in (ACME, BOLT):
                uri = f"https://{name}.example/"
                await service.plan(tx, world.planned(uri, account_id), NOW)
                await service.plan(tx, world.planned(uri, account_id), NOW)
    async with db.read() as reader:
        first = await service.destinations(reader, "", 3)
        rest = await service.destinations(reader, first[-1], 3)
        both = await service.waiting_for(reader, "b.example:443", 0, 5)
        one = await service.waiting_for(reader, "b.example:443", ACME, 5)
        none = await service.waiting_for(reader, "x.example:443", 0, 5)

    assert first == ["a.example:443", "b.example:443", "c.example:443"]
    assert rest == ["d.example:443"]
    assert [(w.account_id, w.id) for w in both] == [(ACME, 5), (BOLT, 7)]
    assert [w.account_id for w in one] == [BOLT]
    assert none == []


async def test_calls_are_counted(world: World) -> None:
    metrics = Metrics("operator")
    await world.plan("/ok", "/status/503", "/close")
    await Deliverer(world.hooks(), count=metrics.count_delivery).deliver_all()
    scope = {"headers": [(b"authorization", b"Bearer operator")]}
    answer = metrics.answer(scope)

    assert answer is not None
    text = answer.body.decode()
    for result in ("2xx", "5xx", "no_answer"):
        assert f'grantway_deliveries_total{{kind="install",result="{result}"}} 1.0' in text


def secrets_hook(
    world: World, path: str, account_id: int = ACME, port: int | None = None
) -> Planned:
    return Planned(
        account_id=account_id,
        client_id=world.client_id,
        kind=Kind.SECRETS,
        method="POST",
        uri=f"http://127.0.0.1:{port or world.receiver.port}{path}",
    )


@pytest.mark.parametrize(("path", "status"), [("/keys", 200), ("/status/204", 204)])
async def test_a_call_that_somebody_waits_for(world: World, path: str, status: int) -> None:
    outcome = await world.hooks().call_now(secrets_hook(world, path), b'{"a":1}')

    assert isinstance(outcome, Answered)
    assert outcome.status == status
    (got,) = world.receiver.received
    assert (got.method, got.body) == ("POST", b'{"a":1}')
    (attempt,) = await world.attempts()
    assert (attempt.kind, attempt.state, attempt.status) == ("secrets", "answered", status)


async def test_it_is_recorded_before_it_is_sent_and_nobody_else_sends_it(world: World) -> None:
    hooks = world.hooks()
    async with world.db.write() as tx:
        delivery = await service.plan_now(tx, secrets_hook(world, "/keys"), NOW)
    await world.deliverer().deliver_all()
    assert await world.states() == ["under_way"]
    assert world.receiver.connections == 0

    outcome = await hooks.call(delivery, b"{}")

    assert isinstance(outcome, Answered)
    assert await world.states() == ["answered"]


async def test_it_is_recorded_although_nobody_waits_any_more(world: World) -> None:
    hooks = world.hooks()
    waiting = asyncio.create_task(hooks.call_now(secrets_hook(world, "/hang"), b"{}"))

    async def is_under_way() -> bool:
        return bool(world.receiver.received)

    await until(is_under_way)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    world.receiver.resume.set()
    await hooks.finish()

    assert await world.states() == ["answered"]


async def test_a_receiver_that_hangs_delays_no_call_that_somebody_else_waits_for(
    world: World,
) -> None:
    async with receiving() as healthy:
        hooks = world.hooks(world.db, healthy)
        hanging = [
            asyncio.create_task(
                hooks.call_now(secrets_hook(world, "/hang", (ACME, BOLT)[n % 2]), b"{}")
            )
            for n in range(300)
        ]

        async def are_planned() -> bool:
            return len(await world.states()) == len(hanging)

        await until(are_planned)
        for account_id in (ACME, BOLT):
            planned = secrets_hook(world, "/keys", account_id, healthy.port)
            async with asyncio.timeout(1.5):
                assert isinstance(await hooks.call_now(planned, b"{}"), Answered)
        connections = world.receiver.connections
        world.receiver.resume.set()
        outcomes = await asyncio.gather(*hanging)

    assert connections == 8
    assert len([one for one in outcomes if isinstance(one, Answered)]) > 200, "all have their turn"
