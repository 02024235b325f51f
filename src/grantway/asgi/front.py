"""The outermost door: which host, a request id, headers, a line in the log."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from starlette.types import ASGIApp, Message, Receive, Send

from grantway.asgi.answers import Answer, Header, problem
from grantway.asgi.headers import api_headers, page_defaults
from grantway.asgi.hosts import Host, HostKind, Hosts
from grantway.asgi.logs import Answered, answered
from grantway.asgi.metrics import Metrics
from grantway.asgi.operations import OperationTable
from grantway.asgi.requests import Scope
from grantway.kernel.addresses import PUBLIC, Addresses

API_PREFIXES = ("/api/v4", "/v3/")
_SLASHES = re.compile(r"/{2,}")


class ProtocolDoor(Protocol):
    """Endpoints of a protocol at paths of its own."""

    def is_for(self, host: Host, path: str) -> bool:
        """Tell whether the path on this host is one of these."""
        ...

    async def answer(
        self, scope: Scope, receive: Receive, *, host: Host, request_id: str
    ) -> Answer:
        """Answer one request; never raises."""
        ...


class Front:
    """The ASGI application behind every host.

    *sites* has the pages by kind of host; *unknown* draws the page for a host
    that is none of ours.
    """

    def __init__(
        self,
        *,
        addresses: Addresses,
        table: OperationTable,
        oauth2: ProtocolDoor,
        sites: Mapping[HostKind, ASGIApp],
        unknown: ASGIApp,
        is_ready: Callable[[], Awaitable[bool]],
        metrics: Metrics,
        logs_requests: bool = True,
    ) -> None:
        self._hosts = Hosts(addresses)
        self._table = table
        self._oauth2 = oauth2
        self._sites = sites
        self._unknown = unknown
        self._is_ready = is_ready
        self._metrics = metrics
        self._logs_requests = logs_requests
        self._home = addresses.origin(PUBLIC).encode()
        self._api_headers = api_headers(is_secure=addresses.is_secure)
        self._public_headers = tuple(one for one in self._api_headers if one[0] not in _KEEPING)
        self._page_defaults = page_defaults(is_secure=addresses.is_secure)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        started = time.perf_counter()
        request_id = os.urandom(16).hex()
        path: str = scope["path"]
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        host = self._hosts.read(hosts[0] if hosts else b"")
        if len(hosts) > 1:
            # RFC 9112, 3.2: whoever stands before us may have read the other one.
            status = 400
            await self._send(send, problem(400, "Send exactly one Host header"), request_id)
        elif _is_api(path) and host.kind in _API_HOSTS:
            answer = await self._table.answer(
                scope, receive, subdomain=host.subdomain, request_id=request_id
            )
            status = answer.status
            await self._send(send, answer, request_id, without_body=scope["method"] == "HEAD")
        elif self._oauth2.is_for(host, path):
            answer = await self._oauth2.answer(scope, receive, host=host, request_id=request_id)
            status = answer.status
            await self._send(send, answer, request_id, without_body=scope["method"] == "HEAD")
        else:
            status = await self._page(scope, receive, send, host, path, request_id)
        seconds = time.perf_counter() - started
        self._metrics.count(host.kind.value, scope["method"], status, seconds)
        if self._logs_requests:
            actor = scope.get("grantway.caller")
            line = Answered(
                method=scope["method"],
                host=host.subdomain or host.kind.value,
                path=path,
                status=status,
                ms=round(seconds * 1000, 2),
                request_id=request_id,
            )
            if actor is not None:
                line.account, line.grant, line.user = (
                    actor.account_id,
                    actor.grant_id,
                    actor.user_id,
                )
            answered.write(line)

    async def _send(
        self, send: Send, answer: Answer, request_id: str, *, without_body: bool = False
    ) -> None:
        says_itself = any(name in _KEEPING for name, _ in answer.headers)
        headers: list[Header] = [
            (b"content-length", str(len(answer.body)).encode()),
            (b"x-request-id", request_id.encode()),
            *(self._public_headers if says_itself else self._api_headers),
            *answer.headers,
        ]
        if answer.body:
            headers.append((b"content-type", answer.kind))
        if answer.status == 204:
            del headers[0]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if without_body else answer.body})

    async def _page(
        self, scope: Scope, receive: Receive, send: Send, host: Host, path: str, request_id: str
    ) -> int:
        if path in _OPERATORS_PATHS:
            answer = await self._for_operators(scope, path)
            is_head = scope["method"] == "HEAD"
            await self._send(send, answer, request_id, without_body=is_head)
            return answer.status
        if host.kind is HostKind.ROOT:
            target = self._home + _target(path, scope["query_string"])
            await self._send(send, Answer(308, headers=((b"location", target),)), request_id)
            return 308
        site = self._sites.get(host.kind, self._unknown)
        scope["grantway"] = {"request_id": request_id, "subdomain": host.subdomain}
        sent = _Sent(send, self._page_defaults, request_id)
        await site(scope, receive, sent)
        return sent.status

    async def _for_operators(self, scope: Scope, path: str) -> Answer:
        if path == "/health/live":
            return Answer(200, b'{"status":"alive"}', b"application/json")
        if path == "/health/ready":
            if await self._is_ready():
                return Answer(200, b'{"status":"ready"}', b"application/json")
            return Answer(503, b'{"status":"not ready"}', b"application/json")
        return self._metrics.answer(scope) or problem(404, "Not found")


def _target(path: str, query: bytes) -> bytes:
    """Return path and query for a header, which neither must be able to end."""
    sent = path + ("?" + query.decode("latin-1") if query else "")
    return sent.encode() if sent.isascii() and sent.isprintable() else b"/"


_API_HOSTS = frozenset({HostKind.ACCOUNT, HostKind.API, HostKind.ROOT})
_KEEPING = frozenset({b"cache-control", b"pragma"})
"""What says whether an answer may be kept; one that says so itself is public."""
_OPERATORS_PATHS = frozenset({"/health/live", "/health/ready", "/metrics"})


def _is_api(path: str) -> bool:
    # Some clients join `https://host/` and `/api/v4` (api-v4.md 2.1).
    return path.startswith(API_PREFIXES) or (
        "//" in path and _SLASHES.sub("/", path).startswith(API_PREFIXES)
    )


class _Sent:
    """Adds the default headers that a page did not set, and remembers its status."""

    __slots__ = ("_defaults", "_request_id", "_send", "status")

    def __init__(self, send: Send, defaults: tuple[Header, ...], request_id: str) -> None:
        self._send = send
        self._defaults = defaults
        self._request_id = request_id
        self.status = 500

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = list(message.get("headers", ()))
            there = {name.lower() for name, _ in headers}
            headers += [one for one in self._defaults if one[0] not in there]
            headers.append((b"x-request-id", self._request_id.encode()))
            message = {**message, "headers": headers}
        await self._send(message)
