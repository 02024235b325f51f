"""The recycle bin: entities that are put away, and brought back.

The API has no such operation (api-v4.md, open question 20); lists with
`with=only_deleted` show what is in it. Links, notes and tasks stay.
"""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.accounts.reach import reach
from grantway.crm.entities import store
from grantway.crm.entities.kind import Kind
from grantway.crm.entities.model import E
from grantway.crm.entities.reading import surroundings
from grantway.crm.entities.telling import tell_entities
from grantway.crm.entities.writing import lock, rewrite
from grantway.db import Transaction
from grantway.kernel.errors import Forbidden, NotFound


async def bin_entities(
    tx: Transaction, actor: Actor, kind: Kind[E], ids: Collection[int], now: int
) -> None:
    """Put entities into the bin, all or none.

    By the right to delete. Raises NotFound when one is not there, or out of the
    actor's sight, and Forbidden.
    """
    await _move(tx, actor, kind, ids, now, is_deleted=True)


async def restore(
    tx: Transaction, actor: Actor, kind: Kind[E], ids: Collection[int], now: int
) -> None:
    """Bring entities back out of the bin, all or none; by the same right and errors."""
    await _move(tx, actor, kind, ids, now, is_deleted=False)


async def _move(
    tx: Transaction,
    actor: Actor,
    kind: Kind[E],
    ids: Collection[int],
    now: int,
    *,
    is_deleted: bool,
) -> None:
    account_id = actor.account_id
    wanted = sorted(set(ids))
    await lock(tx, account_id, kind, wanted)
    users = await accounts.user_groups(tx, account_id)
    view, delete = (reach(actor, kind.entity_type, deed) for deed in ("view", "delete"))
    found = await store.list_entities(tx, account_id, kind, wanted)
    there = [
        one
        for one in found
        if one.is_deleted != is_deleted and kind.is_within(view, actor, one, users)
    ]
    if len(there) != len(wanted):
        raise NotFound(f"{kind.series.capitalize()} not found")
    if not all(kind.is_within(delete, actor, one, users) for one in there):
        raise Forbidden
    members = {"is_deleted": is_deleted, "updated_at": now, "updated_by": actor.user_id}
    await rewrite(tx, account_id, kind, dict.fromkeys(wanted, members))
    moved = [(one, msgspec.structs.replace(one, **members)) for one in there]
    around = await surroundings(tx, account_id, kind, there)
    await tell_entities(tx, actor, kind, moved, around, now)
