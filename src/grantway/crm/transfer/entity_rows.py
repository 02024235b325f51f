"""Rows of leads, contacts and companies: checked by the API's shapes and rules, and stored."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic

import msgspec

from grantway.crm.companies.kind import COMPANIES
from grantway.crm.companies.model import NEW_COMPANY
from grantway.crm.contacts.kind import CONTACTS
from grantway.crm.contacts.model import NEW_CONTACT
from grantway.crm.entities.drafts import Context, Draft
from grantway.crm.entities.kind import Kind, Rules
from grantway.crm.entities.model import E, EntityWrite
from grantway.crm.entities.writing import adopt
from grantway.crm.leads.kind import LEADS
from grantway.crm.leads.model import NEW_LEAD
from grantway.crm.links.model import COMPANIES as TO_COMPANIES
from grantway.crm.links.model import Link, put_together
from grantway.crm.tags.model import TagRef
from grantway.crm.transfer.desk import Desk, Words, tag_refs
from grantway.crm.transfer.model import Row, shown
from grantway.crm.transfer.references import Checked, References, not_imported
from grantway.db import Transaction
from grantway.kernel.errors import Invalid, Violation, invalid_type
from grantway.kernel.shapes import Shape, whole_number

_PART = 500
"""Rows that are stored while as many more are checked."""
_BY_DESK = {"custom_fields_values", "_embedded", "tags_to_add"}


class _Drafted(msgspec.Struct, Generic[E], frozen=True):
    """What a row becomes: the entity without its tags, those, and its links."""

    entity: E
    old_id: int | None
    tags: list[TagRef]
    colors: dict[str, str]
    links: list[Link]


class EntityRows(Generic[E]):
    """One kind. *translate* puts into a row what its ids are called in this account."""

    def __init__(
        self,
        kind: Kind[E],
        shape: Shape,
        links_to: Sequence[str],
        translate: Callable[[Desk, dict[str, Any], dict[str, Any], list[Violation]], None],
    ) -> None:
        self._kind = kind
        self._shape = shape
        self._links_to = links_to
        self._translate = translate
        self._members = [name for name in shape.fields if name not in _BY_DESK]

    async def take(
        self, tx: Transaction, desk: Desk, references: References, rows: Sequence[Row]
    ) -> tuple[int, list[tuple[Row, list[Violation]]]]:
        """Store the rows that nothing is wrong with; return their number, and the others."""
        entity_type = self._kind.entity_type
        checked = await references.check(tx, entity_type, rows)
        words = await desk.words(tx, entity_type, [row.value for row in rows])
        context = desk.context(words)
        rules = self._kind.rules(context)
        await rules.load(tx)
        linked = await references.named(tx, self._names(checked))
        ids = await tx.take_ids(self._kind.series, len(rows))
        drafted: list[_Drafted[E]] = []

        def draft(first: int) -> list[_Drafted[E]]:
            part = zip(ids[first : first + _PART], checked[first : first + _PART], strict=True)
            found = (self._drafted(desk, words, rules, one, id_, linked) for id_, one in part)
            return [one for one in found if one is not None]

        ahead = draft(0)
        for following in range(_PART, len(rows) + _PART, _PART):
            drafted += ahead
            _, ahead = await asyncio.gather(
                self._put(tx, desk, references, words, context, ahead),
                asyncio.to_thread(draft, following),
            )
        return len(drafted), [(one.row, one.violations) for one in checked if one.violations]

    async def _put(
        self,
        tx: Transaction,
        desk: Desk,
        references: References,
        words: Words,
        context: Context,
        drafted: Sequence[_Drafted[E]],
    ) -> None:
        """Store entities with their tags and links, and what became of their ids."""
        entity_type = self._kind.entity_type
        # Of several colours for one tag, the first counts.
        colors = {name: its for one in reversed(drafted) for name, its in one.colors.items()}
        tagged = await desk.tag_ids(tx, entity_type, words, [one.tags for one in drafted], colors)
        entities = [
            msgspec.structs.replace(one.entity, tag_ids=tag_ids) if tag_ids else one.entity
            for one, tag_ids in zip(drafted, tagged, strict=True)
        ]
        begun = [link for one in drafted for link in one.links]
        companies = {link.from_id: link.to_id for link in begun if link.to_type == TO_COMPANIES}
        await adopt(tx, context, self._kind, entities, begun, desk.around(words, companies))
        new_ids = {one.old_id: one.entity.id for one in drafted if one.old_id is not None}
        await references.keep(tx, entity_type, new_ids)

    def _drafted(
        self,
        desk: Desk,
        words: Words,
        rules: Rules[E],
        one: Checked,
        entity_id: int,
        linked: Mapping[tuple[str, int], int],
    ) -> _Drafted[E] | None:
        """Return what becomes of the row; None when something is wrong with it."""
        draft = self._draft(desk, words, rules, one, entity_id)
        begun = self._links(desk, one, entity_id, linked)
        colors: dict[str, str] = {}
        refs = tag_refs(_embedded(one.raw).get("tags"), colors, one.violations)
        if draft is None or one.violations:
            return None
        return _Drafted(draft, one.old_id, refs, colors, begun)

    def _draft(
        self, desk: Desk, words: Words, rules: Rules[E], one: Checked, entity_id: int
    ) -> E | None:
        """Return what becomes of the row; note what is wrong with it."""
        raw, violations = one.raw, one.violations
        sent = {name: raw[name] for name in self._members if name in raw}
        desk.people(raw, sent, violations)
        self._translate(desk, raw, sent, violations)
        if raw.get("custom_fields_values"):
            sent["custom_fields_values"] = words.matcher.translated(
                raw["custom_fields_values"], violations
            )
        values = self._shape.read(sent, "", violations)
        if violations:
            return None  # what is missing now would be found wrong once more
        write = EntityWrite(str(one.row.line), values)
        try:
            draft = Draft(rules.context, rules, write, rules.blank(entity_id), is_new=True)
        except Invalid as error:
            violations.append(_said(error))
            return None
        violations += draft.violations
        is_deleted = raw.get("is_deleted") or False
        if not isinstance(is_deleted, bool):
            violations.append(invalid_type("is_deleted", "bool"))
        if is_deleted and not violations:
            return msgspec.structs.replace(draft.entity, is_deleted=True)
        return draft.entity

    def _names(self, checked: Sequence[Checked]) -> list[tuple[str, Any]]:
        return [
            (other, named.get("id"))
            for one in checked
            for other in self._links_to
            for named in _named(one.raw, other)
            if isinstance(named, dict)
        ]

    def _links(
        self, desk: Desk, one: Checked, entity_id: int, linked: Mapping[tuple[str, int], int]
    ) -> list[Link]:
        found: list[Link] = []
        if not one.raw.get("_embedded"):
            return found
        for other in self._links_to:
            for n, named in enumerate(_named(one.raw, other)):
                path = f"_embedded.{other}.{n}"
                old_id = whole_number(named.get("id")) if isinstance(named, dict) else None
                if old_id is None:
                    one.violations.append(invalid_type(f"{path}.id", "int"))
                elif (new_id := linked.get((other, old_id))) is not None:
                    link = Link(
                        self._kind.entity_type,
                        entity_id,
                        other,
                        new_id,
                        self._kind is LEADS and other == "contacts" and bool(named.get("is_main")),
                    )
                    found = put_together(found, [link])
                elif not desk.options.skips_links:
                    one.violations.append(not_imported(f"{path}.id", other))
        return found


def _embedded(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    found = raw.get("_embedded")
    return found if isinstance(found, dict) else {}


def _named(raw: Mapping[str, Any], other: str) -> list[Any]:
    found = _embedded(raw).get(other)
    return found if isinstance(found, list) else []


def _said(error: Invalid) -> Violation:
    told = "; ".join(str(one) for one in (error.errors or {}).values()) or error.detail
    return Violation("NotSupportedChoice", "", told)


def _as_it_is(
    desk: Desk, raw: dict[str, Any], sent: dict[str, Any], violations: list[Violation]
) -> None:
    """Translate nothing beside what every entity has."""


def _of_lead(
    desk: Desk, raw: dict[str, Any], sent: dict[str, Any], violations: list[Violation]
) -> None:
    """Translate stage and loss reason; keep the decimals of the price."""
    if raw.get("price_with_minor_units") is not None:
        sent["price"] = raw["price_with_minor_units"]
    old = (raw.get("pipeline_id"), raw.get("status_id"))
    # Without one of them it is no stage that an answer names: the API's rules complete it.
    new = None if None in old else desk.stage(old)
    if new is not None:
        sent["pipeline_id"], sent["status_id"] = new
    elif None not in old:
        told = (
            "A stage of this account: write in the map which one "
            f'{shown(f"{old[0]}/{old[1]}")} is here, under "stages".'
        )
        violations.append(Violation("NotSupportedChoice", "status_id", told))
    if raw.get("loss_reason_id") is not None:
        sent.pop("loss_reason_id")
        reason_id = _loss_reason(desk, raw)
        if reason_id is None:
            name = _loss_reason_name(raw)
            by_name = "" if name is None else f"add {shown(name)}, or "
            told = (
                f"A loss reason of this account: {by_name}write in the map which one "
                f'{shown(str(raw["loss_reason_id"]))} is here, under "loss_reasons".'
            )
            violations.append(Violation("NotSupportedChoice", "loss_reason_id", told))
        sent["loss_reason_id"] = reason_id


def _loss_reason(desk: Desk, raw: Mapping[str, Any]) -> int | None:
    """Return the reason by the map, by its name if the row has it, or by its id."""
    old = whole_number(raw["loss_reason_id"])
    mapped = desk.options.maps.loss_reasons.get(old) if old is not None else None
    if mapped is not None:
        return mapped
    name = _loss_reason_name(raw)
    if name is not None:
        return desk.loss_reasons.get(name)
    return old if old in desk.loss_reason_ids else None


def _loss_reason_name(raw: Mapping[str, Any]) -> str | None:
    names = (one.get("name") for one in _named(raw, "loss_reason") if isinstance(one, dict))
    return next((name for name in names if isinstance(name, str)), None)


LEAD_ROWS = EntityRows(LEADS, NEW_LEAD, ("contacts", "companies"), _of_lead)
CONTACT_ROWS = EntityRows(CONTACTS, NEW_CONTACT, ("companies",), _as_it_is)
COMPANY_ROWS = EntityRows(COMPANIES, NEW_COMPANY, (), _as_it_is)
