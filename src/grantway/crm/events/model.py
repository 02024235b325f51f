"""What may be asked of events, and an event as it is read (contract: api-v4.md 2.7, 4.3)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from grantway.crm.changes.model import (
    FIELD_CHANGED,
    event_id,
    moment_of,
    row_id,
    units,
    values_text,
)
from grantway.crm.entities.conditions import NONE, both, either
from grantway.crm.entities.model import Condition, Range
from grantway.crm.events.event_types import EVENT_TYPES, field_of, type_of
from grantway.db import Value
from grantway.kernel.errors import Violation, field_missing, refuse, too_many

MOST_NAMED = 10
"""How many entities, or users, a filter may name (api-v4.md 2.7)."""
MOST_OTHERS = 50
"""How many types and values a filter may name: each becomes a part of a statement."""
MOST_ON_A_PAGE = 100
ENTITY_TYPES: Mapping[str, str] = {
    "lead": "leads",
    "contact": "contacts",
    "company": "companies",
    "task": "tasks",
}
"""Whose events there are, and where in the API these entities stand."""

_PRICE = re.compile(r"-?\d{1,15}(\.\d{1,2})?", re.ASCII)
_PLAIN = ("name_field_changed", "sale_field_changed", FIELD_CHANGED)
"""Types with a value that `filter[value_after][value]` can be."""


class Event(msgspec.Struct, frozen=True):
    """An event as it is kept. *row* is its id in the table."""

    row: int
    kept_type: str
    entity_type: str
    entity_id: int
    created_by: int
    field_id: int | None
    value_before: str | None
    value_after: str | None

    @property
    def id(self) -> str:
        return event_id(self.row)

    @property
    def type(self) -> str:
        return type_of(self.kept_type, self.field_id)

    @property
    def created_at(self) -> int:
        return moment_of(self.row)


class EventPage(msgspec.Struct, frozen=True):
    """Events, newest first, whether more follow, and names of entities by type and id."""

    events: Sequence[Event]
    has_next: bool
    names: Mapping[tuple[str, int], str] = {}


class ValueQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which values, before or after. What is None does not restrict; a stage's part may be."""

    stages: Sequence[tuple[int | None, int | None]] | None = None
    responsible_user_ids: Sequence[int] | None = None
    enum_ids: Sequence[int] | None = None
    value: str | None = None


class EventQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which events. What is None does not restrict."""

    rows: Sequence[int] | None = None
    created_at: Range | None = None
    created_by: Sequence[int] | None = None
    entity_types: Sequence[str] | None = None
    entity_ids: Sequence[int] | None = None
    types: Sequence[str] | None = None
    before: ValueQuery | None = None
    after: ValueQuery | None = None
    offset: int = 0
    limit: int = 50


def check(query: EventQuery) -> None:
    """Raise Invalid for filters that the dialect does not take (api-v4.md 2.7)."""
    faults: list[Violation] = []
    bounded: list[tuple[str, Sequence[Any] | None, int]] = [
        ("entity_id", query.entity_ids, MOST_NAMED),
        ("created_by", query.created_by, MOST_NAMED),
        ("type", query.types, MOST_OTHERS),
    ]
    for side, values in (("value_before", query.before), ("value_after", query.after)):
        if values is not None:
            bounded += [
                (f"{side}.leads_statuses", values.stages, MOST_OTHERS),
                (f"{side}.responsible_user_id", values.responsible_user_ids, MOST_OTHERS),
                (f"{side}.custom_field_values", values.enum_ids, MOST_OTHERS),
            ]
    faults += [
        too_many(f"filter.{name}", most)
        for name, wanted, most in bounded
        if wanted is not None and len(wanted) > most
    ]
    if query.entity_ids is not None and len(query.entity_types or ()) != 1:
        faults.append(field_missing("filter.entity"))
    refuse([("0", faults)])


def conditions(query: EventQuery) -> tuple[list[Condition], list[Condition]]:
    """Return what all events meet, and of what each meets one, if there is anything.

    No event meets two of the latter, and each has an index in the order of time.
    """
    common = _between(query.created_at)
    choices: list[list[Condition]] = []
    if query.rows is not None:
        common.append(Condition("id in (:rows)", {"rows": query.rows}))
    if query.entity_ids is not None:
        choices.append(_equal("entity_id", query.entity_ids))
    if query.types is not None:
        choices.append(_types(query.types))
    if query.created_by is not None:
        choices.append(_equal("created_by", query.created_by))
    if query.entity_types is not None:
        known = [one for one in query.entity_types if one in ENTITY_TYPES]
        common.append(Condition("entity_type in (:entity_types)", {"entity_types": known}))
    for column, wanted in (("value_before", query.before), ("value_after", query.after)):
        if wanted is not None:
            common += _values(column, wanted)
    first, *others = choices or [[]]
    if query.rows is not None:
        first, others = [], choices
    return common + [either(one) for one in others], first or ([NONE] if choices else [])


def _between(ends: Range | None) -> list[Condition]:
    """Restrict the moment, with which an id begins."""
    found = []
    if ends is not None and ends.least is not None:
        found.append(Condition("id >= :least", {"least": _row(ends.least)}))
    if ends is not None and ends.most is not None:
        found.append(Condition("id < :most", {"most": _row(ends.most + 1)}))
    return found


def _row(moment: int) -> int:
    return row_id(max(0, min(moment, 2**33)), 0)


def _equal(column: str, wanted: Sequence[int]) -> list[Condition]:
    return [
        Condition(f"{column} = :{column}_{n}", {f"{column}_{n}": one})
        for n, one in enumerate(dict.fromkeys(wanted))
    ]


def _types(wanted: Sequence[str]) -> list[Condition]:
    known = [one for one in dict.fromkeys(wanted) if one in EVENT_TYPES]
    found = [Condition(f"type = :type_{n}", {f"type_{n}": one}) for n, one in enumerate(known)]
    if FIELD_CHANGED not in known:
        ids = {field_id for one in wanted if (field_id := field_of(one)) is not None}
        found += _equal("field_id", sorted(ids))
    return found


def _values(column: str, wanted: ValueQuery) -> list[Condition]:
    """Restrict values by how they are written: always in the same way (see `values_text`)."""
    found: list[Condition] = []
    if wanted.stages is not None:
        found.append(either([_stage(column, n, *one) for n, one in enumerate(wanted.stages)]))
    if wanted.responsible_user_ids is not None:
        name = f"{column}_users"
        texts = [
            values_text([{"responsible_user": {"id": one}}]) or ""
            for one in wanted.responsible_user_ids
        ]
        found.append(
            Condition(
                f"type = 'entity_responsible_changed' and {column} in (:{name})", {name: texts}
            )
        )
    if wanted.enum_ids is not None:
        several = [
            _contains(column, f"enum_{n}", f'"enum_id":{one},')
            for n, one in enumerate(wanted.enum_ids)
        ]
        found.append(both(Condition(f"type = '{FIELD_CHANGED}'", {}), either(several)))
    if wanted.value is not None:
        text = msgspec.json.encode(wanted.value).decode()
        several = [_contains(column, "text", f":{text}}}}}")]
        if _PRICE.fullmatch(wanted.value):
            price = units(round(float(wanted.value) * 100))
            several.append(_contains(column, "price", f'"sale":{price}}}}}'))
        plain: dict[str, Value] = {"plain_types": list(_PLAIN)}
        found.append(both(Condition("type in (:plain_types)", plain), either(several)))
    return found


def _stage(column: str, n: int, pipeline_id: int | None, status_id: int | None) -> Condition:
    parts = [Condition("type = 'lead_status_changed'", {})]
    if status_id is not None:
        parts.append(_contains(column, f"status_{n}", f'"id":{status_id},'))
    if pipeline_id is not None:
        parts.append(_contains(column, f"pipeline_{n}", f'"pipeline_id":{pipeline_id}}}'))
    return both(*parts)


def _contains(column: str, name: str, part: str) -> Condition:
    """Ask for a part of a text, its letters as they are: SQLite's `like` takes A for a."""
    value = f"{column}_{name}"
    return Condition(f"{column} <> replace({column}, :{value}, '')", {value: part})


def elements(kept: str | None) -> list[dict[str, Any]]:
    """Return the values as they are answered."""
    return [] if kept is None else _decode(kept)


_decode = msgspec.json.Decoder(list[dict[str, Any]]).decode
