"""Limits of sessions: whoever shares an address with somebody does not use up what is theirs."""

from typing import Any

import pytest

from tests.integration.test_api_sessions import call, limit
from tests.integration.web_client import ALICE, BOB, HOME_ADDRESS, SESSION, Browser, Web
from tests.limiters import MakeLimiter

ACCOUNT = "/api/v4/account"
OVER = 120  # refusals in a minute that block an address


@pytest.fixture
async def people(web: Web, make_limiter: MakeLimiter) -> tuple[Browser, Browser]:
    """Return Alice and Bob, who sit behind one address."""
    limit(web, make_limiter())
    return await web.entered(ALICE), await web.entered(BOB)


async def statuses(browser: Browser, count: int, **headers: Any) -> list[int]:
    return [(await call(browser, "GET", ACCOUNT, **headers)).status_code for _ in range(count)]


async def test_an_office_behind_one_address_has_a_rate_for_each_person(
    web: Web, people: tuple[Browser, Browser]
) -> None:
    alice, bob = people
    over = await statuses(alice, OVER)
    by_bob = await statuses(bob, 3)
    token = await web.api.get(ACCOUNT, source=HOME_ADDRESS)

    assert over[:9] == [200] * 7 + [429] * 2
    assert 200 not in over[7:]
    assert by_bob == [200] * 3
    assert token.status_code == 200


async def test_what_other_sites_have_a_browser_send_stops_no_session(
    web: Web, people: tuple[Browser, Browser]
) -> None:
    """They can send any number of calls from a victim's address, with no cookie or none of ours."""
    alice, _ = people
    outside = await statuses(web.browser(), OVER, sec_fetch_site="cross-site", origin=None)
    blocked = (await web.api.get(ACCOUNT, source=HOME_ADDRESS)).status_code

    assert (outside[0], outside[-1], blocked) == (401, 403, 403)
    assert await statuses(alice, 3) == [200] * 3


@pytest.mark.parametrize("how", ["nobody's session", "a neighbour's page"])
async def test_what_a_session_does_not_prove_counts_for_the_address(
    web: Web, people: tuple[Browser, Browser], how: str
) -> None:
    alice, _ = people
    if how == "nobody's session":
        alice.plant(SESSION, "gwsess_" + "a" * 43, "acme")
        answers = await statuses(alice, 9)
    else:
        answers = await statuses(alice, 9, sec_fetch_site="same-site")

    assert answers[7:] == [429] * 2
    assert set(answers[:7]) == {401 if how == "nobody's session" else 403}
