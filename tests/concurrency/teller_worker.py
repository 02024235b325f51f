"""Sends account webhooks until it is killed: `python -m tests.concurrency.teller_worker`.

Arguments: the database, the receiver's port, the moment.
"""

import asyncio
import sys

from grantway.app import open_platform
from grantway.hooks.addresses import Target
from grantway.kernel.clock import ManualClock
from tests.concurrency.token_worker import say
from tests.integration.api_client import settings


async def main(database: str, port: int, now: int) -> None:
    """Tell for as long as it lives."""
    chosen = settings(database, allow_targets=(Target("127.0.0.1", port),), log_level="error")
    platform = await open_platform(chosen, ManualClock(now))
    await platform.teller.prepare()
    say("ready")
    platform.teller.start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
