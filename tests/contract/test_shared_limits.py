"""Limits that hold over all processes (S-169, S-218), and what happens without their server."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable

import pytest

from grantway.asgi.limits import Blocked, Limiter, Limits, RateLimiter
from grantway.asgi.shared_limits import PATIENCE, LimitsServer, SharedRateLimiter, problem_with
from grantway.kernel.errors import TooMany
from tests.integration.log_capture import captured
from tests.limiters import PATIENCE as OF_TESTS
from tests.limiters import MakeLimiter, Watch
from tools.valkey import Server

NOWHERE = "redis://127.0.0.1:9/0"


async def answer(one: Limiter, source: str = "a") -> int:
    """Call once; return the status that a client would get."""
    try:
        await one.admit_address(source)
    except TooMany:
        return 429
    except Blocked:
        return 403
    return 200


async def answers(one: Limiter, count: int, source: str = "a") -> list[int]:
    return [await answer(one, source) for _ in range(count)]


class Alone:
    """A limiter on the server's own clock that counts its calls without a server."""

    def __init__(self, server: Server, watch: Watch) -> None:
        self.count = 0
        self.server = LimitsServer(server.url, "test", count_alone=self.add, patience=OF_TESTS)
        self.limiter: Limiter = SharedRateLimiter(
            self.server, "api", RateLimiter(Limits(per_address=3), watch)
        )

    def add(self) -> None:
        self.count += 1


@pytest.fixture
async def alone(limits_server: Server, watch: Watch) -> AsyncIterator[Alone]:
    made = Alone(limits_server, watch)
    yield made
    await made.server.close()


async def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + OF_TESTS
    while not holds():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


async def test_of_parallel_calls_in_several_processes_seven_pass(
    make_shared: MakeLimiter, watch: Watch
) -> None:
    processes = [make_shared(strikes_to_block=1000) for _ in range(5)]
    for _ in range(3):
        found = await asyncio.gather(*(answer(one) for one in processes for _ in range(10)))
        honest = await asyncio.gather(*(answer(one, "b") for one in [*processes, *processes[:2]]))
        watch.now += 1

        assert sorted(found) == [200] * 7 + [429] * 43
        assert honest == [200] * 7


async def test_integrations_and_accounts_count_over_all_processes(make_shared: MakeLimiter) -> None:
    first, second = make_shared(per_account=10), make_shared(per_account=10)
    for n in range(7):
        await (first, second)[n % 2].admit_integration("x", 1, f"source {n}")
    for one in (first, second):
        with pytest.raises(TooMany) as refused:
            await one.admit_integration("x", 1, "a")
        assert refused.value.why == "over 7/s per integration"
    for _ in range(3):
        await first.admit_integration("y", 1, "a")
    with pytest.raises(TooMany) as refused:
        await second.admit_integration("y", 1, "a")
    assert refused.value.why == "over 10/s per account"

    await second.admit_integration("y", None, "a")


async def test_a_block_holds_everywhere_and_after_a_restart(
    make_shared: MakeLimiter, watch: Watch
) -> None:
    first, second = (make_shared(strikes_to_block=10, block_seconds=300) for _ in range(2))
    assert await answers(first, 17) == [200] * 7 + [429] * 10
    assert await answer(second) == 403

    restarted = make_shared(strikes_to_block=10, block_seconds=300)
    assert await answer(restarted) == 403
    assert await answer(restarted, "b") == 200
    watch.now += 300
    assert await answer(restarted) == 200


async def test_strikes_add_up_over_all_processes(make_shared: MakeLimiter) -> None:
    first, second = (make_shared(strikes_to_block=10) for _ in range(2))
    assert await answers(first, 7 + 5) == [200] * 7 + [429] * 5
    assert await answers(second, 6) == [429] * 5 + [403]


async def test_each_door_counts_for_itself(make_shared: MakeLimiter) -> None:
    api, oauth2 = make_shared(door="api"), make_shared(door="oauth2")

    assert await answers(api, 8) == [200] * 7 + [429]
    assert await answers(oauth2, 8) == [200] * 7 + [429]


async def test_a_clock_that_is_set_back_refuses_nobody(
    make_shared: MakeLimiter, watch: Watch
) -> None:
    one = make_shared(strikes_to_block=2)
    assert await answers(one, 10) == [200] * 7 + [429] * 2 + [403]
    watch.now -= 3600

    assert await answers(one, 8) == [200] * 7 + [429]


