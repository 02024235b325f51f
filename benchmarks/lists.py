"""Asking lists in turns, accounts of every size, on both kinds of database."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.accounts import Account, sqlite_account
from benchmarks.clusters import cluster
from benchmarks.figures import Samples, number
from benchmarks.filling import LEADS_ALONE
from benchmarks.in_process import Client, keep_to, opened
from benchmarks.processes import LOAD_CORE, SERVER_CORE
from benchmarks.reports import Goal, Table
from grantway.db.opening import sqlite_path

MOST_GROWTH = 2.0
LIMIT = 50
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
    must_find: bool = True


def fixed(path: str, query: str) -> Ask:
    """Ask for the same each time."""
    return lambda _account, _choose: (path, query)


def by(path: str, name: str, values: Callable[[Account], Sequence[object]], more: str = "") -> Ask:
    """Ask for those that have one of *values*."""

    def ask(account: Account, choose: random.Random) -> tuple[str, str]:
        chosen = choose.choice(values(account))
        return path, urlencode([(f"filter[{name}][]", chosen), ("limit", LIMIT)]) + more

    return ask


def one(path: str, many: str) -> Ask:
    """Ask for one by its id."""

    def ask(account: Account, choose: random.Random) -> tuple[str, str]:
        return f"{path}/{choose.randint(*account.ids[many])}", ""

    return ask


def users(account: Account) -> list[int]:
    """Return those who are responsible for something."""
    return account.user_ids


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds by kind of database, question and size."""

    sizes: tuple[int, ...]
    of: dict[str, dict[str, dict[int, Samples]]]

    def growth(self, kind: str, question: str) -> float:
        """Return how many times slower the largest account is than the smallest, at the median."""
        by_size = self.of[kind][question]
        return by_size[self.sizes[-1]].median / by_size[self.sizes[0]].median


def measure(
    questions: Sequence[Question],
    sizes: tuple[int, ...],
    calls: int,
    parts: Sequence[str] = LEADS_ALONE,
) -> Times:
    """Time every question on every size and both kinds of database."""
    here = {size: sqlite_account(size, parts) for size in sizes}
    before = keep_to(SERVER_CORE)
    try:
        _read_through(Path(sqlite_path(url)) for url, _ in here.values())
        times = {"SQLite": asyncio.run(_ask_all(questions, here, calls))}
        with cluster(LOAD_CORE) as server:
            there = {size: server.account(size, parts) for size in sizes}
            _read_through(file for url, _ in there.values() for file in server.files(url))
            times["PostgreSQL"] = asyncio.run(_ask_all(questions, there, calls))
    finally:
        os.sched_setaffinity(0, before)
    return Times(sizes, times)


def _read_through(files: Iterable[Path]) -> None:
    """Have the kernel keep the files in memory: how fast the disk is, is not what is asked."""
    for file in files:
        with file.open("rb") as opened_file:
            while opened_file.read(1 << 24):
                pass


async def _ask_all(
    questions: Sequence[Question], accounts: dict[int, tuple[str, Account]], calls: int
) -> dict[str, dict[int, Samples]]:
    times: dict[str, dict[int, Samples]] = {}
    async with AsyncExitStack() as stack:
        clients = {
            size: (await stack.enter_async_context(opened(url, account)), account)
            for size, (url, account) in accounts.items()
        }
        for question in questions:
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
            await client.time(
                path, query, must_find=question.must_find
            )  # warms what the other sizes have cooled
            for _ in range(_AT_ONCE):
                path, query = question.ask(account, choose)
                found[size].append(
                    1000 * await client.time(path, query, must_find=question.must_find)
                )
        if time.monotonic() > deadline:
            break
    return {size: Samples(tuple(values)) for size, values in found.items()}


def growth_tables(times: Times) -> list[Table]:
    """Return a table for each kind of database, a line for each question."""
    return [
        Table(
            [kind, *(f"{size:,}" for size in times.sizes), "growth of p50"],
            [
                [
                    name,
                    *(
                        f"{number(one.median)} / {number(one.percentile(99))}"
                        for one in by_size.values()
                    ),
                    f"{times.growth(kind, name):.2f} times",
                ]
                for name, by_size in of_questions.items()
            ],
        )
        for kind, of_questions in times.of.items()
    ]


def asked(questions: Sequence[Question]) -> str:
    """Return a section that says what stands behind the names."""
    lines = "\n".join(f"- {question.name}: `{question.example}`" for question in questions)
    return f"What was asked:\n\n{lines}"


def growth_goals(times: Times, many: str) -> list[Goal]:
    """Return whether lists stay as fast as in the smallest account."""
    first, last = times.sizes[0], times.sizes[-1]
    goals = []
    for kind, of_questions in times.of.items():
        worst = max(of_questions, key=lambda name: times.growth(kind, name))
        growth = times.growth(kind, worst)
        goals.append(
            Goal(
                f"{kind}: p50 within {MOST_GROWTH:.0f} times from {first:,} to {last:,} {many}",
                f"at most {growth:.2f} times ({worst})",
                growth <= MOST_GROWTH,
            )
        )
    return goals
