"""What the machinery must know of a type of entity."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Generic

import msgspec

from grantway.accounts.actor import Actor
from grantway.accounts.model import UserGroup
from grantway.accounts.reach import Reach, reaches
from grantway.crm.entities.document import Surroundings
from grantway.crm.entities.model import Condition, E, EntityQuery
from grantway.crm.entities.neighbours import LINKED, add_neighbours
from grantway.db import Reader, Transaction

if TYPE_CHECKING:
    from grantway.crm.entities.drafts import Context, Draft

Stage = tuple[int, int]
"""A pipeline and a stage of it."""


class Rules(ABC, Generic[E]):
    """What entities of one kind are checked against, for one request."""

    def __init__(self, context: Context) -> None:
        self.context = context

    async def load(self, reader: Reader) -> None:
        """Read once what all entities of the request are checked against."""

    @abstractmethod
    def blank(self, entity_id: int) -> E:
        """Return an entity that nobody has said anything about yet."""

    def changes(self, draft: Draft[E], before: E) -> dict[str, object]:  # noqa: ARG002 - only some kinds have members of their own
        """Return the kind's own members that the request changes, noting what is wrong with it."""
        return {}

    async def check(self, tx: Transaction, drafts: Sequence[Draft[E]]) -> None:
        """Note what can only be found wrong by asking for all entities together."""


class Watched(msgspec.Struct, Generic[E], frozen=True, kw_only=True):
    """A part of an entity whose changes are told apart from others.

    *event* is what events call a change of it, *value* what they show of the part
    before and after. With *action*, webhooks tell of it as well, with what *former*
    says of the entity as it was.
    """

    event: str
    value: Callable[[E], dict[str, Any]]
    action: str = ""
    former: Callable[[E, E], dict[str, Any]] = lambda _before, _after: {}


class Kind(ABC, Generic[E]):
    """A type of entity. *entity_type* names table, addresses, tags, fields and rights alike.

    Webhooks tell of it under *told_among*. *watched* are parts of its own.
    """

    entity_type: ClassVar[str]
    series: ClassVar[str]
    entity: type[E]
    rules: Callable[[Context], Rules[E]]
    add_sql: ClassVar[str]
    change_sql: ClassVar[str]
    orders: ClassVar[tuple[str, ...]]
    extras: ClassVar[tuple[str, ...]]
    told_among: ClassVar[str]
    watched: Sequence[Watched[E]] = ()

    @abstractmethod
    def render(self, entity: E, around: Surroundings) -> bytes:
        """Return the document of *entity*."""

    @abstractmethod
    def told(self, entity: E) -> dict[str, Any]:
        """Return the kind's own members of what webhooks tell, even of an entity that goes."""

    def worth(self, entity: E) -> dict[str, Any]:  # noqa: ARG002 - only some kinds have a price
        """Return what webhooks tell besides, of an entity that stays."""
        return {}

    def stage_of(self, entity: E) -> Stage | None:  # noqa: ARG002 - only some kinds have stages
        """Return where the entity stands, if its kind has stages."""
        return None

    def is_within(
        self, found: Reach, actor: Actor, entity: E, groups: Mapping[int, UserGroup]
    ) -> bool:
        """Tell whether *found* reaches as far as the entity (api-v4.md 2.15, 3.8)."""
        return reaches(
            found,
            actor,
            responsible_user_id=entity.responsible_user_id,
            groups=groups,
            stage=self.stage_of(entity),
        )

    def conditions(self, query: EntityQuery) -> list[Condition]:  # noqa: ARG002 - for kinds with filters of their own
        """Return what the kind's own filters restrict."""
        return []

    def searched(self, actor: Actor, texts: Sequence[str]) -> list[Condition]:  # noqa: ARG002 - only some kinds are found by others
        """Return what else lets a search for any of *texts* find an entity."""
        return []

    def outside(self, stages: Collection[Stage]) -> list[Condition]:  # noqa: ARG002 - only some kinds have stages
        """Return what leaves out the entities that stand in *stages*."""
        return []

    async def split(
        self,
        reader: Reader,  # noqa: ARG002 - for kinds that have more than users to split by
        account_id: int,  # noqa: ARG002 - likewise
        query: EntityQuery,
    ) -> tuple[EntityQuery, list[Condition]]:
        """Take out of the query what an index can answer part by part; see `reading`."""
        return query, []

    async def extend(
        self,
        reader: Reader,
        actor: Actor,
        documents: list[dict[str, Any]],
        wanted: frozenset[str],
        origin: str,
    ) -> None:
        """Add to each of the opened documents what `with` asks for: by default, neighbours."""
        linked = wanted & LINKED
        await add_neighbours(reader, actor.account_id, self.entity_type, documents, linked, origin)
        if "catalog_elements" in wanted:
            for one in documents:
                one["_embedded"]["catalog_elements"] = []
