"""The operations that leads, contacts and companies share (contract: api-v4.md 3.2, 3.6, 3.7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeVar

from grantway.api.v4.document_rows import DocumentRows
from grantway.api.v4.entity_reference import BinnedEntity
from grantway.asgi.operations import Call
from grantway.crm.entities import reading, writing
from grantway.crm.entities.kind import Kind
from grantway.crm.entities.model import Entity, EntityPage, EntityQuery, EntityWrite, Written
from grantway.db import Reader, Transaction

E = TypeVar("E", bound=Entity)


class EntityRows(DocumentRows, Generic[E], frozen=True, kw_only=True):
    """A kind of entity and what its rows say of it. *query* reads what a list is asked for."""

    kind: Kind[E]
    query: Callable[[Call], EntityQuery]

    NEEDED: ClassVar[str] = "No member is required:"
    CHANGES: ClassVar[str] = "Of `custom_fields_values`, only the fields named change."
    MISSING: ClassVar[int] = 204
    ALSO_LISTED: ClassVar[tuple[Any, ...]] = (BinnedEntity,)

    @property
    def extras(self) -> frozenset[str]:
        return frozenset(self.kind.extras)

    async def page(self, reader: Reader, call: Call) -> EntityPage:
        return await reading.page(reader, call.actor, self.kind, self.query(call))

    async def find(self, reader: Reader, call: Call) -> bytes | None:
        return await reading.find(reader, call.actor, self.kind, call.ids["id"])

    async def extended(
        self, reader: Reader, call: Call, documents: list[bytes], wanted: frozenset[str]
    ) -> list[dict[str, Any]]:
        return await reading.extended(reader, call.actor, self.kind, documents, wanted, call.origin)

    async def add(self, tx: Transaction, call: Call, writes: list[EntityWrite]) -> list[Written]:
        return await writing.add(
            tx, call.actor, self.kind, writes, call.now, is_strict=call.bearer.is_strict
        )

    async def change(self, tx: Transaction, call: Call, writes: list[EntityWrite]) -> list[Written]:
        return await writing.change(
            tx, call.actor, self.kind, writes, call.now, is_strict=call.bearer.is_strict
        )
