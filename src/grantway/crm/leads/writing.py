"""Writing leads: everything is checked, then everything is stored, or nothing (api-v4.md 2.10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.accounts.model import UserGroup
from grantway.accounts.rights import Right
from grantway.crm.fields import service as fields
from grantway.crm.fields.model import (
    Fields,
    index_rows,
    merge,
    parse_values,
    search_words,
)
from grantway.crm.leads import store
from grantway.crm.leads.document import Surroundings, render
from grantway.crm.leads.model import ENTITY_TYPE, Lead, LeadWrite, Written
from grantway.crm.leads.store import StoredLead
from grantway.crm.leads.tagging import Tagging
from grantway.crm.loss_reasons import service as loss_reasons
from grantway.crm.pipelines import service as pipelines
from grantway.crm.pipelines.model import CLOSED, LOST, Pipelines
from grantway.crm.tags import service as tags
from grantway.db import Reader, Transaction
from grantway.kernel.errors import Forbidden, Invalid, Violation, Violations, not_supported_choice

_ROBOT = 0
_KEPT_AS_SENT = ("created_at", "closed_at", "visitor_uid", "loss_reason_id")
_NO_LOSS = "Loss reason can be specified only for lost lead"


class Context(msgspec.Struct, frozen=True):
    """What a request is checked against, read once for all its entities."""

    actor: Actor
    now: int
    is_strict: bool
    pipelines: Pipelines
    fields: Fields
    users: dict[int, UserGroup]
    loss_reasons: frozenset[int]
    epoch: int


async def _context(reader: Reader, actor: Actor, now: int, *, is_strict: bool) -> Context:
    account_id = actor.account_id
    # Before the definitions: if they change in between, the documents count as older than they are.
    epoch = await fields.epoch(reader, account_id, ENTITY_TYPE)
    return Context(
        actor=actor,
        now=now,
        is_strict=is_strict,
        pipelines=await pipelines.load(reader, account_id),
        fields=await fields.definitions(reader, account_id, ENTITY_TYPE),
        users=await accounts.user_groups(reader, account_id),
        loss_reasons=frozenset(
            one.id for one in await loss_reasons.list_reasons(reader, account_id)
        ),
        epoch=epoch,
    )


async def add(
    tx: Transaction, actor: Actor, writes: Sequence[LeadWrite], now: int, *, is_strict: bool
) -> list[Written]:
    """Add leads and return them in the order of the request.

    Raises Forbidden, and Invalid that names every violation of every entity.
    """
    if not actor.is_administrator and actor.rights.leads.add is Right.DENIED:
        raise Forbidden("Insufficient rights to call this method")
    context = await _context(tx, actor, now, is_strict=is_strict)
    ids = await tx.take_ids("lead", len(writes))
    drafts = [
        _Draft(context, write, _blank(context, lead_id), is_new=True)
        for lead_id, write in zip(ids, writes, strict=True)
    ]
    stored = await _complete(tx, context, drafts)
    await store.add_leads(tx, actor.account_id, stored, context.epoch)
    await _index(tx, context, stored, are_new=True)
    return _written(drafts)


async def change(
    tx: Transaction, actor: Actor, writes: Sequence[LeadWrite], now: int, *, is_strict: bool
) -> list[Written]:
    """Change leads, each named by `id` in its values; fields not sent stay as they are.

    Raises Forbidden, and Invalid that names every violation of every entity.
    """
    wanted = sorted({write.values["id"] for write in writes})
    # Whole rows are written back: nobody may change them between our reading and our writing.
    await store.lock_leads(tx, actor.account_id, wanted)
    context = await _context(tx, actor, now, is_strict=is_strict)
    leads = await store.list_leads(tx, actor.account_id, wanted)
    present = {lead.id: lead for lead in leads if _is_there(context, lead)}
    missing = [
        Violations(write.request_id, [not_supported_choice("id")])
        for write in writes
        if write.values["id"] not in present
    ]
    if missing:
        raise Invalid(violations=missing)
    if not all(_reaches(context, "edit", lead) for lead in present.values()):
        raise Forbidden("Insufficient rights to call this method")
    drafts: list[_Draft] = []
    for write in writes:
        draft = _Draft(context, write, present[write.values["id"]], is_new=False)
        # The same lead once more in the request begins where this entity leaves it.
        present[draft.lead.id] = draft.lead
        drafts.append(draft)
    stored = await _complete(tx, context, drafts)
    await store.change_leads(tx, actor.account_id, stored, context.epoch)
    await _index(tx, context, stored, are_new=False)
    return _written(drafts)


def _is_there(context: Context, lead: Lead) -> bool:
    return not lead.is_deleted and _reaches(context, "view", lead)


def _reaches(context: Context, deed: Literal["view", "edit"], lead: Lead) -> bool:
    """Tell whether the actor's right to *deed* reaches as far as *lead* (api-v4.md 2.15, 3.8)."""
    actor = context.actor
    rights = actor.rights.leads
    match Right.ALL if actor.is_administrator else rights.view if deed == "view" else rights.edit:
        case Right.ALL:
            return True
        case Right.OWN:
            return lead.responsible_user_id == actor.user_id
        case Right.GROUP:
            owner = context.users.get(lead.responsible_user_id)
            return owner is not None and owner.group_id == actor.group_id
        case _:
            return False


