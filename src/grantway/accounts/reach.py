"""How far a user's right to do something with entities reaches (contract: api-v4.md 2.15, 3.8).

Three answers, in this order: what the user may do in general, how far the right to
view lets the others reach, and what single stages of leads take away. A stage can
only take away: its A leaves the general right as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from grantway.accounts.actor import Actor
from grantway.accounts.model import UserGroup
from grantway.accounts.rights import EntityRights, Right, Rights, TaskRights, narrower

Deed = Literal["view", "edit", "add", "delete", "export"]
Stage = tuple[int, int]
"""A stage by its pipeline and itself: every pipeline closes with the same two stages."""

_NEEDS_VIEW: frozenset[Deed] = frozenset({"edit", "delete", "export"})
_HAS_STAGES = "leads"


class Reach(msgspec.Struct, frozen=True):
    """How far one right reaches, but for entities in *denied_stages*."""

    right: Right
    denied_stages: frozenset[Stage] = frozenset()

    @property
    def is_everything(self) -> bool:
        """Whether there is nothing that the right does not reach."""
        return self.right is Right.ALL and not self.denied_stages


EVERYWHERE = Reach(Right.ALL)


def reach(actor: Actor, entity_type: str, deed: Deed) -> Reach:
    """Return how far the actor's right to *deed* entities of this type reaches.

    Everybody may see, add and export tasks; who sees the entity of a task is asked there.
    """
    if actor.is_administrator:
        return EVERYWHERE
    rights = _on(actor.rights, entity_type)
    if isinstance(rights, TaskRights):
        return Reach(_of_task(rights, deed))
    right: Right = getattr(rights, deed)
    if deed in _NEEDS_VIEW:
        right = narrower(right, rights.view)
    return Reach(right, _denied(actor.rights, entity_type, deed))


def reaches(
    found: Reach,
    actor: Actor,
    *,
    responsible_user_id: int,
    groups: Mapping[int, UserGroup],
    stage: Stage | None = None,
) -> bool:
    """Tell whether *found* reaches the entity of this user, which is in *stage* if it is a lead.

    *groups* are those of the account's users, by user.
    """
    if stage is not None and stage in found.denied_stages:
        return False
    owners = owners_within(found, actor, groups)
    return owners is None or responsible_user_id in owners


def owners_within(
    found: Reach, actor: Actor, groups: Mapping[int, UserGroup]
) -> frozenset[int] | None:
    """Return the users whose entities *found* reaches, or None: whoever is responsible."""
    match found.right:
        case Right.ALL:
            return None
        case Right.GROUP:
            same = (one.user_id for one in groups.values() if one.group_id == actor.group_id)
            return frozenset({actor.user_id, *same})
        case Right.OWN:
            return frozenset({actor.user_id})
        case Right.DENIED:
            return frozenset()


def _on(rights: Rights, entity_type: str) -> EntityRights | TaskRights:
    match entity_type:
        case "leads":
            return rights.leads
        case "contacts":
            return rights.contacts
        case "companies":
            return rights.companies
        case "tasks":
            return rights.tasks
    raise ValueError(f"entities of type {entity_type!r} have no rights")


def _of_task(rights: TaskRights, deed: Deed) -> Right:
    match deed:
        case "edit":
            return rights.edit
        case "delete":
            return rights.delete
    return Right.ALL


def _denied(rights: Rights, entity_type: str, deed: Deed) -> frozenset[Stage]:
    if entity_type != _HAS_STAGES or not rights.status_rights:
        return frozenset()
    needed = {deed, "view"} if deed in _NEEDS_VIEW else {deed}
    return frozenset(
        (one.pipeline_id, one.status_id)
        for one in rights.status_rights
        if one.entity_type == entity_type
        and any(one.rights.get(name) is Right.DENIED for name in needed)
    )
