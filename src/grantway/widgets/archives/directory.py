"""What a zip file says it holds, believed only where all its parts agree (S-129, S-131, S-133).

A zip file names everything twice: before each file, and in a directory at its
end. Programs differ in which they read, so an archive is refused in which the
two differ, or in which there is a byte that belongs to neither. Written after
PKWARE's APPNOTE.TXT 6.3.10; the numbers of sections are its.
"""

from __future__ import annotations

import struct
import zlib

import msgspec

from grantway.widgets.archives.errors import ArchiveRefused
from grantway.widgets.archives.model import ArchiveFault, Limits
from grantway.widgets.archives.names import problem_of, repeated, shown

STORED, DEFLATED = 0, 8

_END = struct.Struct("<4s4H2LH")  # 4.3.16
_CENTRAL = struct.Struct("<4s6H3L5H2L")  # 4.3.12
_LOCAL = struct.Struct("<4s5H3L2H")  # 4.3.7
_SIZES = struct.Struct("<3L")  # 4.3.9: check sum, packed size, unpacked size
_EXTRA = struct.Struct("<2H")  # 4.5.1
_DESCRIPTOR = b"PK\x07\x08"
_ZIP64_LOCATOR = b"PK\x06\x07"
_MOST_SHORT, _MOST_LONG = 0xFFFF, 0xFFFFFFFF

# 4.4.4: what a reader has to do otherwise: encryption in three forms, patches, masked headers.
_ENCRYPTED = 1 | 1 << 6 | 1 << 13
_PATCHED = 1 << 5
_HAS_DESCRIPTOR = 1 << 3
_IS_UTF8 = 1 << 11
# 4.5.2 and 4.6: parts that give a file other sizes, another name, or a cipher.
_ZIP64, _OTHER_NAME, _OTHER_COMMENT, _AES, _STRONG = 0x0001, 0x7075, 0x6375, 0x9901, 0x0017
# The kind of file that UNIX keeps beside its rights: none named, an ordinary file, a folder.
_KIND, _FILE, _FOLDER = 0xF000, 0x8000, 0x4000
# The attributes of Windows for devices and for links.
_WINDOWS_SPECIAL = 0x0040 | 0x0400
_MOST_FAULTS = 50
# Times, owners and the like take a hundred bytes; reading many parts of nothing would take long.
_MOST_EXTRA = 1024


class Entry(msgspec.Struct, frozen=True):
    """A file of the archive: its name, and where its packed bytes are."""

    name: str
    method: int
    check_sum: int
    packed: int
    unpacked: int
    begins: int

    @property
    def is_folder(self) -> bool:
        return self.name.endswith("/")


class _Listed(msgspec.Struct, frozen=True):
    """A row of the directory at the end."""

    raw_name: bytes
    name: str
    flags: int
    method: int
    check_sum: int
    packed: int
    unpacked: int
    kind: int
    attributes: int
    offset: int


def list_entries(raw: bytes, limits: Limits) -> list[Entry]:
    """Return what the zip file *raw* holds, in its directory's order. Raises ArchiveRefused."""
    begins, ends, count = _directory(raw)
    if count > limits.files:
        raise _refused("TOO_MANY_FILES", f"at most {limits.files:,} files expected, got {count:,}")
    listed = _listed(raw, begins, ends, count)
    faults = [
        ArchiveFault(code, shown(one.name), detail)
        for one in listed
        for code, detail in [_problem_of(one, limits)]
        if detail
    ]
    if not faults:
        faults = [
            ArchiveFault("REPEATED_NAME", shown(name), f"the same file as {shown(earlier)}")
            for name, earlier in repeated([one.name for one in listed])
        ]
    if faults:
        raise ArchiveRefused(faults[:_MOST_FAULTS])
    return _placed(raw, listed, begins)


def _directory(raw: bytes) -> tuple[int, int, int]:
    """Return where the directory begins and ends, and how many rows it has."""
    at = raw.rfind(b"PK\x05\x06", max(0, len(raw) - _END.size - _MOST_SHORT))
    if at < 0 or at + _END.size > len(raw):
        what = "a zip file expected" if not raw.startswith(b"PK") else "the zip file is cut off"
        raise _refused("NOT_A_ZIP", what)
    end = _END.unpack_from(raw, at)
    _, disk, first_disk, here, count, size, offset, comment = end
    if raw[at - 20 : at].startswith(_ZIP64_LOCATOR) or _MOST_SHORT in (here, count):
        raise _zip64()
    if _MOST_LONG in (size, offset):
        raise _zip64()
    if disk or first_disk or here != count:
        raise _refused("NOT_A_ZIP", "the zip file is one part of several")
    if at + _END.size + comment != len(raw):
        raise _refused("HIDDEN_DATA", "data follows the end of the zip file")
    if offset + size != at:
        raise _refused("HIDDEN_DATA", "there is data around the directory of the zip file")
    return offset, at, count


