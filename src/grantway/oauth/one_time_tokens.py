"""One-time tokens: they tell an integration's server who its widget runs for.

Contract: authorization.md 13; rule S-144. The integration checks them with its
own secret key, so they are nothing to us: no request of ours accepts one.
"""

from __future__ import annotations

import base64
import hmac
from typing import Any
from urllib.parse import urlsplit

import msgspec

from grantway.accounts.actor import Actor
from grantway.db import Reader
from grantway.installations import service as installations
from grantway.integrations import clients
from grantway.kernel.credentials import new_uuid
from grantway.kernel.errors import NotFound, Unprocessable
from grantway.kernel.sealing import Seal

LIFETIME = 30 * 60


class IntegrationNotInstalled(NotFound):
    """No such integration works in this account, whatever it is elsewhere (S-154)."""

    def __init__(self) -> None:
        super().__init__("The integration is not installed in this account")


class NothingToSignWith(Unprocessable):
    """The integration has no redirect URI or no secret key."""

    def __init__(self) -> None:
        super().__init__("The integration needs a redirect URL and a secret key for this")


async def issue(
    reader: Reader,
    actor: Actor,
    client_id: str,
    *,
    issuer: str,
    subdomain: str,
    seal: Seal,
    now: int,
) -> str:
    """Return a token about the actor for the server of an integration that is installed here.

    *issuer* is the origin of the account's workspace. Raises
    IntegrationNotInstalled, NothingToSignWith.
    """
    if await installations.find_live(reader, actor.account_id, client_id) is None:
        raise IntegrationNotInstalled
    client = await clients.find_client(reader, client_id)
    if client is None or not client.is_live:
        raise IntegrationNotInstalled
    secret = await clients.signing_secret(reader, client_id, seal)
    if secret is None or not client.redirect_uri:
        raise NothingToSignWith
    claims = {
        "iss": issuer,
        "aud": audience(client.redirect_uri),
        "jti": new_uuid(),
        "iat": now,
        "nbf": now,
        "exp": now + LIFETIME,
        "account_id": actor.account_id,
        "user_id": actor.user_id,
        "subdomain": subdomain,
        "client_uuid": client_id,
        "is_admin": actor.is_administrator,
    }
    return signed(claims, secret)


def audience(redirect_uri: str) -> str:
    """Return the base of the integration's address, as its libraries compare it: no port, no path.

    >>> audience("https://Hooks.example.org:8443/kommo?x=1")
    'https://hooks.example.org'
    """
    parts = urlsplit(redirect_uri)
    host = parts.hostname or ""
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}"


def signed(claims: dict[str, Any], secret: str) -> str:
    """Return the JWT (RFC 7515, section 3.1) with HMAC-SHA256 under the secret key."""
    parts = ({"typ": "JWT", "alg": "HS256"}, claims)
    said = b".".join(_encoded(msgspec.json.encode(one)) for one in parts)
    mark = hmac.digest(secret.encode(), said, "sha256")
    return b".".join((said, _encoded(mark))).decode()


def _encoded(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")
