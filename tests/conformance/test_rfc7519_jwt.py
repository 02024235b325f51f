"""RFC 7515, 7519 and 8725: signed tokens, and the practices that are told to keep."""

import json

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.integration.api_client import NOW, Api
from tests.integration.forging import decoded, parts, signed

ACCOUNT = "/api/v4/account"


async def status(api: Api, token: str) -> int:
    return (await api.get(ACCOUNT, token=token)).status_code


async def test_rfc7515_5_2_anybody_with_the_public_key_can_verify_a_token(api: Api) -> None:
    public = serialization.load_pem_public_key(api.key.public_pem.encode())
    assert isinstance(public, rsa.RSAPublicKey)
    text, _, signature = api.acme.token.rpartition(".")
    public.verify(decoded(signature), text.encode(), padding.PKCS1v15(), hashes.SHA256())

    assert "=" not in api.acme.token
    assert public.key_size == 2048


async def test_rfc7515_4_1_11_unknown_critical_parameters_must_be_refused(api: Api) -> None:
    header, claims = parts(api.acme.token)

    assert await status(api, signed(api.key, header | {"crit": ["x"], "x": 1}, claims)) == 401
    assert await status(api, signed(api.key, header, claims)) == 200


async def test_rfc7515_4_members_must_be_unique(api: Api) -> None:
    header, claims = parts(api.acme.token)
    twice = json.dumps(header).encode()[:-1] + b',"kid":"x"}'

    assert await status(api, signed(api.key, twice, claims)) == 401


async def test_rfc7519_4_1_4_at_its_expiry_a_token_must_not_be_accepted(api: Api) -> None:
    api.clock.now = parts(api.acme.token)[1]["exp"]
    assert await status(api, api.acme.token) == 401
    api.clock.now -= 1
    assert await status(api, api.acme.token) == 200


async def test_rfc7519_4_1_5_before_its_time_a_token_must_not_be_accepted(api: Api) -> None:
    header, claims = parts(api.acme.token)

    assert await status(api, signed(api.key, header, claims | {"nbf": NOW + 3600})) == 401


async def test_rfc8725_3_1_the_algorithm_must_be_ours_and_not_the_tokens(api: Api) -> None:
    header, claims = parts(api.acme.token)
    for algorithm in ("none", "HS256", "RS384", "PS256", "ES256", "EdDSA"):
        assert await status(api, signed(api.key, header | {"alg": algorithm}, claims)) == 401


async def test_rfc8725_3_9_the_audience_must_be_checked(api: Api) -> None:
    header, claims = parts(api.acme.token)

    assert await status(api, signed(api.key, header, claims | {"aud": "somebody else"})) == 401
