"""The SQL of tags."""

from __future__ import annotations

from collections.abc import Sequence

from grantway.crm.tags.model import NewTag, Tag
from grantway.db import Reader, Transaction, Value

_AT_ONCE = 1_000  # values of one statement; both databases stop at some 32,000
_ESCAPE = str.maketrans({"%": "!%", "_": "!_", "!": "!!"})


async def list_by_ids(
    reader: Reader, account_id: int, entity_type: str, ids: Sequence[int]
) -> list[Tag]:
    """Return those of *ids* that exist."""
    found: list[Tag] = []
    for start in range(0, len(ids), _AT_ONCE):
        found += await reader.all(
            Tag,
            """
            select id, name, color from tags
             where account_id = :account_id and entity_type = :entity_type and id in (:ids)
            """,
            account_id=account_id,
            entity_type=entity_type,
            ids=ids[start : start + _AT_ONCE],
        )
    return found


async def list_by_names(
    reader: Reader, account_id: int, entity_type: str, names: Sequence[str]
) -> list[Tag]:
    """Return the tags with exactly these names that exist."""
    found: list[Tag] = []
    for start in range(0, len(names), _AT_ONCE):
        found += await reader.all(
            Tag,
            """
            select id, name, color from tags
             where account_id = :account_id and entity_type = :entity_type and name in (:names)
            """,
            account_id=account_id,
            entity_type=entity_type,
            names=names[start : start + _AT_ONCE],
        )
    return found


async def add_missing(
    tx: Transaction, account_id: int, entity_type: str, tags: Sequence[NewTag]
) -> None:
    """Add *tags*, and leave alone what somebody else has added meanwhile."""
    ids = await tx.take_ids("tag", len(tags))
    await tx.change_many(
        """
        insert into tags (account_id, id, entity_type, name, search_name, color)
        values (:account_id, :id, :entity_type, :name, :search_name, :color)
        on conflict (account_id, entity_type, name) do nothing
        """,
        [
            {
                "account_id": account_id,
                "id": tag_id,
                "entity_type": entity_type,
                "name": tag.name,
                "search_name": tag.name.casefold(),
                "color": tag.color,
            }
            for tag_id, tag in zip(ids, tags, strict=True)
        ],
    )


async def list_page(
    reader: Reader,
    account_id: int,
    entity_type: str,
    *,
    query: str | None,
    names: Sequence[str],
    ids: Sequence[int],
    offset: int,
    limit: int,
) -> list[Tag]:
    """Return tags by id; *query* is looked for inside the names, in any case of letters."""
    conditions = ["account_id = :account_id", "entity_type = :entity_type"]
    values: dict[str, Value] = {}
    if query:
        conditions.append("search_name like :pattern escape '!'")
        values["pattern"] = f"%{query.casefold().translate(_ESCAPE)}%"
    if names:
        conditions.append("name in (:names)")
        values["names"] = names
    if ids:
        conditions.append("id in (:ids)")
        values["ids"] = ids
    return await reader.all(
        Tag,
        "select id, name, color from tags where "
        + " and ".join(conditions)
        + " order by id limit :limit offset :offset",
        account_id=account_id,
        entity_type=entity_type,
        limit=limit,
        offset=offset,
        **values,
    )
