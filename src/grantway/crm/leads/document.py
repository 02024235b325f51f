"""A lead as the API prints it, rendered once, when it is written.

Printing a page is then joining fifty ready texts. What a document shows of
other rows (names of tags and fields) is as old as its epoch; one from an
earlier epoch is rendered again when it is read. Addresses depend on the
account's present name, so a document has `BASE` in their place, a character
that JSON cannot contain raw.
"""

from __future__ import annotations

from typing import Any

import msgspec

from grantway.crm.fields.model import Fields, render_values
from grantway.crm.leads.model import Lead
from grantway.crm.tags.model import Tag
from grantway.kernel.shapes import Json

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
    """A tag on a lead."""

    id: int
    name: str
    color: str | None


class Reference(msgspec.Struct, frozen=True):
    """Another entity."""

    id: int
    _links: Links


class Embedded(msgspec.Struct, frozen=True):
    """What belongs to the lead."""

    tags: list[TagShown]
    companies: list[Reference]


class LeadDocument(msgspec.Struct, frozen=True, kw_only=True):
    """The members in the order of the contract."""

    id: int
    name: str
    price: int
    price_with_minor_units: float
    responsible_user_id: int
    group_id: int
    status_id: int
    pipeline_id: int
    loss_reason_id: int | None
    source_id: int | None
    created_by: int
    updated_by: int
    created_at: int
    updated_at: int
    closed_at: int | None
    closest_task_at: int | None
    is_deleted: bool
    custom_fields_values: list[dict[str, Json]] | None
    score: int | None
    account_id: int
    labor_cost: int | None
    is_price_computed: bool
    _links: Links
    _embedded: Embedded


class Surroundings(msgspec.Struct, frozen=True):
    """All that a document shows of other rows."""

    account_id: int
    fields: Fields
    tags: dict[int, Tag]
    groups: dict[int, int]


def render(lead: Lead, around: Surroundings) -> bytes:
    """Return the document of *lead*."""
    tags = (around.tags.get(tag_id) for tag_id in lead.tag_ids)
    document = LeadDocument(
        id=lead.id,
        name=lead.name,
        price=rounded(lead.price_minor),
        price_with_minor_units=lead.price_minor / 100,
        responsible_user_id=lead.responsible_user_id,
        group_id=around.groups.get(lead.responsible_user_id, 0),
        status_id=lead.status_id,
        pipeline_id=lead.pipeline_id,
        loss_reason_id=lead.loss_reason_id,
        source_id=None,
        created_by=lead.created_by,
        updated_by=lead.updated_by,
        created_at=lead.created_at,
        updated_at=lead.updated_at,
        closed_at=lead.closed_at,
        closest_task_at=lead.closest_task_at,
        is_deleted=lead.is_deleted,
        custom_fields_values=render_values(around.fields, lead.field_values),
        score=None,
        account_id=around.account_id,
        labor_cost=None,
        is_price_computed=False,
        _links=Links(Link(f"{BASE}/api/v4/leads/{lead.id}")),
        _embedded=Embedded([TagShown(t.id, t.name, t.color) for t in tags if t], []),
    )
    # Inside a text a quotation mark is escaped, so these bytes are always a member of ours.
    return _encode(document).replace(_ESCAPED_MARK, _MARK)


def rounded(minor: int) -> int:
    """Return hundredths as a whole number of units, halves away from zero.

    >>> rounded(100050), rounded(-100050), rounded(100049)
    (1001, -1001, 1000)
    """
    units, rest = divmod(abs(minor), 100)
    units += rest >= 50
    return units if minor >= 0 else -units


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
