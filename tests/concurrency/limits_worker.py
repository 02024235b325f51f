"""One process that calls as often as it can: `python -m tests.concurrency.limits_worker URL S`.

Prints, for each call that was admitted, when it was sent and when it was answered.
"""

import asyncio
import sys
import time

from grantway.asgi.limits import Limits, RateLimiter
from grantway.asgi.shared_limits import LimitsServer
from grantway.kernel.errors import TooMany
from tests.limiters import PATIENCE

AT_ONCE = 8


async def main(url: str, seconds: float) -> None:
    """Call, and tell what was admitted."""
    server = LimitsServer(url, "test", patience=PATIENCE)
    # Nobody is blocked: the second itself is looked at.
    limits = Limits(strikes_to_block=1_000_000)
    limiter = server.limiter("api", RateLimiter(limits))
    until = time.monotonic() + seconds

    async def call() -> None:
        while (sent := time.monotonic()) < until:
            try:
                await limiter.admit_address("a")
            except TooMany:
                continue
            print(sent, time.monotonic())  # noqa: T201 - the test reads it

    await asyncio.gather(*(call() for _ in range(AT_ONCE)))
    await server.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2])))
