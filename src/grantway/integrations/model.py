"""An integration, and the rules of its fields (contract: authorization.md 15)."""

from __future__ import annotations

import hashlib
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
TONES = 8  # colours of icons; styles name them 0 to 7
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


class Client(msgspec.Struct, frozen=True, kw_only=True):
    """An integration as the authorization server sees it."""

    client_id: str
    account_id: int
    kind: str
    status: str
    name: str
    redirect_uri: str | None
    revoke_hook_uri: str | None
    scopes: str
    fidelity: str
    has_widget: bool
    secrets_uri: str | None
    secret_hash: str | None

    def __repr__(self) -> str:
        """Name the integration and nothing that it keeps."""
        return f"Client({self.client_id!r}, status={self.status!r})"

    @property
    def is_live(self) -> bool:
        """Whether it may do anything at all: neither stopped by the operator nor deleted."""
        return self.status not in {"disabled", "deleted"}

    @property
    def is_disabled(self) -> bool:
        """Whether the platform's operator stopped it everywhere (S-79)."""
        return self.status == "disabled"

    @property
    def is_private(self) -> bool:
        return self.kind == "private"

    @property
    def is_external(self) -> bool:
        """Whether a button on a site made it (contract: authorization.md 10)."""
        return self.secrets_uri is not None


class Presented(msgspec.Struct, frozen=True, kw_only=True):
    """An integration as a page introduces it to a user, in their language if it speaks that."""

    client_id: str
    account_id: int
    name: str
    short_description: str
    language: str
    owner_name: str
    owner_uri: str | None
    privacy_uri: str | None
    redirect_uri: str | None
    secrets_uri: str | None
    scopes: str
    kind: str
    status: str
    has_widget: bool

    @property
    def is_verified(self) -> bool:
        """Whether it passed moderation: published ones did, no others."""
        return self.status == "published"

    @property
    def initials(self) -> str:
        """Return one or two letters for its icon."""
        return initials(self.name)

    @property
    def tone(self) -> int:
        """Return the number of its icon's colour, the same wherever it is shown."""
        return tone(self.client_id)


def secret_purpose(client_id: str) -> str:
    """Return what the secret key of an integration is sealed for."""
    return f"secret of {client_id}"


def initials(name: str) -> str:
    """Return one or two letters that stand for *name*.

    >>> initials("dana's parcel tracker"), initials("Éclair"), initials("#1")
    ('DP', 'É', '1')
    """
    words = [[c for c in word if c.isalnum()] for word in name.split()]
    return "".join(letters[0] for letters in words if letters)[:2].upper() or "?"


def tone(client_id: str) -> int:
    """Return a number below TONES, always the same for the same integration.

    >>> 0 <= tone("0f3c9a52-6d1e-4c0b-9b7e-2a51c7d4e810") < TONES
    True
    """
    return hashlib.blake2b(client_id.encode(), digest_size=1).digest()[0] % TONES


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
