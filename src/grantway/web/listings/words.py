"""What the pages of the Marketplace say, and how numbers and days are written, by language."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from markupsafe import Markup

from grantway.integrations.model import LANGUAGES as NAMES

_FOLDER = Path(__file__).parent / "texts"
LANGUAGES: Mapping[str, str] = NAMES
"""The catalogues, by code, each called as its readers call it: whatever integrations may speak."""
FALLBACK = "en"


def _one_or_many(amount: int) -> str:
    return "one" if amount == 1 else "many"


def _in_russian(amount: int) -> str:
    """Return the form of a noun behind a number: 1, 21, 101 / 2, 34, 102 / 0, 5, 11, 12, 111."""
    last, last_two = amount % 10, amount % 100
    if last == 1 and last_two != 11:
        return "one"
    return "few" if 2 <= last <= 4 and not 12 <= last_two <= 14 else "many"


# In Turkish and Indonesian nouns behind a number do not change.
FORMS: Mapping[str, Callable[[int], str]] = {
    "en": _one_or_many,
    "es": _one_or_many,
    "pt": _one_or_many,
    "id": lambda _: "many",
    "tr": lambda _: "many",
    "ru": _in_russian,
}
"""Which form of a noun stands behind a number, by language; texts of `count` end with its name."""


class Words:
    """The texts of one language by name. What fills them is plain; templates escape it."""

    def __init__(self, language: str, texts: Mapping[str, str]) -> None:
        self.language = language
        self.texts = texts

    def __call__(self, name: str, /, **values: object) -> str:
        return self.texts[name].format(**values)

    def count(self, name: str, amount: int) -> str:
        """Return *amount* with its noun.

        >>> words("en").count("count.reviews", 1), words("pt").count("count.reviews", 1200)
        ('1 review', '1.200 avaliações')
        >>> [words("ru").count("count.reviews", amount) for amount in (21, 32, 11)]
        ['21 отзыв', '32 отзыва', '11 отзывов']
        """
        form = FORMS[self.language](amount)
        return self(f"{name}_{form}", amount=self.number(amount))

    def number(self, amount: int) -> str:
        """Return *amount* with its thousands set apart."""
        return f"{amount:,}".replace(",", self.texts["format.thousands"])

    def stars(self, mean: float) -> str:
        """Return a mean with one decimal.

        >>> words("en").stars(4.5), words("es").stars(4.5)
        ('4.5', '4,5')
        """
        return f"{mean:.1f}".replace(".", self.texts["format.decimal"])

    def day(self, at: int) -> Markup:
        """Return a `<time>` that shows the date, in UTC.

        >>> words("es").day(0).striptags()
        '1 ene 1970'
        """
        when = datetime.fromtimestamp(at, UTC)
        month = self.texts["format.months"].split()[when.month - 1]
        text = self("format.day", day=when.day, month=month, year=when.year)
        return Markup('<time datetime="{}">{}</time>').format(f"{when:%Y-%m-%d}", text)


@functools.cache
def words(language: str) -> Words:
    """Return the words of *language*."""
    with (_FOLDER / f"{language}.toml").open("rb") as file:
        return Words(language, dict(_flat(tomllib.load(file))))


def preferred(accepted: str, offered: Mapping[str, str] | list[str]) -> str:
    """Return the language of *offered* that a browser's Accept-Language likes best, or "".

    >>> preferred("fr, pt-BR;q=0.9, en;q=0.8", LANGUAGES), preferred("*", LANGUAGES)
    ('pt', '')
    """
    liked: list[tuple[float, str]] = []
    for one in accepted[:500].split(","):
        tag, _, weight = one.partition(";")
        quality = _quality(weight)
        if quality > 0:
            liked.append((quality, tag.strip().lower().partition("-")[0]))
    liked.sort(key=lambda one: -one[0])
    return next((language for _, language in liked if language in offered), "")


def _quality(weight: str) -> float:
    name, _, value = weight.strip().partition("=")
    if not name:
        return 1.0
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0


def _flat(table: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield before + name, value
