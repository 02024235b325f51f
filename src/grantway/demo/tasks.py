"""A few tasks about leads, done, due and late."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from grantway.accounts.actor import Actor
from grantway.crm.entities.model import EntityWrite
from grantway.crm.tasks import writing
from grantway.crm.tasks.model import FOLLOW_UP, MEETING
from grantway.db import Transaction

_COUNT = 60
_DAYS = 14
_DAY = 24 * 3600
_TEXTS = {
    FOLLOW_UP.id: ("Ask for the size of the order", "Send the offer", "Call back", "Remind them"),
    MEETING.id: ("Visit the warehouse", "Show the new model", "Talk about the contract"),
}
_RESULTS = ("Wants an offer", "Nobody answered", "Agreed", "Calls us next month")


async def fill(
    tx: Transaction, actor: Actor, lead_ids: Sequence[int], user_ids: Sequence[int], now: int
) -> None:
    """Give some of the leads tasks; every tenth task is about nothing."""
    choose = random.Random(11)  # noqa: S311 - the same demo for everybody, and no secret
    writes = []
    for n in range(_COUNT):
        task_type_id = choose.choice((FOLLOW_UP.id, FOLLOW_UP.id, MEETING.id))
        till = now + choose.randrange(-_DAYS * _DAY, _DAYS * _DAY)
        values: dict[str, Any] = {
            "text": choose.choice(_TEXTS[task_type_id]),
            "task_type_id": task_type_id,
            "complete_till": till,
            "responsible_user_id": choose.choice(user_ids),
        }
        if n % 10:
            values |= {"entity_type": "leads", "entity_id": choose.choice(lead_ids)}
        if till < now and choose.random() < 0.8:
            values |= {"is_completed": True, "result": {"text": choose.choice(_RESULTS)}}
        writes.append(EntityWrite(str(n), values))
    await writing.add(tx, actor, writes, now)
