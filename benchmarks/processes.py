"""Servers under measurement: kept on one core, their processor time and memory read from /proc."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

SERVER_CORE = 0
LOAD_CORE = 1
_TICK = os.sysconf("SC_CLK_TCK")
_START_SECONDS = 30
_STOP_SECONDS = 10


class Fault(Exception):
    """Something that is measured did not work, so its figures would mean nothing."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process and all below it."""

    pid: int

    def members(self) -> list[int]:
        """Return the living processes of the tree."""
        found, waiting = [], [self.pid]
        while waiting:
            pid = waiting.pop()
            found.append(pid)
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                with suppress(OSError):
                    waiting += map(int, children.read_text().split())
        return found

    def cpu_seconds(self) -> float:
        """Return the processor time of the tree, with that of its members that have ended."""
        ticks = 0
        for pid in self.members():
            with suppress(OSError):
                # The name stands in brackets and may hold anything; 14 to 17 are the times.
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                ticks += sum(map(int, fields[11:15]))
        return ticks / _TICK

    def memory(self) -> Memory:
        """Return what the tree keeps in memory now."""
        totals = {"Rss": 0, "Pss": 0}
        for pid in self.members():
            with suppress(OSError):
                for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                    name, _, rest = line.partition(":")
                    if name in totals:
                        totals[name] += int(rest.split()[0])
        return Memory(totals["Rss"] / 1024, totals["Pss"] / 1024)


@dataclass(frozen=True, slots=True)
class Memory:
    """In MiB. *resident* counts shared pages in every process, *proportional* counts them once."""

    resident: float
    proportional: float


def busy_seconds() -> float:
    """Return the time that all processor cores have worked since the machine started."""
    fields = Path("/proc/stat").read_text().partition("\n")[0].split()
    user, nice, system, _idle, _wait, interrupts, soft = map(int, fields[1:8])
    return (user + nice + system + interrupts + soft) / _TICK


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def on_core(core: int, command: Sequence[str]) -> list[str]:
    """Return *command* so that it runs on one core, and ends when whoever started it dies."""
    return dying_with_us(["taskset", "--cpu-list", str(core), *command])


def dying_with_us(command: Sequence[str]) -> list[str]:
    """Return *command* so that it ends when whoever started it dies."""
    guard = ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []
    return [*guard, *command]


@contextmanager
def running(
    command: Sequence[str],
    port: int,
    log: Path,
    environment: Mapping[str, str] | None = None,
    *,
    on_any_core: bool = False,
) -> Iterator[Process]:
    """Run a server on `SERVER_CORE` until the block is left; enters when its port answers."""
    with log.open("wb") as output:
        server = subprocess.Popen(
            dying_with_us(command) if on_any_core else on_core(SERVER_CORE, command),
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait(server, port, log)
        yield Process(server.pid)
    finally:
        stop(server)


def _wait(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    said = log.read_text(errors="replace")[-3000:]
    raise Fault(f"the server did not come up: {' '.join(map(str, server.args))}\n{said}")  # type: ignore[arg-type] # a list of texts


def stop(server: subprocess.Popen[bytes]) -> None:
    """End the server that we started, politely first."""
    for wish in (signal.SIGTERM, signal.SIGKILL):
        if server.poll() is None:
            server.send_signal(wish)
        with suppress(subprocess.TimeoutExpired):
            server.wait(timeout=_STOP_SECONDS)
            return
