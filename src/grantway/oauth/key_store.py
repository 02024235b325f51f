"""The SQL of signing keys."""

from __future__ import annotations

import msgspec

from grantway.db import Reader, Transaction


class KeyRow(msgspec.Struct, frozen=True):
    """A key as it is kept."""

    kid: str
    public_pem: str
    private_sealed: str
    state: str
    created_at: int


_KEY = "select kid, public_pem, private_sealed, state, created_at from signing_keys"


async def list_usable_keys(reader: Reader) -> list[KeyRow]:
    """Return every key whose tokens count."""
    return await reader.all(KeyRow, f"{_KEY} where state <> 'compromised' order by created_at")


async def list_keys(reader: Reader) -> list[KeyRow]:
    """Return every key there ever was."""
    return await reader.all(KeyRow, f"{_KEY} order by created_at")


async def find_active_key(reader: Reader) -> KeyRow | None:
    """Return the key that signs."""
    return await reader.one(KeyRow, f"{_KEY} where state = 'active'")


async def add_key(
    tx: Transaction, kid: str, public_pem: str, private_sealed: str, now: int
) -> None:
    """Add a key that signs from now on."""
    await tx.change(
        """
        insert into signing_keys (kid, public_pem, private_sealed, state, created_at)
        values (:kid, :public_pem, :private_sealed, 'active', :now)
        """,
        kid=kid,
        public_pem=public_pem,
        private_sealed=private_sealed,
        now=now,
    )
