"""Runs operations, one after another, and counts what they answer."""

from __future__ import annotations

import asyncio
import itertools
import logging
import random
from collections import Counter
from collections.abc import Iterator

import msgspec
import requests
import structlog
from schemathesis import Response

from tests.generated import twisting
from tests.generated.drawing import (
    Drawn,
    Honest,
    Operation,
    anything,
    at_the_edges,
    every_operation,
)
from tests.generated.judging import accepted, faults, refused
from tests.generated.known import Known
from tests.generated.placing import Placer
from tests.generated.platforms import platform
from tests.generated.sending import Sender, Wire
from tests.generated.supplying import Supply
from tests.integration.api_client import Api

_LOOK_AFTER = 12


class Fault(msgspec.Struct):
    """An answer that is not as told, and how often there was one like it."""

    operation: str
    title: str
    request: str
    answer: str
    times: int = 1


class Counted(msgspec.Struct):
    """What one operation answered."""

    statuses: Counter[int] = msgspec.field(default_factory=Counter)

    @property
    def requests(self) -> int:
        return self.statuses.total()

    @property
    def successes(self) -> int:
        return sum(times for status, times in self.statuses.items() if status < 300)


class Tally:
    """What all operations answered, over as many runs as there are."""

    def __init__(self) -> None:
        self.counted: dict[str, Counted] = {}
        self.faults: dict[tuple[str, str], Fault] = {}

    @property
    def requests(self) -> int:
        return sum(one.requests for one in self.counted.values())

    def add(self, other: Tally) -> None:
        """Count what another run has counted."""
        for label, one in other.counted.items():
            self.counted.setdefault(label, Counted()).statuses.update(one.statuses)
        for key, fault in other.faults.items():
            known = self.faults.setdefault(key, fault)
            if known is not fault:
                known.times += fault.times

    def line(self, label: str) -> str:
        """Tell of one operation."""
        one = self.counted[label]
        share = one.successes * 100 // one.requests
        return f"{label}: {share} % of {one.requests}, {dict(sorted(one.statuses.items()))}"

    def note(self, operation: Operation, wire: Wire, response: Response, wrong: list[str]) -> None:
        counted = self.counted.setdefault(operation.label, Counted())
        counted.statuses[response.status_code] += 1
        for title in wrong:
            known = self.faults.get((operation.label, title))
            if known is not None:
                known.times += 1
                continue
            self.faults[operation.label, title] = Fault(
                operation.label,
                title,
                f"{wire.method} {wire.path!r}?{wire.query!r} {wire.headers} {wire.body[:1500]!r}",
                f"{response.status_code} {response.content[:1500]!r}",
            )


class Run:
    """Sends requests to one account, and keeps the account supplied meanwhile."""

    def __init__(self, api: Api, loop: asyncio.Runner, tally: Tally, seed: int) -> None:
        self._loop = loop
        self._tally = tally
        self._seed = seed
        self._chance = random.Random(seed)
        self._known = Known()
        self._supply = Supply(api, self._known, self._chance)
        self._placer = Placer(self._known, self._chance)
        self._honest = Honest(self._placer, self._chance)
        self._sender = Sender(api, loop)
        self._sent = 0

    def operation(self, operation: Operation, times: int) -> None:
        """Send *times* requests to an operation: of every way of drawing a part."""
        self._loop.run(self._supply.provide())
        self._sent = 0
        for case in itertools.islice(self._edges(operation), times // 2):
            self._send(operation, case)
        for twist in self._twists(operation, times // 8):
            self._send(operation, self._honest(operation, None), twist)
        for drawn in itertools.islice(self._edges(operation), times * 3 // 10):
            self._send(operation, self._honest(operation, drawn))
        if left := times - self._sent:
            anything(operation, left, self._seed, lambda one: self._send(operation, one))
        while self._sent < times:  # there were not so many different ones
            self._send(operation, self._honest(operation, None))

    def _edges(self, operation: Operation) -> Iterator[Drawn]:
        """Draw all edges, over and over, because other things exist the next time."""
        while True:
            edges = list(at_the_edges(operation))
            self._chance.shuffle(edges)
            yield from edges

    def _twists(self, operation: Operation, times: int) -> Iterator[twisting.Twist]:
        fitting = list(twisting.OF_QUERIES)
        if "{" in operation.path:
            fitting += twisting.OF_ADDRESSES
        if operation.body:
            fitting += twisting.OF_BODIES * 2
        self._chance.shuffle(fitting)
        return itertools.islice(fitting, times)

    def _send(self, operation: Operation, case: Drawn, twist: twisting.Twist | None = None) -> None:
        self._sent += 1
        if self._sent % _LOOK_AFTER == 0:
            is_removal = operation.method == "delete"
            spent = self._placer.kind_at(operation.path) if is_removal else ""
            self._loop.run(self._supply.provide(spent))
        self._place(operation, case)
        made = self._sender.wire(case)
        if made is None:
            return
        wire, prepared = made
        if twist is not None:
            wire = twist(wire, self._chance)
        self._judge(operation, case, wire, prepared, is_twisted=twist is not None)

    def _judge(
        self,
        operation: Operation,
        case: Drawn,
        wire: Wire,
        prepared: requests.PreparedRequest,
        *,
        is_twisted: bool,
    ) -> None:
        response = self._sender.send(wire, prepared)
        wrong = faults(case, response)
        if not is_twisted:
            wrong += accepted(case, response) + refused(case, response)
        self._tally.note(operation, wire, response, wrong)

    def _place(self, operation: Operation, case: Drawn) -> None:
        """Put in what exists, but for every sixth request, which stays as it was drawn."""
        if case.meta is not None and self._chance.randrange(6) == 0:
            return
        if case.path_parameters:
            case.path_parameters = self._placer.path(operation.path, case.path_parameters)
        if case.query:
            case.query = self._placer.query(operation.path, dict(case.query))
        if isinstance(case.body, list | dict):
            case.body = self._placer.body(operation.path, case.body)


def one_run(url: str, seed: int, times: int, only: str) -> Tally:
    """Send requests to an account of its own."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    operations = [one for one in every_operation() if only in one.label]
    tally = Tally()
    with asyncio.Runner() as loop, platform(url, loop) as api:
        run = Run(api, loop, tally, seed)
        for operation in operations:
            run.operation(operation, -(-times // len(operations)))
    return tally
