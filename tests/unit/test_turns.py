"""Turns: so many at once, so many of each, and nothing lost when somebody stops waiting."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from grantway.hooks.turns import Turns


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_whoever_waits_for_their_own_stands_in_nobodys_way() -> None:
    turns = Turns(3, host=1)
    await turns.take(host="a")
    waiting = asyncio.create_task(turns.take(host="a"))
    await settled()
    await turns.take(host="b")
    assert not waiting.done()

    turns.give_back(host="a")
    await waiting


async def test_there_is_a_bound_in_all_and_the_first_one_comes_first() -> None:
    turns = Turns(1, host=1)
    came: list[str] = []

    async def come(host: str) -> None:
        async with turns.turn(host=host):
            came.append(host)
            await settled()

    await asyncio.gather(*(come(host) for host in "abc"))

    assert came == ["a", "b", "c"]


async def test_a_turn_that_comes_to_somebody_who_has_gone_goes_on_to_the_next() -> None:
    turns = Turns(1, host=1)
    await turns.take(host="a")
    gone = [asyncio.create_task(turns.take(host=host)) for host in "bc"]
    await settled()
    gone[0].cancel()  # while it waits
    turns.give_back(host="a")
    gone[1].cancel()  # with its turn already on the way
    await asyncio.gather(*gone, return_exceptions=True)

    async with asyncio.timeout(1):
        await turns.take(host="c")


@settings(deadline=None)  # how long it takes is the machine's affair
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5), st.booleans()), max_size=60))
def test_no_bound_is_ever_passed_and_everybody_has_a_turn(
    wishes: list[tuple[int, int, bool]],
) -> None:
    async def run() -> None:
        turns = Turns(4, host=2, account=3)
        now: list[tuple[int, int]] = []
        served = 0

        async def come(host: int, account: int) -> None:
            nonlocal served
            async with turns.turn(host=host, account=account):
                now.append((host, account))
                assert len(now) <= 4
                assert len([one for one in now if one[0] == host]) <= 2
                assert len([one for one in now if one[1] == account]) <= 3
                try:
                    await asyncio.sleep(0)
                finally:
                    now.remove((host, account))
                served += 1

        tasks = [asyncio.create_task(come(host, account)) for host, account, _ in wishes]
        await settled()
        for task, (_, _, leaves) in zip(tasks, wishes, strict=True):
            if leaves:
                task.cancel()
        ended = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 5)
        assert served == sum(one is None for one in ended)
        async with turns.turn(host=0, account=0):
            pass
        assert not [one for one in ended if isinstance(one, AssertionError)]

    asyncio.run(run())
