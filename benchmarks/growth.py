"""How large the database file is after few and after many refreshes of the same grants."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import apsw

from benchmarks.grants import SOURCE, Maker, empty_database, refresh_token, sqlite_url
from benchmarks.in_process import keep_to
from benchmarks.processes import SERVER_CORE, Fault
from grantway.db.opening import sqlite_path
from grantway.integrations.clients import Client
from grantway.oauth.pairs import PairDue
from grantway.oauth.refreshing import Refreshing, read_refresh
from grantway.oauth.refusals import Refusal

FAMILIES = 1_000
COUNTS = (10_000, 1_000_000)
QUICK_COUNTS = (1_000, 20_000)
MOST_GROWTH = 1.01  # a page or two more, as the numbers in the rows get longer
_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Size:
    """The database after so many refreshes. *main* and *log* are bytes after a checkpoint."""

    refreshes: int
    main: int
    log: int
    seconds: float

    @property
    def total(self) -> int:
        return self.main + self.log


def measure(folder: Path, *, quick: bool) -> list[Size]:
    """Refresh the same families in turn, through the service and past HTTP and signing."""
    before = keep_to(SERVER_CORE)
    try:
        return asyncio.run(_measure(sqlite_url(folder, "growth"), quick=quick))
    finally:
        os.sched_setaffinity(0, before)


async def _measure(url: str, *, quick: bool) -> list[Size]:
    async with empty_database(url) as maker:
        pairs = await maker.families(FAMILIES)
        client = await maker.client()
        sizes = [_size(url, 0, 0.0)]
        done = 0
        for count in QUICK_COUNTS if quick else COUNTS:
            started = time.monotonic()
            pairs = await _refresh(maker, client, pairs, count - done)
            done = count
            sizes.append(_size(url, done, time.monotonic() - started))
            total = sum(one.seconds for one in sizes)
            print(f"  growth: {done:>9,} refreshes after {total:.0f} s", flush=True)
    return sizes


async def _refresh(maker: Maker, client: Client, pairs: list[PairDue], count: int) -> list[PairDue]:
    """Refresh until all have been refreshed equally often; return the newest pairs."""
    refreshing = Refreshing(maker.keyring, maker.seal)
    rounds = count // len(pairs)

    async def keep_on(places: Iterator[int]) -> None:
        for place in places:
            for _ in range(rounds):
                pairs[place] = await _once(maker, refreshing, client, pairs[place])

    places = iter(range(len(pairs)))
    await asyncio.gather(*(keep_on(places) for _ in range(_AT_ONCE)))
    return pairs


async def _once(maker: Maker, refreshing: Refreshing, client: Client, pair: PairDue) -> PairDue:
    async with maker.db.write() as tx:
        sent = read_refresh(client, refresh_token(pair), "")
        if isinstance(sent, Refusal):
            raise Fault(f"a live refresh token was refused: {sent.hint}")
        due = await refreshing.refresh(
            tx, client, sent, subdomain=None, source=SOURCE, now=maker.now()
        )
    if not isinstance(due, PairDue) or due.generation != pair.generation + 1:
        raise Fault(f"a live refresh token gave no next pair: {due}")
    return due


def _size(url: str, refreshes: int, seconds: float) -> Size:
    """Return how large the file and its log are, when the log is written back."""
    file = Path(sqlite_path(url))
    connection = apsw.Connection(str(file))
    connection.execute("pragma wal_checkpoint(truncate)").fetchall()
    connection.close()
    log = file.with_name(f"{file.name}-wal")
    return Size(refreshes, file.stat().st_size, log.stat().st_size if log.exists() else 0, seconds)
