"""Who asks: the one-time token of `$authorizedAjax`, and the session after it. Copy this file.

A one-time token counts once. The page keeps one for many minutes, though, so the first question
brings a session of our own, and the next ones send that.
"""

import hashlib
import hmac
import sqlite3
import time
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from joserfc.jwt import JWTClaimsRegistry

SESSION = 30 * 60  # seconds; no shorter than a page keeps a one-time token


class Unknown(Exception):
    """Nobody knows who asks, and this is why."""


class Asker(NamedTuple):
    """A user, at the host that the account has now. *is_admin*: an administrator there."""

    account_id: int
    user_id: int
    host: str
    is_admin: bool


class Askers:
    """Tells by tokens who asks. *host_of* returns the host of an account's origin, or None."""

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        redirect_uri: str,
        db: sqlite3.Connection,
        host_of: Callable[[str], str | None],
    ) -> None:
        own = urlsplit(redirect_uri)
        self._expected = {
            "client_uuid": client_id,
            "aud": f"{own.scheme}://{own.hostname}",  # without port and path
        }
        self._key = OctKey.import_key(client_secret)
        # Another key than that of one-time tokens, so that neither passes for the other.
        sessions = hmac.digest(client_secret.encode(), b"sessions", "sha256")
        self._session_key = OctKey.import_key(sessions)
        self._db, self._host_of = db, host_of

    def by_token(self, token: str) -> Asker:
        """Return who has this one-time token, which is used up; raise Unknown."""
        claims = _claims(token, self._key, ["iss", "jti", "iat", "nbf"], self._expected)
        host = self._host_of(str(claims["iss"]))
        if host is None:
            raise Unknown("the token is of no account of the platform")
        self._db.execute("delete from used_tokens where until < ?", (int(time.time()),))
        mark = hashlib.sha256(str(claims["jti"]).encode()).hexdigest()
        # One statement, so that of two requests at once only one gets through.
        used = self._db.execute(
            "insert or ignore into used_tokens values (?, ?)", (mark, claims["exp"])
        )
        if used.rowcount != 1:
            raise Unknown("the token was used already")
        return _asker(claims, host)

    def begin(self, asker: Asker) -> str:
        """Return a session of ours for whoever a one-time token named."""
        claims = {**asker._asdict(), "exp": int(time.time()) + SESSION}
        return jwt.encode({"alg": "HS256"}, claims, self._session_key)

    def by_session(self, session: str) -> Asker:
        """Return whose session it is; raise Unknown."""
        claims = _claims(session, self._session_key, ["host"])
        return _asker(claims, claims["host"])


def _asker(claims: dict[str, Any], host: str) -> Asker:
    # Platforms that do not tell who administers the account make nobody an administrator.
    is_admin = claims.get("is_admin") is True
    return Asker(claims["account_id"], claims["user_id"], host, is_admin)


def _claims(
    token: str, key: OctKey, needed: list[str], expected: dict[str, str] | None = None
) -> dict[str, Any]:
    """Return what a token says that is signed with *key*, is good now, and says *expected*."""
    rules: dict[str, Any] = {
        name: {"essential": True} for name in ("exp", "account_id", "user_id", *needed)
    }
    rules |= {name: {"essential": True, "value": one} for name, one in (expected or {}).items()}
    try:
        # The algorithm is ours to choose: what the token's head says decides nothing.
        claims = jwt.decode(token, key, algorithms=["HS256"]).claims
        JWTClaimsRegistry(**rules).validate(claims)
    except (JoseError, ValueError) as error:
        raise Unknown(f"the token is not good: {error}") from error
    return claims
