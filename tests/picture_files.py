"""Files of pictures as people send them, honest and hostile."""

import io
import struct
import zlib
from typing import Any

from PIL import Image

from grantway.pictures.model import KINDS

ICON, LOGO, SLIDE = (KINDS[kind].size for kind in ("icon", "logo", "slide"))


def drawing(size: tuple[int, int] = ICON, mode: str = "RGB") -> Image.Image:
    """Return a red field with a blue one in its middle, far from the margin."""
    image = Image.new("RGB", size, (200, 30, 30))
    width, height = size
    image.paste((20, 40, 220), (width // 3, height // 3, width // 2, height // 2))
    return image.convert(mode)


def file_of(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    stored = io.BytesIO()
    image.save(stored, kind, **options)
    return stored.getvalue()


def picture_file(kind: str = "icon", *, shade: int = 0) -> bytes:
    """Return an honest file for *kind*; another one for each *shade*."""
    image = drawing(KINDS[kind].size)
    image.putpixel((60, 60), (shade % 256, shade // 256, 7))
    return file_of(image)


def chunk(name: bytes, body: bytes) -> bytes:
    """Return a chunk of a PNG with its check sum."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def with_chunk(png: bytes, name: bytes, body: bytes) -> bytes:
    """Return a PNG with one more chunk, after its first."""
    first_ends = 8 + 12 + 13
    return png[:first_ends] + chunk(name, body) + png[first_ends:]


def claiming(png: bytes, size: tuple[int, int]) -> bytes:
    """Return a PNG whose header claims another size, and proves it by a check sum."""
    header = struct.pack(">II", *size) + png[24:29]
    return png[:8] + chunk(b"IHDR", header) + png[33:]


def with_scans(count: int, size: tuple[int, int] = ICON) -> bytes:
    """Return a progressive JPEG whose last scan comes *count* times more."""
    whole = file_of(Image.new("RGB", size), "JPEG", progressive=True)
    scan = whole[whole.rindex(b"\xff\xda") : -2]
    return whole[:-2] + scan * count + whole[-2:]


def webp_canvas(size: tuple[int, int]) -> bytes:
    """Return an extended WebP that claims a canvas of *size* and shows one small picture."""
    small = file_of(drawing(LOGO), "WEBP", lossless=True)[12:]
    sides = b"".join((side - 1).to_bytes(3, "little") for side in size)
    body = b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + sides + small
    return b"RIFF" + struct.pack("<I", len(body)) + body
