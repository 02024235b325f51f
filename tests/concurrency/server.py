"""One server process: `python -m tests.concurrency.server DATABASE PORT`."""

import asyncio
import sys

from grantway.app import Application, open_platform
from grantway.cli.serving import serve_here
from grantway.kernel.clock import ManualClock
from tests.integration.api_client import NOW, settings


async def main(database: str, port: int) -> None:
    """Serve until somebody ends this process."""
    chosen = settings(database, listen="127.0.0.1", port=port)
    platform = await open_platform(chosen, ManualClock(NOW))
    async with serve_here(Application(platform), chosen) as stopped:
        await stopped


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
