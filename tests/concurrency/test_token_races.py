"""Racing and dying at the token endpoint, some rounds of each.

`python -m tests.concurrency.long_run` does the same thousands of times.
"""

import random
import time
from email.utils import parsedate_to_datetime

from tests.concurrency.kills import kill_many
from tests.concurrency.processes import serving
from tests.concurrency.races import AT_ONCE, Tally, fleet, must_agree, race
from tests.integration.api_client import Api
from tests.integration.token_endpoint import set_redirect_uri

ROUNDS = 8
KILLS = 10


async def test_of_identical_requests_at_once_one_makes_the_pair(api: Api) -> None:
    await set_redirect_uri(api)
    tally = Tally()
    async with fleet(api) as lines:
        for n in range(ROUNDS):
            await race(api, lines, tally, with_revocation=n % 4 == 0)
    await must_agree(api)

    assert (tally.exchanges, tally.refreshes, tally.revocations) == (ROUNDS, 2 * ROUNDS, 2)
    assert tally.requests > 3 * AT_ONCE * ROUNDS


async def test_a_server_that_is_killed_leaves_one_family_and_a_way_on(api: Api) -> None:
    await set_redirect_uri(api)
    deaths = await kill_many(api, KILLS, random.Random(21))
    await must_agree(api)

    assert deaths.kills == KILLS
    assert deaths.exchanges_cut + deaths.refreshes_cut > KILLS


async def test_answers_have_an_accurate_date(api: Api) -> None:
    """Clients add `expires_in` to it (authorization.md 5.2; S-44)."""
    async with serving(api) as server:
        granted = await server.call("GET", "/api/v4/account")
        refused = await server.call("POST", "/oauth2/access_token", json={})

    assert (granted.status_code, refused.status_code) == (200, 415)
    for answer in (granted, refused):
        told = parsedate_to_datetime(answer.headers["date"])
        assert abs(told.timestamp() - time.time()) < 5
