"""What a file says of its picture before anything is decoded, and the parts that pixels need.

A decoder is given those parts alone: no profiles, no texts, no thumbnails, and
nothing that follows the picture.
"""

from __future__ import annotations

import struct
import zlib

import msgspec

# Everything else in a PNG is left out; other critical chunks are of no standard.
_PNG_CHUNKS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
_PNG_ANIMATION = b"acTL"
# ITU T.81, table B.1: frames, without the tables DHT, JPG and DAC that lie between them.
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_SCAN, _JPEG_COMMENT = 0xDA, 0xFE
# APP0 and APP14 say which colours the numbers mean; the others carry metadata.
_JPEG_METADATA = (frozenset(range(0xE0, 0xF0)) - {0xE0, 0xEE}) | {_JPEG_COMMENT}
_WEBP_ANIMATION = frozenset({b"ANIM", b"ANMF"})

# What people send in place of a picture that we read, by how it begins.
_OTHERS = {
    b"GIF8": "a GIF file",
    b"BM": "a BMP file",
    b"II*\0": "a TIFF file",
    b"MM\0*": "a TIFF file",
    b"%PDF": "a PDF file",
    b"<": "an SVG or HTML file",
    b"\xef\xbb\xbf<": "an SVG or HTML file",
}


class Header(msgspec.Struct, frozen=True):
    """What a file says of its picture; *data* is what a decoder needs of it."""

    format: str
    width: int
    height: int
    is_animated: bool
    scans: int
    data: bytes


def look(raw: bytes) -> Header | None:
    """Return what the file says of itself; None when it is of no format that we read.

    Raises ValueError or struct.error when it is cut off or damaged.
    """
    if raw.startswith(b"\x89PNG\r\n\x1a\n"):
        return _png(raw)
    if raw.startswith(b"\xff\xd8\xff"):
        return _jpeg(raw)
    if raw.startswith(b"RIFF") and raw[8:12] == b"WEBP":
        return _webp(raw)
    return None


def called(raw: bytes) -> str:
    """Say what a file is that is of no format that we read.

    >>> called(b"GIF89a...")
    'a GIF file'
    """
    if raw[4:8] == b"ftyp":
        return "an AVIF, HEIC or video file"
    found = (name for start, name in _OTHERS.items() if raw.startswith(start))
    return next(found, "something else" if raw else "an empty file")


def _png(raw: bytes) -> Header:
    """Read the chunks of a PNG, each of which proves itself by a check sum (ISO 15948, 5.3)."""
    kept = [raw[:8]]
    is_animated = False
    at, name = 8, b""
    while name != b"IEND":
        length, name = struct.unpack_from(">I4s", raw, at)
        body_ends = at + 8 + length
        (check_sum,) = struct.unpack_from(">I", raw, body_ends)
        if zlib.crc32(raw[at + 4 : body_ends]) != check_sum:
            raise ValueError("a chunk of the PNG does not match its check sum")
        if name in _PNG_CHUNKS:
            kept.append(raw[at : body_ends + 4])
        is_animated = is_animated or name == _PNG_ANIMATION
        at = body_ends + 4
    width, height = struct.unpack_from(">II", kept[1], 8)
    return Header("PNG", width, height, is_animated, 1, b"".join(kept))


def _jpeg(raw: bytes) -> Header:
    """Read the segments of a JPEG up to its first scan (ITU T.81, B.1)."""
    kept = [raw[:2]]
    size = (0, 0)
    at = 2
    while True:
        start, marker = struct.unpack_from(">BB", raw, at)
        if start != 0xFF:
            raise ValueError("a segment of the JPEG does not begin with a marker")
        if marker == 0xFF:  # a filling byte before a marker
            at += 1
            continue
        if marker == _JPEG_SCAN:
            break
        (length,) = struct.unpack_from(">H", raw, at + 2)
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", raw, at + 5)
            size = (width, height)
        if marker not in _JPEG_METADATA:
            kept.append(raw[at : at + 2 + length])
        at += 2 + length
    kept.append(raw[at:])
    data = b"".join(kept)
    return Header("JPEG", *size, is_animated=False, scans=data.count(b"\xff\xda"), data=data)


def _webp(raw: bytes) -> Header:
    """Read the chunks of a WebP (RFC 9649, 2.3)."""
    (length,) = struct.unpack_from("<I", raw, 4)
    if length + 8 > len(raw):
        raise ValueError("the WebP ends early")
    data = raw[: length + 8]
    first = data[12:16]
    names = []
    at = 12
    while at + 8 <= len(data):
        name, length = struct.unpack_from("<4sI", data, at)
        names.append(name)
        at += 8 + length + length % 2
    if first == b"VP8X":
        width, height = (int.from_bytes(data[n : n + 3], "little") + 1 for n in (24, 27))
    elif first == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif first == b"VP8 ":
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", data, 26))
    else:
        raise ValueError("the WebP does not begin with a picture")
    is_animated = not _WEBP_ANIMATION.isdisjoint(names)
    return Header("WebP", width, height, is_animated, 1, data)
