"""How long the check of a widget's archive takes, and how much memory: each in a fresh process."""

from __future__ import annotations

import io
import random
import struct
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from benchmarks.figures import Samples, spread
from benchmarks.processes import Fault, busy_seconds
from benchmarks.reports import Goal, Report, Table
from grantway.widgets.archives.errors import ArchiveRefused
from grantway.widgets.archives.manifests import MANIFEST, SCRIPT
from grantway.widgets.archives.model import LIMITS
from grantway.widgets.archives.reading import LOGOS, read_archive

MOST_SECONDS = 2.0
MOST_MEGABYTES = 100.0
_MEGABYTE = 1_000_000
_WORDS = 1_500
_HOW = (
    "Each check is that of an upload, in a fresh process. Memory is how far its peak is above "
    "what the process had before it read the file, the file included."
)
_SPREAD = 0.004  # of the packed limit, left for names and headers


@dataclass(frozen=True, slots=True)
class Case:
    """An archive, and what the check is to say of it."""

    name: str
    make: Callable[[], bytes]
    is_kept: bool = True


class Check(msgspec.Struct, frozen=True):
    """One check in a process of its own: what it took beyond what the process had before."""

    seconds: float
    megabytes: float
    outcome: str


def beginnings() -> dict[str, bytes]:
    """Return the files that every widget has."""
    manifest = {
        "widget": {"name": "widget.name", "interface_version": 2, "locale": ["en"]},
        "locations": ["lcard-1"],
    }
    return {
        MANIFEST: msgspec.json.encode(manifest),
        SCRIPT: b"define([], function () {});\n",
        "i18n/en.json": b'{"widget": {"name": "Parcels"}}',
        **{f"images/{name}.png": _png(*size) for name, size in LOGOS.items()},
    }


def packed(files: Mapping[str, bytes]) -> bytes:
    """Pack the files of a widget, and these."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in (beginnings() | dict(files)).items():
            archive.writestr(path, content)
    return made.getvalue()


def of_noise() -> bytes:
    """Return as much as may be packed of what nothing makes smaller."""
    room = int(LIMITS.packed * (1 - _SPREAD))
    source, size = random.Random(1), 1024 * 1024
    return packed(
        {
            f"media/{n}.mp4": source.randbytes(min(size, room - at))
            for n, at in enumerate(range(0, room, size))
        }
    )


def of_text() -> bytes:
    """Return as much as may be unpacked, of words, which a packer makes three times smaller."""
    source = random.Random(2)
    words = [
        bytes(source.choices(b"abcdefghijklmnopqrstuvwxyz_", k=source.randint(4, 12)))
        for _ in range(_WORDS)
    ]
    files: dict[str, bytes] = {}
    left = int(LIMITS.unpacked * (1 - _SPREAD))
    while left > 0:
        text = b" ".join(source.choices(words, k=400_000))[: min(left, 3 * 1024 * 1024)]
        files[f"lib/{len(files)}.js"] = text
        left -= len(text)
    return packed(files)


def of_many_files() -> bytes:
    return packed({f"parts/{n}/{n}.js": b"define([]);\n" * 20 for n in range(LIMITS.files - 10)})


def of_drawings() -> bytes:
    """Return as many drawings as may be, which are searched for scripts."""
    drawing = b"<svg>" + b"<path d='M0 0 L1 1' on = 'a'/>" * 15_500 + b"</svg>"
    source = random.Random(3)
    return packed(
        {f"images/{n}.svg": drawing + source.randbytes(20_000).hex().encode() for n in range(8)}
    )


def a_bomb() -> bytes:
    return packed({f"{n}.js": bytes(9 * 1024 * 1024) for n in range(200)})


CASES = (
    Case("20 MiB of films", of_noise),
    Case("60 MiB of scripts, packed", of_text),
    Case("2,000 small files", of_many_files),
    Case("drawings", of_drawings),
    Case("a bomb that unpacks to 1.8 GB", a_bomb, is_kept=False),
)


def measure(case: Case, times: int, folder: Path) -> list[Check]:
    """Check the archive of *case* so often."""
    file = folder / "widget.zip"
    file.write_bytes(case.make())
    found = []
    for _ in range(times):
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.archives", str(file)],
            capture_output=True,
            check=False,
        )
        if done.returncode != 0:
            raise Fault(f"{case.name}: {done.stderr.decode()[-300:]}")
        check = msgspec.json.decode(done.stdout, type=Check)
        if (check.outcome == "kept") != case.is_kept:
            raise Fault(f"{case.name}: {check.outcome}")
        found.append(check)
    return found


def report(*, quick: bool) -> Report:
    """Measure all cases."""
    times = 3 if quick else 10
    rows, foreign, measured = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        for case in CASES:
            busy, started = busy_seconds(), time.monotonic()
            found = measure(case, times, Path(folder))
            passed = time.monotonic() - started
            # What is busy beside one process that always is.
            foreign.append(max(0.0, (busy_seconds() - busy) / passed - 1))
            seconds = Samples(tuple(one.seconds for one in found))
            megabytes = Samples(tuple(one.megabytes for one in found))
            size = (Path(folder) / "widget.zip").stat().st_size / _MEGABYTE
            rows.append([case.name, f"{size:.1f}", spread(seconds), spread(megabytes)])
            measured.append((seconds, megabytes))
    slowest = max(seconds.most for seconds, _ in measured)
    largest = max(megabytes.most for _, megabytes in measured)
    head = ["archive", "MB packed", "seconds", "MB at most"]
    return Report(
        name="archives",
        title="Checking archives of widgets",
        sections=[
            _HOW,
            Table(head, rows).markdown(),
        ],
        goals=[
            Goal("an archive checked in under 2 s", f"{slowest:.2f} s", slowest < MOST_SECONDS),
            Goal("in under 100 MB of memory", f"{largest:.0f} MB", largest < MOST_MEGABYTES),
        ],
        foreign=foreign,
    )


def check_one(file: Path) -> Check:
    """Check the archive in *file*; the process is to do nothing else before or afterwards."""
    before = _memory("VmRSS")
    raw = file.read_bytes()
    started = time.perf_counter()
    outcome = "kept"
    try:
        read_archive(raw)
    except ArchiveRefused as error:
        outcome = error.faults[0].code
    seconds = time.perf_counter() - started
    return Check(seconds, (_memory("VmHWM") - before) / _MEGABYTE, outcome)


def _memory(name: str) -> int:
    """Return how many bytes this process has, or ever had at most (proc(5))."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024
    raise Fault(f"no {name} in /proc/self/status")


def _png(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\xff" * width) * height)
    parts = ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(name, body) for name, body in parts)


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(check_one(Path(sys.argv[1]))))
