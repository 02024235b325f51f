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


async def find_key(reader: Reader, state: str) -> KeyRow | None:
    """Return the one key that is `active`, or the one that is `next`."""
    return await reader.one(KeyRow, f"{_KEY} where state = :state", state=state)


async def find_key_by_name(reader: Reader, kid: str) -> KeyRow | None:
    """Return the key named *kid*, in whatever state."""
    return await reader.one(KeyRow, f"{_KEY} where kid = :kid", kid=kid)


async def lock_keys(tx: Transaction) -> None:
    """Make everybody else who changes keys wait for this transaction."""
    await tx.lock("select kid from signing_keys order by kid")


async def add_key(
    tx: Transaction, kid: str, public_pem: str, private_sealed: str, state: str, now: int
) -> None:
    """Add a key."""
    await tx.change(
        """
        insert into signing_keys (kid, public_pem, private_sealed, state, created_at)
        values (:kid, :public_pem, :private_sealed, :state, :now)
        """,
        kid=kid,
        public_pem=public_pem,
        private_sealed=private_sealed,
        state=state,
        now=now,
    )


async def activate_key(tx: Transaction, kid: str) -> None:
    """Let the key sign; none may be signing."""
    await tx.change("update signing_keys set state = 'active' where kid = :kid", kid=kid)


async def retire_key(tx: Transaction, kid: str, now: int) -> None:
    """Let the key verify and never sign again: its private half is destroyed."""
    await tx.change(
        """
        update signing_keys set state = 'retired', private_sealed = '', ended_at = :now
         where kid = :kid
        """,
        kid=kid,
        now=now,
    )


async def give_up_key(tx: Transaction, kid: str, now: int) -> None:
    """Let the key neither sign nor verify."""
    await tx.change(
        """
        update signing_keys set state = 'compromised', private_sealed = '', ended_at = :now
         where kid = :kid
        """,
        kid=kid,
        now=now,
    )
