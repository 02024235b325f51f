"""What search engines may read (RFC 9309): the public host, and no other."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

NOBODY = "User-agent: *\nDisallow: /\n"
PATH = "/robots.txt"


def public_robots(closed: Sequence[str], sitemap: str) -> str:
    """Return what the public host says: all may be read but the paths that begin with *closed*."""
    rows = "".join(f"Disallow: {path}\n" for path in closed)
    return f"User-agent: *\n{rows}Allow: /\n\nSitemap: {sitemap}\n"


def robots(text: str) -> Route:
    """Return the route that answers with *text*."""

    async def send(_request: Request) -> Response:
        return PlainTextResponse(text, headers={"cache-control": "public, max-age=3600"})

    return Route(PATH, send, methods=["GET"])
