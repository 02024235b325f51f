"""Random credentials, and what is kept in their place.

An opaque credential names its kind and carries a checksum, so that a mistyped
or foreign one is refused before the database is asked, and secret scanners can
find one that leaked (rules S-59 to S-61). The random part has 240 bits.
"""

from __future__ import annotations

import enum
import hashlib
import hmac
import secrets
import string
import uuid

_ALPHABET = string.ascii_letters + string.digits
_RANDOM_LENGTH = 40
_CHECKSUM_LENGTH = 6


class Kind(enum.StrEnum):
    """The kinds of opaque credentials, by the word that they begin with."""

    SESSION = "gwsess"
    TICKET = "gwtick"
    FORM = "gwform"
    ENTRY = "gwentr"


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


def new_code(length: int = 704) -> str:
    """Make an authorization code: lower-case hex with the dialect's beginning."""
    return "def502" + secrets.token_hex((length - 6) // 2)


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


def _checksum(body: str) -> str:
    return hashlib.blake2b(body.encode(), digest_size=3).hexdigest()
