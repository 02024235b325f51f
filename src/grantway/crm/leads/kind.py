"""Leads as the machinery of entities knows them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import msgspec

from grantway.accounts.actor import Actor
from grantway.accounts.reach import reach
from grantway.crm.changes.model import units
from grantway.crm.entities.document import Surroundings
from grantway.crm.entities.kind import Kind, Stage, Watched
from grantway.crm.entities.model import Condition, EntityQuery
from grantway.crm.entities.neighbours import add_neighbours
from grantway.crm.entities.reading import MOST_PARTS
from grantway.crm.leads import store
from grantway.crm.leads.document import render, rounded
from grantway.crm.leads.model import ENTITY_TYPE, Lead, LeadQuery
from grantway.crm.leads.rules import LeadRules
from grantway.crm.loss_reasons import service as loss_reasons
from grantway.crm.pipelines import service as pipelines
from grantway.db import Reader


def _former_stage(before: Lead, after: Lead) -> dict[str, Any]:
    former = {"old_status_id": before.status_id}
    if before.pipeline_id != after.pipeline_id:
        former["old_pipeline_id"] = before.pipeline_id
    return former


class _Leads(Kind[Lead]):
    entity_type = ENTITY_TYPE
    series = "lead"
    entity = Lead
    rules = LeadRules
    add_sql = store.ADD
    change_sql = store.CHANGE
    orders = ("created_at", "updated_at", "id")
    extras = (
        "contacts",
        "only_deleted",
        "loss_reason",
        "is_price_modified_by_robot",
        "catalog_elements",
        "source_id",
        "source",
    )
    told_among = "leads"
    watched = (
        Watched(
            event="sale_field_changed",
            value=lambda lead: {"sale_field_value": {"sale": units(lead.price_minor)}},
        ),
        Watched(
            event="lead_status_changed",
            value=lambda lead: {
                "lead_status": {"id": lead.status_id, "pipeline_id": lead.pipeline_id}
            },
            action="status",
            former=_former_stage,
        ),
    )

    def told(self, entity: Lead) -> dict[str, Any]:
        return {"status_id": entity.status_id, "pipeline_id": entity.pipeline_id}

    def worth(self, entity: Lead) -> dict[str, Any]:
        return {"price": rounded(entity.price_minor)}

    def render(self, entity: Lead, around: Surroundings) -> bytes:
        return render(entity, around)

    def stage_of(self, entity: Lead) -> Stage | None:
        return (entity.pipeline_id, entity.status_id)

    def conditions(self, query: EntityQuery) -> list[Condition]:
        return store.conditions(query) if isinstance(query, LeadQuery) else []

    def searched(self, actor: Actor, texts: Sequence[str]) -> list[Condition]:
        """Find a lead by its contacts as well, whose telephone numbers people look for (5, row 18).

        Who may not see all contacts shall not learn of them by searching.
        """
        sees_contacts = reach(actor, "contacts", "view").is_everything
        return store.with_contacts_containing(texts) if sees_contacts else []

    def outside(self, stages: Collection[Stage]) -> list[Condition]:
        return store.outside(stages)

    async def split(
        self, reader: Reader, account_id: int, query: EntityQuery
    ) -> tuple[EntityQuery, list[Condition]]:
        """Give each stage a part, and a pipeline all its stages."""
        if not isinstance(query, LeadQuery):
            return query, []
        stages, pipeline_ids = query.stages, query.pipeline_ids
        if pipeline_ids is not None:
            if stages is None:
                present = await pipelines.load(reader, account_id)
                stages = [(one.id, stage.id) for one in present.all for stage in one.stages]
            stages = [one for one in stages if one[0] in pipeline_ids]
        if stages is None or len(stages) > MOST_PARTS:
            return query, []
        stages = list(dict.fromkeys(stages))
        if len(stages) < 2:
            return msgspec.structs.replace(query, stages=stages, pipeline_ids=None), []
        rest = msgspec.structs.replace(query, stages=None, pipeline_ids=None)
        return rest, store.stage_alternatives(stages)

    async def extend(
        self,
        reader: Reader,
        actor: Actor,
        documents: list[dict[str, Any]],
        wanted: frozenset[str],
        origin: str,
    ) -> None:
        reasons = {}
        if "loss_reason" in wanted:
            listed = await loss_reasons.list_reasons(reader, actor.account_id)
            reasons = {one.id: one for one in listed}
        for one in documents:
            reason = reasons.get(one["loss_reason_id"])
            embedded = {
                "catalog_elements": [],
                "loss_reason": [_reason(reason, origin)] if reason else [],
                "source": None,
            }
            if "is_price_modified_by_robot" in wanted:
                one["is_price_modified_by_robot"] = False
            one["_embedded"] |= {name: value for name, value in embedded.items() if name in wanted}
        await add_neighbours(
            reader, actor.account_id, ENTITY_TYPE, documents, wanted & {"contacts"}, origin
        )


def _reason(reason: Any, origin: str) -> dict[str, Any]:
    return {
        "id": reason.id,
        "name": reason.name,
        "sort": reason.sort,
        "created_at": reason.created_at,
        "updated_at": reason.updated_at,
        "_links": {"self": {"href": f"{origin}/api/v4/leads/loss_reasons/{reason.id}"}},
    }


LEADS = _Leads()
