"""How long `grantway demo` takes until it answers, and how much memory a server keeps."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.accounts import sqlite_account
from benchmarks.figures import Samples, spread
from benchmarks.load import Target, ask
from benchmarks.pages import LEADS, grantway
from benchmarks.processes import SERVER_CORE, Fault, Memory, Process, busy_seconds, free_port, stop
from benchmarks.reports import Goal, Report, Table

MOST_SECONDS = 3.0
REQUESTS = 10_000
_DEADLINE = 60.0
_GRANTWAY = str(Path(sys.executable).parent / "grantway")


@dataclass(frozen=True, slots=True)
class Started:
    """One start: until the ready file was there, and the processor time meanwhile."""

    seconds: float
    cpu: float
    foreign: float


class Demo:
    """A demo in a folder of its own."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.ready_file = folder / "ready.json"
        self.ready_file.unlink(missing_ok=True)
        self._command = [
            *(_GRANTWAY, "demo", "--port", str(free_port())),
            *("--ready-file", str(self.ready_file), *options),
        ]
        busy = busy_seconds()
        started = time.monotonic()
        with (folder / "demo.log").open("wb") as log:
            # On any core, as a person starts it.
            self._server = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        try:
            self._wait(started)
        except BaseException:
            stop(self._server)
            raise
        seconds = time.monotonic() - started
        self.process = Process(self._server.pid)
        cpu = self.process.cpu_seconds()
        foreign = max(0.0, (busy_seconds() - busy - cpu) / seconds)
        self.started = Started(seconds, cpu, foreign)

    def _wait(self, started: float) -> None:
        while not self.ready_file.exists():
            if self._server.poll() is not None or time.monotonic() - started > _DEADLINE:
                raise Fault(f"no ready file: {' '.join(self._command)}")
            time.sleep(0.002)

    def ready(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.ready_file.read_text())
        return told

    def stop(self) -> None:
        stop(self._server)


def measure_starts(times: int, folder: Path, *options: str) -> list[Started]:
    found = []
    for _ in range(times):
        demo = Demo(folder, *options)
        demo.stop()
        found.append(demo.started)
    return found


def demo_memory(folder: Path) -> tuple[Memory, Memory]:
    """Return what a demo keeps when it is idle, and after many pages."""
    demo = Demo(folder, "--no-limits")
    try:
        os.sched_setaffinity(demo.process.pid, {SERVER_CORE})
        time.sleep(1)
        idle = demo.process.memory()
        ready = demo.ready()
        address = ready["accounts"]["acme"]["url"]
        token = ready["integrations"]["private"]["long_lived_token"]
        headers = {
            "Host": address.removeprefix("http://"),
            "Authorization": f"Bearer {token}",
        }
        target = Target(f"http://127.0.0.1:{ready['port']}/api/v4/leads?limit=50", headers)
        return idle, _after_requests(demo.process, target, folder)
    finally:
        demo.stop()


def server_memory(folder: Path) -> tuple[Memory, Memory]:
    """Return the same of `grantway serve` with one worker."""
    url, account = sqlite_account(LEADS)
    with grantway(url, account, folder, logs=True) as case:
        time.sleep(2)
        return case.server.memory(), _after_requests(case.server, case.target, folder)


def _after_requests(server: Process, target: Target, folder: Path) -> Memory:
    answered = 0
    while answered < REQUESTS:
        answered += ask(target, 1, server, folder).requests
    time.sleep(1)
    return server.memory()


def report(*, quick: bool) -> Report:
    """Measure, and tell what came out."""
    times = 3 if quick else 10
    with tempfile.TemporaryDirectory(prefix="grantway-bench-") as name:
        folder = Path(name)
        fresh = measure_starts(times, folder)
        kept_folder = folder / "kept"
        measure_starts(1, folder, "--data", str(kept_folder))
        again = measure_starts(times, folder, "--data", str(kept_folder))
        memories = {
            "`grantway demo`": demo_memory(folder),
            "`grantway serve`, one worker and its manager": server_memory(folder),
        }
    seconds = Samples(tuple(one.seconds for one in fresh))
    starts = Table(
        [f"`grantway demo`, {times} starts", "seconds to the ready file", "CPU-seconds"],
        [
            [name, spread(seconds_of(several)), spread(cpu_of(several))]
            for name, several in (
                ("everything made anew, in a temporary folder", fresh),
                ("with data kept from the last start (`--data`)", again),
            )
        ],
    )
    memory = Table(
        ["MiB", "idle, RSS", "idle, PSS", f"after {REQUESTS:,} pages, RSS", "PSS"],
        [
            [
                name,
                *(f"{one:.0f}" for one in (idle.resident, idle.proportional)),
                *(f"{one:.0f}" for one in (later.resident, later.proportional)),
            ]
            for name, (idle, later) in memories.items()
        ],
    )
    about = (
        "A start makes the folder, the database, its schema, a signing key, three accounts with "
        "hashed passwords and 320 leads, and ends when the server answers and the ready file is "
        "there; on any core. RSS counts shared pages in every process, PSS counts them once."
    )
    return Report(
        name="start",
        title="Start and memory",
        sections=[about, starts.markdown(), memory.markdown()],
        goals=[
            Goal(
                f"`grantway demo` under {MOST_SECONDS:.0f} s to the ready file",
                f"{spread(seconds)} s",
                seconds.median < MOST_SECONDS,
            )
        ],
        foreign=[one.foreign for one in [*fresh, *again]],
    )


def seconds_of(several: list[Started]) -> Samples:
    return Samples(tuple(one.seconds for one in several))


def cpu_of(several: list[Started]) -> Samples:
    return Samples(tuple(one.cpu for one in several))
