"""How long searches, category pages and the moderators' queue take with ten thousand listings."""

from __future__ import annotations

import asyncio
import os
import random
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from benchmarks import marketplace_texts as texts
from benchmarks.clusters import cluster
from benchmarks.figures import Samples, number
from benchmarks.grants import sqlite_url
from benchmarks.in_process import keep_to
from benchmarks.marketplace_world import World, fill
from benchmarks.processes import LOAD_CORE, SERVER_CORE, Fault, busy_seconds
from benchmarks.reports import Goal, Report, Table
from grantway.db import Database, Reader, open_database
from grantway.marketplace import catalogue, search
from grantway.marketplace.categories import CATEGORIES
from grantway.moderation import desk

LISTINGS, SUBMISSIONS, CALLS = 10_000, 1_000, 400
QUICK_LISTINGS, QUICK_SUBMISSIONS, QUICK_CALLS = 1_000, 200, 60
GOAL_MS = 20.0
_BEGINNING = 5  # letters that somebody has typed so far

Call = Callable[[Reader, World, random.Random], Awaitable[bool]]
"""Asks once; tells whether what was wanted stands on the first page."""


@dataclass(frozen=True, slots=True)
class Question:
    """Something that people ask. *is_aimed*: at one listing, which should be found."""

    name: str
    ask: Call
    is_aimed: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """Milliseconds of one question on one database, and the share of calls that found it."""

    times: Samples
    found: float


def _aimed(make: Callable[[str, random.Random], str]) -> Call:
    async def ask(reader: Reader, world: World, choose: random.Random) -> bool:
        client_id = choose.choice(list(world.said))
        language = choose.choice(texts.LANGUAGES)
        name = world.said[client_id][language].name
        page = await search.find(reader, language, make(name, choose))
        # Makers' names come twice by chance, and nobody could tell one from the other.
        return any(one.client_id == client_id or one.name == name for one in page.tiles)

    return ask


async def _common(reader: Reader, _world: World, choose: random.Random) -> bool:
    language = choose.choice(texts.LANGUAGES)
    return bool((await search.find(reader, language, texts.common(language, choose))).tiles)


async def _two_common(reader: Reader, _world: World, choose: random.Random) -> bool:
    language = choose.choice(texts.LANGUAGES)
    typed = f"{texts.common(language, choose)} {texts.common(language, choose)}"
    return (await search.find(reader, language, texts.mistyped(typed, choose))) is not None


async def _next_page(reader: Reader, _world: World, choose: random.Random) -> bool:
    language = choose.choice(texts.LANGUAGES)
    typed = texts.common(language, choose)
    first = await search.find(reader, language, typed)
    return bool((await search.find(reader, language, typed, after=first.after)).tiles)


async def _nonsense(reader: Reader, _world: World, choose: random.Random) -> bool:
    typed = "".join(choose.choices("bcdfghjklmnpqrstvwxz", k=9))
    return not (await search.find(reader, choose.choice(texts.LANGUAGES), typed)).tiles


async def _front(reader: Reader, _world: World, choose: random.Random) -> bool:
    language = choose.choice(texts.LANGUAGES)
    counted = await catalogue.counts(reader, language)
    return bool((await catalogue.front(reader, language)).tiles) and sum(counted.values()) > 0


async def _category(reader: Reader, _world: World, choose: random.Random) -> bool:
    language, category = choose.choice(texts.LANGUAGES), choose.choice(list(CATEGORIES))
    counted = await catalogue.counts(reader, language)
    page = await catalogue.in_category(reader, language, category)
    return len(page.tiles) == min(counted[category], len(page.tiles))


async def _tenth_page(reader: Reader, _world: World, choose: random.Random) -> bool:
    """Turn ten pages."""
    language, after = choose.choice(texts.LANGUAGES), ""
    for _ in range(10):
        after = (await catalogue.front(reader, language, after=after)).after
    return bool(after)


async def _listing(reader: Reader, world: World, choose: random.Random) -> bool:
    client_id = choose.choice(list(world.said))
    found = await catalogue.listing(reader, choose.choice(texts.LANGUAGES), client_id)
    return found.tile.client_id == client_id


async def _queue(reader: Reader, world: World, _choose: random.Random) -> bool:
    return bool(await desk.queue(reader, world.moderator))


async def _queue_end(reader: Reader, world: World, _choose: random.Random) -> bool:
    """Turn all pages of the queue."""
    after: tuple[int, str] | None = None
    while page := await desk.queue(reader, world.moderator, after=after):
        after = (page[-1].due_at, page[-1].client_id)
    return after is not None


