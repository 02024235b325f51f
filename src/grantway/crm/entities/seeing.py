"""Who sees what hangs on entities: tasks, notes, events (contract: api-v4.md 2.15, 3.8).

The contract gives no rights to view these. They tell of their entity as its own
members do, so whoever may view the entity sees them. Whether they are seen
while the entity is in the bin, each says for itself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec

from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.accounts.model import UserGroup
from grantway.accounts.reach import Reach, owners_within, reach
from grantway.accounts.rights import Right
from grantway.crm.entities import seeing_store as store
from grantway.crm.entities.conditions import ALL, NONE, both, by_type, either
from grantway.crm.entities.kind import Kind
from grantway.crm.entities.model import Condition
from grantway.db import Reader

FEW = 2_000
"""So many entities that what hangs on them is sooner looked up than met with in its order."""


MOST_OWNERS = 60
"""So many users' entities are counted: each has its own part in a statement."""


class Hanging(msgspec.Struct, frozen=True):
    """What hangs on entities: its table, what that calls each kind, and if the bin *hides* it."""

    table: str
    kinds: Mapping[str, Kind[Any]]
    hides_binned: bool = False


class Sight(msgspec.Struct, frozen=True):
    """Which rows an actor sees: those of *few* entities, which are looked up, and *others*."""

    few: list[Condition]
    others: Condition

    def parts(self, choices: Sequence[Condition] = ()) -> list[Condition]:
        """Return what a list is put together of, each part in order; no row is in two.

        With *choices* the rows that meet one of them; none may meet two.
        """
        asked = either(choices) if choices else ALL
        found = [both(one, asked) for one in self.few]
        if self.others != NONE or not found:
            found += [both(self.others, one) for one in choices or [ALL]]
        return found


EVERYTHING = Sight([], ALL)


async def sight(
    reader: Reader,
    actor: Actor,
    hanging: Hanging,
    beside: Mapping[str | None, Condition] = {},
    *,
    is_named: bool = False,
) -> Sight:
    """Return which rows the actor sees; *beside* says so of those that hang on no entity.

    Rows that are *named* are each asked for their entity, and `others` says all.
    """
    views = {name: reach(actor, kind.entity_type, "view") for name, kind in hanging.kinds.items()}
    groups: Mapping[int, UserGroup] = {}
    if any(one.right is Right.GROUP for one in views.values()):
        groups = await accounts.user_groups(reader, actor.account_id)
    found = dict(beside)
    for name, view in views.items():
        owners = owners_within(view, actor, groups)
        few = None
        if owners is not None and not is_named:
            few = await _few(reader, actor, hanging, name, view, owners)
        found[name] = _of_many(hanging, name, view, owners) if few is None else few
    # What is looked up is no other: those that hang on nothing take in whatever has no case.
    others = {name: NONE if one.among else one for name, one in found.items()}
    return Sight([one for one in found.values() if one.among], by_type(others))


def _within(hanging: Hanging, kind: Kind[Any], view: Reach) -> list[Condition]:
    hidden = [Condition("not is_deleted", {})] if hanging.hides_binned else []
    return [*hidden, *kind.outside(view.denied_stages)]


async def _few(
    reader: Reader,
    actor: Actor,
    hanging: Hanging,
    name: str,
    view: Reach,
    owners: Collection[int],
) -> Condition | None:
    if not owners:
        return NONE
    if len(owners) > MOST_OWNERS:
        return None
    kind = hanging.kinds[name]
    owned = await store.list_owned(
        reader,
        actor.account_id,
        kind.entity_type,
        sorted(owners),
        _within(hanging, kind, view),
        FEW + 1,
    )
    if len(owned) > FEW:
        return None
    return looked_up(name, [one.id for one in owned if one.is_seen])


def _of_many(hanging: Hanging, name: str, view: Reach, owners: Collection[int] | None) -> Condition:
    kind = hanging.kinds[name]
    if view.is_everything:
        return store.not_binned(kind.entity_type) if hanging.hides_binned else ALL
    within = _within(hanging, kind, view)
    if owners is not None:
        users = f"{hanging.table}_{name}_owners"
        within.append(Condition(f"responsible_user_id in (:{users})", {users: sorted(owners)}))
    return store.about(hanging.table, kind.entity_type, within)


def looked_up(name: str | None, ids: Sequence[int]) -> Condition:
    """Return the condition that a row hangs on one of these few, of the type of this *name*.

    Without a name the rows are these themselves, which hang on nothing.
    """
    if not ids:
        return NONE
    if name is None:
        return Condition(ALL.sql, {"unhung_ids": ids}, "id in (:unhung_ids)")
    few = f"entity_type = '{name}' and entity_id in (:{name}_ids)"
    return Condition(ALL.sql, {f"{name}_ids": ids}, few)
