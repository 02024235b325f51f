"""Start `grantway` as its users do, wait until it answers, and stop it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

GRANTWAY = [sys.executable, "-m", "grantway"]
START_DEADLINE = 30.0  # seconds; a start takes two, and more when the machine is busy
STOP_DEADLINE = 20.0


def clean_environment(**variables: str) -> dict[str, str]:
    """Return our environment without settings of Grantway, and with *variables*.

    No proxy of the machine's may stand between a test and its own server.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GRANTWAY_") and not name.lower().endswith("_proxy")
    }
    return kept | variables


@dataclass(frozen=True, slots=True)
class RunningDemo:
    """A demo that answers: its process, its ready file, and what it printed."""

    process: subprocess.Popen[bytes]
    ready_file: Path
    output: Path

    @property
    def ready(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.ready_file.read_text())
        return found

    @property
    def data(self) -> Path:
        """Return the folder of `--data`, where the test put it beside the ready file."""
        return self.ready_file.parent / "data"

    @property
    def keys(self) -> dict[str, str]:
        """Return the credentials of acme's private integration."""
        found: dict[str, str] = self.ready["integrations"]["private"]
        return found

    @property
    def said(self) -> str:
        return self.output.read_text(errors="replace")


def stop(process: subprocess.Popen[bytes], number: signal.Signals = signal.SIGINT) -> int:
    """Ask the process to stop, and return its exit status."""
    if process.poll() is None:
        process.send_signal(number)
    try:
        return process.wait(STOP_DEADLINE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise


@contextmanager
def running_demo(
    folder: Path, *options: str, environment: Mapping[str, str] | None = None
) -> Iterator[RunningDemo]:
    """Run a demo on a free port, unless *options* name one, for as long as the block lasts."""
    folder.mkdir(parents=True, exist_ok=True)
    ready_file = folder / "ready.json"
    ready_file.unlink(missing_ok=True)
    output = folder / "output.txt"
    port = () if "--port" in options else ("--port", "0")
    command = [*GRANTWAY, "demo", *port, "--ready-file", str(ready_file), *options]
    with output.open("wb") as file:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            env=clean_environment(**(environment or {})),
        )
    deadline = time.monotonic() + START_DEADLINE
    try:
        while not ready_file.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the demo did not come up:\n{output.read_text()}")
            time.sleep(0.02)
        yield RunningDemo(process, ready_file, output)
    finally:
        with suppress(subprocess.TimeoutExpired):
            stop(process)
