"""What may be asked of links. Who changes them has locked the entities that they go out from."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from grantway.crm.links import store
from grantway.crm.links.errors import TooManyLinks
from grantway.crm.links.model import (
    COMPANIES,
    MOST_LINKS,
    Link,
    Neighbour,
    put_together,
    with_main,
)
from grantway.db import Reader, Transaction


async def companies_of(
    reader: Reader, account_id: int, entity_type: str, ids: Sequence[int]
) -> Mapping[int, int]:
    """Return the company of each of these entities that has one."""
    if entity_type == COMPANIES or not ids:
        return {}
    return dict(await store.list_companies(reader, account_id, entity_type, ids))


async def neighbours(
    reader: Reader, account_id: int, entity_type: str, ids: Collection[int]
) -> dict[int, list[Neighbour]]:
    """Return what each of these entities is linked with: a main contact first, then by age."""
    found: dict[int, list[Neighbour]] = defaultdict(list)
    for one in await store.list_neighbours(reader, account_id, entity_type, sorted(set(ids))):
        found[one.entity_id].append(one)
    return found


class Put(NamedTuple):
    """The links that were not there before, and those that had to go for them."""

    added: list[Link]
    gone: list[Link]


async def put(
    tx: Transaction, account_id: int, wanted: Sequence[Link], now: int, *, are_new: bool = False
) -> Put:
    """Link what is *wanted*, in that order, and return what that has changed.

    Links that go out from entities that *are_new* have no former ones to look for.
    Raises TooManyLinks.
    """
    present = [] if are_new else await _present(tx, account_id, wanted)
    before, wishes = _by_source(present), _by_source(wanted)
    changed: list[Link] = []
    gone: list[Link] = []
    added: list[Link] = []
    for source, wish in wishes.items():
        had = before.get(source, [])
        has = put_together(had, wish)
        _bound(Counter(one.to_type for one in has), f"of {source}")
        changed += [one for one in has if one not in had]
        old, kept = {one.key for one in had}, {one.key for one in has}
        added += [one for one in has if one.key not in old]
        gone += [one for one in had if one.key not in kept]
    await _bound_targets(tx, account_id, added)
    await store.remove_links(tx, account_id, gone)
    await store.put_links(tx, account_id, changed, now)
    return Put(added, gone)


async def remove(
    tx: Transaction, account_id: int, unwanted: Sequence[Link], now: int
) -> list[Link]:
    """Unlink what is *unwanted*, and return what was linked of it.

    A lead whose main contact goes has its next one as the main one.
    """
    dropped = {one.key for one in unwanted}
    gone: list[Link] = []
    changed: list[Link] = []
    for had in _by_source(await _present(tx, account_id, unwanted)).values():
        gone += [one for one in had if one.key in dropped]
        left = [one for one in had if one.key not in dropped]
        changed += [one for one in with_main(left) if one not in left]
    await store.remove_links(tx, account_id, gone)
    await store.put_links(tx, account_id, changed, now)
    return gone


def _bound(counts: Mapping[Any, int], why: str) -> None:
    if any(count > MOST_LINKS for count in counts.values()):
        raise TooManyLinks(MOST_LINKS, why)


async def _bound_targets(reader: Reader, account_id: int, added: Sequence[Link]) -> None:
    """Refuse more links to one entity than it may have.

    Nothing is locked for it: requests at the same moment may pass the bound by what they add.
    """
    counts = Counter((one.to_type, one.to_id, one.from_type) for one in added)
    for to_type in sorted({one.to_type for one in added}):
        ids = sorted({one.to_id for one in added if one.to_type == to_type})
        for to_id, from_type, present in await store.count_links_to(
            reader, account_id, to_type, ids
        ):
            if (key := (to_type, to_id, from_type)) in counts:
                counts[key] += present
    _bound(counts, "of what links go to")


async def _present(reader: Reader, account_id: int, links: Sequence[Link]) -> list[Link]:
    sources = defaultdict(set)
    for one in links:
        sources[one.from_type].add(one.from_id)
    found: list[Link] = []
    for from_type, from_ids in sources.items():
        found += await store.list_links(reader, account_id, from_type, sorted(from_ids))
    return found


def _by_source(links: Sequence[Link]) -> dict[tuple[str, int], list[Link]]:
    found: dict[tuple[str, int], list[Link]] = defaultdict(list)
    for one in links:
        found[one.from_type, one.from_id].append(one)
    return found
