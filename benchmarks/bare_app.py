"""The smallest ASGI application: so many ready bytes for every request, the limit of the server.

The body of a POST is received, and not looked at.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from typing import Any

_BODY = b"x" * int(os.environ.get("BENCH_BYTES", "25000"))
_START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [
        (b"content-length", str(len(_BODY)).encode()),
        (b"content-type", b"application/hal+json"),
    ],
}
_END = {"type": "http.response.body", "body": _BODY}


async def app(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """Answer."""
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    if scope["method"] == "POST":
        await receive()
    await send(_START)
    await send(_END)
