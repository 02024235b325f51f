"""Reading leads: pages of ready documents, and what `with` adds."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec

from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.accounts.rights import Right
from grantway.crm.fields import service as fields
from grantway.crm.fields.model import field_filter
from grantway.crm.leads import store
from grantway.crm.leads.document import Surroundings, opened, render
from grantway.crm.leads.model import ENTITY_TYPE, LeadQuery
from grantway.crm.leads.store import Condition, Printed
from grantway.crm.loss_reasons import service as loss_reasons
from grantway.crm.pipelines import service as pipelines
from grantway.crm.tags import service as tags
from grantway.db import Reader

_MOST_PARTS = 60  # stages of a large pipeline; each has its own part in a statement
_BIN_MEMBERS = ("id", "updated_at", "updated_by", "is_deleted", "account_id", "_links")


class LeadPage(msgspec.Struct, frozen=True):
    """Documents in order, and whether more follow."""

    documents: list[bytes]
    has_next: bool


async def page(reader: Reader, actor: Actor, query: LeadQuery) -> LeadPage:
    """Return the leads that the actor may see, as documents."""
    query = await _only_visible(reader, actor, query)
    extra = []
    if query.fields:
        definitions = await fields.definitions(reader, actor.account_id, ENTITY_TYPE)
        for field_id, spec in query.fields.items():
            one = field_filter(definitions, field_id, spec)
            if one is not None:
                extra.append(Condition(one.sql, dict(one.values)))
    query, alternatives = await _split(reader, actor.account_id, query)
    where = store.condition(actor.account_id, query, extra)
    rows = await store.list_printed(
        reader, where, msgspec.structs.replace(query, limit=query.limit + 1), alternatives
    )
    shown = rows[: query.limit]
    return LeadPage(await _documents(reader, actor.account_id, shown), len(rows) > query.limit)


async def _split(
    reader: Reader, account_id: int, query: LeadQuery
) -> tuple[LeadQuery, list[Condition]]:
    """Take out of the query what an index can answer part by part, each part in order of change.

    Otherwise a filter that few leads meet would be looked for in all of them.
    """
    if query.order != "updated_at" or query.ids is not None:
        return query, []
    stages, pipeline_ids, users = query.stages, query.pipeline_ids, query.responsible_user_ids
    if users is not None:
        users = list(dict.fromkeys(users))
        if not 1 < len(users) <= _MOST_PARTS:
            return query, []
        rest = msgspec.structs.replace(query, responsible_user_ids=None)
        return rest, store.user_alternatives(users)
    if pipeline_ids is not None:
        if stages is None:
            present = await pipelines.load(reader, account_id)
            stages = [(one.id, stage.id) for one in present.all for stage in one.stages]
        stages = [one for one in stages if one[0] in pipeline_ids]
    if stages is None or len(stages) > _MOST_PARTS:
        return query, []
    stages = list(dict.fromkeys(stages))
    if len(stages) < 2:
        return msgspec.structs.replace(query, stages=stages, pipeline_ids=None), []
    rest = msgspec.structs.replace(query, stages=None, pipeline_ids=None)
    return rest, store.stage_alternatives(stages)


async def find(reader: Reader, actor: Actor, lead_id: int) -> bytes | None:
    """Return the document of one lead, or None when there is none that the actor may see."""
    found = await page(reader, actor, LeadQuery(ids=[lead_id], limit=1))
    return found.documents[0] if found.documents else None


async def _only_visible(reader: Reader, actor: Actor, query: LeadQuery) -> LeadQuery:
    """Return the query for what the right to view leaves of the leads (api-v4.md 2.15)."""
    match Right.ALL if actor.is_administrator else actor.rights.leads.view:
        case Right.ALL:
            return query
        case Right.OWN:
            seen = {actor.user_id}
        case Right.GROUP:
            users = await accounts.user_groups(reader, actor.account_id)
            seen = {one.user_id for one in users.values() if one.group_id == actor.group_id}
        case _:
            seen = set()
    wished = query.responsible_user_ids
    left = sorted(seen) if wished is None else [one for one in wished if one in seen]
    return msgspec.structs.replace(query, responsible_user_ids=left)


async def _documents(reader: Reader, account_id: int, rows: list[Printed]) -> list[bytes]:
    stale = [row.id for row in rows if row.document is None]
    fresh = {} if not stale else await _rendered(reader, account_id, stale)
    # A lead that went between the two statements is left out, as if the page were read now.
    printed = (fresh.get(row.id) if row.document is None else row.document for row in rows)
    return [one for one in printed if one is not None]


async def _rendered(reader: Reader, account_id: int, ids: list[int]) -> dict[int, bytes]:
    leads = await store.list_leads(reader, account_id, ids)
    around = await surroundings(reader, account_id, {t for lead in leads for t in lead.tag_ids})
    return {lead.id: render(lead, around) for lead in leads}


async def surroundings(reader: Reader, account_id: int, tag_ids: Collection[int]) -> Surroundings:
    """Return what documents show of other rows."""
    groups = await accounts.user_groups(reader, account_id)
    return Surroundings(
        account_id,
        await fields.definitions(reader, account_id, ENTITY_TYPE),
        await tags.names(reader, account_id, ENTITY_TYPE, tag_ids),
        {user_id: one.group_id for user_id, one in groups.items()},
    )


async def extended(
    reader: Reader, actor: Actor, documents: list[bytes], wanted: frozenset[str], origin: str
) -> list[dict[str, Any]]:
    """Return the documents as objects with what `with` asks for."""
    found = [opened(one, origin) for one in documents]
    if "only_deleted" in wanted:
        return [{name: one[name] for name in _BIN_MEMBERS} for one in found]
    reasons = {}
    sources: dict[int, int | None] = {}
    if "loss_reason" in wanted:
        listed = await loss_reasons.list_reasons(reader, actor.account_id)
        reasons = {one.id: one for one in listed}
    if "source_id" in wanted:
        leads = await store.list_leads(reader, actor.account_id, [one["id"] for one in found])
        sources = {lead.id: lead.source_id for lead in leads}
    for one in found:
        reason = reasons.get(one["loss_reason_id"])
        members = {
            "source_id": sources.get(one["id"]),
            "is_price_modified_by_robot": False,
        }
        embedded = {
            "contacts": [],
            "catalog_elements": [],
            "loss_reason": [_reason(reason, origin)] if reason else [],
            "source": None,
        }
        one |= {name: value for name, value in members.items() if name in wanted}
        one["_embedded"] |= {name: value for name, value in embedded.items() if name in wanted}
    return found


def _reason(reason: Any, origin: str) -> dict[str, Any]:
    return {
        "id": reason.id,
        "name": reason.name,
        "sort": reason.sort,
        "created_at": reason.created_at,
        "updated_at": reason.updated_at,
        "_links": {"self": {"href": f"{origin}/api/v4/leads/loss_reasons/{reason.id}"}},
    }
