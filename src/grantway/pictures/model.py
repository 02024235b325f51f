"""Kinds of pictures, and what is known of one. Contract: widgets-and-marketplace.md 6.2, 6.8."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

FORMATS = ("PNG", "JPEG", "WebP")
"""What may come. What is stored is always PNG."""
STORED_AS = "image/png"

_MIB = 1024 * 1024


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """What a picture is for: its size in pixels, and how many bytes a file may have."""

    width: int
    height: int
    most_bytes: int

    @property
    def size(self) -> tuple[int, int]:
        return (self.width, self.height)


KINDS: Mapping[str, Kind] = {
    # 2 MiB hold any picture of these sizes whose maker compressed it at all.
    "icon": Kind(width=400, height=272, most_bytes=2 * _MIB),
    "logo": Kind(width=108, height=108, most_bytes=2 * _MIB),
    "slide": Kind(width=1188, height=616, most_bytes=2 * _MIB),
}


class PictureFacts(msgspec.Struct, frozen=True):
    """What is known of a stored picture: its type, pixels, and *size* in bytes.

    *margin_is_plain*: the ten outermost pixels on each side have one colour.
    """

    kind: str
    width: int
    height: int
    margin_is_plain: bool = True
    size: int = 0


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """A picture drawn anew: *content* is a PNG file of ours, and *hash* names it.

    *margin_is_plain* says so of an icon (rule I2); other kinds are not asked.
    """

    kind: str
    width: int
    height: int
    margin_is_plain: bool
    hash: str
    content: bytes
