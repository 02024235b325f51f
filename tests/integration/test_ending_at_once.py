"""Ending access while it is refreshed, exchanged or swept: whoever ends it wins (S-53, S-82)."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from grantway.accounts import grant_rule
from grantway.installations import service as installations
from grantway.oauth import grants, unused
from grantway.oauth.errors import GrantNotFound
from tests.integration.api_client import NOW, Api
from tests.integration.granted import Parcel, make_parcel

DAY = 86_400
ROUNDS = 24
STEP = 0.0004  # seconds by which each round begins the ending later than the one before

End = Callable[[Parcel], Awaitable[object]]


@pytest.fixture
async def parcel(api: Api) -> Parcel:
    return await make_parcel(api)


async def revoke_one(parcel: Parcel) -> None:
    (grant_id,) = await parcel.live()
    async with parcel.api.db.write() as tx:
        await grants.revoke(tx, await parcel.actor(), grant_id, NOW)


async def revoke_all(parcel: Parcel) -> None:
    async with parcel.api.db.write() as tx:
        await grants.revoke_all(tx, await parcel.actor(), parcel.client_id, NOW)


async def uninstall(parcel: Parcel) -> None:
    async with parcel.api.db.write() as tx:
        await installations.uninstall(tx, await parcel.actor(), parcel.client_id, NOW)


async def later(seconds: float, work: Awaitable[object]) -> None:
    await asyncio.sleep(seconds)
    await work


@pytest.mark.parametrize("end", [revoke_one, revoke_all, uninstall])
async def test_nothing_of_a_family_works_after_it_was_refreshed_and_ended(
    parcel: Parcel, end: End
) -> None:
    answers = set()
    for n in range(ROUNDS):
        first = await parcel.pair()
        refreshed, *_ = await asyncio.gather(
            parcel.refresh(first["refresh_token"]), later(n * STEP, end(parcel))
        )
        answers.add(refreshed.status_code)
        pairs = [first, refreshed.json()] if refreshed.status_code == 200 else [first]
        for pair in pairs:
            assert not await parcel.works(pair)
            assert (await parcel.refresh(pair["refresh_token"])).status_code == 401

    assert answers <= {200, 401}
    assert await parcel.live() == []


@pytest.mark.parametrize("end", [revoke_all, uninstall])
async def test_nothing_of_a_code_works_after_it_was_exchanged_and_all_was_ended(
    parcel: Parcel, end: End
) -> None:
    answers = set()
    for n in range(ROUNDS):
        code = await parcel.consent()
        exchanged, *_ = await asyncio.gather(parcel.exchange(code), later(n * STEP, end(parcel)))
        answers.add(exchanged.status_code)
        if exchanged.status_code == 200:
            assert not await parcel.works(exchanged.json())
            refused = await parcel.refresh(exchanged.json()["refresh_token"])
            assert refused.status_code == 401

    assert answers <= {200, 400}
    assert await parcel.live() == []


async def test_of_many_who_revoke_one_does_and_the_integration_is_told_once(
    parcel: Parcel,
) -> None:
    await parcel.pair()
    (grant_id,) = await parcel.live()

    async def revoke() -> bool:
        try:
            async with parcel.api.db.write() as tx:
                await grants.revoke(tx, await parcel.actor(), grant_id, NOW)
        except GrantNotFound:
            return False
        return True

    assert sorted(await asyncio.gather(*(revoke() for _ in range(6)))) == [False] * 5 + [True]
    assert await parcel.hooks() == 1


async def test_of_many_who_uninstall_one_does_and_the_integration_is_told_once(
    parcel: Parcel,
) -> None:
    await parcel.pair()
    await asyncio.gather(*(uninstall(parcel) for _ in range(6)))

    assert await parcel.hooks() == 1


async def test_what_is_refreshed_while_unused_access_is_swept_lives_or_was_refused(
    api: Api, parcel: Parcel
) -> None:
    async with api.db.write() as tx:
        await grant_rule.change_unused_grant_days(tx, await parcel.actor(), 30, NOW)
    for n in range(ROUNDS):
        first = await parcel.pair()
        api.clock.now += 30 * DAY
        refreshed, *_ = await asyncio.gather(
            parcel.refresh(first["refresh_token"]),
            later(n * STEP, unused.sweep(api.db, api.clock())),
        )
        if refreshed.status_code == 200:
            assert await parcel.works(refreshed.json())
            await revoke_all(parcel)
        else:
            assert refreshed.json()["hint"] == "Token has been revoked"
        assert await parcel.live() == []
