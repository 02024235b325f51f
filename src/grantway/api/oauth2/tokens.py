"""Introspection (RFC 7662) and revocation (RFC 7009), for integrations that prove who they are."""

from __future__ import annotations

from typing import Any

import msgspec

from grantway.api.oauth2.access_token import JSON
from grantway.api.oauth2.asking import Asking
from grantway.api.oauth2.fields import credentials, read_fields
from grantway.asgi.answers import Answer
from grantway.asgi.limits import Limiter
from grantway.db import Database
from grantway.integrations.clients import Client
from grantway.oauth.clients import authenticate
from grantway.oauth.introspection import Introspection
from grantway.oauth.refusals import Refusal

INTROSPECT = "/oauth2/introspect"
REVOKE = "/oauth2/revoke"


class TokenQuestions:
    """Both endpoints."""

    def __init__(
        self, db: Database, introspection: Introspection, limiter: Limiter, issuer: str
    ) -> None:
        self._db = db
        self._introspection = introspection
        self._limiter = limiter
        self._issuer = issuer

    async def introspect(self, asking: Asking) -> Answer:
        """Answer what the token stands for; of all others only that they are not active."""
        asked = await self._asked(asking)
        if isinstance(asked, Answer):
            return asked
        client, token = asked
        async with self._db.read() as reader:
            found = await self._introspection.inspect(reader, client, token, asking.now)
        if found is None:
            return _answer({"active": False})
        shown = {
            "active": True,
            "client_id": client.client_id,
            "token_type": "Bearer" if found.token_id else "refresh_token",
            "scope": " ".join(found.scopes),
            "iat": found.issued_at,
            "exp": found.expires_at,
            "sub": str(found.user_id),
            "aud": client.client_id,
            "iss": self._issuer,
            "account_id": found.account_id,
            "hash_uuid": found.uuid,
        }
        return _answer(shown | ({"jti": found.token_id} if found.token_id else {}))

    async def revoke(self, asking: Asking) -> Answer:
        """End the token's grant. 200 also for what is unknown or dead (RFC 7009, 2.2)."""
        asked = await self._asked(asking)
        if isinstance(asked, Answer):
            return asked
        client, token = asked
        async with self._db.write() as tx:
            await self._introspection.revoke(tx, client, token, asking.source, asking.now)
        return Answer(200)

    async def _asked(self, asking: Asking) -> tuple[Client, str] | Answer:
        await self._limiter.admit_address(asking.source)
        fields = await read_fields(asking.scope, asking.receive)
        if isinstance(fields, Refusal):
            return _error("invalid_request", fields)
        who = credentials(fields, asking.scope)
        if isinstance(who, Refusal):
            return _error("invalid_client", who)
        async with self._db.read() as reader:
            client = await authenticate(reader, who.client_id, who.client_secret)
        if isinstance(client, Refusal):
            return _error("invalid_client", client)
        await self._limiter.admit_integration(client.client_id, None, asking.source)
        token = fields.get("token", "")
        if not token:
            return _answer(
                {"error": "invalid_request", "error_description": "Check the `token` parameter"},
                400,
            )
        return client, token


def _error(error: str, refusal: Refusal) -> Answer:
    """Answer as RFC 6749, 5.2, frames it: these endpoints are no part of the dialect."""
    status = 401 if error == "invalid_client" else refusal.status
    answer = _answer({"error": error, "error_description": refusal.hint}, status)
    if status != 401:
        return answer
    return answer._replace(headers=((b"www-authenticate", b'Basic realm="oauth2"'),))


def _answer(body: dict[str, Any], status: int = 200) -> Answer:
    return Answer(status, msgspec.json.encode(body), JSON)
