"""One entity as its card holds it: what is shown, what its form holds, what the viewer may do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from grantway.accounts.reach import Stage, reach
from grantway.accounts.rights import Right
from grantway.crm.entities import reading
from grantway.crm.entities.document import opened
from grantway.crm.fields import groups
from grantway.crm.fields import service as fields
from grantway.crm.fields.model import FieldDefinition
from grantway.crm.fields.model.groups import DEFAULT
from grantway.crm.loss_reasons import service as loss_reasons
from grantway.crm.pipelines import service as pipelines
from grantway.crm.pipelines.model import CLOSED, LOST, Pipelines
from grantway.db import Reader
from grantway.web.forms import Form
from grantway.web.refusals import PageNotFound
from grantway.web.workspace.crm.card_form import CHANGED_MEANWHILE, GENERAL, Held, Typed
from grantway.web.workspace.crm.controls import control_of, held, shown
from grantway.web.workspace.crm.days import Days
from grantway.web.workspace.crm.people import People, people
from grantway.web.workspace.crm.sorts import LEAD, Sort
from grantway.web.workspace.hall import Guest

_MANY = 12
"""So many fields are seen at a glance; more are folded."""

Values = Mapping[int, Sequence[Mapping[str, Any]]]


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """An entity, or one that is to be: then its document is empty.

    *pipelines* are those of leads; None for others.
    """

    sort: Sort
    document: dict[str, Any]
    fields: list[FieldDefinition]
    values: Values
    held: Held
    people: People
    pipelines: Pipelines | None
    may_edit: bool
    may_bin: bool

    @property
    def id(self) -> int:
        """Return the entity's id; 0 when it is to be."""
        found: int = self.document.get("id", 0)
        return found


async def open_card(reader: Reader, guest: Guest, sort: Sort, entity_id: int, days: Days) -> Card:
    """Return the card of an entity that the viewer sees; raise PageNotFound."""
    printed = await reading.find(reader, guest.actor, sort.kind, entity_id)
    if printed is None:
        raise PageNotFound
    document = opened(printed, "")
    team = await people(
        reader,
        guest.account.id,
        [document[name] for name in ("responsible_user_id", "created_by", "updated_by")],
    )
    stage = _stage(document)

    def may(deed: Any) -> bool:
        owner = document["responsible_user_id"]
        return team.may(guest.actor, sort.entity_type, deed, owner, stage)

    definitions = await fields.definitions(reader, guest.account.id, sort.entity_type)
    shown_here = [one for one in definitions.all if not _is_hidden(one, stage)]
    values = {one["field_id"]: one["values"] for one in document["custom_fields_values"] or ()}
    return Card(
        sort=sort,
        document=document,
        fields=shown_here,
        values=values,
        held=Held(
            _members(sort, document),
            {one["id"]: one["name"] for one in document["_embedded"]["tags"]},
            _held_values(shown_here, values, days),
        ),
        people=team,
        pipelines=await _pipelines(reader, guest, sort),
        may_edit=may("edit"),
        may_bin=may("delete"),
    )


async def blank_card(reader: Reader, guest: Guest, sort: Sort, days: Days) -> Card:
    """Return the card of an entity that is to be; raise PageNotFound when none may be added."""
    present = await _pipelines(reader, guest, sort)
    if not may_add(guest, sort, present):
        raise PageNotFound
    definitions = await fields.definitions(reader, guest.account.id, sort.entity_type)
    members = {"responsible_user_id": str(guest.actor.user_id)}
    if present is not None:
        members |= {"price": "", "pipeline_id": str(present.main().id)}
    # The full name of a person is made of both (api-v4.md 3.6).
    is_person = sort.entity_type == "contacts"
    members |= dict.fromkeys(("first_name", "last_name") if is_person else ("name",), "")
    return Card(
        sort=sort,
        document={},
        fields=list(definitions.all),
        values={},
        held=Held(members, {}, _held_values(definitions.all, {}, days)),
        people=await people(reader, guest.account.id),
        pipelines=present,
        may_edit=True,
        may_bin=False,
    )


def may_add(guest: Guest, sort: Sort, present: Pipelines | None) -> bool:
    """Tell whether the viewer may add such entities, leads somewhere at least."""
    if reach(guest.actor, sort.entity_type, "add").right is Right.DENIED:
        return False
    return present is None or bool(_open_pipelines(guest, present, is_new=True))


async def offers_new(reader: Reader, guest: Guest, sort: Sort) -> bool:
    """Tell whether pages offer to add such an entity."""
    return may_add(guest, sort, await _pipelines(reader, guest, sort))


async def form_context(
    reader: Reader,
    guest: Guest,
    card: Card,
    days: Days,
    form: Form | None,
    errors: Mapping[str, str],
) -> dict[str, Any]:
    """Return what `card_fields.html` asks for; with *form*, what was changed in it stays."""
    typed = None if form is None else Typed(form)
    is_late = form is not None and form.text("seen") != card.held.mark
    tags = card.document.get("_embedded", {}).get("tags", [])
    return {
        "members": {
            name: text if typed is None else typed.text(name, text)
            for name, text in card.held.members.items()
        },
        # It may have been changed after the form was refused, too.
        "errors": {**errors, GENERAL: CHANGED_MEANWHILE} if is_late else errors,
        "mark": card.held.mark,
        "currency": guest.account.currency,
        "responsible": card.people.options(card.document.get("responsible_user_id")),
        "pipelines": _pipeline_options(guest, card),
        "loss_reasons": await _loss_reasons(reader, guest, card),
        "tags": [
            {
                "id": one["id"],
                "name": one["name"],
                "colour": f"#{one['color']}" if one["color"] else "",
                "is_kept": typed is None or typed.keeps(one["id"]),
            }
            for one in tags
        ],
        "new_tags": form.text("tags") if form is not None else "",
        "sections": await _sections(reader, guest, card, days, typed),
    }


