"""Browsers without a screen that call a server over HTTP, and receivers of its webhooks."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from benchmarks.processes import Fault

_MOST_HEAD = 64 * 1024
_KEPT_SECONDS = 10.0  # servers close a connection that is idle for half a minute


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes

    def must_be(self, status: int, about: str) -> Answer:
        """Return it; raise Fault for another status."""
        if self.status != status:
            raise Fault(f"{about}: {self.status} instead of {status}: {self.body[:500]!r}")
        return self


class Caller:
    """One connection, kept open; calls one after the other."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._used_at = 0.0

    async def call(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes = b""
    ) -> Answer:
        if time.monotonic() - self._used_at > _KEPT_SECONDS:
            self.close()
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port, limit=_MOST_HEAD)
        reader, writer = self._streams
        lines = [f"{method} {path} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items())]
        if body or method != "GET":
            lines.append(f"content-length: {len(body)}")
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        _, _, rest = head.partition("\r\ncontent-length:")
        if not rest:
            raise Fault(f"an answer without a length to {method} {path}:\n{head}")
        content = await reader.readexactly(int(rest.partition("\r\n")[0]))
        self._used_at = time.monotonic()
        return Answer(int(head.split(" ", 2)[1]), content)

    def close(self) -> None:
        """Let go of the connection; the next call opens another one."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """A webhook that came: which integration's, from which account, when, with which code."""

    client_id: str
    host: str
    at: float
    code: str


class Receivers:
    """Receivers on this machine. Those that hang take a webhook, and never answer it."""

    def __init__(self) -> None:
        self.arrivals: list[Arrival] = []
        self.hanging_now = 0
        self.most_hanging = 0
        self._servers: list[asyncio.Server] = []
        self._open_ones: dict[asyncio.StreamWriter, asyncio.Task[None] | None] = {}

    @asynccontextmanager
    async def listening(self, hanging: int, healthy: int) -> AsyncIterator[tuple[list[str], ...]]:
        """Open so many of each kind; enter with `127.0.0.1:port` of those and of these."""
        try:
            kinds = [
                [await self._open(answers=answers) for _ in range(count)]
                for answers, count in ((False, hanging), (True, healthy))
            ]
            yield tuple(kinds)
        finally:
            for one in self._servers:
                one.close()
            for writer in self._open_ones:
                writer.close()
            left = [task for task in self._open_ones.values() if task is not None]
            await asyncio.gather(*left, return_exceptions=True)

    async def _open(self, *, answers: bool) -> str:
        async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self._open_ones[writer] = asyncio.current_task()
            with suppress(OSError, asyncio.IncompleteReadError):
                await self._take(reader, writer, answers=answers)
            writer.close()
            del self._open_ones[writer]

        server = await asyncio.start_server(take, "127.0.0.1", 0)
        self._servers.append(server)
        return f"127.0.0.1:{server.sockets[0].getsockname()[1]}"

    async def _take(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answers: bool
    ) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        asked = parse_qs(urlsplit(head.split(b" ", 2)[1].decode()).query)
        told = Arrival(
            client_id=asked["client_id"][0],
            host=asked["referer"][0],
            at=time.perf_counter(),
            code=asked["code"][0],
        )
        self.arrivals.append(told)
        if answers:
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            await writer.drain()
            return
        self.hanging_now += 1
        self.most_hanging = max(self.most_hanging, self.hanging_now)
        try:
            await reader.read()  # until the other side has had enough
        finally:
            self.hanging_now -= 1

    def repeated(self) -> int:
        """Return how many came more often than once, or with a code that came before."""
        installs = Counter((one.client_id, one.host) for one in self.arrivals)
        codes = Counter(one.code for one in self.arrivals)
        return sum(n - 1 for n in installs.values()) + sum(n - 1 for n in codes.values())
