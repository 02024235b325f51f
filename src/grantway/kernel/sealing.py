"""Authenticated encryption of what the database must keep and must not reveal (S-85, S-88, S-89).

The key lies outside the database. Each sealed value begins with the name of
its key, so that a new key can be brought in while old values are still read.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12


class UnsealError(Exception):
    """A sealed value cannot be opened: the key is not there, or the value was changed."""


class Seal:
    """Seals with the first of its keys and opens with any of them."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys:
            raise ValueError("a seal needs at least one key")
        if any(len(key) != KEY_BYTES for key in keys):
            raise ValueError(f"a sealing key has {KEY_BYTES} bytes")
        self._keys = {_name(key): AESGCM(key) for key in keys}
        self._current = _name(keys[0])
        # Of their own, so that no mark tells anything about what is sealed.
        self._mark_keys = [hashlib.sha256(b"grantway marks" + key).digest() for key in keys]

    def seal(self, text: str, purpose: str) -> str:
        """Encrypt *text*; it opens only for the same *purpose*."""
        nonce = os.urandom(_NONCE_BYTES)
        box = self._keys[self._current].encrypt(nonce, text.encode(), purpose.encode())
        return f"{self._current}:{base64.urlsafe_b64encode(nonce + box).decode()}"

    def unseal(self, sealed: str, purpose: str) -> str:
        """Return the text that was sealed; raise UnsealError when that is impossible."""
        name, _, box = sealed.partition(":")
        key = self._keys.get(name)
        if key is None:
            raise UnsealError(f"no key named {name!r} is configured")
        try:
            raw = base64.b64decode(box, altchars=b"-_", validate=True)
            return key.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], purpose.encode()).decode()
        except (InvalidTag, ValueError):
            raise UnsealError("the value was changed, or sealed for another purpose") from None

    def mark(self, text: str, purpose: str) -> str:
        """Return what only somebody with our key can make of *text* for *purpose*."""
        return _mark(self._mark_keys[0], text, purpose)

    def is_mark(self, mark: str, text: str, purpose: str) -> bool:
        """Tell whether *mark* was made of *text* for *purpose*, with any of our keys."""
        given = mark.encode()
        return any(
            hmac.compare_digest(_mark(key, text, purpose).encode(), given)
            for key in self._mark_keys
        )


def _mark(key: bytes, text: str, purpose: str) -> str:
    return hmac.digest(key, f"{purpose}\0{text}".encode(), "sha256").hex()


def _name(key: bytes) -> str:
    return hashlib.sha256(b"grantway sealing key" + key).hexdigest()[:8]
