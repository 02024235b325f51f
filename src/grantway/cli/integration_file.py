"""An integration as a file in its maker's repository: what it says, its pictures, its lines."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import click
import msgspec

from grantway.moderation.checks.model import Finding
from grantway.moderation.model import Content, Presentation
from grantway.pictures.errors import PictureRefused
from grantway.pictures.model import Picture
from grantway.pictures.reading import read

_KINDS = {"icon": "icon", "logo": "logo", "gallery": "slide"}
_SIGN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:\n]')

Place = tuple[str | int, ...]


class _Presentation(Presentation, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a file says in one language: nothing but what is known."""


class _Content(Content, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a file says."""

    presentations: tuple[_Presentation, ...]


class IntegrationFile(msgspec.Struct, frozen=True):
    """A file that was read. *lines* are the numbers of the lines on which members stand."""

    source: Path
    content: Content
    lines: Mapping[Place, int]

    def pictures(self) -> tuple[dict[str, Picture], dict[str, str]]:
        """Read its pictures as the platform does at an upload; return them, and refusals.

        Both by the names that the file gives them.
        """
        drawn: dict[str, Picture] = {}
        refused: dict[str, str] = {}
        for one in self.content.presentations:
            for field, kind in _KINDS.items():
                named = getattr(one, field)
                for name in filter(None, (named,) if isinstance(named, str) else named):
                    try:
                        drawn[name] = read((self.source.parent / name).read_bytes(), kind)
                    except (PictureRefused, OSError, ValueError) as error:
                        refused[name] = _why(error)
        return drawn, refused

    def content_with(self, hashes: Mapping[str, str]) -> Content:
        """Return what it says, with pictures called by their hashes and not by their paths."""
        named = tuple(
            msgspec.structs.replace(
                one,
                icon=hashes.get(one.icon, ""),
                logo=hashes.get(one.logo, ""),
                gallery=tuple(hashes[name] for name in one.gallery),
            )
            for one in self.content.presentations
        )
        return msgspec.structs.replace(self.content, presentations=named)

    def placed(self, one: Finding) -> Finding:
        """Return the finding with the file and the line that it is about.

        What is in an archive keeps its place there.
        """
        if one.file:
            return one
        languages = [presentation.language for presentation in self.content.presentations]
        path: Place = (one.field,)
        if one.language:
            path = ("presentations", languages.index(one.language), one.field)
        # What is missing is told where it would have to stand.
        line = self.lines.get(path) or self.lines.get(path[:-1]) or 1
        return msgspec.structs.replace(one, file=self._shown_path(), line=line)

    def _shown_path(self) -> str:
        """Return its path from the folder of the run, as CI shows it."""
        path = self.source.resolve()
        here = Path.cwd()
        return (path.relative_to(here) if path.is_relative_to(here) else path).as_posix()


def read_file(source: Path) -> IntegrationFile:
    """Read *source*; a usage error names what is wrong with it, and where."""
    try:
        text = source.read_bytes().decode("utf-8-sig")
        found = msgspec.json.decode(text, type=_Content)
    except (msgspec.MsgspecError, RecursionError, UnicodeError, OSError) as error:
        raise _unreadable(source, error) from error
    languages = [one.language for one in found.presentations]
    if found.language not in languages or len(set(languages)) != len(languages):
        raise _refused(
            source,
            f"presentations: expected one for {found.language!r}, the main language, and at most "
            f"one for each other; {', '.join(map(repr, languages)) or 'none'} came",
        )
    content = Content(**{field: getattr(found, field) for field in Content.__struct_fields__})
    return IntegrationFile(source, content, lines_of(text))


def lines_of(text: str) -> dict[Place, int]:
    r"""Return on which line each member of a JSON document stands, by its path.

    >>> lines_of('{\n"a": [\n{"b": "},\\"{"},\n{"b": 1}]}')
    {('a',): 2, ('a', 0): 3, ('a', 0, 'b'): 3, ('a', 1): 4, ('a', 1, 'b'): 4}
    """
    lines: dict[Place, int] = {}
    path: list[str | int] = []
    line, awaits_key = 1, False
    for sign in _SIGN.findall(text):
        match sign:
            case "\n":
                line += 1
            case "{" | "[":
                if path and isinstance(path[-1], int):
                    lines[tuple(path)] = line
                path.append("" if sign == "{" else 0)
                awaits_key = sign == "{"
            case "}" | "]":
                path.pop()
                awaits_key = False
            case ",":
                last = path[-1]
                awaits_key = isinstance(last, str)
                if isinstance(last, int):
                    path[-1] = last + 1
            case ":":
                awaits_key = False
            case _ if awaits_key:
                path[-1] = json.loads(sign)
                lines[tuple(path)] = line
    return lines


def _unreadable(source: Path, error: Exception) -> click.UsageError:
    if isinstance(error, msgspec.DecodeError) and not isinstance(error, msgspec.ValidationError):
        try:
            json.loads(source.read_bytes().decode("utf-8-sig"))
        except json.JSONDecodeError as better:  # it tells the line
            return _refused(source, f"line {better.lineno}: {better.msg}")
    return _refused(source, str(error))


def _refused(source: Path, text: str) -> click.UsageError:
    return click.BadParameter(f"{source.name}: {text}", param_hint="--file")


def _why(error: Exception) -> str:
    match error:
        case PictureRefused():
            return f"expected {error.expected}, and {error.came} came"
        case OSError():
            return f"the file cannot be read: {error.strerror}"
        case _:
            return "this names no file"
