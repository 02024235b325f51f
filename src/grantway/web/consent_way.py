"""The addresses of the consent page, and the ways that lead there (authorization.md 1 and 3.1).

Clients build the address on `www.<root>` or on an account's host. The page
itself stands on the control origin alone; whoever asks elsewhere is led there
with the query as it came. A fragment follows by itself, as browsers do it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.kernel.addresses import CONTROL, Addresses

LANGUAGES: Mapping[str, str] = {"": "en", "/es": "es", "/br": "pt", "/id": "id"}
"""The languages of the page by the beginning of its path."""
KEEPS_OPENER: Mapping[str, str] = {"cross-origin-opener-policy": "unsafe-none"}
"""On every step in the window that a button opened: one other policy on the way, also on a
redirect, would take the window from its opener for good (S-122; authorization.md 21, row 39)."""

_CONSENT = re.compile(r"(/es|/br|/id)?/oauth/?(\?.*)?")
_UNSAFE = re.compile(rb"[^!-\[\]-~]")  # all but printable ASCII, and the backslash


def consent_paths() -> list[tuple[str, str]]:
    """Return the paths with their language."""
    return [
        (f"{begin}/oauth{end}", language)
        for begin, language in LANGUAGES.items()
        for end in ("", "/")
    ]


def leads_to_consent(path: str) -> bool:
    """Tell whether one of our own paths is that of the consent page.

    >>> leads_to_consent("/es/oauth/?client_id=x"), leads_to_consent("/accounts/acme")
    (True, False)
    """
    return _CONSENT.fullmatch(path) is not None


def window_policy(path: str) -> Mapping[str, str]:
    """Return the headers of a step towards *path*: its window stays its opener's if need be."""
    return KEEPS_OPENER if leads_to_consent(path) else {}


def path_with_query(path: str, query: bytes) -> str:
    """Return *path* with the query as it came, safe to stand in a header.

    Bytes that an address must not have raw are encoded, and mean the same.

    >>> path_with_query("/oauth", b'origin=https://a.example/?q="x y"')
    '/oauth?origin=https://a.example/?q="x%20y"'
    """
    if not query:
        return path
    safe = _UNSAFE.sub(lambda found: b"%%%02X" % found[0][0], query)
    return f"{path}?{safe.decode('ascii')}"


def ways_to_consent(addresses: Addresses, *, languages: bool) -> list[Route]:
    """Return the routes that lead to the control origin; *languages* adds `/es`, `/br`, `/id`."""
    control = addresses.origin(CONTROL)

    async def lead(request: Request) -> Response:
        target = control + path_with_query(request.url.path, request.scope["query_string"])
        # Made by hand, because a framework's redirect would encode the query once more.
        return Response(
            status_code=302,  # contract C-5
            headers={"location": target, "cache-control": "no-store", **KEEPS_OPENER},
        )

    return [
        Route(path, lead, methods=["GET"])
        for path, language in consent_paths()
        if languages or language == "en"
    ]