def _listed(raw: bytes, begins: int, ends: int, count: int) -> list[_Listed]:
    found = []
    at = begins
    for _ in range(count):
        if at + _CENTRAL.size > ends:
            raise _damaged()
        row = _CENTRAL.unpack_from(raw, at)
        signature, made_by, _, flags, method, _, _, check_sum, packed, unpacked = row[:10]
        name_size, extra_size, comment_size, disk, _, attributes, offset = row[10:]
        name_at = at + _CENTRAL.size
        extra_at = name_at + name_size
        at = extra_at + extra_size + comment_size
        if signature != b"PK\x01\x02" or at > ends or disk:
            raise _damaged()
        if _MOST_LONG in (packed, unpacked, offset):
            raise _zip64()
        raw_name = raw[name_at:extra_at]
        name = _decoded(raw_name, flags)
        _check_extra(raw[extra_at : extra_at + extra_size], name, raw_name)
        # Whatever system made it: 4.4.2 lets several of them keep the kind of UNIX there.
        kind = attributes >> 16 & _KIND
        low = attributes & _MOST_SHORT if made_by >> 8 in {0, 10, 14} else 0
        found.append(
            _Listed(raw_name, name, flags, method, check_sum, packed, unpacked, kind, low, offset)
        )
    if at != ends:
        raise _refused("HIDDEN_DATA", "the directory of the zip file has more than it counts")
    return found


def _decoded(raw_name: bytes, flags: int) -> str:
    """Return a name; one that is not ASCII has to say that it is UTF-8 (4.4.4, bit 11)."""
    try:
        return raw_name.decode("utf-8" if flags & _IS_UTF8 else "ascii")
    except UnicodeDecodeError:
        name = raw_name.decode("ascii", "backslashreplace")
        detail = "its name is neither ASCII nor marked as UTF-8"
        raise ArchiveRefused([ArchiveFault("UNSAFE_NAME", shown(name), detail)]) from None


def _check_extra(extra: bytes, name: str, raw_name: bytes) -> None:
    """Refuse additions to a row that some programs read and others do not (4.5)."""
    at = 0
    if len(extra) > _MOST_EXTRA:
        raise _damaged(name)
    while at < len(extra):
        if at + _EXTRA.size > len(extra):
            raise _damaged(name)
        kind, size = _EXTRA.unpack_from(extra, at)
        body = extra[at + _EXTRA.size : at + _EXTRA.size + size]
        at += _EXTRA.size + size
        if at > len(extra):
            raise _damaged(name)
        if kind == _ZIP64:
            raise _zip64(name)
        if kind in {_AES, _STRONG}:
            raise ArchiveRefused([_encrypted(name)])
        if kind in {_OTHER_NAME, _OTHER_COMMENT} and (kind, body[5:]) != (_OTHER_NAME, raw_name):
            detail = "it has another name beside its name"
            raise ArchiveRefused([ArchiveFault("TWO_NAMES", shown(name), detail)])


def _problem_of(one: _Listed, limits: Limits) -> tuple[str, str]:
    """Return code and words for what is wrong with a row; empty words when nothing is."""
    if problem := problem_of(one.name, limits.path):
        return "UNSAFE_NAME", problem
    if one.flags & _ENCRYPTED:
        return "ENCRYPTED", _encrypted(one.name).detail
    if one.method not in {STORED, DEFLATED} or one.flags & _PATCHED:
        return "COMPRESSION", f"stored or deflated expected, got method {one.method}"
    if one.kind not in {0, _FILE, _FOLDER} or one.attributes & _WINDOWS_SPECIAL:
        return "NOT_A_FILE", "an ordinary file expected, got a link or a device"
    is_folder = one.name.endswith("/")
    if (one.kind == _FOLDER) > is_folder or (one.kind == _FILE and is_folder):
        return "NOT_A_FILE", "its name and its kind disagree about whether it is a folder"
    if is_folder and one.unpacked:
        return "NOT_A_FILE", "a folder with content of its own"
    if one.unpacked > limits.file:
        return "FILE_TOO_LARGE", f"at most {limits.file:,} bytes expected, got {one.unpacked:,}"
    return "", ""


