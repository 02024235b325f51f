"""What the authorization server can do, and its public keys (RFC 8414, RFC 7517): additions."""

from __future__ import annotations

import msgspec

from grantway.api.oauth2 import access_token, tokens
from grantway.api.oauth2.access_token import JSON
from grantway.api.oauth2.asking import Asking
from grantway.asgi.answers import Answer
from grantway.db import Database
from grantway.integrations.scopes import OFFERED
from grantway.kernel.addresses import API, CONTROL, PUBLIC, Addresses
from grantway.oauth.keys import ALGORITHM, Keyring

METADATA = "/.well-known/oauth-authorization-server"
KEYS = "/.well-known/jwks.json"
_MAY_BE_KEPT = ((b"cache-control", b"public, max-age=300"),)


class Metadata:
    """Both documents."""

    def __init__(self, db: Database, keyring: Keyring, addresses: Addresses) -> None:
        self._db = db
        self._keyring = keyring
        self._document = msgspec.json.encode(_document(addresses))

    async def describe(self, _: Asking) -> Answer:
        """Answer the metadata."""
        return Answer(200, self._document, JSON, _MAY_BE_KEPT)

    async def keys(self, _: Asking) -> Answer:
        """Answer every key that verifies a token, and the one that will sign next (S-71)."""
        async with self._db.read() as reader:
            published = await self._keyring.published(reader)
        shown = [
            {"use": "sig", "alg": ALGORITHM} | key.as_dict(private=False) | {"kid": kid}
            for kid, key in published.items()
        ]
        return Answer(200, msgspec.json.encode({"keys": shown}), JSON, _MAY_BE_KEPT)


def _document(addresses: Addresses) -> dict[str, str | bool | list[str]]:
    api, control, public = (addresses.origin(one) for one in (API, CONTROL, PUBLIC))
    authentication = ["client_secret_post", "client_secret_basic"]
    return {
        "issuer": control,
        "authorization_endpoint": f"{public}/oauth",
        "token_endpoint": api + access_token.PATH,
        "token_endpoint_auth_methods_supported": authentication,
        "revocation_endpoint": api + tokens.REVOKE,
        "revocation_endpoint_auth_methods_supported": authentication,
        "introspection_endpoint": api + tokens.INTROSPECT,
        "introspection_endpoint_auth_methods_supported": authentication,
        "jwks_uri": control + KEYS,
        "scopes_supported": list(OFFERED),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "service_documentation": f"{public}/reference",
    }
