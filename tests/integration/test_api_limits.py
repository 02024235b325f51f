"""Limits as a client meets them (authorization.md 18; S-169 to S-173)."""

from collections.abc import Callable
from typing import Any

import pytest

from grantway.api.v4 import operations
from grantway.asgi.front import Front
from grantway.asgi.metrics import Metrics
from grantway.asgi.operations import OperationTable
from grantway.asgi.requests import Sources
from tests.integration.api_client import Api
from tests.limiters import MakeLimiter, Watch

ACCOUNT = "/api/v4/account"
BLOCKED = b"<html><head><title>403 Forbidden</title></head>"


async def no_page(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})


Limited = Callable[..., Front]


@pytest.fixture
def limited(api: Api, make_limiter: MakeLimiter) -> Limited:
    """Return what makes doors with limits before the platform's database."""

    def make(**limits: Any) -> Front:
        platform = api.platform
        addresses = platform.settings.addresses
        table = OperationTable(
            operations(api.db, api.platform.hooks.rules, api.platform.seal),
            db=api.db,
            callers=platform.callers,
            limiter=make_limiter(**limits),
            sources=Sources(),
            addresses=addresses,
            now=api.clock,
            is_strict=False,
        )
        return Front(
            addresses=addresses,
            table=table,
            oauth2=platform.oauth2,
            sites={},
            unknown=no_page,
            is_ready=platform.is_ready,
            metrics=Metrics(None),
            logs_requests=False,
        )

    return make


async def statuses(api: Api, front: Front, count: int, **options: Any) -> list[int]:
    return [(await api.get(ACCOUNT, front=front, **options)).status_code for _ in range(count)]


async def test_the_surplus_gets_429_in_the_contracts_form(api: Api, limited: Limited) -> None:
    front = limited()
    assert await statuses(api, front, 7) == [200] * 7
    answer = await api.get(ACCOUNT, front=front)

    assert answer.status_code == 429
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"] == "1"
    assert answer.json() == {
        "retry_after": 1,
        "title": "Too Many Requests",
        "type": "https://httpstatus.es/429",
        "status": 429,
        "detail": "Rate limit exceeded, try later",
    }


async def test_the_second_slides(api: Api, limited: Limited, watch: Watch) -> None:
    front = limited()
    seen = []
    for moment in (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.999, 1.0, 1.01, 1.1):
        watch.now = 1000 + moment
        seen += await statuses(api, front, 1)

    assert seen == [*[200] * 7, 429, 429, 200, 429, 200]


async def test_an_integration_is_limited_from_wherever_it_calls(
    api: Api, limited: Limited, watch: Watch
) -> None:
    front = limited()
    for n in range(7):
        assert await statuses(api, front, 1, source=f"198.51.100.{n}") == [200]
    assert await statuses(api, front, 1, source="198.51.100.99") == [429]
    token, _ = await api.issue()
    assert await statuses(api, front, 1, token=token, source="198.51.100.98") == [429]
    assert await statuses(api, front, 1, host="bolt", source="198.51.100.97") == [200]
    watch.now += 1
    assert await statuses(api, front, 1, token=token, source="198.51.100.96") == [200]


async def test_an_account_is_limited_over_all_its_integrations(api: Api, limited: Limited) -> None:
    front = limited(per_integration=100, per_account=5, per_address=100)

    assert await statuses(api, front, 6) == [*[200] * 5, 429]
    assert await statuses(api, front, 1, host="bolt") == [200]


async def test_bad_credentials_never_count_against_the_integration_they_name(
    api: Api, limited: Limited
) -> None:
    front = limited(per_address=1000)
    revoked, grant_id = await api.issue()
    await api.revoke(grant_id)
    bad = [revoked, api.acme.token[:-2], "nonsense", None]
    for token in bad * 10:
        answer = await api.get(ACCOUNT, front=front, token=token, source="192.0.2.66")
        assert answer.status_code == 401
    foreign = await api.get(ACCOUNT, front=front, host="bolt", token=api.acme.token)
    assert foreign.status_code == 401

    assert await statuses(api, front, 8) == [*[200] * 7, 429]


async def test_guessing_is_throttled_by_its_address(api: Api, limited: Limited) -> None:
    front = limited()

    assert await statuses(api, front, 9, token="guess") == [*[401] * 7, 429, 429]
    assert await statuses(api, front, 1, source="192.0.2.77") == [200]


async def test_who_hammers_is_blocked_and_the_block_ends(
    api: Api, limited: Limited, watch: Watch
) -> None:
    front = limited(strikes_to_block=10, block_seconds=300)
    assert await statuses(api, front, 17) == [*[200] * 7, *[429] * 10]
    answer = await api.get(ACCOUNT, front=front)
    unknown = await api.get("/api/v4/nonsense", front=front, token=None)

    assert answer.status_code == 403
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.content.startswith(BLOCKED)
    assert unknown.content == answer.content
    assert await statuses(api, front, 1, host="bolt", source="192.0.2.77") == [200]
    watch.now += 299
    assert await statuses(api, front, 1) == [403]
    watch.now += 1
    assert await statuses(api, front, 1) == [200]


async def test_refused_calls_change_nothing(api: Api, limited: Limited) -> None:
    front = limited()
    for n in range(9):
        answer = await api.call("POST", "/api/v4/leads", json=[{}], front=front)
        assert answer.status_code == (200 if n < 7 else 429)

    assert await api.count("leads") == 7
