"""What query strings ask of events (contract: api-v4.md 2.7, 4.3)."""

from __future__ import annotations

from grantway.api.v4.collection import any_of
from grantway.api.v4.entity_query import moments_within
from grantway.api.v4.entity_reference import moments
from grantway.asgi.operations import Call, Parameter
from grantway.asgi.query import Node
from grantway.crm.changes.model import row_of
from grantway.crm.events.model import ENTITY_TYPES, MOST_NAMED, EventQuery, ValueQuery

_WHOLE = {"type": "integer"}
_TEXT = {"type": "string"}
_SIDES = (("value_before", "before"), ("value_after", "after"))

PARAMETERS = (
    any_of("id", "Any of these events.", _TEXT, ["01HF7YAT000000000000000003"]),
    *moments(["created_at"]),
    any_of("created_by", f"By any of these users, {MOST_NAMED} at most.", _WHOLE, [1]),
    any_of(
        "entity",
        f"Of entities of these types: {', '.join(f'`{one}`' for one in ENTITY_TYPES)}.",
        _TEXT,
        ["lead"],
    ),
    any_of(
        "entity_id",
        f"Of these entities, {MOST_NAMED} at most; needs exactly one `filter[entity]`.",
        _WHOLE,
        [1],
    ),
    any_of(
        "type",
        "Of these types; `custom_field_{id}_value_changed` names one field, "
        "`custom_field_value_changed` any.",
        _TEXT,
        ["lead_added", "lead_status_changed"],
    ),
    *(
        parameter
        for name, side in _SIDES
        for parameter in (
            *(
                Parameter(
                    f"filter[{name}][leads_statuses][0][{part}]",
                    f"Stages of leads {side} the change.",
                    _WHOLE,
                    142,
                )
                for part in ("pipeline_id", "status_id")
            ),
            Parameter(
                f"filter[{name}][responsible_user_id]",
                f"Responsible users {side} the change, separated by commas.",
                _TEXT,
                "1,2",
            ),
            Parameter(
                f"filter[{name}][custom_field_values]",
                f"Choices of a custom field {side} the change, separated by commas.",
                _TEXT,
                "12,13",
            ),
            Parameter(
                f"filter[{name}][value]",
                f"Exactly this name, price or text of a custom field {side} the change.",
                _TEXT,
                "First order",
            ),
        )
    ),
)


def event_query(call: Call) -> EventQuery:
    """Return what the query string asks for; what is unknown in it restricts nothing."""
    query = call.query
    ids, within = query.filter("id"), query.filter("created_at")
    sides = (_values(query.filter(name)) for name, _ in _SIDES)
    before, after = sides
    return EventQuery(
        rows=None if ids is None else _rows(ids),
        created_at=None if within is None else moments_within(within),
        created_by=_wholes(query.filter("created_by")),
        entity_types=_texts(query.filter("entity")),
        entity_ids=_wholes(query.filter("entity_id")),
        types=_texts(query.filter("type")),
        before=before,
        after=after,
        offset=query.offset,
        limit=query.limit,
    )


def _texts(node: Node | None) -> list[str] | None:
    """Return the texts of a filter; commas separate, too (api-v4.md 2.7)."""
    if node is None:
        return None
    parts = (part.strip() for leaf in node.leaves() for part in leaf.split(","))
    return list(dict.fromkeys(part for part in parts if part))


def _rows(node: Node) -> list[int]:
    return [row for one in _texts(node) or () if (row := row_of(one)) is not None]


def _wholes(node: Node | None) -> list[int] | None:
    return None if node is None else node.wholes()


def _values(node: Node | None) -> ValueQuery | None:
    if node is None:
        return None
    stages, value = node.below("leads_statuses"), node.below("value")
    return ValueQuery(
        stages=None
        if stages is None
        else [
            (_one(one.below("pipeline_id")), _one(one.below("status_id")))
            for one in stages.children.values()
        ],
        responsible_user_ids=_wholes(node.below("responsible_user_id")),
        enum_ids=_wholes(node.below("custom_field_values")),
        value=value.values[-1] if value and value.values else None,
    )


def _one(node: Node | None) -> int | None:
    found = _wholes(node)
    return found[0] if found else None
