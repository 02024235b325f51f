"""What may be asked of the links of entities (contract: api-v4.md 3.11).

A link is kept in one direction, and either side may ask for it. It belongs to
the entity that it goes out from: that one counts as changed, and whoever makes
or removes the link must have the right to edit it, as well as the entity that
they name first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.accounts.model import UserGroup
from grantway.crm.changes.links import tell_links
from grantway.crm.companies.kind import COMPANIES
from grantway.crm.contacts.kind import CONTACTS
from grantway.crm.entities import writing
from grantway.crm.entities.kind import Kind
from grantway.crm.entities.reading import within_reach
from grantway.crm.leads.kind import LEADS
from grantway.crm.linking.model import MOST_ENTITIES, Chosen, Wish
from grantway.crm.links import service as links
from grantway.crm.links.model import Link, Neighbour, link_between
from grantway.db import Reader, Transaction
from grantway.kernel.errors import (
    Forbidden,
    NotFound,
    Violation,
    field_missing,
    not_supported_choice,
    refuse,
    too_many,
)

_SOURCES: tuple[Kind[Any], ...] = (LEADS, CONTACTS)
"""What links go out from, in the order in which everybody locks them."""
_KINDS: Mapping[str, Kind[Any]] = {one.entity_type: one for one in (*_SOURCES, COMPANIES)}
_ROBOT = 0
_ASKED = "filter.entity_id"


async def list_of_one(
    reader: Reader, actor: Actor, kind: Kind[Any], entity_id: int, chosen: Chosen
) -> list[Neighbour]:
    """Return the links of one entity: a main contact first, then by age; raise NotFound."""
    await must_see(reader, actor, kind, entity_id)
    return await _listed(reader, actor, kind, [entity_id], chosen)


async def list_of_many(
    reader: Reader, actor: Actor, kind: Kind[Any], ids: Collection[int], chosen: Chosen
) -> list[Neighbour]:
    """Return the links of those entities that the actor may see, by entity."""
    if not ids:
        refuse([("0", [field_missing(_ASKED)])])
    if len(ids) > MOST_ENTITIES:
        refuse([("0", [too_many(_ASKED, MOST_ENTITIES)])])
    seen = await within_reach(reader, actor, kind, ids)
    return await _listed(reader, actor, kind, seen, chosen)


async def must_see(reader: Reader, actor: Actor, kind: Kind[Any], entity_id: int) -> None:
    """Raise NotFound when there is no such entity that the actor may see."""
    if not await within_reach(reader, actor, kind, [entity_id]):
        raise NotFound(f"{kind.series.capitalize()} not found")


async def link(
    tx: Transaction, actor: Actor, kind: Kind[Any], wishes: Sequence[Wish], now: int
) -> list[Neighbour]:
    """Link entities of *kind* with others; return the links that this has left, as asked for.

    Raises Forbidden, TooManyLinks, and Invalid that names every violation of every wish.
    """
    wanted = [_kept(kind, one) for one in wishes]
    await _lock(tx, actor, wanted)
    targets = {
        to_type: await within_reach(
            tx, actor, _KINDS[to_type], {one.to_id for one in wishes if one.to_type == to_type}
        )
        for to_type in sorted({one.to_type for one in wishes})
    }
    await _check(tx, actor, kind, wishes, targets)
    await _must_edit(tx, actor, kind, wishes, wanted)
    changed = await links.put(tx, actor.account_id, wanted, now)
    await tell_links(tx, actor, changed.added, changed.gone, now)
    await _touch(tx, actor, zip(wanted, wishes, strict=True), now)
    ids = {one.entity_id for one in wishes}
    there = {
        (one.entity_id, one.other_type, one.other_id): one
        for one in await _listed(tx, actor, kind, ids, Chosen())
    }
    # Of two companies of one request the latter has taken the former's place.
    named = ((one.entity_id, one.to_type, one.to_id) for one in wishes)
    return [there[key] for key in named if key in there]


async def unlink(
    tx: Transaction, actor: Actor, kind: Kind[Any], wishes: Sequence[Wish], now: int
) -> None:
    """Remove links; one that is not there is removed already.

    Raises Forbidden, and Invalid that names every violation of every wish.
    """
    unwanted = [_kept(kind, one) for one in wishes]
    await _lock(tx, actor, unwanted)
    await _check(tx, actor, kind, wishes)
    unlinked = await links.remove(tx, actor.account_id, unwanted, now)
    gone = {one.key for one in unlinked}
    removed = [(one, wish) for one, wish in zip(unwanted, wishes, strict=True) if one.key in gone]
    # Only now it is known which there were; the refusal undoes the removal.
    await _must_edit(tx, actor, kind, wishes, [one for one, _ in removed])
    await tell_links(tx, actor, [], unlinked, now)
    await _touch(tx, actor, removed, now)


def _kept(kind: Kind[Any], wish: Wish) -> Link:
    found = link_between(
        kind.entity_type, wish.entity_id, wish.to_type, wish.to_id, is_main=wish.is_main
    )
    if found is None:
        raise ValueError(f"{kind.entity_type} are not linked with {wish.to_type}")
    return found


async def _listed(
    reader: Reader, actor: Actor, kind: Kind[Any], ids: Collection[int], chosen: Chosen
) -> list[Neighbour]:
    found = await links.neighbours(reader, actor.account_id, kind.entity_type, ids)
    return [
        one
        for entity_id in sorted(found)
        for one in found[entity_id]
        if chosen.to_type in (None, one.other_type) and chosen.to_id in (None, one.other_id)
    ]


async def _lock(tx: Transaction, actor: Actor, wanted: Sequence[Link]) -> None:
    for kind in _SOURCES:
        ids = {one.from_id for one in wanted if one.from_type == kind.entity_type}
        await writing.lock(tx, actor.account_id, kind, ids)


async def _check(
    tx: Transaction,
    actor: Actor,
    kind: Kind[Any],
    wishes: Sequence[Wish],
    targets: Mapping[str, Collection[int]] | None = None,
) -> None:
    """Refuse wishes that name what the actor does not see, or nobody as the one who did it."""
    seen = await within_reach(tx, actor, kind, {one.entity_id for one in wishes})
    users = await accounts.user_groups(tx, actor.account_id)
    faults: list[tuple[str, list[Violation]]] = []
    for one in wishes:
        wrong: list[Violation] = []
        if one.entity_id not in seen:
            wrong.append(not_supported_choice("entity_id"))
        if targets is not None and one.to_id not in targets[one.to_type]:
            wrong.append(not_supported_choice("to_entity_id"))
        if not _may_have_done_it(one.updated_by, users):
            wrong.append(not_supported_choice("metadata.updated_by"))
        faults.append((one.request_id, wrong))
    refuse(faults)


def _may_have_done_it(user_id: int | None, users: Mapping[int, UserGroup]) -> bool:
    return user_id in (None, _ROBOT) or (user_id in users and users[user_id].is_active)


async def _must_edit(
    tx: Transaction,
    actor: Actor,
    kind: Kind[Any],
    wishes: Sequence[Wish],
    changed: Sequence[Link],
) -> None:
    wanted = {(kind.entity_type, one.entity_id) for one in wishes}
    wanted |= {(one.from_type, one.from_id) for one in changed}
    for entity_type in sorted({one for one, _ in wanted}):
        ids = {entity_id for one, entity_id in wanted if one == entity_type}
        if ids - await within_reach(tx, actor, _KINDS[entity_type], ids, "edit"):
            raise Forbidden


async def _touch(
    tx: Transaction, actor: Actor, changed: Iterable[tuple[Link, Wish]], now: int
) -> None:
    """Let the entities whose links have changed tell so, and show it."""
    changes: dict[str, dict[int, dict[str, int]]] = {}
    for one, wish in changed:
        by = actor.user_id if wish.updated_by is None else wish.updated_by
        touched = changes.setdefault(one.from_type, {})
        touched[one.from_id] = {"updated_at": now, "updated_by": by}
    for kind in _SOURCES:
        if kind.entity_type in changes:
            await writing.rewrite(tx, actor.account_id, kind, changes[kind.entity_type])
