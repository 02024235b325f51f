"""What a file really is, told by its first bytes (S-134, S-135), and how large a picture is."""

from __future__ import annotations

import re
import struct

import msgspec

# ITU T.81, table B.1: frames, without the tables DHT, JPG and DAC that lie between them.
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_MOST_SEGMENTS = 1000
_WITHOUT_SIZE = {"WebP": b"RIFF", "BMP": b"BM", "ICO": b"\0\0\1\0"}
# What makes a drawing a program: scripts, foreign markup, handlers, addresses that are code. A
# drawing is served so that nothing in it runs, so this need not know every disguise.
_SVG_ACTIVE = re.compile(
    rb"<\s*(?:[\w-]+:)?(?:script|foreignobject|iframe|handler)\b|<!entity|"
    rb"<[^<>]*[\s\"'/]on[a-z]+\s*=|(?:href|src|values|to|from)\s*=[\s\"']*(?:java|vb)script:",
    re.IGNORECASE,
)


class Looked(msgspec.Struct, frozen=True):
    """What a picture's own bytes say; a side is 0 where they are not asked for it."""

    format: str
    width: int = 0
    height: int = 0


def look(raw: bytes) -> Looked | None:
    """Return what picture *raw* is; None for anything else, and for one that breaks off.

    >>> look(b"GIF89a" + bytes([8, 0, 4, 0]))
    Looked(format='GIF', width=8, height=4)
    """
    try:
        if raw.startswith(b"\x89PNG\r\n\x1a\n"):
            return Looked("PNG", *struct.unpack_from(">II", raw, 16))
        if raw.startswith((b"GIF87a", b"GIF89a")):
            return Looked("GIF", *struct.unpack_from("<HH", raw, 6))
        if raw.startswith(b"\xff\xd8\xff"):
            return _jpeg(raw)
    except struct.error:
        return None
    for name, beginning in _WITHOUT_SIZE.items():
        if raw.startswith(beginning) and (name != "WebP" or raw[8:12] == b"WEBP"):
            return Looked(name)
    return None


def is_active_svg(raw: bytes) -> bool:
    """Tell whether a drawing could run something, were it opened by itself.

    >>> is_active_svg(b'<svg><path d="M0 0"/></svg>'), is_active_svg(b"<svg onload='x()'/>")
    (False, True)
    """
    # In UTF-16 every other byte is zero.
    return b"\0" in raw or _SVG_ACTIVE.search(raw) is not None


def _jpeg(raw: bytes) -> Looked | None:
    """Read segments up to the first frame (ITU T.81, B.1)."""
    at = 2
    for _ in range(_MOST_SEGMENTS):
        start, marker = struct.unpack_from(">BB", raw, at)
        if start != 0xFF:
            return None
        if marker == 0xFF:  # a filling byte before a marker
            at += 1
            continue
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", raw, at + 5)
            return Looked("JPEG", width, height)
        (length,) = (0,) if marker in _JPEG_ALONE else struct.unpack_from(">H", raw, at + 2)
        at += 2 + length
    return None
