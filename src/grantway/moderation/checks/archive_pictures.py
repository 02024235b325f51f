# ruff: noqa: RUF001 - a size is written with the sign of multiplication
"""The logos, slides and icons of an archive (rules I1, I5, I6, I7)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from grantway.moderation.checks.archive_files import logos
from grantway.moderation.checks.archive_manifest import slides
from grantway.moderation.checks.archive_scripts import found
from grantway.moderation.checks.inside import Inside, line_at
from grantway.moderation.checks.model import Check, Found, Severity, of_archives
from grantway.moderation.model import Content
from grantway.pictures.headers import Header, look
from grantway.pictures.model import KINDS
from grantway.widgets.archives.reading import LOGOS, PIPELINE_LOGO

MAX_LOGO = 300_000
LOGO_SIZES = ", ".join(
    f"{name}.png {width} × {height}" for name, (width, height) in (*LOGOS.items(), PIPELINE_LOGO)
)
_SLIDE = KINDS["slide"].size
_LIGHT, _DARK = "#ffffff", "#153043"
_ENOUGH_CONTRAST = 3.0
_COLOR = re.compile(
    r"(?:fill|stroke|stop-color)\s*[:=]\s*[\"']?\s*(#[0-9a-f]{6}|#[0-9a-f]{3}|black|white)\b",
    re.IGNORECASE,
)
_CURRENT = re.compile(r"currentcolor", re.IGNORECASE)
_NAMED = {"black": "#000000", "white": "#ffffff"}
_TEXT = re.compile(r"<text\b|<image\b", re.IGNORECASE)
_LARGEST_ICON = 256 * 1024


def wrong_logos(inside: Inside, _: Content) -> Iterator[Found]:
    """Find logos that are no PNG of their exact size, or too heavy (2.7)."""
    for path, size in logos(inside).items():
        content = inside.files.get(path)
        if content is None:
            continue  # A6 says so
        header = _looked(content)
        if header is None or header.format != "PNG":
            yield found(path, 0, "It is no PNG file")
        elif header.is_animated:
            yield found(path, 0, "It moves; logos stand still")
        elif (header.width, header.height) != size:
            yield found(path, 0, f"It has {_pixels(header)} pixels; it needs {_sign(size)}")
        if len(content) > MAX_LOGO:
            text = f"It has {len(content):,} bytes; at most {MAX_LOGO:,}"
            yield found(path, 0, text)


def wrong_slides(inside: Inside, _: Content) -> Iterator[Found]:
    """Find slides of the manifest that are no pictures of the size of slides."""
    for path in dict.fromkeys(one for name in inside.languages for one in slides(inside, name)):
        content = inside.files.get(path)
        if content is None:
            continue  # F1 says so
        header = _looked(content)
        if header is None or header.format not in {"PNG", "JPEG"}:
            yield found(path, 0, "It is no PNG or JPEG file")
        elif (header.width, header.height) != _SLIDE:
            yield found(path, 0, f"It has {_pixels(header)} pixels; it needs {_sign(_SLIDE)}")


def _looked(content: bytes) -> Header | None:
    try:
        return look(content)
    except Exception:  # noqa: BLE001 - whatever is read past its end is no picture
        return None


def _pixels(header: Header) -> str:
    return _sign((header.width, header.height))


def _sign(size: tuple[int, int]) -> str:
    return f"{size[0]} × {size[1]}"


def _icons(inside: Inside) -> Mapping[str, bool]:
    """Return the paths of the left menu's icons, and whether one is seen in both themes.

    Each comes once: a manifest may have thousands of items.
    """
    menu = inside.raw.get("left_menu")
    found: dict[str, bool] = {}
    for item in menu.values() if isinstance(menu, Mapping) else ():
        icon = item.get("icon") if isinstance(item, Mapping) else None
        icons = [icon.get("light"), icon.get("dark")] if isinstance(icon, Mapping) else [icon]
        paths = dict.fromkeys(one.lstrip("/") for one in icons if isinstance(one, str))
        for path in paths:
            found[path] = found.get(path, False) or len(paths) == 1
    return found


def _wrong_icons(inside: Inside, _: Content) -> Iterator[Found]:
    for path in _icons(inside):
        if path not in inside.files:
            yield found(path, 0, "The icon of the left menu is not in the archive")
        elif not _is_svg(inside, path):
            yield found(path, 0, "The icon of the left menu is no SVG file")
        elif text := _TEXT.search(inside.text(path)):
            line = line_at(inside.text(path), text.start())
            yield found(path, line, "An icon is a symbol, without text or another picture")


def _is_svg(inside: Inside, path: str) -> bool:
    """Tell whether it is served as a drawing; an archive has at most some MiB of those."""
    content = inside.files.get(path, b"")
    is_named_so = path.lower().endswith(".svg")
    return is_named_so and len(content) <= _LARGEST_ICON and b"<svg" in content[:4096].lower()


def _pale_icons(inside: Inside, _: Content) -> Iterator[Found]:
    for path, is_in_both in _icons(inside).items():
        if not is_in_both or not _is_svg(inside, path):
            continue
        text = inside.text(path)
        if _CURRENT.search(text):
            continue
        colors = Counter(_hex(one) for one in _COLOR.findall(text))
        color = colors.most_common(1)[0][0] if colors else "#000000"  # what SVG fills with
        for ground in (_LIGHT, _DARK):
            contrast = _contrast(color, ground)
            if contrast < _ENOUGH_CONTRAST:
                why = f"{color} on {ground.upper()} has a contrast of {contrast:.1f}; 3.0 is needed"
                yield found(path, 0, why)


def _hex(color: str) -> str:
    """Return a colour with six digits.

    >>> _hex("#aBc"), _hex("White")
    ('#aabbcc', '#ffffff')
    """
    color = _NAMED.get(color.lower(), color.lower())
    return color if len(color) == len(_LIGHT) else "#" + "".join(2 * one for one in color[1:])


def _contrast(color: str, ground: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2, relative luminance).

    >>> round(_contrast("#000000", "#ffffff"), 1)
    21.0
    """
    high, low = sorted((_luminance(color), _luminance(ground)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(color: str) -> float:
    parts = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


CHECKS: tuple[Check, ...] = (
    of_archives(
        Severity.ERROR,
        "I6",
        "Icons of the left menu are SVG, drawn by you: a symbol, without text and without anybody "
        "else's logo.",
        _wrong_icons,
        human="Icons are the integrator's own, and symbols without text.",
    ),
    of_archives(
        Severity.ERROR,
        "I7",
        "Icons of the left menu have a contrast of 3.0 at least on #FFFFFF and on #153043, or "
        'there is one for each: {"light": "images/a.svg", "dark": "images/b.svg"}.',
        _pale_icons,
    ),
)
