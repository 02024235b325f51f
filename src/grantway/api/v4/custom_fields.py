"""`/api/v4/leads/custom_fields` (contract: api-v4.md 3.10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from grantway.api.v4.collection import PAGING, any_of, in_address, links, sorted_by
from grantway.api.v4.resources import WRITES, Asked, CountedPage, Resource, Sent
from grantway.asgi.operations import Call, Operation
from grantway.asgi.schemas import Links
from grantway.crm.fields import service
from grantway.crm.fields.model import EnumChoice, FieldDefinition, FieldType, StatusRef
from grantway.crm.fields.model.definitions import ChainLink
from grantway.crm.fields.model.field_types import AVAILABLE
from grantway.crm.fields.wire import (
    CHANGED_FIELD,
    NEW_FIELD,
    ONE_FIELD,
    FieldChange,
    field_change,
)
from grantway.crm.leads.model import ENTITY_TYPE
from grantway.crm.pipelines import service as pipelines
from grantway.db import Database, Reader, Transaction

PATH = "/api/v4/leads/custom_fields"
_ORDERS = ("sort", "id")
_TYPES = [one.value for one in FieldType if ENTITY_TYPE in AVAILABLE[one]]
_PARAMETERS = (
    *PAGING,
    any_of(
        "type",
        "Fields of any of these types.",
        {"type": "string", "enum": _TYPES},
        ["select", "text"],
    ),
    *sorted_by(_ORDERS),
)
_NOT_FOUND = {404: "The account has no such custom field."}
_NEW = Sent(
    NEW_FIELD,
    field_change,
    {
        "type": "select",
        "name": "Source",
        "code": "SOURCE",
        "enums": [{"value": "Website", "sort": 1}, {"value": "Telephone", "sort": 2}],
    },
)
_CHANGED = Sent(CHANGED_FIELD, field_change, {"id": 1, "name": "First heard of us by", "sort": 10})
_CHANGED_ONE = Sent(ONE_FIELD, field_change, {"name": "First heard of us by"})
_SOURCE = FieldDefinition(
    id=1,
    entity_type=ENTITY_TYPE,
    type=FieldType.SELECT,
    name="Source",
    code="SOURCE",
    enums=(EnumChoice(1, "Website", 1), EnumChoice(2, "Telephone", 2)),
)


class FieldShown(msgspec.Struct, frozen=True, kw_only=True):
    """The definition of a custom field."""

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
    is_computed: bool
    request_id: str | UnsetType = UNSET
    _links: Links


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
        is_computed=False,
        request_id=asked.request_id,
        _links=links(f"{asked.origin}{PATH}/{field.id}"),
    )


def operations(db: Database) -> list[Operation]:
    """Return the rows of the table."""
    fields = Resource(
        db=db,
        path=PATH,
        one="custom_field",
        many="custom_fields",
        embedded="custom_fields",
        tag="Custom fields",
        scope="crm",
        for_administrators=WRITES,
        shown=shown,
        example=_SOURCE,
        ids=[in_address("The custom field.")],
    )
    return [
        fields.list_counted(
            _page,
            summary="List the custom fields of leads",
            about="A page of the definitions of fields, by `sort`.",
            parameters=_PARAMETERS,
        ),
        fields.get(
            _get,
            summary="Get one custom field",
            about="The definition of one field, without an envelope.",
            refuses=_NOT_FOUND,
        ),
        fields.add(
            _NEW,
            _add,
            status=201,
            takes_one=True,
            summary="Add custom fields",
            about="Adds fields to the leads of the account. An array is answered with a "
            "collection, one object with the bare field.",
            refuses={422: "There would be more than 1000 custom fields."},
        ),
        fields.change(
            _CHANGED,
            _change,
            summary="Change custom fields",
            about="Changes what is sent and leaves the rest. `enums` names all choices: those "
            "with an `id` stay, those without are new, and the others are gone together with "
            "the values of the leads. Leads show the new names at once.",
        ),
        fields.change_one(
            _CHANGED_ONE,
            _change_one,
            summary="Change one custom field",
            about="Does the same for the one field of the address.",
            refuses=_NOT_FOUND,
        ),
        fields.remove(
            _remove,
            summary="Remove a custom field",
            about="Removes a field with its choices and with the values that leads have in it.",
            refuses=_NOT_FOUND | {422: "The field belongs to the system."},
        ),
    ]


async def _page(reader: Reader, call: Call) -> CountedPage[FieldDefinition]:
    query = call.query
    types = query.filter("type")
    order, descending = next((one for one in query.order() if one[0] in _ORDERS), ("sort", False))
    found = await service.page(
        reader,
        call.actor,
        ENTITY_TYPE,
        page=query.page,
        limit=query.limit,
        types=types.texts() if types else (),
        order=order,
        descending=descending,
    )
    return CountedPage(found.fields, found.total)


async def _get(reader: Reader, call: Call) -> FieldDefinition:
    return await service.get(reader, call.actor, ENTITY_TYPE, call.ids["id"])


async def _add(tx: Transaction, call: Call, wanted: list[FieldChange]) -> Sequence[FieldDefinition]:
    present = await pipelines.load(tx, call.account_id)
    return await service.add(
        tx, call.actor, ENTITY_TYPE, wanted, has_stage=present.has, now=call.now
    )


async def _change(
    tx: Transaction, call: Call, wanted: list[FieldChange]
) -> Sequence[FieldDefinition]:
    present = await pipelines.load(tx, call.account_id)
    return await service.change(
        tx, call.actor, ENTITY_TYPE, wanted, has_stage=present.has, now=call.now
    )


async def _change_one(tx: Transaction, call: Call, wanted: FieldChange) -> FieldDefinition:
    await _get(tx, call)
    (changed,) = await _change(tx, call, [wanted])
    return changed


async def _remove(tx: Transaction, call: Call) -> None:
    await service.remove(tx, call.actor, ENTITY_TYPE, call.ids["id"], now=call.now)
