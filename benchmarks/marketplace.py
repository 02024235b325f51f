"""How long searches, category pages and the moderators' queue take with ten thousand listings."""

from __future__ import annotations

import asyncio
import base64
import html
import os
import random
import secrets
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import asyncpg

from benchmarks import marketplace_texts as texts
from benchmarks.accounts import ADDRESSES
from benchmarks.clusters import cluster
from benchmarks.figures import Samples, number
from benchmarks.grants import sqlite_url
from benchmarks.in_process import Client, keep_to
from benchmarks.marketplace_world import LATER, World, fill
from benchmarks.processes import LOAD_CORE, SERVER_CORE, Fault, busy_seconds
from benchmarks.reports import Goal, Report, Table
from grantway.app import open_platform
from grantway.asgi import logs
from grantway.db import Database, Reader
from grantway.kernel.addresses import CONTROL, PUBLIC
from grantway.kernel.clock import SystemClock
from grantway.kernel.sealing import KEY_BYTES
from grantway.marketplace import catalogue, search
from grantway.marketplace.categories import CATEGORIES
from grantway.moderation import desk
from grantway.settings import read_settings
from grantway.web.cookies import Cookies

LISTINGS, SUBMISSIONS, CALLS = 10_000, 1_000, 400
QUICK_LISTINGS, QUICK_SUBMISSIONS, QUICK_CALLS = 1_000, 200, 60
GOAL_MS = 20.0
_BEGINNING = 5  # letters that somebody has typed so far


@dataclass(frozen=True, slots=True)
class Get:
    """A page that somebody opens, and what has to stand on it."""

    path: str
    query: str = ""
    expected: str = ""


Make = Callable[[Reader, World, random.Random], Awaitable[Get]]


@dataclass(frozen=True, slots=True)
class Question:
    """Something that people ask. *is_aimed*: at one listing, which should be found."""

    name: str
    make: Make
    is_aimed: bool = False

    @property
    def is_for_moderators(self) -> bool:
        return self.name.startswith("queue")


@dataclass(frozen=True, slots=True)
class Asked:
    """Milliseconds of one question on one database, and the share of calls that found it."""

    times: Samples
    found: float


def _searched(language: str, typed: str, expected: str = "", after: str = "") -> Get:
    query = {"lang": language, "q": typed} | ({"after": after} if after else {})
    return Get("/marketplace", urlencode(query), expected)


def _aimed(change: Callable[[str, random.Random], str]) -> Make:
    async def make(_reader: Reader, world: World, choose: random.Random) -> Get:
        client_id = choose.choice(list(world.said))
        language = choose.choice(texts.LANGUAGES)
        name = world.said[client_id][language].name
        # Makers' names come twice by chance, and nobody could tell one from the other.
        return _searched(language, change(name, choose), html.escape(name))

    return make


async def _common(_reader: Reader, _world: World, choose: random.Random) -> Get:
    language = choose.choice(texts.LANGUAGES)
    return _searched(language, texts.common(language, choose), _A_TILE)


async def _two_common(_reader: Reader, _world: World, choose: random.Random) -> Get:
    language = choose.choice(texts.LANGUAGES)
    typed = f"{texts.common(language, choose)} {texts.common(language, choose)}"
    return _searched(language, texts.mistyped(typed, choose))


async def _second(reader: Reader, _world: World, choose: random.Random) -> Get:
    language = choose.choice(texts.LANGUAGES)
    typed = texts.common(language, choose)
    first = await search.find(reader, language, typed)
    return _searched(language, typed, _A_TILE, first.after)


async def _nonsense(_reader: Reader, _world: World, choose: random.Random) -> Get:
    typed = "".join(choose.choices("bcdfghjklmnpqrstvwxz", k=9))
    return _searched(choose.choice(texts.LANGUAGES), typed)


async def _front(_reader: Reader, _world: World, choose: random.Random) -> Get:
    return Get("/marketplace", f"lang={choose.choice(texts.LANGUAGES)}", _A_TILE)


async def _category(_reader: Reader, _world: World, choose: random.Random) -> Get:
    language, category = choose.choice(texts.LANGUAGES), choose.choice(list(CATEGORIES))
    return Get(f"/marketplace/categories/{category}", f"lang={language}")