async def test_nothing_stays_in_the_server(make_shared: MakeLimiter, limits_server: Server) -> None:
    one = make_shared(strikes_to_block=2)
    await answers(one, 10)
    await answers(one, 8, "b")
    await one.admit_integration("x", 1, "a") if await answer(one) == 200 else None
    names = [
        word.decode()
        for word in limits_server.ask("KEYS *").split(b"\r\n")
        if word.startswith(b"test:")
    ]
    left = [int(limits_server.ask(f"TTL {name}")[1:]) for name in names]

    assert len(names) >= 4
    assert all(0 < seconds <= 310 for seconds in left), dict(zip(names, left, strict=True))


async def test_the_servers_own_clock_counts(alone: Alone) -> None:
    began = time.monotonic()
    passed = 0
    while time.monotonic() < began + 2.5:
        passed += await answer(alone.limiter) == 200
        await asyncio.sleep(0.01)
    took = time.monotonic() - began

    assert 2 * 3 <= passed <= (took + 1) * 3
    assert alone.count == 0


async def test_without_the_server_each_process_counts_until_it_is_back(
    alone: Alone, limits_server: Server, make_shared: MakeLimiter
) -> None:
    with captured(lambda: 0) as log:
        assert await answer(alone.limiter) == 200
        limits_server.stop()
        try:
            while alone.count == 0:
                assert await answer(alone.limiter, "first") == 200
            assert await answers(alone.limiter, 5) == [200] * 3 + [429] * 2
        finally:
            assert limits_server.start()
        assert alone.count == 6
        assert log.getvalue().count(b"limits.server_lost") == 1
        await until(lambda: b"limits.server_back" in log.getvalue())
        assert await answers(alone.limiter, 4, "new") == [200] * 3 + [429]

    assert alone.count == 6
    assert log.getvalue().count(b'"event"') == 2
    assert b"block:new" not in limits_server.ask("KEYS *")
    assert b"address:new" in limits_server.ask("KEYS *")


async def test_a_server_that_hangs_holds_nobody_up(limits_server: Server, watch: Watch) -> None:
    server = LimitsServer(limits_server.url, "test")
    one = server.limiter("api", RateLimiter(Limits(), watch))
    limits_server.hang()
    try:
        began = time.monotonic()
        found = await asyncio.gather(*(answer(one) for _ in range(20)))
        took = time.monotonic() - began
    finally:
        limits_server.go_on()
        await server.close()

    assert sorted(found) == [200] * 7 + [429] * 13
    # Once, for all of them together; the rest is for a busy machine.
    assert PATIENCE <= took < 10 * PATIENCE


async def test_a_server_that_hung_up_is_called_again(alone: Alone, limits_server: Server) -> None:
    assert await answer(alone.limiter) == 200
    limits_server.ask("CLIENT KILL TYPE normal SKIPME yes")

    assert await answer(alone.limiter) == 200
    assert alone.count == 0


async def test_a_server_that_may_not_write_is_one_that_does_not_answer(
    alone: Alone, limits_server: Server
) -> None:
    limits_server.ask("CONFIG SET maxmemory 1")
    try:
        assert await answers(alone.limiter, 4) == [200] * 3 + [429]
        assert "OutOfMemory" in str(await problem_with(limits_server.url))
    finally:
        limits_server.ask("CONFIG SET maxmemory 0")

    assert alone.count == 4
    assert await problem_with(limits_server.url) is None


async def test_a_request_that_is_given_up_disturbs_no_other(alone: Alone) -> None:
    asked = [asyncio.create_task(answer(alone.limiter, f"source {n}")) for n in range(10)]
    await asyncio.sleep(0)
    for one in asked[::2]:
        one.cancel()
    done = await asyncio.gather(*asked, return_exceptions=True)

    assert done[1::2] == [200] * 5
    assert await answers(alone.limiter, 4, "b") == [200] * 3 + [429]
    assert alone.count == 0


async def test_with_limits_off_nobody_is_asked(watch: Watch) -> None:
    server = LimitsServer(NOWHERE, "test")
    one = server.limiter("api", RateLimiter(Limits(enabled=False), watch))
    assert await answers(one, 1000) == [200] * 1000
    await one.admit_integration("x", 1, "a")
    await server.close()


async def test_what_is_wrong_with_a_server_is_told_without_its_password() -> None:
    told = await problem_with("redis://grantway:not-for-you@127.0.0.1:9/0")

    assert told is not None
    assert "127.0.0.1:9" in told
    assert "not-for-you" not in told
    assert await problem_with("redis://127.0.0.1?no_such_option=1") == (
        "the address of the limits' server has options that are none"
    )
