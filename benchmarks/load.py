"""Load by wrk, and what it cost the server."""

from __future__ import annotations

import re
import resource
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.processes import LOAD_CORE, Fault, Process, busy_seconds, on_core

CONNECTIONS = 16
_QUEUE = Path(__file__).with_name("queue.lua")


@dataclass(frozen=True, slots=True)
class Queue:
    """Values that are sent each once, in place of the `%s` in *body*.

    *follows* says what is put at the end of the queue: `nothing`, the value
    `itself`, or what this pattern of Lua finds in the answer.
    """

    body: str
    values: Sequence[str]
    follows: str = "nothing"


@dataclass(frozen=True, slots=True)
class Target:
    """What to ask for. With *bodies* each is sent in turn, with *queue* its values in a POST."""

    url: str
    headers: Mapping[str, str]
    bodies: Sequence[bytes] = ()
    connections: int = CONNECTIONS
    queue: Queue | None = None
    method: str = "POST"

    def with_values(self, values: Sequence[str]) -> Target:
        """Return the same target with other values in its queue."""
        if self.queue is None:
            raise ValueError("there is no queue to put values in")
        return replace(self, queue=replace(self.queue, values=values))


@dataclass(frozen=True, slots=True)
class Answered:
    """What wrk counted."""

    requests: int
    seconds: float
    received: int
    refused: int
    median_ms: float


@dataclass(frozen=True, slots=True)
class Round:
    """One run of the load, and the processor time that it took."""

    requests: int
    seconds: float
    cpu: float
    cpu_beside: float
    foreign: float
    bytes_each: float
    median_ms: float

    @property
    def per_cpu_second(self) -> float:
        return self.requests / self.cpu

    @property
    def per_cpu_second_in_all(self) -> float:
        """With the processor time of what works for the server, like its database."""
        return self.requests / (self.cpu + self.cpu_beside)


_TOTAL = re.compile(r"(\d+) requests in ([\d.]+)(s|m), ([\d.]+)(B|KB|MB|GB) read")
_REFUSED = re.compile(r"Non-2xx or 3xx responses: (\d+)")
_ERRORS = re.compile(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)")
_MEDIAN = re.compile(r"50%\s+([\d.]+)(us|ms|s)")
_BYTES = {"B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30}
_MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


def read_report(text: str) -> Answered:
    r"""Return what a report of wrk says.

    >>> read_report("  50%  1.50ms\n  300 requests in 2.00s, 1.00MB read\n").requests
    300
    """
    total, median = _TOTAL.search(text), _MEDIAN.search(text)
    if total is None:
        raise Fault(f"wrk said nothing that can be read:\n{text}")
    errors = _ERRORS.search(text)
    refused = _REFUSED.search(text)
    return Answered(
        requests=int(total[1]),
        seconds=float(total[2]) * (60 if total[3] == "m" else 1),
        received=int(float(total[4]) * _BYTES[total[5]]),
        refused=sum(map(int, errors.groups() if errors else ()))
        + int(refused[1] if refused else 0),
        median_ms=float(median[1]) * _MILLISECONDS[median[2]] if median else 0.0,
    )


def script(target: Target) -> str:
    r"""Return the Lua by which wrk sends the target's bodies, one after the other.

    >>> print(script(Target("http://x/", {}, [b'[{"name":"a"}]'])))
    wrk.method = "POST"
    local bodies = {[==[[{"name":"a"}]]==]}
    local n = 0
    request = function()
      n = n % #bodies + 1
      return wrk.format(nil, nil, nil, bodies[n])
    end
    """
    texts = [body.decode() for body in target.bodies]
    if any("]==]" in text for text in texts):
        raise ValueError("a body must not hold ]==]")
    quoted = ", ".join(f"[==[{text}]==]" for text in texts)
    return (
        f'wrk.method = "{target.method}"\n'
        f"local bodies = {{{quoted}}}\n"
        "local n = 0\n"
        "request = function()\n"
        "  n = n % #bodies + 1\n"
        "  return wrk.format(nil, nil, nil, bodies[n])\n"
        "end"
    )


def ask(
    target: Target, seconds: float, server: Process, folder: Path, beside: Sequence[Process] = ()
) -> Round:
    """Load the server for some seconds; raise Fault when an answer was not a success."""
    command = ["wrk", "-t1", f"-c{target.connections}", f"-d{max(1, round(seconds))}s", "--latency"]
    for name, value in target.headers.items():
        command += ["-H", f"{name}: {value}"]
    arguments: list[str] = []
    if target.bodies:
        file = folder / "load.lua"
        file.write_text(script(target))
        command += ["-s", str(file)]
    elif target.queue is not None:
        values, body = folder / "values.txt", folder / "body.txt"
        values.write_text("\n".join(target.queue.values))
        body.write_text(target.queue.body)
        command += ["-s", str(_QUEUE)]
        arguments = ["--", str(values), str(body), target.queue.follows]
    busy, own = busy_seconds(), _children_seconds()
    cpu, others = server.cpu_seconds(), sum(one.cpu_seconds() for one in beside)
    started = time.monotonic()
    wrk = subprocess.run(
        on_core(LOAD_CORE, [*command, target.url, *arguments]),
        capture_output=True,
        text=True,
        check=True,
    )
    wall = time.monotonic() - started
    cpu = server.cpu_seconds() - cpu
    others = sum(one.cpu_seconds() for one in beside) - others
    foreign = busy_seconds() - busy - (_children_seconds() - own) - cpu - others
    answered = read_report(wrk.stdout)
    if answered.refused:
        raise Fault(
            f"{answered.refused} of {answered.requests} answers were refusals: {target.url}"
            f"\n{wrk.stderr}"
        )
    return Round(
        requests=answered.requests,
        seconds=answered.seconds,
        cpu=cpu,
        cpu_beside=others,
        foreign=max(0.0, foreign / wall),
        bytes_each=answered.received / max(1, answered.requests),
        median_ms=answered.median_ms,
    )


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
