import hashlib
import io
import random
import zlib

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from grantway.pictures.errors import PictureRefused
from grantway.pictures.model import KINDS
from grantway.pictures.reading import read
from tests.picture_files import (
    ICON,
    LOGO,
    SLIDE,
    chunk,
    claiming,
    drawing,
    file_of,
    picture_file,
    with_chunk,
    with_scans,
)


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content), formats=["PNG"])


def refusal(raw: bytes, kind: str = "icon") -> tuple[str, str, str]:
    with pytest.raises(PictureRefused) as refused:
        read(raw, kind)
    error = refused.value
    assert error.detail == f"{error.field}: expected {error.expected}, and {error.came} came"
    return error.field, error.expected, error.came


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_each_kind_is_read_in_each_format_and_becomes_a_png(kind: str, form: str) -> None:
    picture = read(file_of(drawing(KINDS[kind].size), form), kind)
    shown = opened(picture.content)

    assert (picture.kind, picture.width, picture.height) == (kind, *KINDS[kind].size)
    assert (shown.size, shown.mode) == (KINDS[kind].size, "RGB")
    assert picture.hash == hashlib.sha256(picture.content).hexdigest()


@pytest.mark.parametrize("kind", ["icon", "logo", "slide"])
def test_only_the_exact_size_will_do(kind: str) -> None:
    width, height = KINDS[kind].size
    for size in [(width + 1, height), (width, height - 1), (height, width * 2), (1, 1)]:
        expected, came = f"{width} x {height} pixels", f"{size[0]} x {size[1]}"
        for form in ["PNG", "JPEG", "WEBP"]:
            assert refusal(file_of(drawing(size), form), kind) == (kind, expected, came)

    assert read(file_of(drawing((width, height))), kind).width == width


@pytest.mark.parametrize(
    ("lossless", "mode"), [(True, "RGB"), (False, "RGB"), (False, "RGBA"), (True, "RGBA")]
)
def test_every_kind_of_webp_tells_its_size(lossless: bool, mode: str) -> None:  # noqa: FBT001 - a case
    image = drawing(LOGO, mode)
    if mode == "RGBA":
        image.putpixel((50, 50), (0, 0, 0, 0))

    assert read(file_of(image, "WEBP", lossless=lossless), "logo").width == 108
    assert refusal(file_of(image, "WEBP", lossless=lossless), "icon")[2] == "108 x 108"


def test_a_kind_that_there_is_not_is_refused() -> None:
    assert refusal(picture_file(), "banner") == ("kind", "one of icon, logo, slide", "another one")


