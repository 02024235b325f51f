"""Reading a request at its own risk: bounded, and the source address from whom we may believe."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Iterable, MutableMapping
from typing import Any

from starlette.types import Receive

from grantway.kernel.errors import Invalid, TooLarge, TooSlow

Scope = MutableMapping[str, Any]
MAX_BODY = 4 * 1024 * 1024  # 250 entities with 40 long fields each
BODY_SECONDS = 30  # a client that drips its body holds a request no longer (S-175)


def header(scope: Scope, name: bytes) -> bytes | None:
    """Return the first header named *name* (lower case)."""
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value)
    return None


def only_header(scope: Scope, name: bytes) -> bytes | None:
    """Return the header; raise Invalid when it was sent more than once."""
    found = [bytes(value) for key, value in scope["headers"] if key == name]
    if len(found) > 1:
        raise Invalid(f"Send exactly one {name.decode()} header, not {len(found)}")
    return found[0] if found else None


async def read_body(receive: Receive, scope: Scope, most: int = MAX_BODY) -> bytes:
    """Return the body; raise TooLarge as soon as it is longer than *most*."""
    codings = [value.lower() for name, value in scope["headers"] if name == b"transfer-encoding"]
    if codings not in ([], [b"chunked"]):
        # The server takes only the chunks off, and somebody before us may have taken off more.
        raise Invalid("Send the body without transfer codings other than chunked")
    announced = header(scope, b"content-length")
    if announced is not None and announced.isdigit() and int(announced) > most:
        raise TooLarge(f"The body may have {most} bytes at most")
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await _read_all(receive, most)
    except TimeoutError:
        raise TooSlow(f"The body must arrive within {BODY_SECONDS} seconds") from None


async def _read_all(receive: Receive, most: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Invalid("The connection ended before the body did")
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > most:
            raise TooLarge(f"The body may have {most} bytes at most")
        chunks.append(chunk)
        if not message.get("more_body", False):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


class Sources:
    """Tells the address that a request came from (S-173)."""

    def __init__(self, trusted_proxies: Iterable[str] = ()) -> None:
        self._trusted = [ipaddress.ip_network(one, strict=False) for one in trusted_proxies]

    def of(self, scope: Scope) -> str:
        """Return the peer's address, or what a trusted proxy says of it.

        From the right: each proxy that we trust vouches for the one before it.
        """
        client = scope.get("client")
        address: str = client[0] if client else ""
        if not self._trusted or not self._is_trusted(address):
            return address
        # Some proxies add a header of their own below the one that the client sent.
        lines = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
        for hop in reversed(b",".join(lines).decode("latin-1").split(",")):
            if not hop.strip():
                break
            address = hop.strip()
            if not self._is_trusted(address):
                break
        return address

    def _is_trusted(self, address: str) -> bool:
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self._trusted)
