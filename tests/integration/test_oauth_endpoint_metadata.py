"""What the authorization server says of itself, and its keys (RFC 8414, RFC 7517; S-71)."""

from typing import Any

import pytest
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

from grantway.oauth import key_rotation
from grantway.oauth.keys import NewKey, make_key
from tests.integration.api_client import NOW, Api
from tests.integration.forging import parts
from tests.integration.token_endpoint import (
    ask,
    consented_code,
    exchange,
    first_pair,
    is_accepted,
    next_pair,
    set_redirect_uri,
)

METADATA = "/.well-known/oauth-authorization-server"
KEYS = "/.well-known/jwks.json"
# The header repeats the token's id, as the dialect has it; joserfc asks to be told.
KNOWN = jws.JWSRegistry(algorithms=["RS256"], strict_check_header=False)
HOSTS = pytest.mark.parametrize("host", ["accounts", "www", "api", "acme"])


async def document(api: Api, path: str = METADATA, host: str = "accounts") -> dict[str, Any]:
    answer = await api.get(path, host=host, token=None)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    shown: dict[str, Any] = answer.json()
    return shown


def at(address: str) -> tuple[str, str]:
    """Return host and path of an address of ours."""
    scheme, _, rest = address.partition("://")
    name, _, path = rest.partition("/")
    assert (scheme, name.removesuffix(".grantway.test")) != (scheme, name)
    return name.removesuffix(".grantway.test"), f"/{path}"


async def test_the_document_is_this_one(api: Api) -> None:
    methods = ["client_secret_post", "client_secret_basic"]
    shown = await document(api)

    assert shown.pop("scopes_supported")
    assert shown == {
        "issuer": "https://accounts.grantway.test",
        "authorization_endpoint": "https://www.grantway.test/oauth",
        "token_endpoint": "https://api.grantway.test/oauth2/access_token",
        "token_endpoint_auth_methods_supported": methods,
        "revocation_endpoint": "https://api.grantway.test/oauth2/revoke",
        "revocation_endpoint_auth_methods_supported": methods,
        "introspection_endpoint": "https://api.grantway.test/oauth2/introspect",
        "introspection_endpoint_auth_methods_supported": methods,
        "jwks_uri": "https://accounts.grantway.test/.well-known/jwks.json",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "service_documentation": "https://www.grantway.test/reference",
    }


async def test_a_client_that_reads_the_document_gets_by_with_it(api: Api) -> None:
    """Exchange, verify, introspect and revoke at the addresses that stand there."""
    shown = await document(api)
    await set_redirect_uri(api)
    host, path = at(shown["token_endpoint"])
    pair = (await exchange(api, await consented_code(api), host=host, path=path)).json()
    host, path = at(shown["jwks_uri"])
    keys = KeySet.import_key_set((await api.get(path, host=host, token=None)).json())
    assert jwt.decode(pair["access_token"], keys, registry=KNOWN).claims["aud"]
    host, path = at(shown["introspection_endpoint"])
    token = {"token": pair["access_token"]}
    assert (await ask(api, token, host=host, path=path)).json()["active"]
    host, path = at(shown["revocation_endpoint"])
    assert (await ask(api, token, host=host, path=path)).status_code == 200
    assert not await is_accepted(api, pair)


@HOSTS
@pytest.mark.parametrize("path", [METADATA, KEYS])
async def test_both_are_the_same_everywhere_and_may_be_kept(api: Api, path: str, host: str) -> None:
    answer = await api.get(path, host=host, token=None)
    head = await api.call("HEAD", path, host=host, token=None)

    assert answer.json() == await document(api, path)
    assert answer.headers.get_list("cache-control") == ["public, max-age=300"]
    assert "pragma" not in answer.headers
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == answer.headers["content-length"]
    assert (await api.call("POST", path, host=host, token=None)).status_code == 405


async def published(api: Api) -> KeySet:
    shown: Any = await document(api, KEYS)
    return KeySet.import_key_set(shown)


async def test_the_keys_are_public_and_verify_what_was_issued(api: Api) -> None:
    pair = await first_pair(api)
    shown = await document(api, KEYS)
    (key,) = shown["keys"]
    assert set(key) == {"kty", "n", "e", "use", "alg", "kid"}
    assert (key["kty"], key["use"], key["alg"]) == ("RSA", "sig", "RS256")
    assert key["kid"] == parts(pair["access_token"])[0]["kid"]
    keys = await published(api)
    for token in (pair["access_token"], api.acme.token):
        assert jwt.decode(token, keys, registry=KNOWN).claims == parts(token)[1]
    head, claims, signature = pair["access_token"].split(".")
    stranger = RSAKey.import_key((await make_key()).public_pem)
    with pytest.raises(JoseError):
        jwt.decode(f"{head}.{claims[:-2]}AA.{signature}", keys, registry=KNOWN)
    with pytest.raises(JoseError):
        jwt.decode(pair["access_token"], stranger, registry=KNOWN)


async def test_a_key_is_published_before_it_signs_and_while_its_tokens_live(
    api: Api, signing_key: NewKey
) -> None:
    pair = await first_pair(api)
    second = await make_key()
    async with api.db.write() as tx:
        await key_rotation.announce(tx, second, api.platform.seal, NOW)
    api.clock.advance(1)
    assert {key.kid for key in (await published(api)).keys} == {signing_key.kid, second.kid}
    following = await next_pair(api, pair)
    assert parts(following["access_token"])[0]["kid"] == signing_key.kid
    async with api.db.write() as tx:
        await key_rotation.activate(tx, api.clock(), at_once=True)
    api.clock.advance(1)
    last = await next_pair(api, following)

    keys = await published(api)
    assert parts(last["access_token"])[0]["kid"] == second.kid
    for one in (pair, following, last):
        assert jwt.decode(one["access_token"], keys, registry=KNOWN).claims
        assert await is_accepted(api, one)


async def test_other_documents_are_not_there(api: Api) -> None:
    for path in ("/.well-known/openid-configuration", "/.well-known/nonsense"):
        assert (await api.get(path, host="accounts", token=None)).status_code == 404
