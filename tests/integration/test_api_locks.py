"""Requests beside somebody who holds a lock in the database (S-208)."""

import asyncio
import time

from tests.integration.api_client import Api
from tests.integration.locks import WAIT, locked

LEADS = "/api/v4/leads"


async def test_who_waits_too_long_is_asked_to_try_again_and_nothing_is_stored(
    impatient: Api, database_url: str
) -> None:
    async with locked(database_url, "leads"):
        began = time.monotonic()
        refused = await asyncio.gather(
            *(impatient.call("POST", LEADS, json=[{"name": f"{n}"}]) for n in range(3))
        )
        waited = time.monotonic() - began
        reading = await impatient.get(LEADS)

    for answer in refused:
        assert answer.json() == {
            "title": "Service Unavailable",
            "type": "https://httpstatus.es/503",
            "status": 503,
            "detail": "The change could not be stored; please try again",
        }
        assert answer.headers["retry-after"] == "1"
    assert WAIT * 0.9 < waited < WAIT * 8
    assert reading.status_code == 204
    assert await impatient.count("leads") == 0
    assert (await impatient.call("POST", LEADS, json=[{"name": "again"}])).status_code == 200
    assert await impatient.count("leads") == 1


async def test_who_need_not_wait_for_long_is_answered_as_ever(
    impatient: Api, database_url: str
) -> None:
    async with locked(database_url, "leads"):
        waiting = asyncio.create_task(impatient.call("POST", LEADS, json=[{"name": "patient"}]))
        await asyncio.sleep(WAIT / 6)
        assert not waiting.done()
    answer = await waiting

    assert answer.status_code == 200
    (lead,) = answer.json()["_embedded"]["leads"]
    assert (await impatient.lead(lead["id"]))["name"] == "patient"
