"""Take a style sheet apart. Only this file knows the parser of styles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import tinycss2

from grantway.moderation.checks.sources.comments import dead_styles
from grantway.moderation.checks.sources.model import (
    SHOWN,
    Declaration,
    Line,
    Selector,
    Style,
    StyleRule,
)

_GROUPS = frozenset({"media", "supports", "layer", "container", "document", "scope"})
_COMBINATORS = frozenset({">", "+", "~", "|"})
_SPREADING = frozenset({"is", "where", "matches", "any"})
"""Functions whose arguments are selectors of the same element."""
_MOST_SELECTORS = 20_000


def read_style(path: str, source: bytes) -> Style:
    """Take *source* apart, or say that it cannot be read."""
    try:
        return _Sheet(path).run(source.decode("utf-8-sig", errors="replace"))
    except RecursionError:
        return Style(path=path, is_unread=True)


class _Sheet:
    def __init__(self, path: str) -> None:
        self.path = path
        self.rules: list[StyleRule] = []
        self.imports: list[Line] = []
        self.comments: list[Line] = []
        self.broken: list[Line] = []

    def run(self, text: str) -> Style:
        self._take(tinycss2.parse_stylesheet(text))
        return Style(
            path=self.path,
            rules=tuple(self.rules),
            imports=tuple(self.imports),
            dead=tuple(dead_styles(self.comments)),
            broken=tuple(self.broken),
            is_unread=sum(len(one.selectors) for one in self.rules) > _MOST_SELECTORS,
        )

    def _take(self, nodes: Iterable[Any]) -> None:
        for node in nodes:
            if node.type == "qualified-rule":
                selectors = tuple(_selectors(node.prelude))
                declarations = tuple(self._declared(node.content))
                if selectors:  # for others browsers have no use either
                    self.rules.append(StyleRule(selectors, declarations))
            elif node.type == "at-rule":
                self._at_rule(node)
            elif node.type == "comment":
                self.comments.append(Line(node.value, node.source_line))
            elif node.type == "error":
                self.broken.append(Line(node.message[:SHOWN], node.source_line))

    def _at_rule(self, node: Any) -> None:
        if node.lower_at_keyword == "import":
            address = next(_addresses(node.prelude), "")
            self.imports.append(Line(address, node.source_line))
        elif node.lower_at_keyword in _GROUPS and node.content is not None:
            self._take(tinycss2.parse_rule_list(node.content))

    def _declared(self, content: Sequence[Any]) -> Iterator[Declaration]:
        # What is nested is below the selector around it, which is looked at itself.
        for node in tinycss2.parse_blocks_contents(content, skip_whitespace=True):
            if node.type == "declaration":
                value = tinycss2.serialize(node.value).strip()
                yield Declaration(node.name.lower(), value[:SHOWN], node.source_line)
            elif node.type == "comment":
                self.comments.append(Line(node.value, node.source_line))


def _selectors(prelude: Sequence[Any]) -> Iterator[Selector]:
    for tokens in _split(prelude):
        line = tokens[0].source_line
        text = " ".join(tinycss2.serialize(tokens).split())
        yield Selector(text[:SHOWN], line, tuple(_compounds(tokens)))


def _split(prelude: Sequence[Any]) -> Iterator[list[Any]]:
    """Cut at the commas; spaces at both ends are left out."""
    tokens: list[Any] = []
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            if tokens:
                yield tokens
            tokens = []
        elif tokens or token.type not in {"whitespace", "comment"}:
            tokens.append(token)
    if tokens:
        yield tokens


def _compounds(tokens: Sequence[Any]) -> Iterator[tuple[str, ...]]:
    parts: list[str] = []
    before = ""
    for token in tokens:
        is_sign = token.type == "literal"
        if token.type == "whitespace" or (is_sign and token.value in _COMBINATORS):
            if parts:
                yield tuple(parts)
            parts, before = [], ""
        elif is_sign:
            before = before + token.value if token.value == ":" else token.value
            if token.value == "*":
                parts.append("*")
        else:
            parts += _simple(token, before)
            before = ""
    if parts:
        yield tuple(parts)


def _simple(token: Any, before: str) -> Iterator[str]:
    if token.type == "hash":
        yield f"#{token.value}"
    elif token.type == "ident":
        yield f"{before}{token.value}"
    elif token.type == "[] block":
        yield f"[{tinycss2.serialize(token.content)}]"
    elif token.type == "function":
        yield f"{before}{token.name}()"
        if token.lower_name in _SPREADING:
            for compound in _compounds(token.arguments):
                yield from compound


def _addresses(prelude: Sequence[Any]) -> Iterator[str]:
    for token in prelude:
        if token.type in {"string", "url"}:
            yield token.value
        elif token.type == "function" and token.lower_name == "url":
            yield from _addresses(token.arguments)
