# ruff: noqa: RUF001 - a size is written with the sign of multiplication
"""Icon, logo and slides (rules I; 2.7 and 6.2). Facts of pictures are handed in."""

from __future__ import annotations

from collections.abc import Iterator

from grantway.moderation.checks.archive_pictures import LOGO_SIZES, wrong_logos, wrong_slides
from grantway.moderation.checks.model import Check, Found, Surroundings, error, human
from grantway.moderation.checks.reading import IN_WORDS
from grantway.moderation.model import Content
from grantway.pictures.model import FORMATS, KINDS

MAX_SLIDES = 5
_ICON, _LOGO, _SLIDE = (KINDS[kind].size for kind in ("icon", "logo", "slide"))
_TAKEN = ", ".join(FORMATS)


def _wrong_single_pictures(content: Content, around: Surroundings) -> Iterator[Found]:
    for one in content.presentations:
        for field in ("icon", "logo"):
            name = getattr(one, field)
            if name and (problem := _problem(name, field, around)):
                text = f"{IN_WORDS[field].capitalize()} {problem}"
                yield Found(text=text, field=field, language=one.language)


def _crowded_icons(content: Content, around: Surroundings) -> Iterator[Found]:
    for one in content.presentations:
        facts = around.pictures.get(one.icon)
        if facts is not None and not facts.margin_is_plain:
            text = "The ten outermost pixels of the icon do not have one colour"
            yield Found(text=text, field="icon", language=one.language)


def _wrong_slides(content: Content, around: Surroundings) -> Iterator[Found]:
    for one in content.presentations:
        if not 1 <= len(one.gallery) <= MAX_SLIDES:
            text = f"There are {len(one.gallery)} slides; add 1 to {MAX_SLIDES}"
            yield Found(text=text, field="gallery", language=one.language)
        for number, name in enumerate(one.gallery[:MAX_SLIDES], 1):
            if problem := _problem(name, "slide", around):
                text = f"Slide {number} {problem}"
                yield Found(text=text, field="gallery", language=one.language)


def _problem(name: str, kind: str, around: Surroundings) -> str | None:
    if name in around.refused_pictures:
        return f"cannot be taken: {around.refused_pictures[name]}"
    facts = around.pictures.get(name)
    if facts is None:
        return "is not stored, or not any more"
    width, height = KINDS[kind].size
    if (facts.width, facts.height) != (width, height):
        return f"has {facts.width} × {facts.height} pixels; it needs {width} × {height}"
    return None


CHECKS: tuple[Check, ...] = (
    error(
        "I1",
        f"The icon has {_ICON[0]} × {_ICON[1]} pixels, the logo after installation {_LOGO[0]} × "
        f"{_LOGO[1]}; they come as {_TAKEN} and are stored as PNG. Logos in an archive are PNG "
        f"of at most 300 KB: {LOGO_SIZES} with digital_pipeline.",
        _wrong_single_pictures,
        look_inside=wrong_logos,
    ),
    error(
        "I2",
        "The icon has a margin of 10 pixels on each side, in one colour.",
        _crowded_icons,
    ),
    human(
        "I3",
        "If the integration is about another product, the icon shows the logos of both.",
        looks_at="The icon of an integration with another product shows both logos.",
    ),
    human(
        "I4",
        "Your integrations share one style and can still be told apart; no picture moves.",
        looks_at="Integrations of one maker share a style and can be told apart; nothing moves.",
    ),
    error(
        "I5",
        f"There are 1 to {MAX_SLIDES} slides of {_SLIDE[0]} × {_SLIDE[1]} pixels, which show what "
        "the integration does, how it looks and what it is good for.",
        _wrong_slides,
        human="Slides show function, interface and value.",
        look_inside=wrong_slides,
    ),
)
