"""Files of pictures as people send them, honest and hostile."""

import io
import struct
import zlib
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

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


def lossless_webp(width: int, height: int) -> bytes:
    """Return the header of a lossless WebP that claims this size."""
    sides = struct.pack("<I", (width - 1) | (height - 1) << 14)
    return b"RIFF" + struct.pack("<I", 21) + b"WEBPVP8L" + struct.pack("<I", 5) + b"\x2f" + sides


def lossy_webp(width: int, height: int) -> bytes:
    """Return the header of a lossy WebP that claims this size."""
    frame = bytes(3) + b"\x9d\x01\x2a" + struct.pack("<HH", width, height)
    return b"RIFF" + struct.pack("<I", 22) + b"WEBPVP8 " + struct.pack("<I", 10) + frame


def bitmap(width: int, height: int, *, old: bool = False) -> bytes:
    """Return the headers of a BMP that claims this size, by what Windows or OS/2 wrote."""
    sides = struct.pack("<IHH" if old else "<Iii", 12 if old else 40, width, height)
    return b"BM" + bytes(12) + sides + bytes(28)


def icon(*pictures: bytes) -> bytes:
    """Return an ICO whose list says that all *pictures* are small."""
    listed, at = b"", 6 + 16 * len(pictures)
    for one in pictures:
        listed += struct.pack("<4B2H2I", 16, 16, 0, 0, 1, 32, len(one), at)
        at += len(one)
    return struct.pack("<HHH", 0, 1, len(pictures)) + listed + b"".join(pictures)


def pixels(raw: bytes) -> bytes:
    """Return what a file shows."""
    return Image.open(io.BytesIO(raw)).convert("RGB").tobytes()


def photograph(name: str) -> bytes:
    """Return a picture by the ending of *name*, with words that nobody sees."""
    words = "Anna's house"
    image, kind = drawing((64, 48)), name.rpartition(".")[2].upper().replace("JPG", "JPEG")
    if kind == "GIF":
        image = image.convert("P")
    exif = Image.Exif()
    exif[0x010E] = words
    told = PngInfo()
    told.add_text("Comment", words)
    told.add_itxt("XML:com.adobe.xmp", words)
    unseen: dict[str, dict[str, Any]] = {
        "PNG": {"pnginfo": told, "exif": exif},
        "JPEG": {"exif": exif, "comment": words, "xmp": words.encode()},
        "WEBP": {"exif": exif, "xmp": words.encode()},
        "GIF": {"comment": words},
    }
    return file_of(image, kind, **unseen[kind])
