"""A Valkey or Redis server of one's own, for as long as a block runs.

Tests use it: on loopback alone, on a port that was free, keeping nothing, gone
when the block is left, and also when the program that started it dies.
"""

import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tools.system_parts import find_valkey

START_DEADLINE = 30.0  # seconds; a start takes some hundredths of one
PORT_ATTEMPTS = 5  # somebody else may take a free port before the server does


class ServerFault(Exception):
    """The server did not come up; the text holds what it said."""


class Server:
    """A server that can be stopped, started again at its place, and made to hang."""

    def __init__(self, program: Path, folder: Path, port: int) -> None:
        self.port = port
        self._program = program
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"valkey://127.0.0.1:{self.port}/0"

    def start(self) -> bool:
        """Start the server, empty; return False when it ended before it was ready."""
        # The kernel ends the server when its starter dies, even by kill -9.
        dies_with_us = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
        options = ["--bind", "127.0.0.1", "--port", str(self.port), "--save", ""]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*dies_with_us, str(self._program), *options, "--appendonly", "no"],
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + START_DEADLINE
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                return False
            with suppress(OSError):
                if self.ask("PING") == b"+PONG\r\n":
                    return True
            time.sleep(0.02)
        self.stop()
        raise ServerFault(f"{self._program.name} was not ready after {START_DEADLINE} s")

    def stop(self) -> None:
        """End the server, and all that it keeps."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def hang(self) -> None:
        """Let the server take connections and answer nobody."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    def ask(self, command: str) -> bytes:
        """Send one command of plain words; return the beginning of what comes back."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=START_DEADLINE) as line:
            line.sendall(command.encode() + b"\r\n")
            return line.recv(65_536)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def temporary_server() -> Iterator[Server]:
    """Run a server."""
    program = find_valkey()
    if program is None:
        raise ServerFault("a Valkey or Redis server program is missing: run `make parts`")
    folder = Path(tempfile.mkdtemp(prefix="grantway-valkey-"))
    try:
        server = _start_somewhere(program, folder)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _start_somewhere(program: Path, folder: Path) -> Server:
    for _ in range(PORT_ATTEMPTS):
        server = Server(program, folder, _free_port())
        if server.start():
            return server
    said = (folder / "log").read_text(errors="replace")
    raise ServerFault(f"{program.name} did not start:\n{said}")
