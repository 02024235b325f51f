"""What a field is, and all fields of one type of entity."""

from __future__ import annotations

import functools
from collections.abc import Iterable

import msgspec

from grantway.crm.fields.model.field_types import ENUM_TYPES, RULES, FieldType, TypeRule

MOST_FIELDS = 1_000
"""How many fields a type of entity may have in an account."""


class StatusRef(msgspec.Struct, frozen=True):
    """A stage of a pipeline."""

    status_id: int
    pipeline_id: int


class ChainLink(msgspec.Struct, frozen=True):
    """One list of a chain: which catalog it shows, and below which other."""

    title: str
    catalog_id: int
    parent_catalog_id: int | None = None


class EnumChoice(msgspec.Struct, frozen=True):
    """One choice of a field; for multitext, one kind of text."""

    id: int
    value: str
    sort: int
    code: str | None = None


class FieldDefinition(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One field. *enums* stand in their order; only types with choices have any."""

    id: int
    entity_type: str
    type: FieldType
    name: str
    code: str | None = None
    sort: int = 500
    group_id: str | None = None
    is_api_only: bool = False
    is_predefined: bool = False
    is_deletable: bool = True
    remind: str | None = None
    currency: str | None = None
    tracking_callback: str | None = None
    required_statuses: tuple[StatusRef, ...] = ()
    hidden_statuses: tuple[StatusRef, ...] = ()
    chained_lists: tuple[ChainLink, ...] = ()
    enums: tuple[EnumChoice, ...] = ()

    @functools.cached_property
    def rule(self) -> TypeRule:
        """What values of this field are made of."""
        return RULES[self.type]

    @property
    def has_enums(self) -> bool:
        """Tell whether the type has choices, be there any or not."""
        return self.type in ENUM_TYPES or self.type is FieldType.MULTITEXT

    @functools.cached_property
    def enums_by_id(self) -> dict[int, EnumChoice]:
        return {one.id: one for one in self.enums}

    @functools.cached_property
    def enums_by_code(self) -> dict[str, EnumChoice]:
        return {one.code: one for one in self.enums if one.code is not None}

    @functools.cached_property
    def kinds_by_code(self) -> dict[str, EnumChoice]:
        """The kinds of a multitext, whose texts are their codes."""
        return {one.code or one.value: one for one in self.enums}

    @functools.cached_property
    def enums_by_value(self) -> dict[str, EnumChoice]:
        # Of two choices with one text, the first is meant.
        return {one.value: one for one in reversed(self.enums)}


class Fields:
    """All fields of one type of entity in an account, in the order in which they are shown."""

    def __init__(self, entity_type: str, definitions: Iterable[FieldDefinition] = ()) -> None:
        self.entity_type = entity_type
        self.all = tuple(sorted(definitions, key=lambda one: (one.sort, one.id)))
        self._by_id = {one.id: one for one in self.all}
        self._by_code = {one.code: one for one in self.all if one.code is not None}
        self._rank = {one.id: n for n, one in enumerate(self.all)}

    def by_id(self, field_id: int) -> FieldDefinition | None:
        """Return the field with this id, or None."""
        return self._by_id.get(field_id)

    def by_code(self, code: str) -> FieldDefinition | None:
        """Return the field with exactly this code, or None."""
        return self._by_code.get(code)

    def known(self, field_ids: Iterable[int]) -> list[FieldDefinition]:
        """Return the fields with these ids in the order in which they are shown.

        Ids of fields that were deleted are left out.
        """
        there = [one for one in field_ids if one in self._rank]
        if len(there) > 1:
            there.sort(key=self._rank.__getitem__)
        return [self._by_id[one] for one in there]


def shows_differently(old: FieldDefinition, new: FieldDefinition) -> bool:
    """Tell whether entities that carry values of the field have to be rendered again."""

    def shown(one: FieldDefinition) -> object:
        return (one.name, one.code, one.sort, [(e.id, e.value, e.code) for e in one.enums])

    return shown(old) != shown(new)
