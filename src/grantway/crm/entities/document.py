"""An entity as the API prints it, rendered once, when it is written.

Printing a page is then joining fifty ready texts. What a document shows of
other rows (names of tags and fields) is as old as its epoch; one from an
earlier epoch is rendered again when it is read. Addresses depend on the
account's present name, so a document has `BASE` in their place, a character
that JSON cannot contain raw.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from grantway.crm.entities.model import Entity
from grantway.crm.fields.model import Fields
from grantway.crm.tags.model import Tag

BASE = "\x01"
_BASE = BASE.encode()
_MARK = b'"href":"\x01'
_ESCAPED_MARK = b'"href":"\\u0001'


class Link(msgspec.Struct, frozen=True):
    """An absolute address."""

    href: str


class Links(msgspec.Struct, frozen=True, rename={"this": "self"}):
    """The address of the resource itself."""

    this: Link


class TagShown(msgspec.Struct, frozen=True):
    """A tag on an entity."""

    id: int
    name: str
    color: str | None


class Reference(msgspec.Struct, frozen=True):
    """Another entity."""

    id: int
    _links: Links


class Surroundings(msgspec.Struct, frozen=True):
    """All that a document shows of other rows. *companies* are told by the entity's id."""

    account_id: int
    fields: Fields
    tags: Mapping[int, Tag]
    groups: Mapping[int, int]
    companies: Mapping[int, int] = {}

    def tags_of(self, entity: Entity) -> list[TagShown]:
        """Return what is shown of the entity's tags."""
        tags = (self.tags.get(tag_id) for tag_id in entity.tag_ids)
        return [TagShown(one.id, one.name, one.color) for one in tags if one]

    def companies_of(self, entity: Entity) -> list[Reference]:
        """Return the entity's company, if it has one."""
        company_id = self.companies.get(entity.id)
        return [] if company_id is None else [Reference(company_id, own("companies", company_id))]

    def group_of(self, entity: Entity) -> int:
        """Return the group of the responsible user; 0 is the first of all."""
        return self.groups.get(entity.responsible_user_id, 0)


def own(entity_type: str, entity_id: int) -> Links:
    """Return the address of an entity."""
    return Links(Link(f"{BASE}/api/v4/{entity_type}/{entity_id}"))


def encoded(document: msgspec.Struct) -> bytes:
    """Return the text of a document."""
    # Inside a text a quotation mark is escaped, so these bytes are always a member of ours.
    return _encode(document).replace(_ESCAPED_MARK, _MARK)


_encode = msgspec.json.Encoder().encode


def addressed(documents: list[bytes], origin: str) -> bytes:
    r"""Return the documents, separated by commas, with the account's address in them.

    >>> addressed([b'{"href":"\x01/api"}'], "https://acme.kommo.com")
    b'{"href":"https://acme.kommo.com/api"}'
    """
    return b",".join(documents).replace(_BASE, origin.encode())


def opened(document: bytes, origin: str) -> dict[str, Any]:
    """Return a document as an object, for answers that add to it."""
    found: dict[str, Any] = msgspec.json.decode(addressed([document], origin))
    return found
