"""The headers that say who is calling (RFC 6750, 2.1; S-96)."""

from __future__ import annotations

from grantway.asgi.answers import Header
from grantway.asgi.requests import Scope, only_header
from grantway.kernel.errors import GrantwayError, Invalid, Unauthorized
from grantway.oauth.errors import ScopeMissing, TokenRefused


def one_header(scope: Scope, name: bytes) -> bytes | None:
    """Return a header that says who is calling; two of them say nothing (S-96)."""
    try:
        return only_header(scope, name)
    except Invalid as error:
        raise TokenRefused(why=f"several {name.decode()} headers") from error


def bearer_token(scope: Scope) -> str:
    """Return the token (RFC 6750 2.1): in this header only, once, the scheme in any case (S-96)."""
    value = one_header(scope, b"authorization")
    if value is None:
        raise Unauthorized("Invalid user name or password", why="no authorization header")
    kind, _, token = value.decode("latin-1").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise TokenRefused(why="not a bearer token")
    return token.strip()


def challenge(error: GrantwayError) -> Header | None:
    """Return the header in which RFC 6750, section 3, tells how to authenticate."""
    match error:
        case TokenRefused():
            return (b"www-authenticate", b'Bearer error="invalid_token"')
        case Unauthorized():
            return (b"www-authenticate", b"Bearer")
        case ScopeMissing():
            return (b"www-authenticate", b'Bearer error="insufficient_scope"')
        case _:
            return None
