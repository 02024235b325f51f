"""Requests straight into the application, without a server between: to time single answers."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from benchmarks.accounts import Account
from benchmarks.processes import Fault
from grantway.app import open_platform
from grantway.asgi import logs
from grantway.kernel.clock import SystemClock
from grantway.settings import read_settings


class Client:
    """Asks the ASGI application with the same headers each time."""

    def __init__(self, front: Any, headers: Mapping[str, str]) -> None:
        self._front = front
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def time(self, path: str, query: str, *, must_find: bool = True) -> float:
        """Return the seconds that a GET takes; raise Fault when it finds nothing but has to."""
        seconds, _ = await self.get(path, query, must_find=must_find)
        return seconds

    async def get(self, path: str, query: str, *, must_find: bool = True) -> tuple[float, bytes]:
        """Return the seconds that a GET takes, and its body; raise Fault for a refusal."""
        scope = {
            "type": "http",
            "http_version": "1.1",
            "scheme": "http",
            "method": "GET",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": self._headers,
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 2),
        }
        said: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            said.append(message)

        started = time.perf_counter()
        await self._front(scope, receive, send)
        seconds = time.perf_counter() - started
        if said[0]["status"] not in ({200} if must_find else {200, 204}):
            raise Fault(f"{path}?{query} was answered with status {said[0]['status']}")
        return seconds, b"".join(one.get("body", b"") for one in said[1:])


@asynccontextmanager
async def opened(url: str, account: Account) -> AsyncIterator[Client]:
    """Open the platform on a database, in this process."""
    now = SystemClock()
    logs.configure(now, level="warning")
    settings = read_settings(account.environment(url, 0, logs=False))
    platform = await open_platform(settings, now)
    try:
        yield Client(platform.front, account.headers)
    finally:
        await platform.close()


def keep_to(core: int) -> set[int]:
    """Keep this process to one core; return where it was allowed before."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    return before
