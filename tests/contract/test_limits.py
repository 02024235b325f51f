"""The sliding second, exactly (authorization.md 18 and 21 row 22; S-169 to S-173)."""

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grantway.asgi.limits import Blocked, Limiter, Limits, RateLimiter
from grantway.kernel.errors import TooMany
from tests.limiters import MakeLimiter, Watch


async def admitted(one: Limiter, source: str = "a") -> bool:
    try:
        await one.admit_address(source)
    except TooMany:
        return False
    return True


async def test_seven_in_a_second_and_the_eighth_when_the_first_is_a_second_old(
    make_limiter: MakeLimiter, watch: Watch
) -> None:
    one = make_limiter()
    outcomes = []
    for moment in (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.999, 1.0, 1.05, 1.1):
        watch.now = 1000 + moment
        outcomes.append(await admitted(one))

    assert outcomes == [*[True] * 7, False, False, True, False, True]


async def test_what_is_refused_does_not_count(make_limiter: MakeLimiter, watch: Watch) -> None:
    one = make_limiter()
    burst = [await admitted(one) for _ in range(50)]
    watch.now += 1

    assert burst.count(True) == 7
    assert await admitted(one)


_doors = (f"example {n}" for n in itertools.count())


# Each example has counters of its own. Parts of a second are exact in both kinds of numbers.
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(gaps=st.lists(st.integers(0, 38), max_size=60), most=st.integers(1, 9))
async def test_no_second_ever_has_more_and_none_is_refused_below(
    make_limiter: MakeLimiter, watch: Watch, gaps: list[int], most: int
) -> None:
    one = make_limiter(door=next(_doors), per_address=most, strikes_to_block=10_000)
    accepted: list[float] = []
    for gap in gaps:
        watch.now += gap / 64
        recent = [moment for moment in accepted if moment > watch.now - 1]
        if await admitted(one):
            accepted.append(watch.now)
            assert len(recent) < most
        else:
            assert len(recent) == most


async def test_addresses_integrations_and_accounts_have_limits_of_their_own(
    make_limiter: MakeLimiter,
) -> None:
    one = make_limiter(per_account=10)
    for _ in range(7):
        await one.admit_integration("x", 1, "a")
    with pytest.raises(TooMany, match="Rate limit exceeded") as refused:
        await one.admit_integration("x", 1, "b")
    assert (refused.value.retry_after, refused.value.why) == (1, "over 7/s per integration")
    for _ in range(3):
        await one.admit_integration("y", 1, "a")
    with pytest.raises(TooMany) as refused:
        await one.admit_integration("y", 1, "a")
    assert refused.value.why == "over 10/s per account"
    await one.admit_integration("y", 2, "a")
    assert await admitted(one, "a")
    assert await admitted(one, "b")


async def test_who_goes_on_is_blocked_for_a_while(make_limiter: MakeLimiter, watch: Watch) -> None:
    one = make_limiter(strikes_to_block=20, strikes_window=60, block_seconds=300)
    for _ in range(7 + 20):
        await admitted(one)
    with pytest.raises(Blocked):
        await one.admit_address("a")
    assert await admitted(one, "b")
    watch.now += 299.9
    with pytest.raises(Blocked):
        await one.admit_address("a")
    watch.now += 0.1
    assert await admitted(one)


async def test_old_strikes_are_forgotten(make_limiter: MakeLimiter, watch: Watch) -> None:
    one = make_limiter(strikes_to_block=20, strikes_window=60)
    for _ in range(4):
        for _ in range(7 + 9):
            await admitted(one)
        watch.now += 31

    assert await admitted(one)


async def test_nothing_is_counted_when_limits_are_off(make_limiter: MakeLimiter) -> None:
    one = make_limiter(enabled=False)
    for _ in range(1000):
        await one.admit_address("a")
        await one.admit_integration("x", 1, "a")


async def test_a_flood_of_addresses_does_not_grow_without_end(watch: Watch) -> None:
    one = RateLimiter(Limits(strikes_to_block=1), watch)
    for n in range(1000):
        for _ in range(8):
            await admitted(one, f"198.51.{n}")
    assert len(one._blocked) == 1000  # noqa: SLF001 - what is kept is counted
    watch.now += 301
    await admitted(one, "new")
    for _ in range(8):
        await admitted(one, "another")

    assert len(one._blocked) == 1  # noqa: SLF001
