"""Processes of the platform that tests start, ask and kill."""

import asyncio
import random
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import msgspec

from tests.integration.api_client import Api

ROOT = Path(__file__).parents[2]
START_SECONDS = 30


def free_port() -> int:
    """Return a port that nobody listens on, of those that no outgoing connection is given."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


async def kill(process: asyncio.subprocess.Process) -> None:
    """End the process without a word of warning."""
    with suppress(ProcessLookupError):
        process.kill()
    await process.wait()


@asynccontextmanager
async def started(
    module: str, *arguments: str, is_heard: bool = True
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a module of this folder; it is dead when the block has been left.

    Who *is_heard* must be listened to, or it waits when its pipe is full.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"tests.concurrency.{module}", *arguments),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE if is_heard else asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        await kill(process)


class Server:
    """A server process, as a client of acme sees it."""

    def __init__(self, api: Api, process: asyncio.subprocess.Process, port: int) -> None:
        self.process = process
        self.port = port
        self._api = api
        self._client = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}",
            headers={"host": "acme.grantway.test"},
            trust_env=False,
            timeout=20,
        )

    async def call(
        self, method: str, path: str, *, token: str | None = None, json: Any = ...
    ) -> httpx.Response:
        """Send one request; raises httpx.TransportError when nobody answers."""
        return await self._client.request(
            method,
            path,
            headers={"authorization": f"Bearer {token or self._api.acme.token}"},
            content=None if json is ... else msgspec.json.encode(json),
        )

    async def wait(self) -> None:
        """Wait until it answers."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            with suppress(httpx.TransportError):
                if (await self._client.get("/health/ready")).status_code == 200:
                    return
            assert self.process.returncode is None, "the server has ended"
            assert time.monotonic() < deadline, "the server does not answer"
            await asyncio.sleep(0.02)


@asynccontextmanager
async def serving(api: Api) -> AsyncIterator[Server]:
    """Run a server process on the database of *api*."""
    port = free_port()
    arguments = (api.platform.settings.database, str(port))
    async with started("server", *arguments, is_heard=False) as process:
        server = Server(api, process, port)
        await server.wait()
        yield server
        await server._client.aclose()  # noqa: SLF001 - it is ours
