"""The button of integrators' sites (authorization.md 9)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.kernel.addresses import CONTROL, PUBLIC, Addresses

BUILT = Path(__file__).parent / "built"
# What stands in the file in place of our two addresses.
_PUBLIC_PLACE, _CONTROL_PLACE = b"https://public.invalid", b"https://control.invalid"
_HEADERS = {
    "content-type": "text/javascript; charset=utf-8",
    # An hour: its address stays the same when the file changes.
    "cache-control": "public, max-age=3600",
    # A script for pages of others, also for those that isolate themselves or check its digest.
    "cross-origin-resource-policy": "cross-origin",
    "access-control-allow-origin": "*",
}


class _Script:
    """One built file with our addresses in it."""

    def __init__(self, name: str, addresses: Addresses) -> None:
        self._path = BUILT / name
        self._addresses = addresses

    @cached_property
    def content(self) -> bytes:
        return (
            self._path.read_bytes()
            .replace(_PUBLIC_PLACE, self._addresses.origin(PUBLIC).encode())
            .replace(_CONTROL_PLACE, self._addresses.origin(CONTROL).encode())
        )

    @cached_property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.content).hexdigest()[:16]}"'


@dataclass(frozen=True, slots=True)
class ButtonScript:
    """Answer `GET /auth/button.js` and `GET /auth/button.min.js`."""

    addresses: Addresses

    def routes(self) -> list[Route]:
        return [self._route(name) for name in ("button.js", "button.min.js")]

    def _route(self, name: str) -> Route:
        script = _Script(name, self.addresses)

        async def send(request: Request) -> Response:
            headers = _HEADERS | {"etag": script.etag}
            if request.headers.get("if-none-match") == script.etag:
                return Response(status_code=304, headers=headers)
            return Response(script.content, headers=headers)

        return Route(f"/auth/{name}", send, methods=["GET"])
