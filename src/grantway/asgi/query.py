"""The query string in PHP's bracket form, as clients write it (api-v4.md 2.6 to 2.9)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_plus

MAX_QUERY = 16 * 1024
MAX_PAIRS = 1_000
MAX_DEPTH = 8  # names of filters go no deeper than five
DEFAULT_LIMIT = 50
MAX_LIMIT = 250
_MAX_PAGE = 10**9
_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_PART = re.compile(r"\[([^\[\]]*)\]")
_WHOLE = re.compile(r"-?\d{1,18}")


class Node:
    """What stands below one name: values, and names below it."""

    __slots__ = ("children", "values")

    def __init__(self) -> None:
        self.values: list[str] = []
        self.children: dict[str, Node] = {}

    def leaves(self) -> Iterator[str]:
        """Return every value in and below this node, in the order sent."""
        yield from self.values
        for child in self.children.values():
            yield from child.leaves()

    def below(self, name: str) -> Node | None:
        """Return the node named *name*, if it was sent."""
        return self.children.get(name)

    def wholes(self) -> list[int]:
        """Return the values that are whole numbers; commas separate, too."""
        found = (part for leaf in self.leaves() for part in leaf.split(","))
        # Each once: what a list restricts does not change with repetitions.
        return list(dict.fromkeys(int(part) for part in found if _WHOLE.fullmatch(part.strip())))

    def texts(self) -> list[str]:
        """Return the values as they are."""
        return list(self.leaves())

    def whole_range(self) -> tuple[int | None, int | None] | None:
        """Return `[from]` and `[to]`, or None when neither is a number."""
        ends = (self._end("from"), self._end("to"))
        return None if ends == (None, None) else ends

    def _end(self, name: str) -> int | None:
        node = self.below(name)
        text = node.values[-1].strip() if node and node.values else ""
        return int(text) if _WHOLE.fullmatch(text) else None


class Query:
    """A request's query. Everything that is not understood is ignored."""

    __slots__ = ("_pieces", "limit", "page", "root", "with_")

    def __init__(self, raw: bytes, *, max_limit: int = MAX_LIMIT) -> None:
        self.root = Node()
        self._pieces: list[str] = []
        self.page = 1
        self.limit = min(DEFAULT_LIMIT, max_limit)
        self.with_: frozenset[str] = frozenset()
        if not raw:
            return
        text = raw[:MAX_QUERY].decode("utf-8", "replace")
        for piece in text.split("&", MAX_PAIRS)[:MAX_PAIRS]:
            name, _, value = piece.partition("=")
            name = _decoded(name)
            value = _decoded(value)
            if name == "page":
                self.page = min(_positive(value, 1), _MAX_PAGE)
            elif name == "limit":
                self.limit = min(_positive(value, self.limit), max_limit)
            elif piece:
                self._pieces.append(piece)
                self._add(name, value)
        if wanted := self.root.below("with"):
            self.with_ = frozenset(
                word.strip() for leaf in wanted.leaves() for word in leaf.split(",")
            )

    def _add(self, name: str, value: str) -> None:
        match = _KEY.fullmatch(name)
        if match is None:
            return
        node = self.root.children.setdefault(match[1], Node())
        parts = _PART.findall(match[2])
        if len(parts) > MAX_DEPTH:
            return
        for part in parts:
            # `[]` and a repeated index both mean: one more value.
            node = node.children.setdefault(part, Node())
        node.values.append(value)

    def text(self, name: str) -> str:
        """Return the last value of a plain parameter, or nothing."""
        node = self.root.below(name)
        return node.values[-1] if node and node.values else ""

    @property
    def has_filters(self) -> bool:
        """Whether any `filter[…]` was sent."""
        return "filter" in self.root.children

    def filter(self, name: str) -> Node | None:
        """Return `filter[name]`, if it was sent."""
        filters = self.root.below("filter")
        return filters.below(name) if filters else None

    def order(self) -> list[tuple[str, bool]]:
        """Return (field, descending) as sent; an unknown direction is none at all."""
        node = self.root.below("order")
        if node is None:
            return []
        return [
            (name, child.values[-1].lower() == "desc")
            for name, child in node.children.items()
            if child.values and child.values[-1].lower() in {"asc", "desc"}
        ]

    def address(self, page: int) -> str:
        """Return the query of another page: everything else as it was sent."""
        return "&".join([*self._pieces, f"page={page}", f"limit={self.limit}"])

    @property
    def offset(self) -> int:
        """How many rows come before the page."""
        return (self.page - 1) * self.limit


def _decoded(text: str) -> str:
    if "%" in text or "+" in text:
        text = unquote_plus(text)
    return text.replace("\0", "")


def _positive(text: str, otherwise: int) -> int:
    if _WHOLE.fullmatch(text) and int(text) > 0:
        return int(text)
    return otherwise


def page_links(path: str, query: Query, *, more: bool, last: int | None = None) -> dict[str, Any]:
    """Return the `_links` of a list (api-v4.md 2.6): `next` only when there is one."""

    def link(page: int) -> dict[str, str]:
        return {"href": f"{path}?{query.address(page)}"}

    links = {"self": link(query.page)}
    if more:
        links["next"] = link(query.page + 1)
    if query.page > 1:
        links["first"] = link(1)
        links["prev"] = link(query.page - 1)
    if last is not None:
        links["last"] = link(last)
    return links