@pytest.mark.parametrize(
    ("raw", "came"),
    [
        (b"", "an empty file"),
        (b"hello", "something else"),
        (file_of(drawing(), "GIF"), "a GIF file"),
        (file_of(drawing(), "BMP"), "a BMP file"),
        (file_of(drawing(), "TIFF"), "a TIFF file"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "an SVG or HTML file"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>', "an SVG or HTML file"),
        (b"%PDF-1.7", "a PDF file"),
        (b"\0\0\0\x20ftypavif", "an AVIF, HEIC or video file"),
        (b"RIFF\0\0\0\0WAVEfmt ", "something else"),
    ],
)
def test_other_formats_are_refused_by_name(raw: bytes, came: str) -> None:
    assert refusal(raw) == ("icon", "a file of PNG, JPEG, WebP", came)


def test_a_file_may_be_so_long_and_no_longer() -> None:
    honest = picture_file()
    most = KINDS["icon"].most_bytes
    # What follows the picture is left out.
    assert read(honest + bytes(most - len(honest)), "icon").content == read(honest, "icon").content

    assert refusal(honest + bytes(most - len(honest) + 1)) == (
        "icon",
        "at most 2,097,152 bytes",
        "2,097,153",
    )


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_an_animation_is_refused_and_a_still_picture_of_it_is_not(form: str) -> None:
    frames = [drawing(), Image.new("RGB", ICON)]
    moving = file_of(frames[0], form, save_all=True, append_images=frames[1:], duration=100)

    assert refusal(moving) == ("icon", "a still picture", "an animation")
    assert read(file_of(frames[0], form, save_all=True), "icon").width == 400


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_a_file_that_is_cut_off_is_refused_and_the_whole_one_is_not(form: str) -> None:
    whole = file_of(drawing(), form)
    for part in (13, 20, 30, len(whole) // 2, len(whole) - 20):
        assert refusal(whole[:part])[2] == "one that is cut off or damaged"

    assert read(whole, "icon").height == 272


def test_a_chunk_that_does_not_match_its_check_sum_is_refused() -> None:
    whole = bytearray(picture_file())
    whole[-30] ^= 1

    assert refusal(bytes(whole))[1:] == ("a whole picture file", "one that is cut off or damaged")


def test_a_header_that_lies_about_the_size_is_refused() -> None:
    assert refusal(claiming(file_of(drawing(LOGO)), ICON))[1] == "a whole PNG file"


def test_a_png_with_two_sizes_is_refused() -> None:
    wide = file_of(drawing((500, 500)))
    header = b"".join(side.to_bytes(4) for side in ICON) + wide[24:29]
    two = wide[:8] + chunk(b"IHDR", header) + wide[8:]

    assert refusal(two)[1] == "a whole PNG file"


def test_a_jpeg_with_two_sizes_is_refused() -> None:
    small, wide = (file_of(drawing(size), "JPEG") for size in (LOGO, ICON))
    at, other_at = small.index(b"\xff\xc0"), wide.index(b"\xff\xc0")
    two = small[: at + 19] + wide[other_at : other_at + 19] + small[at + 19 :]

    assert refusal(two)[1] == "a whole JPEG file"


def test_a_jpeg_has_so_many_scans_and_no_more() -> None:
    usual = with_scans(0).count(b"\xff\xda")

    assert read(with_scans(100 - usual), "icon").width == 400
    assert refusal(with_scans(5000)) == (
        "icon",
        "at most 100 scans in a JPEG",
        f"{5000 + usual:,}",
    )


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_the_same_pixels_give_the_same_bytes(mode: str) -> None:
    """Whatever they came in: shades, a palette, with an alpha that lets nothing through."""
    grey = Image.new("L", ICON, 255)
    grey.paste(0, (100, 100, 200, 200))
    if mode != "1":
        grey.paste(100, (200, 100, 300, 200))
    same = grey.convert(mode)
    if mode == "I;16":
        same = Image.new("I;16", ICON, 65535)
        same.paste(0, (100, 100, 200, 200))
        same.paste(100 * 257, (200, 100, 300, 200))

    assert read(file_of(same), "icon") == read(file_of(grey.convert("RGB")), "icon")


def test_other_pixels_give_other_bytes() -> None:
    hashes = {read(picture_file(shade=shade), "icon").hash for shade in range(5)}

    assert len(hashes) == 5


def test_colours_of_print_are_read() -> None:
    shown = opened(read(file_of(drawing(mode="CMYK"), "JPEG"), "icon").content)

    assert shown.mode == "RGB"


@pytest.mark.parametrize("mode", ["RGBA", "P"])
def test_what_shines_through_still_does(mode: str) -> None:
    image = drawing(mode="RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 50, 50))
    shown = opened(read(file_of(image.convert(mode)), "icon").content)

    assert shown.mode == "RGBA"
    assert shown.getpixel((10, 10)) == (0, 0, 0, 0)


def test_nothing_but_pixels_is_kept() -> None:
    """No texts, positions, profiles or thumbnails, nor what is hidden behind the picture."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exif = Image.Exif()
    exif[0x010E] = "WHERE IT WAS TAKEN"
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", "WHERE IT WAS TAKEN", zip=True)
    image = drawing()
    bare = {form: read(file_of(image, form), "icon").content for form in ("PNG", "JPEG", "WEBP")}
    full = {
        "PNG": file_of(image, pnginfo=texts, icc_profile=profile, exif=exif, dpi=(72, 72)),
        "JPEG": file_of(image, "JPEG", icc_profile=profile, exif=exif, comment=b"WHERE IT WAS"),
        "WEBP": file_of(image, "WEBP", icc_profile=profile, exif=exif, xmp=b"WHERE IT WAS"),
    }
    for form, raw in full.items():
        assert len(raw) > len(file_of(image, form)) + 100
        assert read(raw + b"<script>", "icon").content == bare[form]

    names = {bare["PNG"][at - 4 : at] for at in (16, 41)}
    assert names == {b"IHDR", b"IDAT"}


def test_broken_metadata_beside_a_sound_picture_does_not_matter() -> None:
    exif = with_chunk(picture_file(), b"eXIf", b"not of this kind")
    profile = with_chunk(exif, b"iCCP", b"none\0\0neither")
    text = with_chunk(profile, b"zTXt", b"too long\0\0" + zlib.compress(bytes(5_000_000)))

    assert read(text, "icon") == read(picture_file(), "icon")


def test_a_plain_margin_is_seen() -> None:
    assert read(picture_file(), "icon").margin_is_plain
    assert read(file_of(Image.new("RGBA", ICON)), "icon").margin_is_plain


@pytest.mark.parametrize("spot", [(0, 0), (399, 271), (9, 100), (200, 9), (390, 100), (200, 262)])
def test_something_in_the_margin_is_seen(spot: tuple[int, int]) -> None:
    image = drawing()
    image.putpixel(spot, (250, 250, 250))

    assert not read(file_of(image), "icon").margin_is_plain


@pytest.mark.parametrize("spot", [(10, 100), (200, 10), (389, 100), (200, 261)])
def test_what_stands_beside_the_margin_is_not_in_it(spot: tuple[int, int]) -> None:
    image = drawing()
    image.putpixel(spot, (250, 250, 250))

    assert read(file_of(image), "icon").margin_is_plain


def test_a_margin_that_is_seen_in_part_only_is_not_plain() -> None:
    image = drawing(mode="RGBA")
    image.paste((200, 30, 30, 0), (0, 0, 5, 272))

    assert not read(file_of(image), "icon").margin_is_plain


def test_the_colour_of_what_cannot_be_seen_does_not_matter() -> None:
    image = Image.new("RGBA", ICON, (255, 0, 0, 0))
    image.paste((0, 255, 0, 0), (0, 0, 200, 272))

    assert read(file_of(image), "icon").margin_is_plain


def test_what_a_jpeg_blurs_into_the_margin_is_tolerated() -> None:
    image = Image.new("RGB", ICON, "white")
    image.paste((20, 40, 120), (10, 10, 390, 262))

    assert read(file_of(image, "JPEG", quality=90), "icon").margin_is_plain


def test_logos_and_slides_may_reach_to_their_edges() -> None:
    for kind, size in (("logo", LOGO), ("slide", SLIDE)):
        image = drawing(size)
        image.putpixel((0, 0), (0, 0, 0))
        assert read(file_of(image), kind).margin_is_plain


def test_noise_of_any_size_that_fits_is_stored() -> None:
    """The worst that there is to compress is still a picture."""
    noise = Image.frombytes("RGB", LOGO, random.Random(1).randbytes(108 * 108 * 3))

    assert len(read(file_of(noise), "logo").content) < 40_000
