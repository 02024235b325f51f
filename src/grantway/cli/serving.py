"""The HTTP server: Granian, in this process or with processes of its own."""

from __future__ import annotations

import asyncio
import functools
import http.client
import multiprocessing
import signal
import socket
import ssl
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import click
from granian.constants import HTTPModes, Interfaces, Loops, SSLProtocols
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.embed import Server
from granian.server.mp import MPServer
from starlette.types import ASGIApp

from grantway.app import Application
from grantway.asgi import logs
from grantway.kernel.clock import SystemClock
from grantway.settings import Settings

HEADER_TIMEOUT_MS = 10_000  # a client that sends its headers slower is cut (S-175)
BACKLOG = 1024
# A process that is told to stop while it starts may miss it; one that lives on then is killed.
STOP_PATIENCE_S = 10
_ATTEMPTS = 600
_PAUSE = 0.01
_PATIENCE = 5.0
_FAREWELL = 0.3


def http1_settings() -> HTTP1Settings:
    """Return how HTTP/1 is spoken."""
    return HTTP1Settings(header_read_timeout=HEADER_TIMEOUT_MS, pipeline_flush=False)


def must_be_free(host: str, port: int, options: str = "--port or GRANTWAY_PORT") -> None:
    """Refuse when nobody may listen there; port 0 is always free."""
    try:
        _try_to_listen(host, port)
    except OSError as error:
        raise click.ClickException(
            f"cannot listen on {host}:{port}: {error.strerror}; choose another port "
            f"({options}), or stop what listens there"
        ) from error


def is_free(host: str, port: int) -> bool:
    """Tell whether somebody may listen there."""
    try:
        _try_to_listen(host, port)
    except (OSError, OverflowError):  # the latter for a port above the last one
        return False
    return True


def _try_to_listen(host: str, port: int) -> None:
    family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    with socket.socket(family) as probe:
        # As the server does: a port whose last connections fade away may be taken again.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))


def server_of(settings: Settings, log_level: LogLevels) -> MPServer:
    """Return the server with as many processes as *settings* say."""
    return MPServer(
        "grantway.app:create_app",
        factory=True,
        address=settings.listen,
        port=settings.port,
        interface=Interfaces.ASGI,
        workers=settings.processes,
        loop=Loops.uvloop,
        http=HTTPModes.auto if settings.tls_certificate else HTTPModes.http1,
        websockets=False,
        backlog=BACKLOG,
        http1_settings=http1_settings(),
        log_level=log_level,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_PATIENCE_S,
        ssl_cert=Path(settings.tls_certificate) if settings.tls_certificate else None,
        ssl_key=Path(settings.tls_key) if settings.tls_key else None,
        ssl_protocol_min=SSLProtocols.tls12,
    )


def serve_in_processes(settings: Settings, when_ready: Callable[[], None]) -> None:
    """Serve *settings*, whatever the environment says, until SIGINT or SIGTERM.

    Calls *when_ready* on a thread as soon as a request is answered.
    """
    # Forked ones would miss the threads that this process has started, and wait for them.
    multiprocessing.set_start_method("spawn", force=True)
    is_over = threading.Event()

    def announce() -> None:
        while not is_over.is_set():
            if _is_ready(settings):
                when_ready()
                return
            time.sleep(_PAUSE)

    announcing = threading.Thread(target=announce, name="announce")
    announcing.start()
    try:
        server_of(settings, LogLevels.error).serve(
            target_loader=functools.partial(_application, settings), wrap_loader=False
        )
    finally:
        is_over.set()
        announcing.join()


def _application(settings: Settings) -> Application:
    """Return what one process serves."""
    logs.configure(SystemClock(settings.clock_offset), level=settings.log_level)
    return Application(settings)


def _is_ready(settings: Settings) -> bool:
    address = settings.listen, settings.port
    connection: http.client.HTTPConnection
    if settings.tls_certificate:
        # It is our own server on our own port, and the name in its certificate is another one.
        context = ssl.create_default_context(cafile=settings.tls_certificate)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        connection = http.client.HTTPSConnection(*address, timeout=_PATIENCE, context=context)
    else:
        connection = http.client.HTTPConnection(*address, timeout=_PATIENCE)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


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
