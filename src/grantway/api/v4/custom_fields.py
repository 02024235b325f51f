"""`/api/v4/leads/custom_fields` (contract: api-v4.md 3.10)."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from grantway.api.v4.collection import PAGING, links, values_of_one
from grantway.asgi.answers import NO_CONTENT, Answer, hal
from grantway.asgi.bodies import Body
from grantway.asgi.operations import Call, Operation, Parameter
from grantway.asgi.query import page_links
from grantway.asgi.schemas import EXAMPLE_ORIGIN, Either, Links, Single, counted, told
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
from grantway.db import Database, Transaction

PATH = "/api/v4/leads/custom_fields"
_TAG = "Custom fields"
_ORDERS = ("sort", "id")
_TYPES = [one.value for one in FieldType if ENTITY_TYPE in AVAILABLE[one]]
_PARAMETERS = (
    *PAGING,
    Parameter(
        "filter[type][]",
        "Fields of any of these types.",
        {"type": "array", "items": {"type": "string", "enum": _TYPES}},
        ["select", "text"],
    ),
    *(
        Parameter(
            f"order[{name}]", f"Sort by `{name}`.", {"type": "string", "enum": ["asc", "desc"]}
        )
        for name in _ORDERS
    ),
)
_ID = (Parameter("id", "The custom field.", {"type": "integer", "minimum": 1}, 1),)
_NOT_FOUND = {404: "The account has no such custom field."}
_NEW = {
    "type": "select",
    "name": "Source",
    "code": "SOURCE",
    "enums": [{"value": "Website", "sort": 1}, {"value": "Telephone", "sort": 2}],
}
_PAINTED = {"id": 1, "name": "First heard of us by", "sort": 10}


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


def shown(
    field: FieldDefinition, account_id: int, origin: str, request_id: str | UnsetType = UNSET
) -> FieldShown:
    """Return the definition as the API prints it."""
    return FieldShown(
        id=field.id,
        name=field.name,
        type=field.type,
        account_id=account_id,
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
        request_id=request_id,
        _links=links(f"{origin}{PATH}/{field.id}"),
    )


_SOURCE = FieldDefinition(
    id=1,
    entity_type=ENTITY_TYPE,
    type=FieldType.SELECT,
    name="Source",
    code="SOURCE",
    enums=(EnumChoice(1, "Website", 1), EnumChoice(2, "Telephone", 2)),
)
_EXAMPLE = shown(_SOURCE, 1, EXAMPLE_ORIGIN)
_WRITTEN = shown(_SOURCE, 1, EXAMPLE_ORIGIN, "0")


class CustomFields:
    """The operations on the custom fields of leads."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def operations(self) -> list[Operation]:
        """Return the rows of the table."""
        collection = told("custom_fields", FieldShown, _WRITTEN)
        return [
            Operation(
                method="GET",
                path=PATH,
                call=self.list_custom_fields,
                scope="crm",
                tag=_TAG,
                summary="List the custom fields of leads",
                about="A page of the definitions of fields, by `sort`.",
                parameters=_PARAMETERS,
                returns={200: counted("custom_fields", FieldShown, _EXAMPLE), 204: None},
            ),
            Operation(
                method="GET",
                path=PATH + "/{id}",
                call=self.get_custom_field,
                scope="crm",
                tag=_TAG,
                summary="Get one custom field",
                about="The definition of one field, without an envelope.",
                parameters=_ID,
                returns={200: Single(FieldShown, _EXAMPLE)},
                refuses=_NOT_FOUND,
            ),
            Operation(
                method="POST",
                path=PATH,
                call=self.add_custom_fields,
                scope="crm",
                for_administrators=True,
                tag=_TAG,
                summary="Add custom fields",
                about="Adds fields to the leads of the account. An array is answered with a "
                "collection, one object with the bare field.",
                body=Body(shape=NEW_FIELD, many=True, takes_one=True, example=[_NEW]),
                returns={201: Either(collection, Single(FieldShown, _WRITTEN))},
                refuses={422: "There would be more than 1000 custom fields."},
            ),
            Operation(
                method="PATCH",
                path=PATH,
                call=self.change_custom_fields,
                scope="crm",
                for_administrators=True,
                tag=_TAG,
                summary="Change custom fields",
                about="Changes what is sent and leaves the rest. `enums` names all choices: those "
                "with an `id` stay, those without are new, and the others are gone together with "
                "the values of the leads. Leads show the new names at once.",
                body=Body(shape=CHANGED_FIELD, many=True, example=[_PAINTED]),
                returns={200: collection},
            ),
            Operation(
                method="PATCH",
                path=PATH + "/{id}",
                call=self.change_custom_field,
                scope="crm",
                for_administrators=True,
                tag=_TAG,
                summary="Change one custom field",
                about="Does the same for the one field of the address.",
                parameters=_ID,
                body=Body(shape=ONE_FIELD, many=False, example={"name": "First heard of us by"}),
                returns={200: Single(FieldShown, _WRITTEN)},
                refuses=_NOT_FOUND,
            ),
            Operation(
                method="DELETE",
                path=PATH + "/{id}",
                call=self.remove_custom_field,
                scope="crm",
                for_administrators=True,
                tag=_TAG,
                summary="Remove a custom field",
                about="Removes a field with its choices and with the values that leads have in it.",
                parameters=_ID,
                returns={204: None},
                refuses=_NOT_FOUND | {422: "The field belongs to the system."},
            ),
        ]

    async def list_custom_fields(self, call: Call) -> Answer:
        """Answer a page of definitions, or 204 when there are none on it."""
        query = call.query
        types = query.filter("type")
        order, descending = next(
            (one for one in query.order() if one[0] in _ORDERS), ("sort", False)
        )
        async with self._db.read() as reader:
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
        if not found.fields:
            return NO_CONTENT
        pages = -(-found.total // query.limit)
        return hal(
            {
                "_total_items": found.total,
                "_page": query.page,
                "_page_count": pages,
                "_links": page_links(
                    call.origin + PATH, query, more=query.page < pages, last=pages
                ),
                "_embedded": {
                    "custom_fields": [
                        shown(one, call.account_id, call.origin) for one in found.fields
                    ]
                },
            }
        )

    async def get_custom_field(self, call: Call) -> Answer:
        """Answer one definition; 404 when the account has none with this id."""
        async with self._db.read() as reader:
            field = await service.get(reader, call.actor, ENTITY_TYPE, call.ids["id"])
        return hal(shown(field, call.account_id, call.origin))

    async def add_custom_fields(self, call: Call) -> Answer:
        """Add one field or many, all or none; one that came bare is answered bare."""
        wanted = [field_change(item.values, item.request_id) for item in call.items]
        async with self._db.write() as tx:
            present = await pipelines.load(tx, call.account_id)
            added = await service.add(
                tx, call.actor, ENTITY_TYPE, wanted, has_stage=present.has, now=call.now
            )
        answered = _all_shown(call, added, wanted)
        return hal(answered[0] if call.items[0].is_bare else _collection(answered), 201)

    async def change_custom_fields(self, call: Call) -> Answer:
        """Change many fields, all or none."""
        wanted = [field_change(item.values, item.request_id) for item in call.items]
        async with self._db.write() as tx:
            changed = await self._changed(tx, call, wanted)
        return hal(_collection(_all_shown(call, changed, wanted)))

    async def change_custom_field(self, call: Call) -> Answer:
        """Change one field."""
        (item,) = call.items
        wanted = field_change(values_of_one(item, call.ids["id"]), item.request_id)
        async with self._db.write() as tx:
            await service.get(tx, call.actor, ENTITY_TYPE, call.ids["id"])
            changed = await self._changed(tx, call, [wanted])
        return hal(_all_shown(call, changed, [wanted])[0])

    async def _changed(
        self, tx: Transaction, call: Call, wanted: list[FieldChange]
    ) -> list[FieldDefinition]:
        present = await pipelines.load(tx, call.account_id)
        return await service.change(
            tx, call.actor, ENTITY_TYPE, wanted, has_stage=present.has, now=call.now
        )

    async def remove_custom_field(self, call: Call) -> Answer:
        """Remove one field."""
        async with self._db.write() as tx:
            await service.remove(tx, call.actor, ENTITY_TYPE, call.ids["id"], now=call.now)
        return NO_CONTENT


def _all_shown(
    call: Call, fields: list[FieldDefinition], wanted: list[FieldChange]
) -> list[FieldShown]:
    return [
        shown(field, call.account_id, call.origin, one.request_id)
        for field, one in zip(fields, wanted, strict=True)
    ]


def _collection(answered: list[FieldShown]) -> dict[str, Any]:
    return {"_total_items": len(answered), "_embedded": {"custom_fields": answered}}
