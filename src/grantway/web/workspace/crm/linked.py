"""What an entity is linked with, as its card shows it, and how that is changed (api-v4.md 3.11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request

from grantway.accounts.reach import reach
from grantway.accounts.rights import Right
from grantway.crm.entities import reading
from grantway.crm.entities.document import opened
from grantway.crm.entities.model import EntityQuery
from grantway.crm.linking import service as linking
from grantway.crm.linking.model import Wish
from grantway.crm.links import service as links
from grantway.crm.links.model import link_between, linked_with
from grantway.crm.pipelines import service as pipelines
from grantway.crm.pipelines.model import DEFAULT_COLOR, Pipelines
from grantway.db import Reader, Transaction
from grantway.kernel.errors import Invalid
from grantway.kernel.shapes import is_storable
from grantway.web.forms import Form
from grantway.web.refusals import PageNotFound
from grantway.web.workspace.crm.card import Card, offers_new
from grantway.web.workspace.crm.card_form import rejected
from grantway.web.workspace.crm.sorts import SORTS, Sort, id_in
from grantway.web.workspace.hall import Guest

_MOST = 30
_MOST_FOUND = 8
_LONGEST_SEARCH = 255
_ORDER: Mapping[str, tuple[str, ...]] = {
    "leads": ("contacts", "companies"),
    "contacts": ("companies", "leads"),
    "companies": ("contacts", "leads"),
}


async def groups_of(
    reader: Reader, guest: Guest, card: Card, request: Request
) -> list[dict[str, Any]]:
    """Return what `card_linked.html` asks for: linked entities by type, those in sight alone."""
    sort = card.sort
    found = await links.neighbours(reader, guest.account.id, sort.entity_type, [card.id])
    neighbours = found.get(card.id, [])
    searched, query = request.query_params.get("link", ""), search_of(request)
    groups = []
    for other in (SORTS[one] for one in _ORDER[sort.entity_type]):
        here = [one for one in neighbours if one.other_type == other.entity_type]
        main = {one.other_id for one in here if one.is_main}
        ids = [one.other_id for one in here]
        seen = await reading.within_reach(reader, guest.actor, other.kind, ids)
        there = [one for one in ids if one in seen]
        movable = await _movable(reader, guest, card, other, there[:_MOST])
        rows = await summaries(reader, guest, other, there[:_MOST])
        may_link = card.may_edit and _may_edit_some(guest, other, sort)
        is_asked = searched == other.entity_type and may_link
        groups.append(
            {
                "sort": other,
                "is_one": _is_one(sort, other),
                "rows": [
                    one
                    | {
                        "is_main": one["id"] in main,
                        "may_unlink": one["id"] in movable,
                        "may_be_main": one["id"] in movable
                        and _has_main(sort, other)
                        and one["id"] not in main,
                    }
                    for one in rows
                ],
                "more": len(there) - len(rows),
                "may_link": may_link,
                "is_asked": is_asked,
                "query": query if is_asked else "",
                "found": await _search(reader, guest, card, other, query, set(ids))
                if is_asked and query
                else [],
                "add_href": f"{other.add_href}?{sort.entity_type}={card.id}"
                if may_link and await offers_new(reader, guest, other)
                else "",
            }
        )
    return groups


async def summaries(
    reader: Reader, guest: Guest, sort: Sort, ids: Sequence[int]
) -> list[dict[str, Any]]:
    """Return a line about each of these entities that the viewer sees, in this order."""
    if not ids:
        return []
    query = EntityQuery(ids=list(ids), limit=len(ids))
    page = await reading.page(reader, guest.actor, sort.kind, query)
    stages = await pipelines.load(reader, guest.account.id) if sort.entity_type == "leads" else None
    lines = {one["id"]: one for one in (_line(d, sort, stages, guest) for d in page.documents)}
    return [lines[one] for one in ids if one in lines]


def _line(printed: bytes, sort: Sort, stages: Pipelines | None, guest: Guest) -> dict[str, Any]:
    document = opened(printed, "")
    line: dict[str, Any] = {
        "id": document["id"],
        "name": document["name"],
        "href": sort.href(document["id"]),
        "phone": reached_by(document, "PHONE"),
        "email": reached_by(document, "EMAIL"),
        "stage": "",
    }
    if stages is not None:
        pipeline = stages.find(document["pipeline_id"])
        stage = pipeline.find(document["status_id"]) if pipeline else None
        line |= {
            "stage": stage.name if stage else "",
            "colour": stage.color if stage else DEFAULT_COLOR,
            "price": document["price"],
            "currency": guest.account.currency,
        }
    return line


def reached_by(document: Mapping[str, Any], code: str) -> str:
    """Return the first telephone number or address of a document."""
    for one in document.get("custom_fields_values") or ():
        if one["field_code"] == code:
            return str(one["values"][0]["value"])
    return ""


def search_of(request: Request) -> str:
    """Return what is searched for; raise PageNotFound when nothing can be called so."""
    text = request.query_params.get("query", "").strip()
    if len(text) > _LONGEST_SEARCH or not is_storable(text):
        raise PageNotFound
    return text


async def put(
    tx: Transaction,
    guest: Guest,
    sort: Sort,
    entity_id: int,
    other: tuple[Sort, int],
    now: int,
    *,
    is_main: bool = False,
) -> None:
    """Link the two; raise FormRejected, Forbidden."""
    wish = _wish(entity_id, other, is_main=is_main)
    try:
        await linking.link(tx, guest.actor, sort.kind, [wish], now)
    except Invalid as error:
        raise rejected(error) from error


async def remove(
    tx: Transaction, guest: Guest, sort: Sort, entity_id: int, other: tuple[Sort, int], now: int
) -> None:
    """Unlink the two; raise FormRejected, Forbidden."""
    try:
        await linking.unlink(tx, guest.actor, sort.kind, [_wish(entity_id, other)], now)
    except Invalid as error:
        raise rejected(error) from error


def other_in(form: Form, sort: Sort) -> tuple[Sort, int]:
    """Return the other entity that the form names; raise PageNotFound."""
    entity_type = form.text("to_type")
    if entity_type not in linked_with(sort.entity_type):
        raise PageNotFound
    return SORTS[entity_type], id_in(form.text("to_id"))


def _wish(entity_id: int, other: tuple[Sort, int], *, is_main: bool = False) -> Wish:
    return Wish(
        request_id="0",
        entity_id=entity_id,
        to_type=other[0].entity_type,
        to_id=other[1],
        is_main=is_main,
        updated_by=None,
    )


def _goes_out_from(sort: Sort, other: Sort) -> str:
    link = link_between(sort.entity_type, 0, other.entity_type, 0)
    return link.from_type if link is not None else ""


def _is_one(sort: Sort, other: Sort) -> bool:
    """Tell whether another link takes the place of the one that is there."""
    return other.entity_type == "companies" and _goes_out_from(sort, other) == sort.entity_type


def _has_main(sort: Sort, other: Sort) -> bool:
    return (sort.entity_type, other.entity_type) == ("leads", "contacts")


async def _movable(
    reader: Reader, guest: Guest, card: Card, other: Sort, ids: Sequence[int]
) -> frozenset[int]:
    """Return those whose link with the card's entity the viewer may change."""
    if not card.may_edit:
        return frozenset()
    if _goes_out_from(card.sort, other) == card.sort.entity_type:
        return frozenset(ids)
    return await reading.within_reach(reader, guest.actor, other.kind, ids, "edit")


def _may_edit_some(guest: Guest, other: Sort, sort: Sort) -> bool:
    if _goes_out_from(sort, other) == sort.entity_type:
        return reach(guest.actor, other.entity_type, "view").right is not Right.DENIED
    return reach(guest.actor, other.entity_type, "edit").right is not Right.DENIED


async def _search(
    reader: Reader, guest: Guest, card: Card, other: Sort, query: str, linked: set[int]
) -> list[dict[str, Any]]:
    """Return what is found and could be linked."""
    # Some of them are linked already, or may not be; a few more do for most searches.
    asked = EntityQuery(search=query, descending=True, limit=_MOST_FOUND * 4)
    page = await reading.page(reader, guest.actor, other.kind, asked)
    ids = [opened(one, "")["id"] for one in page.documents]
    movable = await _movable(reader, guest, card, other, [one for one in ids if one not in linked])
    return await summaries(
        reader, guest, other, [one for one in ids if one in movable][:_MOST_FOUND]
    )
