"""The SQL that chooses a page of rows, whichever table they are in."""

from __future__ import annotations

from collections.abc import Sequence

from grantway.crm.entities.model import Condition, Listing


def order(part: Listing, *, sorts: bool = False) -> str:
    """Return the order of a list; where what is chosen *sorts*, one that no index has."""
    direction = "desc" if part.descending else "asc"
    if part.order == "id":
        return f"id {direction}"
    # No index of SQLite is in the order of an expression.
    first = f"coalesce({part.order}, null)" if sorts else part.order
    return f"{first} {direction}, id {direction}"


def page_ids(table: str, wanted: Sequence[Condition], part: Listing) -> str:
    """Return the SQL for the ids of a page of the rows that meet one of *wanted*; none meets two.

    Each is read in order from an index and the page put together of their
    first rows, however few or many meet each. Asked for ids alone, SQLite takes
    the index of each, and rows that are skipped are not read.
    """
    page = f"order by {order(part)} limit :limit offset :offset"
    if len(wanted) == 1:
        return f"select id from {source(table, wanted[0])} {page}"
    columns = ", ".join(dict.fromkeys(("id", part.order)))
    # Written out, it lets PostgreSQL keep one plan; in steps, it makes few statements.
    most = 1 << (part.offset + part.limit - 1).bit_length()
    several = " union all ".join(
        f"""select * from (
            select {columns} from {source(table, one)} order by {order(part)} limit {most}
        ) one_{n}"""
        for n, one in enumerate(wanted)
    )
    return f"select id from ({several}) several {page}"


def source(table: str, where: Condition) -> str:
    """Return what comes after `from` to select the rows that meet the condition.

    A limit, of however many, keeps both databases from looking for the few in an
    index of what else is asked of them, or of the order.
    """
    if not where.among:
        return f"{table} where {where.sql}"
    return f"""(
        select * from {table} where account_id = :account_id and {where.among}
         limit 1000000000 offset 0
    ) {table} where {where.sql}"""
