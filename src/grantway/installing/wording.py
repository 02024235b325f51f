"""What a widget says, in a language that its reader understands (contract 2.5)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from grantway.db import Reader
from grantway.kernel.remembering import Remembered
from grantway.widgets import service as widgets
from grantway.widgets.archives.model import Manifest
from grantway.widgets.service import Widget

MOST_ON_PAGE = 4 * 2**20
"""Bytes of the texts that one page carries. Those of widgets after that are left out."""
# By the content of the archive and the language; whose they are makes no difference.
_remembered = Remembered[tuple[str, str], tuple[Mapping[str, Any], int]](16 * 2**20)


class Texts:
    """What the widgets of one page say, in the first of the *wanted* languages that each speaks."""

    def __init__(self, reader: Reader, wanted: Sequence[str]) -> None:
        self.wanted = wanted
        self._reader = reader
        self._left = MOST_ON_PAGE
        self._said: dict[str, Mapping[str, Any]] = {}

    async def of(self, widget: Widget) -> Mapping[str, Any]:
        """Return the texts of one; none when those before have filled the page."""
        texts = self._said.get(widget.content_hash)
        if texts is None and self._left > 0:
            texts, size = await _read(self._reader, widget, self.wanted)
            self._left -= size
            self._said[widget.content_hash] = texts
        return texts or {}


async def texts_of(reader: Reader, widget: Widget, wanted: Sequence[str]) -> Mapping[str, Any]:
    """Return the texts of a widget by itself."""
    return await Texts(reader, wanted).of(widget)


async def _read(
    reader: Reader, widget: Widget, wanted: Sequence[str]
) -> tuple[Mapping[str, Any], int]:
    """Return texts and how many bytes they have; every page asks, so those in use are kept."""
    language = language_of(widget.manifest, wanted)
    key = (widget.content_hash, language)
    if (remembered := _remembered.find(key)) is not None:
        return remembered
    file = await widgets.file(reader, widget.code, widget.number, f"i18n/{language}.json")
    if file is None:
        return {}, 0
    # As it was read at the upload: stricter programs stumble over keys that come twice.
    texts = json.loads(file.content.decode("utf-8-sig"))
    found = texts if isinstance(texts, dict) else {}, len(file.content)
    _remembered.keep(key, found, len(file.content))
    return found


def language_of(manifest: Manifest, wanted: Sequence[str]) -> str:
    """Return in which of its languages a widget speaks to somebody.

    >>> language_of(Manifest(raw={}, locale=("es", "en")), ["tr", "pt"])
    'en'
    """
    spoken = manifest.locale
    for one in (*wanted, "en"):
        if one in spoken:
            return one
    return spoken[0] if spoken else "en"


def said(texts: Mapping[str, Any], path: object) -> str:
    """Return the text at a path of i18n; the path itself where there is none.

    >>> said({"settings": {"login": "Login"}}, "settings.login"), said({}, "settings.login")
    ('Login', 'settings.login')
    """
    found: Any = texts
    for part in str(path).split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found if isinstance(found, str) else str(path)
