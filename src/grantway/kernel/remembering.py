"""Remembering what was made of stored texts, within bounds."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
_OF_EACH = 1024  # what an entry takes besides its text, so that small ones have an end too


class Remembered(Generic[K, V]):
    """What was made of texts, as long as those have *most* bytes together; the oldest goes first.

    >>> squares = Remembered[int, int](2 * 2048)
    >>> for n in (2, 3, 4):
    ...     squares.keep(n, n * n, 1024)
    >>> [squares.find(n) for n in (2, 3, 4)]
    [None, 9, 16]
    """

    def __init__(self, most: int) -> None:
        self._left = most
        self._kept: dict[K, tuple[V, int]] = {}

    def find(self, key: K) -> V | None:
        """Return what is remembered."""
        found = self._kept.get(key)
        return None if found is None else found[0]

    def keep(self, key: K, value: V, size: int) -> None:
        """Remember what was made of a text of *size* bytes."""
        self._drop(key)
        self._kept[key] = (value, size + _OF_EACH)
        self._left -= size + _OF_EACH
        while self._left < 0:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: K) -> None:
        dropped = self._kept.pop(key, None)
        self._left += 0 if dropped is None else dropped[1]
