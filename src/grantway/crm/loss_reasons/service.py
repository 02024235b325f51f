"""What may be asked of loss reasons."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from grantway.accounts.actor import Actor
from grantway.crm.loss_reasons import store
from grantway.crm.loss_reasons.errors import LossReasonInUse, LossReasonNotFound
from grantway.crm.loss_reasons.model import LossReason, NewLossReason
from grantway.db import Reader, Transaction

CountLeads = Callable[[Reader, int, int], Awaitable[int]]
"""Counts the leads, binned ones included, of (account, loss reason)."""

_SORT_STEP = 10


async def list_reasons(reader: Reader, account_id: int) -> list[LossReason]:
    """Return every reason of the account in its order."""
    return await store.list_reasons(reader, account_id)


async def get(reader: Reader, account_id: int, reason_id: int) -> LossReason:
    """Return one reason; raise LossReasonNotFound when the account has none with this id."""
    reason = await store.find_reason(reader, account_id, reason_id)
    if reason is None:
        raise LossReasonNotFound(why=f"loss reason {reason_id}")
    return reason


async def add(
    tx: Transaction, account_id: int, new: Sequence[NewLossReason], *, now: int
) -> list[LossReason]:
    """Add reasons and return them in that order; a door asks first who is calling."""
    present = await store.list_reasons(tx, account_id)
    behind = max((one.sort for one in present), default=0)
    ids = await tx.take_ids("loss_reason", len(new))
    added = [
        LossReason(
            reason_id,
            one.name,
            behind + n * _SORT_STEP if one.sort is None else one.sort,
            created_at=now,
            updated_at=now,
        )
        for n, (reason_id, one) in enumerate(zip(ids, new, strict=True), start=1)
    ]
    await store.add_reasons(tx, account_id, added)
    return added


async def remove(tx: Transaction, actor: Actor, reason_id: int, *, count_leads: CountLeads) -> None:
    """Remove a reason that no lead names; administrators only.

    *count_leads* is handed in, because leads are owned above.
    """
    actor.must_administer()
    held = await count_leads(tx, actor.account_id, reason_id)
    if held:
        raise LossReasonInUse(why=f"{held} leads name loss reason {reason_id}")
    if not await store.remove_reason(tx, actor.account_id, reason_id):
        raise LossReasonNotFound(why=f"loss reason {reason_id}")
