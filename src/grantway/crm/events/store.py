"""The SQL that reads events; `changes` writes them."""

from __future__ import annotations

from collections.abc import Sequence

from grantway.crm.entities.conditions import both, joined
from grantway.crm.entities.model import Condition, Listing
from grantway.crm.entities.page_store import order, page_ids
from grantway.crm.events.model import Event
from grantway.db import Reader


async def list_events(
    reader: Reader,
    account_id: int,
    common: Sequence[Condition],
    alternatives: Sequence[Condition],
    part: Listing,
) -> list[Event]:
    """Return a page of events that meet all of *common* and one of *alternatives*.

    See `page_ids`.
    """
    tenant = Condition("account_id = :account_id", {"account_id": account_id})
    wanted = [both(tenant, *common, one) for one in alternatives]
    return await reader.all(
        Event,
        f"""
        select id, type, entity_type, entity_id, created_by, field_id, value_before, value_after
          from events
         where account_id = :account_id and id in ({page_ids("events", wanted, part)})
         order by {order(part)}
        """,
        limit=part.limit,
        offset=part.offset,
        **joined(wanted),
    )


def by_ids(few: Condition) -> Condition:
    """Return the condition for *few* events, looked up by ids alone.

    For whole rows SQLite would rather read all events, which lie in its primary key.
    """
    ids = f"id in (select id from events where account_id = :account_id and {few.among})"
    return Condition(few.sql, few.values, ids)
