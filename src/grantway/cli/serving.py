"""The HTTP server: Granian, in this process or with workers of its own."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import click
from granian.constants import HTTPModes, Interfaces, SSLProtocols
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.embed import Server
from starlette.types import ASGIApp

from grantway.settings import Settings

HEADER_TIMEOUT_MS = 10_000  # a client that sends its headers slower is cut (S-175)
BACKLOG = 1024
_ATTEMPTS = 600
_PAUSE = 0.01
_FAREWELL = 0.3


def http1_settings() -> HTTP1Settings:
    """Return how HTTP/1 is spoken."""
    return HTTP1Settings(header_read_timeout=HEADER_TIMEOUT_MS, pipeline_flush=False)


def must_be_free(host: str, port: int) -> None:
    """Refuse when nobody may listen there; port 0 is always free."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family) as probe:
            # As the server does: a port whose last connections fade away may be taken again.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise click.ClickException(
            f"cannot listen on {host}:{port}: {error.strerror}; choose another port "
            "(--port or GRANTWAY_PORT), or stop what listens there"
        ) from error


@asynccontextmanager
async def serve_here(app: ASGIApp, settings: Settings) -> AsyncIterator[Awaitable[None]]:
    """Serve *app* in this event loop; enters when the server answers.

    Gives what ends when the server was asked to stop: by SIGINT or SIGTERM, or
    by leaving the block.
    """
    server = Server(
        app,
        address=settings.listen,
        port=settings.port,
        interface=Interfaces.ASGI,
        http=HTTPModes.auto,
        websockets=False,
        backlog=BACKLOG,
        http1_settings=http1_settings(),
        log_level=LogLevels.error,
        ssl_cert=Path(settings.tls_certificate) if settings.tls_certificate else None,
        ssl_key=Path(settings.tls_key) if settings.tls_key else None,
        ssl_protocol_min=SSLProtocols.tls12,
    )
    task = asyncio.create_task(server.serve())
    loop = asyncio.get_running_loop()
    stop: Callable[[], None] = server.stop
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    try:
        await _listening(settings, task)
        yield task
    finally:
        if not task.done():
            stop()
        await task
        # Its own threads let go of the last connections a moment later, and must find us here.
        await asyncio.sleep(_FAREWELL)
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


async def _listening(settings: Settings, task: asyncio.Task[None]) -> None:
    for _ in range(_ATTEMPTS):
        if task.done():
            await task
            raise click.ClickException(
                f"the server could not listen on {settings.listen}:{settings.port}"
            )
        try:
            _, writer = await asyncio.open_connection(settings.listen, settings.port)
        except OSError:
            await asyncio.sleep(_PAUSE)
        else:
            writer.close()
            return
    raise click.ClickException(f"nothing answers on {settings.listen}:{settings.port}")
