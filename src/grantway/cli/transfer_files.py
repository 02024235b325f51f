"""The files of `grantway crm`: what is read, what is written, and rows that were refused."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import click
import msgspec

from grantway.crm.transfer.errors import NothingToImport
from grantway.crm.transfer.importing import File
from grantway.crm.transfer.json_stream import CHUNK, read_values
from grantway.crm.transfer.model import Refusal
from grantway.crm.transfer.rows import host

_STANDARD = "-"
_BEGINNING = 1 << 16
_NO_HOST = "import"


class Input:
    """A file, or standard input, known again by its beginning and its size."""

    def __init__(self, path: str) -> None:
        self.is_standard = path == _STANDARD
        self.name = "import" if self.is_standard else path
        if not self.is_standard and not Path(path).is_file():
            raise click.UsageError(f"there is no file {path}")
        self._path = path
        self._file: BinaryIO = sys.stdin.buffer
        self._ahead = b""

    def __enter__(self) -> Self:
        if not self.is_standard:
            self._file = Path(self._path).open("rb")
        while len(self._ahead) < _BEGINNING and (chunk := self._file.read(_BEGINNING)):
            self._ahead += chunk
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self.is_standard:
            self._file.close()

    @property
    def size(self) -> int | None:
        """How many bytes there are; nobody knows of standard input."""
        return None if self.is_standard else os.fstat(self._file.fileno()).st_size

    def described(self, source: str | None) -> File:
        """Return which file it is; raise NothingToImport when it is empty."""
        beginning = self._ahead[:_BEGINNING]
        if not beginning.strip():
            raise NothingToImport
        digest = hashlib.sha256(beginning).hexdigest()[:32]
        size = "" if self.size is None else f"-{self.size}"
        name = Path(self.name).name
        return File(name, f"{digest}{size}", source or self._host(beginning) or _NO_HOST)

    def _host(self, beginning: bytes) -> str | None:
        first = next(iter(read_values(_Bytes(beginning))), None)
        return None if first is None else host(first.value)

    def read(self, size: int = CHUNK) -> bytes:
        """Return some bytes; none at the end."""
        if self._ahead:
            chunk, self._ahead = self._ahead[:size], self._ahead[size:]
            return chunk
        return self._file.read(size)

    def skip(self, count: int) -> None:
        """Go on behind so many bytes."""
        if not self.is_standard:
            self._ahead = b""
            self._file.seek(count)
            return
        while count > 0:
            chunk = self.read(min(count, CHUNK))
            if not chunk:
                raise click.ClickException("standard input ends before what was imported of it")
            count -= len(chunk)


class _Bytes:
    def __init__(self, left: bytes) -> None:
        self._left = left

    def read(self, size: int, /) -> bytes:
        chunk, self._left = self._left[:size], self._left[size:]
        return chunk


class RefusedRows:
    """Lines of refused rows; the file is made when there is one."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()

    def keep(self, behind: int, refusals: Sequence[Refusal]) -> int:
        """Keep *refusals* behind so many bytes, on the disk; return where they end."""
        if self._file is None:
            self._file = os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
        # Somebody may have taken the file away: nothing is written behind a hole.
        behind = min(behind, os.fstat(self._file.fileno()).st_size)
        self._file.truncate(behind)
        self._file.seek(behind)
        self._file.writelines(msgspec.json.encode(one) + b"\n" for one in refusals)
        self._file.flush()
        os.fsync(self._file.fileno())
        return self._file.tell()


class Written:
    """Where lines go."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def lines(self, lines: Sequence[bytes]) -> None:
        """Write the lines."""
        self._file.write(b"".join(line + b"\n" for line in lines))


@contextmanager
def output(path: str) -> Iterator[Written]:
    """Open a file of its owner alone, or standard output."""
    if path == _STANDARD:
        yield Written(sys.stdout.buffer)
        sys.stdout.buffer.flush()
        return
    try:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}") from error
    with os.fdopen(opened, "wb") as file:
        yield Written(file)
