"""Ten thousand installations whose receivers hang, and what others notice of it (S-227)."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from benchmarks.accounts import ADDRESSES
from benchmarks.callers import Caller, Receivers
from benchmarks.clusters import cluster
from benchmarks.figures import Samples, number
from benchmarks.hanging import HELD_MS, LEVELS, QUICK_LEVELS, Held, hold, most_held
from benchmarks.in_process import keep_to
from benchmarks.installers import Administrator, Offices, Tally, empty_offices, tally
from benchmarks.installing import DWELL_SECONDS, Installer
from benchmarks.processes import LOAD_CORE, Process, busy_seconds, free_port
from benchmarks.reports import Goal, Report, Table
from benchmarks.servers import serving
from grantway.db import open_database
from grantway.web.cookies import Cookies

ACCOUNTS, WIDGETS = 200, 50
QUICK_ACCOUNTS, QUICK_WIDGETS = 20, 10
AT_ONCE = 50  # so many people install at any moment
GOAL_MS = 1000.0
_TWICE = 10  # each so many-th confirmation is sent twice at once
_BETWEEN = 0.1  # seconds between what others ask for
_SETTLED = 300.0  # seconds in which all webhooks have to be over
_ASKED = ("the list of leads in the workspace", "fifty leads by the API", "a lead added by the API")


@dataclass(frozen=True, slots=True)
class Run:
    """What came of all installations on one database."""

    database: str
    wanted: int
    seconds: float
    settled: float
    cpu: float
    tally: Tally
    came: int
    repeated: int
    most_hanging: int
    others: dict[str, Samples]
    before: dict[str, Samples]
    foreign: float


class Others:
    """Somebody in another account, who goes on working: so often, however long answers take."""

    def __init__(self, port: int, who: Administrator, token: str) -> None:
        self._port = port
        name = Cookies(is_secure=ADDRESSES.is_secure).session
        host = {"host": ADDRESSES.authority(who.subdomain)}
        bearer = host | {"authorization": f"Bearer {token}", "content-type": "application/json"}
        lead = msgspec.json.encode([{"name": "Solar roof"}])
        self._calls = (
            ("GET", "/leads/", host | {"cookie": f"{name}={who.workspace}"}, b""),
            ("GET", "/api/v4/leads?limit=50", bearer, b""),
            ("POST", "/api/v4/leads", bearer, lead),
        )
        self._idle: list[Caller] = []

    async def begin(self) -> None:
        """Add the leads that are listed."""
        leads = msgspec.json.encode([{"name": f"Solar roof {n}"} for n in range(50)])
        caller, (method, path, headers, _) = Caller(self._port), self._calls[-1]
        (await caller.call(method, path, headers, leads)).must_be(200, "leads to list")
        caller.close()

    async def work(self, until: asyncio.Event) -> dict[str, Samples]:
        """Ask for one after the other until the event; return the milliseconds of each kind.

        From the moment at which it was due, so that waiting for earlier ones counts.
        """
        found: dict[str, list[float]] = {name: [] for name in _ASKED}
        asked: list[asyncio.Task[None]] = []
        due, n = time.perf_counter(), 0
        while not until.is_set():
            kind = n % len(_ASKED)
            asked.append(asyncio.create_task(self._ask(kind, due, found[_ASKED[kind]])))
            due, n = due + _BETWEEN, n + 1
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
        await asyncio.gather(*asked)
        return {name: Samples(tuple(times)) for name, times in found.items()}

    async def _ask(self, kind: int, due: float, times: list[float]) -> None:
        caller = self._idle.pop() if self._idle else Caller(self._port)
        answer = await caller.call(*self._calls[kind])
        times.append(1000 * (time.perf_counter() - due))
        answer.must_be(200, _ASKED[kind])
        self._idle.append(caller)

    def close(self) -> None:
        for one in self._idle:
            one.close()


@dataclass(frozen=True, slots=True)
class World:
    """Who installs what, and somebody who has nothing to do with it."""

    people: list[Administrator]
    client_ids: list[str]
    other: Administrator
    token: str


async def furnish(offices: Offices, people: int, receivers: Sequence[str]) -> World:
    """Make the accounts, and a published integration for each receiver."""
    (other,) = await offices.administrators("other", 1)
    return World(
        people=await offices.administrators("acme", people),
        client_ids=await offices.published([f"http://{one}/agreed" for one in receivers]),
        other=other,
        token=await offices.token(other),
    )


async def install_all(port: int, world: World) -> None:
    """Have everybody install everything, so many people at once, each widget after widget."""
    waiting = list(reversed(world.people))
    count = 0

    async def one_after_the_other() -> None:
        nonlocal count
        while waiting:
            person = Installer(port, ADDRESSES, waiting.pop())
            for client_id in world.client_ids:
                count += 1
                await person.install(client_id, twice=count % _TWICE == 0)
            person.close()

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(one_after_the_other())


async def measure(database: str, url: str, people: int, widgets: int, folder: Path) -> Run:
    """Install everything on the empty database at *url*."""
    receivers = Receivers()
    port = free_port()
    async with receivers.listening(hanging=widgets, healthy=0) as (addresses, _):
        async with empty_offices(url, ADDRESSES, addresses) as offices:
            world = await furnish(offices, people, addresses)
            environment = offices.environment(url, port)
        with serving(environment, folder) as server:
            others = Others(port, world.other, world.token)
            await others.begin()
            before = await _undisturbed(others)
            ours = Process(os.getpid())  # the servers are below it
            busy, used = busy_seconds(), ours.cpu_seconds()
            cpu, began = server.process.cpu_seconds(), time.monotonic()
            done = asyncio.Event()
            working = asyncio.create_task(others.work(done))
            await install_all(port, world)
            seconds = time.monotonic() - began
            cpu = server.process.cpu_seconds() - cpu
            foreign = (busy_seconds() - busy - (ours.cpu_seconds() - used)) / seconds
            done.set()
            noticed = await working
            others.close()
            found = await _settled(url, people * widgets)
            settled = time.monotonic() - began
    return Run(
        database=database,
        wanted=people * widgets,
        seconds=seconds,
        settled=settled,
        cpu=cpu,
        tally=found,
        came=len(receivers.arrivals),
        repeated=receivers.repeated(),
        most_hanging=receivers.most_hanging,
        others=noticed,
        before=before,
        foreign=max(0.0, foreign),
    )


async def _undisturbed(others: Others) -> dict[str, Samples]:
    done = asyncio.Event()
    asyncio.get_running_loop().call_later(60 * _BETWEEN, done.set)
    return await others.work(done)


async def _settled(url: str, wanted: int) -> Tally:
    """Return what the database says when no call waits any more, or when it takes too long."""
    deadline = time.monotonic() + _SETTLED
    db = await open_database(url)
    try:
        while True:
            found = await tally(db)
            if found.over >= wanted or time.monotonic() > deadline:
                return found
            await asyncio.sleep(1)
    finally:
        await db.close()


def measure_all(*, quick: bool) -> tuple[list[Run], list[Held]]:
    """Install on both databases, then see how many hanging receivers a process holds."""
    people, widgets = (QUICK_ACCOUNTS, QUICK_WIDGETS) if quick else (ACCOUNTS, WIDGETS)
    before = keep_to(LOAD_CORE)
    try:
        with tempfile.TemporaryDirectory(prefix="grantway-bench-") as name:
            folder = Path(name)
            url = f"sqlite:///{folder / 'installs.db'}"
            runs = [asyncio.run(measure("SQLite", url, people, widgets, folder))]
            with cluster(LOAD_CORE) as server:
                there = server.empty("installs")
                runs.append(asyncio.run(measure("PostgreSQL", there, people, widgets, folder)))
            held = [
                asyncio.run(hold(level, folder, seconds=3 if quick else 10))
                for level in (QUICK_LEVELS if quick else LEVELS)
            ]
    finally:
        os.sched_setaffinity(0, before)
    return runs, held


def report(*, quick: bool) -> Report:
    """Measure, and tell what came out."""
    runs, held = measure_all(quick=quick)
    return Report(
        name="installs",
        title="Installing widgets while receivers hang",
        sections=[
            _about(runs[0], quick=quick),
            _installed(runs).markdown(),
            _about_others(),
            _noticed(runs).markdown(),
            _about_held(),
            _table_of(held).markdown(),
        ],
        goals=[goal for run in runs for goal in _goals(run)]
        + [
            Goal(
                "receivers that hang in one process without delaying others",
                f"{most_held(held)}",
            )
        ],
        foreign=[run.foreign for run in runs],
    )


def _about(run: Run, *, quick: bool) -> str:
    people, widgets = (QUICK_ACCOUNTS, QUICK_WIDGETS) if quick else (ACCOUNTS, WIDGETS)
    return (
        f"The administrators of {people} accounts install {widgets} widgets each, "
        f"{run.wanted:,} installations in all, {min(AT_ONCE, people)} people at any moment. Each "
        "wishes it in the workspace, opens the confirmation on the control origin, looks at it "
        f"for {DWELL_SECONDS:.1f} s and confirms it; every tenth confirmation is sent twice at the "
        "same moment, and one of the two has to be refused. Each integration has a receiver of "
        "its own, which takes the webhook and never answers. One server process on one core; "
        "the people, the receivers and PostgreSQL on the other."
    )


def _installed(runs: Sequence[Run]) -> Table:
    return Table(
        [
            "installations",
            "wanted",
            "made",
            "made twice",
            "in the audit",
            "webhooks that came",
            "came again",
            "hanging at once, at most",
            "installations per second",
            "CPU-ms of the server each",
            "seconds until the last webhook was over",
        ],
        [
            [
                run.database,
                f"{run.wanted:,}",
                f"{run.tally.live:,}",
                f"{run.tally.doubled:,}",
                f"{run.tally.recorded:,}",
                f"{run.came:,}",
                f"{run.repeated:,}",
                f"{run.most_hanging}",
                number(run.wanted / run.seconds),
                number(1000 * run.cpu / run.wanted),
                number(run.settled),
            ]
            for run in runs
        ],
    )


def _about_others() -> str:
    return (
        f"Meanwhile somebody in another account works on: {1 / _BETWEEN:.0f} requests a second, of "
        "three kinds in turns, however long answers take. Milliseconds from the moment at which a "
        "request was due, and in brackets those of the same requests before anybody installed."
    )


def _noticed(runs: Sequence[Run]) -> Table:
    rows = []
    for run in runs:
        for name, times in run.others.items():
            quiet = run.before[name]
            rows.append(
                [
                    f"{run.database}: {name}",
                    *(
                        f"{number(times.percentile(p))} [{number(quiet.percentile(p))}]"
                        for p in (50, 99)
                    ),
                    f"{number(times.most)} [{number(quiet.most)}]",
                ]
            )
    return Table(["others", "p50", "p99", "most"], rows)


def _about_held() -> str:
    return (
        "How many receivers may hang before healthy ones wait: webhooks without end for so many "
        "that hang, and beside them people who install integrations whose receivers answer. "
        "Milliseconds from the end of the confirmation until the webhook came to such a receiver, "
        f"on SQLite. A process holds as many as leave the p99 below {HELD_MS:.0f} ms."
    )


def _table_of(held: Sequence[Held]) -> Table:
    return Table(
        [
            "receivers that hang",
            "calls that hang at once",
            "healthy webhooks",
            "p50",
            "p99",
            "most",
        ],
        [
            [
                f"{one.receivers}",
                f"{one.calls}",
                f"{len(one.delays.values)}",
                *(number(one.delays.percentile(p)) for p in (50, 99)),
                number(one.delays.most),
            ]
            for one in held
        ],
    )


def _goals(run: Run) -> list[Goal]:
    found = run.tally
    is_exact = found.live == found.recorded == run.wanted and not found.doubled
    worst = max(times.percentile(99) for times in run.others.values())
    return [
        Goal(
            f"{run.database}: {run.wanted:,} installations, each exactly once",
            f"{found.live:,} made, {found.doubled} of them twice",
            is_exact,
        ),
        Goal(
            f"{run.database}: at most one webhook for each",
            f"{run.came:,} came, {run.repeated} of them again",
            run.repeated == 0 and found.calls == run.wanted,
        ),
        Goal(
            f"{run.database}: p99 of other users under {GOAL_MS:.0f} ms meanwhile",
            f"{number(worst)} ms",
            worst < GOAL_MS,
        ),
    ]
