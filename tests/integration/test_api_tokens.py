"""Which tokens open the API, and which do not (authorization.md 6, 7, 12; S-63 to S-75, S-96)."""

import asyncio
import base64
import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jwe
from joserfc.jwk import OctKey, RSAKey

from grantway.accounts.rights import EVERYTHING, ORDINARY
from grantway.installations import service as installations
from grantway.integrations import service as integrations
from grantway.oauth.keys import NewKey, make_key
from tests.integration.api_client import NOW, Api
from tests.integration.conftest import OpenApi
from tests.integration.forging import encoded, parts, signed, signed_hs256

ACCOUNT = "/api/v4/account"
REFUSED = {
    "title": "Unauthorized",
    "type": "https://httpstatus.es/401",
    "status": 401,
    "detail": "Invalid user name or password",
}


async def status(api: Api, token: str | None = None, **options: Any) -> int:
    given: Any = {} if token is None else {"token": token}
    return (await api.get(ACCOUNT, **given, **options)).status_code


def must_be_refused(answer: httpx.Response) -> None:
    """Every reason has the same answer, so that nobody learns which it was (S-100)."""
    assert (answer.status_code, answer.json()) == (401, REFUSED)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store, no-cache, must-revalidate"
    assert len(answer.headers["x-request-id"]) == 32
    assert answer.headers["www-authenticate"].startswith("Bearer")


def honest(api: Api) -> tuple[dict[str, Any], dict[str, Any]]:
    return parts(api.acme.token)


async def test_the_token_says_what_the_contract_says(api: Api) -> None:
    header, claims = honest(api)

    assert header == {
        "typ": "JWT",
        "alg": "RS256",
        "jti": claims["jti"],
        "kid": api.key.kid,
    }
    assert len(claims["jti"]) == 80
    assert int(claims["jti"], 16) >= 0
    midnight = dt.datetime.fromtimestamp(claims["exp"], dt.UTC)
    assert (midnight.hour, midnight.minute, midnight.second) == (0, 0, 0)
    assert len(claims["hash_uuid"]) == 36
    assert list(claims.items()) == [
        ("aud", api.acme.client_id),
        ("jti", claims["jti"]),
        ("iat", NOW),
        ("nbf", NOW),
        ("exp", claims["exp"]),
        ("sub", str(api.acme.admin_id)),
        ("grant_type", ""),
        ("account_id", api.acme.account_id),
        ("base_domain", "grantway.test"),
        ("version", 2),
        ("scopes", ["push_notifications", "files", "crm", "files_delete", "notifications"]),
        ("user_flags", 0),
        ("hash_uuid", claims["hash_uuid"]),
        ("api_domain", "api.grantway.test"),
    ]


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


async def test_a_token_works_on_its_accounts_host_and_on_the_shared_one(api: Api) -> None:
    assert await status(api, host="acme") == 200
    assert await status(api, host="api") == 200
    for host in ("bolt", "nosuch", "accounts-acme"):
        must_be_refused(await api.get(ACCOUNT, host=host, token=api.acme.token))
    shared = (await api.get(ACCOUNT, host="api")).json()
    assert shared["_links"]["self"]["href"] == "https://acme.grantway.test/api/v4/account"
    theirs = await api.get(ACCOUNT, host="api", token=api.bolt.token)
    assert theirs.json()["id"] == api.bolt.account_id


async def test_existing_and_missing_accounts_answer_alike_to_strangers(api: Api) -> None:
    answers = [
        await api.get(path, host=host, token=token)
        for host in ("acme", "bolt", "nosuch")
        for path in (ACCOUNT, "/api/v4/nonsense")
        for token in ("nonsense", None)
    ]
    for answer in answers:
        must_be_refused(answer)
    lengths = {len(answer.content) for answer in answers}
    assert len(lengths) == 1


