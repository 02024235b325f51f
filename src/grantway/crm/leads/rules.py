"""What a lead's own members are checked against: pipelines, stages, reasons of loss (3.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from grantway.crm.companies.kind import COMPANIES
from grantway.crm.contacts.kind import CONTACTS
from grantway.crm.entities.drafts import Draft
from grantway.crm.entities.kind import Rules
from grantway.crm.entities.reading import within_reach
from grantway.crm.leads.model import Lead
from grantway.crm.links.model import Link, put_together
from grantway.crm.loss_reasons import service as loss_reasons
from grantway.crm.pipelines import service as pipelines
from grantway.crm.pipelines.model import CLOSED, LOST, Pipelines
from grantway.db import Reader, Transaction
from grantway.kernel.errors import Invalid, not_supported_choice

_KEPT_AS_SENT = ("closed_at", "visitor_uid", "loss_reason_id")
_NO_LOSS = "Loss reason can be specified only for lost lead"


class LeadRules(Rules[Lead]):
    """Loaded with the account's pipelines and the ids of its reasons of loss."""

    _pipelines: Pipelines
    _loss_reasons: frozenset[int]

    async def load(self, reader: Reader) -> None:
        account_id = self.context.actor.account_id
        reasons = await loss_reasons.list_reasons(reader, account_id)
        self._pipelines = await pipelines.load(reader, account_id)
        self._loss_reasons = frozenset(one.id for one in reasons)

    def blank(self, entity_id: int) -> Lead:
        main = self._pipelines.main()
        return Lead(
            id=entity_id,
            name=f"Lead #{entity_id}",
            pipeline_id=main.id,
            status_id=main.first_stage().id,
            **self.context.beginnings(),
        )

    def changes(self, draft: Draft[Lead], before: Lead) -> dict[str, object]:
        values = draft.values
        changes: dict[str, object] = {
            name: values[name] for name in _KEPT_AS_SENT if name in values
        }
        if "price" in values:
            changes["price_minor"] = values["price"] or 0
        return changes | self._place(draft, before, changes)

    async def check(self, tx: Transaction, drafts: Sequence[Draft[Lead]]) -> None:
        """Link new leads to the contacts and the company that they begin with."""
        new = [draft for draft in drafts if draft.is_new]
        for kind in (CONTACTS, COMPANIES):
            named = [(draft, _embedded(draft, kind.entity_type)) for draft in new]
            ids = {one["id"] for _, references in named for one in references}
            there = await within_reach(tx, self.context.actor, kind, ids)
            for draft, references in named:
                draft.violations += [
                    not_supported_choice(f"_embedded.{kind.entity_type}.{n}.id")
                    for n, one in enumerate(references)
                    if one["id"] not in there
                ]
                links = [
                    Link(
                        "leads",
                        draft.entity.id,
                        kind.entity_type,
                        one["id"],
                        bool(one.get("is_main")),
                    )
                    for one in references
                ]
                draft.links = put_together(draft.links, links)

    def _place(
        self, draft: Draft[Lead], lead: Lead, changes: dict[str, object]
    ) -> dict[str, object]:
        """Return pipeline, stage and what closing means, having checked that they fit."""
        present = self._pipelines
        pipeline_id = draft.values.get("pipeline_id")
        status_id = draft.values.get("status_id")
        if pipeline_id is not None and present.find(pipeline_id) is None:
            draft.violations.append(not_supported_choice("pipeline_id"))
            return {}
        target = pipeline_id if pipeline_id is not None else lead.pipeline_id
        if status_id is None:
            moves = target != lead.pipeline_id
            waits = present.is_unsorted(lead.pipeline_id, lead.status_id)
            status_id = present.first_stage(target).id if moves or waits else lead.status_id
        elif pipeline_id is None and not present.has(target, status_id):
            # A stage alone names its pipeline, if only one has it.
            owners = [one.id for one in present.all if one.find(status_id) is not None]
            target = owners[0] if len(owners) == 1 and draft.is_new else target
        if not present.has(target, status_id) or present.is_unsorted(target, status_id):
            draft.violations.append(not_supported_choice("status_id"))
            return {}
        found: dict[str, object] = {"pipeline_id": target, "status_id": status_id}
        if status_id not in CLOSED:
            found["closed_at"] = None
        elif changes.get("closed_at") is None:
            # A closed lead was closed at some moment, so null takes nothing away.
            stays_closed = lead.status_id in CLOSED and lead.closed_at is not None
            found["closed_at"] = lead.closed_at if stays_closed else self.context.now
        return found | self._loss(draft, lead, status_id)

    def _loss(self, draft: Draft[Lead], lead: Lead, status_id: int) -> dict[str, object]:
        reason_id = draft.values.get("loss_reason_id")
        if reason_id is None:
            return {} if status_id == LOST else {"loss_reason_id": None}
        if reason_id not in self._loss_reasons:
            draft.violations.append(not_supported_choice("loss_reason_id"))
        elif status_id != LOST:
            # The dialect's refusal of a sound value in the wrong place (api-v4.md 2.12).
            key = draft.request_id if draft.is_new else str(lead.id)
            raise Invalid("Invalid request body", errors={key: _NO_LOSS})
        return {}


def _embedded(draft: Draft[Lead], name: str) -> list[dict[str, Any]]:
    return (draft.values.get("_embedded") or {}).get(name) or []
