"""How texts are written (rules T1 to T4 and T8)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grantway.integrations.model import MAX_SHORT_DESCRIPTION
from grantway.moderation.checks.model import Check, Found, Surroundings, error, human
from grantway.moderation.checks.reading import passages
from grantway.moderation.model import Content

MAX_DESCRIPTION = 400
_ENOUGH_TO_MISSPELL = 6  # letters; shorter names differ from honest words by one letter
_WORD = re.compile(r"[^\W\d_]+")


def _long_short_description(content: Content, _: Surroundings) -> Iterator[Found]:
    for one in passages(content, ("short_description",)):
        if len(one.text) > MAX_SHORT_DESCRIPTION:
            yield Found(
                text=f"The short description has {len(one.text)} characters; "
                f"{MAX_SHORT_DESCRIPTION} are allowed",
                field=one.field,
                language=one.language,
            )


def _long_description(content: Content, _: Surroundings) -> Iterator[Found]:
    for one in passages(content, ("description",)):
        length = len(one.markup.plain.strip())
        if length > MAX_DESCRIPTION:
            text = f"The description has {length} characters; {MAX_DESCRIPTION} are allowed"
            yield Found(text=text, field=one.field, language=one.language)


def _misspelled_host(content: Content, around: Surroundings) -> Iterator[Found]:
    spelled = [host for host in around.host_names if host != host.lower()]
    for one in passages(content):
        if one.field == "name":
            continue  # where it may not stand at all, N4
        prose = one.markup.prose
        for host in spelled:
            # The same letters, whatever stands between them: grantway, GrantWay, Grant-way.
            letters = r"[\s_-]?".join(map(re.escape, re.sub(r"[\s_-]", "", host)))
            for found in re.findall(rf"(?<!\w){letters}(?!\w)", prose, re.IGNORECASE):
                if found != host:
                    yield Found(
                        text=f"Write {host}, not {found}", field=one.field, language=one.language
                    )
                    break
            if len(host) < _ENOUGH_TO_MISSPELL:
                continue
            for word in _WORD.findall(prose):
                if _is_one_off(word.casefold(), host.casefold()):
                    yield Found(
                        text=f"{word} looks like {host} misspelled",
                        field=one.field,
                        language=one.language,
                        only_a_hint=True,
                    )
                    break


def _is_one_off(word: str, other: str) -> bool:
    """Tell whether one letter is missing, too many or another one, or two are exchanged.

    >>> [_is_one_off(one, "grantway") for one in ("grantaway", "grantwya", "grantway", "grant")]
    [True, True, False, False]
    """
    if word == other or abs(len(word) - len(other)) > 1:
        return False
    start = _same_letters(word, other)
    word, other = word[start:], other[start:]
    end = _same_letters(word[::-1], other[::-1])
    word, other = word[: len(word) - end], other[: len(other) - end]
    return max(len(word), len(other)) == 1 or (len(word) == 2 and word == other[::-1])


def _same_letters(word: str, other: str) -> int:
    """Count the letters with which both begin."""
    pairs = enumerate(zip(word, other, strict=False))
    return next((at for at, (one, its) in pairs if one != its), min(len(word), len(other)))


CHECKS: tuple[Check, ...] = (
    error(
        "T1",
        f"The short description has at most {MAX_SHORT_DESCRIPTION} characters and says why to "
        "choose this integration.",
        _long_short_description,
        human="The short description says why to choose this integration.",
    ),
    error(
        "T2",
        f"The description before installation has at most {MAX_DESCRIPTION} characters; tags are "
        "not counted.",
        _long_description,
        human="The description is friendly and tells what the integration does.",
    ),
    human(
        "T3",
        "The instructions after installation explain how to enable, set up, use and disable it, "
        "where support is, what it costs in which currencies, and which plan is needed.",
        looks_at="The instructions explain enabling, set-up, use, disabling, support, prices with "
        "currencies, and the needed plan.",
    ),
    error(
        "T4",
        "The platform's name is spelled as the platform spells it.",
        _misspelled_host,
    ),
    human(
        "T8",
        "Every error of the widget has a message that says what to do next.",
        looks_at="Errors in the widget have messages with a next step.",
        applies=lambda content: content.has_widget,
    ),
)
