"""Which files an archive has, and how they are written (rules A2 to A4, A6)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from grantway.moderation.checks.archive_scripts import found
from grantway.moderation.checks.inside import ENTRY, MANIFEST, MOST_TEMPLATE, Inside, i18n, line_at
from grantway.moderation.checks.model import (
    Check,
    Found,
    Severity,
    Surroundings,
    brings_code,
    error,
    of_archives,
)
from grantway.moderation.checks.sources.apart import MOST_BYTES
from grantway.moderation.model import Content
from grantway.widgets.archives.reading import LOGOS, PIPELINE_LOGO

_LEGAL = re.compile(r"(?:LICEN[CS]E|NOTICE|COPYING|THIRD.PARTY)", re.IGNORECASE)
_WORD = re.compile(r"[\w.@-]+")
_CHUNK = 256 * 1024
_MOST_READ = 8 * 1024 * 1024
_RENAMED = re.compile(r"\b_0x[0-9a-f]{4,}\b")
_MANY = 10
_PACKER = re.compile(r"eval\s*\(\s*function\s*\(\s*p\s*,\s*a\s*,\s*c\s*,\s*k\s*,\s*e")
_ESCAPES = re.compile(r"(?:\\x[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}){8}")
_BOM = b"\xef\xbb\xbf"
_MIB = 1024 * 1024


def logos(inside: Inside) -> Mapping[str, tuple[int, int]]:
    """Return the logos that this archive needs, and their pixels."""
    wanted = dict(LOGOS)
    if "digital_pipeline" in inside.archive.manifest.areas:
        wanted |= [PIPELINE_LOGO]
    return {f"images/{name}.png": size for name, size in wanted.items()}


def _unused(inside: Inside, _: Content) -> Iterator[Found]:
    words = _words(inside)
    if words is None:
        return
    every = (f"images/{name}.png" for name in (*LOGOS, PIPELINE_LOGO[0]))
    needed = {MANIFEST, ENTRY, *every, *map(i18n, inside.languages)}
    for path in sorted(inside.files):
        name = PurePosixPath(path)
        is_known = path in needed or path.startswith("i18n/") or _LEGAL.match(name.name)
        if not is_known and all(words.get(one) in {None, path} for one in (name.name, name.stem)):
            yield found(path, 0, "No other file of the archive names it")


def _words(inside: Inside) -> Mapping[str, str] | None:
    """Return which file says each word, "" for several; None when there is too much to read."""
    words: dict[str, str] = {}
    texts = [path for path in inside.files if inside.is_text(path)]
    if sum(len(inside.files[path]) for path in texts) > _MOST_READ:
        return None
    for path in texts:
        text = inside.text(path)
        for at in range(0, len(text), _CHUNK):
            # A little of the last piece again, so that no word is cut in two.
            for word in set(_WORD.findall(text, max(0, at - 100), at + _CHUNK)):
                name = word.strip(".-")
                if words.setdefault(name, path) != path:
                    words[name] = ""
    return words


def _packed(inside: Inside, _: Content) -> Iterator[Found]:
    for path in inside.sources.unread:
        most = MOST_BYTES[PurePosixPath(path).suffix.lower()] / _MIB
        text = (
            f"The machine could not read this file of {len(inside.files[path]) / _MIB:.1f} MiB: it "
            f"is broken, too dense, or one of those that have more than {most:g} MiB together"
        )
        yield found(path, 0, text)
    for path in inside.large_templates:
        yield found(path, 0, f"A template of more than {MOST_TEMPLATE // 1024} KiB is not read")
    for path in sorted(inside.files):
        if not path.lower().endswith(".js"):
            continue
        text = inside.text(path)
        if path in inside.packed:
            yield found(path, inside.packed[path], "Long lines: the code is minified")
        renamed = {one[0]: one for one in _RENAMED.finditer(text)}
        if len(renamed) >= _MANY:
            line = line_at(text, next(iter(renamed.values())).start())
            yield found(path, line, "Names such as _0x1a2b hide what the code does")
        for pattern, why in (
            (_PACKER, "Packed code: what it does cannot be read"),
            (_ESCAPES, "Texts written as numbers hide what they say"),
        ):
            if one := pattern.search(text):
                yield found(path, line_at(text, one.start()), why)


def _badly_encoded(inside: Inside, _: Content) -> Iterator[Found]:
    for path, content in sorted(inside.files.items()):
        if not inside.is_text(path):
            continue
        if content.startswith(_BOM):
            yield found(path, 1, "It begins with a byte order mark; save it as UTF-8 without")
        if b"\r" in content:
            line = content.count(b"\n", 0, content.index(b"\r")) + 1
            yield found(path, line, "Lines end with CR; save it with line ends of LF alone")
        try:
            content.decode()
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            yield found(path, line, "It is not UTF-8")


def _missing(inside: Inside, _: Content) -> Iterator[Found]:
    for path in (MANIFEST, ENTRY, *map(i18n, inside.languages), *logos(inside)):
        if path not in inside.files:
            yield found(path, 0, "The archive needs this file")


def _no_archive(content: Content, around: Surroundings) -> Iterator[Found]:
    if brings_code(content) and around.archive is None:
        yield Found(text="There is no archive: upload widget.zip", field="archive")


CHECKS: tuple[Check, ...] = (
    of_archives(
        Severity.WARNING,
        "A2",
        "Every file of the archive is used.",
        _unused,
        human="No file is there that nothing uses.",
    ),
    of_archives(
        Severity.WARNING,
        "A3",
        "Code can be read: it is neither minified nor obfuscated.",
        _packed,
        human="The code can be read; minified files are public libraries, or their sources were "
        "handed in.",
    ),
    of_archives(
        Severity.ERROR,
        "A4",
        "Text files are UTF-8 without a byte order mark, and their lines end with LF.",
        _badly_encoded,
    ),
    error(
        "A6",
        "An integration with a widget has an archive, and that has manifest.json, script.js, a "
        "file of texts for each language, and the logos.",
        _no_archive,
        applies=brings_code,
        look_inside=_missing,
    ),
)
