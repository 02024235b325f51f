"""Tokens that nobody of ours has made (S-63 to S-68)."""

import json
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jwe
from joserfc.jwk import OctKey, RSAKey

from grantway.oauth.keys import NewKey, make_key
from tests.integration.api_client import Api
from tests.integration.forging import encoded, parts, signed, signed_hs256
from tests.integration.token_calls import ACCOUNT, honest, must_be_refused, status


async def test_an_honest_copy_by_hand_opens_and_shows_that_the_forgeries_are_sound(
    api: Api,
) -> None:
    assert signed(api.key, *honest(api)) != api.acme.token
    assert await status(api, signed(api.key, *honest(api))) == 200


async def test_signatures_that_are_not_ours(api: Api, signing_key: NewKey) -> None:
    header, claims = honest(api)
    head, body, signature = api.acme.token.split(".")
    public = signing_key.public_pem.encode()
    der = serialization.load_pem_public_key(public).public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    stranger = await make_key()
    none = header | {"alg": "none"}
    hs256 = header | {"alg": "HS256"}
    forged = {
        "no signature": f"{head}.{body}.",
        "two parts": f"{head}.{body}",
        "zero signature": f"{head}.{body}.{encoded(bytes(256))}",
        "one as signature": f"{head}.{body}.{encoded(bytes(255) + bytes([1]))}",
        "cut signature": f"{head}.{body}.{signature[:-4]}",
        "longer signature": f"{head}.{body}.{signature}AAAA",
        "another token's signature": f"{head}.{body}.{api.bolt.token.rpartition('.')[2]}",
        "changed claims": f"{head}.{encoded(json.dumps(claims | {'sub': '1'}).encode())}"
        f".{signature}",
        "alg none": f"{encoded(json.dumps(none).encode())}.{body}.",
        "alg None with signature": f"{encoded(json.dumps(none).encode())}.{body}.{signature}",
        "alg nOnE": f"{encoded(json.dumps(header | {'alg': 'nOnE'}).encode())}.{body}.",
        "HS256 with the public PEM": signed_hs256(public, hs256, claims),
        "HS256 with the stripped PEM": signed_hs256(public.strip(), hs256, claims),
        "HS256 with the public DER": signed_hs256(der, hs256, claims),
        "HS256 with nothing": signed_hs256(b"", hs256, claims),
        "HS256 with the integration's secret": signed_hs256(
            api.acme.secret.encode(), hs256, claims
        ),
        "RS256 header, HS256 inside": signed_hs256(public, header, claims),
        "RS512 header": signed(api.key, header | {"alg": "RS512"}, claims),
        "PS256 header": signed(api.key, header | {"alg": "PS256"}, claims),
        "a stranger's key under our kid": signed(stranger, header, claims),
        "a stranger's key under its kid": signed(stranger, header | {"kid": stranger.kid}, claims),
    }
    for name, token in forged.items():
        answer = await api.get(ACCOUNT, token=token)
        assert answer.status_code == 401, name
        must_be_refused(answer)
    assert await status(api) == 200


async def test_headers_that_are_not_ours(api: Api, signing_key: NewKey) -> None:
    header, claims = honest(api)
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    jwk = RSAKey.import_key(
        stranger.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    ).as_dict()
    without: dict[str, Any] = {name: v for name, v in header.items() if name != "kid"}
    changes: dict[str, dict[str, Any]] = {
        "unknown kid": header | {"kid": "00000000-0000-4000-8000-000000000000"},
        "kid as a path": header | {"kid": "../../dev/null"},
        "kid with SQL": header | {"kid": "' or 1=1 --"},
        "kid as a number": header | {"kid": 7},
        "kid as a list": header | {"kid": [header["kid"]]},
        "no kid": without,
        "empty kid": header | {"kid": ""},
        "jku": header | {"jku": "https://127.0.0.1:9/keys"},
        "jwk": header | {"jwk": jwk},
        "x5u": header | {"x5u": "https://127.0.0.1:9/cert"},
        "x5c": header | {"x5c": ["AAAA"]},
        "crit": header | {"crit": ["exp"]},
        "unknown crit": header | {"crit": ["b64"], "b64": False},
        "empty crit": header | {"crit": []},
        "zip": header | {"zip": "DEF"},
        "nested": header | {"cty": "JWT"},
        "enc": header | {"enc": "A256GCM"},
        "no typ": {name: v for name, v in header.items() if name != "typ"},
        "another typ": header | {"typ": "at+jwt"},
        "another jti": header | {"jti": "0" * 80},
        "no jti": {name: v for name, v in header.items() if name != "jti"},
    }
    for name, one in changes.items():
        assert await status(api, signed(api.key, one, claims)) == 401, name
    assert await status(api, signed(api.key, dict(reversed(header.items())), claims)) == 200


