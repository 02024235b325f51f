"""How tokens end, and what brings none of them back (S-68 to S-83)."""

import asyncio

import pytest

from grantway.installations import service as installations
from grantway.integrations import service as integrations
from grantway.oauth import grants
from tests.integration.api_client import NOW, Api
from tests.integration.conftest import OpenApi
from tests.integration.forging import parts, signed
from tests.integration.token_calls import ACCOUNT, honest, must_be_refused, status
from tests.integration.token_endpoint import exchange, new_code, refresh, set_redirect_uri


async def test_a_revoked_token_is_refused_at_once_by_every_process(
    api: Api, open_api: OpenApi
) -> None:
    second = await open_api()
    token, grant_id = await api.issue()
    assert [await status(one, token) for one in (api, second, api, second)] == [200] * 4

    await api.revoke(grant_id)

    must_be_refused(await api.get(ACCOUNT, token=token))
    must_be_refused(await second.get(ACCOUNT, token=token))
    respelled = signed(api.key, *parts(token))
    assert respelled != token
    assert await status(api, respelled) == 401
    assert [await status(one) for one in (api, second)] == [200, 200]


async def test_in_a_race_revocation_wins(api: Api) -> None:
    token, grant_id = await api.issue()
    seen: list[int] = []
    called, revoked = asyncio.Event(), asyncio.Event()

    async def keep_calling() -> list[int]:
        after: list[int] = []
        while len(after) < 3:
            await asyncio.sleep(0)  # a read on SQLite never waits for anything
            was_revoked = revoked.is_set()
            code = await status(api, token)
            seen.append(code)
            if seen.count(200) >= 8:
                called.set()
            if was_revoked:
                after.append(code)
        return after

    callers = [asyncio.create_task(keep_calling()) for _ in range(4)]
    await called.wait()
    await api.revoke(grant_id)
    revoked.set()

    assert [code for one in await asyncio.gather(*callers) for code in one] == [401] * 12


async def test_a_deleted_integrations_tokens_are_dead(api: Api) -> None:
    async with api.db.write() as tx:
        await integrations.delete(tx, api.acme.actor, api.acme.client_id, NOW)

    must_be_refused(await api.get(ACCOUNT))
    assert await status(api, host="bolt") == 200


async def test_uninstalling_ends_tokens_and_installing_again_revives_none(api: Api) -> None:
    async with api.db.write() as tx:
        assert await installations.uninstall(tx, api.acme.actor, api.acme.client_id, NOW)
    assert await status(api) == 401
    again, _ = await api.issue()

    assert await status(api, again) == 200
    assert await status(api) == 401
    assert await status(api, host="bolt") == 200


@pytest.mark.parametrize("state", ["suspended", "deleted"])
async def test_a_closed_accounts_tokens_stop_and_a_reopened_ones_work(api: Api, state: str) -> None:
    change = "update accounts set status = :state where id = :id"
    async with api.db.write() as tx:
        await tx.change(change, state=state, id=api.acme.account_id)
    must_be_refused(await api.get(ACCOUNT))
    must_be_refused(await api.get(ACCOUNT, host="api", token=api.acme.token))
    assert await status(api, host="bolt") == 200
    async with api.db.write() as tx:
        await tx.change(change, state="active", id=api.acme.account_id)

    assert await status(api) == 200


async def test_an_integration_that_is_disabled_everywhere(api: Api) -> None:
    async with api.db.write() as tx:
        await tx.change("update integrations set status = 'disabled' where account_id = 1")

    assert await status(api) == 401
    assert await status(api, host="bolt") == 200


async def test_a_new_secret_ends_what_was_got_with_the_old_one(api: Api) -> None:
    await set_redirect_uri(api)
    pair = (await exchange(api, await new_code(api))).json()
    async with api.db.write() as tx:
        secret = await integrations.generate_secret(
            tx,
            api.acme.actor,
            api.acme.client_id,
            api.platform.seal,
            NOW,
            end_grants=grants.end_families,
        )
    with_the_new_one = await refresh(api, pair["refresh_token"], fields={"client_secret": secret})

    assert await status(api, pair["access_token"]) == 401
    assert with_the_new_one.status_code == 401
    assert (await refresh(api, pair["refresh_token"])).status_code == 400  # by the old secret
    assert await status(api) == 200  # the long-lived token was got without a secret
    assert await status(api, host="bolt") == 200


async def test_a_token_ends_to_the_second(api: Api) -> None:
    token, _ = await api.issue(days=1)
    ends = parts(token)[1]["exp"]

    api.clock.now = ends - 1
    assert await status(api, token) == 200
    api.clock.now = ends
    must_be_refused(await api.get(ACCOUNT, token=token))
    api.clock.now = ends + 10**6
    assert await status(api, token) == 401


async def test_a_token_from_the_future_is_given_a_minute(api: Api) -> None:
    header, claims = honest(api)
    for name in ("iat", "nbf"):
        early = signed(api.key, header, claims | {name: NOW + 61})
        leeway = signed(api.key, header, claims | {name: NOW + 60})
        assert [await status(api, token) for token in (early, leeway)] == [401, 200], name
        api.clock.advance(1)
        assert await status(api, early) == 200
        api.clock.advance(-1)


async def test_clocks_that_step(api: Api) -> None:
    token, _ = await api.issue(days=2)
    expected = [(-60, 200), (-61, 401), (0, 200), (3 * 86_400, 401), (1, 200), (-(10**6), 401)]

    for step, code in expected:
        api.clock.now = NOW + step
        assert await status(api, token) == code, step


async def test_a_withdrawn_key_ends_all_its_tokens_and_a_retired_one_none(
    api: Api, open_api: OpenApi
) -> None:
    second = await open_api()
    assert [await status(one) for one in (api, second)] == [200, 200]
    change = "update signing_keys set state = :state"
    async with api.db.write() as tx:
        await tx.change(change, state="retired")
    api.clock.advance(1)
    assert [await status(one) for one in (api, second)] == [200, 200]
    async with api.db.write() as tx:
        await tx.change(change, state="compromised")
    api.clock.advance(1)

    assert [await status(one) for one in (api, second)] == [401, 401]
