"""Archives of widgets as people pack them, honest and hostile; written byte by byte."""

import json
import struct
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from grantway.widgets.archives.reading import LOGOS
from tests.picture_files import chunk

UTF8 = 1 << 11
LATER = 1 << 3
UNIX = 3
FILE, LINK, DEVICE, FOLDER = 0o100644, 0o120777, 0o060644, 0o040755

MANIFEST: dict[str, Any] = {
    "widget": {
        "name": "widget.name",
        "description": "widget.description",
        "short_description": "widget.short_description",
        "version": "1.0.0",
        "interface_version": 2,
        "init_once": False,
        "locale": ["en"],
        "installation": True,
        "support": {"link": "https://parcel.example/help", "email": "help@parcel.example"},
    },
    "locations": ["lcard-1", "settings"],
    "settings": {"depot": {"name": "settings.depot", "type": "text", "required": True}},
}
TEXTS = {
    "widget": {
        "name": "Parcel tracker",
        "description": "Shows where each parcel is.",
        "short_description": "Where each parcel is",
    },
    "settings": {"depot": "Depot"},
}
SCRIPT = b"""define(['jquery'], function ($) {
  return function ParcelWidget() {
    this.callbacks = {render: function () { return true; }};
  };
});
"""


def png(width: int, height: int) -> bytes:
    """Return a white PNG of this size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\xff" * width) * height)
    parts = ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(name, body) for name, body in parts)


def written(document: object) -> bytes:
    return json.dumps(document, indent=2).encode()


def manifest(**changes: Any) -> bytes:
    """Return an honest manifest with other top-level members."""
    return written(MANIFEST | changes)


def manifest_widget(**changes: Any) -> bytes:
    """Return an honest manifest with other members of `widget`."""
    return manifest(widget=MANIFEST["widget"] | changes)


def widget_files(changes: Mapping[str, bytes | None] | None = None) -> dict[str, bytes]:
    """Return the files of an honest widget, with others in place of some; None takes one out."""
    files: dict[str, bytes | None] = {
        "manifest.json": manifest(),
        "script.js": SCRIPT,
        "i18n/en.json": written(TEXTS),
        "style.css": b".parcel-head { color: #333; }\n",
        **{f"images/{name}.png": png(*size) for name, size in LOGOS.items()},
    }
    files |= changes or {}
    return {path: content for path, content in files.items() if content is not None}


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of a zip file. What is None is as an honest packer writes it.

    *local* stands before the bytes where it differs from the directory.
    """

    name: str | bytes
    content: bytes = b""
    method: int = 8
    flags: int = UTF8
    system: int = UNIX
    mode: int = FILE
    extra: bytes = b""
    packed: bytes | None = None
    claims: int | None = None
    claims_packed: int | None = None
    check_sum: int | None = None
    before: bytes = b""
    at: int | None = None
    has_signature: bool = True
    descriptor: bytes | None = None
    attributes: int = 0
    local: Mapping[str, Any] = {}

    @property
    def raw_name(self) -> bytes:
        return self.name if isinstance(self.name, bytes) else self.name.encode()

    @property
    def bytes_packed(self) -> bytes:
        if self.packed is not None:
            return self.packed
        return deflated(self.content) if self.method == 8 else self.content

    @property
    def sizes(self) -> tuple[int, int, int]:
        check_sum = zlib.crc32(self.content) if self.check_sum is None else self.check_sum
        packed = len(self.bytes_packed) if self.claims_packed is None else self.claims_packed
        return check_sum, packed, len(self.content) if self.claims is None else self.claims


def deflated(content: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


def members(files: Mapping[str, bytes]) -> list[Member]:
    return [Member(name=path, content=content) for path, content in files.items()]


def zipped(
    entries: Iterable[Member],
    *,
    comment: bytes = b"",
    before: bytes = b"",
    between: bytes = b"",
    around: bytes = b"",
    after: bytes = b"",
    count: int | None = None,
    zip64: bool = False,
    disk: int = 0,
) -> bytes:
    """Pack *entries*. *before*, *between*, *around* and *after* are bytes that belong to nobody."""
    made = bytearray(before)
    rows = []
    listed = list(entries)
    for one in listed:
        made += one.before
        offset = len(made) if one.at is None else one.at
        rows.append(_row(one, offset))
        if one.at is None:
            made += _with_header(one)
    made += between
    begins = len(made)
    made += b"".join(rows)
    size = len(made) - begins
    made += around
    number = len(listed) if count is None else count
    if zip64:
        made += struct.pack(
            "<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, number, number, size, begins
        )
        made += struct.pack("<4sLQL", b"PK\x06\x07", 0, begins + size, 1)
    made += struct.pack(
        "<4s4H2LH", b"PK\x05\x06", disk, disk, number, number, size, begins, len(comment)
    )
    return bytes(made) + comment + after


def widget_zip(changes: Mapping[str, bytes | None] | None = None) -> bytes:
    """Return the archive of an honest widget, with other files in place of some."""
    return zipped(members(widget_files(changes)))


def with_member(member: Member) -> bytes:
    """Return the archive of an honest widget and one more entry."""
    return zipped([*members(widget_files()), member])


def _row(one: Member, offset: int) -> bytes:
    head = struct.pack(
        "<4s6H3L5H2L",
        b"PK\x01\x02",
        one.system << 8 | 20,
        20,
        one.flags,
        one.method,
        0,
        33,
        *one.sizes,
        len(one.raw_name),
        len(one.extra),
        0,
        0,
        0,
        one.mode << 16 | one.attributes,
        offset,
    )
    return head + one.raw_name + one.extra


def _with_header(one: Member) -> bytes:
    said = msgspec.structs.replace(one, **one.local)
    sizes = said.sizes
    if one.flags & LATER and not one.local:
        sizes = (0, 0, 0)
    head = struct.pack(
        "<4s5H3L2H",
        b"PK\x03\x04",
        20,
        said.flags,
        said.method,
        0,
        33,
        *sizes,
        len(said.raw_name),
        len(said.extra),
    )
    made = head + said.raw_name + said.extra + one.bytes_packed
    if one.flags & LATER:
        signature = b"PK\x07\x08" if one.has_signature else b""
        made += (
            signature + struct.pack("<3L", *one.sizes) if one.descriptor is None else one.descriptor
        )
    return made
