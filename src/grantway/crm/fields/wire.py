"""What clients send about the definitions of fields."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from grantway.crm.fields.model.definitions import ChainLink, FieldDefinition, StatusRef
from grantway.crm.fields.model.field_types import (
    AVAILABLE,
    ENUM_TYPES,
    FieldType,
    available_types,
)
from grantway.crm.fields.model.groups import stored_group_id
from grantway.kernel.errors import (
    Violation,
    field_missing,
    field_not_expected,
    not_supported_choice,
)
from grantway.kernel.shapes import MAX_SORT, Flag, Items, Line, Nested, Shape, Whole, given

REMINDERS = ("never", "day", "week", "month")
DEFAULT_SORT = 500
_MOST_CHOICES = 5_000
_MOST_LINKS = 5

_STAGE = Shape({"status_id": Whole(required=True), "pipeline_id": Whole(required=True)})
_CHAIN_LINK = Shape(
    {
        "title": Line(nullable=True, blank=True),
        "catalog_id": Whole(required=True),
        "parent_catalog_id": Whole(nullable=True),
    }
)
_ENUM = Shape(
    {
        "id": Whole("A choice that there is; without it, the choice is new.", nullable=True),
        "value": Line("What people read.", required=True),
        "sort": Whole("Default: as they stand.", nullable=True, most=MAX_SORT),
        "code": Line("A name for programs.", nullable=True, blank=True),
    }
)
_CHANGEABLE = {
    "code": Line("A name for programs; no other field has it.", nullable=True, blank=True),
    "sort": Whole(f"Default: {DEFAULT_SORT}.", nullable=True, most=MAX_SORT),
    "group_id": Line("Its group, a tab of the card; null: the first.", nullable=True, blank=True),
    "is_api_only": Flag("Whether people can only read it.", nullable=True),
    "remind": Line("For birthdays: how long before.", nullable=True, choices=REMINDERS),
    "currency": Line(
        "For amounts of money, and required there: three letters.",
        nullable=True,
        pattern="[A-Z]{3}",
        fold=str.upper,
    ),
    "tracking_callback": Line("For tracking data.", nullable=True, blank=True),
    "required_statuses": Items(
        Nested(_STAGE), "Stages that ask for a value. Kept, not enforced.", nullable=True
    ),
    "hidden_statuses": Items(Nested(_STAGE), "Stages in which it is not shown.", nullable=True),
    "chained_lists": Items(
        Nested(_CHAIN_LINK), "For chained lists.", nullable=True, most=_MOST_LINKS
    ),
    "enums": Items(
        Nested(_ENUM),
        "The choices of select, multiselect and radiobutton, and required there. "
        "When changing: all of them; what is left out is gone together with its values.",
        nullable=True,
        most=_MOST_CHOICES,
    ),
}
_TYPES = [one.value for one in FieldType]

NEW_FIELD = Shape(
    {"type": Line(required=True, choices=_TYPES), "name": Line(required=True), **_CHANGEABLE}
)
ONE_FIELD = Shape(
    {
        "id": Whole("If there, the one of the address.", nullable=True),
        "type": Line("If there, the present one.", nullable=True, choices=_TYPES),
        "name": Line(nullable=True),
        **_CHANGEABLE,
    }
)
CHANGED_FIELD = Shape({**ONE_FIELD.fields, "id": Whole("The field.", required=True)})


def new_field(entity_type: str) -> Shape:
    """Return `NEW_FIELD` for these entities: the types that they may have."""
    types = [one.value for one in available_types(entity_type)]
    return Shape({**NEW_FIELD.fields, "type": Line(required=True, choices=types)})


class EnumWish(msgspec.Struct, frozen=True):
    """A choice as a client wants it; with an id, the choice that there is."""

    id: int | None
    value: str
    sort: int
    code: str | UnsetType | None
    path: str


class FieldChange(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants of a field; UNSET is left as it is, or as it is by default."""

    id: int = 0
    request_id: str = "0"
    type: FieldType | UnsetType = UNSET
    name: str | UnsetType = UNSET
    code: str | UnsetType | None = UNSET
    sort: int | UnsetType = UNSET
    group_id: str | UnsetType | None = UNSET
    is_api_only: bool | UnsetType = UNSET
    remind: str | UnsetType | None = UNSET
    currency: str | UnsetType = UNSET
    tracking_callback: str | UnsetType | None = UNSET
    required_statuses: tuple[StatusRef, ...] | UnsetType = UNSET
    hidden_statuses: tuple[StatusRef, ...] | UnsetType = UNSET
    chained_lists: tuple[ChainLink, ...] | UnsetType = UNSET
    enums: tuple[EnumWish, ...] | UnsetType = UNSET


