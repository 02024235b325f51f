"""Rate limiters for tests: every test of the limits runs on both kinds of them."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from grantway.asgi.limits import Limiter, Limits, RateLimiter
from grantway.asgi.shared_limits import LimitsServer, SharedRateLimiter
from tools.valkey import Server, temporary_server

MakeLimiter = Callable[..., Limiter]

# A busy machine must not look like a server that is gone.
PATIENCE = 20.0


class Watch:
    """A clock of the limits that is moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture(scope="session")
def running_limits_server() -> Iterator[Server]:
    """Run a server for this test process, from the first test that wants it to the last test."""
    with temporary_server() as server:
        yield server


@pytest.fixture
def limits_server(running_limits_server: Server) -> Server:
    """Return a server that keeps nothing yet."""
    running_limits_server.ask("FLUSHALL")
    return running_limits_server


@pytest.fixture
async def make_shared(limits_server: Server, watch: Watch) -> AsyncIterator[MakeLimiter]:
    """Return what makes limiters that count in the server, each as in a process of its own."""
    opened: list[LimitsServer] = []

    def make(*, door: str = "api", **limits: Any) -> SharedRateLimiter:
        opened.append(LimitsServer(limits_server.url, "test", patience=PATIENCE, now=watch))
        return opened[-1].limiter(door, RateLimiter(Limits(**limits), watch))

    yield make
    for one in opened:
        await one.close()


@pytest.fixture(params=["process", "server"])
def make_limiter(request: pytest.FixtureRequest, watch: Watch) -> MakeLimiter:
    """Return what makes limiters, once of each kind; those of one *door* may count together."""
    if request.param == "server":
        made: MakeLimiter = request.getfixturevalue("make_shared")
        return made

    def make(*, door: str = "api", **limits: Any) -> RateLimiter:
        return RateLimiter(Limits(**limits), watch)

    return make
