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
from grantway.marketplace.model import MOST_COUNTED, PAGE, Page, Place
from grantway.marketplace.search_store import NAME_BEGINS, Found, Meant
from grantway.marketplace.words import (
    Nearness,
    grams,
    heads,
    least_shared,
    nearness,
    swapped,
    words,
)
from grantway.moderation.checks.names import in_cyrillic, in_latin

MAX_QUERY = 100
_MAX_WORDS = 6
_LOOKED_AT = 80  # words of listings for each that was typed
_TAKEN = 32  # of those that are near enough: what begins alike, and what was mistyped
_FEW = 150  # listings: below that, looking at each is faster than at all who say a common word
_KNOWN = 300  # listings that say a word: then it is one
_NOISE = 1_500  # listings that say a word of so few letters: then it tells nothing, like "by"
_SMALL = 3
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
        return Page([], found=0)
    is_first = not after
    looked_at = max(limit, MOST_COUNTED) if is_first else limit
    found = await _find(reader, language, typed, Place.read(after), looked_at + 1)
    shown = found[:limit]
    return Page(
        [one for one in shown if one.is_seen],
        str(shown[-1].place) if len(found) > limit else "",
        sum(one.is_seen for one in found) if is_first else None,
    )


async def names_like(reader: Reader, language: str, name: str, client_id: str) -> list[str]:
    """Return names of other integrations' listings that this name might be taken for (S-152).

    All its words are there, maybe with a letter changed, or in Cyrillic letters
    that look like Latin ones; it is for moderators to judge.
    """
    typed = list(dict.fromkeys(words(name[:MAX_QUERY])))[:_MAX_WORDS]
    if not typed:
        return []
    looking_so = [typed, [in_latin(word) for word in typed], [in_cyrillic(word) for word in typed]]
    found = [
        one
        for said in dict.fromkeys(map(tuple, looking_so))
        for one in await _find(reader, language, list(said), Place.read(""), 2 * _ALIKE)
    ]
    alike = 2 * Nearness.NEAR * len(typed)  # every word, in the name
    names = [
        one.name
        for one in found
        if one.client_id != client_id
        and one.is_seen
        and (one.points >= NAME_BEGINS or one.points >= alike)
    ]
    return list(dict.fromkeys(names))[:_ALIKE]


async def _find(
    reader: Reader, language: str, typed: list[str], after: Place, limit: int
) -> list[Found]:
    joined = [first + second for first, second in itertools.pairwise(typed)]
    meant = [
        await _meant(reader, language, word, joined[max(0, n - 1) : n + 1])
        for n, word in enumerate(typed)
    ]
    begun = heads(typed, meant[-1].begins)
    telling = [one for one in meant if not one.is_noise] or meant
    needed = len(telling) - len(telling) // 3
    rare = await _rare(reader, language, telling, len(telling) - needed + 1)
    return await search_store.list_found(
        reader, language, begun, telling, needed, rare, after, limit
    )


async def _meant(reader: Reader, language: str, typed: str, joined: list[str]) -> Meant:
    """Return the words of listings that *typed* may stand for.

    *joined* is what it makes with its neighbours, for whoever adds a space.
    """
    said = await search_store.count_saying(reader, language, [typed], _NOISE)
    if said == _NOISE and len(typed) <= _SMALL:
        return Meant(typed=typed, begins=[], near=joined, is_noise=True)
    parts = grams(typed)
    least = min(least_shared(typed), len(parts))
    if said >= _KNOWN:
        # What so many say is not mistyped. Whatever begins with it has its beginning and its end.
        parts = list({parts[1], parts[-2]})
        least = len(parts)
    known = await search_store.list_words(reader, language, parts, least, _LOOKED_AT)
    judged = [(word, nearness(typed, word)) for word in known]
    near = [*(word for word, one in judged if one is Nearness.NEAR), *swapped(typed)]
    return Meant(
        typed=typed,
        begins=[word for word, one in judged if one is Nearness.BEGINS][:_TAKEN],
        near=joined if said >= _KNOWN else [*joined, *near][:_TAKEN],
    )


async def _rare(reader: Reader, language: str, meant: list[Meant], count: int) -> list[str]:
    """Return what the rarest words may stand for, if few listings say any of it.

    Whatever says enough words says at least one of so many, whichever they are.
    """
    if len(meant) == 1:
        return []
    sizes = [await search_store.count_saying(reader, language, one.words, _FEW) for one in meant]
    rarest = sorted(range(len(meant)), key=lambda n: sizes[n])[:count]
    if sum(sizes[n] for n in rarest) >= _FEW:
        return []
    return [word for n in rarest for word in meant[n].words]
