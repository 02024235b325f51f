"""What clients may say about links (contract: api-v4.md 3.11)."""

from __future__ import annotations

from typing import Any

import msgspec

from grantway.crm.links.model import linked_with
from grantway.kernel.shapes import Field, Flag, Line, Nested, Shape, Whole

MOST_ENTITIES = 250
"""How many entities' links may be asked for at once."""

_UPDATED_BY = Whole(
    "A user, or 0 for the robot: who did it. Default: the token's user.", nullable=True
)
_METADATA = Shape({"updated_by": _UPDATED_BY})
_METADATA_OF_LINK = Shape(
    {
        "is_main": Flag("Whether the contact is the lead's main one.", nullable=True),
        "updated_by": _UPDATED_BY,
    }
)


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """A link that is to be made or to go, as one item of a request names it."""

    request_id: str
    entity_id: int
    to_type: str
    to_id: int
    is_main: bool
    updated_by: int | None


class Chosen(msgspec.Struct, frozen=True):
    """Which links are asked for: to this type, to this one; None does not restrict."""

    to_type: str | None = None
    to_id: int | None = None


def link_shape(entity_type: str, *, names_entity: bool) -> Shape:
    """Return what is sent to link entities of this type; with *names_entity*, which one."""
    return _shape(entity_type, _METADATA_OF_LINK, names_entity=names_entity)


def unlink_shape(entity_type: str, *, names_entity: bool) -> Shape:
    """Return what is sent to unlink entities of this type; with *names_entity*, which one."""
    return _shape(entity_type, _METADATA, names_entity=names_entity)


def _shape(entity_type: str, metadata: Shape, *, names_entity: bool) -> Shape:
    entity = Whole("The entity whose link it is.", required=names_entity, nullable=not names_entity)
    fields: dict[str, Field] = {
        "entity_id": entity,
        "to_entity_id": Whole("The other entity.", required=True),
        "to_entity_type": Line(required=True, choices=linked_with(entity_type)),
        "metadata": Nested(metadata, nullable=True),
    }
    return Shape(fields)


def wish(values: dict[str, Any], request_id: str) -> Wish:
    """Return what one of the shapes has read."""
    metadata = values.get("metadata") or {}
    return Wish(
        request_id=request_id,
        entity_id=values["entity_id"],
        to_type=values["to_entity_type"],
        to_id=values["to_entity_id"],
        is_main=bool(metadata.get("is_main")),
        updated_by=metadata.get("updated_by"),
    )
