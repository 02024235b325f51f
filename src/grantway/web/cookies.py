"""Our cookies: of one host alone, unreadable to scripts (S-103, S-119)."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from grantway.asgi.requests import Scope
from grantway.kernel.credentials import Kind, is_credential

ENTRY_LIFETIME = 600
FORM_LIFETIME = 24 * 3600


class Cookies:
    """Names, reads and sets the three cookies of an origin.

    On https the names begin with `__Host-`: browsers take such a cookie only
    from the host itself, so a neighbouring host cannot plant one. On plain
    http, for development, they stand without that and without `Secure`,
    because browsers differ in what they call secure on localhost.
    """

    def __init__(self, *, is_secure: bool) -> None:
        self._is_secure = is_secure
        prefix = "__Host-" if is_secure else ""
        self.session = f"{prefix}grantway"
        self.form = f"{prefix}grantway-form"
        self.entry = f"{prefix}grantway-entry"

    def read(self, request: Request, name: str) -> str | None:
        """Return the cookie; None when it is absent, or there more than once.

        Two of one name: one of them was planted, and nobody can tell which.
        """
        found = [
            value.strip()
            for header in request.headers.getlist("cookie")
            for key, _, value in (pair.partition("=") for pair in header.split(";"))
            if key.strip() == name
        ]
        return found[0] if len(found) == 1 else None

    def put(self, response: Response, name: str, value: str, lifetime: int | None = None) -> None:
        """Set the cookie; without *lifetime* it goes when the browser is closed."""
        response.set_cookie(
            name,
            value,
            max_age=lifetime,
            path="/",
            secure=self._is_secure,
            httponly=True,
            samesite="lax",
        )

    def drop(self, response: Response, name: str) -> None:
        """Take the cookie away."""
        self.put(response, name, "", 0)


def session_reader(*, is_secure: bool) -> Callable[[Scope], str | None]:
    """Return what reads a session's secret out of a request that is no page's."""
    cookies = Cookies(is_secure=is_secure)

    def read(scope: Scope) -> str | None:
        secret = cookies.read(Request(scope), cookies.session)
        return secret if secret and is_credential(secret, Kind.SESSION) else None

    return read
