"""The limits over several processes that call at once (S-169)."""

import asyncio

from tests.concurrency.processes import started
from tools.valkey import Server

PROCESSES = 3
SECONDS = 3.5
MOST = 7


async def admitted(url: str) -> list[tuple[float, float]]:
    """Let one process call as often as it can; return what was admitted: from when, until when."""
    async with started("limits_worker", url, str(SECONDS)) as process:
        told, _ = await process.communicate()
        assert process.returncode == 0
    lines = [line.split() for line in told.decode().splitlines()]
    return [(float(sent), float(answered)) for sent, answered in lines]


async def test_no_second_has_more_than_seven_over_all_processes(limits_server: Server) -> None:
    found = await asyncio.gather(*(admitted(limits_server.url) for _ in range(PROCESSES)))
    calls = [call for one in found for call in one]
    sent = sorted(one for one, _ in calls)
    answered = sorted(one for _, one in calls)
    began, ended = sent[0], answered[-1]

    # The moment of each lies somewhere between: eight of them never fit into one second.
    spans = [answered[n + MOST] - sent[n] for n in range(len(calls) - MOST)]
    assert min(spans) > 0.999  # wall clocks are corrected a little while they run
    assert 2 * MOST <= len(calls) <= (ended - began + 1) * MOST
