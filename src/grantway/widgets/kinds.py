"""What a browser is told that a file is (S-134, S-137; contract: widgets-and-marketplace.md 2.10).

Its name decides, and for pictures its content has to agree: whoever asks for one
gets one, or bytes that nothing is done with. Nothing is ever served as a page.
"""

from __future__ import annotations

from collections.abc import Mapping

from grantway.widgets.archives.pictures import ENDINGS, look

INERT = "application/octet-stream"
DRAWING = "image/svg+xml"
_TEXT = "text/plain; charset=utf-8"
SCRIPT = "text/javascript; charset=utf-8"
STYLE = "text/css; charset=utf-8"

_BY_ENDING: Mapping[str, str] = {
    "js": SCRIPT,
    "mjs": SCRIPT,
    "css": STYLE,
    "json": "application/json",
    "map": "application/json",
    # Templates and pages are read by scripts, and must be no page of our origins.
    **dict.fromkeys(("twig", "html", "htm", "xhtml", "txt", "md", "xml", "csv", "tpl"), _TEXT),
    "woff": "font/woff",
    "woff2": "font/woff2",
    "ttf": "font/ttf",
    "otf": "font/otf",
    "eot": "application/vnd.ms-fontobject",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "wav": "audio/wav",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "wasm": "application/wasm",
}
_PICTURES: Mapping[str, str] = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "GIF": "image/gif",
    "WebP": "image/webp",
    "BMP": "image/bmp",
    "ICO": "image/x-icon",
}


def served_as(path: str, content: bytes) -> str:
    """Return the content type of a file.

    >>> served_as("script.js", b""), served_as("a.twig", b"")
    ('text/javascript; charset=utf-8', 'text/plain; charset=utf-8')
    >>> served_as("images/svg", b"<svg/>")  # nothing has looked into it
    'application/octet-stream'
    >>> served_as("a.png", b"GIF89a" + bytes(4)), served_as("a.png", b"<html>")
    ('image/gif', 'application/octet-stream')
    """
    _, dot, name = path.rpartition("/")[2].rpartition(".")
    ending = dot and name.lower()
    if ending in ENDINGS or ending == "svg":
        looked = look(content)
        if looked is not None:
            return _PICTURES[looked.format]
        return DRAWING if ending == "svg" else INERT
    return _BY_ENDING.get(ending, INERT)
