"""Groups of fields: the tabs of an entity's card."""

from __future__ import annotations

import msgspec

DEFAULT = "default"
STATISTIC = "statistic"


class FieldGroup(msgspec.Struct, frozen=True, kw_only=True):
    """One group. After a change, *field_ids* are the fields that are in it, in their order."""

    id: str
    entity_type: str
    name: str
    sort: int
    is_predefined: bool = False
    field_ids: tuple[int, ...] | None = None


def predefined_groups(entity_type: str) -> list[FieldGroup]:
    """Return the groups that are there by themselves, and stand in no table."""
    return [
        FieldGroup(id=DEFAULT, entity_type=entity_type, name="Main", sort=0, is_predefined=True),
        FieldGroup(
            id=STATISTIC, entity_type=entity_type, name="Statistics", sort=1, is_predefined=True
        ),
    ]


def stored_group_id(group_id: str) -> str | None:
    """Return how a field keeps the group that it is in: as null when it is the first."""
    return None if group_id == DEFAULT else group_id
