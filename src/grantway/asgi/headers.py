"""Headers that stand on every answer, errors included (S-118 to S-123)."""

from __future__ import annotations

from grantway.asgi.answers import Header

_HSTS: Header = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


def api_headers(*, is_secure: bool) -> tuple[Header, ...]:
    """Return the headers of the API's answers: data of an account, for programs."""
    headers: tuple[Header, ...] = (
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
        (b"cache-control", b"no-store, no-cache, must-revalidate"),
        (b"pragma", b"no-cache"),
    )
    return (*headers, _HSTS) if is_secure else headers


def page_defaults(*, is_secure: bool) -> tuple[Header, ...]:
    """Return the headers that a page has unless it sets others itself."""
    headers: tuple[Header, ...] = (
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
        (b"cache-control", b"no-store"),
        (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=()"),
    )
    return (*headers, _HSTS) if is_secure else headers
