"""Files that were made to hurt: nothing but PictureRefused, little memory, little time."""

import subprocess
import sys
import zlib
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from grantway.pictures.errors import PictureRefused
from grantway.pictures.model import KINDS, Picture
from grantway.pictures.reading import read
from tests.picture_files import (
    LOGO,
    SLIDE,
    chunk,
    claiming,
    drawing,
    file_of,
    picture_file,
    webp_canvas,
    with_chunk,
    with_scans,
)

WHOLE = {
    "PNG": file_of(drawing(LOGO)),
    "PNG with a palette": file_of(drawing(LOGO, "P"), transparency=1),
    "JPEG": file_of(drawing(LOGO), "JPEG"),
    "progressive JPEG": file_of(drawing(LOGO), "JPEG", progressive=True),
    "WebP": file_of(drawing(LOGO), "WEBP"),
    "lossless WebP": file_of(drawing(LOGO), "WEBP", lossless=True),
    "extended WebP": file_of(drawing(LOGO), "WEBP", xmp=b"told beside it"),
}
# Beyond what Python and the decoders need by themselves.
MOST_MEMORY_KIB = 60_000
MOST_SECONDS = 2  # as for an archive (S-132); most take a tenth of it


def outcome(raw: bytes, kind: str = "logo") -> Picture | None:
    try:
        return read(raw, kind)
    except PictureRefused:
        return None


@given(st.sampled_from(sorted(WHOLE)), st.data())
@settings(max_examples=100, deadline=None)
def test_a_part_of_a_file_is_refused_or_read(name: str, data: st.DataObject) -> None:
    whole = WHOLE[name]
    length = data.draw(st.integers(0, len(whole) - 1))

    outcome(whole[:length])
    assert outcome(whole) is not None


@given(
    st.sampled_from(sorted(WHOLE)),
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=8),
)
@settings(max_examples=300, deadline=None)
def test_a_changed_file_is_refused_or_read(name: str, changes: list[tuple[int, int]]) -> None:
    changed = bytearray(WHOLE[name])
    for at, byte in changes:
        changed[at % len(changed)] = byte
    made = outcome(bytes(changed))

    if made is not None:
        assert (made.width, made.height) == LOGO


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_a_png_with_sound_check_sums_is_refused_or_read(data: st.DataObject) -> None:
    """Past the check sums: any header, palette and stream of pixels."""
    names = st.sampled_from([b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"acTL", b"fcTL", b"IEND"])
    streams = st.binary(max_size=400).map(zlib.compress) | st.binary(max_size=40)
    header = LOGO[0].to_bytes(4) + LOGO[1].to_bytes(4) + data.draw(st.binary(max_size=5))
    chunks = data.draw(st.lists(st.tuples(names, streams), max_size=4))
    body = b"".join(chunk(name, stream) for name, stream in chunks)

    outcome(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + body + chunk(b"IEND", b""))


@given(st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF"]), st.binary())
@settings(max_examples=100, deadline=None)
def test_anything_is_refused(start: bytes, rest: bytes) -> None:
    assert outcome(start + rest) is None


def zeros(megabytes: int) -> bytes:
    """Return so much of nothing, compressed a thousand times."""
    packing = zlib.compressobj(9)
    start = packing.compress(bytes(1_000_000)) + packing.flush(zlib.Z_FULL_FLUSH)
    # After such a flush the same comes out for the same, so it need not be compressed again.
    again = packing.compress(bytes(1_000_000)) + packing.flush(zlib.Z_FULL_FLUSH)
    return start + again * (megabytes - 1) + packing.flush()


_WIDE = (40_000).to_bytes(4) * 2 + bytes([8, 2, 0, 0, 0])


def bombs() -> dict[str, bytes]:
    """Return files that unpack to gigabytes, each small enough to be looked at."""
    slide = picture_file("slide")
    empty = chunk(b"IDAT", b"")
    stream = zeros(1500)
    return {
        "a PNG that claims a billion pixels": claiming(slide, (40_000, 40_000)),
        "a PNG that claims them in a second header": with_chunk(slide, b"IHDR", _WIDE),
        "a PNG whose pixels never end": slide[:33] + chunk(b"IDAT", stream) + chunk(b"IEND", b""),
        "a PNG with a text of a gigabyte": with_chunk(slide, b"zTXt", b"a\0\0" + stream),
        "a PNG with a profile of a gigabyte": with_chunk(slide, b"iCCP", b"a\0\0" + stream),
        "a PNG in a hundred thousand parts": slide[:-12] + empty * 150_000 + slide[-12:],
        "a JPEG that claims four billion pixels": _jpeg_of(65_500),
        "a JPEG with forty thousand scans": with_scans(40_000, SLIDE),
        "a JPEG that begins and begins": b"\xff\xd8" + b"\xff" * 2_000_000,
        "a WebP that claims a huge canvas": webp_canvas((16_383, 10_000)),
        "a WebP with a canvas around nothing": webp_canvas(SLIDE),
    }


def _jpeg_of(side: int) -> bytes:
    small = file_of(drawing(LOGO), "JPEG")
    at = small.index(b"\xff\xc0") + 5
    return small[:at] + side.to_bytes(2) * 2 + small[at + 4 :]


_MEASURE = """
import resource, sys, time
from pathlib import Path
from grantway.pictures.errors import PictureRefused
from grantway.pictures.reading import read

def used():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_maxrss, usage.ru_utime + usage.ru_stime

def measure(path):
    raw = path.read_bytes()
    _, began = used()
    try:
        read(raw, "slide")
    except PictureRefused:
        pass
    most, ended = used()
    return most, ended - began

honest, *hostile = sorted(Path(sys.argv[1]).iterdir())
before, _ = measure(honest)
for path in hostile:
    most, seconds = measure(path)
    print(most - before, seconds, path.name)
"""


def test_a_bomb_takes_no_more_memory_and_time_than_a_picture(tmp_path: Path) -> None:
    """Measured by the operating system, because decoders do not ask Python for their memory."""
    (tmp_path / "0 honest").write_bytes(picture_file("slide"))
    for name, raw in bombs().items():
        assert len(raw) < KINDS["slide"].most_bytes, name
        (tmp_path / name).write_bytes(raw)
    measured = subprocess.run(
        [sys.executable, "-c", _MEASURE, str(tmp_path)], capture_output=True, text=True, check=True
    )
    lines = [line.split(maxsplit=2) for line in measured.stdout.splitlines()]

    assert len(lines) == len(bombs())
    assert [name for memory, _, name in lines if int(memory) > MOST_MEMORY_KIB] == []
    assert [name for _, seconds, name in lines if float(seconds) > MOST_SECONDS] == []
