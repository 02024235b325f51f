"""A kind of resource, and the rows that list, get, add, change and remove it.

A `Resource` says once where it stands, who may call it, and how one is printed.
A row of it is then a use case and the words about it; the transaction, the
envelope, links and what the reference tells of an answer come from here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, Generic, NamedTuple, Required, TypedDict, TypeVar, Unpack

import msgspec
from msgspec import UNSET, UnsetType

from grantway.api.v4.collection import links, values_of_one
from grantway.asgi.answers import NO_CONTENT, Answer, hal
from grantway.asgi.bodies import MAX_ENTITIES, Body
from grantway.asgi.operations import Call, Handler, Operation, Parameter
from grantway.asgi.query import MAX_LIMIT, page_links
from grantway.asgi.schemas import EXAMPLE_ORIGIN, Either, Single, counted, listed, told, whole
from grantway.db import Database, Reader, Transaction
from grantway.kernel.shapes import Shape

T = TypeVar("T")  # one of them, as the domain knows it
W = TypeVar("W")  # what is wanted with one of them: the domain's reading of what was sent
F = TypeVar("F")  # what a read finds

WRITES = frozenset({"POST", "PATCH", "DELETE"})
ALL = WRITES | {"GET"}


class Asked(NamedTuple):
    """What printing must know of the request; *request_id* is set for what it wrote."""

    origin: str
    account_id: int
    with_: frozenset[str] = frozenset()
    request_id: str | UnsetType = UNSET


class Page(NamedTuple, Generic[T]):
    """Some of them, and whether more follow."""

    items: Sequence[T]
    has_next: bool


class CountedPage(NamedTuple, Generic[T]):
    """Some of them, and how many there are in all."""

    items: Sequence[T]
    total: int


class Sent(NamedTuple, Generic[W]):
    """What a write takes: the shape of one entity, what is made of it, and an example."""

    shape: Shape
    read: Callable[[dict[str, Any], str], W]
    example: dict[str, Any]


class Words(TypedDict, total=False):
    """What a row tells of itself; each member is the one of `Operation`."""

    summary: Required[str]
    about: Required[str]
    parameters: Sequence[Parameter]
    refuses: Mapping[int, str]


Find = Callable[[Reader, Call], Awaitable[F]]
Write = Callable[[Transaction, Call, list[W]], Awaitable[Sequence[T]]]
WriteOne = Callable[[Transaction, Call, W], Awaitable[T]]
Prepare = Callable[[Call, list[W]], Awaitable[list[W]]]
Remove = Callable[[Transaction, Call], Awaitable[None]]


class Resource(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """A kind of resource. Who may call what has no default, as in `Operation`.

    *one* and *many* name the operations, *embedded* the list in an answer.
    *for_administrators* are the methods that nobody else may call, and those in
    *closed_to_sessions* no page of a workspace. *shown* prints one of them, as it
    does the *example*. *ids* tell of what stands in the path.
    """

    db: Database
    path: str
    one: str
    many: str
    embedded: str
    tag: str
    scope: str
    for_administrators: Collection[str]
    shown: Callable[[T, Asked], Any]
    example: T
    ids: Sequence[Parameter]
    max_limit: int = MAX_LIMIT
    closed_to_sessions: Collection[str] = ()

    def list_whole(
        self, find: Find[Sequence[T]], *, may_be_empty: bool = True, **words: Unpack[Words]
    ) -> Operation:
        """Return the row that lists all of them at once."""

        async def answer(call: Call) -> Answer:
            async with self.db.read() as reader:
                found = await find(reader, call)
            if may_be_empty and not found:
                return NO_CONTENT
            return hal(
                {
                    "_total_items": len(found),
                    "_links": links(self._address(call)),
                    "_embedded": self._embedded(call, found),
                }
            )

        returns: dict[int, Any] = {200: whole(self.embedded, *self._printed())}
        if may_be_empty:
            returns[204] = None
        return self._row("GET", self.path, f"list_{self.many}", answer, returns, **words)

    def list_pages(self, find: Find[Page[T]], **words: Unpack[Words]) -> Operation:
        """Return the row that lists them in pages."""

        async def answer(call: Call) -> Answer:
            async with self.db.read() as reader:
                found = await find(reader, call)
            if not found.items:
                return NO_CONTENT
            query = call.query
            return hal(
                {
                    "_page": query.page,
                    "_links": page_links(self._address(call), query, more=found.has_next),
                    "_embedded": self._embedded(call, found.items),
                }
            )

        returns = {200: listed(self.embedded, *self._printed()), 204: None}
        return self._row("GET", self.path, f"list_{self.many}", answer, returns, **words)

    def list_counted(self, find: Find[CountedPage[T]], **words: Unpack[Words]) -> Operation:
        """Return the row that lists them in pages, and tells how many there are in all."""

        async def answer(call: Call) -> Answer:
            async with self.db.read() as reader:
                found = await find(reader, call)
            if not found.items:
                return NO_CONTENT
            query = call.query
            last = -(-found.total // query.limit)
            return hal(
                {
                    "_total_items": found.total,
                    "_page": query.page,
                    "_page_count": last,
                    "_links": page_links(
                        self._address(call), query, more=query.page < last, last=last
                    ),
                    "_embedded": self._embedded(call, found.items),
                }
            )

        returns = {200: counted(self.embedded, *self._printed()), 204: None}
        return self._row("GET", self.path, f"list_{self.many}", answer, returns, **words)

    def get(self, find: Find[T], **words: Unpack[Words]) -> Operation:
        """Return the row that gets one of them, without an envelope."""

        async def answer(call: Call) -> Answer:
            async with self.db.read() as reader:
                found = await find(reader, call)
            return hal(self.shown(found, _asked(call)))

        returns = {200: Single(*self._printed())}
        return self._row("GET", self._path_of_one, f"get_{self.one}", answer, returns, **words)

    def add(
        self,
        sent: Sent[W],
        write: Write[W, T],
        *,
        status: int = 200,
        takes_one: bool = False,
        most: int = MAX_ENTITIES,
        prepare: Prepare[W] | None = None,
        **words: Unpack[Words],
    ) -> Operation:
        """Return the row that adds one or many, all or none.

        With *takes_one*, one that came bare is answered bare. *prepare* does what is
        too slow for a transaction, before there is one.
        """

        async def answer(call: Call) -> Answer:
            written = await self._write(call, sent, write, prepare)
            is_bare = takes_one and call.items[0].is_bare
            return hal(written[0] if is_bare else self._told(written), status)

        many, one = told(self.embedded, *self._written()), Single(*self._written())
        returns = {status: Either(many, one) if takes_one else many}
        body = Body(
            shape=sent.shape, many=True, takes_one=takes_one, example=[sent.example], most=most
        )
        return self._row("POST", self.path, f"add_{self.many}", answer, returns, body=body, **words)

    def change(self, sent: Sent[W], write: Write[W, T], **words: Unpack[Words]) -> Operation:
        """Return the row that changes many, all or none."""

        async def answer(call: Call) -> Answer:
            return hal(self._told(await self._write(call, sent, write)))

        returns = {200: told(self.embedded, *self._written())}
        body = Body(shape=sent.shape, many=True, example=[sent.example])
        return self._row(
            "PATCH", self.path, f"change_{self.many}", answer, returns, body=body, **words
        )

    def change_one(
        self,
        sent: Sent[W],
        write: WriteOne[W, T],
        *,
        status: int = 200,
        **words: Unpack[Words],
    ) -> Operation:
        """Return the row that changes the one of the address."""

        async def answer(call: Call) -> Answer:
            (item,) = call.items
            object_id = (call.ids | call.names)["id"]
            wanted = sent.read(values_of_one(item, object_id), item.request_id)
            async with self.db.write() as tx:
                changed = await write(tx, call, wanted)
            return hal(self.shown(changed, _asked(call, item.request_id)), status)

        returns = {status: Single(*self._written())}
        body = Body(shape=sent.shape, many=False, example=sent.example)
        return self._row(
            "PATCH", self._path_of_one, f"change_{self.one}", answer, returns, body=body, **words
        )

    def remove(self, remove: Remove, **words: Unpack[Words]) -> Operation:
        """Return the row that removes the one of the address."""

        async def answer(call: Call) -> Answer:
            async with self.db.write() as tx:
                await remove(tx, call)
            return NO_CONTENT

        return self._row(
            "DELETE", self._path_of_one, f"remove_{self.one}", answer, {204: None}, **words
        )

    def _row(
        self,
        method: str,
        path: str,
        name: str,
        call: Handler,
        returns: Mapping[int, Any],
        *,
        body: Body | None = None,
        **words: Unpack[Words],
    ) -> Operation:
        parameters = (
            *words.get("parameters", ()),
            *(one for one in self.ids if f"{{{one.name}}}" in path),
        )
        return Operation(
            method=method,
            path=path,
            call=call,
            scope=self.scope,
            for_administrators=method in self.for_administrators,
            tag=self.tag,
            summary=words["summary"],
            about=words["about"],
            parameters=parameters,
            body=body,
            returns=returns,
            refuses=words.get("refuses", {}),
            max_limit=self.max_limit,
            name=name,
            closed_to_sessions=method in self.closed_to_sessions,
        )

    @property
    def _path_of_one(self) -> str:
        return self.path + "/{id}"

    def _address(self, call: Call) -> str:
        return call.origin + self.path.format_map(call.ids | call.names)

    def _embedded(self, call: Call, found: Sequence[T]) -> dict[str, Any]:
        asked = _asked(call)
        return {self.embedded: [self.shown(one, asked) for one in found]}

    async def _write(
        self,
        call: Call,
        sent: Sent[W],
        write: Write[W, T],
        prepare: Prepare[W] | None = None,
    ) -> list[Any]:
        """Return what was written as it is printed; reading what was sent opens nothing yet."""
        wanted = [sent.read(item.values, item.request_id) for item in call.items]
        if prepare is not None:
            wanted = await prepare(call, wanted)
        async with self.db.write() as tx:
            written = await write(tx, call, wanted)
        return [
            self.shown(one, _asked(call, item.request_id))
            for one, item in zip(written, call.items, strict=True)
        ]

    def _told(self, written: list[Any]) -> dict[str, Any]:
        return {"_total_items": len(written), "_embedded": {self.embedded: written}}

    def _printed(self) -> tuple[Any, Any]:
        """Return type and example of what a read answers."""
        example = self.shown(self.example, Asked(EXAMPLE_ORIGIN, 1))
        return type(example), example

    def _written(self) -> tuple[Any, Any]:
        """Return type and example of what a write answers."""
        example = self.shown(self.example, Asked(EXAMPLE_ORIGIN, 1, request_id="0"))
        return type(example), example


def _asked(call: Call, request_id: str | UnsetType = UNSET) -> Asked:
    return Asked(call.origin, call.account_id, call.query.with_, request_id)
