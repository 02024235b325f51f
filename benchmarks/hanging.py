"""How long webhooks to healthy receivers wait while others hang."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.accounts import ADDRESSES
from benchmarks.callers import Receivers
from benchmarks.figures import Samples
from benchmarks.installers import Administrator, empty_offices
from benchmarks.installing import Installer
from benchmarks.processes import Fault, free_port
from benchmarks.servers import serving
from grantway.installing.service import MOST_AT_WORK

LEVELS = (0, 31, 64, 128, 200, 256, 320)
QUICK_LEVELS = (0, 64, 320)
HELD_MS = 1000.0
_HEALTHY = 5
_CALLS_A_SECOND = 8 / 3  # to a receiver that hangs: eight at once, three seconds each
_ALL_A_SECOND = 256 / 3  # to all of them
_EACH_SECOND = 10  # healthy installations
_FILLING = 3.0  # seconds until as much hangs as may
_PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Held:
    """With so many receivers that hang: their calls at once at most, the delays of healthy ones."""

    receivers: int
    calls: int
    delays: Samples


async def hold(level: int, folder: Path, *, seconds: int) -> Held:
    """Let *level* receivers hang without end, and install for so many seconds beside them."""
    receivers = Receivers()
    url, port = f"sqlite:///{folder / f'hanging-{level}.db'}", free_port()
    async with receivers.listening(level, _HEALTHY) as (hanging, healthy):
        async with empty_offices(url, ADDRESSES, [*hanging, *healthy]) as offices:
            # What hangs comes from many accounts, because one has no more than its share.
            for n, some in enumerate(_parted(hanging)):
                people = await offices.administrators(f"crowd{n}-", _calls_to_each(level, seconds))
                await offices.install(
                    people, await offices.published([f"http://{one}/agreed" for one in some])
                )
            installers = await offices.administrators("acme", seconds * _EACH_SECOND // _HEALTHY)
            client_ids = await offices.published([f"http://{one}/agreed" for one in healthy])
            environment = offices.environment(url, port)
        with serving(environment, folder):
            await asyncio.sleep(_FILLING)
            done = await _install(port, installers, client_ids)
            delays = await _delays(receivers, done)
    return Held(level, receivers.most_hanging, delays)


def _parted(receivers: Sequence[str]) -> list[Sequence[str]]:
    """Return them in parts of what one account may install."""
    return [
        receivers[first : first + MOST_AT_WORK] for first in range(0, len(receivers), MOST_AT_WORK)
    ]


def _calls_to_each(level: int, seconds: int) -> int:
    """Return how many calls keep a receiver busy for so long, twice as many where they share."""
    a_second = min(_CALLS_A_SECOND, 2 * _ALL_A_SECOND / level)
    return 8 + round(a_second * (seconds + _FILLING + 7))


async def _install(
    port: int, people: Sequence[Administrator], client_ids: Sequence[str]
) -> dict[tuple[str, str], float]:
    """Begin an installation in every tenth of a second; return when each was confirmed."""
    done: dict[tuple[str, str], float] = {}

    async def install(who: Administrator, client_id: str) -> None:
        person = Installer(port, ADDRESSES, who)
        try:
            done[client_id, ADDRESSES.authority(who.subdomain)] = await person.install(client_id)
        finally:
            person.close()

    began, n = time.perf_counter(), 0
    async with asyncio.TaskGroup() as group:
        # Each person's turn comes again after a while, when the last wish is over.
        for client_id in client_ids:
            for who in people:
                await asyncio.sleep(max(0.0, began + n / _EACH_SECOND - time.perf_counter()))
                group.create_task(install(who, client_id))
                n += 1
    return done


async def _delays(receivers: Receivers, done: dict[tuple[str, str], float]) -> Samples:
    """Wait for the webhooks of all that was confirmed; return the milliseconds of each."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        came = {(one.client_id, one.host): one.at for one in receivers.arrivals}
        if done.keys() <= came.keys():
            # One may come before its confirmation is answered.
            return Samples(tuple(1000 * max(0.0, came[key] - at) for key, at in done.items()))
        if time.monotonic() > deadline:
            raise Fault(f"{len(done.keys() - came.keys())} healthy webhooks did not come")
        await asyncio.sleep(0.05)


def most_held(held: Sequence[Held]) -> str:
    """Say up to how many hanging receivers healthy webhooks came in time."""
    most = 0
    for one in held:
        if one.delays.percentile(99) >= HELD_MS:
            return f"{most}, and no more with {one.receivers}"
        most = one.receivers
    return f"{most}, as many as were tried"
