"""JSON out of an archive: tolerated as the contract says (2.2), refused with its line."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from grantway.widgets.archives.model import ArchiveFault

_MOST_DEEP = 40
# Lines are looked up of what a manifest says, and that lies no deeper.
_MOST_PLACED = 6
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_COMMENT = ("//", "/*", "#")

Path = tuple[str | int, ...]


class Document:
    """An object of JSON, and the text that it was read from."""

    def __init__(self, path: str, value: dict[str, Any], text: str) -> None:
        self.path = path
        self.value = value
        self._text = text

    def line_of(self, keys: Sequence[str | int]) -> int:
        """Return the line on which the value at *keys* is named, or what there is of them."""
        wanted = tuple(keys)
        while wanted not in self._placed:
            wanted = wanted[:-1]
        return self._placed[wanted]

    @cached_property
    def _placed(self) -> dict[Path, int]:
        return _lines(self._text)


def read_document(path: str, raw: bytes, most: int) -> Document | ArchiveFault:
    """Return the object that a file of at most *most* bytes says, or what keeps it from being one.

    A mark of byte order, CRLF, and keys that come twice are tolerated: the last one wins.
    """
    if len(raw) > most:
        return ArchiveFault("TOO_LARGE", path, f"at most {most:,} bytes expected, got {len(raw):,}")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return ArchiveFault("ENCODING", path, "UTF-8 expected", line)
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        at, why = _explained(text, error)
        return ArchiveFault("JSON", path, why, text.count("\n", 0, at) + 1)
    except (ValueError, RecursionError):
        return ArchiveFault("JSON", path, "a number or a depth that nobody can read")
    if not isinstance(value, dict):
        return ArchiveFault("JSON", path, "an object expected, in braces", 1)
    if not _is_sound(value):
        detail = f"whole characters, and at most {_MOST_DEEP} levels expected"
        return ArchiveFault("JSON", path, detail)
    return Document(path, value, text)


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _explained(text: str, error: json.JSONDecodeError) -> tuple[int, str]:
    """Return where the mistake is, and what it is, for the mistakes that people make."""
    at = error.pos
    while at < len(text) and text[at].isspace() and "control" not in error.msg:
        at += 1
    rest, before = text[at : at + 2], text[max(0, at - 200) : at].rstrip()
    if rest.startswith(_COMMENT):
        return at, "comments are not JSON; take them out"
    if rest[:1] == "," and re.match(r",\s*[\]}]", text[at:]):
        return at, "a comma before a closing bracket is not JSON; take it out"
    if before.endswith(",") and rest[:1] in {"]", "}"}:
        return at, "a comma before a closing bracket is not JSON; take it out"
    if rest[:1] == "'":
        return at, "strings stand in double quotes"
    column = at - text.rfind("\n", 0, at)
    return at, f"no JSON from column {column} on: {error.msg[:1].lower()}{error.msg[1:]}"


def _is_sound(value: object) -> bool:
    """Tell whether all of *value* can be stored and shown."""
    waiting = [(value, 1)]
    while waiting:
        one, depth = waiting.pop()
        if depth > _MOST_DEEP:
            return False
        if isinstance(one, dict):
            waiting += [(inner, depth + 1) for pair in one.items() for inner in pair]
        elif isinstance(one, list):
            waiting += [(inner, depth + 1) for inner in one]
        elif not _is_printable(one):
            return False
    return True


def _is_printable(value: object) -> bool:
    r"""Tell whether *value* can be written again: JSON has halves of characters, and 1e999.

    >>> _is_printable(json.loads(r'"\ud83d\ude00"')), _is_printable(json.loads(r'"\ud83d"'))
    (True, False)
    """
    if isinstance(value, float):
        return math.isfinite(value)
    try:
        str(value).encode()
    except UnicodeEncodeError:
        return False
    return True


def _lines(text: str) -> dict[Path, int]:
    r"""Return on which line each key, and each item of a list, of sound JSON begins.

    >>> _lines('{"a":\n {"b":\n [1,\n 2]}}')
    {(): 1, ('a',): 1, ('a', 'b'): 2, ('a', 'b', 0): 3, ('a', 'b', 1): 4}
    """
    found: dict[Path, int] = {(): 1}
    steps: list[str | int | None] = []  # None: an object whose next key is not read yet
    line, counted = 1, 0
    for token in _TOKEN.finditer(text):
        line += text.count("\n", counted, token.start())
        counted = token.start()
        word = token[0]
        if word in {"}", "]"}:
            steps.pop()
        elif word == ",":
            last = steps[-1]
            steps[-1] = last + 1 if isinstance(last, int) else None
        elif word != ":":
            if steps and steps[-1] is None:
                steps[-1] = json.loads(word)
                if len(steps) <= _MOST_PLACED:
                    found[tuple(step for step in steps if step is not None)] = line
                continue
            if steps and isinstance(steps[-1], int) and len(steps) <= _MOST_PLACED:
                found[tuple(step for step in steps if step is not None)] = line
            if word in {"{", "["}:
                steps.append(None if word == "{" else 0)
    return found
