"""Introspection and revocation for the integration that a token was issued to (S-74, S-81)."""

from typing import Any

import httpx
import pytest

from grantway.accounts import service as accounts
from grantway.accounts import suspension
from tests.integration.api_client import NOW, Api
from tests.integration.forging import parts
from tests.integration.test_oauth_endpoint_life import leave, uninstall
from tests.integration.token_endpoint import (
    DAY,
    ask,
    consented_code,
    events,
    exchange,
    first_pair,
    is_accepted,
    make_strict,
    next_pair,
    refresh,
    set_redirect_uri,
    told,
)

INTROSPECT = "/oauth2/introspect"
REVOKE = "/oauth2/revoke"
PATHS = pytest.mark.parametrize("path", [INTROSPECT, REVOKE])
TOKENS = pytest.mark.parametrize("name", ["access_token", "refresh_token"])
DEAD = {"active": False}
REVOKED = (401, "Token has been revoked")


async def inspect(api: Api, token: str, **options: Any) -> dict[str, Any]:
    answer = await ask(api, {"token": token}, path=INTROSPECT, **options)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert "no-store" in answer.headers["cache-control"]
    shown: dict[str, Any] = answer.json()
    return shown


async def revoke(api: Api, token: str, **options: Any) -> httpx.Response:
    fields = {"token": token} | options.pop("fields", {})
    return await ask(api, fields, path=REVOKE, **options)


@pytest.mark.parametrize("as_form", [False, True], ids=["json", "form"])
async def test_a_live_token_is_described_to_its_integration(api: Api, *, as_form: bool) -> None:
    pair = await first_pair(api, user="Bob")
    claims = parts(pair["access_token"])[1]
    common = {
        "active": True,
        "client_id": api.acme.client_id,
        "scope": "push_notifications crm",
        "iat": NOW,
        "sub": str(api.acme.users["Bob"]),
        "aud": api.acme.client_id,
        "iss": "https://accounts.grantway.test",
        "account_id": api.acme.account_id,
        "hash_uuid": claims["hash_uuid"],
    }
    access = await inspect(api, pair["access_token"], as_form=as_form)
    held = await inspect(api, pair["refresh_token"], as_form=as_form)

    assert access == common | {
        "token_type": "Bearer",
        "exp": NOW + DAY,
        "jti": claims["jti"],
    }
    exp = held.pop("exp")
    assert held == common | {"token_type": "refresh_token"}
    api.clock.now = exp - 1
    assert (await inspect(api, pair["refresh_token"]))["active"]
    api.clock.now = exp
    assert await inspect(api, pair["refresh_token"]) == DEAD


async def test_a_long_lived_token_is_described_as_well(api: Api) -> None:
    shown = await inspect(api, api.acme.token)

    assert (shown["active"], shown["token_type"]) == (True, "Bearer")
    assert shown["exp"] == parts(api.acme.token)[1]["exp"]


async def test_the_token_before_the_last_is_active_until_its_own_end(api: Api) -> None:
    first = await first_pair(api)
    api.clock.advance(80 * DAY)
    second = await next_pair(api, first)
    shown = await inspect(api, first["refresh_token"])
    assert shown["active"]
    api.clock.now = shown["exp"] - 1
    assert (await next_pair(api, first))["refresh_token"] == second["refresh_token"]
    api.clock.now = shown["exp"]
    assert (await refresh(api, first["refresh_token"])).status_code == 401
    assert await inspect(api, first["refresh_token"]) == DEAD
    assert (await inspect(api, second["refresh_token"]))["active"]


@TOKENS
async def test_of_a_dead_token_nothing_is_told_but_that(api: Api, name: str) -> None:
    first = await first_pair(api)
    second = await next_pair(api, first)
    await set_redirect_uri(api, "bolt")
    assert (await inspect(api, second[name]))["active"]
    for token in ("nonsense", "", "é", "\0", second[name][:-1], second[name] + "0", "x" * 30_000):
        if token:
            assert await inspect(api, token) == DEAD
    assert await inspect(api, second[name], cast="bolt", host="bolt") == DEAD
    assert await inspect(api, second[name], cast="bolt", host="acme") == DEAD
    async with api.db.write() as tx:
        await suspension.suspend(tx, "acme", NOW)
    assert await inspect(api, second[name]) == DEAD
    async with api.db.write() as tx:
        await suspension.resume(tx, "acme", NOW)
    assert (await inspect(api, second[name]))["active"]
    await uninstall(api)

    assert await inspect(api, second[name]) == DEAD


@TOKENS
async def test_a_token_is_dead_while_its_authorizer_may_not_work(api: Api, name: str) -> None:
    """S-54, S-74: what the API refuses, introspection does not call active."""
    pair = await first_pair(api, user="Bob")
    alices = await first_pair(api)
    assert (await inspect(api, pair[name]))["active"]
    await leave(api)

    assert not await is_accepted(api, pair)
    assert await inspect(api, pair[name]) == DEAD
    assert (await inspect(api, alices[name]))["active"]


@TOKENS
async def test_a_strict_token_is_dead_without_its_administrator(api: Api, name: str) -> None:
    await make_strict(api)
    pair = await first_pair(api)
    async with api.db.write() as tx:
        await tx.change(
            "update account_users set is_active = false where user_id = :id", id=api.acme.admin_id
        )
    strict = await inspect(api, pair[name])
    await make_strict_again_lenient(api)

    assert strict == DEAD
    assert (await inspect(api, pair[name]))["active"]


