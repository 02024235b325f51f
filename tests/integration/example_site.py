"""The example integration in the test's own loop, before a platform that only plays its part."""

import base64
import hashlib
import hmac
import importlib
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

FOLDER = Path(__file__).parents[2] / "examples" / "lead_table"
CLIENT_ID = "0f3c9a52-6d1e-4c0b-9b7e-2a51c7d4e810"
SECRET = "s" * 64
PLATFORM = "http://platform.example:8000"
HOST = "acme.platform.example:8000"
RENAMED = "acme-new.platform.example:8000"
API = "api.platform.example:8000"
ISSUER = "http://accounts.platform.example:8000"


@dataclass
class PlayedPlatform:
    """Answers as a platform would, for one account at *host*, and remembers what it heard."""

    heard: list[tuple[str, str, Any]] = field(default_factory=list)
    live: set[str] = field(default_factory=set)
    life: int = 86_400
    leads: list[dict[str, Any]] = field(default_factory=list)
    generation: int = 0
    host: str = HOST

    @property
    def paths(self) -> list[str]:
        return [path for _, path, _ in self.heard]

    async def answer(self, request: web.Request) -> web.Response:
        body: Any = await request.json() if request.method == "POST" else {}
        self.heard.append((request.host, request.path, body))
        if request.host not in {self.host, API}:
            return web.json_response({"title": "Not Found", "detail": "no account"}, status=404)
        if request.path == "/oauth2/account/current/subdomain":
            if request.headers["x-refresh-token"] not in self.live:
                return web.json_response({"detail": "no active refresh token"}, status=401)
            return web.json_response({"id": 7, "subdomain": "acme", "domain": self.host})
        if request.path == "/oauth2/access_token":
            return self._tokens(body)
        if request.path == "/oauth2/revoke":
            self.live.discard(body["token"])
            return web.Response()
        if request.headers["authorization"].removeprefix("Bearer ") not in self.live:
            return web.json_response({"detail": "Invalid user name or password"}, status=401)
        if request.path == "/api/v4/account":
            return web.json_response({"id": 7, "name": "Acme"})
        if not self.leads:
            return web.Response(status=204)
        return web.json_response({"_embedded": {"leads": self.leads}})

    def _tokens(self, body: dict[str, str]) -> web.Response:
        given = body.get("code") or body["refresh_token"]
        if given != "good" and given not in self.live:
            hint = "Token has been revoked"
            return web.json_response({"hint": hint}, status=400 if "code" in body else 401)
        self.generation += 1
        number = self.generation
        pair = {"access_token": access(number), "refresh_token": f"refresh {number}"}
        self.live |= set(pair.values())
        return web.json_response({"token_type": "Bearer", "expires_in": self.life, **pair})


def access(number: int, api_domain: str = API) -> str:
    """Return an access token: its claims are there to be read, and its signature is nothing."""
    claims = json.dumps({"jti": number, "api_domain": api_domain}).encode()
    return f"e30.{base64.urlsafe_b64encode(claims).decode().rstrip('=')}.x"


class Visitor:
    """Somebody's browser at the example."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def open(self, path: str = "/", **query: str) -> httpx.Response:
        return await self.client.get(path, params=query)

    async def question(self, mode: str = "popup") -> str:
        """Open the first page; return the state that its button sends."""
        text = (await self.open("/", mode=mode)).text
        return text.partition('data-state="')[2].partition('"')[0]

    async def answer(self, **changes: str) -> httpx.Response:
        """Bring back an honest answer to a new question, but for *changes*."""
        honest = {
            "code": "good",
            "state": await self.question(),
            "referer": HOST,
            "client_id": CLIENT_ID,
            "iss": ISSUER,
        }
        told = {name: value for name, value in (honest | changes).items() if value}
        return await self.open("/callback", **told)

    async def disconnect(self, account_id: int = 7, *, origin: str | None = None) -> httpx.Response:
        headers = {"origin": origin or str(self.client.base_url).rstrip("/")}
        return await self.client.post(f"/accounts/{account_id}/disconnect", headers=headers)


def revoked(account_id: int = 7, *, secret: str = SECRET) -> dict[str, str]:
    """Return what the platform appends to the revoke hook."""
    message = f"{CLIENT_ID}|{account_id}".encode()
    signature = hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
    return {"client_uuid": CLIENT_ID, "account_id": str(account_id), "signature": signature}


def lead(name: str) -> dict[str, Any]:
    return {"id": 1, "name": name, "price": 1200, "updated_at": int(time.time())}


@asynccontextmanager
async def example_site(
    platform: PlayedPlatform, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[str]:
    """Serve the example; every connection that it makes goes to *platform*. Gives its address."""
    played = web.Application()
    played.router.add_route("*", "/{path:.*}", platform.answer)
    monkeypatch.syspath_prepend(str(FOLDER))
    async with TestServer(played) as there:
        server = TestServer(web.Application())  # finds a free port for the real one
        await server.start_server()
        port = server.port
        await server.close()
        for name, value in {
            "CLIENT_ID": CLIENT_ID,
            "CLIENT_SECRET": SECRET,
            "REDIRECT_URI": f"http://127.0.0.1:{port}/callback",
            "PLATFORM": PLATFORM,
            "DATABASE": str(folder / "lead_table.db"),
            "CONNECT_TO": f"127.0.0.1:{there.port}",
        }.items():
            monkeypatch.setenv(name, value)
        application = importlib.import_module("lead_table").application()
        async with TestServer(application, port=port):
            yield f"http://127.0.0.1:{port}"
