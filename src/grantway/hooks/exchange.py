"""One HTTP exchange over a connection of its own, by aiohttp; loaded at the first call.

Nothing of one receiver is there when the next one is called: no cookies, no
connection kept, no proxy of the environment, nothing unpacked, no redirect.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Mapping
from typing import NamedTuple

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from grantway.hooks.addresses import Destination
from grantway.hooks.model import Why

_BUFFER = 64 * 1024
USER_AGENT = "amoService-oAuth-Code-Sender/1.0"  # the dialect's, authorization.md 14.2

_Info = tuple[int, int, int, str, tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]]


class Reply(NamedTuple):
    """An answer: its status, and the beginning of its text when somebody wants it.

    *is_cut*: it was longer than was read.
    """

    status: int
    excerpt: str
    is_cut: bool = False


class _Admitted(AbstractResolver):
    """Answers with the addresses that were judged, so that nobody asks a second time."""

    def __init__(self, addresses: list[str]) -> None:
        self._addresses = addresses

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002 - each tells its own
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=one,
                port=port,
                family=socket.AF_INET6 if ":" in one else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for one in self._addresses
        ]

    async def close(self) -> None:
        """Hold nothing."""


async def exchange(
    destination: Destination,
    admitted: list[str],
    trust: ssl.SSLContext,
    *,
    method: str,
    body: bytes | None,
    headers: Mapping[str, str],
    keeps: int,
    reads: int,
) -> Reply | Why:
    """Ask once; but for *keeps* characters of it, the answer's text is read and forgotten.

    No more than *reads* bytes of it are read.

    Raises TimeoutError when whoever waits for it stops waiting.
    """
    try:
        async with _session(admitted, trust) as session:
            return await _request(session, destination, method, body, headers, keeps, reads)
    except TimeoutError:
        return Why.TOO_LATE
    except aiohttp.ClientSSLError:
        return Why.NO_TLS
    except aiohttp.ClientConnectorError:
        return Why.NO_CONNECTION
    except (aiohttp.ClientError, OSError):
        return Why.NO_ANSWER


def _session(admitted: list[str], trust: ssl.SSLContext) -> aiohttp.ClientSession:
    judged = {ipaddress.ip_address(one) for one in admitted}

    def judged_socket(info: _Info) -> socket.socket:
        family, kind, protocol, _, address = info
        if ipaddress.ip_address(address[0]) not in judged:
            raise OSError("the connection would go where nobody has looked")
        return socket.socket(family, kind, protocol)

    session = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            resolver=_Admitted(admitted),
            socket_factory=judged_socket,
            ssl=trust,
            use_dns_cache=False,
            force_close=True,
        ),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        auto_decompress=False,
        timeout=aiohttp.ClientTimeout(total=None),  # the caller's is around everything
        headers={"User-Agent": USER_AGENT},
        skip_auto_headers=["Accept-Encoding"],
        read_bufsize=_BUFFER,
    )
    # Else a GET whose connection broke would be sent again, and nobody be told (S-214).
    session._retry_connection = False  # noqa: SLF001 - there is no public way; a test watches it
    return session


async def _request(
    session: aiohttp.ClientSession,
    destination: Destination,
    method: str,
    body: bytes | None,
    headers: Mapping[str, str],
    keeps: int,
    reads: int,
) -> Reply:
    async with session.request(
        method,
        URL(destination.uri, encoded=True),
        data=body,
        headers=headers,
        allow_redirects=False,
    ) as response:
        read = 0
        kept = bytearray()
        async for chunk in response.content.iter_any():
            read += len(chunk)
            # A character has four bytes at most.
            kept += chunk[: max(0, keeps * 4 - len(kept))]
            if read >= reads:
                break
        response.close()
        is_packed = response.headers.get("Content-Encoding", "identity") != "identity"
        text = "" if is_packed else excerpt_of(bytes(kept), keeps)
        return Reply(response.status, text, is_cut=read >= reads)


def excerpt_of(raw: bytes, most: int) -> str:
    r"""Return the beginning of an answer as it can be stored and shown, whatever it was.

    >>> excerpt_of(b"gone\x00 \xff", 10), excerpt_of("Añadido".encode(), 2)
    ('gone� �', 'Añ')
    """
    return raw.decode("utf-8", "replace").replace("\0", "\ufffd")[:most]
