"""Pictures of archives without what nobody sees, and otherwise as they were (S-135)."""

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from grantway.widgets.archives.metadata import bare
from grantway.widgets.archives.pictures import look
from tests.picture_files import chunk, drawing, file_of, photograph, pixels

NAMES = ["a.png", "a.jpg", "a.webp", "a.gif"]
FRAMES = [drawing((64, 48)).rotate(angle) for angle in (90, 180)]


def opened(raw: bytes) -> Image.Image:
    return Image.open(io.BytesIO(raw))


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
def test_pictures_that_move_go_on_moving(kind: str) -> None:
    moving = file_of(drawing((64, 48)), kind, save_all=True, append_images=FRAMES, duration=90)

    assert bare(moving) == moving
    assert getattr(opened(bare(moving)), "n_frames", 1) == 3


@pytest.mark.parametrize(("sent", "kept"), [(6, 6), (1, None), (0, None), (9, None)])
@pytest.mark.parametrize("options", [{}, {"progressive": True}])
def test_a_photograph_stands_as_it_stood(sent: int, kept: int, options: dict[str, Any]) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = sent, "Anna's house"
    raw = file_of(drawing((64, 48)), "JPEG", exif=exif, icc_profile=b"colours", **options)
    found = bare(raw + b"a preview of Anna's house")

    assert b"Anna" not in found
    assert opened(found).getexif().get(0x0112) == kept
    assert opened(found).info["icc_profile"] == b"colours"
    assert pixels(found) == pixels(raw)
    assert bare(found) == found


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_whatever_is_in_a_file_it_is_read_or_left_alone(name: str, data: Any) -> None:
    """Some bytes are others, and it may break off."""
    raw = bytearray(photograph(name))
    for at in data.draw(st.lists(st.integers(0, len(raw) - 1), max_size=4)):
        raw[at] = data.draw(st.integers(0, 255))
    sent = bytes(raw[: data.draw(st.integers(0, len(raw)))])
    look(sent)

    assert len(bare(sent)) <= len(sent)


@pytest.mark.parametrize(
    "raw",
    [
        b"\x89PNG\r\n\x1a\n" + chunk(b"tEXt", b"") * 10_000,
        b"\xff\xd8" + b"\xff\x01" * 10_000,
        b"GIF89a" + bytes(7) + b"\x21\xfe" + b"\1a" * 10_000 + b"\0\x3b",
        b"RIFF\xff\xff\0\0WEBP" + b"EXIF\0\0\0\0" * 10_000,
        b"RIFF\xff\xff\0\0WAVE" + bytes(100),
    ],
)
def test_what_would_take_long_is_left_alone(raw: bytes) -> None:
    assert bare(raw) == raw
