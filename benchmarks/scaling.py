"""How many refreshes PostgreSQL takes from one, two and four processes of a server."""

from __future__ import annotations

import asyncio
import os
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.clusters import cluster
from benchmarks.figures import Samples
from benchmarks.grants import Integration, empty_database, refresh_token
from benchmarks.load import Round, ask
from benchmarks.processes import free_port
from benchmarks.servers import serving
from benchmarks.token_requests import refreshing

PROCESSES = (1, 2, 4)
CONNECTIONS = 32  # the kernel spreads them over the processes, unevenly when they are few
_POOL = 512


@dataclass(frozen=True, slots=True)
class Scaled:
    """Rounds of a server with so many processes."""

    processes: int
    rounds: list[Round]

    @property
    def per_second(self) -> Samples:
        return Samples(tuple(one.requests / one.seconds for one in self.rounds))

    @property
    def cores_of_server(self) -> Samples:
        return Samples(tuple(one.cpu / one.seconds for one in self.rounds))

    @property
    def cores_of_database(self) -> Samples:
        return Samples(tuple(one.cpu_beside / one.seconds for one in self.rounds))

    @property
    def per_cpu_second(self) -> Samples:
        return Samples(tuple(one.per_cpu_second for one in self.rounds))

    @property
    def per_cpu_second_in_all(self) -> Samples:
        return Samples(tuple(one.per_cpu_second_in_all for one in self.rounds))


def measure(folder: Path, *, quick: bool) -> list[Scaled]:
    """Ask servers of several sizes in turn; they and PostgreSQL may use every core."""
    rounds, seconds = (2, 1) if quick else (5, 3)
    scaled = [Scaled(processes, []) for processes in PROCESSES]
    with cluster(*os.sched_getaffinity(0)) as database, ExitStack() as stack:
        url = database.empty("refreshes")
        integration, pools = asyncio.run(_prepare(url, len(PROCESSES) * (rounds + 1)))
        targets = {}
        for one in scaled:
            environment = integration.environment(url, free_port(), processes=one.processes)
            started = stack.enter_context(serving(environment, folder, on_any_core=True))
            target = refreshing(integration, started.url)
            targets[one.processes] = started.process, replace(target, connections=CONNECTIONS)
        for n in range(rounds + 1):
            for one in scaled:
                server, target = targets[one.processes]
                aimed = target.with_values(pools.pop())
                found = ask(aimed, seconds, server, folder, [database.process])
                if n > 0:  # the first warms
                    one.rounds.append(found)
    return scaled


async def _prepare(url: str, pools: int) -> tuple[Integration, list[list[str]]]:
    async with empty_database(url) as maker:
        made = [[refresh_token(due) for due in await maker.families(_POOL)] for _ in range(pools)]
        return maker.integration, made