def _placed(raw: bytes, listed: list[_Listed], directory_begins: int) -> list[Entry]:
    """Return the entries whose bytes lie one after another, from the beginning to the directory."""
    found: dict[int, Entry] = {}
    ends = 0
    for number in sorted(range(len(listed)), key=lambda n: listed[n].offset):
        one = listed[number]
        if one.offset < ends:
            detail = "its bytes are those of another file as well"
            raise ArchiveRefused([ArchiveFault("OVERLAPPING", shown(one.name), detail)])
        if one.offset > ends:
            raise _refused("HIDDEN_DATA", f"there is data before {shown(one.name)}")
        begins = _after_local_header(raw, one, directory_begins)
        ends = begins + one.packed
        if one.flags & _HAS_DESCRIPTOR:
            ends += _descriptor(raw, one, ends, directory_begins)
        if ends > directory_begins:
            raise _damaged(one.name)
        found[number] = Entry(one.name, one.method, one.check_sum, one.packed, one.unpacked, begins)
    if ends != directory_begins:
        raise _refused("HIDDEN_DATA", "there is data between the files and their directory")
    return [found[number] for number in range(len(listed))]


def _after_local_header(raw: bytes, one: _Listed, most: int) -> int:
    """Return where the packed bytes begin; raise unless the header there says what the row says."""
    if one.offset + _LOCAL.size > most:
        raise _damaged(one.name)
    header = _LOCAL.unpack_from(raw, one.offset)
    signature, _, flags, method, _, _, check_sum, packed, unpacked, name_size, extra_size = header
    name_at = one.offset + _LOCAL.size
    extra_at = name_at + name_size
    begins: int = extra_at + extra_size
    if signature != b"PK\x03\x04" or begins > most:
        raise _damaged(one.name)
    if raw[name_at:extra_at] != one.raw_name:
        detail = "the zip file gives it two names"
        raise ArchiveRefused([ArchiveFault("TWO_NAMES", shown(one.name), detail)])
    if _MOST_LONG in (packed, unpacked):
        raise _zip64(one.name)
    _check_extra(raw[extra_at:begins], one.name, one.raw_name)
    sizes = (check_sum, packed, unpacked)
    real = (one.check_sum, one.packed, one.unpacked)
    later = bool(one.flags & _HAS_DESCRIPTOR)
    sizes_agree = sizes == real or (
        later and all(a in (0, b) for a, b in zip(sizes, real, strict=True))
    )
    # Bits 1 and 2 tell how hard the packer tried (4.4.4), and may differ.
    if (flags ^ one.flags) & ~0b110 or method != one.method or not sizes_agree:
        detail = "the zip file describes it in two ways that differ"
        raise ArchiveRefused([ArchiveFault("TWO_READINGS", shown(one.name), detail)])
    return begins


def _descriptor(raw: bytes, one: _Listed, at: int, most: int) -> int:
    """Return the length of what follows packed bytes whose sizes were not known before (4.3.9)."""
    expected = _SIZES.pack(one.check_sum, one.packed, one.unpacked)
    for whole in (_DESCRIPTOR + expected, expected):
        if raw.startswith(whole, at, most):
            return len(whole)
    detail = "the zip file describes it in two ways that differ"
    raise ArchiveRefused([ArchiveFault("TWO_READINGS", shown(one.name), detail)])


def unpack(raw: memoryview, entry: Entry, most: int) -> bytes | None:
    """Return what *entry* really holds; None when that is more than *most* bytes.

    Nothing beyond *most* is ever made, whatever the archive says of itself.
    Raises ArchiveRefused for bytes that are not what the archive says.
    """
    packed = raw[entry.begins : entry.begins + entry.packed]
    if entry.method == STORED:
        if len(packed) > most:
            return None
        content = bytes(packed)
    else:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            content = inflater.decompress(packed, most + 1)
        except zlib.error:
            raise _damaged(entry.name) from None
        if len(content) > most:
            return None
        if not inflater.eof or inflater.unused_data or inflater.unconsumed_tail:
            raise _damaged(entry.name)
    if len(content) != entry.unpacked or zlib.crc32(content) != entry.check_sum:
        raise _damaged(entry.name)
    return content


def _refused(code: str, detail: str) -> ArchiveRefused:
    return ArchiveRefused([ArchiveFault(code, "", detail)])


def _damaged(name: str = "") -> ArchiveRefused:
    detail = "its bytes are not what the zip file says" if name else "the zip file is damaged"
    return ArchiveRefused([ArchiveFault("DAMAGED", shown(name), detail)])


def _zip64(name: str = "") -> ArchiveRefused:
    detail = "written for files above 4 GB, which some programs read otherwise than others"
    return ArchiveRefused([ArchiveFault("ZIP64", shown(name), detail)])


def _encrypted(name: str) -> ArchiveFault:
    return ArchiveFault("ENCRYPTED", shown(name), "it is encrypted; nobody could check it")
