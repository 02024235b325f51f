"""RFC 7662: introspection. One test for each thing that an authorization server must do."""

from typing import Any

import httpx

from tests.integration.api_client import NOW, Api
from tests.integration.token_endpoint import DAY, ask, first_pair

INTROSPECT = "/oauth2/introspect"


async def inspect(api: Api, token: str, **fields: Any) -> httpx.Response:
    return await ask(api, {"token": token} | fields, path=INTROSPECT, as_form=True)


async def test_rfc7662_2_1_the_endpoint_must_require_authorization(api: Api) -> None:
    pair = await first_pair(api)
    nobody = {"client_id": ..., "client_secret": ...}
    for fields in (nobody, {"client_secret": "wrong"}):
        answer = await inspect(api, pair["access_token"], **fields)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
        assert "www-authenticate" in answer.headers


async def test_rfc7662_2_1_a_wrong_hint_must_not_hide_the_token(api: Api) -> None:
    pair = await first_pair(api)
    for hint in ("refresh_token", "access_token", "nonsense"):
        answer = await inspect(api, pair["access_token"], token_type_hint=hint)
        assert answer.json()["active"]


async def test_rfc7662_2_2_the_answer_is_json_with_active_and_numeric_dates(api: Api) -> None:
    pair = await first_pair(api)
    answer = await inspect(api, pair["access_token"])
    shown = answer.json()

    assert answer.headers["content-type"] == "application/json"
    assert shown["active"] is True
    assert (shown["iat"], shown["exp"]) == (NOW, NOW + DAY)
    assert shown["scope"].split() == ["push_notifications", "crm"]
    for name in ("client_id", "token_type", "sub", "aud", "iss", "jti"):
        assert isinstance(shown[name], str)


async def test_rfc7662_2_2_of_an_inactive_token_nothing_else_should_be_told(api: Api) -> None:
    pair = await first_pair(api)
    api.clock.advance(DAY)
    for token in (pair["access_token"], "nonsense"):
        answer = await inspect(api, token)
        assert (answer.status_code, answer.json()) == (200, {"active": False})


async def test_rfc7662_2_2_a_caller_who_may_not_know_is_told_inactive(api: Api) -> None:
    pair = await first_pair(api)
    other = {"client_id": api.bolt.client_id, "client_secret": api.bolt.secret}

    assert (await inspect(api, pair["access_token"], **other)).json() == {"active": False}


async def test_rfc7662_4_the_token_must_not_come_by_get(api: Api) -> None:
    pair = await first_pair(api)
    answer = await api.get(f"{INTROSPECT}?token={pair['access_token']}", token=None)

    assert answer.status_code == 405
