"""Read the limited HTML of descriptions: its links, its plain text, and what is not allowed.

The grammar is narrower than HTML on purpose. What is not exactly an allowed tag
is no tag at all but a problem, so that no browser can read it in another way.
Every pattern passes over a text once, however it was made.
"""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Mapping

import msgspec

ALLOWED_TAGS: Mapping[str, frozenset[str]] = {
    "a": frozenset({"href", "target", "referrerpolicy", "rel"}),
    **dict.fromkeys(("b", "br", "em", "i", "li", "ol", "p", "strong", "ul"), frozenset[str]()),
}
"""What descriptions may be formatted with, and the attributes of each (S-155)."""

_EMPTY = {"br"}
_BREAKS = {"br", "li", "ol", "p", "ul"}
_BEGINNING = re.compile(r"<(?=[A-Za-z/!?])")
_TAG = re.compile(
    r"""<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9]*)
        (?P<attributes>(?:\s+[A-Za-z-]+\s*=\s*(?:"[^"<>]*"|'[^'<>]*'))*)\s*/?>""",
    re.VERBOSE,
)
_ATTRIBUTE = re.compile(r"""([A-Za-z-]+)\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)')""")
_BARE_LINK = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)
_WORD = re.compile(r"\S+")
_AFTER_A_LINK = ".,;:!?)]}»”"
_SHOWN = 30


class Link(msgspec.Struct, frozen=True):
    """A link: what it leads to, and the attributes of its tag; None when it stands bare."""

    uri: str
    attributes: Mapping[str, str] | None = None


class Markup(msgspec.Struct, frozen=True):
    """What a text says without its tags, where it leads, and what no description may contain."""

    plain: str
    links: tuple[Link, ...]
    problems: tuple[str, ...]

    @property
    def prose(self) -> str:
        """The plain text without addresses, which are written in no language."""
        return _WORD.sub(lambda word: "" if _is_address(word[0]) else word[0], self.plain)


@functools.lru_cache(maxsize=64)  # several rules read the same few texts
def read_markup(text: str) -> Markup:
    """Take a description apart.

    >>> read = read_markup('Press <b>Connect</b> on https://parcel.example/start. <script>')
    >>> read.plain, [one.uri for one in read.links]
    ('Press Connect on https://parcel.example/start. <script>', ['https://parcel.example/start'])
    >>> read.problems
    ('the tag <script> is not allowed',)
    """
    reading = _Reading()
    at = 0
    for beginning in _BEGINNING.finditer(text):
        if beginning.start() < at:
            continue
        tag = _TAG.match(text, beginning.start())
        if tag is None:
            excerpt = text[beginning.start() :][:_SHOWN]
            reading.problems.append(
                f"{excerpt!r} is no complete tag; quote its attributes, or write &lt; for <"
            )
            continue
        reading.write(text[at : tag.start()])
        at = tag.end()
        reading.take(tag)
    reading.write(text[at:])
    return reading.done()


class _Reading:
    def __init__(self) -> None:
        self.plain: list[str] = []
        self.links: list[Link] = []
        self.problems: list[str] = []
        self._open: list[str] = []

    def write(self, text: str) -> None:
        self.plain.append(html.unescape(text))

    def take(self, tag: re.Match[str]) -> None:
        name = tag["name"].lower()
        if name not in ALLOWED_TAGS:
            self.problems.append(f"the tag <{name[:_SHOWN]}> is not allowed")
            self.plain.append(tag[0])
            return
        if name in _BREAKS:
            self.plain.append("\n")
        if tag["end"]:
            if not self._open or self._open.pop() != name:
                self.problems.append(f"</{name}> closes no tag that is open there")
            return
        attributes = {
            key.lower(): html.unescape(double or single)
            for key, double, single in _ATTRIBUTE.findall(tag["attributes"])
        }
        self.problems += [
            f"<{name}> may not have the attribute {key[:_SHOWN]}"
            for key in attributes
            if key not in ALLOWED_TAGS[name]
        ]
        if name == "a":
            self.links.append(Link(attributes.get("href", "").strip(), attributes))
        if name not in _EMPTY:
            self._open.append(name)

    def done(self) -> Markup:
        plain = "".join(self.plain)
        bare = (one.rstrip(_AFTER_A_LINK) for one in _BARE_LINK.findall(plain))
        known = {one.uri for one in self.links}
        self.problems += [f"<{name}> is never closed" for name in self._open]
        return Markup(
            plain=plain,
            links=(*self.links, *(Link(uri) for uri in dict.fromkeys(bare) if uri not in known)),
            problems=tuple(dict.fromkeys(self.problems)),
        )


def _is_address(word: str) -> bool:
    return "://" in word or "@" in word or word.lower().startswith("www.")
