"""How an integration may be called (rules N, S-152)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from grantway.moderation.checks.model import Found, Surroundings, error, warning
from grantway.moderation.checks.reading import IN_WORDS
from grantway.moderation.model import Content

MAX_NAME = 30
MAX_WORD = 19
# The contract knows `via` and `by`, for all languages. Each may also say it in its own words.
_MADE_BY = ("via", "by")
_OWN_WORDS: Mapping[str, tuple[str, ...]] = {
    "es": ("vía", "por"),
    "pt": ("por",),
    "id": ("oleh",),
}
# They also join ordinary words ("control de pedidos"), so the owner itself has to follow.
_WEAK_WORDS: Mapping[str, tuple[str, ...]] = {
    "es": ("de", "del"),
    "pt": ("de", "da", "do"),
    "ru": ("от",),
}
_CYRILLIC_LANGUAGES = frozenset({"ru"})
_WORD = re.compile(r"[^\W\d_]+")
_SHORT_HOST = 5  # names below this length stand in many other words by chance
_CYRILLIC, _AS_LATIN = "авекмнорстухѕіјһԁԛԝӏ", "abekmhopctyxsijhdqwl"
_LATIN = str.maketrans(_CYRILLIC, _AS_LATIN)
_BACK = str.maketrans(_AS_LATIN[:15] + _AS_LATIN[16:], _CYRILLIC[:15] + _CYRILLIC[16:])
_LOOKS_LIKE = str.maketrans(
    {"0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "@": "a", "$": "s"}
) | dict(_LATIN)


def skeleton(text: str) -> str:
    """Return the letters of *text* as a hasty eye reads them.

    >>> skeleton("K0m-mö Tools"), skeleton("\u041a\u043e\u043c\u043c\u043e")
    ('kommotools', 'kommo')
    """
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(_LOOKS_LIKE)
    return "".join(c for c in plain if c.isalnum())


def in_latin(word: str) -> str:
    """Return a word in small letters in Latin ones, if all its Cyrillic ones look like them.

    >>> in_latin("\u0440\u0430\u0441\u0435"), in_latin("parcel")
    ('pace', 'parcel')
    """
    return word.translate(_LATIN) if _is_all_of(word, _CYRILLIC) else word


def in_cyrillic(word: str) -> str:
    """Return a word in small letters in Cyrillic ones, if all its Latin ones look like them."""
    return word.translate(_BACK) if _is_all_of(word, _AS_LATIN) else word


def _is_all_of(word: str, letters: str) -> bool:
    own = [c for c in word if c.isalpha()]
    return bool(own) and all(c in letters for c in own)


def _too_long(content: Content, _: Surroundings) -> Iterator[Found]:
    for one in content.presentations:
        if len(one.name) > MAX_NAME:
            text = f"The name has {len(one.name)} characters; {MAX_NAME} are allowed"
            yield Found(text=text, field="name", language=one.language)


def _long_words(content: Content, _: Surroundings) -> Iterator[Found]:
    for one in content.presentations:
        for word in one.name.split():
            if len(word) > MAX_WORD:
                text = f"{word[:MAX_NAME]!r} has {len(word)} characters; {MAX_WORD} are allowed"
                yield Found(text=text, field="name", language=one.language)


def _without_maker(content: Content, _: Surroundings) -> Iterator[Found]:
    for one in content.presentations:
        if one.name.strip() and _maker_at(one.name, one.language, content.owner_name) is None:
            words = " or ".join(_MADE_BY + _OWN_WORDS.get(one.language, ()))
            text = f"End the name with {words}, and who made it: {one.name[:40]} via …"
            yield Found(text=text, field="name", language=one.language)


def without_maker(name: str, language: str, owner: str) -> str:
    """Return what stands before the maker; the whole name when it names none.

    >>> without_maker("Send by mail via Dana", "en", "Dana Labs")
    'Send by mail'
    """
    at = _maker_at(name, language, owner)
    return " ".join(name.split()[:at])


def _maker_at(name: str, language: str, owner: str) -> int | None:
    """Return the place of the word before the maker.

    >>> _maker_at("Parcels via Dana", "en", "Dana Labs"), _maker_at("Parcels", "en", "Dana")
    (1, None)
    >>> [_maker_at(f"Control de {what}", "es", "Dana Labs") for what in ("Dana", "pedidos")]
    [1, None]
    """
    words = name.casefold().split()
    owners = set(owner.casefold().split())
    strong = _MADE_BY + _OWN_WORDS.get(language, ())
    weak = _WEAK_WORDS.get(language, ())
    for at in range(len(words) - 2, 0, -1):
        if words[at] in strong or (words[at] in weak and words[at + 1] in owners):
            return at
    return None


def _host_in_names(content: Content, around: Surroundings) -> Iterator[Found]:
    places = [("owner_name", "", content.owner_name)]
    for one in content.presentations:
        support = (_host_of(one.support_uri), one.support_email.rpartition("@")[2])
        places += [
            ("name", one.language, one.name),
            ("support_uri", one.language, support[0]),
            ("support_email", one.language, support[1]),
        ]
    for field, language, text in places:
        for host in around.host_names:
            if _contains(text, host):
                yield Found(
                    text=f"{IN_WORDS[field].capitalize()} contains {host}, the platform's own name",
                    field=field,
                    language=language,
                )
                break


def _contains(text: str, host: str) -> bool:
    wanted = skeleton(host)
    if len(wanted) < _SHORT_HOST:
        return bool(wanted) and wanted in map(skeleton, re.split(r"[\W_]+", text))
    return wanted in skeleton(text)


def _host_of(uri: str) -> str:
    try:
        return urlsplit(uri).hostname or ""
    except ValueError:
        return ""


def _like_others(content: Content, around: Surroundings) -> Iterator[Found]:
    for one in content.presentations:
        for other in around.alike.get(one.language, ()):
            text = f"The name looks like that of a published integration: {other}"
            yield Found(text=text, field="name", language=one.language)
        if one.language in _CYRILLIC_LANGUAGES:
            continue
        for word in _WORD.findall(one.name):
            if _is_all_of(word.casefold(), _CYRILLIC):
                text = f"{word} is written in Cyrillic letters that look like Latin ones"
                yield Found(text=text, field="name", language=one.language)


CHECKS = (
    error(
        "N1",
        f"The name has at most {MAX_NAME} characters.",
        _too_long,
    ),
    error(
        "N2",
        f"No word of the name has more than {MAX_WORD} characters; signs that touch a word "
        "belong to it.",
        _long_words,
    ),
    error(
        "N3",
        'The name ends with "via" or "by" and its maker: Parcels via Dana Labs. Spanish may also '
        'say "vía" or "por", Portuguese "por", Indonesian "oleh"; and before the owner\'s name '
        'Spanish "de", Portuguese "de", "da" or "do", Russian "от".',
        _without_maker,
        human="The maker in the name is the owner, or a brand of theirs.",
    ),
    error(
        "N4",
        "The platform's name, also in disguise, stands neither in the name nor in the owner, nor "
        "in the host of the support site or of its e-mail address.",
        _host_in_names,
        human="Pictures and the support site use neither logo nor house style of the platform.",
    ),
    warning(
        "N5",
        "The name cannot be taken for that of another integration in the Marketplace.",
        _like_others,
        human="A name like another one's imitates nobody; both makers can be told apart by name "
        "or logo.",
    ),
)
