"""What people have written about the leads, the same at every start but for its dates."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from grantway.accounts.actor import Actor
from grantway.crm.entities.model import EntityWrite
from grantway.crm.leads.kind import LEADS
from grantway.crm.notes import writing
from grantway.crm.notes.model import NEW_NOTE
from grantway.db import Transaction
from grantway.kernel.errors import Violation

_COUNT = 120
_DAY = 24 * 3600  # no lead is younger
_SAID = (
    *("Wants an offer for two sites.", "Call back after the holidays.", "Asked for a discount."),
    *("Sent the contract by post.", "Met at the fair; interested.", "Budget is decided in May."),
)
_SMS = ("Thank you, we will think it over.", "Please call tomorrow.", "The offer has arrived.")


async def fill(tx: Transaction, actor: Actor, lead_ids: Sequence[int], now: int) -> None:
    """Give some of the leads notes."""
    choose = random.Random(11)  # noqa: S311 - the same demo for everybody, and no secret
    writes = []
    for n in range(_COUNT):
        note = {
            "entity_id": choose.choice(lead_ids),
            "created_at": now - choose.randrange(_DAY),
            **choose.choice((_common, _common, _call, _sms))(choose),
        }
        wrong: list[Violation] = []
        writes.append(EntityWrite(str(n), NEW_NOTE.read(note, "", wrong)))
    await writing.add(tx, actor, LEADS, writes, now)


def _common(choose: random.Random) -> dict[str, Any]:
    return {"note_type": "common", "params": {"text": choose.choice(_SAID)}}


def _call(choose: random.Random) -> dict[str, Any]:
    called = {"duration": choose.randrange(20, 900), "source": "Telephone", "phone": "+15550100"}
    return {"note_type": choose.choice(("call_in", "call_out")), "params": called}


def _sms(choose: random.Random) -> dict[str, Any]:
    sent = {"text": choose.choice(_SMS), "phone": "+15550100"}
    return {"note_type": "sms_in", "params": sent}
