"""What may be asked of the tags."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from grantway.accounts.actor import Actor
from grantway.crm.tags import store
from grantway.crm.tags.model import NewTag, Tag, TagPage, TagRef
from grantway.db import Reader, Transaction
from grantway.kernel.errors import Violation, not_supported_choice
from grantway.kernel.shapes import NAME_LIMIT, text_fault


async def resolve_each(
    tx: Transaction, account_id: int, entity_type: str, wanted: Sequence[Sequence[TagRef]]
) -> list[tuple[list[int], list[Violation]]]:
    """Return, for each entity, the ids of its tags in that order, and what is wrong with them.

    As few statements serve many entities as serve one. A name that nobody knows
    becomes a tag. An id that nobody knows is a violation; when there is any, the
    ids may not be used, and raising undoes what was added. A name that may be
    missing, and is, has the id 0.
    """
    refs = [ref for one in wanted for ref in one]
    known = await names(tx, account_id, entity_type, {ref.id for ref in refs if ref.id is not None})
    named = [ref for ref in refs if ref.id is None and ref.name is not None]
    added = await _named(
        tx,
        account_id,
        entity_type,
        [NewTag(str(ref.name), None, "") for ref in named if not ref.may_be_missing],
    )
    there = await store.list_by_names(
        tx, account_id, entity_type, [str(ref.name) for ref in named if ref.may_be_missing]
    )
    by_name = {tag.name: tag.id for tag in [*there, *added.values()]}

    def answer(one: Sequence[TagRef]) -> tuple[list[int], list[Violation]]:
        ids: list[int] = []
        faults: list[Violation] = []
        for ref in one:
            if ref.id is not None:
                ids.append(ref.id)
                if ref.id not in known and not ref.may_be_missing:
                    faults.append(not_supported_choice(f"{ref.path}.id" if ref.path else "id"))
            elif ref.name is not None:
                ids.append(by_name.get(ref.name, 0))
        return ids, faults

    return [answer(one) for one in wanted]


async def names(
    reader: Reader, account_id: int, entity_type: str, ids: Iterable[int]
) -> dict[int, Tag]:
    """Return those of *ids* that exist, by id."""
    wanted = list(ids)
    if not wanted:
        return {}
    found = await store.list_by_ids(reader, account_id, entity_type, wanted)
    return {tag.id: tag for tag in found}


async def page(
    reader: Reader,
    actor: Actor,
    entity_type: str,
    *,
    page: int,
    limit: int,
    query: str | None = None,
    names: Sequence[str] = (),
    ids: Sequence[int] = (),
) -> TagPage:
    """Return a page of the dictionary; *names* and *ids* are exact, *query* is a part of a name."""
    texts = [query or "", *names]
    if any(text_fault(text, "", NAME_LIMIT) for text in texts):
        return TagPage([], has_next=False)  # no tag can have such a name
    tags = await store.list_page(
        reader,
        actor.account_id,
        entity_type,
        query=query,
        names=names,
        ids=ids,
        offset=(page - 1) * limit,
        limit=limit + 1,
    )
    return TagPage(tags[:limit], has_next=len(tags) > limit)


async def add(tx: Transaction, actor: Actor, entity_type: str, tags: Sequence[NewTag]) -> list[Tag]:
    """Add *tags* to the dictionary and return them in that order.

    A name that exists is answered as it is, with its id and colour.
    """
    by_name = await _named(tx, actor.account_id, entity_type, tags)
    return [by_name[tag.name] for tag in tags]


async def _named(
    tx: Transaction, account_id: int, entity_type: str, wanted: Sequence[NewTag]
) -> dict[str, Tag]:
    """Return the tag of each name, adding those that are missing."""
    if not wanted:
        return {}
    first = {tag.name: tag for tag in reversed(wanted)}
    # In one order for everybody, so that two who add the same names do not wait for each other.
    all_names = sorted(first)
    found = await store.list_by_names(tx, account_id, entity_type, all_names)
    there = {tag.name: tag for tag in found}
    missing = [first[name] for name in all_names if name not in there]
    if missing:
        await store.add_missing(tx, account_id, entity_type, missing)
        added = await store.list_by_names(
            tx, account_id, entity_type, [tag.name for tag in missing]
        )
        there |= {tag.name: tag for tag in added}
    return there
