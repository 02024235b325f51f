"""`/api/v4/{leads,contacts,companies}/custom_fields/groups` (contract: api-v4.md 3.10)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import UNSET, UnsetType

from grantway.api.v4.collection import ENTITIES, links, named_in_address
from grantway.api.v4.resources import WRITES, Asked, Resource, Sent
from grantway.asgi.operations import Call, Operation
from grantway.asgi.schemas import Links
from grantway.crm.fields import groups
from grantway.crm.fields.group_wire import NEW_GROUP, ONE_GROUP, GroupChange, group_change
from grantway.crm.fields.model import FieldGroup
from grantway.db import Database, Reader, Transaction

_NEW = Sent(NEW_GROUP, group_change, {"name": "Delivery", "sort": 10})
_CHANGED_ONE = Sent(ONE_GROUP, group_change, {"name": "Delivery", "fields": [1]})
_NOT_FOUND = {404: "The account has no such group."}


class FieldGroupShown(msgspec.Struct, frozen=True, kw_only=True):
    """A group of custom fields; a changed one with the ids of its fields."""

    id: str
    name: str
    is_predefined: bool
    type: str
    entity_type: str
    sort: int
    fields: list[int] | UnsetType = UNSET
    request_id: str | UnsetType = UNSET
    _links: Links


def shown(group: FieldGroup, asked: Asked) -> FieldGroupShown:
    """Return the group as the API prints it."""
    return FieldGroupShown(
        id=group.id,
        name=group.name,
        is_predefined=group.is_predefined,
        type="custom_field_group",
        entity_type=group.entity_type,
        sort=group.sort,
        fields=UNSET if group.field_ids is None else list(group.field_ids),
        request_id=asked.request_id,
        _links=links(f"{asked.origin}{_path_of(group.entity_type)}/{group.id}"),
    )


def operations_of(db: Database, entity_type: str) -> list[Operation]:
    """Return the rows of one type of entity."""
    return _GroupsOf(db, entity_type).operations()


def _path_of(entity_type: str) -> str:
    return f"/api/v4/{entity_type}/custom_fields/groups"


class _GroupsOf:
    """The rows of one type of entity."""

    def __init__(self, db: Database, entity_type: str) -> None:
        self._db = db
        self._entity_type = entity_type

    def operations(self) -> list[Operation]:
        entity_type, one = self._entity_type, ENTITIES[self._entity_type]
        example_id = f"{entity_type}_1"
        found = Resource(
            db=self._db,
            path=_path_of(entity_type),
            one=f"{one}_custom_field_group",
            many=f"{one}_custom_field_groups",
            embedded="custom_field_groups",
            tag="Custom fields",
            scope="crm",
            for_administrators=WRITES,
            shown=shown,
            example=FieldGroup(id=example_id, entity_type=entity_type, name="Delivery", sort=10),
            ids=[named_in_address("The group.", example_id)],
        )
        return [
            found.list_whole(
                self._list,
                may_be_empty=False,
                summary=f"List the groups of custom fields of {entity_type}",
                about="All groups by `sort`, `default` and `statistic` included. A field whose "
                "`group_id` is null is in `default`.",
            ),
            found.get(
                self._get,
                summary=f"Get one group of custom fields of {entity_type}",
                about="One group, without an envelope.",
                refuses=_NOT_FOUND,
            ),
            found.add(
                _NEW,
                self._add,
                status=201,
                summary=f"Add groups of custom fields of {entity_type}",
                about=f"Adds tabs to the cards of {entity_type}.",
                refuses={422: "There would be more than 100 groups."},
            ),
            found.change_one(
                _CHANGED_ONE,
                self._change_one,
                summary=f"Change one group of custom fields of {entity_type}",
                about="Changes what is sent and moves `fields` into the group; the answer names "
                "all fields that are in it. The groups `default` and `statistic` keep their "
                "names and places.",
                refuses=_NOT_FOUND,
            ),
            found.remove(
                self._remove,
                summary=f"Remove a group of custom fields of {entity_type}",
                about="Removes a group. Its fields move to `default`.",
                refuses=_NOT_FOUND | {422: "The group belongs to the system."},
            ),
        ]

    async def _list(self, reader: Reader, call: Call) -> Sequence[FieldGroup]:
        return await groups.list_groups(reader, call.account_id, self._entity_type)

    async def _get(self, reader: Reader, call: Call) -> FieldGroup:
        return await groups.get(reader, call.account_id, self._entity_type, call.names["id"])

    async def _add(
        self, tx: Transaction, call: Call, wanted: list[GroupChange]
    ) -> Sequence[FieldGroup]:
        return await groups.add(tx, call.actor, self._entity_type, wanted, now=call.now)

    async def _change_one(self, tx: Transaction, call: Call, wanted: GroupChange) -> FieldGroup:
        return await groups.change(tx, call.actor, self._entity_type, wanted, now=call.now)

    async def _remove(self, tx: Transaction, call: Call) -> None:
        await groups.remove(tx, call.actor, self._entity_type, call.names["id"], now=call.now)
