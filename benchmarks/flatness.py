"""Whether lists stay as fast when an account grows from a thousand leads to a million."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from urllib.parse import urlencode

from benchmarks import plots
from benchmarks.accounts import Account, sqlite_account
from benchmarks.clusters import cluster
from benchmarks.figures import Samples, number
from benchmarks.in_process import Client, keep_to, opened
from benchmarks.processes import LOAD_CORE, SERVER_CORE
from benchmarks.reports import Goal, Report, Table

SIZES = (1_000, 10_000, 100_000, 1_000_000)
QUICK_SIZES = (1_000, 10_000)
PATH = "/api/v4/leads"
MOST_GROWTH = 2.0
_AT_ONCE = 5
_LONGEST = 20.0  # seconds for one cell of the table, should it be very slow

Ask = Callable[[Account, random.Random], tuple[str, str]]
"""Makes a path and a query; every call may ask for something else."""


@dataclass(frozen=True, slots=True)
class Question:
    """A kind of list that clients ask for."""

    name: str
    example: str
    ask: Ask


def _fixed(query: str) -> Ask:
    return lambda _account, _choose: (PATH, query)


def _by_stages(count: int) -> Ask:
    def ask(account: Account, choose: random.Random) -> tuple[str, str]:
        named = []
        for n, (pipeline_id, status_id) in enumerate(choose.sample(account.stages, count)):
            named += [
                (f"filter[statuses][{n}][pipeline_id]", pipeline_id),
                (f"filter[statuses][{n}][status_id]", status_id),
            ]
        return PATH, urlencode([*named, ("limit", 50)])

    return ask


def _by(name: str, values: Callable[[Account], Sequence[int]], more: str = "") -> Ask:
    def ask(account: Account, choose: random.Random) -> tuple[str, str]:
        chosen = choose.choice(values(account))
        return PATH, urlencode([(f"filter[{name}][]", chosen), ("limit", 50)]) + more

    return ask


def _one(account: Account, choose: random.Random) -> tuple[str, str]:
    return f"{PATH}/{choose.randint(*account.lead_ids)}", ""


def _pipelines(account: Account) -> list[int]:
    return sorted({pipeline_id for pipeline_id, _ in account.stages})


def _users(account: Account) -> list[int]:
    return account.user_ids


_NEWEST = "&order[updated_at]=desc"
QUESTIONS = (
    Question("first page", "?limit=50", _fixed("limit=50")),
    Question("page 100", "?limit=10&page=100", _fixed("limit=10&page=100")),
    Question("pipeline and status", "?filter[statuses][0]…", _by_stages(1)),
    Question("three statuses", "?filter[statuses][0]…[2]…", _by_stages(3)),
    Question("pipeline", "?filter[pipeline_id][]=1", _by("pipeline_id", _pipelines)),
    Question(
        "pipeline, newest change first",
        f"?filter[pipeline_id][]=1{_NEWEST}",
        _by("pipeline_id", _pipelines, _NEWEST),
    ),
    Question(
        "responsible user",
        "?filter[responsible_user_id][]=1",
        _by("responsible_user_id", _users),
    ),
    Question("newest change first", "?order[updated_at]=desc", _fixed("order[updated_at]=desc")),
    Question("by creation", "?order[created_at]=asc", _fixed("order[created_at]=asc")),
    Question("by id", "?order[id]=asc", _fixed("order[id]=asc")),
    Question("one lead", "/{id}", _one),
)


@dataclass(frozen=True, slots=True)
class Flatness:
    """Milliseconds by kind of database, question and size."""

    sizes: tuple[int, ...]
    times: dict[str, dict[str, dict[int, Samples]]]

    def growth(self, kind: str, question: str) -> float:
        """Return how many times slower the largest account is than the smallest, at the median."""
        by_size = self.times[kind][question]
        return by_size[self.sizes[-1]].median / by_size[self.sizes[0]].median


def measure(*, quick: bool) -> Flatness:
    """Time every question on every size and both kinds of database."""
    sizes, calls = (QUICK_SIZES, 50) if quick else (SIZES, 200)
    before = keep_to(SERVER_CORE)
    try:
        times = {"SQLite": _measure({size: sqlite_account(size) for size in sizes}, calls)}
        with cluster(LOAD_CORE) as server:
            accounts = {size: server.account(size) for size in sizes}
            times["PostgreSQL"] = _measure(accounts, calls)
    finally:
        os.sched_setaffinity(0, before)
    return Flatness(sizes, times)


def _measure(accounts: dict[int, tuple[str, Account]], calls: int) -> dict[str, dict[int, Samples]]:
    return asyncio.run(_ask_all(accounts, calls))


async def _ask_all(
    accounts: dict[int, tuple[str, Account]], calls: int
) -> dict[str, dict[int, Samples]]:
    times: dict[str, dict[int, Samples]] = {}
    async with AsyncExitStack() as stack:
        clients = {
            size: (await stack.enter_async_context(opened(url, account)), account)
            for size, (url, account) in accounts.items()
        }
        for question in QUESTIONS:
            times[question.name] = await _ask(question, clients, calls)
    return times


async def _ask(
    question: Question, clients: dict[int, tuple[Client, Account]], calls: int
) -> dict[int, Samples]:
    """Ask the sizes in turn, so that whatever else the machine does hits all of them."""
    found: dict[int, list[float]] = {size: [] for size in clients}
    choose = random.Random(5)
    deadline = time.monotonic() + _LONGEST
    for _ in range(calls // _AT_ONCE + 1):
        for size, (client, account) in clients.items():
            path, query = question.ask(account, choose)
            await client.time(path, query)  # warms what the other sizes have cooled
            for _ in range(_AT_ONCE):
                path, query = question.ask(account, choose)
                found[size].append(1000 * await client.time(path, query))
        if time.monotonic() > deadline:
            break
    return {size: Samples(tuple(values)) for size, values in found.items()}


def report(*, quick: bool) -> Report:
    """Measure, and tell what came out."""
    found = measure(quick=quick)
    about = (
        "The time of an answer inside the server process: requests go straight into the ASGI "
        "application, one after the other, without a connection between. Milliseconds, median and "
        "99th percentile. Leads are spread evenly over two pipelines with eleven stages, four "
        "users and a thousand days, and their ids are in no relation to their dates. Every size "
        "is a database of its own; every call may ask for another stage, user or lead. PostgreSQL "
        "runs on the other core, with 512 MB of shared buffers and statistics of all tables."
    )
    sections = [about, "![Time of an answer by the number of leads](flatness.svg)"]
    for kind, questions in found.times.items():
        head = [kind, *(f"{size:,}" for size in found.sizes), "growth of p50"]
        rows = [
            [
                name,
                *(
                    f"{number(one.median)} / {number(one.percentile(99))}"
                    for one in by_size.values()
                ),
                f"{found.growth(kind, name):.2f} times",
            ]
            for name, by_size in questions.items()
        ]
        sections.append(Table(head, rows).markdown())
    asked = "\n".join(f"- {one.name}: `{one.example}`" for one in QUESTIONS)
    sections.append(f"What was asked:\n\n{asked}")
    plots.flatness(found)
    return Report(
        name="flatness",
        title="Lists in growing accounts",
        sections=sections,
        goals=[_goal(found, kind) for kind in found.times],
    )


def _goal(found: Flatness, kind: str) -> Goal:
    worst = max(found.times[kind], key=lambda name: found.growth(kind, name))
    growth = found.growth(kind, worst)
    first, last = found.sizes[0], found.sizes[-1]
    return Goal(
        f"{kind}: p50 within {MOST_GROWTH:.0f} times from {first:,} to {last:,} leads",
        f"at most {growth:.2f} times ({worst})",
        growth <= MOST_GROWTH,
    )
