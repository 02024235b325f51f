"""Have files taken apart by a process of its own, which may crash, hang or grow.

Files come from anybody. The parser of scripts is written in C: some hundred
thousand brackets are enough to make it overflow its stack. So a child takes the
files one after another, with limits on time and memory; whatever it does not
come back from stays unread, and rules say so. It is given none of our settings.
"""

from __future__ import annotations

import contextlib
import resource
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import BinaryIO

import msgspec

from grantway.moderation.checks.sources.model import Script, Style
from grantway.moderation.checks.sources.scripts import read_script
from grantway.moderation.checks.sources.styles import read_style

MOST_BYTES: Mapping[str, int] = {".js": 4 * 1024 * 1024, ".css": 512 * 1024}
"""How much of each kind is taken apart, the smallest files first; the rest stays unread."""
_SECONDS = 15  # of processor time; 4 MiB of honest code take two
_MEMORY = 1024 * 1024 * 1024
_MOST_STARTS = 3  # one file may be hostile; who sends more has them all unread
# What is found in 4 MiB of honest code. A file of nothing but assignments says three times as much,
# and nobody else gets a turn while that is read.
_MOST_ANSWERED = 6 * 1024 * 1024
_LENGTH = 4


class _Asked(msgspec.Struct):
    path: str
    content: bytes


class Sources(msgspec.Struct, frozen=True):
    """The scripts and style sheets of an archive, in the order of their paths."""

    scripts: tuple[Script, ...] = ()
    styles: tuple[Style, ...] = ()

    @property
    def unread(self) -> tuple[str, ...]:
        """The paths of what is too large or too broken."""
        scripts = [one.path for one in self.scripts if one.is_unread]
        return (*scripts, *(one.path for one in self.styles if one.is_unread))


def read_here(files: Mapping[str, bytes]) -> Sources:
    """Take files apart in this process. Only for files that we wrote ourselves."""
    return _sorted(map(_read, _chosen(files)), files)


def read_apart(files: Mapping[str, bytes]) -> Sources:
    """Take files apart in a child process. It takes seconds: call it on a thread."""
    waiting = list(_chosen(files))
    done: list[Script | Style] = []
    left = _MOST_ANSWERED
    for _ in range(_MOST_STARTS):
        if not waiting:
            break
        answers = _ask(waiting, left)
        found = [
            _decoded(one.path, raw) for one, raw in zip(waiting, _pieces(answers), strict=False)
        ]
        done += found
        left -= len(answers)
        # The one after the last answer is what ended the child.
        waiting = waiting[len(found) + 1 :]
    return _sorted(done, files)


def _chosen(files: Mapping[str, bytes]) -> Iterator[_Asked]:
    for ending, most in MOST_BYTES.items():
        left = most
        # The entry first: whatever else is there, it can be read.
        mine = [path for path in files if path.lower().endswith(ending)]
        for path in sorted(mine, key=lambda one: (one != "script.js", len(files[one]), one)):
            left -= len(files[path])
            if left < 0:
                break
            yield _Asked(path, files[path])


def _sorted(done: Iterable[Script | Style], files: Mapping[str, bytes]) -> Sources:
    by_path = {one.path: one for one in done}
    scripts: list[Script] = []
    styles: list[Style] = []
    for path in sorted(files):
        one = by_path.get(path)
        if path.lower().endswith(".js"):
            scripts.append(one if isinstance(one, Script) else Script(path=path, is_unread=True))
        elif path.lower().endswith(".css"):
            styles.append(one if isinstance(one, Style) else Style(path=path, is_unread=True))
    return Sources(tuple(scripts), tuple(styles))


def _read(asked: _Asked) -> Script | Style:
    if asked.path.lower().endswith(".js"):
        return read_script(asked.path, asked.content)
    return read_style(asked.path, asked.content)


def _ask(waiting: Sequence[_Asked], most: int) -> bytes:
    command = [sys.executable, "-I", "-m", __name__, str(most)]
    document = msgspec.msgpack.encode(waiting)
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and this very file
            command, input=document, capture_output=True, env={}, timeout=4 * _SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        return error.stdout or b""
    return done.stdout


def _decoded(path: str, raw: bytes) -> Script | Style:
    if path.lower().endswith(".js"):
        return msgspec.msgpack.decode(raw, type=Script)
    return msgspec.msgpack.decode(raw, type=Style)


def _pieces(answers: bytes) -> Iterator[bytes]:
    at = 0
    while at + _LENGTH <= len(answers):
        length = int.from_bytes(answers[at : at + _LENGTH], "big")
        piece = answers[at + _LENGTH : at + _LENGTH + length]
        if len(piece) < length:
            return
        yield piece
        at += _LENGTH + length


def _serve(asked: BinaryIO, answers: BinaryIO, left: int) -> None:
    """Be the child: answer file by file, so that those before a crash are kept.

    What would make more than *left* bytes of answers is unread.
    """
    for kind, most in (
        (resource.RLIMIT_CPU, _SECONDS),
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # where a system knows no such limit
            resource.setrlimit(kind, (most, most))
    for one in msgspec.msgpack.decode(asked.read(), type=list[_Asked]):
        try:
            raw = msgspec.msgpack.encode(_read(one))
        except (MemoryError, RecursionError):
            raw = b""
        if not raw or len(raw) > left:
            unread = Script if one.path.lower().endswith(".js") else Style
            raw = msgspec.msgpack.encode(unread(path=one.path, is_unread=True))
        else:
            left -= len(raw)
        answers.write(len(raw).to_bytes(_LENGTH, "big") + raw)
        answers.flush()


if __name__ == "__main__":
    _serve(sys.stdin.buffer, sys.stdout.buffer, int(sys.argv[1]))
