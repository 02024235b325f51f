"""Starting what is measured: Grantway, a bare application, and the peers."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from benchmarks.processes import Process, free_port, running

BIN = Path(sys.executable).parent
_PEERS = Path(__file__).with_name("peers")
PEER_CLIENT = "warehouse-export"


@dataclass(frozen=True, slots=True)
class Started:
    """A running server."""

    process: Process
    url: str


@dataclass(frozen=True, slots=True)
class Peer:
    """A running authorization server of others, and refresh tokens that it takes."""

    process: Process
    url: str
    body: str
    pools: list[list[str]]


def granian(interface: str, port: int) -> list[str]:
    """Return how Granian is started with one worker."""
    return [
        *(str(BIN / "granian"), "--interface", interface, "--host", "127.0.0.1"),
        *("--port", str(port), "--workers", "1", "--no-ws", "--http", "1"),
        *("--log-level", "warning"),
    ]


@contextmanager
def serving(
    environment: Mapping[str, str], folder: Path, *, on_any_core: bool = False
) -> Iterator[Started]:
    """Run `grantway serve` with these settings, which name the port."""
    port = int(environment["GRANTWAY_PORT"])
    log = folder / f"grantway-{port}.log"
    command = [str(BIN / "grantway"), "serve"]
    with running(command, port, log, environment, on_any_core=on_any_core) as process:
        yield Started(process, f"http://127.0.0.1:{port}")


@contextmanager
def bare(size: int, folder: Path) -> Iterator[Started]:
    """Run the smallest ASGI application, which answers with so many ready bytes."""
    port = free_port()
    command = [*granian("asgi", port), "--loop", "uvloop", "benchmarks.bare_app:app"]
    with running(command, port, folder / "bare.log", {"BENCH_BYTES": str(size)}) as process:
        yield Started(process, f"http://127.0.0.1:{port}/")


@contextmanager
def node(script: str, folder: Path, pools: int, size: int) -> Iterator[Peer]:
    """Run a peer of npm, with so many pools of so many refresh tokens."""
    port = free_port()
    secret = secrets.token_hex(32)
    file = folder / f"{script}.json"
    environment = {
        "BENCH_PORT": str(port),
        "BENCH_SECRET": secret,
        "BENCH_POOLS": str(pools),
        "BENCH_POOL_SIZE": str(size),
        "BENCH_POOL_FILE": str(file),
        "NODE_ENV": "production",
    }
    command = ["node", str(_PEERS / f"{script}.mjs")]
    with running(command, port, folder / f"{script}.log", environment) as process:
        yield Peer(
            process,
            f"http://127.0.0.1:{port}/token",
            _form(PEER_CLIENT, secret),
            msgspec.json.decode(file.read_bytes(), type=list[list[str]]),
        )


@contextmanager
def django(folder: Path, pools: int, size: int) -> Iterator[Peer]:
    """Run django-oauth-toolkit, with so many pools of so many refresh tokens."""
    port = free_port()
    secret = secrets.token_hex(32)
    environment = {
        "BENCH_DJANGO_DATABASE": str(folder / "django.db"),
        "BENCH_SECRET": secret,
        "BENCH_POOLS": str(pools),
        "BENCH_POOL_SIZE": str(size),
    }
    prepared = subprocess.run(
        [sys.executable, "-m", "benchmarks.django_peer.pools"],
        env={**os.environ, **environment},
        capture_output=True,
        check=True,
    )
    command = [
        *(*granian("wsgi", port), "--blocking-threads", "1"),
        "benchmarks.django_peer.site:application",
    ]
    with running(command, port, folder / "django.log", environment) as process:
        yield Peer(
            process,
            f"http://127.0.0.1:{port}/o/token/",
            _form(PEER_CLIENT, secret),
            msgspec.json.decode(prepared.stdout, type=list[list[str]]),
        )


def _form(client_id: str, secret: str) -> str:
    return f"grant_type=refresh_token&client_id={client_id}&client_secret={secret}&refresh_token=%s"
