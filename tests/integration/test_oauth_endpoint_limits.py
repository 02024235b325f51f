"""Limits of the token endpoint, apart from those of the API (S-171, S-172, S-228).

Contract: authorization.md 21 rows 22 and 23.
"""

from typing import Any

import pytest

from grantway.api.oauth2 import Parts, build_door
from grantway.api.v4 import operations
from grantway.asgi.front import Front
from grantway.asgi.metrics import Metrics
from grantway.asgi.operations import OperationTable
from grantway.asgi.requests import Sources
from grantway.oauth.refreshing import Refreshing
from grantway.oauth.tokens import TokenCodec
from tests.integration.api_client import Api
from tests.integration.test_api_limits import no_page
from tests.integration.token_endpoint import (
    Pair,
    consented_code,
    exchange,
    first_pair,
    refresh,
    set_redirect_uri,
)
from tests.limiters import MakeLimiter, Watch

HERE = "198.51.100.7"
INTROSPECT = "/oauth2/introspect"
LOOK_UP = "/oauth2/account/current/subdomain"


@pytest.fixture
async def limited(api: Api, make_limiter: MakeLimiter) -> Front:
    """Return both doors with the contract's limits, by a clock that is moved by hand."""
    await set_redirect_uri(api)
    platform = api.platform
    addresses, sources = platform.settings.addresses, Sources()
    keyring, seal = platform.keyring, platform.seal
    return Front(
        addresses=addresses,
        table=OperationTable(
            operations(api.db, api.platform.hooks.rules, api.platform.seal),
            db=api.db,
            callers=platform.callers,
            limiter=make_limiter(door="api"),
            sources=sources,
            addresses=addresses,
            now=api.clock,
            is_strict=False,
        ),
        oauth2=build_door(
            Parts(
                db=api.db,
                keyring=keyring,
                codec=TokenCodec(keyring),
                seal=seal,
                refreshing=Refreshing(keyring, seal),
                bearers=platform.bearers,
                limiter=make_limiter(door="oauth2"),
                sources=sources,
                addresses=addresses,
                now=api.clock,
            )
        ),
        sites={},
        unknown=no_page,
        is_ready=platform.is_ready,
        metrics=Metrics(None),
        logs_requests=False,
    )


async def statuses(api: Api, front: Front, count: int, **options: Any) -> list[int]:
    """Ask with good credentials and a token that is none."""
    asked = [await refresh(api, "nonsense", front=front, **options) for _ in range(count)]
    return [one.status_code for one in asked]


async def test_the_surplus_gets_429_in_the_contracts_form_and_spends_nothing(
    api: Api, limited: Front, watch: Watch
) -> None:
    code = await consented_code(api)
    assert await statuses(api, limited, 7) == [401] * 7
    answer = await exchange(api, code, front=limited)
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
    watch.now += 1

    assert (await exchange(api, code, front=limited)).status_code == 200


async def test_calls_of_the_api_are_counted_apart(api: Api, limited: Front) -> None:
    called = [(await api.get("/api/v4/account", front=limited)).status_code for _ in range(8)]
    assert called == [200] * 7 + [429]

    assert await statuses(api, limited, 8) == [401] * 7 + [429]


async def test_whoever_proves_nothing_does_not_count_against_the_integration(
    api: Api, limited: Front
) -> None:
    """Mallory knows acme's client_id, and shouts it from many addresses."""
    code = await consented_code(api)
    for n in range(20):
        for fields in ({"client_secret": "wrong"}, {"client_secret": ...}):
            source = f"192.0.2.{n}"
            answer = await exchange(api, code, fields=fields, source=source, front=limited)
            assert answer.status_code == 400

    assert (await exchange(api, code, source=HERE, front=limited)).status_code == 200


async def test_an_integration_is_limited_from_wherever_it_asks(api: Api, limited: Front) -> None:
    asked = [(await statuses(api, limited, 1, source=f"192.0.2.{n}"))[0] for n in range(8)]
    assert asked == [401] * 7 + [429]

    other = {"cast": "bolt", "host": "bolt", "fields": {"redirect_uri": ...}}
    assert await statuses(api, limited, 1, source=HERE, **other) == [401]


async def test_guessing_is_throttled_by_its_address_whatever_is_asked(
    api: Api, limited: Front
) -> None:
    pair: Pair = await first_pair(api)
    wrong = {"client_secret": "wrong", "token": "x"}
    for _ in range(3):
        at_home = await refresh(api, "x", fields=wrong, source=HERE, front=limited)
        asked = await refresh(api, "x", fields=wrong, path=INTROSPECT, source=HERE, front=limited)
        assert (at_home.status_code, asked.status_code) == (400, 401)

    headers = {"x-refresh-token": pair["refresh_token"]}
    for source, status in ((HERE, 200), (HERE, 429), ("192.0.2.1", 200)):
        found = await api.get(
            LOOK_UP, host="api", token=None, headers=headers, source=source, front=limited
        )
        assert found.status_code == status


async def test_many_integrations_do_not_take_each_others_turns(api: Api, limited: Front) -> None:
    """S-228: nothing is counted over all of them together."""
    many = 60  # an account may have 50 in a second
    name = "00000000-0000-4000-8000-{:012}".format
    async with api.db.write() as tx:
        for n in range(many):
            await tx.change(
                """
                insert into integrations (client_id, account_id, kind, status, name, description,
                                          scopes, fidelity, secret_hash, secret_sealed,
                                          created_at, created_by, updated_at, updated_by)
                select :id, account_id, kind, status, name, description,
                       scopes, fidelity, secret_hash, secret_sealed,
                       created_at, created_by, updated_at, updated_by
                  from integrations where client_id = :like
                """,
                id=name(n),
                like=api.acme.client_id,
            )
    for n in range(many):
        fields = {"client_id": name(n), "redirect_uri": ...}
        assert await statuses(api, limited, 1, fields=fields, source=f"192.0.2.{n}") == [401], n


async def test_a_block_is_the_bare_page_of_the_front_server(
    api: Api, limited: Front, watch: Watch
) -> None:
    code = await consented_code(api)
    assert await statuses(api, limited, 107, source=HERE) == [401] * 7 + [429] * 100
    answer = await exchange(api, code, source=HERE, front=limited)
    assert (answer.status_code, answer.headers["content-type"]) == (403, "text/html; charset=utf-8")
    assert answer.content.startswith(b"<html><head><title>403 Forbidden</title></head>")
    watch.now += 300

    assert (await exchange(api, code, source=HERE, front=limited)).status_code == 200
