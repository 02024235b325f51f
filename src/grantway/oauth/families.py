"""The refresh tokens of one grant, one after another (contract: authorization.md 5.3, 5.4).

A family is one row, whatever its age. It has a seed, kept sealed. Everything
that makes one pair of tokens different from another is computed from the seed
and the number of the pair, its generation. So a client that lost an answer can
be given the same pair again, and no token is kept anywhere (S-47, S-48, S-84).
"""

from __future__ import annotations

import calendar
import datetime as dt
import functools
import hashlib
import hmac
import secrets
import struct
import uuid

import msgspec

from grantway.kernel.credentials import HexKind, hex_credential, read_hex_credential

ACCESS_TOKEN_LIFETIME = 24 * 3600
RETRY_WINDOW = 60
ABSOLUTE_LIFETIME = 365 * 24 * 3600  # of strict integrations' families (S-56)
_MONTHS = 3
_LEAST_DAYS = 90
_SEED_BYTES = 32
_PLACE = struct.Struct(">Q16sQ")
_PROOF_BYTES = 32
_TOKEN_ID_BYTES = 40


class Presented(msgspec.Struct, frozen=True):
    """What a refresh token says of itself. Nothing of it is true before the proof is checked."""

    account_id: int
    uuid: str
    generation: int
    proof: bytes


def new_seed() -> bytes:
    """Make the secret of a family from the system's generator."""
    return secrets.token_bytes(_SEED_BYTES)


def purpose(grant_uuid: str) -> str:
    """Return the purpose that a family's seed is sealed for."""
    return f"seed of {grant_uuid}"


def refresh_token(seed: bytes, account_id: int, grant_uuid: str, generation: int) -> str:
    """Return the refresh token of a generation, always the same one."""
    place = _PLACE.pack(account_id, _uuid_bytes(grant_uuid), generation)
    return hex_credential(HexKind.REFRESH_TOKEN, place + _proof(seed, place))


def read_refresh_token(text: str) -> Presented | None:
    """Read a refresh token; None for anything that is none, told by its look alone (S-61)."""
    body = read_hex_credential(text, HexKind.REFRESH_TOKEN)
    if body is None or len(body) != _PLACE.size + _PROOF_BYTES:
        return None
    account_id, name, generation = _PLACE.unpack_from(body)
    if account_id >= 2**63 or generation >= 2**63:
        return None
    return Presented(account_id, str(uuid.UUID(bytes=name)), generation, body[_PLACE.size :])


def is_proved(presented: Presented, seed: bytes) -> bool:
    """Tell whether the token was made with this seed."""
    name = _uuid_bytes(presented.uuid)
    place = _PLACE.pack(presented.account_id, name, presented.generation)
    return hmac.compare_digest(presented.proof, _proof(seed, place))


def token_id(seed: bytes, generation: int) -> str:
    """Return the `jti` of the access token of a generation: 80 hex characters."""
    return _made(seed, b"access token", generation.to_bytes(8), _TOKEN_ID_BYTES).hex()


@functools.lru_cache(maxsize=16)
def refresh_expiry(issued_at: int) -> int:
    """Return when a refresh token ends: three calendar months later, in 90 days at least.

    >>> refresh_expiry(1_767_571_200) - 1_767_571_200 == 90 * 86_400  # 5 January to 5 April
    True
    """
    issued = dt.datetime.fromtimestamp(issued_at, dt.UTC)
    years, month = divmod(issued.month - 1 + _MONTHS, 12)
    year, month = issued.year + years, month + 1
    day = min(issued.day, calendar.monthrange(year, month)[1])
    later = issued.replace(year=year, month=month, day=day)
    least = issued + dt.timedelta(days=_LEAST_DAYS)
    return int(max(later, least).timestamp())


def _proof(seed: bytes, place: bytes) -> bytes:
    return _made(seed, b"refresh token", place, _PROOF_BYTES)


def _made(seed: bytes, purpose: bytes, text: bytes, size: int) -> bytes:
    """Return what only the seed can make of *text*: keyed BLAKE2b (RFC 7693, 2.9)."""
    return hashlib.blake2b(text, key=seed, person=purpose, digest_size=size).digest()


def _uuid_bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("-", ""))
