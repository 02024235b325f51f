"""What expressions say: constants, however they are put together, and paths to what is used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from grantway.moderation.checks.sources.model import SHOWN, UNKNOWN, Argument
from grantway.moderation.checks.sources.parser import Node

MOST_ARGUMENTS = 6
_DEEP = 16  # parts of a path, or of a sum of texts
_CALLS = frozenset({"call_expression", "new_expression"})
_WRAPPERS = frozenset({"parenthesized_expression", "await_expression", "sequence_expression"})
"""What says no more than the last expression in it."""
_TEXTS = frozenset({"string", "template_string"})
_ESCAPE = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|(\r\n|.))", re.DOTALL
)
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
_LAST_CHARACTER = 0x10FFFF


class Path(NamedTuple):
    """How code reaches something, as `$().find().click`; constants and names given on the way."""

    name: str
    told: tuple[str, ...]
    given: tuple[str, ...] = ()


class Code(NamedTuple):
    """The text of a file, in which nodes have their places."""

    source: bytes

    def text(self, node: Node) -> str:
        return self.source[node.start_byte : node.end_byte].decode(errors="replace")

    def start(self, node: Node) -> str:
        """Return the beginning of what a node says, on one line."""
        end = min(node.end_byte, node.start_byte + 2 * SHOWN)
        text = self.source[node.start_byte : end].decode(errors="replace")
        return " ".join(text.split())[:SHOWN]

    def arguments(self, call: Node) -> list[Node]:
        given = call.child_by_field_name("arguments")
        if given is None:
            return []
        return [one for one in given.named_children if one.type != "comment"]

    def argument(self, node: Node) -> Argument:
        return Argument(node.type, self.start(node), self.constant(node))

    def path_of(self, node: Node) -> Path:
        """Return how code reaches what *node* is."""
        parts: list[str] = []
        told: list[str] = []
        named: list[str] = []
        calls = ""
        at: Node | None = node
        while at is not None and len(parts) < _DEEP:
            if at.type in _CALLS:
                given = self.arguments(at)[:MOST_ARGUMENTS]
                told += [text for one in given if (text := self.constant(one))]
                named += [self.text(one) for one in given if one.type == "identifier"]
                calls = "()"
                at = called_by(at)
            elif at.type in {"member_expression", "subscript_expression"}:
                parts.append(self._member(at) + calls)
                calls, at = "", at.child_by_field_name("object")
            elif at.type in _WRAPPERS:
                at = next(reversed(at.named_children), None)
            else:
                if value := self.constant(at):
                    told.append(value)
                parts.append(self._root(at) + calls)
                break
        return Path(".".join(reversed(parts)), tuple(reversed(told)), tuple(named))

    def _member(self, node: Node) -> str:
        name = node.child_by_field_name("property")
        if name is not None:
            return self.text(name)
        index = node.child_by_field_name("index")
        value = None if index is None else self.constant(index)
        return "[]" if value is None or UNKNOWN in value else value

    def _root(self, node: Node) -> str:
        known = node.type in {"identifier", "this", "super", "property_identifier", "import"}
        return self.text(node) if known else f"<{node.type}>"

    def joined(self, called: Node) -> str | None:
        """Return the text that an array of constants is joined to: *called* is `[…].join`."""
        array, call = called.child_by_field_name("object"), called.parent
        if array is None or array.type != "array" or call is None:
            return None
        between = next((self.constant(one) for one in self.arguments(call)), ",")
        parts = [self.constant(one) or UNKNOWN for one in array.named_children[:_DEEP]]
        return (between or "").join(parts)

    def constant(self, node: Node) -> str | None:
        """Return the text that an expression is, as far as it can be told; None if it is none."""
        if node.type == "string":
            return unescaped(self.text(node)[1:-1])
        if node.type == "template_string":
            return "".join(self._template(node))
        if node.type == "parenthesized_expression":
            inner = next(iter(node.named_children), None)
            is_flat = inner is not None and inner.type != node.type
            return self.constant(inner) if inner is not None and is_flat else None
        return self._sum(node) if is_sum(node) else None

    def _sum(self, node: Node) -> str | None:
        parts: list[str | None] = []
        at: Node | None = node
        while at is not None and is_sum(at) and len(parts) < _DEEP:
            parts.append(self._summand(at.child_by_field_name("right")))
            at = at.child_by_field_name("left")
        parts.append(self._summand(at))
        if all(one is None for one in parts):
            return None
        return "".join(UNKNOWN if one is None else one for one in reversed(parts))

    def _summand(self, node: Node | None) -> str | None:
        return self.constant(node) if node is not None and node.type in _TEXTS else None

    def _template(self, node: Node) -> Iterator[str]:
        for one in node.named_children:
            unknown = one.type == "template_substitution"
            yield UNKNOWN if unknown else unescaped(self.text(one))

    def bound(self, pattern: Node) -> Iterator[str]:
        """Return the names that a pattern binds; those in its default values, too."""
        waiting = [pattern]
        while waiting:
            node = waiting.pop()
            if node.type in {"identifier", "shorthand_property_identifier_pattern"}:
                yield self.text(node)
            waiting += node.named_children


def called_by(call: Node) -> Node | None:
    """Return what is called."""
    name = "function" if call.type == "call_expression" else "constructor"
    return call.child_by_field_name(name)


def is_sum(node: Node) -> bool:
    """Tell whether it adds two things, which may be texts."""
    if node.type != "binary_expression":
        return False
    operator = node.child_by_field_name("operator")
    return operator is not None and operator.type == "+"


def unescaped(text: str) -> str:
    r"""Return what a text between quotes means. Halves of characters are joined, or dropped.

    >>> unescaped(r"\x6as-widget-\u0069nstall\n"), unescaped(r"\ud83d\ude00 \ud83d")
    ('js-widget-install\n', '😀 �')
    """
    if "\\" not in text:
        return text
    halves = _ESCAPE.sub(_meant, text).encode("utf-16", "surrogatepass")
    return halves.decode("utf-16", "replace")


def _meant(escape: re.Match[str]) -> str:
    digits = escape[1] or escape[2] or escape[3]
    if digits:
        number = int(digits, 16)
        return chr(number) if number <= _LAST_CHARACTER else UNKNOWN
    char = escape[4]
    return "" if char in {"\n", "\r\n"} else _PLAIN.get(char, char)