QUESTIONS = (
    Question("search: a name", _aimed(lambda name, _: name), is_aimed=True),
    Question("search: a name with a typing error", _aimed(texts.mistyped), is_aimed=True),
    Question("search: the beginning of a name", _aimed(lambda name, _: name[:_BEGINNING])),
    Question("search: a word of many listings", _common),
    Question("search: two of them, one mistyped", _two_common),
    Question("search: first and second page", _next_page),
    Question("search: nonsense", _nonsense),
    Question("front page with counts", _front),
    Question("category page with counts", _category),
    Question("ten pages of the front", _tenth_page),
    Question("a listing's own page", _listing),
    Question("queue: first page", _queue),
    Question("queue: all pages", _queue_end),
)
_ALL_AT_ONCE = {"ten pages of the front", "queue: all pages", "search: first and second page"}
"""Several pages in one: told, and not measured by the goal for one page."""


async def _measure(url: str, world: World, calls: int) -> dict[str, Asked]:
    db = await open_database(url)
    try:
        return {one.name: await _ask(db, world, one, calls) for one in QUESTIONS}
    finally:
        await db.close()


async def _ask(db: Database, world: World, question: Question, calls: int) -> Asked:
    choose = random.Random(11)
    times, found = [], 0
    warming = calls // 10
    for n in range(warming + calls):
        started = time.perf_counter()
        async with db.read() as reader:
            is_found = await question.ask(reader, world, choose)
        seconds = time.perf_counter() - started
        if n >= warming:
            times.append(1000 * seconds)
            found += is_found
    if not found:
        raise Fault(f"{question.name}: nothing was found in {calls} calls")
    return Asked(Samples(tuple(times)), found / calls)


def measure(*, quick: bool) -> tuple[dict[str, dict[str, Asked]], float]:
    """Ask everything on both databases; return it with the cores that others used meanwhile."""
    sizes = (QUICK_LISTINGS, QUICK_SUBMISSIONS) if quick else (LISTINGS, SUBMISSIONS)
    calls = QUICK_CALLS if quick else CALLS
    found = {}
    before = keep_to(SERVER_CORE)
    try:
        with tempfile.TemporaryDirectory() as folder:
            url = sqlite_url(Path(folder), "marketplace")
            world = asyncio.run(fill(url, *sizes))
            busy, ours, began = busy_seconds(), time.process_time(), time.monotonic()
            found["SQLite"] = asyncio.run(_measure(url, world, calls))
            foreign = busy_seconds() - busy - (time.process_time() - ours)
            foreign /= time.monotonic() - began
        with cluster(LOAD_CORE) as server:
            url = server.empty("marketplace")
            world = asyncio.run(fill(url, *sizes))
            asyncio.run(_settle(url))
            found["PostgreSQL"] = asyncio.run(_measure(url, world, calls))
            asyncio.run(_forget(url))
    finally:
        os.sched_setaffinity(0, before)
    return found, foreign


async def _settle(url: str) -> None:
    """Do at once what PostgreSQL does in the background within minutes."""
    connection = await asyncpg.connect(url)
    await connection.execute("vacuum analyze")
    await connection.close()


async def _forget(url: str) -> None:
    connection = await asyncpg.connect(url.rpartition("/")[0] + "/postgres")
    await connection.execute("drop database marketplace with (force)")
    await connection.close()


def report(*, quick: bool) -> Report:
    """Measure, and tell what came out."""
    found, foreign = measure(quick=quick)
    listings, submissions = (
        (QUICK_LISTINGS, QUICK_SUBMISSIONS) if quick else (LISTINGS, SUBMISSIONS)
    )
    about = (
        f"{listings:,} integrations, each listed in English, Spanish and Portuguese, and "
        f"{submissions:,} versions that wait for moderators. The time is that of the services, "
        "called one after the other in one process on one core, up to the values that a page is "
        "drawn of; PostgreSQL runs on the other core. Every call asks for something else. Names "
        "are made of words that such integrations have and of makers' names; half of what is "
        "searched for is mistyped: a letter forgotten, doubled, taken from the key beside it, or "
        "in its neighbour's place. Milliseconds."
    )
    sections = [about]
    for kind, questions in found.items():
        rows = [
            [
                one.name,
                *(number(questions[one.name].times.percentile(p)) for p in (50, 95, 99)),
                f"{questions[one.name].found:.1%}" if one.is_aimed else "",
            ]
            for one in QUESTIONS
        ]
        head = [kind, "p50", "p95", "p99", "on the first page"]
        sections.append(Table(head, rows).markdown())
    return Report(
        name="marketplace",
        title="The Marketplace and the moderators' queue",
        sections=sections,
        goals=[_goal(kind, questions) for kind, questions in found.items()],
        foreign=[max(0.0, foreign)],
    )


def _goal(kind: str, questions: dict[str, Asked]) -> Goal:
    single = {name: one for name, one in questions.items() if name not in _ALL_AT_ONCE}
    worst = max(single, key=lambda name: single[name].times.percentile(95))
    slowest = single[worst].times.percentile(95)
    return Goal(
        f"{kind}: p95 of every page under {GOAL_MS:.0f} ms",
        f"at most {number(slowest)} ms ({worst})",
        slowest < GOAL_MS,
    )
