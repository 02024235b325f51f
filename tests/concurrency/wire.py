"""A client that costs next to nothing, so that many requests arrive at one moment."""

import asyncio
import json
from typing import Any
from urllib.parse import urlencode

import msgspec

from tests.integration.api_client import Api
from tests.integration.token_endpoint import PATH, REDIRECT_URI


class Told(msgspec.Struct, frozen=True):
    """What a server said: a pair, or a refusal with its hint."""

    status: int
    body: bytes

    @property
    def pair(self) -> tuple[str, str]:
        """Return access and refresh token."""
        read: Any = json.loads(self.body)
        return read["access_token"], read["refresh_token"]

    @property
    def hint(self) -> str:
        read: Any = json.loads(self.body)
        hint: str = read["hint"]
        return hint


class Line:
    """One connection to a server process, kept open; OSError and EOFError when that is dead."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: bytes) -> Told:
        """Send one request and return the answer."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
        return Told(int(head.split(b" ", 2)[1]), await reader.readexactly(int(length)))

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def request(api: Api, path: str = PATH, **fields: str) -> bytes:
    """Return the bytes of a request of acme's integration."""
    credentials = {"client_id": api.acme.client_id, "client_secret": api.acme.secret}
    body = urlencode(credentials | fields).encode()
    lines = (
        f"POST {path} HTTP/1.1",
        "host: acme.grantway.test",
        "content-type: application/x-www-form-urlencoded",
        f"content-length: {len(body)}",
    )
    return "\r\n".join((*lines, "", "")).encode() + body


def exchange(api: Api, code: str) -> bytes:
    return request(api, grant_type="authorization_code", code=code, redirect_uri=REDIRECT_URI)


def refresh(api: Api, token: str) -> bytes:
    return request(api, grant_type="refresh_token", refresh_token=token)


def revoke(api: Api, token: str) -> bytes:
    return request(api, "/oauth2/revoke", token=token)


def account(access_token: str) -> bytes:
    """Return the bytes of a call of the API, which uses the token."""
    lines = (
        "GET /api/v4/account HTTP/1.1",
        "host: acme.grantway.test",
        f"authorization: Bearer {access_token}",
    )
    return "\r\n".join((*lines, "", "")).encode()
