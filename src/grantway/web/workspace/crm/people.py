"""The users of an account, as forms offer them and pages name them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.accounts.model import UserGroup
from grantway.accounts.reach import Deed, Stage, reach, reaches
from grantway.db import Reader

_ROBOT = 0


class People:
    """Who works in the account, and what everybody is called that a page names."""

    def __init__(self, groups: Mapping[int, UserGroup], names: Mapping[int, str]) -> None:
        self.groups = groups
        self._names = names

    def name(self, user_id: int) -> str:
        """Return what the user is called."""
        return "Robot" if user_id == _ROBOT else self._names.get(user_id, "Nobody")

    def options(self, chosen: int | None = None) -> list[dict[str, Any]]:
        """Return who can be made responsible; who is already, stays among them."""
        found = [
            {"value": str(one.user_id), "label": self.name(one.user_id), "is_active": one.is_active}
            for one in self.groups.values()
            if one.is_active or one.user_id == chosen
        ]
        if chosen is not None and chosen not in self.groups:
            found.append({"value": str(chosen), "label": self.name(chosen), "is_active": False})
        return sorted(found, key=lambda one: str(one["label"]).casefold())

    def may(
        self,
        actor: Actor,
        entity_type: str,
        deed: Deed,
        responsible_user_id: int,
        stage: Stage | None = None,
    ) -> bool:
        """Tell whether the actor's right reaches what this user is responsible for."""
        return reaches(
            reach(actor, entity_type, deed),
            actor,
            responsible_user_id=responsible_user_id,
            groups=self.groups,
            stage=stage,
        )


async def people(reader: Reader, account_id: int, others: Iterable[int] = ()) -> People:
    """Return the users of the account; *others* are named as well, wherever they work now."""
    groups = await accounts.user_groups(reader, account_id)
    return People(groups, await accounts.names(reader, {*groups, *others}))