async def make_strict_again_lenient(api: Api) -> None:
    async with api.db.write() as tx:
        await tx.change("update integrations set fidelity = 'kommo'")


async def test_introspection_uses_nothing_up(api: Api) -> None:
    first = await first_pair(api)
    second = await next_pair(api, first)
    for token in (second["access_token"], second["refresh_token"], first["refresh_token"]):
        assert (await inspect(api, token))["active"]

    assert (await next_pair(api, first))["refresh_token"] == second["refresh_token"]


@PATHS
async def test_callers_prove_who_they_are(api: Api, path: str) -> None:
    pair = await first_pair(api)
    for change in (
        {"client_id": ...},
        {"client_id": "nonsense"},
        {"client_secret": ...},
        {"client_secret": "wrong"},
        {"client_secret": api.bolt.secret},
        {"client_id": ..., "client_secret": ...},
    ):
        answer = await ask(api, {"token": pair["access_token"]} | change, path=path)
        assert answer.status_code == 401, change
        assert answer.json()["error"] == "invalid_client"
        assert answer.headers["www-authenticate"].startswith("Basic ")
    bearer = {"authorization": f"Bearer {pair['access_token']}"}
    nobody = {"client_id": ..., "client_secret": ..., "token": pair["access_token"]}
    assert (await ask(api, nobody, path=path, headers=bearer)).status_code == 401
    assert await is_accepted(api, pair)

    assert (await ask(api, {"token": pair["access_token"]}, path=path)).status_code == 200


@PATHS
async def test_requests_are_read_as_strictly_as_those_for_tokens(api: Api, path: str) -> None:
    pair = await first_pair(api)
    token = pair["access_token"]
    for fields in ({}, {"token": ""}, {"token": 5}, {"token": None}, {"token": [token]}):
        answer = await ask(api, fields, path=path)
        assert answer.status_code == 400, fields
        assert answer.json()["error"] == "invalid_request"
    in_query = await ask(api, {}, path=f"{path}?token={token}")
    plain = {"content-type": "text/plain"}
    unreadable = await api.call("POST", path, token=None, content=b"token=x", headers=plain)
    assert (in_query.status_code, unreadable.status_code) == (400, 415)
    for method in ("GET", "PUT", "DELETE"):
        assert (await api.call(method, path, token=None)).status_code == 405

    assert await is_accepted(api, pair)


@TOKENS
@pytest.mark.parametrize("hint", [..., "access_token", "refresh_token", "nonsense", ""])
async def test_either_token_takes_the_whole_grant_along_whatever_the_hint(
    api: Api, name: str, hint: Any
) -> None:
    first, bystander = await first_pair(api), await first_pair(api)
    second = await next_pair(api, first)
    answer = await revoke(api, second[name], fields={"token_type_hint": hint})
    assert (answer.status_code, answer.content) == (200, b"")

    for pair in (first, second):
        assert not await is_accepted(api, pair)
        assert told(await refresh(api, pair["refresh_token"])) == REVOKED
        assert await inspect(api, pair["access_token"]) == DEAD
    assert await is_accepted(api, bystander)
    assert (await refresh(api, bystander["refresh_token"])).status_code == 200
    assert (await revoke(api, second[name])).status_code == 200
    assert await events(api, "grant.revoked") == 1


async def test_a_spent_refresh_token_still_ends_its_grant_for_its_holder(api: Api) -> None:
    first = await first_pair(api)
    last = await next_pair(api, await next_pair(api, first))
    assert (await revoke(api, first["refresh_token"])).status_code == 200

    assert not await is_accepted(api, last)
    assert await events(api, "grant.refresh_token_reused") == 0


@TOKENS
async def test_others_tokens_are_untouched_and_not_confirmed(api: Api, name: str) -> None:
    pair = await first_pair(api)
    await set_redirect_uri(api, "bolt")
    foreign = await revoke(api, pair[name], cast="bolt", host="acme")
    unknown = await revoke(api, "nonsense", cast="bolt", host="acme")

    assert (foreign.status_code, foreign.content) == (unknown.status_code, unknown.content)
    assert foreign.status_code == 200
    assert await is_accepted(api, pair)
    assert await events(api, "grant.revoked") == 0
    assert (await refresh(api, pair["refresh_token"])).status_code == 200


@TOKENS
async def test_what_is_revoked_while_it_sleeps_does_not_wake_up(api: Api, name: str) -> None:
    """S-80: success is answered for what is stored; Bob and the account come back afterwards."""
    pair = await first_pair(api, user="Bob")
    other = await first_pair(api, user="Bob")
    bob = api.acme.users["Bob"]
    change = "update account_users set is_active = :now where user_id = :bob"
    async with api.db.write() as tx:
        await tx.change(change, now=False, bob=bob)
    assert (await revoke(api, pair[name])).status_code == 200
    async with api.db.write() as tx:
        await tx.change(change, now=True, bob=bob)
        await suspension.suspend(tx, "acme", NOW)
    assert (await revoke(api, other[name])).status_code == 200
    async with api.db.write() as tx:
        await suspension.resume(tx, "acme", NOW)
        assert (await accounts.account_by_subdomain(tx, "acme")).status == "active"

    for one in (pair, other):
        assert not await is_accepted(api, one)
        assert told(await refresh(api, one["refresh_token"])) == REVOKED


async def test_a_code_is_no_token_and_stays_good(api: Api) -> None:
    await set_redirect_uri(api)
    code = await consented_code(api)
    assert await inspect(api, code) == DEAD
    assert (await revoke(api, code)).status_code == 200

    assert (await exchange(api, code)).status_code == 200
