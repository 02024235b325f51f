"""The token endpoint beside locks and with few connections (S-80, S-199, S-208, S-212)."""

import asyncio

import pytest

from grantway.db import postgresql
from tests.integration.api_client import Api
from tests.integration.conftest import OpenApi
from tests.integration.locks import WAIT, locked
from tests.integration.token_endpoint import (
    Pair,
    ask,
    consented_code,
    exchange,
    first_pair,
    is_accepted,
    next_pair,
    refresh,
    set_redirect_uri,
    told,
)

WRITTEN = ("authorization_codes", "grants")


async def test_what_cannot_be_stored_is_not_answered_with_success_and_works_afterwards(
    impatient: Api, database_url: str
) -> None:
    pair = await first_pair(impatient)
    revoked = await first_pair(impatient)
    code = await consented_code(impatient)
    async with locked(database_url, *WRITTEN):
        refused = await asyncio.gather(
            exchange(impatient, code),
            refresh(impatient, pair["refresh_token"]),
            ask(impatient, {"token": revoked["access_token"]}, path="/oauth2/revoke"),
        )
    for answer in refused:
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "1"
        assert answer.json()["detail"] == "The change could not be stored; please try again"

    assert await is_accepted(impatient, revoked)
    assert (await exchange(impatient, code)).status_code == 200
    following = await next_pair(impatient, pair)
    assert (await next_pair(impatient, pair))["refresh_token"] == following["refresh_token"]


async def test_who_need_not_wait_for_long_is_answered_as_ever(
    impatient: Api, database_url: str
) -> None:
    pair, code = await first_pair(impatient), await consented_code(impatient)
    async with locked(database_url, *WRITTEN):
        waiting = [
            asyncio.create_task(work)
            for work in (
                *(exchange(impatient, code) for _ in range(3)),
                *(refresh(impatient, pair["refresh_token"]) for _ in range(3)),
            )
        ]
        await asyncio.sleep(WAIT / 6)
        assert not any(one.done() for one in waiting)
    answers = await asyncio.gather(*waiting)

    assert sorted(one.status_code for one in answers[:3]) == [200, 400, 400]
    assert {one.status_code for one in answers[3:]} == {200}
    assert len({one.json()["access_token"] for one in answers[3:]}) == 1
    losers = [told(one) for one in answers[:3] if one.status_code == 400]
    assert losers == [(400, "Authorization code has been revoked")] * 2


async def test_a_call_of_the_api_does_not_fail_because_its_use_cannot_be_noted(
    impatient: Api, database_url: str
) -> None:
    """The door behind the pair is closed by the next use then."""
    first = await first_pair(impatient)
    second = await next_pair(impatient, first)
    async with locked(database_url, *WRITTEN):
        assert await is_accepted(impatient, second)
    assert (await next_pair(impatient, first))["refresh_token"] == second["refresh_token"]
    assert await is_accepted(impatient, second)

    assert told(await refresh(impatient, first["refresh_token"]))[0] == 401


@pytest.mark.parametrize("size", [1, 2])
async def test_few_connections_are_enough_for_many_at_once(
    open_api: OpenApi, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """Nobody waits with one connection in hand for another."""
    await set_redirect_uri(await open_api())
    monkeypatch.setattr(postgresql, "_POOL_SIZE", size)
    cold = await open_api()
    codes = [await consented_code(cold) for _ in range(20)]
    exchanged = await asyncio.gather(*(exchange(cold, code) for code in codes))
    pairs: list[Pair] = [one.json() for one in exchanged]
    used = await asyncio.gather(*(is_accepted(cold, pair) for pair in pairs))
    refreshed = await asyncio.gather(*(refresh(cold, one["refresh_token"]) for one in pairs * 2))

    assert [one.status_code for one in exchanged] == [200] * 20
    assert used == [True] * 20
    assert [one.status_code for one in refreshed] == [200] * 40
    assert len({one.json()["refresh_token"] for one in refreshed}) == 20
