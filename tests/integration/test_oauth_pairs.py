"""A code becomes a pair, a refresh token the next one (S-32, S-47 to S-50)."""

import asyncio

from tests.integration.api_client import NOW, Api
from tests.integration.forging import parts
from tests.integration.token_endpoint import exchange, new_code, refresh, set_redirect_uri

DAY = 86_400


async def first_pair(api: Api) -> dict[str, str]:
    await set_redirect_uri(api)
    answer = await exchange(api, await new_code(api))
    assert answer.status_code == 200, answer.text
    pair: dict[str, str] = answer.json()
    return pair


async def test_a_code_gives_a_pair_that_works(api: Api) -> None:
    await set_redirect_uri(api)
    answer = await exchange(api, await new_code(api), as_form=True)
    pair = answer.json()

    assert answer.status_code == 200
    assert list(pair) == [
        "token_type",
        "expires_in",
        "server_time",
        "access_token",
        "refresh_token",
    ]
    assert (pair["token_type"], pair["expires_in"], pair["server_time"]) == ("Bearer", DAY, NOW)
    assert answer.headers["content-type"] == "application/json"
    assert "no-store" in answer.headers["cache-control"]
    header, claims = parts(pair["access_token"])
    assert header["jti"] == claims["jti"]
    assert claims["exp"] - claims["iat"] == DAY
    assert (claims["account_id"], claims["grant_type"]) == (api.acme.account_id, "")
    assert (await api.get("/api/v4/account", token=pair["access_token"])).status_code == 200


async def test_a_code_works_once(api: Api) -> None:
    await set_redirect_uri(api)
    code = await new_code(api)
    answers = await asyncio.gather(*(exchange(api, code) for _ in range(8)))

    assert sorted(one.status_code for one in answers) == [200] + [400] * 7
    refused = next(one for one in answers if one.status_code == 400)
    assert refused.json() == {
        "hint": "Authorization code has been revoked",
        "title": "Incorrect request",
        "type": "https://developers.amocrm.ru/v3/errors/OAuthProblemJson",
        "status": 400,
        "detail": "Some parameters of the request are absent or not valid",
    }


async def test_a_refresh_gives_the_next_pair(api: Api) -> None:
    first = await first_pair(api)
    api.clock.now = NOW + DAY
    answer = await refresh(api, first["refresh_token"])
    second = answer.json()

    assert answer.status_code == 200
    assert second["refresh_token"] != first["refresh_token"]
    assert second["access_token"] != first["access_token"]
    assert (await api.get("/api/v4/account", token=second["access_token"])).status_code == 200
    third = await refresh(api, second["refresh_token"])
    assert third.status_code == 200


async def test_a_lost_answer_is_given_again_until_its_pair_is_used(api: Api) -> None:
    first = await first_pair(api)
    answers = await asyncio.gather(*(refresh(api, first["refresh_token"]) for _ in range(8)))
    pairs = {(one.json()["access_token"], one.json()["refresh_token"]) for one in answers}
    assert len(pairs) == 1
    api.clock.now += 5 * DAY
    again = await refresh(api, first["refresh_token"])
    assert again.json()["refresh_token"] == answers[0].json()["refresh_token"]
    api.clock.now -= 5 * DAY
    token = answers[0].json()["access_token"]
    assert (await api.get("/api/v4/account", token=token)).status_code == 200
    spent = await refresh(api, first["refresh_token"])

    assert (spent.status_code, spent.json()["hint"]) == (401, "Token has been revoked")
    assert (await refresh(api, answers[0].json()["refresh_token"])).status_code == 200
