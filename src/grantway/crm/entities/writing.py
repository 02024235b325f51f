"""Writing entities: all is checked, then all is stored, or nothing (api-v4.md 2.10)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Generic

import msgspec

from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.accounts.reach import Deed, reach
from grantway.accounts.rights import Right
from grantway.crm.changes.links import tell_links
from grantway.crm.entities import store
from grantway.crm.entities.document import Surroundings
from grantway.crm.entities.drafts import Context, Draft
from grantway.crm.entities.kind import Kind
from grantway.crm.entities.model import E, EntityWrite, Written
from grantway.crm.entities.reading import surroundings
from grantway.crm.entities.store import Stored
from grantway.crm.entities.telling import tell_entities
from grantway.crm.fields import finding
from grantway.crm.fields import service as fields
from grantway.crm.fields.model import Fields, Indexed, index_rows, search_words
from grantway.crm.links import service as links
from grantway.crm.links.model import COMPANIES, Link
from grantway.crm.tags import service as tags
from grantway.db import Reader, Transaction
from grantway.kernel.errors import (
    Forbidden,
    Invalid,
    Violation,
    Violations,
    not_supported_choice,
    refuse,
)

_FOUND_BY = {"updated_at", "is_deleted", "field_values"}


async def _context(
    reader: Reader, actor: Actor, kind: Kind[E], now: int, *, is_strict: bool
) -> Context:
    account_id = actor.account_id
    # Before the definitions: if they change in between, the documents count as older than they are.
    epoch = await fields.epoch(reader, account_id, kind.entity_type)
    return Context(
        actor=actor,
        now=now,
        is_strict=is_strict,
        fields=await fields.definitions(reader, account_id, kind.entity_type),
        users=await accounts.user_groups(reader, account_id),
        epoch=epoch,
    )


class Addition(msgspec.Struct, Generic[E], frozen=True):
    """Entities that are to be added: checked, and not stored yet."""

    kind: Kind[E]
    context: Context
    drafts: list[Draft[E]]


async def add(
    tx: Transaction,
    actor: Actor,
    kind: Kind[E],
    writes: Sequence[EntityWrite],
    now: int,
    *,
    is_strict: bool,
) -> list[Written]:
    """Add entities and return them in the order of the request.

    Raises Forbidden, and Invalid that names every violation of every entity.
    """
    addition = await prepare(tx, actor, kind, writes, now, is_strict=is_strict)
    refuse((draft.request_id, draft.violations) for draft in addition.drafts)
    return await finish(tx, addition)


async def prepare(
    tx: Transaction,
    actor: Actor,
    kind: Kind[E],
    writes: Sequence[EntityWrite],
    now: int,
    *,
    is_strict: bool,
) -> Addition[E]:
    """Check entities that are to be added; what is wrong with each stands in its draft.

    They have their ids, so that others of the request can be linked with them. Raises Forbidden.
    """
    if reach(actor, kind.entity_type, "add").right is Right.DENIED:
        raise Forbidden
    context = await _context(tx, actor, kind, now, is_strict=is_strict)
    rules = kind.rules(context)
    await rules.load(tx)
    ids = await tx.take_ids(kind.series, len(writes))
    drafts = [
        Draft(context, rules, write, rules.blank(entity_id), is_new=True)
        for entity_id, write in zip(ids, writes, strict=True)
    ]
    await rules.check(tx, drafts)
    await _tag(tx, context, kind, drafts)
    return Addition(kind, context, drafts)


async def finish(tx: Transaction, addition: Addition[E]) -> list[Written]:
    """Store entities that nothing is wrong with, and the links that begin with them."""
    kind, context, drafts = addition.kind, addition.context, addition.drafts
    may_add = reach(context.actor, kind.entity_type, "add")
    entities = [draft.entity for draft in drafts]
    if any(kind.stage_of(one) in may_add.denied_stages for one in entities):
        raise Forbidden
    begun = [link for draft in drafts for link in draft.links]
    companies = {link.from_id: link.to_id for link in begun if link.to_type == COMPANIES}
    around = await _around(tx, context, kind, entities, companies)
    await adopt(tx, context, kind, entities, begun, around)
    added = [(None, one) for one in entities]
    await tell_entities(tx, context.actor, kind, added, around, context.now)
    await tell_links(tx, context.actor, begun, [], context.now)
    return [draft.written() for draft in drafts]


async def adopt(
    tx: Transaction,
    context: Context,
    kind: Kind[E],
    entities: Sequence[E],
    begun: Sequence[Link],
    around: Surroundings,
) -> None:
    """Store new entities that are checked, and the links that begin with them.

    Nobody is told of them. *around* has what their documents show. Raises TooManyLinks.
    """
    account_id = context.actor.account_id
    await links.put(tx, account_id, begun, context.now, are_new=True)
    stored = [_stored(kind, one, around) for one in entities]
    await store.add_entities(tx, account_id, kind, stored, context.epoch)
    await _index(tx, account_id, kind, context.fields, stored, are_new=True)


async def change(
    tx: Transaction,
    actor: Actor,
    kind: Kind[E],
    writes: Sequence[EntityWrite],
    now: int,
    *,
    is_strict: bool,
) -> list[Written]:
    """Change entities, each named by `id` in its values; fields not sent stay as they are.

    Raises Forbidden, and Invalid that names every violation of every entity.
    """
    wanted = sorted({write.values["id"] for write in writes})
    # Whole rows are written back: nobody may change them between our reading and our writing.
    await store.lock_entities(tx, actor.account_id, kind, wanted)
    context = await _context(tx, actor, kind, now, is_strict=is_strict)
    rules = kind.rules(context)
    await rules.load(tx)
    found = await store.list_entities(tx, actor.account_id, kind, wanted)
    before = {one.id: one for one in found if _is_there(context, kind, one)}
    present = dict(before)
    missing = [
        Violations(write.request_id, [not_supported_choice("id")])
        for write in writes
        if write.values["id"] not in present
    ]
    if missing:
        raise Invalid(violations=missing)
    if not all(_reaches(context, kind, "edit", one) for one in present.values()):
        raise Forbidden
    drafts: list[Draft[E]] = []
    for write in writes:
        draft = Draft(context, rules, write, present[write.values["id"]], is_new=False)
        # The same one once more in the request begins where this write leaves it.
        present[draft.entity.id] = draft.entity
        drafts.append(draft)
    await rules.check(tx, drafts)
    await _tag(tx, context, kind, drafts)
    refuse((draft.request_id, draft.violations) for draft in drafts)
    entities = list({draft.entity.id: draft.entity for draft in drafts}.values())
    companies = await links.companies_of(tx, actor.account_id, kind.entity_type, wanted)
    around = await _around(tx, context, kind, [*before.values(), *entities], companies)
    stored = [_stored(kind, one, around) for one in entities]
    await store.change_entities(tx, actor.account_id, kind, stored, context.epoch)
    await _index(tx, actor.account_id, kind, context.fields, stored, are_new=False)
    changed = [(before[one.id], one) for one in entities]
    await tell_entities(tx, actor, kind, changed, around, now)
    return [draft.written() for draft in drafts]


async def lock(tx: Transaction, account_id: int, kind: Kind[E], ids: Collection[int]) -> None:
    """Make everybody else who changes these entities wait, before what is theirs is read.

    Who locks entities of several kinds begins with leads, then come contacts.
    """
    if ids:
        await store.lock_entities(tx, account_id, kind, sorted(set(ids)))


async def rewrite(
    tx: Transaction, account_id: int, kind: Kind[E], changes: Mapping[int, Mapping[str, Any]]
) -> None:
    """Replace members of entities, by id, and render them again; with none they are only rendered.

    For what happens to entities from beside, not by a request about them: who
    calls it has checked the rights. Ids that are not there are left out.
    """
    ids = sorted(changes)
    await store.lock_entities(tx, account_id, kind, ids)
    epoch = await fields.epoch(tx, account_id, kind.entity_type)
    found = await store.list_entities(tx, account_id, kind, ids)
    changed = [msgspec.structs.replace(one, **changes[one.id]) for one in found]
    around = await surroundings(tx, account_id, kind, changed)
    stored = [_stored(kind, one, around) for one in changed]
    await store.change_entities(tx, account_id, kind, stored, epoch)
    moved = {one.id for one in found if not _FOUND_BY.isdisjoint(changes[one.id])}
    again = [one for one in stored if one.entity.id in moved]
    await _index(tx, account_id, kind, around.fields, again, are_new=False)


def _is_there(context: Context, kind: Kind[E], entity: E) -> bool:
    return not entity.is_deleted and _reaches(context, kind, "view", entity)


def _reaches(context: Context, kind: Kind[E], deed: Deed, entity: E) -> bool:
    found = reach(context.actor, kind.entity_type, deed)
    return kind.is_within(found, context.actor, entity, context.users)


async def _tag(
    tx: Transaction, context: Context, kind: Kind[E], drafts: Sequence[Draft[E]]
) -> None:
    """Put on each entity the tags that the request leaves it."""
    account_id = context.actor.account_id
    resolved: Sequence[tuple[list[int], list[Violation]]] = [([], [])] * len(drafts)
    if any(draft.tagging.refs for draft in drafts):
        resolved = await tags.resolve_each(
            tx, account_id, kind.entity_type, [draft.tagging.refs for draft in drafts]
        )
    last: dict[int, E] = {}
    for draft, (ids, faults) in zip(drafts, resolved, strict=True):
        draft.violations += faults
        present = last.get(draft.entity.id, draft.entity).tag_ids
        tag_ids = draft.tagging.result(present, ids)
        draft.entity = msgspec.structs.replace(draft.entity, tag_ids=tag_ids)
        last[draft.entity.id] = draft.entity


async def _around(
    reader: Reader,
    context: Context,
    kind: Kind[E],
    entities: Sequence[E],
    companies: Mapping[int, int],
) -> Surroundings:
    account_id = context.actor.account_id
    tag_ids = {tag_id for one in entities for tag_id in one.tag_ids}
    return Surroundings(
        account_id,
        context.fields,
        await tags.names(reader, account_id, kind.entity_type, tag_ids),
        {user_id: one.group_id for user_id, one in context.users.items()},
        companies,
    )


def _stored(kind: Kind[E], entity: E, around: Surroundings) -> Stored[E]:
    words = [entity.name, *search_words(around.fields, entity.field_values)]
    return Stored(entity, "\n".join(words).casefold(), kind.render(entity, around))


async def _index(
    tx: Transaction,
    account_id: int,
    kind: Kind[E],
    definitions: Fields,
    stored: Sequence[Stored[E]],
    *,
    are_new: bool,
) -> None:
    """Keep what filters of custom fields find entities by; those in the bin are not found."""
    rows = [
        Indexed(
            one.entity.id,
            one.entity.updated_at,
            [] if one.entity.is_deleted else index_rows(definitions, one.entity.field_values),
        )
        for one in stored
    ]
    await finding.replace_index(tx, account_id, kind.entity_type, rows, are_new=are_new)