def _blank(context: Context, lead_id: int) -> Lead:
    main = context.pipelines.main()
    return Lead(
        id=lead_id,
        name=f"Lead #{lead_id}",
        responsible_user_id=context.actor.user_id,
        pipeline_id=main.id,
        status_id=main.first_stage().id,
        created_by=context.actor.user_id,
        updated_by=context.actor.user_id,
        created_at=context.now,
        updated_at=context.now,
    )


class _Draft:
    """One entity on its way: the lead as it will be, and what is wrong with the request."""

    def __init__(self, context: Context, write: LeadWrite, lead: Lead, *, is_new: bool) -> None:
        self.request_id = write.request_id
        self.violations: list[Violation] = []
        self.is_new = is_new
        self.before = lead
        self._context = context
        self._values = write.values
        self.tagging = Tagging(write.values, self.violations)
        self.lead = self._changed(lead)

    def _changed(self, lead: Lead) -> Lead:
        values = self._values
        changes: dict[str, object] = {
            name: values[name]
            for name in _KEPT_AS_SENT
            if name in values and (values[name] is not None or name != "created_at")
        }
        if values.get("name") is not None:
            changes["name"] = values["name"]
        if "price" in values:
            changes["price_minor"] = values["price"] or 0
        changes |= self._people()
        changes |= self._place(lead, changes)
        changes["updated_at"] = values.get("updated_at") or self._context.now
        changed, faults = parse_values(
            self._context.fields,
            values.get("custom_fields_values"),
            strict=self._context.is_strict,
            partial=not self.is_new,
        )
        self.violations += faults
        if changed and not faults:
            changes["field_values"] = merge(lead.field_values, changed)
        self._no_others()
        return msgspec.structs.replace(lead, **changes)

    def _people(self) -> dict[str, object]:
        context, found = self._context, {}
        for name in ("responsible_user_id", "created_by", "updated_by"):
            user_id = self._values.get(name)
            if user_id is None:
                continue
            user = context.users.get(user_id)
            is_robot = user_id == _ROBOT and name != "responsible_user_id"
            if not is_robot and (user is None or not user.is_active):
                self.violations.append(not_supported_choice(name))
            found[name] = user_id
        found.setdefault("updated_by", context.actor.user_id)
        return found

    def _place(self, lead: Lead, changes: dict[str, object]) -> dict[str, object]:
        """Return pipeline, stage and what closing means, having checked that they fit."""
        pipelines = self._context.pipelines
        pipeline_id = self._values.get("pipeline_id")
        status_id = self._values.get("status_id")
        if pipeline_id is not None and pipelines.find(pipeline_id) is None:
            self.violations.append(not_supported_choice("pipeline_id"))
            return {}
        target = pipeline_id if pipeline_id is not None else lead.pipeline_id
        if status_id is None:
            moves = target != lead.pipeline_id
            waits = pipelines.is_unsorted(lead.pipeline_id, lead.status_id)
            status_id = pipelines.first_stage(target).id if moves or waits else lead.status_id
        elif pipeline_id is None and not pipelines.has(target, status_id):
            # A stage alone names its pipeline, if only one has it.
            owners = [one.id for one in pipelines.all if one.find(status_id) is not None]
            target = owners[0] if len(owners) == 1 and self.is_new else target
        if not pipelines.has(target, status_id) or pipelines.is_unsorted(target, status_id):
            self.violations.append(not_supported_choice("status_id"))
            return {}
        found: dict[str, object] = {"pipeline_id": target, "status_id": status_id}
        if status_id not in CLOSED:
            found["closed_at"] = None
        elif changes.get("closed_at") is None:
            # A closed lead was closed at some moment, so null takes nothing away.
            stays_closed = lead.status_id in CLOSED and lead.closed_at is not None
            found["closed_at"] = lead.closed_at if stays_closed else self._context.now
        return found | self._loss(lead, status_id)

    def _loss(self, lead: Lead, status_id: int) -> dict[str, object]:
        reason_id = self._values.get("loss_reason_id")
        if reason_id is None:
            return {} if status_id == LOST else {"loss_reason_id": None}
        if reason_id not in self._context.loss_reasons:
            self.violations.append(not_supported_choice("loss_reason_id"))
        elif status_id != LOST:
            # The dialect's refusal of a sound value in the wrong place (api-v4.md 2.12).
            key = self.request_id if self.is_new else str(lead.id)
            raise Invalid("Invalid request body", errors={key: _NO_LOSS})
        return {}

    def _no_others(self) -> None:
        """Refuse contacts and companies that do not exist: an account has none yet."""
        embedded = self._values.get("_embedded") or {}
        if not self.is_new:
            return
        for name in ("contacts", "companies"):
            self.violations.extend(
                not_supported_choice(f"_embedded.{name}.{n}.id")
                for n, _ in enumerate(embedded.get(name) or [])
            )


