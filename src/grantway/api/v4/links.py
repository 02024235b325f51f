"""The links of `/api/v4/{leads,contacts,companies}` (contract: api-v4.md 3.11)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from grantway.api.v4.collection import ENTITIES, any_of, in_address, links
from grantway.asgi.answers import NO_CONTENT, Answer, hal
from grantway.asgi.bodies import Body
from grantway.asgi.operations import Call, Handler, Operation, Parameter
from grantway.asgi.schemas import whole
from grantway.crm.companies.kind import COMPANIES
from grantway.crm.contacts.kind import CONTACTS
from grantway.crm.entities.kind import Kind
from grantway.crm.leads.kind import LEADS
from grantway.crm.linking import service
from grantway.crm.linking.model import Chosen, Wish, link_shape, unlink_shape, wish
from grantway.crm.links.model import MOST_LINKS, Neighbour, linked_with
from grantway.db import Database, Reader
from grantway.kernel.errors import not_supported_choice, refuse

_KINDS: tuple[Kind[Any], ...] = (LEADS, CONTACTS, COMPANIES)
_ELEMENTS = "catalog_elements"
_WHOLE = {"type": "integer"}
_WHOSE = (
    "Needs the right to edit the entity that is named first and the one whose document shows the "
    "link: the lead, or a contact that is linked with a company. That one counts as changed."
)
_MAIN = (
    "A lead has one main contact: the one with `is_main`, or else its first. A lead and a contact "
    "have one company, and another one takes its place."
)


class LinkMetadata(msgspec.Struct, frozen=True):
    """Of a link between a lead and a contact; requests call it `is_main`."""

    main_contact: bool


class LinkShown(msgspec.Struct, frozen=True, kw_only=True):
    """A link as the one side sees it, which is named where it is not that of the address."""

    entity_id: int | UnsetType = UNSET
    entity_type: str | UnsetType = UNSET
    to_entity_id: int
    to_entity_type: str
    metadata: LinkMetadata | None


def shown(entity_type: str, one: Neighbour, *, names_entity: bool) -> LinkShown:
    """Return the link as the API prints it."""
    has_main = {entity_type, one.other_type} == {"leads", "contacts"}
    return LinkShown(
        entity_id=one.entity_id if names_entity else UNSET,
        entity_type=entity_type if names_entity else UNSET,
        to_entity_id=one.other_id,
        to_entity_type=one.other_type,
        metadata=LinkMetadata(one.is_main) if has_main else None,
    )


def operations(db: Database) -> list[Operation]:
    """Return the rows of the table."""
    return [
        row
        for kind in _KINDS
        for names_entity in (False, True)
        for row in LinkRows(db=db, kind=kind, names_entity=names_entity).operations()
    ]


class LinkRows(msgspec.Struct, frozen=True, kw_only=True):
    """The rows of one type of entity: of the one of the address, or of those the items name."""

    db: Database
    kind: Kind[Any]
    names_entity: bool

    def operations(self) -> list[Operation]:
        """Return the rows of the table."""
        many, names_entity = self.kind.entity_type, self.names_entity
        one = ENTITIES[many]
        whose = many if names_entity else f"one {one}"
        other = linked_with(many)[-1]
        has_main = (many, other) == ("leads", "contacts")
        item = ({"entity_id": 1} if names_entity else {}) | {
            "to_entity_id": 2,
            "to_entity_type": other,
        }
        main = {"metadata": {"is_main": True}} if has_main else {}
        neighbour = Neighbour(1, other, 2, has_main)
        example, made = (
            whole("links", LinkShown, shown(many, neighbour, names_entity=named))
            for named in (names_entity, True)
        )
        return [
            self._row(
                "GET",
                "links",
                self._list,
                f"list_links_of_{many}" if names_entity else f"list_{one}_links",
                summary=f"List the links of {whose}",
                about="What they are linked with, by their ids; those that the token's user may "
                "not see are left out."
                if names_entity
                else f"What the {one} is linked with: a main contact first, then by age.",
                parameters=_filters(many, names_entity=names_entity),
                returns={200: example, 204: None},
            ),
            self._row(
                "POST",
                "link",
                self._link,
                f"link_{many if names_entity else one}",
                summary=f"Link {whose}",
                about=f"Links {whose} with others, all or none. {_MAIN} At most {MOST_LINKS} "
                f"entities of a type can be linked with one. {_WHOSE}",
                body=Body(
                    shape=link_shape(many, names_entity=names_entity),
                    many=True,
                    example=[item | main],
                ),
                returns={200: made},
            ),
            self._row(
                "POST",
                "unlink",
                self._unlink,
                f"unlink_{many if names_entity else one}",
                summary=f"Unlink {whose}",
                about="Removes links, all or none; one that is not there is no fault. When a main "
                f"contact goes, the lead's next one becomes it. {_WHOSE}",
                body=Body(
                    shape=unlink_shape(many, names_entity=names_entity), many=True, example=[item]
                ),
                returns={204: None},
            ),
        ]

    def _row(
        self,
        method: str,
        path: str,
        call: Handler,
        name: str,
        *,
        parameters: tuple[Parameter, ...] = (),
        **members: Any,
    ) -> Operation:
        one = ENTITIES[self.kind.entity_type]
        if not self.names_entity:
            path = "{id}/" + path
            parameters += (in_address(f"The {one}."),)
            members["refuses"] = {404: f"There is no such {one} that the token's user may see."}
        return Operation(
            method=method,
            path=f"/api/v4/{self.kind.entity_type}/{path}",
            call=call,
            name=name,
            scope="crm",
            tag="Links",
            parameters=parameters,
            **members,
        )

    async def _list(self, call: Call) -> Answer:
        """Answer the links, or 204 when there are none."""
        chosen = _chosen(call)
        async with self.db.read() as reader:
            if self.names_entity:
                asked = call.query.filter("entity_id")
                ids = asked.wholes() if asked else []
                found = await service.list_of_many(reader, call.actor, self.kind, ids, chosen)
            else:
                found = await service.list_of_one(
                    reader, call.actor, self.kind, call.ids["id"], chosen
                )
        if not found:
            return NO_CONTENT
        return self._told(call, found, "links", names_entity=self.names_entity)

    async def _link(self, call: Call) -> Answer:
        """Link, and answer the links that there are now."""
        wishes = self._wishes(call)
        async with self.db.write() as tx:
            await self._must_see(tx, call)
            made = await service.link(tx, call.actor, self.kind, wishes, call.now)
        return self._told(call, made, "link", names_entity=True)

    async def _unlink(self, call: Call) -> Answer:
        """Remove links."""
        wishes = self._wishes(call)
        async with self.db.write() as tx:
            await self._must_see(tx, call)
            await service.unlink(tx, call.actor, self.kind, wishes, call.now)
        return NO_CONTENT

    async def _must_see(self, reader: Reader, call: Call) -> None:
        if not self.names_entity:
            await service.must_see(reader, call.actor, self.kind, call.ids["id"])

    def _wishes(self, call: Call) -> list[Wish]:
        """Return what is wished; beside an address, an item may name no other one (S-94)."""
        if self.names_entity:
            return [wish(one.values, one.request_id) for one in call.items]
        own = call.ids["id"]
        refuse(
            (one.request_id, [not_supported_choice("entity_id")])
            for one in call.items
            if one.values.get("entity_id") not in (None, own)
        )
        return [wish(one.values | {"entity_id": own}, one.request_id) for one in call.items]

    def _told(
        self, call: Call, found: Sequence[Neighbour], path: str, *, names_entity: bool
    ) -> Answer:
        entity_type = self.kind.entity_type
        if not self.names_entity:
            path = f"{call.ids['id']}/{path}"
        items = [shown(entity_type, one, names_entity=names_entity) for one in found]
        return hal(
            {
                "_total_items": len(items),
                "_links": links(f"{call.origin}/api/v4/{entity_type}/{path}"),
                "_embedded": {"links": items},
            }
        )


def _filters(entity_type: str, *, names_entity: bool) -> tuple[Parameter, ...]:
    types = linked_with(entity_type)
    whose = any_of("entity_id", f"The {entity_type}, 250 at most. Required.", _WHOLE, [1])
    return (
        *((msgspec.structs.replace(whose, is_needed=True),) if names_entity else ()),
        Parameter(
            "filter[to_entity_type]",
            "Only links to entities of this type.",
            {"type": "string", "enum": list(types)},
            types[-1],
        ),
        Parameter("filter[to_entity_id]", "Only links to this entity of that type.", _WHOLE, 2),
        Parameter(
            "filter[to_catalog_id]",
            "Only links to elements of this list; there are no lists, so none is found.",
            _WHOLE,
            1,
        ),
    )


def _chosen(call: Call) -> Chosen:
    """Return what the filters ask for; an entity is named by type and id together (2.7)."""
    query = call.query
    if query.filter("to_catalog_id"):
        return Chosen(_ELEMENTS)
    to_type, to_id = query.filter("to_entity_type"), query.filter("to_entity_id")
    if to_type is None:
        return Chosen()
    wholes = to_id.wholes() if to_id else []
    return Chosen(next(to_type.leaves(), None), wholes[0] if wholes else None)
