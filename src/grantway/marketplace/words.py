"""Words as searches compare them, and how near two of them are to each other.

Nothing here is of one database: a word is found by the parts of three letters
that it shares with what was typed, and judged here.
"""

from __future__ import annotations

import enum
import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence

LONGEST_WORD = 40
_WORD = re.compile(r"[^\W_]+")
# Apostrophes fall out. Turkish has an i without a dot, which goes to other capital letters than
# elsewhere, and which many people type as the other one.
_FOLDED = str.maketrans({**dict.fromkeys("'\u2019\u02bc`", ""), "\u0131": "i"})


class Nearness(enum.IntEnum):
    """How much a word of a listing is the word that was typed; the number says what it is worth."""

    NEAR = 60
    """With a typing error, or with something before it."""
    BEGINS = 80
    """It begins with what was typed."""
    SAME = 100


def words(text: str) -> list[str]:
    """Return the words of *text* in small letters and without accents.

    >>> words("Facturación: Dana's café-bot!")
    ['facturacion', 'danas', 'cafe', 'bot']
    >>> words("KARGO TAKİBİ"), words("kargo tak\u0131b\u0131"), words("Счёт")
    (['kargo', 'takibi'], ['kargo', 'takibi'], ['счет'])
    """
    # Taken apart first: signs such as ℡ and letters of mathematics become capital ones by that.
    apart = unicodedata.normalize("NFKD", text.translate(_FOLDED)).casefold()
    plain = "".join(c for c in apart if not unicodedata.combining(c))
    return [word[:LONGEST_WORD] for word in _WORD.findall(plain)]


def words_of(name: str, short_description: str) -> dict[str, bool]:
    """Return the words that find a listing, and whether each stands in its name.

    Words of the name are also taken two together, for whoever leaves out the space,
    and from its beginning, behind a ^, with a $ behind the whole.

    >>> found = words_of("Parcel tracker", "Track a parcel")
    >>> [word for word, is_in_name in found.items() if not is_in_name]
    ['track', 'a']
    >>> [word for word, is_in_name in found.items() if is_in_name]
    ['parcel', 'tracker', 'parceltracker', '^parcel', '^parcel tracker', '^parcel tracker$']
    """
    in_name = words(name)
    joined = [(a + b)[:LONGEST_WORD] for a, b in itertools.pairwise(in_name)]
    begun = [f"^{' '.join(in_name[:n])}" for n in range(1, len(in_name) + 1)]
    whole = [f"{begun[-1]}$"] if begun else []
    return dict.fromkeys(words(short_description), False) | dict.fromkeys(
        in_name + joined + begun + whole, True
    )


def heads(typed: Sequence[str], begins: Sequence[str] = ()) -> list[str]:
    """Return the beginnings of names that are meant by words, the last of which may go on.

    >>> heads(["parcel", "track"], ["tracker"])
    ['^parcel track', '^parcel track$', '^parcel tracker']
    """
    first = "".join(f"{word} " for word in typed[:-1])
    return [f"^{first}{end}" for end in (typed[-1], f"{typed[-1]}$", *begins)]


def grams(word: str) -> list[str]:
    """Return the parts of a word, each once; its beginning counts more than its end.

    >>> grams("cafe")
    ['^^c', '^ca', 'caf', 'afe', 'fe$']
    """
    padded = f"^^{word}$"
    return list(dict.fromkeys(padded[n : n + 3] for n in range(len(padded) - 2)))


def least_shared(typed: str) -> int:
    """Return how many parts a word must share with what was typed to be looked at.

    What begins with it lacks one, its end. One wrong letter spoils three parts,
    two letters that changed places four.
    """
    most = _errors(typed)
    return max(2, len(typed) + 1 - 4 * most) if most else len(typed)


def swapped(typed: str) -> Iterator[str]:
    """Yield *typed* with two neighbours in each other's place.

    In a short word that spoils all parts, and nothing would be shared.

    >>> list(swapped("mpas"))
    ['pmas', 'maps', 'mpsa']
    """
    is_short = len(typed) < _MAY_ERR_AT_FIRST
    for n in range(len(typed) - 1 if is_short and _errors(typed) else 0):
        if typed[n] != typed[n + 1]:
            yield typed[:n] + typed[n + 1] + typed[n] + typed[n + 2 :]


def nearness(typed: str, word: str) -> Nearness | None:
    """Say how much *word* is what somebody typed; None when it is something else.

    >>> nearness("factura", "facturacion"), nearness("parcle", "parcel")
    (<Nearness.BEGINS: 80>, <Nearness.NEAR: 60>)
    >>> nearness("sms", "mms")
    """
    if typed == word:
        return Nearness.SAME
    if len(typed) > 1 and word.startswith(typed):
        return Nearness.BEGINS
    most = _errors(typed)
    if not most:
        return None
    if len(typed) < _MAY_ERR_AT_FIRST and not _begin_alike(typed, word):
        return None
    if distance(typed, word, most) <= most:
        return Nearness.NEAR
    if len(typed) < _MAY_BE_WITHIN:
        return None
    beginnings = (word[: len(typed) + more] for more in (0, 1))
    if typed in word or any(distance(typed, one, 1) <= 1 for one in beginnings):
        return Nearness.NEAR
    return None


def distance(a: str, b: str, most: int) -> int:
    """Return how many errors lie between two words, or more than *most* when there are more.

    An error is a letter too much, one too few, a wrong one, or two neighbours
    in each other's place.

    >>> distance("parcle", "parcel", 2), distance("invioce", "invoice", 2), distance("a", "bcd", 1)
    (1, 1, 2)
    """
    if abs(len(a) - len(b)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, before, row = before, row, [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


_MAY_ERR_AT_FIRST = 6  # letters: shorter words with another first letter are other words
_MAY_BE_WITHIN = 5  # shorter ones stand within far too many


def _errors(typed: str) -> int:
    """Return how many errors a word of this length may have: short ones resemble each other."""
    return 0 if len(typed) < 4 else 1 if len(typed) < 8 else 2


def _begin_alike(typed: str, word: str) -> bool:
    return typed[0] == word[0] or typed[:2] == word[1::-1]
