"""The parser of JavaScript. Only this file imports it; others take the nodes of its trees."""

from __future__ import annotations

import tree_sitter_javascript
from tree_sitter import Language, Node, Parser

__all__ = ["BROKEN", "Node", "kind_of", "parsed"]

BROKEN = 65535
"""The kind of what is no JavaScript."""
_LANGUAGE = Language(tree_sitter_javascript.language())
_CHUNK = 32 * 1024
# The parser tells of every hundred steps. Code that is none costs a hundred times as much a step.
_MOST_STEPS_IN_ERROR = 1_000


def kind_of(name: str) -> int | None:
    """Return the number of a kind of nodes."""
    return _LANGUAGE.id_for_node_kind(name, True)  # noqa: FBT003 - the parser's own signature


def parsed(source: bytes) -> Node | None:
    """Return the root of the tree of *source*; None when it is too broken for one.

    A file may have been written by anybody, and the work is bounded. Other
    threads run while it is done.
    """
    steps = 0

    def stop(_: int, is_in_error: bool) -> bool:  # noqa: FBT001 - the parser calls it so
        nonlocal steps
        steps += is_in_error
        return steps > _MOST_STEPS_IN_ERROR

    def read(at: int, _: object) -> bytes:
        # Whole files would be parsed in one go, and the other threads wait meanwhile.
        return source[at : at + _CHUNK]

    try:
        return Parser(_LANGUAGE).parse(read, progress_callback=stop).root_node
    except ValueError:
        return None
