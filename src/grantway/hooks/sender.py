"""Sends one call, whole within three seconds, to the address that was judged.

Each call has a connection of its own, made and thrown away: nothing of one
receiver is there when the next one is called.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl

import aiohttp
import msgspec
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from grantway.hooks.addresses import Destination, Rules
from grantway.hooks.errors import UriRefused
from grantway.hooks.model import Answered, Failed, Outcome, Why
from grantway.hooks.names import Names

DEADLINE = 3.0  # seconds: the dialect's limit, over all that a call does (S-161)
MAX_READ = 64 * 1024
USER_AGENT = "amoService-oAuth-Code-Sender/1.0"  # the dialect's, authorization.md 14.2

_Info = tuple[int, int, int, str, tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]]


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent. *uri* is whole, with all that is secret in it."""

    account_id: int
    method: str
    uri: str
    json: bytes | None = None


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


class Sender:
    """Sends calls by *rules*. *trust* is whom TLS believes, the system's list by default."""

    def __init__(
        self, rules: Rules, *, names: Names | None = None, trust: ssl.SSLContext | None = None
    ) -> None:
        self.rules = rules
        self._names = names or Names()
        self._trust = trust

    async def send(self, call: Call) -> Outcome:
        """Send *call* once and return what came back; no answer is an outcome as well.

        Redirects are not followed, and the answer's text is read and forgotten.
        """
        loop = asyncio.get_running_loop()
        began = loop.time()
        result: int | Why
        try:
            async with asyncio.timeout(DEADLINE):
                result = await self._exchange(call)
        except TimeoutError:
            result = Why.TOO_LATE
        except aiohttp.ClientSSLError:
            result = Why.NO_TLS
        except aiohttp.ClientConnectorError:
            result = Why.NO_CONNECTION
        except (aiohttp.ClientError, OSError):
            result = Why.NO_ANSWER
        milliseconds = round((loop.time() - began) * 1000)
        if isinstance(result, Why):
            return Failed(result, milliseconds)
        return Answered(result, milliseconds)

    async def _exchange(self, call: Call) -> int | Why:
        try:
            destination = self.rules.must_be_callable(call.uri)
        except UriRefused:
            return Why.NO_DESTINATION
        admitted = await self._addresses_of(destination, call.account_id)
        if not admitted:
            return Why.NO_DESTINATION
        async with self._session(admitted) as session:
            return await self._request(session, destination, call)

    async def _addresses_of(self, destination: Destination, account_id: int) -> list[str]:
        try:
            answers = [str(ipaddress.ip_address(destination.host))]
        except ValueError:
            answers = await self._names.addresses_of(destination.host, destination.port, account_id)
        return self.rules.admitted(destination, answers)

    def _tls(self) -> ssl.SSLContext:
        # Read at the first call: the system's list of authorities is long.
        if self._trust is None:
            self._trust = ssl.create_default_context()
        return self._trust

    def _session(self, admitted: list[str]) -> aiohttp.ClientSession:
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
                ssl=self._tls(),
                use_dns_cache=False,
                force_close=True,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=None),  # ours is around everything
            headers={"User-Agent": USER_AGENT},
            skip_auto_headers=["Accept-Encoding"],
            read_bufsize=MAX_READ,
        )
        # Else a GET whose connection broke would be sent again, and nobody be told (S-214).
        session._retry_connection = False  # noqa: SLF001 - there is no public way; a test watches it
        return session

    async def _request(
        self, session: aiohttp.ClientSession, destination: Destination, call: Call
    ) -> int:
        async with session.request(
            call.method,
            URL(destination.uri, encoded=True),
            data=call.json,
            headers={} if call.json is None else {"Content-Type": "application/json"},
            allow_redirects=False,
        ) as response:
            read = 0
            async for chunk in response.content.iter_any():
                read += len(chunk)
                if read >= MAX_READ:
                    break
            response.close()
            return response.status
