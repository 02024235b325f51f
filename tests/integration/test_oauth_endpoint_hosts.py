"""Which host answers for which account, and how a client finds a renamed one (S-33, S-62, S-101).

Contract: authorization.md 4, 5.5, 8 and 21 rows 26, 28, 36, 37.
"""

from typing import Any

import pytest

from grantway.accounts import renaming, suspension
from tests.integration.api_client import NOW, Api
from tests.integration.token_endpoint import (
    DAY,
    Pair,
    consented_code,
    exchange,
    first_pair,
    is_accepted,
    next_pair,
    refresh,
    set_redirect_uri,
    told,
)

BY_HOLDER = "/oauth2/account/current/subdomain"
BY_BEARER = "/oauth2/account/subdomain"
INVALID = (400, "Invalid account")


async def look_up(api: Api, pair: Pair, host: str = "api") -> Any:
    headers = {"x-refresh-token": pair["refresh_token"]}
    return await api.get(BY_HOLDER, host=host, token=None, headers=headers)


def place(api: Api, subdomain: str = "acme") -> dict[str, Any]:
    return {
        "id": api.acme.account_id,
        "subdomain": subdomain,
        "domain": f"{subdomain}.grantway.test",
        "top_level_domain": "test",
    }


async def rename(api: Api, new: str) -> None:
    async with api.db.write() as tx:
        await renaming.rename(tx, "acme", new, NOW)


async def test_a_code_and_a_token_belong_to_their_accounts_host(api: Api) -> None:
    await set_redirect_uri(api)
    code = await consented_code(api)
    assert told(await exchange(api, code, host="bolt")) == INVALID
    pair = (await exchange(api, code)).json()
    assert told(await refresh(api, pair["refresh_token"], host="bolt")) == INVALID

    assert (await refresh(api, pair["refresh_token"])).status_code == 200


async def test_the_shared_host_goes_by_the_token(api: Api) -> None:
    await set_redirect_uri(api)
    await set_redirect_uri(api, "bolt")
    for cast in ("acme", "bolt"):
        code = await consented_code(api, cast=cast)
        pair = (await exchange(api, code, cast=cast, host="api")).json()
        again = await refresh(api, pair["refresh_token"], cast=cast, host="api")
        token = again.json()["access_token"]
        account = await api.get("/api/v4/account", host="api", token=token)
        assert account.json()["subdomain"] == cast


async def test_other_hosts_issue_nothing(api: Api) -> None:
    await set_redirect_uri(api)
    code = await consented_code(api)
    for host in ("www", "accounts", "static", "x.acme"):
        answer = await exchange(api, code, host=host)
        assert answer.status_code == 404, host

    assert (await exchange(api, code)).status_code == 200


async def test_a_host_without_an_account_is_told_to_known_integrations_alone(api: Api) -> None:
    pair = await first_pair(api)
    code = await consented_code(api)
    for answer in (
        await exchange(api, code, host="nowhere"),
        await refresh(api, pair["refresh_token"], host="nowhere"),
        await refresh(api, "nonsense", host="nowhere"),
    ):
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["title"] == "Not Found"
        assert "location" not in answer.headers
    strangers = [
        (await exchange(api, code, host=host, fields={"client_secret": "wrong"})).json()
        for host in ("acme", "bolt", "nowhere")
    ]
    assert strangers[0] == strangers[1] == strangers[2]
    assert strangers[0]["hint"] == "Check the `client_secret` parameter"

    assert (await exchange(api, code)).status_code == 200


async def test_a_client_of_a_renamed_account_finds_its_way(api: Api) -> None:
    """What the official library does, step by step (authorization.md 8)."""
    pair = await first_pair(api)
    code = await consented_code(api)
    await rename(api, "acme-new")
    assert (await refresh(api, pair["refresh_token"])).status_code == 404
    assert (await exchange(api, code)).status_code == 404
    assert not (await api.get("/api/v4/account", token=pair["access_token"])).is_success
    found = await look_up(api, pair)
    assert (found.status_code, found.json()) == (200, place(api, "acme-new"))
    assert found.headers["content-type"] == "application/json"

    host = found.json()["subdomain"]
    assert (await refresh(api, pair["refresh_token"], host=host)).status_code == 200
    assert (await exchange(api, code, host=host)).status_code == 200
    token = pair["access_token"]
    assert (await api.get("/api/v4/account", host=host, token=token)).status_code == 200


