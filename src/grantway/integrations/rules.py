"""What may be written into the fields of an integration (contract: authorization.md 15)."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Collection
from typing import Protocol
from urllib.parse import unquote, urlsplit

from grantway.integrations.model import MAX_URI

_ANSWER_PARAMETERS = ("code", "state", "error", "iss", "referer", "client_id")  # rule S-03
_NOTHING_TO_SEE = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
# Nothing to see either, though Unicode counts them among letters, marks and symbols.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0]")
# Scripts with letters that look like one another's; whoever mixes them within a word imitates.
_LOOK_ALIKE = {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU"}
_WORD = re.compile(r"[\w\u0300-\u036f]+")  # with the marks that stand above and below letters
_ORDINALS = "ªº"
_MAX_EMAIL = 254  # RFC 5321, 4.5.3.1.3


class CallRules(Protocol):
    """What may be called by this server; the package `hooks`, which lies above, judges it."""

    @property
    def opened(self) -> Collection[str]:
        """Addresses with ports that the operator opened; see `uri_problem`."""

    def problem(self, uri: str) -> str | None:
        """Say what forbids calls to *uri*."""


def text_problem(text: str, longest: int, *, lines: bool = False) -> str | None:
    """Say what forbids *text* as a name, or with *lines* as a description (rule S-152).

    >>> text_problem("My integration", 255)
    >>> text_problem("", 255)
    'write 1 to 255 characters'
    >>> text_problem("P\u0430rcels", 255)
    'the word P\u0430rcels mixes letters of LATIN and CYRILLIC that look alike; use one alphabet'
    """
    if not 1 <= len(text.strip()) <= longest:
        return f"write 1 to {longest} characters"
    for character in text:
        is_line = lines and character in "\r\n\t"
        if not is_line and (
            unicodedata.category(character) in _NOTHING_TO_SEE or _BLANK.match(character)
        ):
            return f"the character U+{ord(character):04X} is invisible and cannot be used"
    return None if lines else _imitation(text)


def optional_text_problem(text: str, longest: int, *, lines: bool = False) -> str | None:
    """Say what forbids *text* where nothing at all may stand, too."""
    return text_problem(text, longest, lines=lines) if text.strip() else None


def email_problem(address: str) -> str | None:
    """Say what forbids *address* as one that mail is sent to, by its form.

    >>> email_problem("help@parcel.example")
    >>> email_problem("help@parcel")
    'write an e-mail address like help@parcel.example'
    """
    name, at, host = address.rpartition("@")
    if not (at and name and "." in host.strip(".")) or any(c.isspace() for c in address):
        return "write an e-mail address like help@parcel.example"
    return text_problem(address, _MAX_EMAIL)


def _imitation(text: str) -> str | None:
    """Say which word looks like another one: letters of two alphabets, or in disguise."""
    for character in text:
        plain = unicodedata.normalize("NFKC", character)
        is_disguised = plain != character and plain.isascii() and character.isalpha()
        if is_disguised and character not in _ORDINALS:
            return f"write {plain} itself, not U+{ord(character):04X}, which looks like it"
    for word in _WORD.findall(text):
        scripts = [
            unicodedata.name(letter, "").partition(" ")[0] for letter in word if letter.isalpha()
        ]
        mixed = [script for script in dict.fromkeys(scripts) if script in _LOOK_ALIKE]
        if len(mixed) > 1:
            return (
                f"the word {word} mixes letters of {' and '.join(mixed)} that look alike; "
                "use one alphabet"
            )
    return None


def uri_problem(
    uri: str, *, is_redirect: bool, is_private: bool, opened: Collection[str] = ()
) -> str | None:
    """Say what forbids *uri* as a redirect URI, a hook or a link (rules S-03, S-07, S-08).

    *opened* are addresses with ports that the operator opened for tests and
    development; those of them on this machine may be spoken to in plain HTTP.

    >>> uri_problem("https://hooks.example.org/kommo", is_redirect=True, is_private=True)
    >>> uri_problem("https://a.example/?code=1", is_redirect=True, is_private=True)
    'it already contains the parameter code, which the answer will add'
    >>> local = "http://localhost:9000/off"
    >>> uri_problem(local, is_redirect=False, is_private=False)
    'it must begin with https://'
    >>> uri_problem(local, is_redirect=False, is_private=False, opened=["127.0.0.1:9000"])
    """
    if len(uri) > MAX_URI:
        return f"use at most {MAX_URI} characters"
    if any(c.isspace() or not c.isprintable() or not c.isascii() for c in uri):
        return "use printable ASCII characters without spaces; encode all others"
    if "*" in uri or "\\" in uri:
        return "write one exact address: no wildcard and no backslash"
    try:
        parts = urlsplit(uri)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "write an address like https://hooks.example.org/path"
    if parts.scheme not in {"http", "https"} or not uri.startswith(("http://", "https://")):
        return "it must begin with https://"
    if not host or parts.username is not None or parts.password is not None:
        return "write a host name, and no user name before it"
    if "#" in uri:
        return "leave out the # and what follows it"
    may_be_plain = (is_redirect and is_private) or _is_opened(port, opened)
    if parts.scheme == "http" and not may_be_plain:
        return "it must begin with https://"
    if parts.scheme == "http" and not _is_loopback(host):
        return "it must begin with https://; only this machine's own addresses may use http://"
    return _answer_parameter(uri) if is_redirect else None


def hook_problem(uri: str, rules: CallRules | None) -> str | None:
    """Say what forbids *uri* as an address that this server calls (rules S-156, S-164).

    Without *rules* only the address itself is judged, not where it leads.
    """
    opened = () if rules is None else rules.opened
    problem = uri_problem(uri, is_redirect=False, is_private=False, opened=opened)
    return problem or (None if rules is None else rules.problem(uri))


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_opened(port: int | None, opened: Collection[str]) -> bool:
    """Tell whether the operator opened that port of this machine."""
    pairs = (one.rpartition(":") for one in opened)
    return any(
        str(port or 80) == number and _is_loopback(address.strip("[]"))
        for address, _, number in pairs
    )


def _answer_parameter(uri: str) -> str | None:
    query = uri
    for _ in range(3):  # encoded, and encoded again
        query = unquote(query)
    for pair in query.partition("?")[2].replace(";", "&").split("&"):
        name = pair.partition("=")[0].lower()
        if name in _ANSWER_PARAMETERS:
            return f"it already contains the parameter {name}, which the answer will add"
    return None
