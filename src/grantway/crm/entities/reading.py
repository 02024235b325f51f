"""Reading entities: pages of ready documents, and what `with` adds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Any

import msgspec

from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.accounts.reach import Deed, owners_within, reach
from grantway.crm.entities import store
from grantway.crm.entities.conditions import either
from grantway.crm.entities.document import Surroundings, opened
from grantway.crm.entities.kind import Kind
from grantway.crm.entities.model import Condition, E, EntityPage, EntityQuery
from grantway.crm.entities.store import Printed
from grantway.crm.fields import finding
from grantway.crm.fields import service as fields
from grantway.crm.fields.model import field_filter, searched_texts
from grantway.crm.links import service as links
from grantway.crm.tags import service as tags
from grantway.db import Reader

MOST_PARTS = 60  # stages of a large pipeline; each has its own part in a statement
_MOST_REPEATED = 30
"""So many values of other conditions may be written once more in each part."""
_BIN_MEMBERS = ("id", "updated_at", "updated_by", "is_deleted", "account_id", "_links")

Render = Callable[[list[int]], Awaitable[dict[int, bytes]]]
"""Makes the documents of these ids anew, by id."""


async def page(reader: Reader, actor: Actor, kind: Kind[E], query: EntityQuery) -> EntityPage:
    """Return the entities that the actor may see, as documents."""
    query, extra = await _only_within(reader, actor, kind, query, "view")
    if query.search:
        texts = searched_texts(query.search)
        ways = [*store.containing(texts), *kind.searched(actor, texts)]
        extra = [*extra, either(ways)]
    one_more = msgspec.structs.replace(query, limit=query.limit + 1)
    if query.fields:
        one_more, met = await _by_fields(reader, actor.account_id, kind, one_more, extra)
        extra = extra + met
    alternatives: list[Condition] = []
    if _weight(extra) <= _MOST_REPEATED:
        one_more, alternatives = await _split(reader, actor.account_id, kind, one_more)
    where = store.condition(actor.account_id, kind, one_more, extra)
    rows = await store.list_printed(reader, kind.entity_type, where, one_more, alternatives)
    return await printed(
        rows, query.limit, lambda ids: _rendered(reader, actor.account_id, kind, ids)
    )


async def _by_fields(
    reader: Reader,
    account_id: int,
    kind: Kind[E],
    query: EntityQuery,
    extra: Sequence[Condition],
) -> tuple[EntityQuery, list[Condition]]:
    """Take the filters of custom fields out of the query: as ids, or as conditions on each entity.

    Filters alone lead to the page itself by an index; with more that restricts or orders
    they are asked of few entities, or of all in order until there are enough.
    """
    definitions = await fields.definitions(reader, account_id, kind.entity_type)
    read = (field_filter(definitions, field_id, spec) for field_id, spec in query.fields.items())
    filters = [one for one in read if one is not None]
    rest = msgspec.structs.replace(query, fields={})
    if filters and not extra and _restricts_nothing(rest):
        ids = await finding.first_of(
            reader,
            account_id,
            kind.entity_type,
            filters,
            descending=query.descending,
            offset=query.offset,
            limit=query.limit,
        )
        if ids is not None:
            return msgspec.structs.replace(rest, ids=ids, offset=0), []
    found = await finding.narrowed(reader, account_id, kind.entity_type, filters)
    if found.ids is not None:
        ids = sorted(found.ids if query.ids is None else found.ids & set(query.ids))
        rest = msgspec.structs.replace(rest, ids=ids)
    return rest, [Condition(one.sql, one.values) for one in found.conditions]


def _restricts_nothing(query: EntityQuery) -> bool:
    """Tell whether the query lists all entities in the order of their change."""
    place = {name: getattr(query, name) for name in ("descending", "offset", "limit")}
    return query == type(query)(**place)


def _weight(conditions: Sequence[Condition]) -> int:
    """Return how many values the conditions have, each of a list counted."""
    values = (value for one in conditions for value in one.values.values())
    return sum(len(one) if isinstance(one, list | tuple) else 1 for one in values)


async def _split(
    reader: Reader, account_id: int, kind: Kind[E], query: EntityQuery
) -> tuple[EntityQuery, list[Condition]]:
    """Take out of the query what an index can answer part by part, each part in order of change.

    Otherwise a filter that few entities meet would be looked for in all of them.
    """
    if query.order != "updated_at" or query.ids is not None:
        return query, []
    if query.responsible_user_ids is None:
        return await kind.split(reader, account_id, query)
    users = list(dict.fromkeys(query.responsible_user_ids))
    if not 1 < len(users) <= MOST_PARTS:
        return query, []
    rest = msgspec.structs.replace(query, responsible_user_ids=None)
    return rest, store.user_alternatives(users)


async def find(reader: Reader, actor: Actor, kind: Kind[E], entity_id: int) -> bytes | None:
    """Return the document of one entity, or None when there is none that the actor may see."""
    found = await page(reader, actor, kind, EntityQuery(ids=[entity_id], limit=1))
    return found.documents[0] if found.documents else None


async def following(
    reader: Reader, account_id: int, kind: Kind[E], after: int, until: int, limit: int
) -> list[tuple[int, bytes]]:
    """Return ids and documents behind *after* up to *until*, binned ones as well, by id.

    For who may read everything.
    """
    rows = await store.list_following(reader, account_id, kind.entity_type, after, until, limit)
    return await complete(rows, lambda ids: _rendered(reader, account_id, kind, ids))


async def last_id(reader: Reader, account_id: int, kind: Kind[E]) -> int:
    """Return the greatest id of the account's entities, binned ones as well; 0 without any."""
    return await store.find_last(reader, account_id, kind.entity_type)


