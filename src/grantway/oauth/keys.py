"""The keys that sign tokens: kept sealed, parsed once, one active at a time.

A token names its key (`kid`). Verification takes the key from our own store and
the algorithm from the key, never from the token (S-63, S-64).
"""

from __future__ import annotations

import asyncio

import msgspec
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from joserfc.jwk import RSAKey

from grantway import audit
from grantway.audit import Entry, Event
from grantway.db import Reader, Transaction
from grantway.kernel.clock import Clock
from grantway.kernel.credentials import new_uuid
from grantway.kernel.sealing import Seal
from grantway.oauth import key_store as store
from grantway.oauth.key_store import KeyRow

ALGORITHM = "RS256"
_BITS = 2048  # the dialect's
_REFRESH_SECONDS = 1  # the bound of S-72


class NoSigningKey(Exception):
    """The database has no active signing key; `grantway key create` makes one."""


class SigningKey(msgspec.Struct, frozen=True):
    """The active key, parsed."""

    kid: str
    key: rsa.RSAPrivateKey

    def sign(self, text: bytes) -> bytes:
        """Return the signature of *text* by `ALGORITHM` (RFC 7518, 3.3)."""
        return self.key.sign(text, padding.PKCS1v15(), hashes.SHA256())


class NewKey(msgspec.Struct, frozen=True):
    """A key pair that nobody has stored yet."""

    kid: str
    public_pem: str
    private_pem: str


async def make_key() -> NewKey:
    """Make a key pair; takes a moment, so it happens outside of any transaction."""
    return await asyncio.to_thread(_make)


def _make() -> NewKey:
    private = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    return NewKey(
        kid=new_uuid(),
        private_pem=private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode(),
        public_pem=private.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode(),
    )


def _private_key(pem: str) -> rsa.RSAPrivateKey:
    # The seal proves that the key is the one we made; proving its primes again takes 80 ms.
    private = serialization.load_pem_private_key(
        pem.encode(), password=None, unsafe_skip_rsa_key_validation=True
    )
    if not isinstance(private, rsa.RSAPrivateKey):
        raise TypeError("a signing key is an RSA key")
    return private


def purpose(kid: str) -> str:
    """Return the purpose that a private key is sealed for."""
    return f"signing key {kid}"


async def store_first_key(tx: Transaction, key: NewKey, seal: Seal, now: int) -> bool:
    """Make *key* the active one unless there is one; False if there was."""
    if await store.find_key(tx, "active") is not None:
        return False
    sealed = seal.seal(key.private_pem, purpose(key.kid))
    await store.add_key(tx, key.kid, key.public_pem, sealed, "active", now)
    await audit.record(
        tx,
        Entry(at=now, event=Event.SIGNING_KEY_CREATED, actor="operator", subject=key.kid),
    )
    return True


async def has_active_key(reader: Reader) -> bool:
    """Tell whether tokens can be signed at all."""
    return await store.find_key(reader, "active") is not None


async def all_keys(reader: Reader) -> list[KeyRow]:
    """Return every key there ever was, the oldest first."""
    return await store.list_keys(reader)


class Keyring:
    """The keys of this process, read again from the store every second.

    It reads through the reader of whoever asks: a request that asked the pool
    for a second connection while it holds one could wait for itself.
    """

    def __init__(self, seal: Seal, now: Clock) -> None:
        self._seal = seal
        self._now = now
        self._read_at: int | None = None
        self._public: dict[str, RSAKey] = {}
        self._active: SigningKey | None = None

    async def active(self, reader: Reader) -> SigningKey:
        """Return the key that signs now; raise NoSigningKey."""
        await self._refresh(reader)
        if self._active is None:
            raise NoSigningKey
        return self._active

    async def public(self, reader: Reader, kid: str) -> RSAKey | None:
        """Return the key that verifies, or None for one that is unknown or compromised."""
        await self._refresh(reader)
        return self._public.get(kid)

    async def published(self, reader: Reader) -> dict[str, RSAKey]:
        """Return every key that verifies, by its name: also one that will sign later (S-71)."""
        await self._refresh(reader)
        return dict(self._public)

    async def _refresh(self, reader: Reader) -> None:
        now = self._now()
        if self._read_at is not None and abs(now - self._read_at) < _REFRESH_SECONDS:
            return
        rows = await store.list_usable_keys(reader)
        self._public = {
            row.kid: self._public.get(row.kid) or RSAKey.import_key(row.public_pem) for row in rows
        }
        active = next((row for row in rows if row.state == "active"), None)
        if active is None:
            self._active = None
        elif self._active is None or self._active.kid != active.kid:
            pem = self._seal.unseal(active.private_sealed, purpose(active.kid))
            self._active = SigningKey(active.kid, _private_key(pem))
        self._read_at = now
