"""What a widget says, in a language that its reader understands (contract 2.5)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from grantway.db import Reader
from grantway.widgets import service as widgets
from grantway.widgets.archives.model import Manifest
from grantway.widgets.service import Widget

_MOST_REMEMBERED = 128
_LONGEST_REMEMBERED = 64 * 1024
_remembered: dict[tuple[str, str], Mapping[str, Any]] = {}
"""Texts by the content of the archive and the language; whose they are makes no difference."""


async def texts_of(reader: Reader, widget: Widget, wanted: Sequence[str]) -> Mapping[str, Any]:
    """Return the widget's texts in the first of the *wanted* languages that it speaks.

    Every page that hosts widgets asks for theirs, so those in use are remembered.
    """
    language = language_of(widget.manifest, wanted)
    remembered = _remembered.get((widget.content_hash, language))
    if remembered is not None:
        return remembered
    file = await widgets.file(reader, widget.code, widget.number, f"i18n/{language}.json")
    if file is None:
        return {}
    # As it was read at the upload: stricter programs stumble over keys that come twice.
    texts = json.loads(file.content.decode("utf-8-sig"))
    texts = texts if isinstance(texts, dict) else {}
    if len(file.content) <= _LONGEST_REMEMBERED:
        if len(_remembered) >= _MOST_REMEMBERED:
            del _remembered[next(iter(_remembered))]
        _remembered[widget.content_hash, language] = texts
    return texts


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