async def test_claims_that_are_not_ours(api: Api) -> None:
    header, claims = honest(api)
    other_grant = parts((await api.issue())[0])[1]
    without = {name: {k: v for k, v in claims.items() if k != name} for name in claims}
    changes: dict[str, Mapping[str, Any]] = {
        "another integration": claims | {"aud": api.bolt.client_id},
        "two audiences": claims | {"aud": [api.acme.client_id]},
        "another user": claims | {"sub": str(api.acme.users["Bob"])},
        "user as a number": claims | {"sub": api.acme.admin_id},
        "another account": claims | {"account_id": api.bolt.account_id},
        "account as text": claims | {"account_id": str(api.acme.account_id)},
        "account as float": claims | {"account_id": 1.5},
        "account as true": claims | {"account_id": True},
        "account beyond 64 bits": claims | {"account_id": 2**70},
        "another grant": claims | {"hash_uuid": other_grant["hash_uuid"]},
        "unknown grant": claims | {"hash_uuid": "00000000-0000-4000-8000-000000000000"},
        "exp as text": claims | {"exp": str(claims["exp"])},
        "exp as null": claims | {"exp": None},
        "unknown claim": claims | {"admin": True},
        "scopes as text": claims | {"scopes": "crm"},
    } | {f"no {name}": without[name] for name in ("aud", "jti", "iat", "nbf", "exp", "sub")}
    for name, one in changes.items():
        assert await status(api, signed(api.key, header, dict(one))) == 401, name
    both = {"jti": "0" * 80}
    assert await status(api, signed(api.key, header | both, claims | both)) == 401, "jti mismatch"


async def test_members_that_stand_twice(api: Api) -> None:
    header, claims = honest(api)
    plain, plain_header = json.dumps(claims).encode(), json.dumps(header).encode()
    twice = plain[:-1] + b', "account_id": %d}' % api.acme.account_id
    first = b'{"account_id": %d, ' % api.bolt.account_id + plain[1:]
    twice_alg = plain_header[:-1] + b', "alg": "RS256"}'

    assert await status(api, signed(api.key, header, plain)) == 200
    for one in (twice, first):
        assert await status(api, signed(api.key, header, one)) == 401
    assert await status(api, signed(api.key, twice_alg, plain)) == 401


async def test_text_that_is_no_token(api: Api) -> None:
    head, body, signature = api.acme.token.split(".")
    nested = encoded(b"[" * 4000)
    surrogates = encoded(rb'{"alg":"\ud800"}')
    texts = {
        "truncated": api.acme.token[:-1],
        "half": api.acme.token[: len(api.acme.token) // 2],
        "doubled": api.acme.token * 2,
        "four parts": f"{api.acme.token}.x",
        "five parts": f"{head}..{body}.{signature}.x",
        "leading dot": f".{api.acme.token}",
        "padding": f"{head}=.{body}.{signature}",
        "standard alphabet": f"{head}.{body}.{signature[:-2]}+/",
        "JSON serialization": json.dumps(
            {"protected": head, "payload": body, "signature": signature}
        ),
        "deep header": f"{nested}.{body}.{signature}",
        "deep claims": f"{head}.{nested}.{signature}",
        "not UTF-8": f"{encoded(bytes([0xFF] * 20))}.{body}.{signature}",
        "surrogates": f"{surrogates}.{body}.{signature}",
        "empty object": f"{encoded(b'{}')}.{encoded(b'{}')}.{signature}",
        "array": f"{encoded(b'[]')}.{encoded(b'[]')}.{signature}",
        "a word": "nonsense",
        "spaces inside": f"{head} {body} {signature}",
        "client id": api.acme.client_id,
        "client secret": api.acme.secret,
        "grant uuid": parts(api.acme.token)[1]["hash_uuid"],
    }
    for name, token in texts.items():
        assert await status(api, token) == 401, name


async def test_tokens_above_8_kib_are_refused_before_they_are_decoded(api: Api) -> None:
    header, claims = honest(api)
    padded = signed(api.key, header, json.dumps(claims).encode() + b" " * 4000)
    huge = signed(api.key, header, json.dumps(claims).encode() + b" " * 8000)

    assert await status(api, padded) == 200
    assert await status(api, huge) == 401
    assert await status(api, "x" * 1_000_000) == 401


async def test_encrypted_and_nested_tokens(api: Api, signing_key: NewKey) -> None:
    key = RSAKey.import_key(signing_key.public_pem)
    encrypted = jwe.encrypt_compact(
        {"alg": "RSA-OAEP", "enc": "A256GCM", "cty": "JWT"}, api.acme.token.encode(), key
    )
    direct = jwe.encrypt_compact(
        {"alg": "dir", "enc": "A256GCM"}, b"{}", OctKey.import_key(bytes(32))
    )
    nested = signed(api.key, honest(api)[0], json.dumps(api.acme.token).encode())

    for token in (encrypted, direct, nested):
        assert await status(api, token) == 401
