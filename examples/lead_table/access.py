"""Access to accounts: codes, tokens, calls to the API, the revoke hook. Copy this file.

It knows nothing of pages. Secrets leave through one place, `Access.call`, and go to hosts
of the platform alone.
"""

import base64
import hashlib
import hmac
import json
import logging
import re
import socket
import sqlite3
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

EARLY = 60  # seconds before its end in which an access token is renewed already
TABLE = """
create table if not exists connections (
    visitor text not null, account_id integer not null, name text not null, host text not null,
    access_token text, refresh_token text, expires_at integer, ended_at integer,
    primary key (visitor, account_id))
"""
log = logging.getLogger("lead_table")


class Refused(Exception):
    """The platform said no: with this status, for this reason."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"{status}, {reason}")
        self.status = status


@dataclass(frozen=True)
class Connection:
    """One visitor's access to one account. Once it has ended, there are no tokens."""

    visitor: str
    account_id: int
    name: str
    host: str
    access_token: str | None
    refresh_token: str | None
    expires_at: int
    ended_at: int | None


class Access:
    """What the integration may do, kept in a file. *platform* is scheme, base domain and port."""

    def __init__(
        self, platform: str, client_id: str, client_secret: str, redirect_uri: str, file: str
    ) -> None:
        self.scheme, self.base_domain = urlsplit(platform)[:2]
        self.issuer = f"{self.scheme}://accounts.{self.base_domain}"
        self.client_id, self._client_secret = client_id, client_secret
        self.redirect_uri = redirect_uri
        Path(file).touch(mode=0o600)  # it holds tokens; in production, encrypt them as well
        self._db = sqlite3.connect(file, isolation_level=None)
        self._db.execute(TABLE)
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

    async def connect(self, visitor: str, host: str, code: str) -> Connection:
        """Swap a code for tokens, at the host of the account that gave it."""
        pair = await self._tokens(host, {"grant_type": "authorization_code", "code": code})
        account = await self._read(host, pair["access_token"], "/api/v4/account")
        before = self.connection(visitor, account["id"])
        row = (visitor, account["id"], account["name"], host, *_kept(pair), None)
        self._db.execute("insert or replace into connections values (?, ?, ?, ?, ?, ?, ?, ?)", row)
        log.info("connected %s", host)
        if before is not None:
            await self._hand_back(before)  # or the account would list both
        return Connection(*row)

    async def ask(self, connection: Connection, path: str) -> dict[str, Any]:
        """Ask the API, wherever the account is by now; raise Refused.

        401 means that the access has ended: neither token is any good.
        """
        try:
            return await self._following(connection, lambda one: self._ask(one, path))
        except Refused as refused:
            if refused.status == 401:
                self._forget_tokens(connection)
            raise

    async def _following(
        self, connection: Connection, act: Callable[[Connection], Awaitable[dict[str, Any]]]
    ) -> dict[str, Any]:
        """Do something at an account's host, and again at its present one if it was renamed."""
        try:
            return await act(connection)
        except Refused as refused:
            moved = await self._moved(connection) if refused.status in {401, 404} else None
            if moved is None:
                raise
            return await act(moved)

    async def _moved(self, connection: Connection) -> Connection | None:
        """Return the connection at the host that the account has now; None if it is the same.

        The refresh token proves that we may know, and is not used up. Raises Refused with 401
        when it proves nothing any more.
        """
        path = "/oauth2/account/current/subdomain"
        headers = {"x-refresh-token": connection.refresh_token or ""}
        try:
            told = await self.call(_api_host(connection), path, headers=headers)
        except Refused as refused:
            if refused.status == 401:
                raise
            return None
        host = str(told.get("domain"))
        if host == connection.host or not self.is_account(host):
            return None
        self._db.execute(
            "update connections set host = ? where visitor = ? and account_id = ?",
            (host, connection.visitor, connection.account_id),
        )
        log.info("%s is %s now", connection.host, host)
        return replace(connection, host=host)

    async def _ask(self, connection: Connection, path: str) -> dict[str, Any]:
        """Ask the API, renewing the tokens when they are old or turn out to be."""
        token = connection.access_token
        if token is not None and connection.expires_at - EARLY > time.time():
            try:
                return await self._read(connection.host, token, path)
            except Refused as refused:
                if refused.status != 401:
                    raise
        return await self._read(connection.host, await self._renew(connection), path)

    async def _renew(self, connection: Connection) -> str:
        """Swap the refresh token for a new pair, and return its access token.

        There is no lock, and none is needed: a refresh token that is sent again, by two requests
        at once or because an answer was lost, brings the same pair again, until the new one is
        used. What counts is to keep the new pair before anything else is done with it.
        """
        old = connection.refresh_token or ""
        pair = await self._tokens(
            connection.host, {"grant_type": "refresh_token", "refresh_token": old}
        )
        # Only in place of the old one: the revoke hook may have come meanwhile.
        self._db.execute(
            "update connections set access_token = ?, refresh_token = ?, expires_at = ?"
            " where refresh_token = ?",
            (*_kept(pair), old),
        )
        log.info("renewed the tokens of %s", connection.host)
        return str(pair["access_token"])

    async def disconnect(self, connection: Connection) -> None:
        """Hand the access back, so that the account lists it no longer, and forget it."""
        await self._hand_back(connection)
        self._db.execute(
            "delete from connections where visitor = ? and account_id = ?",
            (connection.visitor, connection.account_id),
        )

    async def _hand_back(self, connection: Connection) -> None:
        token = {"token": connection.refresh_token}
        if connection.refresh_token is not None:
            body = self._credentials | token
            with suppress(Refused):  # then it is of no use to anybody
                await self._following(
                    connection, lambda one: self.call(one.host, "/oauth2/revoke", json=body)
                )

    async def hear_of_end(self, account_id: int) -> None:
        """Delete the tokens that have ended in an account.

        The revoke hook names the account, and not whose access it was: another user's may
        go on. So each is tried, and `ask` forgets the dead.
        """
        found = self._db.execute(
            "select * from connections where account_id = ? and ended_at is null", (account_id,)
        ).fetchall()
        for row in found:
            with suppress(Refused):
                await self.ask(Connection(*row), "/api/v4/account")

    def is_genuine(self, client_id: str, account_id: str, signature: str) -> bool:
        """Tell whether the platform sent a revoke hook, and nobody else."""
        message = f"{client_id}|{account_id}".encode()
        right = hmac.new(self._client_secret.encode(), message, hashlib.sha256).hexdigest()
        # In constant time: how long it takes tells nothing of the right one.
        is_signed = hmac.compare_digest(right.encode(), signature.encode())
        return is_signed and client_id == self.client_id

    def connections_of(self, visitor: str) -> Sequence[Connection]:
        found = self._db.execute(
            "select * from connections where visitor = ? order by name", (visitor,)
        )
        return [Connection(*row) for row in found]

    def connection(self, visitor: str, account_id: int) -> Connection | None:
        """Return the visitor's own access to the account; nobody sees another visitor's."""
        found = self.connections_of(visitor)
        return next((one for one in found if one.account_id == account_id), None)

    def _forget_tokens(self, connection: Connection) -> None:
        self._db.execute(
            "update connections set access_token = null, refresh_token = null, ended_at = ?"
            " where refresh_token = ?",
            (int(time.time()), connection.refresh_token),
        )
        log.info("the access to %s has ended", connection.host)

    async def _tokens(self, host: str, grant: dict[str, str]) -> dict[str, Any]:
        body = self._credentials | grant | {"redirect_uri": self.redirect_uri}
        return await self.call(host, "/oauth2/access_token", json=body)

    async def _read(self, host: str, token: str, path: str) -> dict[str, Any]:
        return await self.call(host, path, headers={"authorization": f"Bearer {token}"})

    @property
    def _credentials(self) -> dict[str, str]:
        return {"client_id": self.client_id, "client_secret": self._client_secret}


def _api_host(connection: Connection) -> str:
    """Return the host that an access token names for all accounts; `call` checks it."""
    _, claims, *_ = f"{connection.access_token}..".split(".")
    told = json.loads(base64.urlsafe_b64decode(claims + "==") or "{}")
    return str(told.get("api_domain"))


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
