"""The sliding second, exactly (authorization.md 18 and 21 row 22; S-169 to S-173)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grantway.asgi.limits import Blocked, Limits, RateLimiter
from grantway.kernel.errors import TooMany


class Watch:
    """A monotonic clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def limiter(watch: Watch, **limits: Any) -> RateLimiter:
    return RateLimiter(Limits(**limits), watch)


def admitted(one: RateLimiter, source: str = "a") -> bool:
    try:
        one.admit_address(source)
    except TooMany:
        return False
    return True


def test_seven_in_a_second_and_the_eighth_when_the_first_is_a_second_old() -> None:
    watch = Watch()
    one = limiter(watch)
    outcomes = []
    for moment in (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.999, 1.0, 1.05, 1.1):
        watch.now = 1000 + moment
        outcomes.append(admitted(one))

    assert outcomes == [*[True] * 7, False, False, True, False, True]


def test_what_is_refused_does_not_count() -> None:
    watch = Watch()
    one = limiter(watch)
    burst = [admitted(one) for _ in range(50)]
    watch.now += 1

    assert burst.count(True) == 7
    assert admitted(one)


@given(
    st.lists(st.floats(min_value=0, max_value=0.6, allow_nan=False), max_size=60),
    st.integers(1, 9),
)
def test_no_second_ever_has_more_and_none_is_refused_below(gaps: list[float], most: int) -> None:
    watch = Watch()
    one = limiter(watch, per_address=most, strikes_to_block=10_000)
    accepted: list[float] = []
    for gap in gaps:
        watch.now += gap
        recent = [moment for moment in accepted if moment > watch.now - 1]
        if admitted(one):
            accepted.append(watch.now)
            assert len(recent) < most
        else:
            assert len(recent) == most


def test_addresses_integrations_and_accounts_have_limits_of_their_own() -> None:
    watch = Watch()
    one = limiter(watch, per_account=10)
    for _ in range(7):
        one.admit_integration("x", 1, "a")
    with pytest.raises(TooMany, match="Rate limit exceeded") as refused:
        one.admit_integration("x", 1, "b")
    assert (refused.value.retry_after, refused.value.why) == (1, "over 7/s per integration")
    for _ in range(3):
        one.admit_integration("y", 1, "a")
    with pytest.raises(TooMany) as refused:
        one.admit_integration("y", 1, "a")
    assert refused.value.why == "over 10/s per account"
    one.admit_integration("y", 2, "a")
    assert admitted(one, "a")
    assert admitted(one, "b")


def test_who_goes_on_is_blocked_for_a_while() -> None:
    watch = Watch()
    one = limiter(watch, strikes_to_block=20, strikes_window=60, block_seconds=300)
    for _ in range(7 + 20):
        admitted(one)
    with pytest.raises(Blocked):
        one.admit_address("a")
    assert admitted(one, "b")
    watch.now += 299.9
    with pytest.raises(Blocked):
        one.admit_address("a")
    watch.now += 0.1
    assert admitted(one)


def test_old_strikes_are_forgotten() -> None:
    watch = Watch()
    one = limiter(watch, strikes_to_block=20, strikes_window=60)
    for _ in range(4):
        for _ in range(7 + 9):
            admitted(one)
        watch.now += 31

    assert admitted(one)


def test_nothing_is_counted_when_limits_are_off() -> None:
    one = RateLimiter(Limits(enabled=False), Watch())
    for _ in range(1000):
        one.admit_address("a")
        one.admit_integration("x", 1, "a")


def test_a_flood_of_addresses_does_not_grow_without_end() -> None:
    watch = Watch()
    one = limiter(watch, strikes_to_block=1)
    for n in range(1000):
        for _ in range(8):
            admitted(one, f"198.51.{n}")
    assert len(one._blocked) == 1000  # noqa: SLF001 - what is kept is counted
    watch.now += 301
    admitted(one, "new")
    for _ in range(8):
        admitted(one, "another")

    assert len(one._blocked) == 1  # noqa: SLF001
