"""What a file really is, told by its first bytes (S-134, S-135), and how large a picture is."""

from __future__ import annotations

import re
import struct

import msgspec

# ITU T.81, table B.1: frames, without the tables DHT, JPG and DAC that lie between them.
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_MOST_SEGMENTS = 1000
# Icons have a handful of sizes; cursors are icons with a point.
_ICONS = (b"\0\0\1\0", b"\0\0\2\0")
_MOST_ICONS = 256
ENDINGS = frozenset({"png", "jpg", "jpeg", "gif", "webp", "bmp", "ico", "cur"})
"""Of names that browsers may be told to be pictures with pixels."""
# What makes a drawing a program: scripts, foreign markup, handlers, addresses that are code. A
# drawing is served so that nothing in it runs, so this need not know every disguise.
_SVG_ACTIVE = re.compile(
    rb"<\s*(?:[\w-]+:)?(?:script|foreignobject|iframe|handler)\b|<!entity|"
    rb"<[^<>]*[\s\"'/]on[a-z]+\s*=|(?:href|src|values|to|from)\s*=[\s\"']*(?:java|vb)script:",
    re.IGNORECASE,
)


class Looked(msgspec.Struct, frozen=True):
    """What a picture's own bytes say; of several icons in a file, of the largest one."""

    format: str
    width: int
    height: int


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
        if raw.startswith(b"RIFF") and raw[8:12] == b"WEBP":
            return _webp(raw)
        if raw.startswith(b"BM"):
            return Looked("BMP", *_bitmap(raw, 14))
        if raw.startswith(_ICONS):
            return _icon(raw)
    except struct.error:
        pass
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


def _webp(raw: bytes) -> Looked | None:
    """Read the canvas, or the only picture (RFC 9649, 2.5 to 2.7)."""
    kind = raw[12:16]
    if kind == b"VP8X":
        low = struct.unpack_from("<HBHB", raw, 24)
        return Looked("WebP", low[0] + (low[1] << 16) + 1, low[2] + (low[3] << 16) + 1)
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", raw, 26)
        return Looked("WebP", width & 0x3FFF, height & 0x3FFF)
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", raw, 21)
        return Looked("WebP", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    return None


def _bitmap(raw: bytes, at: int) -> tuple[int, int]:
    """Return the sides that the header of a bitmap says; rows from above count backwards."""
    (length,) = struct.unpack_from("<I", raw, at)
    width, height = struct.unpack_from("<HH" if length == 12 else "<ii", raw, at + 4)
    return abs(width), abs(height)


def _icon(raw: bytes) -> Looked | None:
    """Read the header of each icon: what their list says of sizes, browsers do not believe."""
    (count,) = struct.unpack_from("<H", raw, 4)
    sides = []
    for n in range(min(count, _MOST_ICONS + 1)):
        (at,) = struct.unpack_from("<I", raw, 18 + 16 * n)
        if raw.startswith(b"\x89PNG", at):
            sides.append(struct.unpack_from(">II", raw, at + 16))
        else:
            width, height = _bitmap(raw, at)
            sides.append((width, height // 2))  # a mask stands above it
    if not 0 < len(sides) <= _MOST_ICONS:
        return None
    return Looked("ICO", *max(sides, key=lambda one: one[0] * one[1]))
