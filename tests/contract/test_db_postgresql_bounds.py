"""No statement and no idle transaction keeps a connection of the pool for ever (S-199)."""

import pytest

from grantway.db import open_database
from grantway.kernel.errors import Unavailable


async def test_a_long_statement_is_cut_and_a_sweep_is_not(postgresql_url: str) -> None:
    db = await open_database(postgresql_url)
    try:
        async with db.read() as reader:
            assert await reader.value("select current_setting('statement_timeout')") == "30s"
            idle = "select current_setting('idle_in_transaction_session_timeout')"
            assert await reader.value(idle) == "1min"
        soon = "select set_config('statement_timeout', '50ms', true)"

        async def sleep() -> None:
            async with db.write() as tx:
                await tx.value(soon)
                await tx.value("select 1 from pg_sleep(20)")

        with pytest.raises(Unavailable):
            await sleep()
        async with db.write() as tx:
            await tx.value(soon)
            await tx.sweep("select 1 from pg_sleep(0.2)")
        async with db.read() as reader:
            assert await reader.value("select current_setting('statement_timeout')") == "30s"
    finally:
        await db.close()