async def test_the_authorization_header(api: Api) -> None:
    token = api.acme.token
    accepted = [f"Bearer {token}", f"bearer {token}", f"BEARER {token}", f"bEaReR  {token} "]
    refused = [
        *("", "Bearer", "Bearer ", token, f"Basic {token}", f"Token {token}", f"Bearer={token}"),
        *(f"Bearer {token}, Bearer {token}", f"Bearer {token} {token}", f'Bearer "{token}"'),
        "Basic " + base64.b64encode(f"{api.acme.client_id}:{api.acme.secret}".encode()).decode(),
    ]
    for value in accepted:
        answer = await api.get(ACCOUNT, token=None, headers={"authorization": value})
        assert answer.status_code == 200, value
    for value in refused:
        must_be_refused(await api.get(ACCOUNT, token=None, headers={"authorization": value}))
    two = [("authorization", f"Bearer {token}"), ("authorization", f"Bearer {token}")]
    must_be_refused(await api.get(ACCOUNT, token=None, headers=two))
    other = [("authorization", "Basic eDp5"), ("authorization", f"Bearer {token}")]
    must_be_refused(await api.get(ACCOUNT, token=None, headers=other))


async def test_a_token_anywhere_else_is_ignored(api: Api) -> None:
    token = api.acme.token
    form = {"content-type": "application/x-www-form-urlencoded"}
    requests: list[dict[str, Any]] = [
        {"method": "GET", "path": f"{ACCOUNT}?access_token={token}&token={token}"},
        {"method": "GET", "path": ACCOUNT, "headers": {"cookie": f"access_token={token}"}},
        {"method": "GET", "path": ACCOUNT, "headers": {"x-auth-token": token}},
        {"method": "POST", "path": "/api/v4/leads", "headers": form}
        | {"content": f"access_token={token}"},
        {"method": "POST", "path": "/api/v4/leads", "json": {"access_token": token}},
    ]
    for request in requests:
        must_be_refused(await api.call(**request, token=None))
        assert (await api.call(**request)).status_code in {200, 400}
    missing = await api.get(ACCOUNT, token=None)
    assert missing.headers["www-authenticate"] == "Bearer"
    wrong = await api.get(ACCOUNT, token="nonsense")
    assert wrong.headers["www-authenticate"] == 'Bearer error="invalid_token"'


async def test_a_revoked_token_is_refused_at_once_by_every_process(
    api: Api, open_api: OpenApi
) -> None:
    second = await open_api()
    token, grant_id = await api.issue()
    assert [await status(one, token) for one in (api, second, api, second)] == [200] * 4

    await api.revoke(grant_id)

    must_be_refused(await api.get(ACCOUNT, token=token))
    must_be_refused(await second.get(ACCOUNT, token=token))
    respelled = signed(api.key, *parts(token))
    assert respelled != token
    assert await status(api, respelled) == 401
    assert [await status(one) for one in (api, second)] == [200, 200]


async def test_in_a_race_revocation_wins(api: Api) -> None:
    token, grant_id = await api.issue()
    seen: list[int] = []
    called, revoked = asyncio.Event(), asyncio.Event()

    async def keep_calling() -> list[int]:
        after: list[int] = []
        while len(after) < 3:
            await asyncio.sleep(0)  # a read on SQLite never waits for anything
            was_revoked = revoked.is_set()
            code = await status(api, token)
            seen.append(code)
            if seen.count(200) >= 8:
                called.set()
            if was_revoked:
                after.append(code)
        return after

    callers = [asyncio.create_task(keep_calling()) for _ in range(4)]
    await called.wait()
    await api.revoke(grant_id)
    revoked.set()

    assert [code for one in await asyncio.gather(*callers) for code in one] == [401] * 12


async def test_a_deleted_integrations_tokens_are_dead(api: Api) -> None:
    async with api.db.write() as tx:
        await integrations.delete(tx, api.acme.actor, api.acme.client_id, NOW)

    must_be_refused(await api.get(ACCOUNT))
    assert await status(api, host="bolt") == 200


async def test_uninstalling_ends_tokens_and_installing_again_revives_none(api: Api) -> None:
    async with api.db.write() as tx:
        assert await installations.uninstall(tx, api.acme.actor, api.acme.client_id, NOW)
    assert await status(api) == 401
    again, _ = await api.issue()

    assert await status(api, again) == 200
    assert await status(api) == 401
    assert await status(api, host="bolt") == 200


