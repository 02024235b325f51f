"""Identical requests at one moment, from several processes (S-32, S-47, S-48, S-53, S-193, S-194).

`race` is a round. The suite runs some; `python -m tests.concurrency.long_run`
runs thousands.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import msgspec

from grantway.kernel.credentials import digest
from tests.concurrency.processes import serving
from tests.concurrency.wire import Line, Told, account, exchange, refresh, revoke
from tests.integration.api_client import Api
from tests.integration.token_endpoint import consented_code

AT_ONCE = 32
PROCESSES = 4
SPENT_CODE = "Authorization code has been revoked"
SPENT_TOKEN = "Token has been revoked"


class Tally(msgspec.Struct):
    """How many races were run."""

    exchanges: int = 0
    refreshes: int = 0
    revocations: int = 0
    requests: int = 0


@asynccontextmanager
async def fleet(api: Api) -> AsyncIterator[list[Line]]:
    """Run server processes and keep 32 connections to them, in turn."""
    async with AsyncExitStack() as stack:
        servers = await asyncio.gather(
            *(stack.enter_async_context(serving(api)) for _ in range(PROCESSES))
        )
        ports = [one.port for one in servers]
        lines = [Line(ports[n % PROCESSES]) for n in range(AT_ONCE)]
        try:
            yield lines
        finally:
            for line in lines:
                line.close()


async def at_once(lines: Sequence[Line], requests: Sequence[bytes]) -> list[Told]:
    """Send one request on each connection, without a pause between them."""
    return await asyncio.gather(*(line.ask(one) for line, one in zip(lines, requests, strict=True)))


async def race(api: Api, lines: Sequence[Line], tally: Tally, *, with_revocation: bool) -> None:
    """Exchange one code, and refresh one family, as often as there are connections."""
    code = await consented_code(api)
    told = await at_once(lines, [exchange(api, code)] * AT_ONCE)
    won = [one for one in told if one.status == 200]
    assert Counter(one.status for one in told) == {200: 1, 400: AT_ONCE - 1}, "a code works once"
    assert {one.hint for one in told if one.status == 400} == {SPENT_CODE}
    first = won[0].pair

    told = await at_once(lines, [refresh(api, first[1])] * AT_ONCE)
    assert {one.status for one in told} == {200}, "parallel workers are not locked out"
    (second,) = {one.pair for one in told}

    # Half of the workers are late: they still have the token before.
    asked = [refresh(api, one) for one in (second[1], first[1])] * (AT_ONCE // 2)
    told = await at_once(lines, asked)
    newest, late = told[::2], told[1::2]
    assert {one.status for one in newest} == {200}
    (third,) = {one.pair for one in newest}
    for one in late:
        assert (one.status == 200 and one.pair == second) or (
            one.status == 401 and one.hint == SPENT_TOKEN
        ), "a late one gets the same pair, or none"
    assert len({first, second, third}) == 3
    (spent,) = await at_once(lines[:1], [refresh(api, first[1])])
    assert (spent.status, spent.hint) == (401, SPENT_TOKEN)
    tally.exchanges += 1
    tally.refreshes += 2
    tally.requests += 3 * AT_ONCE + 1
    await must_be_one_family(api, code, generation=3)
    if with_revocation:
        await race_with_revocation(api, lines, third, tally)


async def race_with_revocation(
    api: Api, lines: Sequence[Line], pair: tuple[str, str], tally: Tally
) -> None:
    """Revoke while the others refresh: once all have answered, nothing works (S-53, S-82)."""
    asked = [refresh(api, pair[1])] * AT_ONCE
    asked[AT_ONCE // 2] = revoke(api, pair[1])
    told = await at_once(lines, asked)
    assert told[AT_ONCE // 2].status == 200
    refreshed = [one for n, one in enumerate(told) if n != AT_ONCE // 2]
    assert {one.status for one in refreshed} <= {200, 401}
    pairs = {one.pair for one in refreshed if one.status == 200}
    assert len(pairs) <= 1
    for access, held in {pair, *pairs}:
        dead = await at_once(lines[:2], [account(access), refresh(api, held)])
        assert [one.status for one in dead] == [401, 401], "revocation wins"
    tally.revocations += 1
    tally.requests += AT_ONCE + 2 * len({pair, *pairs})


async def must_be_one_family(api: Api, code: str, generation: int | None = None) -> int:
    """Return the grant that the code became, the only one."""
    async with api.db.read() as reader:
        grants = await reader.column(
            """
            select g.id from authorization_codes c
              join grants g on g.account_id = c.account_id and g.id = c.grant_id
             where c.code_hash = :code_hash
            """,
            code_hash=digest(code),
        )
        assert len(grants) == 1, "one code, one family"
        if generation is not None:
            found = await reader.value(
                "select generation from grants where account_id = 1 and id = :id", id=grants[0]
            )
            assert found == generation, "one generation, one pair"
    grant_id: int = grants[0]
    return grant_id


async def must_agree(api: Api) -> None:
    """Every family came from one code, and the audit tells of each beginning once."""
    async with api.db.read() as reader:
        families = await reader.column("select id from grants where kind = 'code' order by id")
        codes = await reader.column(
            "select grant_id from authorization_codes where grant_id is not null order by grant_id"
        )
        told = await reader.column(
            "select grant_id from audit_entries where event = 'code.redeemed' order by grant_id"
        )
    assert families == codes == told
