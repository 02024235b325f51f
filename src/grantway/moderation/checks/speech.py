# ruff: noqa: RUF001 - words of languages have their own letters
"""Guess in which language a text is, by the words that every language cannot do without.

Two languages at a time are compared, by words that only one of them has: `de`
says nothing about whether a text is Spanish or Portuguese. A short or mixed
text is in no plain language, and nothing is said of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# The commonest words of each, such as stand in descriptions of products; without names.
_COMMON: Mapping[str, frozenset[str]] = {
    "en": _words(
        """the and of to in is it for with you your on that this are from be as by or at an
        can will not we our when which all have has its their each into how see where every
        without more than new here they then them after before who what do does about one"""
    ),
    "es": _words(
        """el la los las de del y en un una que es para con por su sus se al como más o a lo
        cada desde sin sobre donde dónde cuando está están son hay todo todos todas esta este
        usted tu tus puede nuestro nuestra nuestros sitio qué cómo también entre no si ya muy
        pero hasta le les"""
    ),
    "pt": _words(
        """o a os as de do da dos das e em no na nos nas um uma que é para com por seu sua seus
        suas se ao aos como mais ou cada desde sem sobre onde quando está estão são há tudo
        todos todas esta este você pode nosso nossa nossos site também entre não já muito pelo
        pela mas até lhe"""
    ),
    "id": _words(
        """yang dan di ke dari untuk dengan pada ini itu adalah anda tidak atau oleh dalam akan
        dapat bisa semua setiap kami kita juga sudah telah lebih saat tanpa antara seperti
        karena agar hanya satu baru lalu jika para secara tersebut mereka situs"""
    ),
    "tr": _words(
        """ve bir bu için ile de da her en çok olarak gibi daha sonra kadar olan var yok ya
        veya ne nasıl nerede sizin siz bizim biz tüm hangi göre ancak ama değil şu o size
        kendi yeni içinde üzerinde tarafından"""
    ),
    "ru": _words(
        """и в на с по для из к от о не что как это все или вы ваш ваши ваших мы наш их его
        при где когда без который которые каждый каждой можно после до если также у за
        чтобы"""
    ),
}
_WORD = re.compile(r"[^\W\d_]+")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_ENOUGH_LETTERS = 20  # a brand or two may be written in other letters
_ENOUGH_WORDS = 4
_TIMES = 3  # so much more often must the other language's words be met


def other_language(text: str, language: str) -> str | None:
    """Return the language that *text* plainly is in, when it is not *language*.

    >>> other_language("Shows where each parcel is, and tells you when it comes.", "es")
    'en'
    >>> other_language("Muestra dónde está cada paquete y avisa cuando llega.", "es")
    """
    words = _WORD.findall(text.casefold())
    letters = sum(map(len, words))
    if letters >= _ENOUGH_LETTERS:
        share = sum(len(_CYRILLIC.findall(word)) for word in words) / letters
        if language != "ru" and share > 1 / 2:
            return "ru"
    counted = {
        other: (_only(words, other, language), _only(words, language, other))
        for other in _COMMON
        if other != language
    }
    other, (its, own) = max(counted.items(), key=lambda item: item[1][0] - item[1][1])
    return other if its >= _ENOUGH_WORDS and its >= _TIMES * own else None


def _only(words: list[str], language: str, other: str) -> int:
    """Count the words of one language that the other one does not know."""
    nothing = frozenset[str]()
    known = _COMMON.get(language, nothing) - _COMMON.get(other, nothing)
    return sum(word in known for word in words)
