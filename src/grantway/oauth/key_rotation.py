"""Bringing in another signing key, and giving up one that leaked (S-71, S-72, S-219).

A key is announced first: it stands in the published set, and signs nothing. Once
everybody who keeps that set has read it anew, it may sign. The key before it is
retired then: its private half is destroyed, and its tokens are good until they end.
"""

from __future__ import annotations

from grantway import audit
from grantway.audit import Entry, Event
from grantway.db import Transaction
from grantway.kernel.sealing import Seal
from grantway.oauth import key_store as store
from grantway.oauth.errors import KeyRefused
from grantway.oauth.keys import NewKey, purpose

AHEAD = 15 * 60  # three times as long as the published set may be kept


async def announce(tx: Transaction, key: NewKey, seal: Seal, now: int) -> None:
    """Publish *key* as the one that signs next. Raises KeyRefused when there is one already."""
    await store.lock_keys(tx)
    if await store.find_key(tx, "next") is not None:
        raise KeyRefused("another key was announced already; let it sign first")
    sealed = seal.seal(key.private_pem, purpose(key.kid))
    await store.add_key(tx, key.kid, key.public_pem, sealed, "next", now)
    await _record(tx, Event.SIGNING_KEY_ANNOUNCED, key.kid, now)


async def activate(tx: Transaction, now: int, *, at_once: bool = False) -> str:
    """Let the announced key sign, and retire the one before it; return its name.

    Raises KeyRefused when none was announced, or not long enough ago unless
    *at_once*: programs that check tokens by the published set might not know it.
    """
    await store.lock_keys(tx)
    following = await store.find_key(tx, "next")
    if following is None:
        raise KeyRefused("no key was announced")
    left = following.created_at + AHEAD - now
    if left > 0 and not at_once:
        raise KeyRefused(f"the key was announced too short ago; it may sign in {left} seconds")
    present = await store.find_key(tx, "active")
    if present is not None:
        await store.retire_key(tx, present.kid, now)
    await store.activate_key(tx, following.kid)
    retired = None if present is None else present.kid
    await _record(tx, Event.SIGNING_KEY_ACTIVATED, _in_place_of(retired, following.kid), now)
    return following.kid


async def compromise(
    tx: Transaction, kid: str, replacement: NewKey, seal: Seal, now: int
) -> str | None:
    """Refuse all tokens of a key that leaked, from the commit on, in every process within a second.

    When it is the one that signs, *replacement* signs from here on; return the
    name of the key that took over, None when none had to. Refresh tokens and
    grants live on, so integrations go on with their next refresh; long-lived
    tokens of the key are dead. Raises KeyRefused for an unknown or known leak.
    """
    await store.lock_keys(tx)
    leaked = await store.find_key_by_name(tx, kid)
    if leaked is None or leaked.state == "compromised":
        raise KeyRefused("there is no such key, or it was given up before")
    await store.give_up_key(tx, kid, now)
    await _record(tx, Event.SIGNING_KEY_COMPROMISED, kid, now)
    if leaked.state != "active":
        return None
    sealed = seal.seal(replacement.private_pem, purpose(replacement.kid))
    await store.add_key(tx, replacement.kid, replacement.public_pem, sealed, "active", now)
    await _record(tx, Event.SIGNING_KEY_ACTIVATED, _in_place_of(kid, replacement.kid), now)
    return replacement.kid


def _in_place_of(before: str | None, kid: str) -> str:
    return kid if before is None else f"{kid} in place of {before}"


async def _record(tx: Transaction, event: Event, subject: str, now: int) -> None:
    await audit.record(tx, Entry(at=now, event=event, actor="operator", subject=subject))
