"""Random credentials, and what is kept in their place.

An opaque credential names its kind and carries a checksum, so that a mistyped
or foreign one is refused before the database is asked, and secret scanners can
find one that leaked (rules S-59 to S-61). The random part has 240 bits.
"""

from __future__ import annotations

import enum
import hashlib
import hmac
import re
import secrets
import string
import uuid

_ALPHABET = string.ascii_letters + string.digits
_RANDOM_LENGTH = 40
_CHECKSUM_LENGTH = 6
_HEX_BEGINNING = "def502"
_HEX_CREDENTIAL = re.compile(r"def502(?:[0-9a-f]{2}){6,2000}")
_HEX_CHECKSUM_BYTES = 4
_CODE_BYTES = 344


class Kind(enum.StrEnum):
    """The kinds of opaque credentials, by the word that they begin with."""

    SESSION = "gwsess"
    TICKET = "gwtick"
    FORM = "gwform"
    ENTRY = "gwentr"
    CONSENT = "gwcons"
    INSTALL = "gwinst"


def new_credential(kind: Kind) -> str:
    """Make a credential of *kind* from the system's generator."""
    body = f"{kind}_{_random(_RANDOM_LENGTH)}"
    return body + _checksum(body)


def is_credential(text: str, kind: Kind) -> bool:
    """Tell whether *text* has the look and the checksum of *kind*.

    >>> is_credential(new_credential(Kind.SESSION), Kind.SESSION)
    True
    >>> is_credential(new_credential(Kind.SESSION), Kind.TICKET)
    False
    """
    if len(text) != len(kind) + 1 + _RANDOM_LENGTH + _CHECKSUM_LENGTH or not text.isascii():
        return False
    body, checksum = text[:-_CHECKSUM_LENGTH], text[-_CHECKSUM_LENGTH:]
    return text.startswith(f"{kind}_") and hmac.compare_digest(_checksum(body), checksum)


def new_client_secret() -> str:
    """Make an integration's secret key: 64 letters and digits (contract: authorization.md 2)."""
    return _random(64)


class HexKind(enum.IntEnum):
    """The kinds of credentials that have the dialect's look: `def502` and lower-case hex."""

    CODE = 1
    REFRESH_TOKEN = 2


def hex_credential(kind: HexKind, body: bytes) -> str:
    """Write *body* as a credential of *kind* (contract: authorization.md 2; S-60, S-61).

    >>> hex_credential(HexKind.CODE, b"body")
    'def50201626f64792fd6e3cc'
    """
    named = bytes([kind]) + body
    return _HEX_BEGINNING + (named + _hex_checksum(named)).hex()


def read_hex_credential(text: str, kind: HexKind) -> bytes | None:
    """Return the body of a credential; None for another kind, look or checksum.

    >>> read_hex_credential("def50201626f64792fd6e3cc", HexKind.CODE)
    b'body'
    >>> read_hex_credential("def50201626f64792fd6e3cc", HexKind.REFRESH_TOKEN)
    """
    if not _HEX_CREDENTIAL.fullmatch(text):
        return None
    raw = bytes.fromhex(text[len(_HEX_BEGINNING) :])
    named, checksum = raw[:-_HEX_CHECKSUM_BYTES], raw[-_HEX_CHECKSUM_BYTES:]
    if named[0] != kind or not hmac.compare_digest(_hex_checksum(named), checksum):
        return None
    return named[1:]


def new_code() -> str:
    """Make an authorization code, as long as the dialect's."""
    return hex_credential(HexKind.CODE, secrets.token_bytes(_CODE_BYTES))


def new_uuid() -> str:
    """Make a random identifier; it names something and is no secret."""
    return str(uuid.uuid4())


def digest(secret: str) -> str:
    """Return what the database keeps in place of *secret*.

    A plain SHA-256 is enough, because the secret is long and random: there is
    nothing to guess. It keeps every look-up one read of an index.

    >>> digest("an example")[:12]
    '73300871f44c'
    """
    return hashlib.sha256(secret.encode()).hexdigest()


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def _hex_checksum(named: bytes) -> bytes:
    return hashlib.blake2b(named, digest_size=_HEX_CHECKSUM_BYTES, person=b"grantway hex").digest()


def _checksum(body: str) -> str:
    return hashlib.blake2b(body.encode(), digest_size=3).hexdigest()