async def _tenth(reader: Reader, _world: World, choose: random.Random) -> Get:
    language, after = choose.choice(texts.LANGUAGES), ""
    for _ in range(9):
        after = (await catalogue.front(reader, language, after=after)).after
    return Get("/marketplace", urlencode({"lang": language, "after": after}), _A_TILE)


async def _listing(_reader: Reader, world: World, choose: random.Random) -> Get:
    client_id, language = choose.choice(list(world.said)), choose.choice(texts.LANGUAGES)
    name = html.escape(world.said[client_id][language].name)
    return Get(f"/marketplace/{client_id}", f"lang={language}", name)


async def _queue(_reader: Reader, _world: World, _choose: random.Random) -> Get:
    return Get("/moderation", "", 'href="/moderation/')


async def _queue_later(reader: Reader, world: World, choose: random.Random) -> Get:
    after: tuple[int, str] | None = None
    for _ in range(choose.randrange(1, 4)):
        last = (await desk.queue(reader, world.moderator, after=after))[-1]
        after = (last.due_at, last.client_id)
    query = urlencode({"due": after[0], "after": after[1]}) if after else ""
    return Get("/moderation", query, 'href="/moderation/')


_A_TILE = 'class="tile"'
QUESTIONS = (
    Question("search: a name", _aimed(lambda name, _: name), is_aimed=True),
    Question("search: a name with a typing error", _aimed(texts.mistyped), is_aimed=True),
    Question("search: the beginning of a name", _aimed(lambda name, _: name[:_BEGINNING])),
    Question("search: a word of many listings", _common),
    Question("search: two of them, one mistyped", _two_common),
    Question("search: the second page", _second),
    Question("search: nonsense", _nonsense),
    Question("front page", _front),
    Question("front page, tenth part", _tenth),
    Question("category page", _category),
    Question("a listing's own page", _listing),
    Question("queue: first page", _queue),
    Question("queue: a later page", _queue_later),
)


async def _measure(url: str, world: World, calls: int) -> dict[str, Asked]:
    now = SystemClock(LATER - SystemClock()())
    logs.configure(now, level="warning")
    secret_key = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
    settings = read_settings(
        {
            "GRANTWAY_DATABASE": url,
            "GRANTWAY_SECRET_KEY": secret_key,
            "GRANTWAY_DOMAIN": ADDRESSES.root,
            "GRANTWAY_LIMITS": "off",
            "GRANTWAY_LOG_REQUESTS": "off",
        }
    )
    platform = await open_platform(settings, now)
    cookie = f"{Cookies(is_secure=True).session}={world.session}"
    anybody = Client(platform.front, {"Host": ADDRESSES.authority(PUBLIC)})
    mo = Client(platform.front, {"Host": ADDRESSES.authority(CONTROL), "Cookie": cookie})
    try:
        return {
            one.name: await _ask(
                platform.db, mo if one.is_for_moderators else anybody, world, one, calls
            )
            for one in QUESTIONS
        }
    finally:
        await platform.close()


async def _ask(db: Database, client: Client, world: World, question: Question, calls: int) -> Asked:
    choose = random.Random(11)
    times, found = [], 0
    warming = calls // 10
    for n in range(warming + calls):
        async with db.read() as reader:
            asked = await question.make(reader, world, choose)
        seconds, body = await client.get(asked.path, asked.query)
        if n >= warming:
            times.append(1000 * seconds)
            found += asked.expected in body.decode()
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
        f"{submissions:,} versions that wait for moderators. The time is that of whole pages, "
        "from the request to the last byte of the answer, asked one after the other of the "
        "application in one process on one core; PostgreSQL runs on the other. Every call asks for "
        "something else. Names "
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
    worst = max(questions, key=lambda name: questions[name].times.percentile(95))
    slowest = questions[worst].times.percentile(95)
    return Goal(
        f"{kind}: p95 of every page under {GOAL_MS:.0f} ms",
        f"at most {number(slowest)} ms ({worst})",
        slowest < GOAL_MS,
    )
