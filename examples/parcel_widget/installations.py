"""Installations: the tokens of each account that has the widget. Copy this file.

Secrets leave through one place, `Installations.call`, and go to hosts of the platform alone.
"""

import hashlib
import hmac
import json
import logging
import re
import socket
import sqlite3
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

EARLY = 60  # seconds before its end in which an access token is renewed already
TABLES = """
create table if not exists installations (
    account_id integer primary key, host text not null,
    access_token text not null, refresh_token text not null, expires_at integer not null);
create table if not exists used_tokens (jti text primary key, until integer not null);
"""
log = logging.getLogger("parcel_widget")


class Refused(Exception):
    """The platform said no: with this status, for this reason."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"{status}, {reason}")
        self.status = status


class Installation(NamedTuple):
    """Our access to one account: what the administrator who installed the widget may do."""

    account_id: int
    host: str
    access_token: str
    refresh_token: str
    expires_at: int


class Installations:
    """The accounts that have the widget. *platform* is scheme, base domain and port."""

    def __init__(
        self, platform: str, client_id: str, client_secret: str, redirect_uri: str, file: str
    ) -> None:
        self.scheme, self.base_domain = urlsplit(platform)[:2]
        self.client_id, self._client_secret = client_id, client_secret
        self.redirect_uri = redirect_uri
        Path(file).touch(mode=0o600)  # it holds tokens; in production, encrypt them as well
        self.db = sqlite3.connect(file, isolation_level=None)
        self.db.executescript(TABLES)
        self._http: aiohttp.ClientSession

    @asynccontextmanager
    async def open(self, ca_file: str | None, connect_to: str | None) -> AsyncIterator[None]:
        """Hold connections to the platform for as long as the block lasts."""
        connector = aiohttp.TCPConnector(
            ssl=ssl.create_default_context(cafile=ca_file),
            resolver=Steered(connect_to) if connect_to else None,
        )
        limit = aiohttp.ClientTimeout(total=10)
        async with aiohttp.ClientSession(connector=connector, timeout=limit) as self._http:
            yield

    def is_account(self, host: str) -> bool:
        """Tell whether *host* is an account's. Without this a forged `referer` gets our secret."""
        label, _, rest = host.partition(".")
        return rest == self.base_domain and bool(re.fullmatch(r"[a-z0-9-]+", label))

    def host_of(self, origin: str) -> str | None:
        """Return the host of an account's origin, None for whatever is no such origin."""
        scheme, _, host = origin.partition("://")
        return host if scheme == self.scheme and self.is_account(host) else None

    def is_genuine(self, client_id: str, account_id: str, signature: str) -> bool:
        """Tell whether the platform sent a revoke hook, and nobody else."""
        message = f"{client_id}|{account_id}".encode()
        right = hmac.new(self._client_secret.encode(), message, hashlib.sha256).hexdigest()
        # In constant time: how long it takes tells nothing of the right one.
        is_signed = hmac.compare_digest(right.encode(), signature.encode())
        return is_signed and client_id == self.client_id

    async def connect(self, host: str, code: str) -> None:
        """Swap the code of an install hook for tokens, at the host of the account."""
        pair = await self._tokens(host, {"grant_type": "authorization_code", "code": code})
        account = await self._read(host, pair["access_token"], "/api/v4/account")
        row = (account["id"], host, *_kept(pair))
        self.db.execute("insert or replace into installations values (?, ?, ?, ?, ?)", row)
        log.info("installed in %s", host)

    def find(self, account_id: int) -> Installation | None:
        found = self.db.execute("select * from installations where account_id = ?", (account_id,))
        row = found.fetchone()
        return Installation(*row) if row else None

    async def ask(self, installation: Installation, path: str) -> dict[str, Any]:
        """Ask the API, renewing the tokens when they are old or turn out to be; raise Refused.

        401 means that the access has ended: neither token is any good, and both are deleted.
        """
        try:
            if installation.expires_at - EARLY > time.time():
                try:
                    return await self._read(installation.host, installation.access_token, path)
                except Refused as refused:
                    if refused.status != 401:
                        raise
            return await self._read(installation.host, await self._renew(installation), path)
        except Refused as refused:
            if refused.status == 401:
                self.db.execute(
                    "delete from installations where refresh_token = ?",
                    (installation.refresh_token,),
                )
                log.info("the access to %s has ended", installation.host)
            raise

    async def _renew(self, installation: Installation) -> str:
        """Swap the refresh token for a new pair, and return its access token.

        There is no lock, and none is needed: a refresh token that is sent again brings the same
        pair again, until the new one is used. What counts is to keep the new pair first.
        """
        old = installation.refresh_token
        pair = await self._tokens(
            installation.host, {"grant_type": "refresh_token", "refresh_token": old}
        )
        # Only in place of the old one: the account may have installed it anew meanwhile.
        self.db.execute(
            "update installations set access_token = ?, refresh_token = ?, expires_at = ?"
            " where refresh_token = ?",
            (*_kept(pair), old),
        )
        return str(pair["access_token"])

    async def _tokens(self, host: str, grant: dict[str, str]) -> dict[str, Any]:
        who = {"client_id": self.client_id, "client_secret": self._client_secret}
        body = who | grant | {"redirect_uri": self.redirect_uri}
        return await self.call(host, "/oauth2/access_token", json=body)

    async def _read(self, host: str, token: str, path: str) -> dict[str, Any]:
        return await self.call(host, path, headers={"authorization": f"Bearer {token}"})

    async def call(self, host: str, path: str, **options: Any) -> dict[str, Any]:
        """Ask a host of the platform, and return what it told; raise Refused."""
        if not self.is_account(host):
            raise Refused(0, f"{host} is no host of the platform")
        method = "POST" if "json" in options else "GET"
        url = f"{self.scheme}://{host}{path}"
        # A redirect is not followed: it could lead elsewhere, with what we send.
        async with self._http.request(method, url, allow_redirects=False, **options) as answer:
            body = await answer.text()  # of an empty list there is none, of a busy proxy a page
            told: dict[str, Any] = json.loads(body) if body.startswith("{") else {}
            if answer.status not in {200, 204}:
                raise Refused(answer.status, told.get("hint") or told.get("detail") or "no reason")
            return told


def _kept(pair: dict[str, Any]) -> tuple[str, str, int]:
    return pair["access_token"], pair["refresh_token"], int(time.time()) + pair["expires_in"]


class Steered(AbstractResolver):
    """Leads every name to one address and port: for a platform on this machine."""

    def __init__(self, address: str) -> None:
        self._host, _, port = address.rpartition(":")
        self._port = int(port)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return that address, whatever is asked for."""
        del port, family
        return [
            ResolveResult(
                hostname=host,
                host=self._host,
                port=self._port,
                family=socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    async def close(self) -> None:
        """Hold nothing open, so let go of nothing."""