async def _complete(
    tx: Transaction, context: Context, drafts: Sequence[_Draft]
) -> list[StoredLead]:
    """Give every draft its tags and its document; raise Invalid when anything is wrong."""
    account_id = context.actor.account_id
    resolved: Sequence[tuple[list[int], list[Violation]]] = [([], [])] * len(drafts)
    if any(draft.tagging.refs for draft in drafts):
        resolved = await tags.resolve_each(
            tx, account_id, ENTITY_TYPE, [draft.tagging.refs for draft in drafts]
        )
    last: dict[int, _Draft] = {}
    for draft, (ids, faults) in zip(drafts, resolved, strict=True):
        draft.violations += faults
        present = last.get(draft.lead.id, draft).lead.tag_ids
        draft.lead = msgspec.structs.replace(draft.lead, tag_ids=draft.tagging.result(present, ids))
        last[draft.lead.id] = draft
    wrong = [Violations(d.request_id, d.violations) for d in drafts if d.violations]
    if wrong:
        raise Invalid(violations=wrong)
    around = Surroundings(
        account_id,
        context.fields,
        await tags.names(
            tx, account_id, ENTITY_TYPE, {t for d in last.values() for t in d.lead.tag_ids}
        ),
        {user_id: one.group_id for user_id, one in context.users.items()},
    )
    return [_stored(draft.lead, around) for draft in last.values()]


def _stored(lead: Lead, around: Surroundings) -> StoredLead:
    words = [lead.name, *search_words(around.fields, lead.field_values)]
    return StoredLead(lead, "\n".join(words).casefold(), render(lead, around))


async def _index(
    tx: Transaction, context: Context, stored: Sequence[StoredLead], *, are_new: bool
) -> None:
    await fields.replace_index(
        tx,
        context.actor.account_id,
        ENTITY_TYPE,
        [one.lead.id for one in stored],
        [index_rows(context.fields, one.lead.field_values) for one in stored],
        are_new=are_new,
    )


def _written(drafts: Sequence[_Draft]) -> list[Written]:
    return [Written(d.lead.id, d.request_id, d.lead.updated_at) for d in drafts]