@pytest.mark.parametrize("state", ["suspended", "deleted"])
async def test_a_closed_accounts_tokens_stop_and_a_reopened_ones_work(api: Api, state: str) -> None:
    change = "update accounts set status = :state where id = :id"
    async with api.db.write() as tx:
        await tx.change(change, state=state, id=api.acme.account_id)
    must_be_refused(await api.get(ACCOUNT))
    must_be_refused(await api.get(ACCOUNT, host="api", token=api.acme.token))
    assert await status(api, host="bolt") == 200
    async with api.db.write() as tx:
        await tx.change(change, state="active", id=api.acme.account_id)

    assert await status(api) == 200


async def test_an_integration_that_is_disabled_everywhere(api: Api) -> None:
    async with api.db.write() as tx:
        await tx.change("update integrations set status = 'disabled' where account_id = 1")

    assert await status(api) == 401
    assert await status(api, host="bolt") == 200


async def test_a_new_secret_leaves_long_lived_tokens_alone(api: Api) -> None:
    # They were never proved by the secret, and the Authorization tab ends them one by one.
    async with api.db.write() as tx:
        secret = await integrations.generate_secret(
            tx, api.acme.actor, api.acme.client_id, api.platform.seal, NOW
        )

    assert secret != api.acme.secret
    assert await status(api) == 200


async def test_a_token_ends_to_the_second(api: Api) -> None:
    token, _ = await api.issue(days=1)
    ends = parts(token)[1]["exp"]

    api.clock.now = ends - 1
    assert await status(api, token) == 200
    api.clock.now = ends
    must_be_refused(await api.get(ACCOUNT, token=token))
    api.clock.now = ends + 10**6
    assert await status(api, token) == 401


async def test_a_token_from_the_future_is_given_a_minute(api: Api) -> None:
    header, claims = honest(api)
    for name in ("iat", "nbf"):
        early = signed(api.key, header, claims | {name: NOW + 61})
        leeway = signed(api.key, header, claims | {name: NOW + 60})
        assert [await status(api, token) for token in (early, leeway)] == [401, 200], name
        api.clock.advance(1)
        assert await status(api, early) == 200
        api.clock.advance(-1)


async def test_clocks_that_step(api: Api) -> None:
    token, _ = await api.issue(days=2)
    expected = [(-60, 200), (-61, 401), (0, 200), (3 * 86_400, 401), (1, 200), (-(10**6), 401)]

    for step, code in expected:
        api.clock.now = NOW + step
        assert await status(api, token) == code, step


async def test_a_withdrawn_key_ends_all_its_tokens_and_a_retired_one_none(
    api: Api, open_api: OpenApi
) -> None:
    second = await open_api()
    assert [await status(one) for one in (api, second)] == [200, 200]
    change = "update signing_keys set state = :state"
    async with api.db.write() as tx:
        await tx.change(change, state="retired")
    api.clock.advance(1)
    assert [await status(one) for one in (api, second)] == [200, 200]
    async with api.db.write() as tx:
        await tx.change(change, state="compromised")
    api.clock.advance(1)

    assert [await status(one) for one in (api, second)] == [401, 401]


async def test_scopes_are_those_of_the_grant(api: Api) -> None:
    token, _ = await api.issue()
    header, claims = parts(token)
    without = signed(api.key, header, claims | {"scopes": ["push_notifications", "files"]})

    answer = await api.get(ACCOUNT, token=without)
    assert answer.status_code == 403
    assert answer.json() == {
        "title": "Forbidden",
        "type": "https://httpstatus.es/403",
        "status": 403,
        "detail": "Invalid scope",
    }
    assert answer.headers["www-authenticate"] == 'Bearer error="insufficient_scope"'
    assert await status(api, token) == 200


async def last_used(api: Api, grant_id: int) -> tuple[int | None, str | None]:
    async with api.db.read() as reader:
        shown = await api.platform.long_lived.list(reader, api.acme.actor, api.acme.client_id)
    one = next(token for token in shown if token.grant_id == grant_id)
    return one.last_used_at, one.last_used_from


