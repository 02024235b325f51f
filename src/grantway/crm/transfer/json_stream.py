"""Reading JSON values one after another, however large the file is.

Values stand on lines of their own, over several lines, one behind the other, or
as items of arrays at the top: each is found as it comes, with the line on which
it begins. Only a piece of the file is in memory. What cannot be read is
given back as such, and reading goes on with the next line.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import msgspec

CHUNK = 1 << 18
LARGEST = 64 << 20
"""Characters of a single value; whoever has more in one writes its items as lines."""

_NOT_SPACE = re.compile(r"[^ \t\r\n]")
_NEAR_THE_END = 12  # characters that the beginning of a literal or of an escape may have
_ESCAPED = "surrogateescape"  # bytes that are no text come back as they were

_decode = msgspec.json.Decoder().decode


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number")


_decode_slowly = json.JSONDecoder(parse_constant=_no_number).raw_decode


class Source(Protocol):
    """What bytes are read from."""

    def read(self, size: int, /) -> bytes:
        """Return up to so many bytes; none at the end."""
        ...


class Place(msgspec.Struct, frozen=True):
    """Where a value begins: its byte, its line, and whether inside of an array at the top."""

    offset: int = 0
    line: int = 1
    is_in_array: bool = False


class Unreadable(msgspec.Struct, frozen=True):
    """What stands where a value should: *text* is its beginning."""

    why: str
    text: str


class Value(msgspec.Struct, frozen=True):
    """One value and where it is; reading goes on at *after*."""

    value: Any
    at: Place
    after: Place


def read_values(source: Source, begin: Place | None = None) -> Iterator[Value]:
    """Yield every value of *source*, whose first byte is that of *begin*."""
    return iter(_Stream(source.read, begin or Place()))


class _Incomplete(Exception):
    """The value goes on behind what has been read."""


class _Stream:
    """A window that slides over the text."""

    def __init__(self, read: Callable[[int], bytes], begin: Place) -> None:
        self._read = read
        self._decoder = codecs.getincrementaldecoder("utf-8")(_ESCAPED)
        self._text = ""
        self._at = 0
        self._newline = -1
        self._is_over = False
        self._offset = begin.offset
        self._line = begin.line
        self._is_in_array = begin.is_in_array

    def __iter__(self) -> Iterator[Value]:
        while self._find_value():
            at = self._place()
            value = self._value()
            yield Value(value, at, self._place())

    def _place(self) -> Place:
        return Place(self._offset, self._line, self._is_in_array)

    def _more(self, size: int = CHUNK) -> bool:
        """Read on; False at the end."""
        if self._is_over:
            return False
        chunk = self._read(size)
        self._is_over = not chunk
        text = self._decoder.decode(chunk, final=self._is_over)
        if self._offset == 0 and self._at == 0 and not self._text:
            self._skip_mark(text)
            text = text.removeprefix("\ufeff")
        self._text = self._text[self._at :] + text
        self._at = 0
        self._newline = -1
        return True

    def _skip_mark(self, text: str) -> None:
        if text.startswith("\ufeff"):
            self._offset = len(codecs.BOM_UTF8)

    def _take(self, end: int) -> str:
        """Move behind *end*, and return what was passed."""
        piece = self._text[self._at : end]
        self._offset += len(piece) if piece.isascii() else len(piece.encode("utf-8", _ESCAPED))
        self._at = end
        return piece

    def _find_value(self) -> bool:
        """Move to where the next value begins; False when there is none."""
        while True:
            found = _NOT_SPACE.search(self._text, self._at)
            if found is None:
                self._line += self._take(len(self._text)).count("\n")
                if not self._more():
                    return False
                continue
            if found.start() > self._at:
                self._line += self._take(found.start()).count("\n")
            mark = found[0]
            if mark == "[" and not self._is_in_array:
                self._is_in_array = True
            elif mark == "]" and self._is_in_array:
                self._is_in_array = False
            elif mark != "," or not self._is_in_array:
                return True
            self._take(self._at + 1)

    def _value(self) -> Any:
        end = self._end_of_line()
        if end is not None:
            # Most files have a value on each line, which is the fastest way to read one.
            line = self._text[self._at : end]
            if self._is_in_array:
                line = line.rstrip(" \t\r,")
            try:
                value = _decode(line)
            except (msgspec.DecodeError, UnicodeError, RecursionError):
                pass
            else:
                self._take(self._at + len(line))
                return value
        return self._slow_value()

    def _end_of_line(self) -> int | None:
        """Return where the line ends, if it has been read that far."""
        while self._newline < self._at:
            found = self._text.find("\n", self._at)
            if found >= 0:
                self._newline = found
            elif self._is_over:
                return len(self._text)
            elif len(self._text) - self._at > CHUNK or not self._more():
                return None
        return self._newline

    def _slow_value(self) -> Any:
        while True:
            try:
                return self._decoded()
            except _Incomplete:
                size = len(self._text) - self._at
                if size > LARGEST:
                    return self._unreadable(
                        f"a value of more than {LARGEST >> 20} MiB; write its items as lines"
                    )
                # As much again each time, so that the whole is looked at but a few times.
                self._more(max(CHUNK, size))
            except ValueError as error:
                why = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
                return self._unreadable(f"no JSON: {why}")
            except RecursionError:
                return self._unreadable("values that are too deep inside of each other")

    def _decoded(self) -> Any:
        try:
            value, end = _decode_slowly(self._text, self._at)
        except json.JSONDecodeError as error:
            is_cut = (
                error.msg.startswith("Unterminated string")
                or error.pos >= len(self._text) - _NEAR_THE_END
            )
            if is_cut and not self._is_over:
                raise _Incomplete from error
            raise
        self._line += self._take(end).count("\n")
        return value

    def _unreadable(self, why: str) -> Unreadable:
        """Pass the rest of the line."""
        shown = self._text[self._at : self._at + 200].partition("\n")[0]
        while True:
            end = self._text.find("\n", self._at)
            if end >= 0:
                self._take(end)
                return Unreadable(why, shown)
            self._take(len(self._text))
            if not self._more():
                return Unreadable(why, shown)
