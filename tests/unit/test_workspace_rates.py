"""How often scripts of pages may have something done, and how much at once (S-145, S-199)."""

import contextlib

import pytest

from grantway.kernel.errors import TooMany
from grantway.web.workspace.rates import Places, Rate


def test_a_rate_is_of_each_by_itself_and_ends() -> None:
    rate = Rate(2, window_ms=1_000)
    for now in (0, 999):
        rate.admit("alice", now)
    with pytest.raises(TooMany):
        rate.admit("alice", 999)
    rate.admit("bob", 999)
    rate.admit("alice", 1_000)
    with pytest.raises(TooMany):
        rate.admit("alice", 1_001)


def test_accounts_that_hold_all_places_leave_one_to_everybody_else() -> None:
    places = Places(10, of_one=5, ever=12)
    with contextlib.ExitStack() as held:
        for account_id in (1, 2):
            for _ in range(5):
                held.enter_context(places.hold(account_id))
        for account_id in (3, 4):
            held.enter_context(places.hold(account_id))
        for full in (1, 2, 3, 4, 5):  # the fifth is beyond what there will ever be
            with pytest.raises(TooMany), places.hold(full):
                pass
    with contextlib.ExitStack() as held:
        for _ in range(5):
            held.enter_context(places.hold(1))
        with pytest.raises(TooMany), places.hold(1):
            pass


def test_a_place_comes_back_whatever_went_wrong() -> None:
    places = Places(1, of_one=1, ever=1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), places.hold(1):
            raise ZeroDivisionError
    with places.hold(2):
        pass
