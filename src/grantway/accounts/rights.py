"""What a user may do in an account (contract: api-v4.md 3.8)."""

from __future__ import annotations

import enum

import msgspec


class Right(enum.StrEnum):
    """How far a right reaches."""

    ALL = "A"
    GROUP = "G"
    OWN = "M"
    DENIED = "D"


_NARROWEST_FIRST = (Right.DENIED, Right.OWN, Right.GROUP, Right.ALL)


def narrower(one: Right, other: Right) -> Right:
    """Return the right that reaches less far.

    >>> narrower(Right.ALL, Right.OWN).value, narrower(Right.DENIED, Right.GROUP).value
    ('M', 'D')
    """
    return min(one, other, key=_NARROWEST_FIRST.index)


class EntityRights(msgspec.Struct, frozen=True, kw_only=True):
    """The rights on one kind of entity."""

    view: Right = Right.ALL
    edit: Right = Right.ALL
    add: Right = Right.ALL
    delete: Right = Right.ALL
    export: Right = Right.ALL


class TaskRights(msgspec.Struct, frozen=True, kw_only=True):
    """The rights on tasks, which everybody may see and add."""

    edit: Right = Right.ALL
    delete: Right = Right.ALL


class StatusRight(msgspec.Struct, frozen=True, kw_only=True):
    """Rights that differ in one stage of a pipeline."""

    entity_type: str
    pipeline_id: int
    status_id: int
    rights: dict[str, Right]


class Rights(msgspec.Struct, frozen=True, kw_only=True):
    """All rights of one user in one account, as they are stored."""

    leads: EntityRights = EntityRights()
    contacts: EntityRights = EntityRights()
    companies: EntityRights = EntityRights()
    tasks: TaskRights = TaskRights()
    mail_access: bool = True
    catalog_access: bool = True
    status_rights: list[StatusRight] | None = None


EVERYTHING = Rights()
"""What an administrator may do."""

ORDINARY = Rights(
    leads=EntityRights(delete=Right.DENIED, export=Right.DENIED),
    contacts=EntityRights(delete=Right.DENIED, export=Right.DENIED),
    companies=EntityRights(delete=Right.DENIED, export=Right.DENIED),
    mail_access=False,
)
"""What a user may do unless the account says otherwise."""
