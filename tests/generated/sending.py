"""Sends requests to the application, in this process."""

import asyncio
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec
import requests
from schemathesis import Case, Response

from tests.integration.api_client import SOURCE, Api


class Wire(msgspec.Struct, frozen=True):
    """A request as a server hands it on."""

    method: str
    path: str
    query: bytes
    headers: list[tuple[bytes, bytes]]
    body: bytes


class Sender:
    """Sends as acme's integration, with its token."""

    def __init__(self, api: Api, loop: asyncio.Runner) -> None:
        self._api = api
        self._loop = loop
        self._host = f"{api.acme.subdomain}.{api.root}"
        self.origin = f"https://{self._host}"

    def wire(self, case: Case[Any]) -> tuple[Wire, requests.PreparedRequest] | None:
        """Return what Schemathesis would send, and its own form of it; None when nothing can be."""
        try:
            given = case.as_transport_kwargs(base_url=self.origin)
            prepared = requests.Request(**given).prepare()
        except (UnicodeEncodeError, requests.exceptions.RequestException):
            return None  # halves of characters fit into no address and no header
        address = urlsplit(prepared.url or "")
        body = prepared.body or b""
        assert isinstance(body, str | bytes)
        return Wire(
            prepared.method or "",
            unquote(str(address.path)),
            str(address.query).encode(),
            [
                (name.lower().encode(), str(value).encode("latin-1"))
                for name, value in prepared.headers.items()
            ],
            body.encode() if isinstance(body, str) else body,
        ), prepared

    def send(self, wire: Wire, prepared: requests.PreparedRequest) -> Response:
        """Return the answer."""
        status, headers, body = self._loop.get_loop().run_until_complete(self._answer(wire))
        found: dict[str, list[str]] = {}
        for name, value in headers:
            found.setdefault(name.decode(), []).append(value.decode("latin-1"))
        return Response(
            status_code=status,
            headers=found,
            content=body,
            request=prepared,
            elapsed=0.0,
            verify=True,
            encoding="utf-8",
        )

    async def _answer(self, wire: Wire) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        token = self._api.acme.token.encode()
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": wire.method,
            "scheme": "https",
            "path": wire.path,
            "raw_path": wire.path.encode("utf-8", "replace"),
            "query_string": wire.query,
            "root_path": "",
            "server": (self._host, 443),
            "client": (SOURCE, 4711),
            "headers": [
                (b"host", self._host.encode()),
                (b"authorization", b"Bearer " + token),
                *wire.headers,
            ],
        }
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": wire.body, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        await self._api.platform.front(scope, receive, send)
        body = b"".join(one.get("body", b"") for one in sent[1:])
        return sent[0]["status"], sent[0]["headers"], body
