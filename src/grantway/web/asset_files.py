"""Scripts, styles and pictures of the pages, the same on every origin."""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.web.pages import ASSETS, MARK_LENGTH

# What has another ending is not served, so nothing that a tool leaves behind is.
KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}
FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "public, no-cache"


def is_known(request: Request, etag: str) -> bool:
    """Tell whether a browser has what this mark names (RFC 9110, 13.1.2).

    Proxies that pack an answer say that its mark is weak, which is the same here.
    """
    known = request.headers.get("if-none-match", "")
    return known.strip() == "*" or etag in (
        one.strip().removeprefix("W/") for one in known.split(",")
    )


class Asset:
    """One file, read when it is first wanted."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.kind = KINDS[path.suffix]

    @cached_property
    def content(self) -> bytes:
        return self._path.read_bytes()

    @cached_property
    def mark(self) -> str:
        """What changes with the content."""
        return hashlib.sha256(self.content).hexdigest()[:MARK_LENGTH]


class AssetFiles:
    """Answer `GET /assets/...` with the files that were there at the start, found by exact name.

    A path is never made of what a request says, so none leads elsewhere.
    """

    def __init__(self, folder: Path = ASSETS) -> None:
        self._assets = {
            path.relative_to(folder).as_posix(): Asset(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix in KINDS
        }

    def routes(self) -> list[Route]:
        return [Route("/assets/{name:path}", self.send, methods=["GET"])]

    async def send(self, request: Request) -> Response:
        """Answer with a file, for ever when the address carries the mark of its content."""
        asset = self._assets.get(request.path_params["name"])
        if asset is None:
            raise HTTPException(404)
        is_exact = request.query_params.get("v") == asset.mark
        headers = {
            "cache-control": FOR_EVER if is_exact else ASK_AGAIN,
            "etag": f'"{asset.mark}"',
        }
        if is_known(request, headers["etag"]):
            return Response(status_code=304, headers=headers)
        return Response(asset.content, headers=headers | {"content-type": asset.kind})
