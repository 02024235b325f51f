"""An archive as its rules read it: every file is taken apart once, for all of them."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from grantway.moderation.checks.sources.apart import Sources
from grantway.moderation.checks.sources.model import Script, Style
from grantway.widgets.archives.model import Archive

MANIFEST = "manifest.json"
ENTRY = "script.js"
TEMPLATES = (".twig", ".html", ".htm")
TEXTS = (".js", ".css", ".json", *TEMPLATES, ".txt", ".md", ".svg", ".xml", ".map")
"""Files that people read and write."""
_LONG_LINE = 500
MOST_TEMPLATE = 512 * 1024
MOST_MENTIONS = 20
"""So many in one template are looked at."""


class Said(NamedTuple):
    """A text of i18n: its path, such as `widget.name`, and what it says."""

    path: str
    text: str


class Mention(NamedTuple):
    """Where an archive says something."""

    path: str
    line: int
    text: str


@dataclass(frozen=True)
class Inside:
    """An archive, and its scripts and style sheets taken apart."""

    archive: Archive
    sources: Sources

    @property
    def files(self) -> Mapping[str, bytes]:
        return self.archive.files

    @property
    def raw(self) -> Mapping[str, Any]:
        """The manifest as it was written."""
        return self.archive.manifest.raw

    @property
    def languages(self) -> tuple[str, ...]:
        return self.archive.manifest.locale

    @property
    def scripts(self) -> tuple[Script, ...]:
        return tuple(one for one in self.sources.scripts if not one.is_unread)

    @property
    def styles(self) -> tuple[Style, ...]:
        return tuple(one for one in self.sources.styles if not one.is_unread)

    @property
    def keys(self) -> frozenset[str]:
        """All names of members that the code writes, such as those of callbacks."""
        return frozenset[str]().union(*(one.keys for one in self.scripts))

    def is_text(self, path: str) -> bool:
        return path.lower().endswith(TEXTS)

    def text(self, path: str) -> str:
        """Return what a file says, whatever it is encoded in."""
        return self.files[path].decode("utf-8-sig", errors="replace")

    def templates(self) -> Iterator[tuple[str, str]]:
        """Return the paths of templates, and what each says; see `large_templates`."""
        for path in sorted(self.files):
            if path.lower().endswith(TEMPLATES) and len(self.files[path]) <= MOST_TEMPLATE:
                yield path, self.text(path)

    @property
    def large_templates(self) -> tuple[str, ...]:
        """The templates that nobody reads, because a search in them would hold up everybody."""
        large = (path for path in sorted(self.files) if len(self.files[path]) > MOST_TEMPLATE)
        return tuple(path for path in large if path.lower().endswith(TEMPLATES))

    def mentions(self, pattern: re.Pattern[str]) -> Iterator[Mention]:
        """Return where texts of scripts, selectors of styles, and templates match *pattern*."""
        for script in self.scripts:
            for one in script.texts:
                if found := pattern.search(one.text):
                    yield Mention(script.path, one.line, found[0])
        for style in self.styles:
            for rule in style.rules:
                for selector in rule.selectors:
                    if found := pattern.search(selector.text):
                        yield Mention(style.path, selector.line, found[0])
        for path, template in self.templates():
            for found in islice(pattern.finditer(template), MOST_MENTIONS):
                yield Mention(path, line_at(template, found.start()), found[0])

    @functools.cached_property
    def packed(self) -> Mapping[str, int]:
        """The scripts that are written for machines, and a line that shows it of each."""
        return {
            path: line
            for path in sorted(self.files)
            if path.lower().endswith(".js") and (line := _packed_line(self.text(path)))
        }

    def said(self, language: str) -> Mapping[str, str]:
        """Return the texts of a language by their paths; empty when there are none."""
        return self._said.get(language, {})

    @functools.cached_property
    def _said(self) -> Mapping[str, Mapping[str, str]]:
        return {
            language: {one.path: one.text for one in leaves(document)}
            for language, document in self.archive.texts.items()
        }

    def line_of(self, path: str, key: str) -> int:
        """Return the line on which a JSON file writes a member's name; 0 when it does not."""
        if path not in self.files:
            return 0
        text = self.text(path)
        found = re.search(rf"{re.escape(json.dumps(key, ensure_ascii=False))}\s*:", text)
        return line_at(text, found.start()) if found else 0


def leaves(document: Mapping[str, Any]) -> Iterator[Said]:
    """Return the texts of a document of i18n, by their paths.

    >>> list(leaves({"widget": {"name": "Parcels"}, "n": 1}))
    [Said(path='widget.name', text='Parcels')]
    """
    waiting: list[tuple[str, Any]] = [("", document)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, Mapping):
            before = f"{path}." if path else ""
            waiting += [(f"{before}{key}", one) for key, one in reversed(list(value.items()))]
        elif isinstance(value, str):
            yield Said(path, value)


def line_at(text: str, position: int) -> int:
    r"""Return the line of a place in *text*.

    >>> line_at("a\nb", 2)
    2
    """
    return text.count("\n", 0, position) + 1


def _packed_line(text: str) -> int:
    """Return the first of the long lines that a script mostly consists of, else 0."""
    lines = text.splitlines()
    long = [at for at, line in enumerate(lines, 1) if len(line) > _LONG_LINE]
    is_packed = 2 * sum(len(lines[at - 1]) for at in long) > len(text)
    return long[0] if long and is_packed else 0


def i18n(language: str) -> str:
    """Return the path of a language's texts."""
    return f"i18n/{language}.json"


Reading = Callable[[Mapping[str, bytes]], Sources]
"""How scripts and style sheets are taken apart."""
