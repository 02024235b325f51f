"""What the texts of a widget say (rules J1, J2, T7)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from grantway.integrations.model import LANGUAGES
from grantway.moderation.checks.archive_scripts import found
from grantway.moderation.checks.inside import Inside, i18n
from grantway.moderation.checks.links import language_in
from grantway.moderation.checks.markup import read_markup
from grantway.moderation.checks.model import Check, Found, Severity, of_archives
from grantway.moderation.checks.names import without_maker
from grantway.moderation.checks.speech import other_language
from grantway.moderation.model import Content, Presentation

_MOST_KEYS = 5
_TOLERATED = {"id", "tr"}  # English is taken there for the first six months
_PATH = re.compile(r"[A-Za-z_][\w-]*(?:\.[\w-]+)+$")
_NAMING = {"name", "title", "description", "short_description", "tour_description"}
_LINK = re.compile(r"https?://[^\s<>\"']+")
_WORD = re.compile(r"\w+")
_TAG = re.compile(r"<[^<>]*>|#[A-Z_]+#")
_ENOUGH_WORDS = 4
_UNLIKE = 0.1
_HARDLY_LIKE = 0.3


def _keys(inside: Inside, _: Content) -> Iterator[Found]:
    languages = [one for one in inside.languages if one in inside.archive.texts]
    every = {one: set(inside.said(one)) for one in languages}
    paths = dict.fromkeys(_paths(inside.raw))
    for language, mine in every.items():
        path = i18n(language)
        others = set[str]().union(*(its for other, its in every.items() if other != language))
        lacking = sorted(others - mine)
        for key in lacking[:_MOST_KEYS]:
            more = len(lacking) - _MOST_KEYS
            rest = f" (and {more} more)" if more > 0 and key == lacking[_MOST_KEYS - 1] else ""
            yield found(path, 0, f"{key} is missing, which other languages have{rest}")
        for key in paths:
            if key not in mine and key not in others:
                yield found(path, 0, f"{key} is missing, which the manifest names")
        text = "\n".join(_prose(inside.said(language).values()))
        other = other_language(text, language)
        if other is not None:
            why = f"The texts seem to be in {LANGUAGES[other]}"
            if other == "en" and language in _TOLERATED:
                why += ", which is taken for the first six months"
            yield found(path, 0, why, only_a_hint=True)


def _paths(document: object) -> Iterator[str]:
    """Return the paths of texts that a manifest names, as `widget.name`."""
    waiting = [(document, "")]
    while waiting:
        value, key = waiting.pop()
        if isinstance(value, Mapping):
            waiting += [(one, str(name)) for name, one in value.items()]
        elif isinstance(value, str) and key in _NAMING and _PATH.match(value):
            yield value


def _prose(texts: Iterable[str]) -> Iterator[str]:
    return (_TAG.sub(" ", _LINK.sub("", one)) for one in texts)


def _foreign_links(inside: Inside, _: Content) -> Iterator[Found]:
    for language in inside.languages:
        for key, text in inside.said(language).items():
            for uri in _LINK.findall(text):
                other = language_in(uri)
                if other is not None and other != language:
                    path = i18n(language)
                    line = inside.line_of(path, key.rpartition(".")[2])
                    why = f"{uri[:80]} seems to lead to a page in {LANGUAGES[other]}"
                    yield found(path, line, why)


def _other_words(inside: Inside, content: Content) -> Iterator[Found]:
    for one in content.presentations:
        said = inside.said(one.language)
        for key, form in _told(one, content.owner_name):
            text = said.get(f"widget.{key}", "")
            alike = max(_likeness(text, other) for other in form)
            if alike < _HARDLY_LIKE:
                path = i18n(one.language)
                why = f"widget.{key} says something else than the form does"
                line = inside.line_of(path, key)
                yield found(path, line, why, only_a_hint=alike >= _UNLIKE)


def _told(one: Presentation, owner: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Return what the form says for each of a widget's texts."""
    yield "name", (one.name, without_maker(one.name, one.language, owner))
    yield "short_description", (one.short_description, one.description)
    # The manifest's is shown where it is installed, and may say what either of both says.
    yield "description", (one.description, one.instructions, one.short_description)


def _likeness(text: str, other: str) -> float:
    """Return which share of the shorter text's words the other one has, too; 1 for too few.

    >>> _likeness("See where each parcel is", "Shows where each parcel is and when it comes")
    0.8
    """
    mine, its = (set(_WORD.findall(read_markup(one).prose.casefold())) for one in (text, other))
    fewer = min(len(mine), len(its))
    if not fewer or (fewer < _ENOUGH_WORDS and not mine & its and max(len(mine), len(its)) < 2):
        return 1.0
    return len(mine & its) / fewer


CHECKS: tuple[Check, ...] = (
    of_archives(
        Severity.ERROR,
        "J1",
        "Files of i18n have the same keys, all that the manifest names among them, and each is in "
        "its language.",
        _keys,
        human="Each file of i18n is in its language.",
    ),
    of_archives(
        Severity.WARNING,
        "J2",
        "Links in the widget's texts lead to pages in the language of the text.",
        _foreign_links,
        human="Pages behind links in the widget are in its language.",
    ),
    of_archives(
        Severity.ERROR,
        "T7",
        "The form and the widget's own texts say the same: name, short description, description.",
        _other_words,
    ),
)
