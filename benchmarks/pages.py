"""How many pages of fifty leads a second of processor time answers."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import limits, plots
from benchmarks.accounts import Account, sqlite_account
from benchmarks.figures import Samples, number, ratios, spread
from benchmarks.load import Round, Target, ask
from benchmarks.processes import Fault, Process, free_port, running
from benchmarks.reports import Goal, Report, Table, foreign
from benchmarks.servers import bare, granian, serving

PATH = "/api/v4/leads?limit=50"
LEADS = 10_000
LEAST_PAGES = 6_000
LEAST_RATIO = 8.0
LOGGED, SILENT = "Grantway, each request logged", "Grantway, requests not logged"
BARE, PEER = "bare ASGI app, ready bytes", "django-oauth-toolkit, ready bytes"


@dataclass(frozen=True, slots=True)
class Case:
    """A running server and what to ask it."""

    name: str
    server: Process
    target: Target


@dataclass(frozen=True, slots=True)
class Pages:
    """What came out: rounds by case, and how often single steps fit into a second."""

    size: int
    rounds: dict[str, list[Round]]
    limits: dict[str, Samples]

    def per_cpu_second(self, name: str) -> Samples:
        return Samples(tuple(one.per_cpu_second for one in self.rounds[name]))

    def against(self, name: str, other: str) -> Samples:
        return ratios(self.per_cpu_second(name), self.per_cpu_second(other))


def measure(*, quick: bool) -> Pages:
    """Ask all servers in turn, and time the single steps."""
    rounds, seconds = (3, 1) if quick else (9, 2)
    url, account = sqlite_account(LEADS)
    with tempfile.TemporaryDirectory(prefix="grantway-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        first = stack.enter_context(grantway(url, account, folder, logs=True))
        size = _size(first.target)
        cases = [
            first,
            stack.enter_context(grantway(url, account, folder, logs=False)),
            stack.enter_context(_bare(size, folder)),
            stack.enter_context(_peer(size, folder)),
        ]
        found: dict[str, list[Round]] = {case.name: [] for case in cases}
        for case in cases:
            ask(case.target, 1, case.server, folder)  # warms it
        for _ in range(rounds):
            for case in cases:
                found[case.name].append(ask(case.target, seconds, case.server, folder))
    steps = {
        "read 50 stored documents and join them": limits.stored_page(url, account.account_id),
        "verify an RS256 signature": limits.verification(),
    }
    timed = {name: limits.per_cpu_second(work, rounds) for name, work in steps.items()}
    return Pages(size, found, timed)


@contextmanager
def grantway(url: str, account: Account, folder: Path, *, logs: bool) -> Iterator[Case]:
    """Run Grantway as in production, but for the rate limits."""
    name = LOGGED if logs else SILENT
    with serving(account.environment(url, free_port(), logs=logs), folder) as started:
        yield Case(name, started.process, Target(started.url + PATH, account.headers))


@contextmanager
def _bare(size: int, folder: Path) -> Iterator[Case]:
    with bare(size, folder) as started:
        yield Case(BARE, started.process, Target(started.url, {}))


@contextmanager
def _peer(size: int, folder: Path) -> Iterator[Case]:
    port = free_port()
    environment = {
        "BENCH_BYTES": str(size),
        "BENCH_DJANGO_DATABASE": str(folder / "django.db"),
    }
    prepared = subprocess.run(
        [sys.executable, "-m", "benchmarks.django_peer.prepare"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    token = prepared.stdout.split()[-1]
    command = [
        *(*granian("wsgi", port), "--blocking-threads", "1"),
        "benchmarks.django_peer.site:application",
    ]
    with running(command, port, folder / "django.log", environment) as server:
        headers = {"Authorization": f"Bearer {token}"}
        yield Case(PEER, server, Target(f"http://127.0.0.1:{port}/page", headers))


def _size(target: Target) -> int:
    """Return how many bytes the body of an answer has."""
    address, _, path = target.url.removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection(address, timeout=10)
    connection.request("GET", f"/{path}", headers=dict(target.headers))
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise Fault(f"a page was answered with status {answer.status}: {body[:300]!r}")
    return len(body)


def report(*, quick: bool) -> Report:
    """Measure, and tell what came out."""
    pages = measure(quick=quick)
    bare, steps = pages.per_cpu_second(BARE), pages.limits
    rows = []
    for name, rounds in pages.rounds.items():
        speed = pages.per_cpu_second(name)
        wall = Samples(tuple(one.requests / one.seconds for one in rounds))
        median = Samples(tuple(one.median_ms for one in rounds))
        rows.append(
            [
                name,
                spread(speed),
                number(1e6 / speed.median),
                number(wall.median),
                number(median.median),
                spread(pages.against(name, PEER)) if name != PEER else "1",
            ]
        )
    table = Table(
        [
            "16 connections, one core",
            "per CPU-second",
            "µs each",
            "per second",
            "ms p50",
            "times the peer",
        ],
        rows,
    )
    silent = 1e6 / pages.per_cpu_second(SILENT).median
    logged = 1e6 / pages.per_cpu_second(LOGGED).median
    read = 1e6 / steps["read 50 stored documents and join them"].median
    transport = 1e6 / bare.median
    where = Table(
        ["where the time of a page goes", "µs"],
        [
            ["receive the request and send as many bytes (the bare app)", number(transport)],
            ["read 50 stored documents and join them", number(read)],
            [
                "everything else: host, token and revocation, rules, query, links",
                number(silent - transport - read),
            ],
            ["write the request's line in the log", number(logged - silent)],
            ["**a page, logged**", f"**{number(logged)}**"],
        ],
    )
    single = Table(
        ["a step by itself", "per CPU-second", "µs each"],
        [[name, spread(one), number(1e6 / one.median)] for name, one in steps.items()],
    )
    about = (
        f"`GET {PATH}` with a long-lived token, in an account with {LEADS:,} plain leads (no "
        f"custom fields, no tags) on SQLite: {pages.size:,} bytes of HAL JSON. The bare app and "
        f"the peer send {pages.size:,} ready bytes; the peer checks an opaque bearer "
        "token in SQLite, on Granian's WSGI server. The signature of a token is verified when it "
        "is first seen and remembered after that; whether it was revoked is asked of the database "
        "each time."
    )
    ratio = pages.against(LOGGED, PEER)
    goals = [
        Goal(
            f"at least {LEAST_PAGES:,} pages per CPU-second, {name}",
            spread(pages.per_cpu_second(case)),
            pages.per_cpu_second(case).median >= LEAST_PAGES,
        )
        for case, name in ((LOGGED, "requests logged"), (SILENT, "requests not logged"))
    ]
    goals.append(
        Goal(
            f"at least {LEAST_RATIO:.0f} times django-oauth-toolkit, requests logged",
            f"{spread(ratio)} times",
            ratio.median >= LEAST_RATIO,
        )
    )
    plots.pages({name: pages.per_cpu_second(name) for name in pages.rounds})
    return Report(
        name="pages",
        title="A page of fifty leads",
        sections=[
            about,
            table.markdown(),
            "![Pages per CPU-second](pages.svg)",
            where.markdown(),
            single.markdown(),
        ],
        goals=goals,
        foreign=[one for rounds in pages.rounds.values() for one in foreign(rounds)],
    )
