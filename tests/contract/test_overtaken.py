"""Two transactions at once, where one takes away what the other refers to."""

import asyncio

import pytest

from grantway.crm.pipelines import service
from grantway.crm.pipelines.wire import NewPipeline
from grantway.db import Overtaken, open_database
from grantway.kernel.errors import Unavailable
from tests.contract.crm_cast import ACME, ALICE, NOW, open_accounts


async def nobody(*_: object) -> int:
    return 0


async def test_who_refers_to_what_is_gone_is_overtaken(postgresql_url: str) -> None:
    db = await open_database(postgresql_url)
    await open_accounts(db)
    async with db.write() as tx:
        await service.create_default(tx, ACME, NOW)
        new = NewPipeline(name="Second", sort=2, is_main=False, is_unsorted_on=True)
        (second,) = await service.add(tx, ALICE, [new], now=NOW)

    async def add_stage() -> None:
        async with db.write() as tx:
            await tx.change(
                """
                insert into stages (account_id, pipeline_id, id, name, sort, color, type,
                                    is_editable)
                values (:account_id, :pipeline_id, 9999, 'Late', 1, '#fffeb2', 0, true)
                """,
                account_id=ACME,
                pipeline_id=second.id,
            )

    async with db.write() as tx:
        await service.remove(tx, ALICE, second.id, count_leads=nobody, now=NOW)
        late = asyncio.create_task(add_stage())
        await asyncio.sleep(0.2)
        assert not late.done()
    with pytest.raises(Overtaken) as overtaken:
        await late

    # A caller who meets it in spite of all attempts is asked to try again.
    assert isinstance(overtaken.value, Unavailable)
    await db.close()
