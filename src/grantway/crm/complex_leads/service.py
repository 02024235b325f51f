"""Adding leads with their contact and company: one step, or none (contract: api-v4.md 3.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from grantway.accounts.actor import Actor
from grantway.crm.companies.kind import COMPANIES
from grantway.crm.complex_leads.model import MOST_FIELDS, AddedLead
from grantway.crm.contacts.kind import CONTACTS
from grantway.crm.entities import writing
from grantway.crm.entities.drafts import Draft
from grantway.crm.entities.kind import Kind
from grantway.crm.entities.model import EntityWrite
from grantway.crm.entities.writing import Addition
from grantway.crm.leads.kind import LEADS
from grantway.crm.links.model import Link, put_together
from grantway.db import Transaction
from grantway.kernel.errors import Violation, not_supported_choice, refuse, too_many

# In one order for everybody: whoever adds a tag makes others wait who add the same.
_BESIDE: tuple[Kind[Any], ...] = (COMPANIES, CONTACTS)
_FIELDS = "custom_fields_values"


async def add(
    tx: Transaction, actor: Actor, writes: Sequence[EntityWrite], now: int, *, is_strict: bool
) -> list[AddedLead]:
    """Add leads with what is new beside them, and return them in the order of the request.

    A new contact is linked with the company as well; one that is there stays as
    it is. Raises Forbidden, and Invalid that names every violation of all kinds.
    """
    new: dict[str, dict[int, Draft[Any]]] = {}
    additions: list[Addition[Any]] = []
    for kind in _BESIDE:
        given = [_given(one, kind) for one in writes]
        models = {n: one for n, one in enumerate(given) if one is not None and not _is_there(one)}
        if models:
            wanted = [EntityWrite(writes[n].request_id, one) for n, one in models.items()]
            addition = await writing.prepare(tx, actor, kind, wanted, now, is_strict=is_strict)
            new[kind.entity_type] = dict(zip(models, addition.drafts, strict=True))
            additions.append(addition)
    alone = [_alone(one) for one in writes]
    leads = await writing.prepare(tx, actor, LEADS, alone, now, is_strict=is_strict)
    added: list[AddedLead] = []
    faults: list[tuple[str, list[Violation]]] = []
    for n, (write, lead) in enumerate(zip(writes, leads.drafts, strict=True)):
        beside = {name: drafts[n] for name, drafts in new.items() if n in drafts}
        one = AddedLead(
            id=lead.entity.id,
            contact_id=_id(write, beside, CONTACTS),
            company_id=_id(write, beside, COMPANIES),
            request_id=write.request_id,
        )
        lead.links = put_together((), _links(LEADS, one.id, one))
        if contact := beside.get(CONTACTS.entity_type):
            contact.links = _links(CONTACTS, contact.entity.id, one)
        added.append(one)
        faults.append((write.request_id, _faults(write, lead, beside)))
    refuse(faults)
    for addition in [*additions, leads]:
        await writing.finish(tx, addition)
    return added


def _given(write: EntityWrite, kind: Kind[Any]) -> dict[str, Any] | None:
    """Return what was sent of the one contact or company, a model or a reference."""
    listed = (write.values.get("_embedded") or {}).get(kind.entity_type)
    return listed[0] if listed else None


def _is_there(given: dict[str, Any]) -> bool:
    return given.get("id") is not None


def _alone(write: EntityWrite) -> EntityWrite:
    """Return the lead without the models beside it; references stay, to be checked with it."""
    embedded = dict(write.values.get("_embedded") or {})
    for kind in _BESIDE:
        given = _given(write, kind)
        embedded[kind.entity_type] = [given] if given and _is_there(given) else []
    return EntityWrite(write.request_id, write.values | {"_embedded": embedded})


def _id(write: EntityWrite, beside: dict[str, Draft[Any]], kind: Kind[Any]) -> int | None:
    if kind.entity_type in beside:
        new_id: int = beside[kind.entity_type].entity.id
        return new_id
    given = _given(write, kind)
    return given["id"] if given else None


def _links(kind: Kind[Any], from_id: int, one: AddedLead) -> list[Link]:
    """Return what links the entity with the lead's contact and company."""
    ends = ((CONTACTS, one.contact_id), (COMPANIES, one.company_id))
    return [
        Link(kind.entity_type, from_id, end.entity_type, to_id)
        for end, to_id in ends
        if to_id is not None and end is not kind
    ]


def _faults(write: EntityWrite, lead: Draft[Any], beside: dict[str, Draft[Any]]) -> list[Violation]:
    """Return all that is wrong with the lead and what is new beside it, by paths in the lead."""
    faults: list[Violation] = []
    if (write.values.get("_embedded") or {}).get("metadata"):
        # Said clearly, for a lead that is not an incoming one would be another than was sent.
        faults.append(not_supported_choice("_embedded.metadata.category"))
    parts = [("", lead), *((f"_embedded.{name}.0.", one) for name, one in beside.items())]
    for path, draft in parts:
        sent = draft.values.get(_FIELDS)
        if isinstance(sent, list) and len(sent) > MOST_FIELDS:
            faults.append(too_many(path + _FIELDS, MOST_FIELDS))
        faults += [replace(one, path=path + one.path) for one in draft.violations]
    return faults
