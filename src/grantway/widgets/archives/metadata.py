"""Takes out of pictures what nobody sees: places, names, programs, previews (S-135).

Nothing is drawn anew, so what a picture shows stays as it is, and so do
animation, colour profile and, of a photograph, which side is up. A picture that breaks off, or has
more parts than any encoder writes, is left alone, as are BMP and ICO, which
have no room for metadata.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator, Mapping

_PNG, _JPEG, _RIFF = b"\x89PNG\r\n\x1a\n", b"\xff\xd8", b"RIFF"
# PNG (third edition), 11.3: ancillary chunks that change what is seen.
_PNG_SEEN = frozenset(
    (
        *(b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV", b"cLLI"),
        *(b"bKGD", b"hIST", b"pHYs", b"sPLT", b"acTL", b"fcTL", b"fdAT"),
    )
)
_WEBP_SEEN = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"))
_WEBP_WITH_METADATA = 0x08 | 0x04  # flags of VP8X: Exif, XMP
_GIF_SEEN = (b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012")
# ITU T.81, B.1.1.3: what stands alone, application data, comments, the end, and a scan.
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_APPLICATION = range(0xE0, 0xF0)
_COMMENT, _END, _SCAN, _EXIF = 0xFE, 0xD9, 0xDA, 0xE1
_JPEG_SEEN: Mapping[int, bytes] = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
# Bytes of a part on an average: with smaller ones a file could be made to be read for seconds.
_LEAST_PART, _LEAST_BLOCK = 256, 32
_ORIENTATION = 0x0112
_TURNED = range(2, 9)


Part = bytes | memoryview  # a view, or a picture would be in memory three times


def bare(raw: bytes) -> bytes:
    """Return the picture *raw* without its metadata; anything else as it is."""
    for beginning, parts in _PARTS.items():
        if raw.startswith(beginning):
            try:
                return b"".join(parts(raw))
            except (struct.error, IndexError, ValueError):
                return raw
    return raw


def _png(raw: bytes) -> Iterator[Part]:
    """Yield the chunks up to the end; one in upper case is of those that nobody may leave out."""
    yield _PNG
    at = 8
    for _ in _bounded(raw, _LEAST_PART):
        length, name = struct.unpack_from(">I4s", raw, at)
        chunk = _within(raw, at, at + 12 + length)
        if name[:1].isupper() or name in _PNG_SEEN:
            yield chunk
        if name == b"IEND":
            return
        at += len(chunk)


def _webp(raw: bytes) -> Iterator[Part]:
    if raw[8:12] != b"WEBP":
        raise ValueError("another kind of RIFF")
    kept: list[Part] = []
    at, ends = 12, 8 + struct.unpack_from("<I", raw, 4)[0]
    for _ in _bounded(raw, _LEAST_PART):
        if at >= ends:
            break
        name, length = struct.unpack_from("<4sI", raw, at)
        chunk = _within(raw, at, at + 8 + length + length % 2)
        at += len(chunk)
        if name == b"VP8X":
            kept += [chunk[:8], bytes([chunk[8] & ~_WEBP_WITH_METADATA]), chunk[9:]]
        elif name in _WEBP_SEEN:
            kept.append(chunk)
    yield struct.pack("<4sI4s", _RIFF, 4 + sum(map(len, kept)), b"WEBP")
    yield from kept


def _gif(raw: bytes) -> Iterator[Part]:
    """Yield blocks up to the trailer (GIF89a, appendix A)."""
    at = 13 + _table(raw[10])
    yield _within(raw, 0, at)
    left = _bounded(raw, _LEAST_BLOCK)
    for _ in left:
        block, begins = raw[at], at
        if block == 0x3B:
            break
        label = raw[at + 1]
        if block == 0x21:
            at += 2
        elif block == 0x2C:
            at += 11 + _table(raw[at + 9])
        else:
            raise ValueError("no block of a GIF")
        while raw[at]:
            at += raw[at] + 1
            next(left)
        at += 1
        is_unseen = label == 0xFF and raw[begins + 3 : begins + 14] not in _GIF_SEEN
        if block == 0x2C or not (label == 0xFE or is_unseen):
            yield _within(raw, begins, at)
    yield b"\x3b"


def _table(flags: int) -> int:
    """Return the bytes of a table of colours."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _jpeg(raw: bytes) -> Iterator[Part]:
    """Yield segments and scans up to the end of the picture; previews may follow that."""
    yield _JPEG
    at = 2
    for _ in _bounded(raw, _LEAST_PART):
        start, marker = raw[at], raw[at + 1]
        if start != 0xFF:
            raise ValueError("no marker")
        if marker == _END:
            break
        if marker == 0xFF:  # a filling byte
            at += 1
            continue
        if marker in _ALONE:
            yield _within(raw, at, at + 2)
            at += 2
            continue
        segment = _within(raw, at, at + 2 + struct.unpack_from(">H", raw, at + 2)[0])
        at += len(segment)
        yield _seen(marker, segment.tobytes())
        if marker == _SCAN:
            following = _AFTER_SCAN.search(raw, at)
            if following is None:
                raise ValueError("no end")
            yield _within(raw, at, following.start())
            at = following.start()
    yield b"\xff\xd9"


def _seen(marker: int, segment: bytes) -> bytes:
    """Return what of a segment is seen; of Exif that is which side is up."""
    if marker == _EXIF:
        turned = _orientation(segment[10:]) if segment[4:10] == b"Exif\0\0" else 0
        return _turned(turned) if turned in _TURNED else b""
    if marker == _COMMENT:
        return b""
    if marker in _APPLICATION:
        begins = _JPEG_SEEN.get(marker)
        return segment if begins and segment.startswith(begins, 4) else b""
    return segment


def _orientation(tiff: bytes) -> int:
    """Return the orientation that the first directory of *tiff* says (TIFF 6.0, 2); 0 without."""
    order = "<" if tiff.startswith(b"II") else ">"
    try:
        (at,) = struct.unpack_from(f"{order}I", tiff, 4)
        (entries,) = struct.unpack_from(f"{order}H", tiff, at)
        for n in range(entries):
            tag, value = struct.unpack_from(f"{order}H6xH", tiff, at + 2 + 12 * n)
            if tag == _ORIENTATION:
                return int(value)
    except struct.error:
        pass
    return 0


def _turned(orientation: int) -> bytes:
    """Return an Exif segment that says nothing but which side is up."""
    tiff = struct.pack(">2sHIHHHIHxxI", b"MM", 42, 8, 1, _ORIENTATION, 3, 1, orientation, 0)
    return struct.pack(">BBH", 0xFF, _EXIF, 8 + len(tiff)) + b"Exif\0\0" + tiff


def _bounded(raw: bytes, least: int) -> Iterator[int]:
    yield from range(64 + len(raw) // least)
    raise ValueError("more parts than an encoder writes")


def _within(raw: bytes, begins: int, ends: int) -> memoryview:
    if ends > len(raw):
        raise ValueError("the picture breaks off")
    return memoryview(raw)[begins:ends]


_PARTS: Mapping[bytes, Callable[[bytes], Iterator[Part]]] = {
    _PNG: _png,
    _JPEG: _jpeg,
    _RIFF: _webp,
    b"GIF8": _gif,
}
