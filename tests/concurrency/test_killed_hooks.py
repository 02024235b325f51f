"""Processes that send calls are killed in the middle: at most once, and told (S-204, S-214)."""

import asyncio
import random
import time
from collections import Counter

from grantway.hooks import service
from grantway.hooks.model import MAX_UNDER_WAY, Attempt, Kind, Planned
from tests.concurrency.processes import kill, started
from tests.integration.api_client import NOW, Api
from tests.integration.hooks.receiver import Receiver, receiving

ROUNDS = 3
CALLS = 40
PATIENCE = 20.0


async def attempts(api: Api) -> dict[str, Attempt]:
    async with api.db.read() as reader:
        page = await service.attempts(reader, api.acme.actor, api.acme.client_id, limit=1000)
    return {one.uri.rpartition("/")[2]: one for one in page.attempts}


async def pending(api: Api) -> int:
    """Return how many calls are neither over nor given up."""
    states = [one.state for one in (await attempts(api)).values()]
    return sum(state in {"waiting", "under_way"} for state in states)


async def wait_for_ready(process: asyncio.subprocess.Process) -> None:
    assert process.stdout is not None
    assert (await process.stdout.readline()).split() == [b"ready"]


async def until_received(receiver: Receiver, count: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while len(receiver.received) < count:
        assert time.monotonic() < deadline, "nothing is sent"
        await asyncio.sleep(0.005)


async def test_killing_who_sends_never_sends_twice(api: Api) -> None:
    choose = random.Random(7)
    database = api.platform.settings.database
    async with receiving(pause=0.15) as receiver:
        for round_ in range(ROUNDS):
            now = NOW + round_ * 2 * MAX_UNDER_WAY
            arguments = (database, str(receiver.port), str(now))
            async with (
                started("hook_worker", *arguments) as first,
                started("hook_worker", *arguments) as second,
            ):
                await asyncio.gather(*map(wait_for_ready, (first, second)))
                before = len(receiver.received)
                async with api.db.write() as tx:
                    for n in range(CALLS):
                        uri = f"http://127.0.0.1:{receiver.port}/{round_}-{n}"
                        await service.plan(
                            tx,
                            Planned(
                                account_id=1,
                                client_id=api.acme.client_id,
                                kind=Kind.SECRETS,
                                uri=uri,
                            ),
                            now,
                        )
                # Some are over then, some under way, and some wait.
                await until_received(receiver, before + choose.randint(1, CALLS // 2))
                await asyncio.gather(kill(first), kill(second))
        # The last one lives, later, and finds what the others left.
        later = NOW + ROUNDS * 2 * MAX_UNDER_WAY
        async with started("hook_worker", database, str(receiver.port), str(later)):
            deadline = time.monotonic() + PATIENCE
            while await pending(api):
                assert time.monotonic() < deadline, "what was left is not sent"
                await asyncio.sleep(0.1)
        got = Counter(one.path.rpartition("/")[2] for one in receiver.received)

    known = await attempts(api)
    states = Counter(one.state for one in known.values())
    assert len(known) == ROUNDS * CALLS
    assert set(got.values()) == {1}, "a call was sent twice"
    assert set(states) == {"answered", "unknown"}
    assert 0 < states["unknown"] <= ROUNDS * 2 * 8, "no more than were under way"
    for name, one in known.items():
        if one.state == "answered":
            assert got[name] == 1, "told as answered, and never sent"
