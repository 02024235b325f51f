"""Makes a picture of a file that anybody may have written (S-135).

Reading takes up to a second of processor time, so call it on a thread, and
never inside a transaction.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping

from PIL import Image, ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from grantway.pictures.errors import PictureRefused
from grantway.pictures.headers import Header, called, look
from grantway.pictures.model import FORMATS, KINDS, Kind, Picture

# Named here, so that no other of Pillow's decoders can be reached.
_DECODERS: Mapping[str, type[ImageFile.ImageFile]] = {
    "PNG": PngImageFile,
    "JPEG": JpegImageFile,
    "WebP": WebPImageFile,
}
# Encoders write ten or so. A file may have a hundred thousand empty ones, and each takes as long
# as a picture.
_MAX_SCANS = 100
_MARGIN = 10
# Of 255: what the blocks of a good JPEG carry from a drawing into the margin around it.
_TOLERANCE = 24


def read(raw: bytes, kind: str) -> Picture:
    """Draw anew what the file *raw* shows, as a PNG without metadata.

    The same pixels give the same bytes, whatever they came in. Pixels are taken
    as they are stored: an orientation or colour profile beside them is not
    followed. Memory is bounded by the size that the kind has, because a file
    that claims another one is never decoded. Raises PictureRefused.
    """
    asked = KINDS.get(kind)
    if asked is None:
        raise PictureRefused("kind", f"one of {', '.join(KINDS)}", "another one")
    if len(raw) > asked.most_bytes:
        most = f"at most {asked.most_bytes:,} bytes"
        raise PictureRefused(kind, most, f"{len(raw):,}")
    header = _looked(raw, kind, asked)
    try:
        drawn = _drawn(header)
    except Exception as error:  # decoders say anything of a hostile file, and it is no picture
        raise _damaged(kind, header.format, error) from error
    content = _encoded(drawn)
    return Picture(
        kind=kind,
        width=drawn.width,
        height=drawn.height,
        margin_is_plain=kind != "icon" or _margin_is_plain(drawn),
        hash=hashlib.sha256(content).hexdigest(),
        content=content,
    )


def _looked(raw: bytes, kind: str, asked: Kind) -> Header:
    """Return the header of a file that may be decoded."""
    try:
        header = look(raw)
    except Exception as error:  # as above: whatever is read past its end or misunderstood
        raise _damaged(kind, "picture", error) from error
    if header is None:
        raise PictureRefused(kind, f"a file of {', '.join(FORMATS)}", called(raw))
    if (header.width, header.height) != asked.size:
        raise PictureRefused(
            kind,
            f"{asked.width} x {asked.height} pixels",
            f"{header.width} x {header.height}",
        )
    if header.is_animated:
        raise PictureRefused(kind, "a still picture", "an animation")
    if header.scans > _MAX_SCANS:
        raise PictureRefused(kind, f"at most {_MAX_SCANS} scans in a JPEG", f"{header.scans:,}")
    return header


def _damaged(kind: str, name: str, error: Exception) -> PictureRefused:
    return PictureRefused(
        kind,
        f"a whole {name} file",
        "one that is cut off or damaged",
        why=f"{type(error).__name__}: {error}",
    )


def _drawn(header: Header) -> Image.Image:
    """Decode, into 8 bits of red, green and blue, and of alpha where something shines through."""
    with _DECODERS[header.format](io.BytesIO(header.data)) as file:
        if file.size != (header.width, header.height):
            raise ValueError(f"two sizes: {file.size} and {header.width}, {header.height}")
        file.load()
        # Sixteen bits of grey would be cut off instead of scaled.
        image = file.point(lambda grey: grey / 256, "L") if file.mode == "I;16" else file.copy()
    if image.has_transparency_data:
        image = image.convert("RGBA")
        if image.getchannel("A").getextrema() != (255, 255):
            return image
    return image.convert("RGB")


def _encoded(image: Image.Image) -> bytes:
    # Else the encoder would write what the file said beside its pixels.
    image.info = {}
    stored = io.BytesIO()
    image.save(stored, "PNG")
    return stored.getvalue()


def _margin_is_plain(image: Image.Image) -> bool:
    """Tell whether the outermost 10 pixels are of one colour, or let everything through (I2)."""
    right, below = image.width - _MARGIN, image.height - _MARGIN
    strips = [
        (0, 0, image.width, _MARGIN),
        (0, below, image.width, image.height),
        (0, 0, _MARGIN, image.height),
        (right, 0, image.width, image.height),
    ]
    # Multiplied by alpha, because the colour of what cannot be seen does not matter.
    seen = image.convert("RGBA").convert("RGBa")
    extrema = [seen.crop(strip).getextrema() for strip in strips]
    return all(
        max(high for _, high in band) - min(low for low, _ in band) <= _TOLERANCE
        for band in zip(*extrema, strict=True)
    )