async def within_reach(
    reader: Reader, actor: Actor, kind: Kind[Any], ids: Collection[int], deed: Deed = "view"
) -> frozenset[int]:
    """Return those of *ids* that are there, not in the bin, and within the actor's right."""
    wanted = sorted(set(ids))
    if not wanted:
        return frozenset()
    query, extra = await _only_within(reader, actor, kind, EntityQuery(ids=wanted), deed)
    where = store.condition(actor.account_id, kind, query, extra)
    return frozenset(await store.list_ids(reader, kind, where))


async def _only_within(
    reader: Reader, actor: Actor, kind: Kind[E], query: EntityQuery, deed: Deed
) -> tuple[EntityQuery, list[Condition]]:
    """Return the query for what the actor's right leaves of the entities (api-v4.md 2.15)."""
    found = reach(actor, kind.entity_type, deed)
    if found.is_everything:
        return query, []
    groups = await accounts.user_groups(reader, actor.account_id)
    owners = owners_within(found, actor, groups)
    if owners is not None:
        wished = query.responsible_user_ids
        left = sorted(owners) if wished is None else [one for one in wished if one in owners]
        query = msgspec.structs.replace(query, responsible_user_ids=left)
    return query, kind.outside(found.denied_stages)


async def printed(rows: Sequence[Printed], limit: int, render: Render) -> EntityPage:
    """Return the page of *rows*, which are one more than *limit* if there is a next page."""
    shown = await complete(rows[:limit], render)
    return EntityPage([document for _, document in shown], len(rows) > limit)


async def complete(rows: Sequence[Printed], render: Render) -> list[tuple[int, bytes]]:
    """Return ids and documents, new ones in place of those that are out of date."""
    stale = [row.id for row in rows if row.document is None]
    fresh = await render(stale) if stale else {}
    # One that went between the two statements is left out, as if the rows were read now.
    documents = ((row.id, row.document or fresh.get(row.id)) for row in rows)
    return [(row_id, document) for row_id, document in documents if document is not None]


async def _rendered(
    reader: Reader, account_id: int, kind: Kind[E], ids: list[int]
) -> dict[int, bytes]:
    entities = await store.list_entities(reader, account_id, kind, ids)
    around = await surroundings(reader, account_id, kind, entities)
    return {one.id: kind.render(one, around) for one in entities}


async def surroundings(
    reader: Reader, account_id: int, kind: Kind[E], entities: Sequence[E]
) -> Surroundings:
    """Return what the documents of these entities show of other rows."""
    groups = await accounts.user_groups(reader, account_id)
    ids = [one.id for one in entities]
    tag_ids = {tag_id for one in entities for tag_id in one.tag_ids}
    return Surroundings(
        account_id,
        await fields.definitions(reader, account_id, kind.entity_type),
        await tags.names(reader, account_id, kind.entity_type, tag_ids),
        {user_id: one.group_id for user_id, one in groups.items()},
        await links.companies_of(reader, account_id, kind.entity_type, ids),
    )


async def extended(
    reader: Reader,
    actor: Actor,
    kind: Kind[E],
    documents: list[bytes],
    wanted: frozenset[str],
    origin: str,
) -> list[dict[str, Any]]:
    """Return the documents as objects with what `with` asks for."""
    found = [opened(one, origin) for one in documents]
    if "only_deleted" in wanted:
        return [{name: one[name] for name in _BIN_MEMBERS} for one in found]
    await kind.extend(reader, actor, found, wanted, origin)
    return found
