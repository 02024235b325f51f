"""Ending access while it is refreshed, exchanged or swept: whoever ends it wins (S-53, S-82)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest

from grantway.accounts import grant_rule
from grantway.installations import service as installations
from grantway.oauth import grants, shown_store, unused
from grantway.oauth.errors import GrantNotFound
from grantway.oauth.model import GrantShown
from tests.integration.api_client import NOW, Api
from tests.integration.granted import Parcel, make_parcel

DAY = 86_400
ROUNDS = 24
LEAST_MET = ROUNDS // 4

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


R = TypeVar("R")
Span = tuple[float, float]


async def timed(work: Awaitable[R], delay: float = 0.0) -> tuple[R, Span]:
    """Return what comes of the work, and from when to when it was under way."""
    await asyncio.sleep(delay)
    began = asyncio.get_running_loop().time()
    result = await work
    return result, (began, asyncio.get_running_loop().time())


def must_overlap(*spans: Span) -> None:
    """Fail unless all began before any was done: else nobody raced with anybody."""
    assert max(began for began, _ in spans) < min(ended for _, ended in spans)


class Race:
    """Has somebody end what somebody else uses, in each round a little later against the other.

    From well before to well after, measured by how long the use took in the round before.
    """

    def __init__(self) -> None:
        self.met = 0
        self._width = 0.0

    async def run(self, n: int, use: Awaitable[R], end: Awaitable[object]) -> R:
        shift = self._width * (2 * n / ROUNDS - 1)
        (result, used), (_, ended) = await asyncio.gather(
            timed(use, max(0.0, -shift)), timed(end, max(0.0, shift))
        )
        self.met += used[0] < ended[1] and ended[0] < used[1]
        self._width = used[1] - used[0]
        return result


@pytest.mark.parametrize("end", [revoke_one, revoke_all, uninstall])
async def test_nothing_of_a_family_works_after_it_was_refreshed_and_ended(
    parcel: Parcel, end: End
) -> None:
    race, answers = Race(), set()
    for n in range(ROUNDS):
        first = await parcel.pair()
        refreshed = await race.run(n, parcel.refresh(first["refresh_token"]), end(parcel))
        answers.add(refreshed.status_code)
        pairs = [first, refreshed.json()] if refreshed.status_code == 200 else [first]
        for pair in pairs:
            assert not await parcel.works(pair)
            assert (await parcel.refresh(pair["refresh_token"])).status_code == 401

    assert answers == {200, 401}  # either came first now and then
    assert await parcel.live() == []
    assert race.met >= LEAST_MET


@pytest.mark.parametrize("end", [revoke_all, uninstall])
async def test_nothing_of_a_code_works_after_it_was_exchanged_and_all_was_ended(
    parcel: Parcel, end: End
) -> None:
    race, answers = Race(), set()
    for n in range(ROUNDS):
        code = await parcel.consent()
        exchanged = await race.run(n, parcel.exchange(code), end(parcel))
        answers.add(exchanged.status_code)
        if exchanged.status_code == 200:
            assert not await parcel.works(exchanged.json())
            refused = await parcel.refresh(exchanged.json()["refresh_token"])
            assert refused.status_code == 401

    assert answers == {200, 400}
    assert await parcel.live() == []
    assert race.met >= LEAST_MET


async def test_of_many_who_revoke_one_does_and_the_integration_is_told_once(
    parcel: Parcel, monkeypatch: pytest.MonkeyPatch
) -> None:
    await parcel.pair()
    (grant_id,) = await parcel.live()
    alice = await parcel.actor()
    find, seen, all_have_looked = shown_store.find_shown, [], asyncio.Event()
    # Where several may write at a time, each of them meets a live grant.
    lookers = 1 if parcel.api.db.kind == "sqlite" else 6

    async def find_and_wait(*given: Any) -> GrantShown | None:
        found = await find(*given)
        seen.append(found is not None and found.ended_at is None)
        if len(seen) == lookers:
            all_have_looked.set()
        await all_have_looked.wait()
        return found

    async def revoke() -> bool:
        try:
            async with parcel.api.db.write() as tx:
                await grants.revoke(tx, alice, grant_id, NOW)
        except GrantNotFound:
            return False
        return True

    monkeypatch.setattr(shown_store, "find_shown", find_and_wait)
    outcomes, spans = zip(*await asyncio.gather(*(timed(revoke()) for _ in range(6))), strict=True)

    assert sorted(outcomes) == [False] * 5 + [True]
    assert await parcel.hooks() == 1
    must_overlap(*spans)
    assert seen.count(True) == lookers


async def test_of_many_who_uninstall_one_does_and_the_integration_is_told_once(
    parcel: Parcel,
) -> None:
    await parcel.pair()
    done = await asyncio.gather(*(timed(uninstall(parcel)) for _ in range(6)))

    assert await parcel.hooks() == 1
    must_overlap(*(span for _, span in done))


async def test_what_is_refreshed_while_unused_access_is_swept_lives_or_was_refused(
    api: Api, parcel: Parcel
) -> None:
    async with api.db.write() as tx:
        await grant_rule.change_unused_grant_days(tx, await parcel.actor(), 30, NOW)
    race = Race()
    for n in range(ROUNDS):
        first = await parcel.pair()
        api.clock.now += 30 * DAY
        refreshed = await race.run(
            n, parcel.refresh(first["refresh_token"]), unused.sweep(api.db, api.clock())
        )
        if refreshed.status_code == 200:
            assert await parcel.works(refreshed.json())
            await revoke_all(parcel)
        else:
            assert refreshed.json()["hint"] == "Token has been revoked"
        assert await parcel.live() == []

    assert race.met >= LEAST_MET