@pytest.mark.parametrize("host", ["api", "www", "acme", "bolt", "nowhere"])
async def test_both_questions_are_answered_on_every_host_that_clients_ask(
    api: Api, host: str
) -> None:
    pair = await first_pair(api)
    by_holder = await look_up(api, pair, host)
    by_bearer = await api.get(BY_BEARER, host=host, token=pair["access_token"])

    for answer in (by_holder, by_bearer):
        assert (answer.status_code, answer.json()) == (200, place(api))
        assert list(answer.json()) == ["id", "subdomain", "domain", "top_level_domain"]


async def test_a_body_on_the_question_is_ignored(api: Api) -> None:
    """The official library sends `[]` with it."""
    pair = await first_pair(api)
    headers = {"x-refresh-token": pair["refresh_token"]}
    answer = await api.call("GET", BY_HOLDER, host="api", token=None, json=[], headers=headers)

    assert answer.status_code == 200


async def test_looking_uses_nothing_up(api: Api) -> None:
    first = await first_pair(api)
    second = await next_pair(api, first)
    for _ in range(3):
        assert (await look_up(api, first)).status_code == 200  # row 36: it counts as active
        assert (await look_up(api, second)).status_code == 200
        bearer = await api.get(BY_BEARER, host="api", token=second["access_token"])
        assert bearer.status_code == 200
    async with api.db.read() as reader:
        used = await reader.value(
            "select count(*) from grants where used_generation > 0 or last_used_at is not null"
        )
    assert used == 0

    assert (await next_pair(api, first))["refresh_token"] == second["refresh_token"]
    await next_pair(api, second)


async def test_only_live_refresh_tokens_are_told_anything(api: Api) -> None:
    first = await first_pair(api)
    second = await next_pair(api, first)
    assert await is_accepted(api, second)
    spent = await look_up(api, first)
    assert (await look_up(api, second)).status_code == 200
    nothing = await api.get(BY_HOLDER, host="api", token=None)
    as_bearer = await api.get(BY_HOLDER, host="api", token=second["refresh_token"])
    twice = [("x-refresh-token", second["refresh_token"])] * 2
    doubled = await api.get(BY_HOLDER, host="api", token=None, headers=twice)
    in_query = await api.get(
        f"{BY_HOLDER}?refresh_token={second['refresh_token']}", host="api", token=None
    )
    async with api.db.write() as tx:
        await suspension.suspend(tx, "acme", NOW)
    suspended = await look_up(api, second)
    async with api.db.write() as tx:
        await suspension.resume(tx, "acme", NOW)
    assert (await look_up(api, second)).status_code == 200
    api.clock.advance(93 * DAY)
    expired = await look_up(api, second)

    for answer in (spent, nothing, as_bearer, doubled, in_query, suspended, expired):
        assert answer.status_code == 401
        assert answer.json() == {
            "title": "Unauthorized",
            "type": "https://httpstatus.es/401",
            "status": 401,
            "detail": "Invalid user name or password",
        }


async def test_a_token_before_the_last_is_told_nothing_after_its_own_three_months(
    api: Api,
) -> None:
    first = await first_pair(api)
    api.clock.advance(89 * DAY)
    second = await next_pair(api, first)
    assert (await look_up(api, first)).status_code == 200
    api.clock.advance(5 * DAY)

    assert (await look_up(api, first)).status_code == 401
    assert (await look_up(api, second)).status_code == 200


async def test_bearers_are_told_while_their_token_opens_something(api: Api) -> None:
    pair = await first_pair(api)
    token = pair["access_token"]
    for bad in (None, "nonsense", token[:-3], pair["refresh_token"]):
        assert (await api.get(BY_BEARER, host="api", token=bad)).status_code == 401
    headers = {"x-refresh-token": pair["refresh_token"]}
    answer = await api.get(BY_BEARER, host="api", token=None, headers=headers)
    assert answer.status_code == 401
    assert (await api.get(BY_BEARER, host="api", token=token)).status_code == 200
    api.clock.advance(DAY)
    assert (await api.get(BY_BEARER, host="api", token=token)).status_code == 401


@pytest.mark.parametrize("path", [BY_HOLDER, BY_BEARER])
async def test_questions_are_asked_by_get(api: Api, path: str) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = await api.call(method, path, host="api", token=None)
        assert (answer.status_code, answer.content) == (405, b"")
        assert answer.headers["allow"].split(", ")[:2] == ["GET", "HEAD"]
    pair = await first_pair(api)
    headers = {"x-refresh-token": pair["refresh_token"]}
    token = pair["access_token"] if path == BY_BEARER else None
    head = await api.call("HEAD", path, host="api", token=token, headers=headers)

    assert (head.status_code, head.content) == (200, b"")
