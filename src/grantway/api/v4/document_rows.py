"""The five rows of what is kept as ready documents: entities (api-v4.md 3.2) and tasks (4.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import msgspec

from grantway.api.v4.collection import in_address, links, values_of_one
from grantway.api.v4.entity_reference import WrittenEntity
from grantway.asgi.answers import NO_CONTENT, Answer, hal
from grantway.asgi.bodies import Body, Item
from grantway.asgi.operations import Call, Handler, Operation, Parameter
from grantway.asgi.query import page_links
from grantway.asgi.schemas import EXAMPLE_ORIGIN, Single, listed, written
from grantway.crm.entities.document import addressed
from grantway.crm.entities.model import EntityPage, EntityWrite, Written
from grantway.db import Database, Reader, Transaction
from grantway.kernel.shapes import Shape

_MOMENT = 1_700_000_000
_encode = msgspec.json.Encoder().encode


class DocumentRows(msgspec.Struct, frozen=True, kw_only=True):
    """A type of resource and what its rows say of it; what they do, a subclass says.

    *one* and *many* name it in words, addresses and the names of operations.
    *added* and *changed* are examples of what is sent; *defaults* tells what
    becomes of the rest. *more* is `with`, if there is any. *NEEDED* and *CHANGES*
    say what must be sent, and what a change does to members. *MISSING* answers
    an address where there is none. What only raises here is the subclass's to
    answer: a Struct has a metaclass of its own and cannot be an abstract class.
    """

    db: Database
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
    more: Parameter | None = None
    shown: Any
    example: Any

    NEEDED: ClassVar[str]
    CHANGES: ClassVar[str] = ""
    MISSING: ClassVar[int]
    ALSO_LISTED: ClassVar[tuple[Any, ...]] = ()

    @property
    def path(self) -> str:
        """Where the collection stands."""
        return f"/api/v4/{self.many}"

    @property
    def extras(self) -> frozenset[str]:
        """What `with` may add to the documents."""
        return frozenset()

    async def page(self, reader: Reader, call: Call) -> EntityPage:
        """Return the documents that the query asks for."""
        raise NotImplementedError

    async def find(self, reader: Reader, call: Call) -> bytes | None:
        """Return the document of the one that the path names, or None."""
        raise NotImplementedError

    async def extended(
        self, reader: Reader, call: Call, documents: list[bytes], wanted: frozenset[str]
    ) -> list[dict[str, Any]]:
        """Return the documents as objects, with those of `extras` that are wanted."""
        raise NotImplementedError

    async def add(self, tx: Transaction, call: Call, writes: list[EntityWrite]) -> list[Written]:
        """Add what is wanted."""
        raise NotImplementedError

    async def change(self, tx: Transaction, call: Call, writes: list[EntityWrite]) -> list[Written]:
        """Change what is named by `id`."""
        raise NotImplementedError

    def operations(self) -> list[Operation]:
        """Return the rows of the table."""
        one, many = self.one, self.many
        told = WrittenEntity(id=1, request_id="0", _links=links(f"{EXAMPLE_ORIGIN}{self.path}/1"))
        told_again = msgspec.structs.replace(told, updated_at=_MOMENT)
        address = in_address(f"The {one}.")
        more = () if self.more is None else (self.more,)
        found = {200: Single(self.shown, self.example)}
        is_told = self.MISSING != 204
        return [
            self._row(
                "GET",
                self.path,
                self._list,
                f"list_{many}",
                summary=f"List {many}",
                about=f"A page of the {many} that the token's user may see, by `updated_at`. "
                "Filters that are not known here restrict nothing.",
                parameters=(*more, *self.filters),
                returns={
                    200: listed(many, (self.shown, *self.ALSO_LISTED), self.example),
                    204: None,
                },
            ),
            self._row(
                "GET",
                self.path + "/{id}",
                self._get,
                f"get_{one}",
                summary=f"Get one {one}",
                about=f"One {one}, without an envelope; {self.MISSING} when there is none that the "
                "token's user may see.",
                parameters=(*more, address),
                returns=found if is_told else {**found, 204: None},
                refuses={self.MISSING: f"There is no such {one}."} if is_told else {},
            ),
            self._row(
                "POST",
                self.path,
                self._add,
                f"add_{many}",
                summary=f"Add {many}",
                about=f"Adds {many}. {self.NEEDED} {self.defaults}",
                body=Body(shape=self.new_shape, many=True, example=[self.added]),
                returns={200: written(many, WrittenEntity, told)},
            ),
            self._row(
                "PATCH",
                self.path,
                self._change,
                f"change_{many}",
                summary=f"Change {many}",
                about=f"Changes what is sent and leaves the rest. {self.CHANGES}".strip(),
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

    def _row(self, method: str, path: str, call: Handler, name: str, **members: Any) -> Operation:
        return Operation(
            method=method, path=path, call=call, name=name, scope="crm", tag=self.tag, **members
        )

    async def _list(self, call: Call) -> Answer:
        """Answer a page, or 204 when there is nothing on it."""
        async with self.db.read() as reader:
            found = await self.page(reader, call)
            if not found.documents:
                return NO_CONTENT
            wanted = call.query.with_ & self.extras
            shown: list[dict[str, Any]] = []
            if wanted:
                shown = await self.extended(reader, call, found.documents, wanted)
        pages = page_links(call.origin + self.path, call.query, more=found.has_next)
        if wanted:
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
        """Answer the bare one, or 204 when there is none."""
        async with self.db.read() as reader:
            document = await self.find(reader, call)
            if document is None:
                return NO_CONTENT
            wanted = call.query.with_ & self.extras - {"only_deleted"}
            if wanted:
                (found,) = await self.extended(reader, call, [document], wanted)
                return hal(found)
        return Answer(200, addressed([document], call.origin))

    async def _add(self, call: Call) -> Answer:
        """Add one or many, all or none."""
        async with self.db.write() as tx:
            added = await self.add(tx, call, _writes(call.items))
        return self._told(call, [self._written(call, one) for one in added])

    async def _change(self, call: Call) -> Answer:
        """Change many, all or none."""
        async with self.db.write() as tx:
            changed = await self.change(tx, call, _writes(call.items))
        return self._told(call, [self._written_again(call, one) for one in changed])

    async def _change_one(self, call: Call) -> Answer:
        """Change the one that the path names; an `id` in the body must be the same (S-94)."""
        (item,) = call.items
        write = EntityWrite(item.request_id, values_of_one(item, call.ids["id"]))
        async with self.db.write() as tx:
            (changed,) = await self.change(tx, call, [write])
        return hal(self._written_again(call, changed))

    def _written(self, call: Call, one: Written) -> WrittenEntity:
        href = f"{call.origin}{self.path}/{one.id}"
        return WrittenEntity(id=one.id, request_id=one.request_id, _links=links(href))

    def _written_again(self, call: Call, one: Written) -> WrittenEntity:
        return msgspec.structs.replace(self._written(call, one), updated_at=one.updated_at)

    def _told(self, call: Call, shown: list[WrittenEntity]) -> Answer:
        return hal({"_links": links(call.origin + self.path), "_embedded": {self.many: shown}})


def _writes(items: Sequence[Item]) -> list[EntityWrite]:
    return [EntityWrite(item.request_id, item.values) for item in items]
