"""What a token says, where it is read, for whom it speaks (authorization.md 6, 7; S-95, S-100)."""

import asyncio
import base64
import datetime as dt
from typing import Any

import httpx

from grantway.accounts.rights import EVERYTHING, ORDINARY
from tests.integration.api_client import NOW, Api
from tests.integration.forging import parts, signed
from tests.integration.token_calls import ACCOUNT, honest, must_be_refused, status


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
    await api.platform.usage.finish()
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


async def test_no_request_waits_for_the_note_of_its_use(api: Api) -> None:
    token, grant_id = await api.issue()
    async with api.db.write() as tx:
        await tx.change("update grants set scopes = scopes where id = :id", id=grant_id)
        # Whoever writes the grant has to wait now.
        async with asyncio.timeout(2):
            assert [await status(api, token) for _ in range(3)] == [200, 200, 200]
    assert await last_used(api, grant_id) == (NOW, "203.0.113.5")


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
