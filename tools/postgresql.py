"""A PostgreSQL server of one's own, for as long as a block runs.

Tests and benchmarks use it: on loopback alone, on a port that was free, in a
temporary folder, gone when the block is left, and also when the program that
started it dies.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tools.system_parts import find_postgresql

USER = "grantway"
START_DEADLINE = 30.0  # seconds; a start takes a few tenths of one
PORT_ATTEMPTS = 5  # somebody else may take a free port before the server does

# What may be lost when the machine stops, which a test's data may.
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class ServerFault(Exception):
    """The server did not come up; the text holds what it said."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where a running server is reached."""

    port: int

    def url(self, database: str) -> str:
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"


@dataclass(frozen=True, slots=True)
class _Owner:
    """Whom the server runs as: it refuses to run as root."""

    uid: int | None = None
    gid: int | None = None

    def start(self, command: list[str], folder: Path) -> subprocess.Popen[bytes]:
        with (folder / "log").open("ab") as log:
            return subprocess.Popen(
                command,
                cwd=folder,
                user=self.uid,
                group=self.gid,
                extra_groups=None if self.uid is None else [],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )


def _owner() -> _Owner:
    if os.geteuid() != 0:
        return _Owner()
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            entry = pwd.getpwnam(name)
            return _Owner(entry.pw_uid, entry.pw_gid)
    raise ServerFault("PostgreSQL refuses to run as root, and there is no user postgres or nobody")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _make_cluster(programs: Path, owner: _Owner, folder: Path) -> None:
    command = [
        *(str(programs / "initdb"), "--pgdata", str(folder / "data"), "--username", USER),
        # Bytes decide the order of texts, as they do on SQLite.
        *("--auth", "trust", "--encoding", "UTF8", "--locale", "C"),
        *("--no-sync", "--no-instructions"),
    ]
    if owner.start(command, folder).wait() != 0:
        raise ServerFault(f"initdb failed:\n{(folder / 'log').read_text(errors='replace')}")


def _start(
    programs: Path, owner: _Owner, folder: Path, port: int, settings: dict[str, str]
) -> subprocess.Popen[bytes] | None:
    """Start the server; return None when it ended before it was ready."""
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "max_connections": "200",
        **settings,
    }
    # The kernel ends the server when its starter dies, even by kill -9.
    dies_with_us = ["setpriv", "--pdeathsig", "INT"] if shutil.which("setpriv") else []
    options = [option for key, value in settings.items() for option in ("-c", f"{key}={value}")]
    server = owner.start(
        [*dies_with_us, str(programs / "postgres"), "-D", str(folder / "data"), *options], folder
    )
    state = folder / "data" / "postmaster.pid"
    deadline = time.monotonic() + START_DEADLINE
    while time.monotonic() < deadline:
        if server.poll() is not None:
            return None
        # The first line names the process, the last one tells how far the server has come.
        told = state.read_text().split() if state.is_file() else []
        if told and told[0] == str(server.pid) and told[-1] == "ready":
            return server
        time.sleep(0.02)
    _stop(server)
    raise ServerFault(f"PostgreSQL was not ready after {START_DEADLINE} s")


def _start_somewhere(
    programs: Path, owner: _Owner, folder: Path, settings: dict[str, str]
) -> tuple[int, subprocess.Popen[bytes]]:
    for _ in range(PORT_ATTEMPTS):
        port = _free_port()
        server = _start(programs, owner, folder, port, settings)
        if server is not None:
            return port, server
    said = (folder / "log").read_text(errors="replace")
    raise ServerFault(f"PostgreSQL did not start:\n{said}")


def _stop(server: subprocess.Popen[bytes]) -> None:
    """End the server, first politely to those who are connected."""
    for wish in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        server.send_signal(wish)
        with suppress(subprocess.TimeoutExpired):
            server.wait(timeout=10)
            return


@contextmanager
def temporary_server(*, durable: bool = False, **settings: str) -> Iterator[Server]:
    """Run a server; a *durable* one keeps its promises about the disk, and is slower."""
    folder = Path(tempfile.mkdtemp(prefix="grantway-postgresql-"))
    try:
        with server_in(folder, durable=durable, **settings) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def server_in(folder: Path, *, durable: bool = False, **settings: str) -> Iterator[Server]:
    """Run a server whose data lie in *folder*, those of an earlier run if there are any."""
    programs = find_postgresql()
    if programs is None:
        raise ServerFault("PostgreSQL's server programs are missing: run `make parts`")
    owner = _owner()
    if owner.uid is not None and owner.gid is not None:
        os.chown(folder, owner.uid, owner.gid)
    if not (folder / "data" / "PG_VERSION").exists():
        _make_cluster(programs, owner, folder)
    port, server = _start_somewhere(
        programs, owner, folder, settings if durable else FORGETFUL | settings
    )
    try:
        yield Server(port)
    finally:
        _stop(server)
