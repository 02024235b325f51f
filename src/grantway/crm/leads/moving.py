"""What the removal of a pipeline, a stage or a loss reason asks about the leads in it.

Leads stand above what they refer to, so doors hand these functions in.
"""

from __future__ import annotations

from grantway.crm.leads import store
from grantway.db import Reader, Transaction


async def count_leads_of_pipeline(reader: Reader, account_id: int, pipeline_id: int) -> int:
    """Return how many leads, binned ones included, the pipeline holds."""
    return await store.count_leads_of_pipeline(reader, account_id, pipeline_id)


async def count_leads_of_loss_reason(reader: Reader, account_id: int, reason_id: int) -> int:
    """Return how many leads, binned ones included, name the reason."""
    return await store.count_leads_of_loss_reason(reader, account_id, reason_id)


async def move_leads(
    tx: Transaction, account_id: int, pipeline_id: int, from_stage: int, to_stage: int
) -> None:
    """Put every lead, binned ones included, of a stage into another one."""
    await store.move_leads(tx, account_id, pipeline_id, from_stage, to_stage)
