"""What a task is made of, and what clients may send and ask for (contract: api-v4.md 4.1)."""

from __future__ import annotations

import msgspec

from grantway.crm.entities.model import PEOPLE, TIMES, Listing, Range
from grantway.kernel.shapes import Flag, Line, Moment, Nested, Shape, Text, Whole

TASKS = "tasks"
ENTITY_TYPES = ("leads", "contacts", "companies")
"""What a task may be about, in the order in which everybody locks them."""


class TaskType(msgspec.Struct, frozen=True):
    """A type of tasks that every account has."""

    id: int
    name: str
    code: str


FOLLOW_UP = TaskType(1, "Follow-up", "FOLLOW_UP")
MEETING = TaskType(2, "Meeting", "MEETING")
TASK_TYPES = (FOLLOW_UP, MEETING)

_TYPES = "; ".join(f"{one.id}: {one.name.lower()}" for one in TASK_TYPES)
_RESULT = Shape({"text": Text("What came of it.", nullable=True)})
_TEXT = "What is to be done."
_TILL = "Until when it is to be done."
_WRITABLE = {
    "task_type_id": Whole(f"{_TYPES}. Default: {FOLLOW_UP.id}.", nullable=True),
    "entity_type": Line("Goes with `entity_id`.", nullable=True, choices=ENTITY_TYPES),
    "entity_id": Whole("What the task is about; goes with `entity_type`.", nullable=True),
    "duration": Whole("In seconds. Default: 0.", nullable=True),
    "is_completed": Flag("Whether it is done.", nullable=True),
    "result": Nested(_RESULT, "Usually sent when the task is completed.", nullable=True),
    **PEOPLE,
    **TIMES,
}
NEW_TASK = Shape(
    {"text": Text(_TEXT, required=True), "complete_till": Moment(_TILL, required=True), **_WRITABLE}
)
ONE_TASK = Shape(
    {
        "id": Whole("The task."),
        "text": Text(_TEXT),
        "complete_till": Moment(_TILL),
        **_WRITABLE,
    }
)
CHANGED_TASK = Shape({**ONE_TASK.fields, "id": Whole("The task.", required=True)})

Place = tuple[str, int]
"""What a task is about: the type of an entity, and its id."""


class Task(msgspec.Struct, frozen=True):
    """A task as it is kept. Members are columns, in this order; *result* is its text."""

    id: int
    text: str
    complete_till: int
    task_type_id: int
    entity_type: str | None
    entity_id: int | None
    duration: int
    is_completed: bool
    result: str | None
    responsible_user_id: int
    created_by: int
    updated_by: int
    created_at: int
    updated_at: int

    @property
    def place(self) -> Place | None:
        """What the task is about, if it is about an entity."""
        if self.entity_type is None or self.entity_id is None:
            return None
        return self.entity_type, self.entity_id


class TaskQuery(Listing, frozen=True, kw_only=True):
    """Which tasks, in which order. What is None does not restrict."""

    ids: list[int] | None = None
    responsible_user_ids: list[int] | None = None
    is_completed: bool | None = None
    task_type_ids: list[int] | None = None
    entity_types: list[str] | None = None
    entity_ids: list[int] | None = None
    updated_at: Range | None = None

    @property
    def names_them(self) -> bool:
        """Whether the few that are wanted are named, themselves or by what they are about."""
        return self.ids is not None or self.entity_ids is not None


ORDERS = ("created_at", "complete_till", "id")
"""By what lists can be sorted; otherwise they are by `updated_at` (api-v4.md 2.8)."""