def stage_strip(guest: Guest, card: Card) -> dict[str, Any] | None:
    """Return the stages of the lead's pipeline, as steps; None for what has no stages."""
    if card.pipelines is None or not card.document:
        return None
    pipeline = card.pipelines.find(card.document["pipeline_id"])
    if pipeline is None:
        return None
    hidden = reach(guest.actor, card.sort.entity_type, "view").denied_stages
    current = card.document["status_id"]
    return {
        "pipeline": pipeline.name,
        "steps": [
            {
                "id": one.id,
                "name": one.name,
                "colour": one.color,
                "is_current": one.id == current,
                "is_closed": one.id in CLOSED,
                # Incoming leads wait there, and nobody puts one back (api-v4.md 3.3).
                "is_open_to": one.id != current and not one.is_unsorted,
            }
            for one in pipeline.visible_stages
            if (pipeline.id, one.id) not in hidden or one.id == current
        ],
    }


def _stage(document: Mapping[str, Any]) -> Stage | None:
    if "pipeline_id" not in document:
        return None
    return document["pipeline_id"], document["status_id"]


def _is_hidden(field: FieldDefinition, stage: Stage | None) -> bool:
    return any((one.pipeline_id, one.status_id) == stage for one in field.hidden_statuses)


def _members(sort: Sort, document: Mapping[str, Any]) -> dict[str, str]:
    found = {
        "name": document["name"],
        "responsible_user_id": str(document["responsible_user_id"]),
    }
    if sort is LEAD:
        found["price"] = _price(document["price_with_minor_units"])
        found["pipeline_id"] = str(document["pipeline_id"])
        if document["status_id"] == LOST:
            found["loss_reason_id"] = str(document["loss_reason_id"] or "")
    if "first_name" in document:
        found |= {name: document[name] for name in ("first_name", "last_name")}
    return found


def _price(amount: float) -> str:
    return f"{amount:.0f}" if amount == int(amount) else f"{amount:.2f}"


def _held_values(
    definitions: Sequence[FieldDefinition], values: Values, days: Days
) -> dict[int, Any]:
    return {
        one.id: held(one, values.get(one.id, ()), days) for one in definitions if control_of(one)
    }


async def _pipelines(reader: Reader, guest: Guest, sort: Sort) -> Pipelines | None:
    return await pipelines.load(reader, guest.account.id) if sort is LEAD else None


def _open_pipelines(guest: Guest, present: Pipelines, *, is_new: bool) -> list[Any]:
    """Return the pipelines in whose first stage the viewer may put a lead and see it."""
    closed = reach(guest.actor, "leads", "view").denied_stages
    if is_new:
        closed |= reach(guest.actor, "leads", "add").denied_stages
    return [
        one
        for one in present.all
        if not one.is_archive and (one.id, one.first_stage().id) not in closed
    ]


def _pipeline_options(guest: Guest, card: Card) -> list[dict[str, str]]:
    if card.pipelines is None:
        return []
    current = card.document.get("pipeline_id")
    open_ones = _open_pipelines(guest, card.pipelines, is_new=not card.document)
    return [
        {"value": str(one.id), "label": one.name}
        for one in card.pipelines.all
        if one in open_ones or one.id == current
    ]


async def _loss_reasons(reader: Reader, guest: Guest, card: Card) -> list[dict[str, str]]:
    if "loss_reason_id" not in card.held.members:
        return []
    found = await loss_reasons.list_reasons(reader, guest.account.id)
    return [{"value": str(one.id), "label": one.name} for one in found]


async def _sections(
    reader: Reader, guest: Guest, card: Card, days: Days, typed: Typed | None
) -> list[dict[str, Any]]:
    """Return the fields by their groups, which have a heading but for the first."""
    present = await groups.list_groups(reader, guest.account.id, card.sort.entity_type)
    known = {one.id for one in present}
    by_group: dict[str, list[dict[str, Any]]] = {}
    for field in card.fields:
        values = card.values.get(field.id, ())
        now_held = card.held.values.get(field.id, "")
        given = now_held if typed is None else typed.value(field, now_held)
        control = shown(field, given, values, days)
        if not card.document and not control["control"]:
            continue  # nothing is there to read yet
        group_id = field.group_id if field.group_id in known else DEFAULT
        by_group.setdefault(group_id or DEFAULT, []).append(control)
    sections = []
    for one in present:
        controls = by_group.get(one.id, [])
        if one.id == DEFAULT:
            sections.append(_section(one.id, "", controls[:_MANY]))
            if controls[_MANY:]:
                sections.append(_section("more", "More fields", controls[_MANY:]))
        elif controls:
            sections.append(_section(one.id, one.name, controls))
    return [one for one in sections if one["controls"]]


def _section(section_id: str, title: str, controls: Sequence[dict[str, Any]]) -> dict[str, Any]:
    filled = sum(not one["is_empty"] for one in controls)
    return {
        "id": section_id,
        "title": title,
        "controls": controls,
        "names": [one["name"] for one in controls],
        "filled": filled,
        "is_open": filled > 0 and len(controls) <= _MANY,
    }
