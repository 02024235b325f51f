"""What a widget says, in a language that its reader understands (contract 2.5)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from grantway.db import Reader
from grantway.widgets import service as widgets
from grantway.widgets.archives.model import Manifest
from grantway.widgets.service import Widget


async def texts_of(reader: Reader, widget: Widget, wanted: Sequence[str]) -> Mapping[str, Any]:
    """Return the widget's texts in the first of the *wanted* languages that it speaks."""
    language = language_of(widget.manifest, wanted)
    file = await widgets.file(reader, widget.code, widget.number, f"i18n/{language}.json")
    # As it was read at the upload: stricter programs stumble over keys that come twice.
    texts = {} if file is None else json.loads(file.content.decode("utf-8-sig"))
    return texts if isinstance(texts, dict) else {}


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
