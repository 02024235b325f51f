"""Where texts lead (rules T5, T6, T9, L3, L4; S-155). Nothing here asks whether a page answers."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from grantway.hooks.addresses import is_public, read_uri
from grantway.hooks.errors import UriRefused
from grantway.integrations.model import LANGUAGES
from grantway.integrations.rules import uri_problem
from grantway.moderation.checks.markup import ALLOWED_TAGS, Link
from grantway.moderation.checks.model import Check, Found, Surroundings, error, warning
from grantway.moderation.checks.reading import FORMATTED, passages
from grantway.moderation.model import Content

_MOST = 10  # problems of one text that are told at once; the others come when these are mended
_SHOWN = 80
_NEEDED = {"target": "_blank", "referrerpolicy": "no-referrer"}
# Names that lead nowhere, or only within somebody's own network (RFC 6761, 6762, 8375, 9476).
_NOT_OUTSIDE = (
    *("localhost", "local", "internal", "intranet", "lan", "home.arpa"),
    *("test", "invalid", "onion", "alt"),
)
_LANGUAGE_PARAMETERS = {"lang", "language", "locale", "hl"}


def link_problem(uri: str, around: Surroundings) -> str | None:
    """Say what forbids *uri* as a link for users, by its form alone.

    >>> link_problem("https://parcel.example/connect#start", Surroundings())
    >>> link_problem("https://10.0.0.1/", Surroundings())
    'it leads to an address that only your own network knows'
    >>> link_problem("https://parcels/", Surroundings())
    'it needs a whole host name, such as parcel.example'
    """
    opened = () if around.rules is None else around.rules.opened
    bare = uri.partition("#")[0]
    if problem := uri_problem(bare, is_redirect=False, is_private=False, opened=opened):
        return problem
    if bare.startswith("http://"):
        return None  # only what the operator opened for tests passes so far
    try:
        host = read_uri(bare).host
    except UriRefused as error:
        return error.detail
    try:
        ipaddress.ip_address(host)
    except ValueError:
        if any(f".{host}".endswith(f".{name}") for name in _NOT_OUTSIDE):
            return "it leads to a name that only your own network knows"
        return None if "." in host else "it needs a whole host name, such as parcel.example"
    return None if is_public(host) else "it leads to an address that only your own network knows"


def _bad_links(content: Content, around: Surroundings) -> Iterator[Found]:
    for one in passages(content, FORMATTED):
        problems = [
            f"{link.uri[:_SHOWN] or '<a>'}: {problem}"
            for link in one.markup.links
            for problem in _problems_of(link, around)
        ]
        for text in problems[:_MOST]:
            yield Found(text=text, field=one.field, language=one.language)


def _problems_of(link: Link, around: Surroundings) -> Iterator[str]:
    if not link.uri:
        yield 'the link has no address; write <a href="https://…"'
    elif problem := link_problem(link.uri, around):
        yield problem
    if link.attributes is not None:
        for name, value in _NEEDED.items():
            if link.attributes.get(name) != value:
                yield f'the tag of the link needs {name}="{value}"'


def _bad_markup(content: Content, _: Surroundings) -> Iterator[Found]:
    for one in passages(content, FORMATTED):
        for text in one.markup.problems[:_MOST]:
            yield Found(text=text, field=one.field, language=one.language)


def _no_way_to_install(content: Content, around: Surroundings) -> Iterator[Found]:
    led = {
        one.language
        for one in passages(content, ("description",))
        if any(link.uri and not link_problem(link.uri, around) for link in one.markup.links)
    }
    for one in content.presentations:
        if one.language not in led:
            text = (
                "Say where users complete the installation: the description needs a link that "
                "begins with https://"
            )
            yield Found(text=text, field="description", language=one.language)


def _foreign_links(content: Content, _: Surroundings) -> Iterator[Found]:
    for one in content.presentations:
        told = [
            (text.field, link.uri)
            for text in passages(content, FORMATTED)
            if text.language == one.language
            for link in text.markup.links[:_MOST]
        ]
        told += [(field, getattr(one, field)) for field in ("privacy_uri", "support_uri")]
        for field, uri in told:
            other = language_in(uri)
            if other is not None and other != one.language:
                text = f"{uri[:_SHOWN]} seems to lead to a page in {LANGUAGES[other]}"
                yield Found(text=text, field=field, language=one.language)


def language_in(uri: str) -> str | None:
    """Return the language that an address names.

    >>> [language_in(f"https://{rest}") for rest in ("es.parcel.example/", "a.example/pt-BR/x")]
    ['es', 'pt']
    >>> language_in("https://parcel.example/help?lang=en"), language_in("https://a.example/id")
    ('en', None)
    """
    try:
        parts = urlsplit(uri)
        host = parts.hostname or ""
        named = [value for key, value in parse_qsl(parts.query) if key in _LANGUAGE_PARAMETERS]
    except ValueError:
        return None
    first = parts.path.strip("/").partition("/")[0]
    # `/id` is an identifier more often than Indonesian.
    named += [one for one in (host.partition(".")[0], first) if one != "id"]
    codes = [one.replace("_", "-").partition("-")[0].lower() for one in named]
    return next((code for code in codes if code in LANGUAGES), None)


def _no_privacy_policy(content: Content, _: Surroundings) -> Iterator[Found]:
    for one in content.presentations:
        if not one.privacy_uri:
            text = "The link to the privacy policy is missing"
            yield Found(text=text, field="privacy_uri", language=one.language)


CHECKS: tuple[Check, ...] = (
    error(
        "T5",
        "Links begin with https://, lead to a whole host name or a public address, and are "
        'written out or as <a href="https://…" target="_blank" referrerpolicy="no-referrer">.',
        _bad_links,
    ),
    error(
        "T6",
        "Descriptions have little formatting: the tags "
        f"{', '.join(sorted(ALLOWED_TAGS))}, complete and closed, and no script.",
        _bad_markup,
    ),
    error(
        "T9",
        "Without a widget nobody can install it in the Marketplace: say in the description where "
        "users go to complete the installation, with a link that begins with https://.",
        _no_way_to_install,
        human="The link works, and the page behind it has the button with which users install.",
        applies=lambda content: not content.has_widget,
    ),
    warning(
        "L3",
        "Links lead to pages in the language of the text; videos have subtitles at least.",
        _foreign_links,
        human="Pages behind links are in the language of the text; videos have subtitles.",
    ),
    error(
        "L4",
        "Each language has a link to the privacy policy, which names the legal entity.",
        _no_privacy_policy,
        human="The privacy policy is in that language and names the legal entity.",
    ),
)