def field_change(values: dict[str, Any], request_id: str = "0") -> FieldChange:
    """Return what `NEW_FIELD` or `CHANGED_FIELD` has read; without an id, it is 0."""
    kind = given(values, "type")
    return FieldChange(
        id=values.get("id") or 0,
        request_id=request_id,
        type=UNSET if kind is UNSET else FieldType(kind),
        name=given(values, "name"),
        code=_or_null(values, "code"),
        sort=given(values, "sort"),
        group_id=_group(values),
        is_api_only=given(values, "is_api_only"),
        remind=values.get("remind", UNSET),
        currency=given(values, "currency"),
        tracking_callback=_or_null(values, "tracking_callback"),
        required_statuses=_stages(values, "required_statuses"),
        hidden_statuses=_stages(values, "hidden_statuses"),
        chained_lists=_chain(values),
        enums=_enums(values),
    )


def _or_null(values: dict[str, Any], name: str) -> str | UnsetType | None:
    # An empty text clears, as null does.
    return values[name] or None if name in values else UNSET


def _group(values: dict[str, Any]) -> str | UnsetType | None:
    group_id = _or_null(values, "group_id")
    return stored_group_id(group_id) if isinstance(group_id, str) else group_id


def _stages(values: dict[str, Any], name: str) -> tuple[StatusRef, ...] | UnsetType:
    if name not in values:
        return UNSET
    return tuple(StatusRef(one["status_id"], one["pipeline_id"]) for one in values[name] or ())


def _chain(values: dict[str, Any]) -> tuple[ChainLink, ...] | UnsetType:
    if "chained_lists" not in values:
        return UNSET
    return tuple(
        ChainLink(one.get("title") or "", one["catalog_id"], one.get("parent_catalog_id"))
        for one in values["chained_lists"] or ()
    )


def _enums(values: dict[str, Any]) -> tuple[EnumWish, ...] | UnsetType:
    sent = values.get("enums")
    if sent is None:
        return UNSET
    return tuple(
        EnumWish(
            one.get("id"),
            one["value"],
            n if one.get("sort") is None else one["sort"],
            _or_null(one, "code"),
            f"enums.{n}",
        )
        for n, one in enumerate(sent)
    )


def new_faults(wanted: FieldChange, entity_type: str) -> list[Violation]:
    """Return what is wrong with a new field of this type for this type of entity."""
    missing = [field_missing(key) for key in ("type", "name") if getattr(wanted, key) is UNSET]
    if isinstance(wanted.type, UnsetType):
        return missing
    if entity_type not in AVAILABLE[wanted.type]:
        return [*missing, not_supported_choice("type")]
    faults = missing + _type_faults(wanted, wanted.type)
    if wanted.type in ENUM_TYPES and wanted.enums is UNSET:
        faults.append(field_missing("enums"))
    return faults + [
        not_supported_choice(f"{one.path}.id") for one in wanted.enums or () if one.id is not None
    ]


def change_faults(wanted: FieldChange, old: FieldDefinition) -> list[Violation]:
    """Return what is wrong with changing *old*; a field never changes its type."""
    faults = _type_faults(wanted, old.type)
    if wanted.type is not UNSET and wanted.type is not old.type:
        faults.append(not_supported_choice("type"))
    if old.is_predefined and wanted.code not in (UNSET, old.code):
        faults.append(not_supported_choice("code"))
    return faults + [
        not_supported_choice(f"{one.path}.id")
        for one in wanted.enums or ()
        if one.id is not None and one.id not in old.enums_by_id
    ]


def _type_faults(wanted: FieldChange, of: FieldType) -> list[Violation]:
    faults = _code_faults(wanted)
    if of is FieldType.MONETARY and wanted.currency is UNSET:
        faults.append(field_missing("currency"))
    if wanted.enums is UNSET or of is FieldType.MULTITEXT:
        return faults
    if of in ENUM_TYPES and not wanted.enums:
        faults.append(field_missing("enums"))
    if of not in ENUM_TYPES and wanted.enums:
        faults.append(field_not_expected("enums"))
    return faults


def _code_faults(wanted: FieldChange) -> list[Violation]:
    """Return which choices have the code of one before them."""
    faults: list[Violation] = []
    codes: set[str] = set()
    for one in wanted.enums or ():
        if isinstance(one.code, str):
            if one.code in codes:
                faults.append(not_supported_choice(f"{one.path}.code"))
            codes.add(one.code)
    return faults
