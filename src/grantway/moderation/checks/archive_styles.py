"""What the style sheets of an archive reach (rules S1 to S4, E4, B5)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grantway.moderation.checks.archive_scripts import found
from grantway.moderation.checks.inside import Inside, Mention
from grantway.moderation.checks.model import Check, Found, Severity, of_archives
from grantway.moderation.checks.platform_parts import THEME, is_own
from grantway.moderation.checks.sources.model import Selector, StyleRule
from grantway.moderation.model import Content

_OUTSIDE = re.compile(r"(?:https?:)?//", re.IGNORECASE)
_SHEET = re.compile(
    r"<link\b[^<>]{0,300}?\bhref\s*=\s*[\"']?\s*((?:https?:)?//[^\"'\s>]+)", re.IGNORECASE
)
_OWN_SHEET = re.compile(r"\.css(?![\w.-])(?!\?)", re.IGNORECASE)
_LINK = re.compile(r"<link\b", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?:)?//[^\s\"'>]*", re.IGNORECASE)
_SHOWN = 80
_ZERO = re.compile(r"-?0*\.?0*[a-z%]*$")


def _named(selector: Selector) -> list[str]:
    """Return the classes and ids that a selector names."""
    return [one for part in selector.parts for one in part if one[:1] in {".", "#"}]


def _has_own(selector: Selector) -> bool:
    return any(map(is_own, _named(selector))) or any(
        one.startswith("[data-widget-code") for part in selector.parts for one in part
    )


def _sets_only_own_variables(rule: StyleRule) -> bool:
    names = [one.name for one in rule.declarations]
    return bool(names) and all(one.startswith("--") for one in names)


def _global_selectors(inside: Inside, _: Content) -> Iterator[Found]:
    for style in inside.styles:
        for one in style.broken:
            yield found(style.path, one.line, f"This is no style sheet: {one.text}")
        for rule in style.rules:
            if _sets_only_own_variables(rule):
                continue
            for selector in rule.selectors:
                if selector.parts and not _named(selector) and not _has_own(selector):
                    text = f"{selector.text} reaches the whole page; begin with a class of your own"
                    yield found(style.path, selector.line, text)


def _platform_classes(inside: Inside, _: Content) -> Iterator[Found]:
    for style in inside.styles:
        for rule in style.rules:
            for selector in rule.selectors:
                if _named(selector) and not _has_own(selector):
                    text = f"{selector.text} is the platform's; begin with a class of your own"
                    yield found(style.path, selector.line, text)


def _linked(inside: Inside, _: Content) -> Iterator[Found]:
    for style in inside.styles:
        for one in style.dead:
            yield found(style.path, one.line, f"Styles in a comment: {one.text}")
    for script in inside.scripts:
        for text in script.texts:
            if _LINK.search(text.text) and _OWN_SHEET.search(text.text):
                why = "A style sheet is linked without the version: add ?v= and your version"
                yield found(script.path, text.line, why)


def _platform_variables(inside: Inside, _: Content) -> Iterator[Found]:
    for style in inside.styles:
        for rule in style.rules:
            for one in rule.declarations:
                if one.name.startswith(THEME):
                    text = f"{one.name} is the platform's own, and is not set anew"
                    yield found(style.path, one.line, text)
    for script in inside.scripts:
        for call in script.calls:
            name = call.arguments[0].value if call.arguments else None
            if call.last == "setProperty" and (name or "").startswith(THEME):
                text = f"{name} is the platform's own, and is not set anew"
                yield found(script.path, call.line, text)


def _outside_sheets(inside: Inside, _: Content) -> Iterator[Found]:
    places = [*inside.mentions(_SHEET)]
    for style in inside.styles:
        outside = (one for one in style.imports if _OUTSIDE.match(one.text))
        places += [Mention(style.path, one.line, one.text) for one in outside]
    for script in inside.scripts:
        for one in script.assignments:
            sheets = (uri for uri in one.told if _is_outside_sheet(uri))
            if one.name.endswith(".href") and (sheet := next(sheets, None)):
                places.append(Mention(script.path, one.line, sheet))
    for place in places:
        uri = _ADDRESS.findall(place.text)[0][:_SHOWN]
        text = f"{uri} is a style sheet from elsewhere, which may reach the whole page"
        yield found(place.path, place.line, text)


def _is_outside_sheet(uri: str) -> bool:
    return bool(_OUTSIDE.match(uri)) and ".css" in uri


def _fixed_at_the_bottom(inside: Inside, _: Content) -> Iterator[Found]:
    for style in inside.styles:
        for rule in style.rules:
            given = {one.name: one for one in rule.declarations}
            position, bottom = given.get("position"), given.get("bottom")
            if position is None or not position.value.startswith("fixed"):
                continue
            if bottom is not None and _ZERO.match(bottom.value):
                text = f"{rule.selectors[0].text} is fixed at the bottom of the screen"
                yield found(style.path, position.line, text)


CHECKS: tuple[Check, ...] = (
    of_archives(
        Severity.ERROR,
        "S1",
        "Each selector of a style sheet names a class or an id: none reaches the whole page.",
        _global_selectors,
    ),
    of_archives(
        Severity.ERROR,
        "S2",
        "Classes of the platform are styled only below an element of your own.",
        _platform_classes,
    ),
    of_archives(
        Severity.WARNING,
        "S3",
        "Comments of style sheets explain, and keep no styles. Style sheets are linked with the "
        "version in their address.",
        _linked,
        human="Style sheets are commented and linked as described.",
    ),
    of_archives(
        Severity.ERROR,
        "S4",
        "The widget can be read in the dark theme, and sets none of the platform's variables anew.",
        _platform_variables,
        human="The widget can be read in the light and in the dark theme.",
    ),
    of_archives(
        Severity.WARNING,
        "E4",
        "A style sheet from elsewhere has no selector that reaches the whole page.",
        _outside_sheets,
        human="Style sheets from elsewhere reach nothing but the widget.",
    ),
    of_archives(
        Severity.WARNING,
        "B5",
        "The widget covers no control of the platform, and is not fixed at the bottom of the "
        "screen.",
        _fixed_at_the_bottom,
        human="Nothing of the platform is covered; nothing is fixed at the bottom of the screen.",
    ),
)
