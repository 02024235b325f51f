"""Issues and revokes tokens until it is killed, and says each thing once it is done.

`python -m tests.concurrency.token_worker DATABASE CLIENT_ID USER_ID`
"""

import asyncio
import datetime as dt
import sys

from grantway.accounts import service as accounts
from grantway.app import open_platform
from grantway.kernel.clock import ManualClock
from tests.integration.api_client import NOW, settings

EXPIRES = dt.datetime.fromtimestamp(NOW, dt.UTC).date() + dt.timedelta(days=30)


def say(*words: object) -> None:
    """Print a line that is with its reader when this returns."""
    sys.stdout.write(" ".join(str(word) for word in words) + "\n")
    sys.stdout.flush()


async def main(database: str, client_id: str, user_id: int) -> None:
    """Issue two tokens, revoke the first of them, and so on."""
    platform = await open_platform(settings(database), ManualClock(NOW))
    async with platform.db.read() as reader:
        actor = await accounts.actor_for(reader, 1, user_id, "tests")
    assert actor is not None
    say("ready")
    while True:
        grants = []
        for _ in range(2):
            async with platform.db.write() as tx:
                issued = await platform.long_lived.issue(tx, actor, client_id, EXPIRES, NOW)
            say("issued", issued.grant_id, issued.token)
            grants.append(issued.grant_id)
        say("revoking", grants[0])
        async with platform.db.write() as tx:
            await platform.long_lived.revoke(tx, actor, grants[0], NOW)
        say("revoked", grants[0])


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
