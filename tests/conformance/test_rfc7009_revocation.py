"""RFC 7009: revocation. One test for each thing that an authorization server must do."""

from typing import Any

import httpx

from tests.integration.api_client import Api
from tests.integration.token_endpoint import Pair, ask, first_pair, is_accepted, refresh

REVOKE = "/oauth2/revoke"


async def revoke(api: Api, token: str, **fields: Any) -> httpx.Response:
    return await ask(api, {"token": token} | fields, path=REVOKE, as_form=True)


async def works(api: Api, pair: Pair) -> bool:
    return (await refresh(api, pair["refresh_token"])).status_code == 200


async def test_rfc7009_2_refresh_tokens_must_and_access_tokens_should_be_revocable(
    api: Api,
) -> None:
    for name in ("refresh_token", "access_token"):
        pair = await first_pair(api)
        assert (await revoke(api, pair[name])).status_code == 200
        assert not await works(api, pair)


async def test_rfc7009_2_1_client_credentials_must_be_validated(api: Api) -> None:
    pair = await first_pair(api)
    answer = await revoke(api, pair["access_token"], client_secret="wrong")
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")

    assert await is_accepted(api, pair)


async def test_rfc7009_2_1_a_token_of_another_client_must_be_left_alone(api: Api) -> None:
    pair = await first_pair(api)
    fields = {"client_id": api.bolt.client_id, "client_secret": api.bolt.secret}
    await revoke(api, pair["refresh_token"], **fields)

    assert await works(api, pair)


async def test_rfc7009_2_1_a_wrong_hint_must_not_hide_the_token(api: Api) -> None:
    pair = await first_pair(api)
    await revoke(api, pair["refresh_token"], token_type_hint="access_token")

    assert not await works(api, pair)


async def test_rfc7009_2_1_revoking_a_refresh_token_should_end_access_tokens_at_once(
    api: Api,
) -> None:
    pair = await first_pair(api)
    await revoke(api, pair["refresh_token"])

    assert not await is_accepted(api, pair)


async def test_rfc7009_2_2_an_invalid_token_is_no_error(api: Api) -> None:
    answer = await revoke(api, "nonsense")

    assert (answer.status_code, answer.content) == (200, b"")


async def test_rfc7009_2_2_1_without_a_token_it_is_an_invalid_request(api: Api) -> None:
    answer = await ask(api, {}, path=REVOKE, as_form=True)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_rfc7009_2_credentials_must_not_be_taken_from_the_uri(api: Api) -> None:
    pair = await first_pair(api)
    answer = await ask(api, {}, path=f"{REVOKE}?token={pair['access_token']}")
    assert answer.status_code == 400

    assert await is_accepted(api, pair)
