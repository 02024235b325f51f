"""A few hundred leads in two pipelines, the same at every start but for their dates."""

from __future__ import annotations

import random
from typing import Any

from grantway.accounts.actor import Actor
from grantway.crm.entities import writing
from grantway.crm.entities.model import EntityWrite
from grantway.crm.fields import service as fields
from grantway.crm.fields.model import FieldType
from grantway.crm.fields.wire import EnumWish, FieldChange
from grantway.crm.leads.kind import LEADS
from grantway.crm.leads.model import ENTITY_TYPE
from grantway.crm.loss_reasons import service as loss_reasons
from grantway.crm.loss_reasons.model import NewLossReason
from grantway.crm.pipelines import service as pipelines
from grantway.crm.pipelines.model import LOST, WON
from grantway.crm.pipelines.wire import NewPipeline, NewStage
from grantway.crm.tags import service as tags
from grantway.crm.tags.model import NewTag
from grantway.db import Transaction
from grantway.demo import notes, people, tasks

_COUNT = 320
_BATCH = 80
_DAYS = 240
_DAY = 24 * 3600
_THINGS = (
    *("Website relaunch", "Annual maintenance", "Fleet tracking", "Office furniture", "Solar roof"),
    *(
        "Training for ten",
        "Spare parts",
        "Packaging line",
        "Booth at the fair",
        "Night shift cover",
    ),
)
_PLACES = (
    "North",
    "South",
    "Harbour",
    "Old Town",
    "Airport",
    "Hillside",
    "Riverside",
    "Market Square",
)
_TAGS = (("hot", "FF8F92"), ("partner", "86C0FC"), ("returning", "C7DB8C"), ("newsletter", None))
_SOURCES = ("Website", "Telephone", "Fair", "Recommendation")


async def fill(tx: Transaction, actor: Actor, user_ids: list[int], now: int) -> None:
    """Give the account pipelines, fields, tags, people, and leads with notes and tasks."""
    choose = random.Random(7)  # noqa: S311 - the same demo for everybody, and no secret
    await pipelines.add(
        tx,
        actor,
        [
            NewPipeline(
                name="Repeat business",
                sort=2,
                is_main=False,
                is_unsorted_on=True,
                stages=tuple(
                    NewStage(name=name, sort=20 + 10 * n)
                    for n, name in enumerate(("Due for renewal", "Talking", "Offer sent"))
                ),
            )
        ],
        now=now,
    )
    await loss_reasons.add(
        tx,
        actor.account_id,
        [NewLossReason(name=n) for n in ("Too expensive", "Chose somebody else", "No answer")],
        now=now,
    )
    await tags.add(tx, actor, ENTITY_TYPE, [NewTag(name, color, "") for name, color in _TAGS])
    present = await pipelines.load(tx, actor.account_id)
    made = await fields.add(
        tx,
        actor,
        ENTITY_TYPE,
        [
            FieldChange(
                type=FieldType.SELECT,
                name="Source",
                code="SOURCE",
                enums=tuple(
                    EnumWish(None, value, n, None, f"enums.{n}") for n, value in enumerate(_SOURCES)
                ),
            ),
            FieldChange(type=FieldType.NUMERIC, name="Number of seats"),
            FieldChange(type=FieldType.TEXT, name="Contact person"),
        ],
        has_stage=present.has,
        now=now,
    )
    reasons = await loss_reasons.list_reasons(tx, actor.account_id)
    stages = [
        (pipeline.id, stage.id)
        for pipeline in present.all
        for stage in pipeline.stages
        if not stage.is_unsorted
    ]
    source, seats, person = (field.id for field in made)
    known = await people.fill(tx, actor, user_ids, now)
    acquainted = random.Random(17)  # noqa: S311 - as above, and the leads stay as they are
    lead_ids: list[int] = []
    for start in range(0, _COUNT, _BATCH):
        writes = []
        for n in range(start, min(start + _BATCH, _COUNT)):
            pipeline_id, status_id = choose.choice(stages)
            created = now - choose.randrange(_DAY, _DAYS * _DAY)
            changed = choose.randrange(created, now)
            values: dict[str, Any] = {
                "name": f"{choose.choice(_THINGS)}, {choose.choice(_PLACES)}",
                "price": choose.randrange(10, 500) * 5000,  # hundredths
                "pipeline_id": pipeline_id,
                "status_id": status_id,
                "responsible_user_id": choose.choice(user_ids),
                "created_at": created,
                "updated_at": changed,
                "custom_fields_values": [
                    {"field_id": source, "values": [{"value": choose.choice(_SOURCES)}]},
                    {"field_id": seats, "values": [{"value": str(choose.randrange(1, 90))}]},
                ],
                "_embedded": {"tags": [{"name": t} for t, _ in _TAGS if choose.random() < 0.25]}
                | people.of_lead(acquainted, known),
            }
            if choose.random() < 0.4:
                values["custom_fields_values"].append(
                    {"field_id": person, "values": [{"value": f"Contact {n + 1}"}]}
                )
            if status_id in {WON, LOST}:
                values["closed_at"] = changed
            if status_id == LOST:
                values["loss_reason_id"] = choose.choice(reasons).id
            writes.append(EntityWrite(str(n), values))
        added = await writing.add(tx, actor, LEADS, writes, now, is_strict=False)
        lead_ids += [one.id for one in added]
    await notes.fill(tx, actor, lead_ids, now)
    await tasks.fill(tx, actor, lead_ids, user_ids, now)
