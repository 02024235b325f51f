"""Grantway, the peers and signing alone, measured in turn on one core."""

from __future__ import annotations

import asyncio
import http.client
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks import limits, servers
from benchmarks.figures import Samples, ratios
from benchmarks.grants import Integration, Visitor, empty_database, refresh_token, sqlite_url
from benchmarks.load import CONNECTIONS, Round, Target, ask
from benchmarks.processes import Fault, Process, free_port
from benchmarks.token_requests import (
    consenting,
    exchanging,
    introspecting,
    refreshing,
    refreshing_at,
    same_again,
)

LOGGED, SILENT = "Grantway, each request logged", "Grantway, requests not logged"
BARE = "bare ASGI app, ready bytes"
NODE, OIDC = "@node-oauth/oauth2-server, in memory", "oidc-provider, in memory"
DJANGO = "django-oauth-toolkit, SQLite"
EXCHANGE, INTROSPECTION, CONSENT = "swap a code", "introspect an access token", "press *Allow*"
SIGNING = "RS256 signatures alone"

POOL = 256  # families for one round: a token comes back only after all others
_TOKENS = 64  # to introspect
_SPARE = 1.3  # no request that signs can come more often than signatures, by this much of luck


@dataclass(frozen=True, slots=True)
class Case:
    """A running server, what to ask it, and what every round may spend."""

    name: str
    server: Process
    target: Target
    pools: Sequence[Sequence[str]] = ()

    def aimed(self, number: int) -> Target:
        return self.target.with_values(self.pools[number]) if self.pools else self.target


@dataclass(frozen=True, slots=True)
class Found:
    """What came out: rounds by case, and signatures per CPU-second in the same turns."""

    rounds: dict[str, list[Round]]
    signing: Samples
    bytes_each: int

    def per_cpu_second(self, name: str) -> Samples:
        if name == SIGNING:
            return self.signing
        return Samples(tuple(one.per_cpu_second for one in self.rounds[name]))

    def against(self, name: str, other: str) -> Samples:
        return ratios(self.per_cpu_second(name), self.per_cpu_second(other))


@dataclass(slots=True)
class Supplies:
    """What the rounds at Grantway spend, a pool for each."""

    integration: Integration
    visitor: Visitor
    access_tokens: list[str]
    families: dict[str, list[list[str]]] = field(default_factory=dict)
    codes: list[list[str]] = field(default_factory=list)
    questions: list[list[str]] = field(default_factory=list)


def measure(folder: Path, *, quick: bool) -> Found:
    """Ask all servers in turn, and sign in turn with them."""
    rounds, seconds = (3, 1) if quick else (7, 2)
    signature = limits.signature()
    signing = limits.per_cpu_second(signature, 1).median
    url = sqlite_url(folder, "refreshes")
    spent = int(_SPARE * signing * seconds) + CONNECTIONS
    supplies = asyncio.run(_supply(url, rounds + 1, spent))
    signed: list[float] = []
    with ExitStack() as stack:
        size, cases = _cases(stack, folder, url, supplies, rounds + 1)
        found: dict[str, list[Round]] = {case.name: [] for case in cases}
        for case in cases:
            ask(case.aimed(0), 1, case.server, folder)  # warms it
        for n in range(1, rounds + 1):
            signed.append(limits.per_cpu_second(signature, 1).median)
            for case in cases:
                found[case.name].append(ask(case.aimed(n), seconds, case.server, folder))
    return Found(found, Samples(tuple(signed)), size)


async def _supply(url: str, rounds: int, spent: int) -> Supplies:
    async with empty_database(url) as maker:
        visitor, person = await maker.visitor()
        pairs = await maker.families(_TOKENS)
        supplies = Supplies(maker.integration, visitor, [maker.access_token(one) for one in pairs])
        for name in (LOGGED, SILENT):
            supplies.families[name] = [
                [refresh_token(due) for due in await maker.families(POOL)] for _ in range(rounds)
            ]
        supplies.codes = [await maker.codes(spent) for _ in range(rounds)]
        supplies.questions = [await maker.questions(spent, person) for _ in range(rounds)]
    return supplies


def _cases(
    stack: ExitStack, folder: Path, url: str, supplies: Supplies, rounds: int
) -> tuple[int, list[Case]]:
    """Start all servers; return how long an answer of ours is, and the cases."""
    ours, families = supplies.integration, supplies.families
    logged, silent = (
        stack.enter_context(servers.serving(ours.environment(url, free_port(), logs=logs), folder))
        for logs in (True, False)
    )
    target = refreshing(ours, logged.url)
    size = len(_answer(target.with_values(families[LOGGED][0])))
    bare = stack.enter_context(servers.bare(size, folder))
    cases = [
        Case(LOGGED, logged.process, target, families[LOGGED]),
        Case(SILENT, silent.process, refreshing(ours, silent.url), families[SILENT]),
        Case(BARE, bare.process, same_again(ours, bare.url), [families[LOGGED][0]] * rounds),
    ]
    peers = {
        NODE: servers.node("node_oauth2_server", folder, rounds, POOL),
        OIDC: servers.node("oidc_provider", folder, rounds, POOL),
        DJANGO: servers.django(folder, rounds, POOL),
    }
    for name, starting in peers.items():
        peer = stack.enter_context(starting)
        cases.append(Case(name, peer.process, refreshing_at(peer), peer.pools))
    tokens = [supplies.access_tokens] * rounds
    pressing = consenting(supplies.visitor, logged.url)
    cases += [
        Case(EXCHANGE, logged.process, exchanging(ours, logged.url), supplies.codes),
        Case(INTROSPECTION, logged.process, introspecting(ours, logged.url), tokens),
        Case(CONSENT, logged.process, pressing, supplies.questions),
    ]
    return size, cases


def _answer(target: Target) -> bytes:
    """Return the answer to the target's first request; what it spends is not spent again."""
    if target.queue is None:
        raise ValueError("there is no queue to take a value from")
    place = urlsplit(target.url)
    connection = http.client.HTTPConnection(place.netloc, timeout=10)
    body = target.queue.body.replace("%s", target.queue.values[-1])
    connection.request("POST", place.path, body, dict(target.headers))
    answer = connection.getresponse()
    said = answer.read()
    connection.close()
    if answer.status != 200:
        raise Fault(f"{target.url} was answered with status {answer.status}: {said[:300]!r}")
    return said
