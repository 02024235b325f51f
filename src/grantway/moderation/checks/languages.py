"""Whether each language is served as such (rules L)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from grantway.integrations.model import LANGUAGES
from grantway.moderation.checks.model import Check, Found, Surroundings, error, human, warning
from grantway.moderation.checks.reading import FORMATTED, passages
from grantway.moderation.checks.speech import other_language
from grantway.moderation.model import Content, Presentation

_TOLERATED = {"id", "tr"}  # English is taken there for the first six months
_TOLD_APART = 20  # characters; shorter texts may well be the same in two languages
_WITHOUT_RUSSIAN_SITES = {"en", "es", "pt"}
_RUSSIAN = (".ru", ".su", ".xn--p1ai", ".рф")
_RUSSIAN_PHONE = re.compile(r"(?<![\d+])\+7[\s(-]{0,3}\d{3}")
_FIELDS_TO_COMPARE = ("short_description", *FORMATTED)


def _untranslated(content: Content, _: Surroundings) -> Iterator[Found]:
    for one in passages(content, _FIELDS_TO_COMPARE):
        other = other_language(one.markup.prose, one.language)
        if other is not None:
            text = f"The text seems to be in {LANGUAGES[other]}"
            if other == "en" and one.language in _TOLERATED:
                text += ", which is taken for the first six months"
            yield Found(text=text, field=one.field, language=one.language)
        elif (same := _same_elsewhere(content, one.language, one.field, one.text)) is not None:
            text = f"The text is the same as in {LANGUAGES.get(same, same)}"
            yield Found(text=text, field=one.field, language=one.language)


def _same_elsewhere(content: Content, language: str, field: str, text: str) -> str | None:
    """Return the main language when *text* is only repeated from there."""
    if language == content.language or len(text) < _TOLD_APART:
        return None
    return content.language if getattr(content.main, field) == text else None


def _russian_sites(content: Content, _: Surroundings) -> Iterator[Found]:
    for one in content.presentations:
        if one.language not in _WITHOUT_RUSSIAN_SITES:
            continue
        for field, host in _hosts(content, one):
            if host.rstrip(".").endswith(_RUSSIAN):
                text = f"{host[:80]} is a Russian address; use one for the world"
                yield Found(text=text, field=field, language=one.language)
        for passage in passages(content, FORMATTED):
            if passage.language != one.language:
                continue
            if _RUSSIAN_PHONE.search(passage.markup.plain):
                yield Found(
                    text="A Russian telephone number: give one that begins with +1, or support "
                    "in English",
                    field=passage.field,
                    language=one.language,
                    only_a_hint=True,
                )


def _hosts(content: Content, one: Presentation) -> Iterator[tuple[str, str]]:
    uris = [(field, getattr(one, field)) for field in ("privacy_uri", "support_uri")]
    uris += [
        (passage.field, link.uri)
        for passage in passages(content, FORMATTED)
        if passage.language == one.language
        for link in passage.markup.links
    ]
    for field, uri in uris:
        try:
            yield field, urlsplit(uri).hostname or ""
        except ValueError:
            continue
    yield "support_email", one.support_email.rpartition("@")[2].lower()


CHECKS: tuple[Check, ...] = (
    warning(
        "L1",
        "Every text is fully translated into its language. Indonesian and Turkish may say it in "
        "English for the first six months.",
        _untranslated,
        human="Texts and interface are fully translated; nothing is left in another language.",
    ),
    human(
        "L2",
        "Pictures have no words of other languages.",
        looks_at="Pictures have no words of other languages.",
    ),
    human(
        "L5",
        "People answer users in their language, by mail or telephone.",
        looks_at="Support answers in the language, by mail or telephone.",
    ),
    human(
        "L6",
        "Dates, times, numbers and currencies are written as users of the language write them.",
        looks_at="Dates, times, numbers and currencies have local formats.",
    ),
    error(
        "L7",
        "English, Spanish and Portuguese texts name no Russian sites and addresses; the telephone "
        "number begins with +1, or support answers in English.",
        _russian_sites,
        human="Support can be called at a number that begins with +1, or answers in English.",
    ),
)
