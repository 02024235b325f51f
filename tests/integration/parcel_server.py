"""The server of the sample widget in the test's own loop, before a platform that is only played."""

import importlib
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from joserfc import jwt
from joserfc.jwk import OctKey

from tests.integration.example_site import CLIENT_ID, HOST, PLATFORM, SECRET, PlayedPlatform

FOLDER = Path(__file__).parents[2] / "examples" / "parcel_widget"
ORIGIN = f"http://{HOST}"


def token(secret: str = SECRET, algorithm: str = "HS256", **changes: Any) -> str:
    """Return an honest one-time token for account 7, but for *changes*; None takes a claim out."""
    now = int(time.time())
    honest = {
        "iss": ORIGIN,
        "aud": "http://127.0.0.1",
        "jti": f"one of {time.monotonic_ns()}",
        "iat": now,
        "nbf": now,
        "exp": now + 1800,
        "account_id": 7,
        "user_id": 3,
        "subdomain": "acme",
        "client_uuid": CLIENT_ID,
        "is_admin": False,
    }
    claims = {name: one for name, one in (honest | changes).items() if one is not None}
    key = OctKey.import_key(secret)
    return jwt.encode({"alg": algorithm}, claims, key, algorithms=[algorithm])


@dataclass(frozen=True, slots=True)
class Widget:
    """The widget in somebody's workspace, and the platform behind it."""

    client: httpx.AsyncClient
    database: Path

    async def installed(self, **changes: str) -> httpx.Response:
        """Send the install hook, honest but for *changes*."""
        honest = {"code": "good", "referer": HOST, "client_id": CLIENT_ID, "from_widget": "1"}
        told = {name: value for name, value in (honest | changes).items() if value}
        return await self.client.get("/installed", params=told)

    async def ask(
        self, lead_id: str = "1", *, origin: str = ORIGIN, days: str = "", **headers: str | bytes
    ) -> httpx.Response:
        """Ask for parcels; *headers* are `x_auth_token` or `x_session`."""
        sent = [(b"origin", origin.encode())]
        for name, value in headers.items():
            raw = value if isinstance(value, bytes) else value.encode()
            sent.append((name.replace("_", "-").encode(), raw))
        query = {"lead_id": lead_id, "days": days}
        return await self.client.get("/parcels", params=query, headers=sent)

    def keeps(self, word: str) -> bool:
        return word.encode() in self.database.read_bytes()


def lead(lead_id: int, age: int = 30 * 86_400) -> dict[str, Any]:
    return {"id": lead_id, "name": "Secret plan", "created_at": int(time.time()) - age}


def parcels(answer: httpx.Response) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(answer.text)["parcels"]
    return found


@asynccontextmanager
async def parcel_server(
    platform: PlayedPlatform, folder: Path, monkeypatch: pytest.MonkeyPatch, more: str = ""
) -> AsyncIterator[Widget]:
    """Serve the widget's server; every connection that it makes goes to *platform*.

    *more*: the class of it, as `module:name` of a file in *folder*.
    """
    played = web.Application()
    played.router.add_route("*", "/{path:.*}", platform.answer)
    monkeypatch.syspath_prepend(str(FOLDER))
    async with TestServer(played) as there:
        for name, value in {
            "CLIENT_ID": CLIENT_ID,
            "CLIENT_SECRET": SECRET,
            "REDIRECT_URI": "http://127.0.0.1:8002/installed",
            "PLATFORM": PLATFORM,
            "DATABASE": str(folder / "parcel_widget.db"),
            "CONNECT_TO": f"127.0.0.1:{there.port}",
        }.items():
            monkeypatch.setenv(name, value)
        monkeypatch.syspath_prepend(str(folder))
        module, _, name = (more or "parcel_widget:Server").partition(":")
        kind = getattr(importlib.import_module(module), name)
        application = importlib.import_module("parcel_widget").application(kind)
        async with (
            TestServer(application) as server,
            httpx.AsyncClient(base_url=str(server.make_url("/")), trust_env=False) as client,
        ):
            yield Widget(client, folder / "parcel_widget.db")
