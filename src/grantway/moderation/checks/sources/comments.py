"""Which comments explain, and which keep code that was taken out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from grantway.moderation.checks.sources.model import SHOWN, Line
from grantway.moderation.checks.sources.parser import Node, parsed

_MOST = 200  # comments of a file that are looked into
_LONGEST = 2_000  # characters of one
_DOING = frozenset(
    {
        *("call_expression", "assignment_expression", "augmented_assignment_expression"),
        *("await_expression", "update_expression", "new_expression"),
    }
)
_NO_STATEMENTS = frozenset({"comment", "empty_statement", "labeled_statement", "hash_bang_line"})
_ENDS = (";", "{", "}", ")", "},", "};", "});")
_BEGINS = re.compile(r"(?:if|for|while|switch|function|else|try|catch)\b.*\{$|\}[\s;,)]*$")
_DECLARATION = re.compile(r"(?<![\w-])[\w-]{1,60}\s{0,9}:[^:;{}]{1,200};|[.#][\w-]+\s*\{")


def dead_code(comments: Iterable[Line]) -> Iterator[Line]:
    """Return the comments that are code, one for several lines of it."""
    last = -1
    for one in list(comments)[:_MOST]:
        if one.text.startswith(("/**", "/*!", "//!", "//#", "/*#")):
            continue
        text = _bare(one.text)
        if not is_dead(text):
            continue
        if one.line != last + 1:
            yield Line(text.strip().splitlines()[0][:SHOWN], one.line, one.function)
        last = one.line + one.text.count("\n")


def dead_styles(comments: Iterable[Line]) -> Iterator[Line]:
    """Return the comments of a style sheet that are rules or declarations."""
    for one in comments:
        if found := _DECLARATION.search(one.text):
            yield Line(found[0][:SHOWN], one.line)


def is_dead(text: str) -> bool:
    """Tell whether the text of a comment is code.

    >>> [is_dead(one) for one in ("show(1);", "var a = 1;", "if (a) {", "APP.x = y")]
    [True, True, True, False]
    >>> [is_dead(one) for one in ("shows the list (of leads)", "init()", "done; next:", "{")]
    [False, False, False, False]
    """
    text = text.strip()
    if len(text) > _LONGEST or not text.endswith(_ENDS) or not re.search(r"\w", text):
        return False
    if "\n" not in text and _BEGINS.match(text):
        return True
    if "\n" not in text and not text.endswith((";", "});", "};")):
        return False
    tree = parsed(text.encode())
    return tree is not None and not tree.has_error and any(map(_does, tree.named_children))


def _bare(comment: str) -> str:
    if comment.startswith("//"):
        return comment[2:]
    lines = comment.removeprefix("/*").removesuffix("*/").splitlines()
    return "\n".join(line.strip().removeprefix("* ") for line in lines)


def _does(node: Node) -> bool:
    if node.type != "expression_statement":
        return node.type not in _NO_STATEMENTS
    return node.named_children[0].type in _DOING
