"""Race and kill for as long as you like: `python -m tests.concurrency.long_run --help`.

Prints what was tried on each database, and the bound that no violation in so
many tries allows; ends with an error at the first violation.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grantway.app import open_platform
from grantway.db import migrate
from grantway.kernel.clock import ManualClock
from grantway.oauth.keys import make_key
from tests.concurrency.kills import kill_many
from tests.concurrency.races import Tally, fleet, must_agree, race
from tests.integration.api_client import NOW, Api, make_cast, settings
from tests.integration.token_endpoint import set_redirect_uri
from tools.postgresql import temporary_server

KINDS = ("sqlite", "postgresql")


@contextmanager
def database(kind: str) -> Iterator[str]:
    """Return the address of an empty database, gone when the block is left."""
    if kind == "postgresql":
        with temporary_server() as server:
            yield server.url("postgres")
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{Path(folder) / 'grantway.db'}"


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def bound(tries: int) -> str:
    """Return the rule of three: what may still go wrong, with 95 % confidence."""
    return f"0 violations in {tries}, so fewer than {3 / tries:.5f} of them" if tries else "none"


async def run(kind: str, url: str, rounds: int, kills: int, seed: int) -> None:
    """Race and kill on one database."""
    await migrate(url)
    platform = await open_platform(settings(url), ManualClock(NOW))
    key = await make_key()
    api = Api(platform, ManualClock(NOW), await make_cast(platform, key), key)
    await set_redirect_uri(api)
    started = time.monotonic()
    tally = Tally()
    if rounds:
        async with fleet(api) as lines:
            for n in range(rounds):
                await race(api, lines, tally, with_revocation=n % 4 == 0)
        await must_agree(api)
        say(
            f"{kind}: {tally.exchanges} codes, {tally.refreshes} generations and"
            f" {tally.revocations} revocations raced for, {tally.requests} requests,"
            f" {time.monotonic() - started:.0f} s; codes: {bound(tally.exchanges)}"
        )
    if kills:
        started = time.monotonic()
        deaths = await kill_many(api, kills, random.Random(seed))
        await must_agree(api)
        say(
            f"{kind}: {deaths.kills} servers killed, {deaths.exchanges_cut} exchanges cut"
            f" ({deaths.exchanges_stored} of them stored), {deaths.refreshes_cut} refreshes cut,"
            f" {deaths.answered} answers, {time.monotonic() - started:.0f} s;"
            f" {bound(deaths.exchanges_cut + deaths.refreshes_cut)}"
        )
    await platform.close()


def main() -> None:
    """Read the options and run."""
    parser = argparse.ArgumentParser(description="Race and kill at the token endpoint.")
    parser.add_argument("--rounds", type=int, default=1000, help="codes to race for (1000)")
    parser.add_argument("--kills", type=int, default=200, help="servers to kill (200)")
    parser.add_argument("--database", choices=KINDS, help="one kind of database; else both")
    parser.add_argument("--seed", type=int, default=21, help="of the moments to kill at (21)")
    given = parser.parse_args()
    for kind in (given.database,) if given.database else KINDS:
        with database(kind) as url:
            asyncio.run(run(kind, url, given.rounds, given.kills, given.seed))


if __name__ == "__main__":
    main()
