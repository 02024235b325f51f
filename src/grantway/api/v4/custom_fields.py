"""`/api/v4/{leads,contacts,companies}/custom_fields` (contract: api-v4.md 3.10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from grantway.api.v4 import custom_field_groups
from grantway.api.v4.collection import ENTITIES, PAGING, any_of, in_address, links, sorted_by
from grantway.api.v4.resources import WRITES, Asked, CountedPage, Resource, Sent
from grantway.asgi.operations import Call, Operation, Parameter
from grantway.asgi.schemas import Links
from grantway.crm.fields import service
from grantway.crm.fields.model import EnumChoice, FieldDefinition, FieldType, StatusRef
from grantway.crm.fields.model.definitions import ChainLink
from grantway.crm.fields.model.field_types import available_types
from grantway.crm.fields.wire import (
    CHANGED_FIELD,
    ONE_FIELD,
    FieldChange,
    field_change,
    new_field,
)
from grantway.crm.pipelines import service as pipelines
from grantway.db import Database, Reader, Transaction

_ORDERS = ("sort", "id")
_COMPUTED = "leads"
_NOT_FOUND = {404: "The account has no such custom field."}
_NEW_EXAMPLE = {
    "type": "select",
    "name": "Source",
    "code": "SOURCE",
    "enums": [{"value": "Website", "sort": 1}, {"value": "Telephone", "sort": 2}],
}
_CHANGED = Sent(CHANGED_FIELD, field_change, {"id": 1, "name": "First heard of us by", "sort": 10})
_CHANGED_ONE = Sent(ONE_FIELD, field_change, {"name": "First heard of us by"})


class FieldShown(msgspec.Struct, frozen=True, kw_only=True):
    """The definition of a custom field. Only those of leads tell whether they *are computed*."""

    id: int
    name: str
    type: FieldType
    account_id: int
    code: str | None
    sort: int
    is_api_only: bool
    enums: list[EnumChoice] | None
    group_id: str | None
    required_statuses: list[StatusRef] | None
    is_deletable: bool
    is_predefined: bool
    entity_type: str
    remind: str | None
    tracking_callback: str | None
    currency: str | None
    hidden_statuses: list[StatusRef]
    chained_lists: list[ChainLink] | None
    triggers: list[dict[str, Any]]
    is_computed: bool | UnsetType = UNSET
    request_id: str | UnsetType = UNSET
    _links: Links


def _path_of(entity_type: str) -> str:
    return f"/api/v4/{entity_type}/custom_fields"


def shown(field: FieldDefinition, asked: Asked) -> FieldShown:
    """Return the definition as the API prints it."""
    return FieldShown(
        id=field.id,
        name=field.name,
        type=field.type,
        account_id=asked.account_id,
        code=field.code,
        sort=field.sort,
        is_api_only=field.is_api_only,
        enums=list(field.enums) if field.has_enums else None,
        group_id=field.group_id,
        required_statuses=list(field.required_statuses) or None,
        is_deletable=field.is_deletable,
        is_predefined=field.is_predefined,
        entity_type=field.entity_type,
        remind=field.remind,
        tracking_callback=field.tracking_callback,
        currency=field.currency,
        hidden_statuses=list(field.hidden_statuses),
        chained_lists=list(field.chained_lists) or None,
        triggers=[],
        is_computed=False if field.entity_type == _COMPUTED else UNSET,
        request_id=asked.request_id,
        _links=links(f"{asked.origin}{_path_of(field.entity_type)}/{field.id}"),
    )


def operations(db: Database) -> list[Operation]:
    """Return the rows of the table."""
    return [
        row
        for entity_type in ENTITIES
        for row in (
            *_FieldsOf(db, entity_type).operations(),
            *custom_field_groups.operations_of(db, entity_type),
        )
    ]


class _FieldsOf:
    """The rows of one type of entity."""

    def __init__(self, db: Database, entity_type: str) -> None:
        self._db = db
        self._entity_type = entity_type

    def operations(self) -> list[Operation]:
        entity_type, one = self._entity_type, ENTITIES[self._entity_type]
        fields = Resource(
            db=self._db,
            path=_path_of(entity_type),
            one=f"{one}_custom_field",
            many=f"{one}_custom_fields",
            embedded="custom_fields",
            tag="Custom fields",
            scope="crm",
            for_administrators=WRITES,
            shown=shown,
            example=_example(entity_type),
            ids=[in_address("The custom field.")],
        )
        return [
            fields.list_counted(
                self._page,
                summary=f"List the custom fields of {entity_type}",
                about="A page of the definitions of fields, by `sort`.",
                parameters=_parameters(entity_type),
            ),
            fields.get(
                self._get,
                summary=f"Get one custom field of {entity_type}",
                about="The definition of one field, without an envelope.",
                refuses=_NOT_FOUND,
            ),
            fields.add(
                Sent(new_field(entity_type), field_change, _NEW_EXAMPLE),
                self._add,
                status=201,
                takes_one=True,
                summary=f"Add custom fields of {entity_type}",
                about=f"Adds fields to the {entity_type} of the account. An array is answered "
                "with a collection, one object with the bare field.",
                refuses={422: "There would be more than 1000 custom fields."},
            ),
            fields.change(
                _CHANGED,
                self._change,
                summary=f"Change custom fields of {entity_type}",
                about="Changes what is sent and leaves the rest. `enums` names all choices: those "
                "with an `id` stay, those without are new, and the others are gone together with "
                f"the values of the {entity_type}. They show the new names at once.",
            ),
            fields.change_one(
                _CHANGED_ONE,
                self._change_one,
                summary=f"Change one custom field of {entity_type}",
                about="Does the same for the one field of the address.",
                refuses=_NOT_FOUND,
            ),
            fields.remove(
                self._remove,
                summary=f"Remove a custom field of {entity_type}",
                about="Removes a field with its choices and with the values that "
                f"{entity_type} have in it.",
                refuses=_NOT_FOUND | {422: "The field belongs to the system."},
            ),
        ]

    async def _page(self, reader: Reader, call: Call) -> CountedPage[FieldDefinition]:
        query = call.query
        types = query.filter("type")
        order, descending = next(
            (one for one in query.order() if one[0] in _ORDERS), ("sort", False)
        )
        found = await service.page(
            reader,
            call.actor,
            self._entity_type,
            page=query.page,
            limit=query.limit,
            types=types.texts() if types else (),
            order=order,
            descending=descending,
        )
        return CountedPage(found.fields, found.total)

    async def _get(self, reader: Reader, call: Call) -> FieldDefinition:
        return await service.get(reader, call.actor, self._entity_type, call.ids["id"])

    async def _add(
        self, tx: Transaction, call: Call, wanted: list[FieldChange]
    ) -> Sequence[FieldDefinition]:
        present = await pipelines.load(tx, call.account_id)
        return await service.add(
            tx, call.actor, self._entity_type, wanted, has_stage=present.has, now=call.now
        )

    async def _change(
        self, tx: Transaction, call: Call, wanted: list[FieldChange]
    ) -> Sequence[FieldDefinition]:
        present = await pipelines.load(tx, call.account_id)
        return await service.change(
            tx, call.actor, self._entity_type, wanted, has_stage=present.has, now=call.now
        )

    async def _change_one(
        self, tx: Transaction, call: Call, wanted: FieldChange
    ) -> FieldDefinition:
        await self._get(tx, call)
        (changed,) = await self._change(tx, call, [wanted])
        return changed

    async def _remove(self, tx: Transaction, call: Call) -> None:
        await service.remove(tx, call.actor, self._entity_type, call.ids["id"], now=call.now)


def _parameters(entity_type: str) -> list[Parameter]:
    types = [one.value for one in available_types(entity_type)]
    return [
        *PAGING,
        any_of(
            "type",
            "Fields of any of these types.",
            {"type": "string", "enum": types},
            ["select", "text"],
        ),
        *sorted_by(_ORDERS),
    ]


def _example(entity_type: str) -> FieldDefinition:
    return FieldDefinition(
        id=1,
        entity_type=entity_type,
        type=FieldType.SELECT,
        name="Source",
        code="SOURCE",
        enums=(EnumChoice(1, "Website", 1), EnumChoice(2, "Telephone", 2)),
    )
