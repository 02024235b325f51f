"""Rights as the API takes them, of users and of roles (contract: api-v4.md 3.8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from grantway.accounts.rights import EntityRights, Right, Rights, StatusRight, TaskRights, narrower
from grantway.kernel.errors import Violation, not_supported_choice
from grantway.kernel.shapes import Field, Flag, Items, Line, Nested, Shape, Whole

B = TypeVar("B", EntityRights, TaskRights)
HasStage = Callable[[int, int], bool]
"""Tells whether the account has the stage of (pipeline, stage)."""

_MOST_STAGES = 500
_ON_ENTITIES = ("leads", "contacts", "companies")
_RIGHTS = [right.value for right in Right]
_YES_OR_NO = [Right.ALL.value, Right.DENIED.value]
_DENIED = EntityRights(
    view=Right.DENIED,
    edit=Right.DENIED,
    add=Right.DENIED,
    delete=Right.DENIED,
    export=Right.DENIED,
)
NOTHING = Rights(
    leads=_DENIED,
    contacts=_DENIED,
    companies=_DENIED,
    tasks=TaskRights(edit=Right.DENIED, delete=Right.DENIED),
    mail_access=False,
    catalog_access=False,
)
"""What somebody may do to whom nothing was given."""


def _block(*names: str, add: bool = False, about: str = "") -> Nested:
    fields: dict[str, Field] = {
        name: Line(choices=_YES_OR_NO if name == "add" else _RIGHTS) for name in names
    }
    if add:
        fields["add"] = Line(choices=_YES_OR_NO)
    return Nested(Shape(fields), about)


_STAGE = Shape(
    {
        "entity_type": Line(required=True, choices=["leads"]),
        "pipeline_id": Whole(required=True),
        "status_id": Whole(required=True),
        "rights": Nested(
            Shape(
                {name: Line(choices=_YES_OR_NO) for name in ("view", "edit", "delete", "export")}
            ),
            required=True,
        ),
    }
)
_ABOUT_BLOCK = "What is not named is denied. A narrow `view` narrows `edit`, `delete`, `export`."
RIGHTS: Mapping[str, Field] = {
    **{
        name: _block("view", "edit", "delete", "export", add=True, about=_ABOUT_BLOCK)
        for name in _ON_ENTITIES
    },
    "tasks": _block("edit", "delete", about="What is not named is denied."),
    "mail_access": Flag(),
    "catalog_access": Flag(),
    "status_rights": Items(
        Nested(_STAGE),
        "What single stages take away: `D` denies, `A` leaves the right as it is.",
        nullable=True,
        most=_MOST_STAGES,
    ),
}
"""The members of `rights` that users and roles have in common."""


class RightsSent(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of rights that a request names."""

    leads: EntityRights | UnsetType = UNSET
    contacts: EntityRights | UnsetType = UNSET
    companies: EntityRights | UnsetType = UNSET
    tasks: TaskRights | UnsetType = UNSET
    mail_access: bool | UnsetType = UNSET
    catalog_access: bool | UnsetType = UNSET
    status_rights: list[StatusRight] | UnsetType | None = UNSET

    def applied_to(self, before: Rights) -> Rights:
        """Return the rights with the parts that were sent in place of those before."""
        sent = {name: getattr(self, name) for name in self.__struct_fields__}
        named = {name: value for name, value in sent.items() if value is not UNSET}
        return msgspec.structs.replace(before, **named)

    def missing(self) -> list[str]:
        """Return the blocks that a full set of rights must have and this one has not."""
        return [name for name in _ON_ENTITIES if getattr(self, name) is UNSET]

    def faults(self, has_stage: HasStage) -> list[Violation]:
        """Return what is wrong with stages that the account has not."""
        return [
            not_supported_choice(f"rights.status_rights.{n}.status_id")
            for n, one in enumerate(self.status_rights or [])
            if not has_stage(one.pipeline_id, one.status_id)
        ]


def rights_sent(values: Mapping[str, Any]) -> RightsSent:
    """Return what the shape `RIGHTS` has read; a block narrows itself to what it lets see."""
    sent: dict[str, Any] = {
        name: _narrowed(values[name]) for name in _ON_ENTITIES if values.get(name) is not None
    }
    if values.get("tasks") is not None:
        sent["tasks"] = _filled(TaskRights, values["tasks"])
    for name in ("mail_access", "catalog_access"):
        if values.get(name) is not None:
            sent[name] = values[name]
    if "status_rights" in values:
        sent["status_rights"] = [
            msgspec.convert(one, StatusRight) for one in values["status_rights"] or []
        ] or None
    return RightsSent(**sent)


def _narrowed(block: Mapping[str, str]) -> EntityRights:
    rights = _filled(EntityRights, block)
    return msgspec.structs.replace(
        rights,
        edit=narrower(rights.edit, rights.view),
        delete=narrower(rights.delete, rights.view),
        export=narrower(rights.export, rights.view),
    )


def _filled(kind: type[B], block: Mapping[str, str]) -> B:
    return kind(**{name: Right(block.get(name, Right.DENIED)) for name in kind.__struct_fields__})
