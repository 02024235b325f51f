"""Access tokens as JWTs (contract: authorization.md 6; RFC 7519, RFC 8725).

The one file that knows a JOSE library.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import secrets
from collections import OrderedDict
from typing import Annotated, Any

import msgspec
from joserfc import jws
from joserfc.errors import JoseError

from grantway.db import Reader
from grantway.oauth.errors import TokenRefused
from grantway.oauth.keys import ALGORITHM, Keyring, SigningKey

MAX_TOKEN = 8 * 1024  # rule S-66
LEEWAY = 60  # rule S-70: for clocks of several machines; never for `exp`
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_REMEMBERED = 10_000


class Claims(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a token says, in the order in which the dialect prints it."""

    aud: str
    jti: str
    iat: int
    nbf: int
    exp: int
    sub: str
    grant_type: str = ""
    account_id: Annotated[int, msgspec.Meta(ge=1, le=2**53)]
    base_domain: str
    version: int = 2
    scopes: tuple[str, ...]
    user_flags: int = 0
    hash_uuid: str
    api_domain: str


class _Header(msgspec.Struct, forbid_unknown_fields=True):
    # Nothing that names a key elsewhere or claims to be critical has a place here (S-64, S-65).
    typ: str
    alg: str
    jti: str
    kid: str


class Verified(msgspec.Struct, frozen=True):
    """A token whose signature held, and the key that it held under."""

    kid: str
    claims: Claims


def new_token_id() -> str:
    """Make a `jti`: 80 hex characters."""
    return secrets.token_hex(40)


class TokenCodec:
    """Writes and reads tokens.

    What was verified once is remembered by the digest of its text, so that the
    signature of a token in use is computed once. Times, keys and revocation are
    checked on every call all the same.
    """

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._seen: OrderedDict[bytes, Verified] = OrderedDict()

    async def key(self, reader: Reader) -> SigningKey:
        """Return the key that signs now."""
        return await self._keyring.active(reader)

    def sign(self, key: SigningKey, claims: Claims) -> str:
        """Sign *claims* with *key*: a compact JWS (RFC 7515, 3.1)."""
        header = _Header(typ="JWT", alg=ALGORITHM, jti=claims.jti, kid=key.kid)
        signed = b".".join((_base64(_encode(header)), _base64(_encode(claims))))
        return b".".join((signed, _base64(key.sign(signed)))).decode()

    async def decode(self, reader: Reader, token: str, now: int) -> Claims:
        """Return what the token says if it is ours and its time is now.

        Raises TokenRefused.
        """
        if len(token) > MAX_TOKEN:
            raise TokenRefused(why="token too long")
        name = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        verified = self._seen.get(name)
        if verified is None:
            verified = await self._verify(reader, token)
            self._seen[name] = verified
            if len(self._seen) > _REMEMBERED:
                self._seen.popitem(last=False)
        elif await self._keyring.public(reader, verified.kid) is None:
            raise TokenRefused(why="signing key withdrawn")
        claims = verified.claims
        if now >= claims.exp:
            raise TokenRefused(why="token expired")
        if claims.nbf > now + LEEWAY or claims.iat > now + LEEWAY:
            raise TokenRefused(why="token not valid yet")
        return claims

    async def _verify(self, reader: Reader, token: str) -> Verified:
        if not _COMPACT.fullmatch(token):
            raise TokenRefused(why="not a signed JWT")
        head, _, rest = token.partition(".")
        try:
            header = msgspec.json.decode(_single(_unbase64(head)), type=_Header)
            claims = msgspec.json.decode(_single(_unbase64(rest.partition(".")[0])), type=Claims)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise TokenRefused(why=f"header or claims: {error}") from error
        if header.typ != "JWT" or header.alg != ALGORITHM or header.jti != claims.jti:
            raise TokenRefused(why="header is not ours")
        key = await self._keyring.public(reader, header.kid)
        if key is None:
            raise TokenRefused(why="unknown signing key")
        try:
            jws.deserialize_compact(token, key, registry=_REGISTRY)
        except (JoseError, ValueError) as error:
            raise TokenRefused(why="bad signature") from error
        return Verified(header.kid, claims)


_REGISTRY = jws.JWSRegistry(algorithms=[ALGORITHM], strict_check_header=False)


_encode = msgspec.json.Encoder().encode


def _base64(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def _unbase64(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error


def _single(text: bytes) -> bytes:
    """Return *text* unless a member is repeated: two readers could read it two ways (S-66)."""

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({name for name, _ in pairs}) != len(pairs):
            raise ValueError("a repeated member")
        return dict(pairs)

    json.loads(text, object_pairs_hook=members)
    return text
