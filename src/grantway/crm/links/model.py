"""A link, in the one direction in which it is kept, and as either side sees it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

LEADS, CONTACTS, COMPANIES = "leads", "contacts", "companies"

KEPT = frozenset({(LEADS, CONTACTS), (LEADS, COMPANIES), (CONTACTS, COMPANIES)})
"""From which type of entity to which: what may be linked, and how it is stored."""

MOST_LINKS = 1_000
"""How many entities of a type may be linked with one: an answer shows all of them."""


class Link(msgspec.Struct, frozen=True, order=True):
    """*is_main* may be true of one contact of a lead."""

    from_type: str
    from_id: int
    to_type: str
    to_id: int
    is_main: bool = False

    @property
    def key(self) -> tuple[str, int, str, int]:
        """What makes it this link."""
        return (self.from_type, self.from_id, self.to_type, self.to_id)


class Neighbour(msgspec.Struct, frozen=True):
    """A link as the entity sees it, whichever side it is on."""

    entity_id: int
    other_type: str
    other_id: int
    is_main: bool


def link_between(
    one_type: str, one_id: int, other_type: str, other_id: int, *, is_main: bool = False
) -> Link | None:
    """Return the link of these two as it is kept; None when such entities are not linked.

    >>> link_between("companies", 7, "leads", 1)
    Link(from_type='leads', from_id=1, to_type='companies', to_id=7, is_main=False)
    >>> link_between("leads", 1, "leads", 2) is None
    True
    """
    is_main = is_main and {one_type, other_type} == {LEADS, CONTACTS}
    if (one_type, other_type) in KEPT:
        return Link(one_type, one_id, other_type, other_id, is_main)
    if (other_type, one_type) in KEPT:
        return Link(other_type, other_id, one_type, one_id, is_main)
    return None


def linked_with(entity_type: str) -> tuple[str, ...]:
    """Return the types of entities that may be linked with one of this type.

    >>> linked_with("contacts")
    ('companies', 'leads')
    """
    found = {one for pair in KEPT if entity_type in pair for one in pair}
    return tuple(sorted(found - {entity_type}))


def put_together(present: Iterable[Link], wanted: Sequence[Link]) -> list[Link]:
    """Return the links of one entity once *wanted* are put to those that are *present*.

    It has one company: another one takes its place. Of a lead's contacts one is
    main: the one that is said to be, or else the first (api-v4.md 3.11).
    """
    found = {one.key: one for one in present}
    for one in wanted:
        if one.to_type == COMPANIES:
            found = {key: kept for key, kept in found.items() if kept.to_type != COMPANIES}
        there = found.get(one.key)
        if there is None or one.is_main:
            found[one.key] = one
        if one.is_main:
            found = {key: kept if key == one.key else _minor(kept) for key, kept in found.items()}
    return with_main(found.values())


def with_main(links: Iterable[Link]) -> list[Link]:
    """Return *links* with a main contact, if they are those of a lead that has any contact."""
    found = list(links)
    contacts = [one for one in found if (one.from_type, one.to_type) == (LEADS, CONTACTS)]
    if not contacts or any(one.is_main for one in contacts):
        return found
    first = contacts[0].key
    return [
        msgspec.structs.replace(one, is_main=True) if one.key == first else one for one in found
    ]


def _minor(link: Link) -> Link:
    return msgspec.structs.replace(link, is_main=False) if link.is_main else link
