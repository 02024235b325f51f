"""The SQL of groups of fields, and of which field is in which."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grantway.crm.fields.model.groups import FieldGroup
from grantway.db import Reader, Transaction


class _GroupRow(msgspec.Struct, frozen=True):
    id: str
    name: str
    sort: int


async def list_groups(reader: Reader, account_id: int, entity_type: str) -> list[FieldGroup]:
    """Return the groups that somebody has added."""
    rows = await reader.all(
        _GroupRow,
        """
        select id, name, sort from custom_field_groups
         where account_id = :account_id and entity_type = :entity_type
        """,
        account_id=account_id,
        entity_type=entity_type,
    )
    return [
        FieldGroup(id=row.id, entity_type=entity_type, name=row.name, sort=row.sort) for row in rows
    ]


async def put_groups(tx: Transaction, account_id: int, groups: Sequence[FieldGroup]) -> None:
    """Add *groups*, or write them over those with their ids."""
    await tx.change_many(
        """
        insert into custom_field_groups (account_id, entity_type, id, name, sort)
        values (:account_id, :entity_type, :id, :name, :sort)
        on conflict (account_id, entity_type, id) do update
           set name = excluded.name, sort = excluded.sort
        """,
        [
            {
                "account_id": account_id,
                "entity_type": one.entity_type,
                "id": one.id,
                "name": one.name,
                "sort": one.sort,
            }
            for one in groups
        ],
    )


async def move_fields(
    tx: Transaction, account_id: int, field_ids: Sequence[int], group_id: str | None
) -> None:
    """Put these fields, at most as many as an account may have, into a group."""
    await tx.change(
        """
        update custom_fields set group_id = :group_id
         where account_id = :account_id and id in (:ids)
        """,
        account_id=account_id,
        group_id=group_id,
        ids=field_ids,
    )


async def remove_group(tx: Transaction, account_id: int, entity_type: str, group_id: str) -> None:
    """Remove the group; its fields are in the first one then."""
    await tx.change(
        """
        update custom_fields set group_id = null
         where account_id = :account_id and entity_type = :entity_type and group_id = :group_id
        """,
        account_id=account_id,
        entity_type=entity_type,
        group_id=group_id,
    )
    await tx.change(
        """
        delete from custom_field_groups
         where account_id = :account_id and entity_type = :entity_type and id = :group_id
        """,
        account_id=account_id,
        entity_type=entity_type,
        group_id=group_id,
    )