async def test_the_last_use_is_noted_once_a_minute(api: Api) -> None:
    token, grant_id = await api.issue()
    assert await last_used(api, grant_id) == (None, None)
    steps = [(0, "198.51.100.1", 0), (59, "198.51.100.2", 0), (60, "198.51.100.3", 60)]
    steps += [(61, "198.51.100.4", 60), (200, "198.51.100.5", 200)]
    for moment, source, noted in steps:
        api.clock.now = NOW + moment
        assert await status(api, token, source=source) == 200
        at, _ = await last_used(api, grant_id)
        assert at == NOW + noted, moment
    assert (await last_used(api, grant_id))[1] == "198.51.100.5"


async def test_a_use_counts_whatever_the_answer_was(api: Api) -> None:
    token, grant_id = await api.issue()
    assert (await api.get("/api/v4/nonsense", token=token)).status_code == 404
    assert await last_used(api, grant_id) == (NOW, "203.0.113.5")
    refused, refused_id = await api.issue()
    await api.get(ACCOUNT, token=refused, host="bolt")

    assert await last_used(api, refused_id) == (None, None)


async def test_a_users_grant_has_the_users_present_rights(api: Api) -> None:
    token = await api.token_of("Bob", ORDINARY)
    assert await status(api, token) == 200
    assert (await api.get("/api/v4/users", token=token)).status_code == 403
    change = "update account_users set {} where user_id = :bob"
    bob = api.acme.users["Bob"]
    async with api.db.write() as tx:
        await tx.change(change.format("role = 'administrator'"), bob=bob)
    assert (await api.get("/api/v4/users", token=token)).status_code == 200
    async with api.db.write() as tx:
        await tx.change(change.format("is_active = false"), bob=bob)
    must_be_refused(await api.get(ACCOUNT, token=token))


async def test_an_administrators_grant_outlives_their_desk(api: Api) -> None:
    async with api.db.write() as tx:
        await tx.change(
            "update account_users set is_active = false, role = 'user' where user_id = :alice",
            alice=api.acme.admin_id,
        )

    assert await status(api) == 200


async def test_acting_for_another_user(api: Api) -> None:
    bob, alice = api.acme.users["Bob"], api.acme.admin_id

    async def as_user(user_id: Any, **options: Any) -> httpx.Response:
        return await api.get(ACCOUNT, headers={"x-context-user-id": str(user_id)}, **options)

    assert (await as_user(bob)).json()["current_user_id"] == bob
    assert (await as_user(alice)).json()["current_user_id"] == alice
    users = await api.get("/api/v4/users", headers={"x-context-user-id": str(bob)})
    assert (users.status_code, users.json()["detail"]) == (
        403,
        "Insufficient rights to call this method",
    )
    (lead_id,) = await api.add_leads({}, headers={"x-context-user-id": str(bob)})
    assert (await api.lead(lead_id))["created_by"] == bob

    strangers = [999, api.bolt.admin_id, "", "0", "-1", "abc", "\xb2", "9" * 30, f"{bob},1"]
    for nobody in strangers:
        must_be_refused(await as_user(nobody))
    must_be_refused(await as_user(bob, token=await api.token_of("Bob", EVERYTHING)))
    change = "update account_users set {} where user_id = :bob"
    for state in ("is_free = true", "is_free = false, is_active = false"):
        async with api.db.write() as tx:
            await tx.change(change.format(state), bob=bob)
        must_be_refused(await as_user(bob))
    async with api.db.write() as tx:
        await tx.change(change.format("is_active = true"), bob=bob)
    assert (await as_user(bob)).status_code == 200
    twice = [("x-context-user-id", str(alice)), ("x-context-user-id", str(bob))]
    assert (await api.get(ACCOUNT, headers=twice)).status_code == 401


async def test_reused_names_bring_no_token_back(api: Api) -> None:
    async with api.db.write() as tx:
        await tx.change("update accounts set subdomain = 'was-acme' where subdomain = 'acme'")
        await tx.change("update accounts set subdomain = 'acme' where subdomain = 'bolt'")

    must_be_refused(await api.get(ACCOUNT, host="acme", token=api.acme.token))
    assert await status(api, api.bolt.token, host="acme") == 200
    assert await status(api, api.acme.token, host="was-acme") == 200
