"""The operations that leads, contacts and companies share (contract: api-v4.md 3.2, 3.6, 3.7)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import msgspec

from grantway.api.v4.collection import in_address, links, values_of_one
from grantway.api.v4.entity_reference import BinnedEntity, WrittenEntity
from grantway.asgi.answers import NO_CONTENT, Answer, hal
from grantway.asgi.bodies import Body
from grantway.asgi.operations import Call, Operation, Parameter
from grantway.asgi.query import page_links
from grantway.asgi.schemas import EXAMPLE_ORIGIN, Single, listed, written
from grantway.crm.entities import reading, writing
from grantway.crm.entities.document import addressed
from grantway.crm.entities.kind import Kind
from grantway.crm.entities.model import Entity, EntityQuery, EntityWrite, Written
from grantway.db import Database
from grantway.kernel.shapes import Shape

E = TypeVar("E", bound=Entity)
_MOMENT = 1_700_000_000
_encode = msgspec.json.Encoder().encode


class EntityRows(msgspec.Struct, Generic[E], frozen=True, kw_only=True):
    """A kind of entity and what its rows say of it.

    *one* and *many* name it in words and in the names of operations. *added* and
    *changed* are examples of what is sent.
    """

    db: Database
    kind: Kind[E]
    one: str
    many: str
    tag: str
    new_shape: Shape
    one_shape: Shape
    changed_shape: Shape
    added: dict[str, Any]
    changed: dict[str, Any]
    defaults: str
    filters: Sequence[Parameter]
    more: Parameter
    query: Callable[[Call], EntityQuery]
    shown: Any
    example: Any

    @property
    def path(self) -> str:
        """Where the collection stands."""
        return f"/api/v4/{self.kind.entity_type}"

    def operations(self) -> list[Operation]:
        """Return the rows of the table."""
        one, many = self.one, self.many
        told = WrittenEntity(id=1, request_id="0", _links=links(f"{EXAMPLE_ORIGIN}{self.path}/1"))
        told_again = msgspec.structs.replace(told, updated_at=_MOMENT)
        address = in_address(f"The {one}.")
        return [
            self._row(
                "GET",
                self.path,
                self._list,
                f"list_{many}",
                summary=f"List {many}",
                about=f"A page of the {many} that the token's user may see, by `updated_at`. "
                "Filters that are not known here restrict nothing.",
                parameters=(self.more, *self.filters),
                returns={200: listed(many, (self.shown, BinnedEntity), self.example), 204: None},
            ),
            self._row(
                "GET",
                self.path + "/{id}",
                self._get,
                f"get_{one}",
                summary=f"Get one {one}",
                about=f"One {one}, without an envelope; 204 when there is none that the token's "
                "user may see.",
                parameters=(self.more, address),
                returns={200: Single(self.shown, self.example), 204: None},
            ),
            self._row(
                "POST",
                self.path,
                self._add,
                f"add_{many}",
                summary=f"Add {many}",
                about=f"Adds {many}. No member is required: {self.defaults}",
                body=Body(shape=self.new_shape, many=True, example=[self.added]),
                returns={200: written(many, WrittenEntity, told)},
            ),
            self._row(
                "PATCH",
                self.path,
                self._change,
                f"change_{many}",
                summary=f"Change {many}",
                about="Changes what is sent and leaves the rest. Of `custom_fields_values`, only "
                "the fields named change.",
                body=Body(shape=self.changed_shape, many=True, example=[{"id": 1} | self.changed]),
                returns={200: written(many, WrittenEntity, told_again)},
            ),
            self._row(
                "PATCH",
                self.path + "/{id}",
                self._change_one,
                f"change_{one}",
                summary=f"Change one {one}",
                about=f"Does the same for the one {one} of the address.",
                parameters=(address,),
                body=Body(shape=self.one_shape, many=False, example=self.changed),
                returns={200: Single(WrittenEntity, told_again)},
            ),
        ]

    def _row(self, method: str, path: str, call: Any, name: str, **members: Any) -> Operation:
        async def answer(called: Call) -> Answer:
            answered: Answer = await call(called)
            return answered

        answer.__name__ = name  # the reference calls an operation by it
        return Operation(
            method=method, path=path, call=answer, scope="crm", tag=self.tag, **members
        )

    async def _list(self, call: Call) -> Answer:
        """Answer a page, or 204 when there is nothing on it."""
        async with self.db.read() as reader:
            found = await reading.page(reader, call.actor, self.kind, self.query(call))
            if not found.documents:
                return NO_CONTENT
            extras = call.query.with_ & frozenset(self.kind.extras)
            shown: list[dict[str, Any]] = []
            if extras:
                shown = await reading.extended(
                    reader, call.actor, self.kind, found.documents, extras, call.origin
                )
        pages = page_links(call.origin + self.path, call.query, more=found.has_next)
        if extras:
            return hal({"_page": call.query.page, "_links": pages, "_embedded": {self.many: shown}})
        return Answer(
            200,
            b'{"_page":%d,"_links":%b,"_embedded":{"%b":[%b]}}'
            % (
                call.query.page,
                _encode(pages),
                self.many.encode(),
                addressed(found.documents, call.origin),
            ),
        )

    async def _get(self, call: Call) -> Answer:
        """Answer the bare entity, or 204 when there is none."""
        async with self.db.read() as reader:
            document = await reading.find(reader, call.actor, self.kind, call.ids["id"])
            if document is None:
                return NO_CONTENT
            extras = call.query.with_ & frozenset(self.kind.extras) - {"only_deleted"}
            if extras:
                (found,) = await reading.extended(
                    reader, call.actor, self.kind, [document], extras, call.origin
                )
                return hal(found)
        return Answer(200, addressed([document], call.origin))

    async def _add(self, call: Call) -> Answer:
        """Add one or many, all or none."""
        writes = [EntityWrite(item.request_id, item.values) for item in call.items]
        async with self.db.write() as tx:
            added = await writing.add(
                tx, call.actor, self.kind, writes, call.now, is_strict=call.bearer.is_strict
            )
        return self._told(call, [self._written(call, one) for one in added])

    async def _change(self, call: Call) -> Answer:
        """Change many, all or none."""
        writes = [EntityWrite(item.request_id, item.values) for item in call.items]
        async with self.db.write() as tx:
            changed = await writing.change(
                tx, call.actor, self.kind, writes, call.now, is_strict=call.bearer.is_strict
            )
        return self._told(call, [self._written_again(call, one) for one in changed])

    async def _change_one(self, call: Call) -> Answer:
        """Change the one that the path names; an `id` in the body must be the same (S-94)."""
        (item,) = call.items
        write = EntityWrite(item.request_id, values_of_one(item, call.ids["id"]))
        async with self.db.write() as tx:
            (changed,) = await writing.change(
                tx, call.actor, self.kind, [write], call.now, is_strict=call.bearer.is_strict
            )
        return hal(self._written_again(call, changed))

    def _written(self, call: Call, one: Written) -> WrittenEntity:
        href = f"{call.origin}{self.path}/{one.id}"
        return WrittenEntity(id=one.id, request_id=one.request_id, _links=links(href))

    def _written_again(self, call: Call, one: Written) -> WrittenEntity:
        return msgspec.structs.replace(self._written(call, one), updated_at=one.updated_at)

    def _told(self, call: Call, entities: list[WrittenEntity]) -> Answer:
        return hal({"_links": links(call.origin + self.path), "_embedded": {self.many: entities}})
