"""Sends one call, whole within its deadline, to the address that was judged."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from grantway.hooks.addresses import Destination, Rules
from grantway.hooks.errors import UriRefused
from grantway.hooks.model import Answered, Failed, Outcome, Why
from grantway.hooks.names import Names

if TYPE_CHECKING:
    from grantway.hooks.exchange import Reply

MAX_READ = 64 * 1024
DEADLINE = 3.0  # seconds: the dialect's limit for hooks of integrations


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent. *uri* is whole, with all that is secret in it.

    *headers* tell of the *body* and whatever else the receiver knows us by.
    *deadline* is over all that the call does (S-161), and *reads* the bytes of its
    answer that are read at most. Of its text so many characters are kept.
    """

    account_id: int
    method: str
    uri: str
    body: bytes | None = None
    headers: Mapping[str, str] = {}
    deadline: float = DEADLINE
    keeps: int = 0
    reads: int = MAX_READ

    def __repr__(self) -> str:
        """Tell nothing that proves anything."""
        return f"Call(account_id={self.account_id}, method={self.method!r})"


class Sender:
    """Sends calls by *rules*. *trust* is whom TLS believes, the system's list by default."""

    def __init__(
        self, rules: Rules, *, names: Names | None = None, trust: ssl.SSLContext | None = None
    ) -> None:
        self.rules = rules
        self._names = names or Names()
        self._trust = trust

    def prepare(self) -> ssl.SSLContext:
        """Load what the first call would wait for; return whom TLS believes.

        The HTTP client takes a third of the time that the whole program takes to
        load, and most commands call nobody.
        """
        import grantway.hooks.exchange  # noqa: F401, PLC0415 - told above

        if self._trust is None:
            self._trust = ssl.create_default_context()
        return self._trust

    async def send(self, call: Call) -> Outcome:
        """Send *call* once and return what came back; no answer is an outcome as well.

        Redirects are not followed.
        """
        trust = self.prepare()
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(call.deadline):
                result: Reply | Why = await self._exchange(call, trust)
        except TimeoutError:
            result = Why.TOO_LATE
        milliseconds = round((loop.time() - began) * 1000)
        if isinstance(result, Why):
            return Failed(result, milliseconds)
        return Answered(result.status, milliseconds, result.excerpt, is_cut=result.is_cut)

    async def _exchange(self, call: Call, trust: ssl.SSLContext) -> Reply | Why:
        from grantway.hooks.exchange import exchange  # noqa: PLC0415 - see `prepare`

        try:
            destination = self.rules.must_be_callable(call.uri)
        except UriRefused:
            return Why.NO_DESTINATION
        admitted = await self._addresses_of(destination, call.account_id)
        if not admitted:
            return Why.NO_DESTINATION
        return await exchange(
            destination,
            admitted,
            trust,
            method=call.method,
            body=call.body,
            headers=call.headers,
            keeps=call.keeps,
            reads=call.reads,
        )

    async def _addresses_of(self, destination: Destination, account_id: int) -> list[str]:
        try:
            answers = [str(ipaddress.ip_address(destination.host))]
        except ValueError:
            answers = await self._names.addresses_of(destination.host, destination.port, account_id)
        return self.rules.admitted(destination, answers)
