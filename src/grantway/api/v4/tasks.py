"""`/api/v4/tasks` (contract: api-v4.md 4.1)."""

from __future__ import annotations

from typing import Any, ClassVar

from grantway.api.v4.collection import PAGING, any_of, sorted_by
from grantway.api.v4.document_rows import DocumentRows
from grantway.api.v4.entity_query import moments_within, part
from grantway.api.v4.entity_reference import MOMENT, moments
from grantway.asgi.operations import Call, Operation, Parameter
from grantway.asgi.query import Query
from grantway.asgi.schemas import EXAMPLE_ORIGIN
from grantway.crm.entities.document import Link, Links
from grantway.crm.entities.model import EntityPage, EntityWrite, Written
from grantway.crm.tasks import reading, writing
from grantway.crm.tasks.document import TaskDocument
from grantway.crm.tasks.model import (
    CHANGED_TASK,
    ENTITY_TYPES,
    NEW_TASK,
    ONE_TASK,
    ORDERS,
    TASK_TYPES,
    TASKS,
    TaskQuery,
)
from grantway.db import Database, Reader, Transaction

_WHOLE = {"type": "integer"}
_TYPES = [one.id for one in TASK_TYPES]
_LISTS = {
    "ids": "id",
    "responsible_user_ids": "responsible_user_id",
    "task_type_ids": "task_type",
    "entity_ids": "entity_id",
}
_FILTERS = (
    *PAGING,
    any_of("id", "Any of these tasks.", _WHOLE, [1, 2]),
    any_of("responsible_user_id", "Any of these users as `responsible_user_id`.", _WHOLE, [1]),
    Parameter(
        "filter[is_completed]",
        "1: tasks that are done; 0: those that are not.",
        _WHOLE | {"enum": [0, 1]},
        0,
    ),
    any_of("task_type", "Any of these types.", _WHOLE | {"enum": _TYPES}, [1]),
    Parameter(
        "filter[entity_type]",
        "About an entity of this type.",
        {"type": "string", "enum": list(ENTITY_TYPES)},
        "leads",
    ),
    any_of("entity_id", "About any of these entities of that type.", _WHOLE, [1]),
    Parameter("filter[updated_at]", "`updated_at` not before this moment.", _WHOLE, MOMENT),
    *moments(["updated_at"]),
    *sorted_by(ORDERS),
)
_EXAMPLE = TaskDocument(
    id=1,
    created_by=1,
    updated_by=1,
    created_at=MOMENT,
    updated_at=MOMENT,
    responsible_user_id=1,
    group_id=0,
    entity_id=1,
    entity_type="leads",
    duration=0,
    is_completed=False,
    task_type_id=1,
    text="Call back",
    result=[],
    complete_till=MOMENT,
    account_id=1,
    _links=Links(Link(f"{EXAMPLE_ORIGIN}/api/v4/tasks/1")),
)


class _TaskRows(DocumentRows, frozen=True, kw_only=True):
    NEEDED: ClassVar[str] = "`text` and `complete_till` are required:"
    CHANGES: ClassVar[str] = (
        "A task is completed by `is_completed`, usually with the `text` of its `result`."
    )
    MISSING: ClassVar[int] = 404

    async def page(self, reader: Reader, call: Call) -> EntityPage:
        return await reading.page(reader, call.actor, _query(call.query))

    async def find(self, reader: Reader, call: Call) -> bytes | None:
        return await reading.find(reader, call.actor, call.ids["id"])

    async def add(self, tx: Transaction, call: Call, writes: list[EntityWrite]) -> list[Written]:
        return await writing.add(tx, call.actor, writes, call.now)

    async def change(self, tx: Transaction, call: Call, writes: list[EntityWrite]) -> list[Written]:
        return await writing.change(tx, call.actor, writes, call.now)


def operations(db: Database) -> list[Operation]:
    """Return the rows of the table."""
    return _TaskRows(
        db=db,
        one="task",
        many=TASKS,
        tag="Tasks",
        new_shape=NEW_TASK,
        one_shape=ONE_TASK,
        changed_shape=CHANGED_TASK,
        added={
            "text": "Call back",
            "complete_till": MOMENT,
            "entity_id": 1,
            "entity_type": "leads",
        },
        changed={"is_completed": True, "result": {"text": "Wants an offer"}},
        defaults="a task without any other is a follow-up about nothing, for the token's user.",
        filters=_FILTERS,
        shown=TaskDocument,
        example=_EXAMPLE,
    ).operations()


def _query(query: Query) -> TaskQuery:
    """Return what the query string asks for; what is unknown in it restricts nothing."""
    found: dict[str, Any] = {
        member: node.wholes()
        for member, name in _LISTS.items()
        if (node := query.filter(name)) is not None
    }
    if node := query.filter("entity_type"):
        found["entity_types"] = node.texts()
    else:
        # Entities of two types may have the same id.
        found.pop("entity_ids", None)
    if (node := query.filter("is_completed")) and len(wanted := node.wholes()) == 1:
        found["is_completed"] = bool(wanted[0]) if wanted[0] in {0, 1} else None
    if node := query.filter("updated_at"):
        found["updated_at"] = moments_within(node)
    return TaskQuery(**found, **part(query, ORDERS))
