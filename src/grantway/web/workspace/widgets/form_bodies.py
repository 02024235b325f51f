"""What a widget sends, as forms send it: nested names as jQuery and PHP write them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

MAX_DEPTH = 10
MAX_TEXT = 1_000_000
"""Characters of all names and values: each value repeats the names around it, so a small document
could become a body that no memory holds."""
MOST_PAIRS = 5_000


def form_body(data: Any) -> bytes:
    """Return the body; raise ValueError for what is nested too deeply, or is too much.

    >>> form_body({"a": 1, "b": {"c": [True, None]}, "d": [{"e": "f g"}]})
    b'a=1&b%5Bc%5D%5B%5D=true&b%5Bc%5D%5B%5D=&d%5B0%5D%5Be%5D=f+g'
    >>> form_body("a=1&b")
    b'a=1&b'
    """
    if isinstance(data, str):
        return data.encode()
    if isinstance(data, Mapping):
        named: Iterable[tuple[Any, Any]] = data.items()
    elif isinstance(data, list):
        named = enumerate(data)
    else:
        named = ()
    pairs = (pair for name, value in named for pair in _pairs(str(name), value, 1))
    return urlencode(list(_bounded(pairs))).encode()


def _bounded(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    length = 0
    for count, (name, value) in enumerate(pairs, 1):
        length += len(name) + len(value)
        if length > MAX_TEXT or count > MOST_PAIRS:
            raise ValueError(f"more than {MAX_TEXT} characters or {MOST_PAIRS} values")
        yield name, value


def _pairs(name: str, value: Any, depth: int) -> Iterator[tuple[str, str]]:
    if depth > MAX_DEPTH:
        raise ValueError(f"nested more than {MAX_DEPTH} deep")
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from _pairs(f"{name}[{key}]", one, depth + 1)
    elif isinstance(value, list):
        for at, one in enumerate(value):
            inner = str(at) if isinstance(one, Mapping | list) else ""
            yield from _pairs(f"{name}[{inner}]", one, depth + 1)
    else:
        yield name, _text(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
