"""Searching by name and short description, whatever the typing errors.

Each word that somebody typed is first looked for among the words of all
listings, by the parts of three letters that they share; what is near enough is
then looked for in the listings. So a query reads a few ranges of indexes,
however many listings there are.
"""

from __future__ import annotations

import itertools

from grantway.db import Reader
from grantway.marketplace import search_store
from grantway.marketplace.model import PAGE, Page, Place
from grantway.marketplace.search_store import NAME_BEGINS, Found, Meant
from grantway.marketplace.words import (
    Nearness,
    folded,
    grams,
    least_shared,
    nearness,
    swapped,
    words,
)

MAX_QUERY = 100
_MAX_WORDS = 6
_LOOKED_AT = 80  # words of listings for each that was typed
_TAKEN = 32  # of those that are near enough: what begins alike, and what was mistyped
_ALIKE = 5


async def find(
    reader: Reader, language: str, text: str, *, after: str = "", limit: int = PAGE
) -> Page:
    """Return the listings of a language that *text* may mean, the best first.

    First come names that begin with it, then what says most of its words. Of
    three words or more a third may be missing. Text beyond MAX_QUERY characters
    is not read; without a word in it, nothing is found.
    """
    typed = list(dict.fromkeys(words(text[:MAX_QUERY])))[:_MAX_WORDS]
    if not typed:
        return Page([])
    found = await _find(reader, language, text, typed, Place.read(after), limit + 1)
    shown = found[:limit]
    return Page(
        [one for one in shown if one.is_published],
        str(shown[-1].place) if len(found) > limit else "",
    )


async def names_like(reader: Reader, language: str, name: str, client_id: str) -> list[str]:
    """Return names of other integrations' listings that this name might be taken for (S-152).

    All its words are there, maybe with a letter changed; it is for moderators to judge.
    """
    typed = list(dict.fromkeys(words(name[:MAX_QUERY])))[:_MAX_WORDS]
    if not typed:
        return []
    found = await _find(reader, language, name, typed, Place.read(""), 2 * _ALIKE)
    alike = 2 * Nearness.NEAR * len(typed)  # every word, in the name
    return [
        one.name
        for one in found
        if one.client_id != client_id
        and one.is_published
        and (one.points >= NAME_BEGINS or one.points >= alike)
    ][:_ALIKE]


async def _find(
    reader: Reader, language: str, text: str, typed: list[str], after: Place, limit: int
) -> list[Found]:
    joined = [first + second for first, second in itertools.pairwise(typed)]
    meant = [
        await _meant(reader, language, word, joined[max(0, n - 1) : n + 1])
        for n, word in enumerate(typed)
    ]
    needed = len(typed) - len(typed) // 3
    query = folded(text[:MAX_QUERY])
    return await search_store.list_found(reader, language, query, meant, needed, after, limit)


async def _meant(reader: Reader, language: str, typed: str, joined: list[str]) -> Meant:
    """Return the words of listings that *typed* may stand for.

    *joined* is what it makes with its neighbours, for whoever adds a space.
    """
    parts = grams(typed)
    known = await search_store.list_words(
        reader, language, parts, min(least_shared(typed), len(parts)), _LOOKED_AT
    )
    judged = [(word, nearness(typed, word)) for word in known]
    near = [*joined, *(word for word, one in judged if one is Nearness.NEAR), *swapped(typed)]
    return Meant(
        typed=typed,
        begins=[word for word, one in judged if one is Nearness.BEGINS][:_TAKEN],
        near=near[:_TAKEN],
    )
