"""An integration, and the rules of its fields (contract: authorization.md 15)."""

from __future__ import annotations

import ipaddress
import unicodedata
from urllib.parse import unquote, urlsplit

import msgspec

from grantway.integrations.scopes import scopes_of_token

MAX_NAME = 255
MAX_DESCRIPTION = 65_000
MAX_URI = 2_000  # rule S-08
FIRST_NAME = "Integration name"
FIRST_DESCRIPTION = "Description"
FIDELITIES = ("kommo", "strict")  # how the dialect is read: as its clients rely on, or narrowly
_ANSWER_PARAMETERS = ("code", "state", "error", "iss", "referer", "client_id")  # rule S-03


class Integration(msgspec.Struct, frozen=True):
    """The software that asks for access."""

    client_id: str
    account_id: int
    kind: str
    status: str
    name: str
    description: str
    redirect_uri: str | None
    revoke_hook_uri: str | None
    scopes: str
    fidelity: str
    secret_issued_at: int | None
    created_at: int
    created_by: int
    updated_at: int

    @property
    def is_private(self) -> bool:
        """Whether it works in its own account only, and may have long-lived tokens."""
        return self.kind == "private"

    @property
    def token_scopes(self) -> list[str]:
        """What a token of this integration lists."""
        return scopes_of_token(self.scopes)


def text_problem(text: str, longest: int, *, lines: bool = False) -> str | None:
    """Say what forbids *text* as a name, or with *lines* as a description (rule S-152).

    >>> text_problem("My integration", 255)
    >>> text_problem("", 255)
    'write 1 to 255 characters'
    """
    if not 1 <= len(text.strip()) <= longest:
        return f"write 1 to {longest} characters"
    for character in text:
        category = unicodedata.category(character)
        if category in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} and not (
            lines and character in "\r\n\t"
        ):
            return f"the character U+{ord(character):04X} is invisible and cannot be used"
    return None


def uri_problem(uri: str, *, is_redirect: bool, is_private: bool) -> str | None:
    """Say what forbids *uri* as a redirect URI or a hook (rules S-03, S-07, S-08).

    >>> uri_problem("https://hooks.example.org/kommo", is_redirect=True, is_private=True)
    >>> uri_problem("https://a.example/?code=1", is_redirect=True, is_private=True)
    'it already contains the parameter code, which the answer will add'
    """
    if len(uri) > MAX_URI:
        return f"use at most {MAX_URI} characters"
    if any(c.isspace() or not c.isprintable() or not c.isascii() for c in uri):
        return "use printable ASCII characters without spaces; encode all others"
    if "*" in uri or "\\" in uri:
        return "write one exact address: no wildcard and no backslash"
    try:
        parts = urlsplit(uri)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "write an address like https://hooks.example.org/path"
    if parts.scheme not in {"http", "https"} or not uri.startswith(("http://", "https://")):
        return "it must begin with https://"
    if not host or parts.username is not None or parts.password is not None:
        return "write a host name, and no user name before it"
    if "#" in uri:
        return "leave out the # and what follows it"
    if parts.scheme == "http" and not (is_redirect and is_private and _is_loopback(host)):
        return "it must begin with https://; only this machine's own addresses may use http://"
    return _answer_parameter(uri) if is_redirect else None


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _answer_parameter(uri: str) -> str | None:
    query = uri
    for _ in range(3):  # encoded, and encoded again
        query = unquote(query)
    for pair in query.partition("?")[2].replace(";", "&").split("&"):
        name = pair.partition("=")[0].lower()
        if name in _ANSWER_PARAMETERS:
            return f"it already contains the parameter {name}, which the answer will add"
    return None
