"""Entities on their way: what a request makes of each, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Generic

import msgspec

from grantway.accounts.actor import Actor
from grantway.accounts.model import UserGroup
from grantway.crm.entities.model import PEOPLE, E, EntityWrite, Written
from grantway.crm.entities.tagging import Tagging
from grantway.crm.fields.model import Fields, merge, parse_values
from grantway.crm.links.model import Link
from grantway.kernel.errors import Violation, not_supported_choice

if TYPE_CHECKING:
    from grantway.crm.entities.kind import Rules

_ROBOT = 0


class Context(msgspec.Struct, frozen=True):
    """What every kind of entity is checked against, read once for all of a request."""

    actor: Actor
    now: int
    is_strict: bool
    fields: Fields
    users: dict[int, UserGroup]
    epoch: int

    def beginnings(self) -> dict[str, Any]:
        """Return the members of a new entity of which nobody has said anything."""
        user_id = self.actor.user_id
        return {
            "responsible_user_id": user_id,
            "created_by": user_id,
            "updated_by": user_id,
            "created_at": self.now,
            "updated_at": self.now,
        }


def people(
    values: Mapping[str, Any], users: Mapping[int, UserGroup], violations: list[Violation]
) -> dict[str, int]:
    """Return the users that *values* name; note those that are none, or not active any more."""
    found = {}
    for name in PEOPLE:
        user_id = values.get(name)
        if user_id is None:
            continue
        user = users.get(user_id)
        is_robot = user_id == _ROBOT and name != "responsible_user_id"
        if not is_robot and (user is None or not user.is_active):
            violations.append(not_supported_choice(name))
        found[name] = user_id
    return found


class Draft(Generic[E]):
    """One entity of a request: as it was, as it will be, and what is wrong with what was sent.

    *links* are those that begin with it.
    """

    def __init__(
        self, context: Context, rules: Rules[E], write: EntityWrite, before: E, *, is_new: bool
    ) -> None:
        self.request_id = write.request_id
        self.values = write.values
        self.violations: list[Violation] = []
        self.is_new = is_new
        self.before = before
        self.links: list[Link] = []
        self.tagging = Tagging(write.values, self.violations)
        self._context = context
        changes = self._common() | rules.changes(self, before)
        self.entity = msgspec.structs.replace(before, **changes)

    def _common(self) -> dict[str, object]:
        context, values = self._context, self.values
        changes: dict[str, object] = {}
        if values.get("name") is not None:
            changes["name"] = values["name"]
        if values.get("created_at") is not None:
            changes["created_at"] = values["created_at"]
        changes["updated_by"] = context.actor.user_id
        changes |= people(values, context.users, self.violations)
        changes["updated_at"] = values.get("updated_at") or context.now
        changed, faults = parse_values(
            context.fields,
            values.get("custom_fields_values"),
            strict=context.is_strict,
            partial=not self.is_new,
        )
        self.violations += faults
        if changed and not faults:
            changes["field_values"] = merge(self.before.field_values, changed)
        return changes

    def written(self) -> Written:
        """Return what became of it, once it is stored."""
        return Written(self.entity.id, self.request_id, self.entity.updated_at)
