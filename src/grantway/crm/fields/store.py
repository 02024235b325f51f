"""The SQL of custom fields, of the filter index and of the epochs."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grantway.crm.fields.model import EnumChoice, FieldDefinition, FieldType, StatusRef
from grantway.crm.fields.model.definitions import ChainLink
from grantway.db import Reader, Transaction

_AT_ONCE = 1_000  # values of one statement; both databases stop at some 32,000
_stages = msgspec.json.Decoder(tuple[StatusRef, ...]).decode
_chains = msgspec.json.Decoder(tuple[ChainLink, ...]).decode


class _FieldRow(msgspec.Struct, frozen=True):
    id: int
    type: str
    name: str
    code: str | None
    sort: int
    group_id: str | None
    is_api_only: bool
    is_predefined: bool
    is_deletable: bool
    remind: str | None
    currency: str | None
    tracking_callback: str | None
    required_statuses: str
    hidden_statuses: str
    chained_lists: str


class _EnumRow(msgspec.Struct, frozen=True):
    field_id: int
    id: int
    value: str
    sort: int
    code: str | None


async def list_definitions(
    reader: Reader, account_id: int, entity_type: str
) -> list[FieldDefinition]:
    """Return every field of the entity type with its choices."""
    fields = await reader.all(
        _FieldRow,
        """
        select id, type, name, code, sort, group_id, is_api_only, is_predefined, is_deletable,
               remind, currency, tracking_callback, required_statuses, hidden_statuses,
               chained_lists
          from custom_fields
         where account_id = :account_id and entity_type = :entity_type
        """,
        account_id=account_id,
        entity_type=entity_type,
    )
    if not fields:
        return []
    enums = await reader.all(
        _EnumRow,
        """
        select e.field_id, e.id, e.value, e.sort, e.code
          from custom_field_enums e
          join custom_fields f on f.account_id = e.account_id and f.id = e.field_id
         where e.account_id = :account_id and f.entity_type = :entity_type
         order by e.sort, e.id
        """,
        account_id=account_id,
        entity_type=entity_type,
    )
    choices: dict[int, list[EnumChoice]] = {}
    for one in enums:
        choices.setdefault(one.field_id, []).append(
            EnumChoice(one.id, one.value, one.sort, one.code)
        )
    return [_definition(row, entity_type, choices.get(row.id, [])) for row in fields]


def _definition(row: _FieldRow, entity_type: str, enums: list[EnumChoice]) -> FieldDefinition:
    return FieldDefinition(
        id=row.id,
        entity_type=entity_type,
        type=FieldType(row.type),
        name=row.name,
        code=row.code,
        sort=row.sort,
        group_id=row.group_id,
        is_api_only=row.is_api_only,
        is_predefined=row.is_predefined,
        is_deletable=row.is_deletable,
        remind=row.remind,
        currency=row.currency,
        tracking_callback=row.tracking_callback,
        required_statuses=_stages(row.required_statuses),
        hidden_statuses=_stages(row.hidden_statuses),
        chained_lists=_chains(row.chained_lists),
        enums=tuple(enums),
    )


async def put_definitions(
    tx: Transaction, account_id: int, fields: Sequence[FieldDefinition]
) -> None:
    """Add *fields*, or write them over those with their ids; choices are not touched.

    Raises AlreadyThere when another field of the entity type has one of the codes.
    """
    await tx.change_many(
        """
        insert into custom_fields (account_id, id, entity_type, type, name, code, sort, group_id,
                                   is_api_only, is_predefined, is_deletable, remind, currency,
                                   tracking_callback, required_statuses, hidden_statuses,
                                   chained_lists)
        values (:account_id, :id, :entity_type, :type, :name, :code, :sort, :group_id,
                :is_api_only, :is_predefined, :is_deletable, :remind, :currency,
                :tracking_callback, :required_statuses, :hidden_statuses, :chained_lists)
        on conflict (account_id, id) do update
           set name = excluded.name, code = excluded.code, sort = excluded.sort,
               group_id = excluded.group_id, is_api_only = excluded.is_api_only,
               remind = excluded.remind, currency = excluded.currency,
               tracking_callback = excluded.tracking_callback,
               required_statuses = excluded.required_statuses,
               hidden_statuses = excluded.hidden_statuses,
               chained_lists = excluded.chained_lists
        """,
        [
            {
                "account_id": account_id,
                "id": field.id,
                "entity_type": field.entity_type,
                "type": field.type.value,
                "name": field.name,
                "code": field.code,
                "sort": field.sort,
                "group_id": field.group_id,
                "is_api_only": field.is_api_only,
                "is_predefined": field.is_predefined,
                "is_deletable": field.is_deletable,
                "remind": field.remind,
                "currency": field.currency,
                "tracking_callback": field.tracking_callback,
                "required_statuses": msgspec.json.encode(field.required_statuses).decode(),
                "hidden_statuses": msgspec.json.encode(field.hidden_statuses).decode(),
                "chained_lists": msgspec.json.encode(field.chained_lists).decode(),
            }
            for field in fields
        ],
    )


async def put_enums(
    tx: Transaction, account_id: int, field_id: int, enums: Sequence[EnumChoice]
) -> None:
    """Add *enums* to the field, or write them over those with their ids."""
    await tx.change_many(
        """
        insert into custom_field_enums (account_id, id, field_id, value, sort, code)
        values (:account_id, :id, :field_id, :value, :sort, :code)
        on conflict (account_id, id) do update
           set value = excluded.value, sort = excluded.sort, code = excluded.code
        """,
        [
            {
                "account_id": account_id,
                "id": one.id,
                "field_id": field_id,
                "value": one.value,
                "sort": one.sort,
                "code": one.code,
            }
            for one in enums
        ],
    )


async def remove_enums(tx: Transaction, account_id: int, field_id: int, ids: Sequence[int]) -> None:
    """Remove choices of the field, and where they can be found by filters."""
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        await tx.sweep(
            """
            delete from field_values
             where account_id = :account_id and field_id = :field_id and enum_id in (:ids)
               and text_value is null
            """,
            account_id=account_id,
            field_id=field_id,
            ids=some,
        )
        await tx.change(
            """
            delete from custom_field_enums
             where account_id = :account_id and field_id = :field_id and id in (:ids)
            """,
            account_id=account_id,
            field_id=field_id,
            ids=some,
        )


async def remove_definition(tx: Transaction, account_id: int, field_id: int) -> None:
    """Remove the field, its choices, and where its values can be found."""
    await tx.sweep(
        "delete from field_values where account_id = :account_id and field_id = :field_id",
        account_id=account_id,
        field_id=field_id,
    )
    await tx.change(
        "delete from custom_field_enums where account_id = :account_id and field_id = :field_id",
        account_id=account_id,
        field_id=field_id,
    )
    await tx.change(
        "delete from custom_fields where account_id = :account_id and id = :field_id",
        account_id=account_id,
        field_id=field_id,
    )


PRESENT_EPOCH = """coalesce((
    select epoch from entity_epochs where account_id = :account_id and entity_type = :entity_type
), 0)"""


async def get_epoch(reader: Reader, account_id: int, entity_type: str) -> int:
    """Return the present epoch; 0 before anything has changed."""
    epoch: int = await reader.value(
        f"select {PRESENT_EPOCH}", account_id=account_id, entity_type=entity_type
    )
    return epoch


async def raise_epoch(tx: Transaction, account_id: int, entity_type: str) -> None:
    """Begin the next epoch; whoever else does waits until this transaction ends."""
    await tx.change(
        """
        insert into entity_epochs (account_id, entity_type, epoch)
        values (:account_id, :entity_type, 1)
        on conflict (account_id, entity_type) do update set epoch = entity_epochs.epoch + 1
        """,
        account_id=account_id,
        entity_type=entity_type,
    )


async def lock_fields(tx: Transaction, account_id: int, entity_type: str) -> None:
    """Make everybody else who changes these fields wait for this transaction.

    Whether a code is free is decided by looking at all of them.
    """
    await tx.change(
        """
        insert into entity_epochs (account_id, entity_type, epoch)
        values (:account_id, :entity_type, 0)
        on conflict (account_id, entity_type) do update set epoch = entity_epochs.epoch
        """,
        account_id=account_id,
        entity_type=entity_type,
    )
