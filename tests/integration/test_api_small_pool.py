"""Requests that come at once and find nothing read yet need no second connection each (S-199)."""

import asyncio
import datetime as dt

import pytest

from grantway.db import postgresql
from tests.integration.api_client import Api
from tests.integration.conftest import OpenApi
from tests.integration.forging import parts, signed
from tests.integration.token_calls import ACCOUNT, honest, must_be_refused

AT_ONCE = 30


@pytest.fixture(params=[1, 10])
async def cold(
    request: pytest.FixtureRequest, open_api: OpenApi, monkeypatch: pytest.MonkeyPatch
) -> Api:
    """Return a process that has just started beside the one that made the cast.

    Its pool is as small as a pool can be, and as big as it is.
    """
    await open_api()
    monkeypatch.setattr(postgresql, "_POOL_SIZE", request.param)
    return await open_api()


async def issue(api: Api, account: str, count: int) -> list[str]:
    """Issue tokens at once, each in a transaction of its own."""
    return [token for token, _ in await asyncio.gather(*(api.issue(account) for _ in range(count)))]


async def test_the_first_requests_of_many_tokens_all_succeed(cold: Api, open_api: OpenApi) -> None:
    warm = await open_api()
    tokens = {"acme": await issue(warm, "acme", 5), "bolt": await issue(warm, "bolt", 5)}
    answers = await asyncio.gather(
        *(
            cold.get(ACCOUNT, host=host, token=tokens[host][n % 5])
            for n in range(AT_ONCE // 2)
            for host in tokens
        )
    )

    assert [one.status_code for one in answers] == [200] * AT_ONCE
    assert {one.json()["subdomain"] for one in answers} == {"acme", "bolt"}


async def test_reading_and_writing_at_once_and_again_when_keys_are_read_anew(cold: Api) -> None:
    for moment in range(3):
        cold.clock.advance(1)
        answers = await asyncio.gather(
            *(
                cold.call("POST", "/api/v4/leads", json=[{"name": f"{moment}.{n}"}])
                if n % 2
                else cold.get(ACCOUNT)
                for n in range(AT_ONCE)
            )
        )
        assert [one.status_code for one in answers] == [200] * AT_ONCE

    assert await cold.count("leads") == 3 * AT_ONCE // 2


async def test_tokens_that_are_not_ours_are_refused_among_those_that_are(cold: Api) -> None:
    header, claims = honest(cold)
    foreign = signed(cold.key, header | {"kid": "nobody's"}, claims)
    answers = await asyncio.gather(
        *(cold.get(ACCOUNT, token=foreign if n % 2 else cold.acme.token) for n in range(AT_ONCE))
    )

    assert [one.status_code for one in answers] == [200, 401] * (AT_ONCE // 2)
    must_be_refused(answers[1])


async def test_the_first_tokens_are_signed_inside_their_transactions(cold: Api) -> None:
    tokens = await issue(cold, "acme", AT_ONCE)
    answers = await asyncio.gather(*(cold.get(ACCOUNT, token=token) for token in tokens))

    assert [one.status_code for one in answers] == [200] * AT_ONCE
    assert len({parts(token)[1]["jti"] for token in tokens}) == AT_ONCE
    until = {dt.datetime.fromtimestamp(parts(token)[1]["exp"], dt.UTC).time() for token in tokens}
    assert until == {dt.time.min}


async def test_being_ready_is_told_while_requests_come_in(cold: Api) -> None:
    answers = await asyncio.gather(
        *(
            cold.get("/health/ready", host="www", token=None) if n % 2 else cold.get(ACCOUNT)
            for n in range(AT_ONCE)
        )
    )

    assert [one.status_code for one in answers] == [200] * AT_ONCE
